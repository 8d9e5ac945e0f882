"""Logging in on the site: who gets in, how long, what a form must carry, what administrators may do."""

import re

import pytest
from flask import request
from lxml import html
from staff import PASSWORD, cheap, settle
from visitor import Visitor

from archive import audit, clock
from archive.accounts import Accounts
from archive.config import Config, Site
from archive.library import Library
from archive.writer import writing
from web import access, create_app, sessions

OTHER = "石鼓书院门前的老榕树下"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch):
    cheap(monkeypatch)


@pytest.fixture
def library(tmp_path):
    with Library.create(tmp_path / "library") as library:
        settle(library)
        yield library


@pytest.fixture
def site(library):
    return create_app(Config(), library.folder)


@pytest.fixture
def visitor(site):
    return Visitor(site)


@pytest.fixture
def wait(monkeypatch):
    """Let time pass without sleeping."""
    begun, passed = clock.now(), [0]
    monkeypatch.setattr(clock, "now", lambda: clock.after(begun, passed[0]))

    def later(seconds):
        passed[0] += seconds

    return later


def actions(library, count=3):
    return [(entry.who, entry.action, entry.object) for entry in audit.entries(library, limit=count)]


# Readers.


@pytest.mark.parametrize("address", ["/", "/browse/", "/search?q=水", "/help", "/api/works", "/nothing", "/w/no.body"])
def test_readers_get_no_cookie(site, address):
    answer = site.test_client().get(address)
    assert "Set-Cookie" not in answer.headers and "Vary" not in answer.headers
    assert "no-store" not in answer.headers["Cache-Control"]


def test_static_files_know_of_no_cookie(site, visitor):
    visitor.login("bianji")
    answer = visitor.get("/static/site.css?v=1")
    assert "Set-Cookie" not in answer.headers and "Vary" not in answer.headers
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_page_says_where_to_log_in_and_nothing_more(site):
    page = site.test_client().get("/about").text
    assert 'href="/login"' in page
    assert "csrf_token" not in page and "house.css" not in page


# Logging in.


def test_who_logs_in_is_led_on_and_named(visitor):
    answer = visitor.login("chushen", then="/review/?from=0")
    assert (answer.status_code, answer.location) == (303, "/review/?from=0")
    page = visitor.get("/browse/")
    assert "唐端笏" in page.text and "待审" in page.text and "退出" in page.text
    assert "账号</a>" not in page.text
    assert page.headers["Cache-Control"] == "private, no-store" and page.headers["Vary"] == "Cookie"
    assert visitor.get("/login").location == "/"


def test_the_cookie_is_kept_from_scripts_and_other_sites(site, library):
    header = site.test_client().get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in header and "SameSite=Lax" in header and "Secure" not in header
    assert "Expires" not in header
    assert "Secure" in site.test_client().get("/login", base_url="https://localhost").headers["Set-Cookie"]
    behind_a_proxy = create_app(Config(site=Site(base_url="https://wenku.example")), library.folder)
    assert "Secure" in behind_a_proxy.test_client().get("/login").headers["Set-Cookie"]


def test_the_secret_is_the_library_s_own(site, library):
    assert site.secret_key == (library.folder / "secret.key").read_text()
    assert create_app(Config(), library.folder).secret_key == site.secret_key


def test_a_wrong_password_says_no_more_than_that(visitor, library):
    for name in ("bianji", "wuming", "<script>"):
        answer = visitor.login(name, OTHER)
        assert answer.status_code == 403
        assert "登录名或密码不对" in answer.text
        assert "no-store" in answer.headers["Cache-Control"]
        assert OTHER not in answer.text and "<script>" not in answer.text
    assert visitor.get("/account").status_code == 302


def test_the_form_leads_nowhere_but_here(visitor):
    for then in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil"):
        assert visitor.login("bianji", then=then).location == "/"
        visitor.send("/logout", seen="/account")


