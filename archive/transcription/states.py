"""How far a page has come, with the meaning of Wikisource's ProofreadPage: who may set which state, and what a
changed text does to it.

`empty`: nothing to read. `unread`: as it was read, or still in work. `problem`: something in it needs another look.
`proofread`: one person has compared all of it with the picture. `validated`: a second person has, and changed nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from archive.accounts import Accounts, User
from archive.errors import Conflict, Forbidden, NotFound, UsageError
from archive.library import Library
from archive.transcription.model import STATES, State

SEEN: frozenset[State] = frozenset({"proofread", "validated"})
"""States in which a person answers for the text; its doubtful characters are doubtful no more."""


class Standing(NamedTuple):
    """A page's state, and the login names of who proofread and who validated it."""

    state: State = "unread"
    proofread_by: str = ""
    validated_by: str = ""


def person(library: Library, who: User | str) -> User | None:
    """The person of the house behind a login name; None for a program.

    Raises:
        Forbidden: the person may not proofread.
    """
    if isinstance(who, str):
        try:
            who = Accounts(library).get(who)
        except NotFound:
            return None
    if not who.may("proofread"):
        raise Forbidden("您的账号不能校对。", remedy="请管理员给账号加上“编辑”或“馆员”角色。")
    return who


def after(now: Standing, wanted: State | None, who: User | None, *, changed: bool) -> Standing:
    """How a page stands after a save.

    Args:
        now: how it stood.
        wanted: the state asked for; None to leave it, as far as a changed text lets it be.
        who: the person; None for a program.
        changed: whether the save changes what the page says.

    Raises:
        UsageError: there is no such state.
        Forbidden: a program would proofread, or who proofread would validate.
        Conflict: it would be validated before it was proofread.
    """
    if wanted is not None and wanted not in STATES:
        known = "、".join(STATES)
        raise UsageError(f"没有“{wanted}”这种页面状态。", remedy=f"可用：{known}。")
    state = wanted or now.state
    if wanted is None and changed:
        # Nobody has seen the new text but who wrote it.
        state = "unread" if who is None or now.state == "empty" else "proofread" if now.state in SEEN else now.state
    login = who.login if who else ""
    if state == "validated":
        return _validated(now, login, changed=changed)
    if state == "proofread":
        if not login:
            raise Forbidden("“已校对”只能由校对的人来定。", remedy="请用自己的账号登录后再定。")
        keeps = now.state == "proofread" and not changed
        return Standing("proofread", now.proofread_by if keeps else login)
    return Standing(state)


def _validated(now: Standing, login: str, *, changed: bool) -> Standing:
    if now.state == "validated" and not changed:
        return now
    if not login:
        raise Forbidden("“已核对”只能由核对的人来定。", remedy="请用自己的账号登录后再定。")
    if now.state not in SEEN:
        raise Conflict("这一页还没有校对，不能先定为“已核对”。", remedy="请先校对，定为“已校对”，再由另一人核对。")
    if changed:
        what = "核对时改了文字，改过的文字还没有第二个人看过。"
        raise Forbidden(what, remedy="请存为“已校对”，由另一人核对。")
    if now.proofread_by == login:
        raise Forbidden("这一页是您校对的，不能由您核对。", remedy="请另一人核对。")
    return Standing("validated", now.proofread_by, login)
