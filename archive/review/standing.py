"""Where a subject stands in review: the words for it, and who may take the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from archive.accounts.people import User
from archive.accounts.roles import Permission
from archive.library import Library

Stage = Literal["draft", "first", "second", "final", "published", "withdrawn"]
Step = Literal["first", "second", "final"]

STAGES: dict[str, str] = {
    "draft": "草稿",
    "first": "待初审",
    "second": "待复审",
    "final": "待终审",
    "published": "已发布",
    "withdrawn": "已撤下",
}
STEPS: dict[str, str] = {"first": "初审", "second": "复审", "final": "终审"}
ACTS: dict[str, str] = {"submit": "送审", "approve": "通过", "return": "退回", "withdraw": "撤下"}
# Which stage follows a step, which stages it may return to (the nearest first), and what it takes to take it.
NEXT: dict[str, Stage] = {"first": "second", "second": "final", "final": "published"}
BACK: dict[str, tuple[Stage, ...]] = {
    "first": ("draft",),
    "second": ("first", "draft"),
    "final": ("second", "first", "draft"),
}
MAY: dict[str, Permission] = {"first": "review.first", "second": "review.second", "final": "review.final"}


class Subject(NamedTuple):
    """What is reviewed: a key of `archive.kinds.KINDS`, and an id that kind understands."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


class Change(NamedTuple):
    """One field a version changes, for the reviewer: what it is called, its text before and after."""

    label: str
    before: str
    after: str


class Kind(Protocol):
    """What the workflow must know of a kind of subject."""

    @property
    def label(self) -> str:
        """The kind's Chinese name."""

    def title(self, library: Library, id: str) -> str:
        """What the subject is called in lists, for those who may review it."""

    def changes(self, library: Library, id: str, version: int, published: int | None) -> Sequence[Change]:
        """What `version` changes in what is published now; everything it says if nothing is."""

    def published(self, library: Library, id: str, version: int) -> None:
        """`version` is public from now on; called in the transaction that makes it so."""

    def withdrawn(self, library: Library, id: str) -> None:
        """Nothing of it is public from now on; called in the transaction that makes it so."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a subject stands. `stage` is that of `version`; `published` the version the public sees, if any.

    `authors` are the logins of all who had a hand in the change; `approvals` who approved it, by step. A subject never
    submitted has version 0.
    """

    subject: Subject
    version: int = 0
    stage: Stage = "draft"
    published: int | None = None
    submitter: str = ""
    authors: tuple[str, ...] = ()
    approvals: Mapping[str, str] = field(default_factory=dict)
    since: str = ""

    @property
    def label(self) -> str:
        """The stage in Chinese."""
        return STAGES[self.stage]

    @property
    def back(self) -> tuple[Stage, ...]:
        """The stages a reviewer may return it to, the nearest first."""
        return BACK.get(self.stage, ())

    def barrier(self, user: User) -> str:
        """Why `user` may not approve it as it stands, in a sentence; empty if they may."""
        if self.stage not in STEPS:
            return f"现在是“{self.label}”，没有要审的。"
        if not user.may(MAY[self.stage]):
            return f"您没有{STEPS[self.stage]}的权限。"
        if user.login in self.authors:
            return "这是您自己的修改，要由别人审。"
        for step, login in self.approvals.items():
            if login == user.login:
                return f"{STEPS[step]}是您审的，{STEPS[self.stage]}要由另一个人审。"
        return ""


class Taken(NamedTuple):
    """A step that was taken: by whom, on which version, from which stage to which, and what they said."""

    at: str
    who: str
    act: str
    version: int
    came: Stage
    went: Stage
    comment: str

    @property
    def label(self) -> str:
        """What was done, in Chinese: `初审通过`, `退回初审`."""
        if self.act == "approve":
            return f"{STEPS[self.came]}通过"
        if self.act == "return":
            return f"{STEPS[self.came]}退回{STEPS.get(self.went, STAGES['draft'])}"
        return ACTS[self.act]