def test_guessing_from_one_address_is_stopped(site):
    visitor = Visitor(site)
    answers = [visitor.login(f"ren{n}", OTHER) for n in range(11)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429]
    assert "太频繁" in answers[-1].text
    assert visitor.login("bianji").status_code == 429
    behind = {"X-Forwarded-For": "10.1.1.1, 192.0.2.7"}
    other = Visitor(site)
    sent = {"csrf_token": other.token(), "login": "bianji", "password": PASSWORD}
    assert other.client.post("/login", data=sent, headers=behind).status_code == 303


def test_guessing_at_one_account_locks_it(site, library, wait):
    for number in range(5):
        visitor = Visitor(site)
        sent = {"csrf_token": visitor.token(), "login": "bianji", "password": OTHER}
        visitor.client.post("/login", data=sent, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert Accounts(library).get("bianji").locked
    assert Visitor(site).login("bianji").status_code == 403
    wait(61)
    assert Visitor(site).login("bianji").status_code == 303


# Tokens.


@pytest.mark.parametrize(
    "address", ["/login", "/logout", "/account", "/account/sessions", "/admin/users", "/admin/users/bianji"]
)
@pytest.mark.parametrize("token", [None, "", "forged"])
def test_a_form_without_our_token_is_refused(visitor, library, address, token):
    visitor.login("guanli")
    before = visitor.cookie()
    data = {"act": "disable", **({} if token is None else {"csrf_token": token})}
    answer = visitor.client.post(address, data=data)
    assert answer.status_code == 400
    assert "没有本站的凭证" in answer.text
    assert visitor.get("/account").status_code == 200 and before
    assert Accounts(library).get("bianji").active


def test_another_visitor_s_token_is_no_use(site, visitor):
    visitor.login("guanli")
    stolen = Visitor(site).token()
    assert visitor.client.post("/logout", data={"csrf_token": stolen}).status_code == 400


def test_a_token_from_before_the_login_is_no_use_after_it(visitor):
    before = visitor.token()
    visitor.login("bianji")
    assert visitor.client.post("/logout", data={"csrf_token": before}).status_code == 400


def test_a_form_is_as_large_as_its_view_takes(library):
    app = create_app(Config(), library.folder)

    def take():
        return str(len(request.form["text"]))

    app.add_url_rule("/small", "small", access.login_required(take), methods=["POST"])
    app.add_url_rule("/large", "large", access.login_required(access.takes(1 << 18)(take)), methods=["POST"])
    visitor = Visitor(app)
    visitor.login("bianji")
    assert visitor.send("/large", seen="/account", text="x" * 100_000).text == "100000"
    assert visitor.send("/large", seen="/account", text="x" * 300_000).status_code == 413
    assert visitor.send("/small", seen="/account", text="x" * 100_000).status_code == 413


# Sessions end.


def test_logging_out_ends_the_session(visitor, library):
    visitor.login("bianji")
    assert visitor.send("/logout", seen="/account").location == "/"
    assert visitor.cookie() is None
    assert visitor.get("/account").location == "/login?next=%2Faccount"
    assert actions(library, 1) == [("bianji", "logout", "user/bianji")]


def test_an_idle_session_ends(visitor, wait):
    visitor.login("bianji")
    for _ in range(3):
        wait(sessions.IDLE - 1)
        assert visitor.get("/account").status_code == 200
    wait(sessions.IDLE + 1)
    assert visitor.get("/account").status_code == 302
    assert visitor.cookie() is None


def test_a_session_ends_however_busy(visitor, wait):
    visitor.login("bianji")
    for _ in range(sessions.WHOLE // (sessions.IDLE // 2)):
        wait(sessions.IDLE // 2)
        assert visitor.get("/account").status_code == 200
    wait(1)
    assert visitor.get("/account").status_code == 302


def test_the_cookie_is_renewed_once_a_minute_at_most(visitor, wait):
    visitor.login("bianji")
    visitor.get("/browse/")
    assert "Set-Cookie" not in visitor.get("/browse/").headers
    wait(sessions.RENEW + 1)
    assert "Set-Cookie" in visitor.get("/browse/").headers
    assert "Set-Cookie" not in visitor.get("/browse/").headers


def test_a_new_password_ends_all_other_sessions(site, visitor, library):
    elsewhere = Visitor(site)
    visitor.login("bianji")
    elsewhere.login("bianji")
    answer = visitor.send("/account", seen="/account", old=PASSWORD, new=OTHER, again=OTHER)
    assert answer.status_code == 303
    assert "密码已改" in visitor.get(answer.location).text
    assert elsewhere.get("/account").status_code == 302
    assert Visitor(site).login("bianji", OTHER).status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"old": OTHER, "new": OTHER + "一", "again": OTHER + "一"}, "密码不对"),
        ({"old": PASSWORD, "new": OTHER, "again": OTHER + "一"}, "不一样"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "太短"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "一样"),
        ({}, "一样"),
    ],
)
def test_a_password_is_not_changed_for_nothing(site, visitor, fields, said):
    visitor.login("bianji")
    answer = visitor.send("/account", seen="/account", **fields)
    assert answer.status_code in (400, 403) and said in answer.text
    assert not [value for value in fields.values() if value in answer.text]
    assert Visitor(site).login("bianji").status_code == 303


