"""Taking the steps: every one a transaction, on what its taker saw, in the history and in the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from json import dumps, loads
from typing import Any

from archive import audit, clock
from archive.accounts.people import User
from archive.errors import Conflict, Forbidden, UsageError
from archive.library import Library
from archive.review.standing import MAY, NEXT, STEPS, Kind, Stage, State, Subject, Taken
from archive.writer import writing

LONGEST_COMMENT = 2_000
"""Characters of a comment."""
_COLUMNS = ("kind", "subject", "version", "stage", "published", "submitter", "authors", "approvals", "since")


class Overtaken(Conflict):
    """The subject has moved on since it was seen. `state` is how it stands now; nothing has been done."""

    def __init__(self, state: State) -> None:
        version = f"（第 {state.version} 版）" if state.version else ""
        super().__init__(
            f"在您之前已有人办理，现在是“{state.label}”{version}，您的操作没有执行。",
            where=str(state.subject),
            remedy="请看过现在的情形再决定。",
        )
        self.state = state


class Review:
    """The workflow over a library. Every method that changes something is one transaction, or a part of an open one.

    `kinds` are those of `archive.kinds` unless others are given.
    """

    def __init__(self, library: Library, kinds: Mapping[str, Kind] | None = None) -> None:
        from archive.kinds import KINDS  # which stands on this package

        self.library = library
        self.kinds: Mapping[str, Kind] = KINDS if kinds is None else kinds

    def kind(self, name: str) -> Kind:
        """A kind of subject.

        Raises:
            UsageError: there is none of that name.
        """
        if name not in self.kinds:
            raise UsageError(f"没有“{name[:20]}”这一类要审的内容。", remedy=f"现有：{'、'.join(self.kinds) or '无'}。")
        return self.kinds[name]

    # How things stand.

    def state(self, subject: Subject) -> State:
        """Where the subject stands."""
        return next(iter(self._states("WHERE kind = ? AND subject = ?", *subject)), State(subject))

    def history(self, subject: Subject) -> list[Taken]:
        """Every step ever taken on it, oldest first."""
        sql = (
            "SELECT at, who, act, version, came, went, comment FROM review_step "
            "WHERE kind = ? AND subject = ? ORDER BY id"
        )
        return [Taken(*row) for row in self.library.db.execute(sql, [*subject]).fetchall()]

    def queue(self, user: User, *, limit: int = 50, offset: int = 0) -> list[State]:
        """What waits for this user's approval, longest waiting first; `waiting` counts it."""
        where, values = _waiting(user)
        return self._states(f"WHERE {where} ORDER BY since, kind, subject LIMIT ? OFFSET ?", *values, limit, offset)

    def waiting(self, user: User) -> int:
        """How many subjects wait for this user's approval."""
        where, values = _waiting(user)
        return int(self.library.db.execute(f"SELECT count(*) FROM review WHERE {where}", values).fetchone()[0])

    def submitted(self, login: str, *, limit: int = 50, offset: int = 0) -> list[State]:
        """What this person has submitted that is not yet published, the latest moved first."""
        where = "WHERE submitter = ? AND stage != 'published' ORDER BY since DESC, kind, subject LIMIT ? OFFSET ?"
        return self._states(where, login, limit, offset)

    # Steps.

    def submit(self, subject: Subject, by: User, version: int, *, authors: Iterable[str] = ()) -> State:
        """Put a version before the first reviewer; a newer version takes the place of one still under review.

        Args:
            subject: what.
            by: who submits; counts as an author.
            version: which state of it, from 1.
            authors: logins of everyone else who had a hand in what this version changes.

        Raises:
            Forbidden: not theirs to do.
            Overtaken: this version, or a newer one, is under review or published already.
        """
        if not by.may("edit"):
            raise Forbidden("您没有送审的权限。", where=str(subject))
        self.kind(subject.kind)
        with writing(self.library):
            now = self.state(subject)
            again = version == now.version and now.stage in ("draft", "withdrawn")
            if version <= now.version and not again:
                raise Overtaken(now)
            earlier = () if now.stage == "published" else now.authors
            names = tuple(dict.fromkeys((*earlier, *authors, by.login)))
            then = State(subject, version, "first", now.published, by.login, names, {}, clock.now())
            self._take(now, then, by, "submit", "")
        return then

    def approve(self, subject: Subject, by: User, step: str, version: int, comment: str = "") -> State:
        """Take the step `step` on `version`; the last of the three publishes it.

        Raises:
            Forbidden: not theirs to do: no such permission, own work, or an earlier step was theirs.
            Overtaken: it no longer stands at that step and version.
        """
        with writing(self.library):
            now = self._seen(subject, step, version)
            if barrier := now.barrier(by):
                raise Forbidden(barrier, where=str(subject))
            went = NEXT[step]
            published = version if went == "published" else now.published
            approvals = {**now.approvals, step: by.login}
            then = replace(now, stage=went, published=published, approvals=approvals, since=clock.now())
            self._take(now, then, by, "approve", comment)
            if went == "published":
                self.kind(subject.kind).published(self.library, subject.id, version)
        return then

    def send_back(
        self, subject: Subject, by: User, step: str, version: int, comment: str, *, to: str | None = None
    ) -> State:
        """Return `version` from the step `step` to an earlier stage, by default the one before, saying why.

        Raises:
            Forbidden: not theirs to do.
            UsageError: no reason given, or no such stage before this one.
            Overtaken: it no longer stands at that step and version.
        """
        with writing(self.library):
            now = self._seen(subject, step, version)
            if not by.may(MAY[step]):
                raise Forbidden(f"您没有{STEPS[step]}的权限。", where=str(subject))
            if not comment.strip():
                raise UsageError("退回要写明理由。", where=str(subject), remedy="作者要据此修改。")
            went = next((stage for stage in now.back if stage == (to or now.back[0])), None)
            if went is None:
                raise UsageError("不能退回到那一步。", where=str(subject), remedy="只能退回前面的步骤或草稿。")
            steps = list(STEPS)
            kept = steps[: steps.index(went)] if went in steps else []
            approvals = {one: login for one, login in now.approvals.items() if one in kept}
            then = replace(now, stage=went, approvals=approvals, since=clock.now())
            self._take(now, then, by, "return", comment)
        return then

    def withdraw(self, subject: Subject, by: User, version: int, reason: str) -> State:
        """Take the published `version` from the public, saying why; a newer version under review stays there.

        Raises:
            Forbidden: not theirs to do.
            UsageError: no reason given.
            Overtaken: that version is not what is published.
        """
        if not by.may("withdraw"):
            raise Forbidden("您没有撤下的权限。", where=str(subject))
        if not reason.strip():
            raise UsageError("撤下要写明理由。", where=str(subject))
        with writing(self.library):
            now = self.state(subject)
            if now.published is None or now.published != version:
                raise Overtaken(now)
            stage: Stage = "withdrawn" if now.stage == "published" else now.stage
            then = replace(now, stage=stage, published=None, since=clock.now())
            self._take(now, then, by, "withdraw", reason)
            self.kind(subject.kind).withdrawn(self.library, subject.id)
        return then

    def forget(self, subject: Subject, by: User) -> None:
        """Drop state, history and comments of a subject that is erased; the audit trail keeps that it was, by its id.

        Raises:
            Forbidden: not theirs to do.
        """
        if not by.may("erase"):
            raise Forbidden("您没有抹除的权限。", where=str(subject))
        with writing(self.library):
            for table in ("review", "review_step"):
                self.library.db.execute(f"DELETE FROM {table} WHERE kind = ? AND subject = ?", [*subject])
            audit.record(self.library, by.login, "review.forget", str(subject))

    def _seen(self, subject: Subject, step: str, version: int) -> State:
        """How it stands, if that is how the caller saw it."""
        if step not in STEPS:
            raise UsageError(f"没有“{step[:20]}”这一步。", remedy=f"可用：{'、'.join(STEPS)}。")
        now = self.state(subject)
        if (now.stage, now.version) != (step, version):
            raise Overtaken(now)
        return now

    def _take(self, now: State, then: State, by: User, act: str, comment: str) -> None:
        """Write down the new state, the step in its history, and the audit entry."""
        said = comment.strip()
        if len(said) > LONGEST_COMMENT:
            raise UsageError(f"意见太长（{len(said)} 字）。", remedy=f"至多 {LONGEST_COMMENT} 字。")
        row = [*then.subject, then.version, then.stage, then.published, then.submitter]
        row += [dumps(then.authors), dumps(dict(then.approvals)), then.since]
        changes = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])
        self.library.db.execute(
            f"INSERT INTO review ({', '.join(_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
            f"ON CONFLICT (kind, subject) DO UPDATE SET {changes}",
            row,
        )
        self.library.db.execute(
            "INSERT INTO review_step (kind, subject, version, at, who, act, came, went, comment) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [*then.subject, then.version, then.since, by.login, act, now.stage, then.stage, said],
        )
        details = {"version": then.version, "from": now.stage, "to": then.stage}
        audit.record(self.library, by.login, f"review.{act}", str(then.subject), **details)

    def _states(self, where: str, *values: Any) -> list[State]:
        sql = f"SELECT {', '.join(_COLUMNS)} FROM review {where}"
        return [_state(row) for row in self.library.db.execute(sql, list(values)).fetchall()]


def _state(row: tuple[Any, ...]) -> State:
    """A row of `_COLUMNS`."""
    kind, subject, version, stage, published, submitter, authors, approvals, since = row
    names = tuple(loads(authors))
    return State(Subject(kind, subject), version, stage, published, submitter, names, loads(approvals), since)


def _waiting(user: User) -> tuple[str, list[str]]:
    """SQL of what `State.barrier` lets the user approve, and its values."""
    stages = [step for step in STEPS if user.may(MAY[step])]
    marks = ", ".join("?" * len(stages))
    mine = "SELECT 1 FROM json_each({}) WHERE value = ?"
    where = f"stage IN ({marks}) AND NOT EXISTS ({mine.format('authors')}) AND NOT EXISTS ({mine.format('approvals')})"
    return where, [*stages, user.login, user.login]
