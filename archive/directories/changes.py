"""What a changed declaration means for the records that are there: explained before anything changes, then done.

Values are rewritten where they stand, in every version, as a migration: who wrote them and when stays true. What the
latest or the published version holds and the new declaration cannot is a conflict, told record by record; while there
is one, nothing changes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from archive import audit, clock
from archive.directories import links, registry, store, values
from archive.directories.kinds import KINDS, Unfit
from archive.directories.model import Directory, Field, Key, Value, Values
from archive.errors import Conflict
from archive.library import Library
from archive.writer import writing

TEXTS = ("text", "longtext", "name")
_CHUNK = 2_000  # records rewritten at a time
_SETTING = ("kind", "repeatable", "vocabulary", "open", "separators", "to", "low", "high")
"""What decides whether a stored value still fits."""


class Step(NamedTuple):
    """One thing a new declaration does to a field, and to how many records."""

    field: str
    label: str
    what: str
    records: int = 0


class Clash(NamedTuple):
    """A value the new declaration has no place for, as text, and why."""

    key: Key
    title: str
    label: str
    value: str
    why: str


class State(NamedTuple):
    """One version of a record; `current` if it is the latest or the published one."""

    record_id: int
    key: Key
    number: int
    title: str
    values: Values
    current: bool


@dataclass
class Plan:
    """What applying a declaration would do."""

    directory: Directory
    new: bool
    """No declaration of that name is in force."""
    steps: list[Step] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    """Have to be resolved first."""
    lacking: list[Clash] = field(default_factory=list)
    """Records that lack what is required from now on: they stay as they are until they are next edited."""
    exposed: list[Step] = field(default_factory=list)
    """Internal fields that would become public."""

    @property
    def idle(self) -> bool:
        """Nothing would change, for anyone."""
        return not self.new and not self.steps

    def as_json(self) -> dict[str, Any]:
        """The plan for programs."""
        return {
            "directory": self.directory.id,
            "label": self.directory.label,
            "new": self.new,
            "steps": [one._asdict() for one in self.steps],
            "conflicts": [{**one._asdict(), "key": str(one.key)} for one in self.clashes],
            "lacking": [{**one._asdict(), "key": str(one.key)} for one in self.lacking],
            "exposed": [one._asdict() for one in self.exposed],
        }

    def lines(self) -> Iterator[str]:
        """The plan for people; nothing if nothing would change."""
        if self.idle:
            return
        yield f"{self.directory.label}（{self.directory.id}）{'：新名录' if self.new else ''}"
        for one in self.steps:
            yield f"  {one.label}：{one.what}{f'（{one.records:,} 条有内容）' if one.records else ''}"
        for clash in self.clashes:
            yield f"  ✗ {clash.key} {clash.title}，{clash.label}“{clash.value[:40]}”：{clash.why}"
        for clash in self.lacking:
            yield f"  ⚠ {clash.key} {clash.title}：{clash.why}“{clash.label}”"
        for one in self.exposed:
            yield f"  ⚠ {one.label}：{one.what}，涉及 {one.records:,} 条"


class Unresolved(Conflict):
    """The declaration cannot be applied yet; `plan` says why."""

    def __init__(self, plan: Plan) -> None:
        if plan.clashes:
            what = f"有 {len(plan.clashes)} 处现有内容放不进新的声明。"
            remedy = "请先改好这些条目，或修改声明；wenku directory check 逐条列出。"
        else:
            what = f"会把内部字段公开：{'、'.join(one.label for one in plan.exposed)}。"
            remedy = "确认无误后，用 --expose 应用。"
        super().__init__(what, where=plan.directory.id, remedy=remedy)
        self.plan = plan


def plan(old: Directory | None, new: Directory, states: Iterable[State]) -> Plan:
    """What `new` in the place of `old` would do to records in these states, changing nothing."""
    made = Plan(new, old is None)
    if old is None:
        return made
    moves = _moves(old, new)
    came_from = {move.now.key: move.was for move in moves.values() if move.now}
    required = [
        one for one in new.fields if one.required and not (one.key in came_from and came_from[one.key].required)
    ]
    counts: Counter[str] = Counter()
    for state in states:
        if not state.current:
            continue
        counts.update(state.values.keys())
        found, clashes = _migrated(moves, state.values)
        made.clashes += [Clash(state.key, state.title, *clash) for clash in clashes]
        made.lacking += [
            Clash(state.key, state.title, one.label, "", "缺少新的必填项") for one in required if one.key not in found
        ]
    made.steps = list(_steps(old, new, moves, counts))
    made.exposed = [
        Step(move.now.key, move.now.label, "由内部改为公开", counts[key])
        for key, move in moves.items()
        if move.now and move.now.public and not move.was.public and counts[key]
    ]
    return made


def proposal(library: Library, new: Directory) -> Plan:
    """`plan` for a library as it is now."""
    old = registry.in_force(library).get(new.id)
    known = library.db.execute("SELECT 1 FROM directory WHERE id = ?", [new.id]).fetchone()
    return plan(old if known else None, new, _states(library, new.id))


def apply(library: Library, new: Directory, who: str, *, expose: bool = False) -> Plan:
    """Put a declaration in force and bring every record in line with it.

    Args:
        library: the library.
        new: the declaration.
        who: the login of whoever asks.
        expose: internal fields may become public.

    Raises:
        Unresolved: some value has no place in it, or `expose` was not said and would have to be; nothing has changed.
    """
    with writing(library):
        made = proposal(library, new)
        if made.clashes or (made.exposed and not expose):
            raise Unresolved(made)
        if made.idle and registry.in_force(library)[new.id].source == new.source:
            return made
        old = registry.in_force(library).get(new.id, new)
        if made.steps and not made.new:
            _rewrite(library, old, new)
        at, what = clock.now(), json.dumps([one._asdict() for one in made.steps], ensure_ascii=False)
        library.db.execute("INSERT OR REPLACE INTO directory VALUES (?, ?, ?, ?)", [new.id, new.source, at, who])
        library.db.execute(
            "INSERT INTO directory_change (directory, at, who, declaration, what) VALUES (?, ?, ?, ?, ?)",
            [new.id, at, who, new.source, what],
        )
        audit.record(library, who, "directory.apply", f"directory/{new.id}", steps=len(made.steps))
    return made


class _Move(NamedTuple):
    """What becomes of a field; `now` None: it is no longer declared. `dropped`: its values may be thrown away."""

    was: Field
    now: Field | None
    dropped: bool


def _moves(old: Directory, new: Directory) -> dict[str, _Move]:
    renamed = {one.was: one for one in new.fields if one.was in old.by_key}
    return {
        key: _Move(was, new.by_key.get(key) or renamed.get(key), key in new.dropped) for key, was in old.by_key.items()
    }


def _steps(old: Directory, new: Directory, moves: Mapping[str, _Move], counts: Mapping[str, int]) -> Iterator[Step]:
    for key, (was, now, dropped) in moves.items():
        if now is None:
            yield Step(key, was.label, "删去，已有的内容一并丢弃" if dropped else "删去", counts[key])
        else:
            yield from (Step(now.key, now.label, what, counts[key]) for what in _differences(was, now))
    ours = {move.now.key for move in moves.values() if move.now}
    yield from (Step(one.key, one.label, "新增") for one in new.fields if one.key not in ours)
    for name, label in (
        ("title", "题名的写法"),
        ("identity", "辨别同一条的字段"),
        ("sort", "排列次序"),
        ("submission", "公众投稿所问的栏目"),
    ):
        if getattr(old, name) != getattr(new, name):
            yield Step(name, label, "改变")


def _differences(was: Field, now: Field) -> Iterator[str]:
    if was.key != now.key:
        yield f"改名，原为 {was.key}"
    if was.kind != now.kind:
        yield f"类型由{KINDS[was.kind].label}改为{KINDS[now.kind].label}"
    if was.repeatable != now.repeatable:
        yield "改为可填几项" if now.repeatable else "改为只填一项"
    if was.vocabulary != now.vocabulary:
        gone, added = (len(set(one) - set(other)) for one, other in _both(was.vocabulary, now.vocabulary))
        yield f"可选项增 {added}、减 {gone}"
    if was.public != now.public:
        yield "由内部改为公开" if now.public else "由公开改为内部"
    if now.required and not was.required:
        yield "改为必填"
    for name, what in (
        ("label", "名称"),
        ("facet", "筛选"),
        ("searchable", "检索"),
        ("help", "说明"),
        ("to", "相连的名录"),
    ):
        if getattr(was, name) != getattr(now, name):
            yield f"{what}改变"


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    return (one, other), (other, one)


def _migrated(moves: Mapping[str, _Move], given: Mapping[str, Value]) -> tuple[Values, list[tuple[str, str, str]]]:
    """Values under the new declaration, and (label, value, why) of those that have no place in it, kept as they are."""
    found: Values = {}
    clashes: list[tuple[str, str, str]] = []
    for key, value in given.items():
        move = moves.get(key)
        if move is None or move.now is None:
            if move and move.dropped:
                continue
            found[key] = value
            if move:
                why = "新的声明没有这个字段；确定不要了，请把它写进 dropped"
                clashes.append((move.was.label, values.show(move.was, value), why))
            continue
        try:
            found[move.now.key] = _converted(move.was, move.now, value)
        except Unfit as unfit:
            found[move.now.key] = value
            clashes.append((move.was.label, values.show(move.was, value), str(unfit)))
    return found, clashes


def _converted(was: Field, now: Field, value: Value) -> Value:
    """A value as the field it becomes would hold it.

    Raises:
        Unfit: it cannot, or not without loss.
    """
    if all(getattr(was, name) == getattr(now, name) for name in _SETTING):
        return value
    items = value if was.repeatable else [value]
    if len(items) > 1 and not now.repeatable:
        raise Unfit(f"有 {len(items)} 项，新的声明只容一项")
    texts = [KINDS[was.kind].show(item) for item in items]
    whole = Directory("", "", "", (now,), "")
    checked = values.check(whole, {now.key: texts if now.repeatable else texts[0]})
    if checked.problems:
        raise Unfit(checked.problems[0].what)
    converted = checked.values.get(now.key)
    if converted is None or (now.kind in TEXTS and values.show(now, converted) != "；".join(texts)):
        raise Unfit("改过去会变样，请先改好这一项")
    return converted


def _states(library: Library, directory: str, first: int = 0, last: int = 1 << 62) -> Iterator[State]:
    """Every version of a directory's records, or of those with row ids from `first` to `last`."""
    sql = (
        "SELECT record.id, slug, this.number, title, this.fields, internal.fields, "
        "this.number IN (version, coalesce(published, version)) FROM record "
        "JOIN record_version AS this ON this.record_id = record.id "
        "LEFT JOIN record_internal AS internal ON internal.record_id = record.id AND internal.number = this.number "
        "WHERE directory = ? AND record.id BETWEEN ? AND ? ORDER BY record.id, this.number"
    )
    for id_, slug, number, title, fields, internal, current in library.db.execute(sql, [directory, first, last]):
        held = {**json.loads(fields), **(json.loads(internal) if internal else {})}
        yield State(id_, Key(directory, slug), number, title, held, bool(current))