def test_logging_out_everywhere(site, visitor):
    elsewhere = Visitor(site)
    visitor.login("bianji")
    elsewhere.login("bianji")
    assert visitor.send("/account/sessions", seen="/account").location == "/login"
    assert elsewhere.get("/account").status_code == visitor.get("/account").status_code == 302


def test_a_closed_account_is_out_at_once(visitor, library):
    visitor.login("bianji")
    Accounts(library).disable("bianji", by="guanli")
    assert visitor.get("/review/").status_code == 302


def test_a_forged_or_foreign_cookie_is_nobody(site):
    client = site.test_client()
    client.set_cookie("wenku", "eyJfdXNlcl9pZCI6IjEuMSJ9.aaaaaa.bbbbbbbbbbbbbbbb")
    assert client.get("/account").status_code == 302
    assert client.get("/browse/").status_code == 200


# A password set by somebody else.


def test_a_temporary_password_must_be_changed_first(site, visitor, library):
    Accounts(library).add("xinren", "新人", ["admin"], PASSWORD, by="guanli", temporary=True)
    assert visitor.login("xinren", then="/admin/users").location == "/account"
    assert visitor.get("/admin/users").location == "/account"
    assert "先换成只有您自己知道的密码" in visitor.get("/account").text
    assert visitor.send("/admin/users", seen="/account", login="x").status_code == 403
    assert visitor.send("/account/sessions", seen="/account").status_code == 403
    visitor.send("/account", seen="/account", old=PASSWORD, new=OTHER, again=OTHER)
    assert visitor.get("/admin/users").status_code == 200


# Administration.


def test_an_administrator_adds_changes_and_closes_accounts(site, visitor, library):
    visitor.login("guanli")
    made = visitor.send(
        "/admin/users", seen="/admin/users", login="Zhang.San", name="张三", password=OTHER, role=["editor", "first"]
    )
    assert (made.status_code, made.location) == (303, "/admin/users/zhang.san")
    assert "张三" in visitor.get("/admin/users").text and "待改密码" in visitor.get("/admin/users").text
    page = made.location
    visitor.send(page, seen=page, act="roles", role=["second"])
    assert Accounts(library).get("zhang.san").roles == ("second",)
    visitor.send(page, seen=page, act="disable")
    assert "已停用" in visitor.get(page).text
    visitor.send(page, seen=page, act="enable")
    visitor.send(page, seen=page, act="password", password="雁塔边上的新密码一串")
    assert Visitor(site).login("zhang.san", "雁塔边上的新密码一串").location == "/account"
    assert [action for _, action, _ in actions(library, 6)] == [
        "login",
        "user.password",
        "user.enable",
        "user.disable",
        "user.roles",
        "user.add",
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"login": "张三", "name": "张三", "password": OTHER}, "不合写法"),
        ({"login": "bianji", "name": "张三", "password": OTHER}, "已经有人用"),
        ({"login": "zhangsan", "name": "", "password": OTHER}, "姓名"),
        ({"login": "zhangsan", "name": "张三", "password": "zhangsan12"}, "登录名"),
        ({"login": "zhangsan", "name": "张三", "password": OTHER, "role": "huangdi"}, "没有“huangdi”"),
        ({}, "不合写法"),
    ],
)
def test_an_account_that_will_not_do_is_told_and_typed_again(visitor, library, fields, said):
    visitor.login("guanli")
    before = len(Accounts(library).all())
    answer = visitor.send("/admin/users", seen="/admin/users", **fields)
    assert answer.status_code in (400, 409) and said in answer.text
    assert fields.get("name", "") in answer.text and OTHER not in answer.text
    assert len(Accounts(library).all()) == before


