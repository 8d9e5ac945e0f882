"""Nothing is published but by three people, none of them its author; whoever comes second is told so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from staff import cheap, settle

from archive import audit
from archive.accounts import Accounts, User
from archive.errors import Forbidden, UsageError
from archive.kinds import KINDS
from archive.library import Library
from archive.review import Change, Overtaken, Review, State, Subject
from archive.writer import writing

BOOK = Subject("sample", "石鼓志/1")


class Sample:
    """A kind whose public versions stand in a table of their own."""

    label = "示例"

    def title(self, library: Library, id: str) -> str:
        return f"《{id}》"

    def changes(self, library: Library, id: str, version: int, published: int | None) -> Sequence[Change]:
        return [Change("题名", str(published or ""), str(version))]

    def published(self, library: Library, id: str, version: int) -> None:
        library.db.execute("INSERT OR REPLACE INTO shown VALUES (?, ?)", [id, version])
        if version == 13:
            raise ZeroDivisionError
        if version == 99:
            os.kill(os.getpid(), signal.SIGKILL)

    def withdrawn(self, library: Library, id: str) -> None:
        library.db.execute("DELETE FROM shown WHERE id = ?", [id])


@pytest.fixture
def people(library: Library, monkeypatch: pytest.MonkeyPatch) -> dict[str, User]:
    cheap(monkeypatch)
    library.db.execute("CREATE TABLE shown (id TEXT PRIMARY KEY, version INTEGER)")
    return settle(library)


@pytest.fixture
def review(library: Library, people: dict[str, User]) -> Review:
    return Review(library, {"sample": Sample()})


def shown(review: Review) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = review.library.db.execute("SELECT id, version FROM shown").fetchall()
    return found


def publish(review: Review, people: dict[str, User], version: int = 1) -> State:
    review.submit(BOOK, people["bianji"], version)
    review.approve(BOOK, people["chushen"], "first", version)
    review.approve(BOOK, people["fushen"], "second", version)
    return review.approve(BOOK, people["zhongshen"], "final", version)


def test_three_people_publish(review: Review, people: dict[str, User]) -> None:
    assert review.state(BOOK) == State(BOOK)
    review.submit(BOOK, people["bianji"], 1)
    assert [review.approve(BOOK, people["chushen"], "first", 1, " 已核 ").stage, shown(review)] == ["second", []]
    assert [review.approve(BOOK, people["fushen"], "second", 1).stage, shown(review)] == ["final", []]
    state = review.approve(BOOK, people["zhongshen"], "final", 1)
    assert (state.stage, state.published, state.label) == ("published", 1, "已发布")
    assert review.state(BOOK) == state
    assert shown(review) == [(BOOK.id, 1)]
    assert [(one.who, one.label, one.comment) for one in review.history(BOOK)] == [
        ("bianji", "送审", ""),
        ("chushen", "初审通过", "已核"),
        ("fushen", "复审通过", ""),
        ("zhongshen", "终审通过", ""),
    ]


def test_every_step_is_in_the_audit_trail_without_its_comment(
    review: Review, people: dict[str, User], library: Library
) -> None:
    publish(review, people)
    review.withdraw(BOOK, people["zhongshen"], 1, "本人来信要求")
    found = audit.entries(library, object=str(BOOK))
    assert [(one.who, one.action, one.details["to"]) for one in reversed(found)] == [
        ("bianji", "review.submit", "first"),
        ("chushen", "review.approve", "second"),
        ("fushen", "review.approve", "final"),
        ("zhongshen", "review.approve", "published"),
        ("zhongshen", "review.withdraw", "withdrawn"),
    ]
    assert not [one for one in found if "来信" in str(one)]


def test_nobody_approves_their_own_work(review: Review, people: dict[str, User], library: Library) -> None:
    both = Accounts(library).set_roles("bianji", ["editor", "first", "second", "final"], by="guanli")
    helper = Accounts(library).set_roles("chushen", ["editor", "first"], by="guanli")
    review.submit(BOOK, both, 1, authors=["chushen"])
    for author in (both, helper):
        with pytest.raises(Forbidden, match="您自己的修改"):
            review.approve(BOOK, author, "first", 1)
    assert review.state(BOOK).stage == "first"
    assert review.queue(both) == review.queue(helper) == []


def test_nobody_takes_two_steps(review: Review, people: dict[str, User], library: Library) -> None:
    all_three = Accounts(library).set_roles("chushen", ["first", "second", "final"], by="guanli")
    review.submit(BOOK, people["bianji"], 1)
    review.approve(BOOK, all_three, "first", 1)
    with pytest.raises(Forbidden, match="初审是您审的，复审要由另一个人审"):
        review.approve(BOOK, all_three, "second", 1)
    review.approve(BOOK, people["fushen"], "second", 1)
    with pytest.raises(Forbidden, match="初审是您审的，终审要由另一个人审"):
        review.approve(BOOK, all_three, "final", 1)
    assert shown(review) == [] and review.waiting(all_three) == 0


@pytest.mark.parametrize("login", ["bianji", "fushen", "zhongshen", "guanli", "guanyuan"])
def test_a_step_takes_its_own_role(review: Review, people: dict[str, User], login: str) -> None:
    review.submit(BOOK, people["bianji"], 1)
    with pytest.raises(Forbidden):
        review.approve(BOOK, people[login], "first", 1)
    with pytest.raises(Forbidden):
        review.send_back(BOOK, people[login], "first", 1, "不妥")


def test_only_editors_submit_and_only_final_reviewers_withdraw(review: Review, people: dict[str, User]) -> None:
    with pytest.raises(Forbidden, match="送审"):
        review.submit(BOOK, people["guanyuan"], 1)
    publish(review, people)
    with pytest.raises(Forbidden, match="撤下"):
        review.withdraw(BOOK, people["bianji"], 1, "有误")
    with pytest.raises(Forbidden, match="抹除"):
        review.forget(BOOK, people["zhongshen"])


def test_a_role_taken_away_or_an_account_closed_counts_at_once(review: Review, people: dict[str, User]) -> None:
    review.submit(BOOK, people["bianji"], 1)
    for gone in (replace(people["chushen"], active=False), replace(people["chushen"], temporary=True)):
        with pytest.raises(Forbidden):
            review.approve(BOOK, gone, "first", 1)


def test_a_reviewer_sends_back_saying_why(review: Review, people: dict[str, User]) -> None:
    review.submit(BOOK, people["bianji"], 1)
    review.approve(BOOK, people["chushen"], "first", 1)
    with pytest.raises(UsageError, match="理由"):
        review.send_back(BOOK, people["fushen"], "second", 1, "  ")
    with pytest.raises(UsageError, match="不能退回"):
        review.send_back(BOOK, people["fushen"], "second", 1, "不妥", to="published")
    assert review.send_back(BOOK, people["fushen"], "second", 1, "籍贯存疑").stage == "first"
    assert review.state(BOOK).approvals == {}
    review.approve(BOOK, people["chushen"], "first", 1)
    review.approve(BOOK, people["fushen"], "second", 1)
    state = review.send_back(BOOK, people["zhongshen"], "final", 1, "复审再看", to="second")
    assert (state.stage, state.approvals) == ("second", {"first": "chushen"})
    review.approve(BOOK, people["fushen"], "second", 1)
    assert review.send_back(BOOK, people["zhongshen"], "final", 1, "重写", to="draft").stage == "draft"
    assert [one.label for one in review.history(BOOK) if one.act == "return"] == [
        "复审退回初审",
        "终审退回复审",
        "终审退回草稿",
    ]
    assert [state.subject for state in review.submitted("bianji")] == [BOOK]
    assert review.submit(BOOK, people["bianji"], 1).stage == "first"


def test_authors_of_a_round_add_up(review: Review, people: dict[str, User], library: Library) -> None:
    second = Accounts(library).set_roles("chushen", ["editor", "first"], by="guanli")
    review.submit(BOOK, second, 1)
    review.submit(BOOK, people["bianji"], 2)
    with pytest.raises(Forbidden, match="您自己的修改"):
        review.approve(BOOK, second, "first", 2)


def test_a_new_version_is_reviewed_while_the_old_stays_public(review: Review, people: dict[str, User]) -> None:
    publish(review, people)
    review.submit(BOOK, people["bianji"], 2)
    state = review.state(BOOK)
    assert (state.stage, state.version, state.published) == ("first", 2, 1)
    assert shown(review) == [(BOOK.id, 1)]
    review.approve(BOOK, people["chushen"], "first", 2)
    review.submit(BOOK, people["bianji"], 3)
    with pytest.raises(Overtaken):
        review.approve(BOOK, people["fushen"], "second", 2)
    review.approve(BOOK, people["chushen"], "first", 3)
    review.approve(BOOK, people["fushen"], "second", 3)
    review.approve(BOOK, people["zhongshen"], "final", 3)
    assert shown(review) == [(BOOK.id, 3)]


def test_what_is_published_is_withdrawn_and_comes_back_only_by_review(review: Review, people: dict[str, User]) -> None:
    publish(review, people)
    review.submit(BOOK, people["bianji"], 2)
    with pytest.raises(UsageError, match="理由"):
        review.withdraw(BOOK, people["zhongshen"], 1, "")
    with pytest.raises(Overtaken):
        review.withdraw(BOOK, people["zhongshen"], 2, "有误")
    assert review.withdraw(BOOK, people["guanli"], 1, "有误").stage == "first"
    assert shown(review) == []
    for login, step in (("chushen", "first"), ("fushen", "second"), ("zhongshen", "final")):
        review.approve(BOOK, people[login], step, 2)
    assert review.withdraw(BOOK, people["zhongshen"], 2, "再撤").stage == "withdrawn"
    assert review.state(BOOK).published is None
    assert review.submit(BOOK, people["bianji"], 2).stage == "first"


def test_the_same_version_is_submitted_once(review: Review, people: dict[str, User]) -> None:
    review.submit(BOOK, people["bianji"], 2)
    for version in (2, 1):
        with pytest.raises(Overtaken, match="待初审"):
            review.submit(BOOK, people["bianji"], version)


def test_two_reviewers_at_once_take_one_step(review: Review, people: dict[str, User], library: Library) -> None:
    accounts = Accounts(library)
    reviewers = [accounts.add(f"chu{n}", f"初审{n}", ["first"], "石鼓书院门前的老榕树下", by="x") for n in range(6)]
    review.submit(BOOK, people["bianji"], 1)
    begin = threading.Barrier(len(reviewers))

    def approve(user: User) -> str:
        with Library.open(library.folder) as mine:
            begin.wait()
            try:
                return Review(mine, {"sample": Sample()}).approve(BOOK, user, "first", 1).stage
            except Overtaken as told:
                assert "待复审" in told.what and "没有执行" in told.what
                return f"told {told.state.stage}"

    with ThreadPoolExecutor(len(reviewers)) as pool:
        answers = sorted(pool.map(approve, reviewers))
    assert answers == ["second"] + ["told second"] * 5
    assert len(review.history(BOOK)) == 2


def test_publishing_fails_whole(review: Review, people: dict[str, User]) -> None:
    with pytest.raises(ZeroDivisionError):
        publish(review, people, version=13)
    assert review.state(BOOK).stage == "final"
    assert shown(review) == []
    assert len(review.history(BOOK)) == 3


def test_a_process_killed_while_publishing_leaves_the_old_state(
    review: Review, people: dict[str, User], library: Library
) -> None:
    review.submit(BOOK, people["bianji"], 99)
    review.approve(BOOK, people["chushen"], "first", 99)
    review.approve(BOOK, people["fushen"], "second", 99)
    program = (
        "import sys; from pathlib import Path; from test_archive_review import BOOK, Sample; "
        "from archive.accounts import Accounts; from archive.library import Library; "
        "from archive.review import Review; "
        "library = Library.open(Path(sys.argv[1])); "
        "Review(library, {'sample': Sample()}).approve(BOOK, Accounts(library).get('zhongshen'), 'final', 99)"
    )
    path = os.pathsep.join(one for one in sys.path if one)
    killed = subprocess.run(
        [sys.executable, "-c", program, str(library.folder)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (review.state(BOOK).stage, review.state(BOOK).published, shown(review)) == ("final", None, [])
    assert list(audit.verify(library)) == []


def test_many_steps_may_be_one_transaction(review: Review, people: dict[str, User], library: Library) -> None:
    with pytest.raises(Overtaken), writing(library):
        review.submit(BOOK, people["bianji"], 1)
        review.submit(BOOK, people["bianji"], 1)
    assert review.state(BOOK) == State(BOOK)
    with writing(library):
        for number in range(20):
            review.submit(Subject("sample", str(number)), people["bianji"], 1)
    assert review.waiting(people["chushen"]) == 20
    assert len(review.queue(people["chushen"], limit=8, offset=16)) == 4


def test_the_queue_holds_what_the_user_may_approve(review: Review, people: dict[str, User]) -> None:
    review.submit(BOOK, people["bianji"], 1)
    review.submit(Subject("sample", "2"), people["bianji"], 1)
    review.approve(BOOK, people["chushen"], "first", 1)
    queued = {login: [state.subject.id for state in review.queue(user)] for login, user in people.items()}
    assert queued == {
        "guanli": [],
        "bianji": [],
        "chushen": ["2"],
        "fushen": [BOOK.id],
        "zhongshen": [],
        "guanyuan": [],
    }


def test_an_erased_subject_leaves_only_its_id(review: Review, people: dict[str, User], library: Library) -> None:
    publish(review, people)
    review.withdraw(BOOK, people["zhongshen"], 1, "王某要求删除")
    review.forget(BOOK, people["guanli"])
    assert review.state(BOOK) == State(BOOK) and review.history(BOOK) == []
    assert "王某" not in "\n".join(library.db.conn.iterdump())
    assert audit.entries(library, object=str(BOOK))[0].action == "review.forget"
    assert list(audit.verify(library)) == []


def test_a_kind_or_step_that_is_not_there_is_told(review: Review, people: dict[str, User], library: Library) -> None:
    with pytest.raises(UsageError, match="诗") as error:
        review.submit(Subject("诗", "1"), people["bianji"], 1)
    assert "sample" in error.value.remedy
    with pytest.raises(UsageError, match="没有“四审”"):
        review.approve(BOOK, people["chushen"], "四审", 1)
    assert Review(library).kinds is KINDS


def test_a_comment_has_its_measure(review: Review, people: dict[str, User]) -> None:
    review.submit(BOOK, people["bianji"], 1)
    with pytest.raises(UsageError, match="太长"):
        review.approve(BOOK, people["chushen"], "first", 1, "好" * 2001)
    assert review.state(BOOK).stage == "first"