def _rewrite(library: Library, old: Directory, new: Directory) -> None:
    """Bring every version of every record in line with the new declaration; part of an open transaction."""
    moves, change = _moves(old, new), store.next_change(library)
    sql = "SELECT id FROM record WHERE directory = ? ORDER BY id"
    ids = [row[0] for row in library.db.execute(sql, [new.id]).fetchall()]
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        _rewrite_some(library, new, moves, list(_states(library, new.id, chunk[0], chunk[-1])), change)


def _rewrite_some(
    library: Library, new: Directory, moves: Mapping[str, _Move], states: Iterable[State], change: int
) -> None:
    latest: dict[int, Values] = {}
    versions, inside, pointing = [], [], []
    for state in states:
        held, _ = _migrated(moves, state.values)
        held = {key: held[key] for key in (*new.by_key, *(held.keys() - new.by_key.keys())) if key in held}
        outer, inner = values.parted(new, held)
        title = values.title(new, held) if state.current else state.title
        versions.append((title, store.packed(outer), state.record_id, state.number))
        if inner:
            inside.append((state.record_id, state.number, store.packed(inner)))
        if state.current:
            pointing += [(state.record_id, state.number, *link) for link in links.targets(new, held)]
        latest[state.record_id] = held
    db, ids = library.db.conn, [(id_,) for id_ in latest]
    db.executemany("UPDATE record_version SET title = ?, fields = ? WHERE record_id = ? AND number = ?", versions)
    db.executemany("DELETE FROM record_internal WHERE record_id = ?", ids)
    db.executemany("INSERT INTO record_internal (record_id, number, fields) VALUES (?, ?, ?)", inside)
    db.executemany("DELETE FROM record_link WHERE record_id = ?", ids)
    links.write(library, pointing)
    rows = [(values.identity(new, held), change, id_) for id_, held in latest.items()]
    db.executemany("UPDATE record SET identity = ?, changed = ? WHERE id = ?", rows)