def test_the_last_administrator_stays(visitor, library):
    visitor.login("guanli")
    for fields in ({"act": "disable"}, {"act": "roles"}):
        answer = visitor.send("/admin/users/guanli", seen="/account", **fields)
        assert answer.status_code == 409 and "最后一个管理员" in answer.text
    assert visitor.get("/admin/users").status_code == 200


def test_what_is_not_there_is_told(visitor):
    visitor.login("guanli")
    assert visitor.get("/admin/users/wuming").status_code == 404
    assert visitor.send("/admin/users/wuming", seen="/account", act="disable").status_code == 404
    assert visitor.send("/admin/users/bianji", seen="/account", act="promote").status_code == 400
    assert visitor.get("/admin/audit?before=x").status_code == 400


@pytest.mark.parametrize("login", ["bianji", "chushen", "zhongshen", "guanyuan"])
def test_others_do_not_administer(visitor, library, login):
    visitor.login(login)
    for address in ("/admin/users", "/admin/users/bianji", "/admin/audit"):
        answer = visitor.get(address)
        assert answer.status_code == 403 and "没有这项权限" in answer.text
    forged = visitor.send("/admin/users/bianji", seen="/account", act="roles", role=["admin", "final"])
    assert forged.status_code == 403
    assert Accounts(library).get("bianji").roles == ("editor",)
    assert actions(library, 1) == [(login, "access.refused", "/admin/users/bianji")]


def test_a_role_forged_into_another_form_is_nothing(visitor, library):
    visitor.login("bianji")
    visitor.send("/account", seen="/account", old=PASSWORD, new=OTHER, again=OTHER, role="admin", roles="admin")
    assert Accounts(library).get("bianji").roles == ("editor",)


def test_strangers_are_led_to_the_door(site):
    for address in ("/admin/users", "/admin/audit", "/review/", "/account"):
        answer = site.test_client().get(address)
        assert answer.status_code == 302 and answer.location.startswith("/login?next=")
    visitor = Visitor(site)
    answer = visitor.send("/admin/users", login="x")
    assert answer.status_code == 403 and "要先登录" in answer.text and "馆内人员登录" in answer.text


def test_the_audit_trail_is_read_and_narrowed(visitor, library):
    with writing(library):
        for number in range(130):
            audit.record(library, "bianji", "record.change", f"record/{number}", fields=["职称", "单位"])
    visitor.login("guanli")
    page = visitor.get("/admin/audit")
    assert "record/129" in page.text and "fields：职称、单位" in page.text and "record/29<" not in page.text
    older = html.fromstring(page.text).xpath("//a[@rel='next']/@href")[0]
    assert "record/29<" in visitor.get(older).text
    assert re.findall(r"<td>(record/\d+)", visitor.get("/admin/audit?object=record/7").text) == ["record/7"]
    assert "没有符合的记录" in visitor.get("/admin/audit?who=wuming").text
    assert len(page.data) < 100_000


def test_a_library_that_is_busy_or_broken_is_still_told(visitor, library, site):
    visitor.login("bianji")
    library.db.execute("ALTER TABLE user RENAME TO gone")
    answer = visitor.get("/browse/")
    assert answer.status_code == 500 and "出了差错" in answer.text
    assert site.test_client().get("/browse/").status_code == 200
