"""Serving: an address that is taken is said so, several visitors at once get what each asked for."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import sample_library

from archive.config import Config
from archive.errors import NotFound, UsageError
from archive.library import Library
from search.fallback import words
from search.indexer import catch_up
from web import create_app, serve, serving


def test_a_port_in_use_is_an_error_that_says_what_to_do(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError) as error:
            serve(Config(), folder, "127.0.0.1", taken.getsockname()[1])
    assert "占用" in error.value.what
    assert "--port" in error.value.remedy


def test_a_host_that_is_not_there_is_an_error(folder):
    with pytest.raises(UsageError):
        serve(Config(), folder, "no.such.host.invalid", 0)


def test_there_must_be_a_library(tmp_path):
    with pytest.raises(NotFound):
        serve(Config(), tmp_path, "127.0.0.1", 0)


def test_the_address_is_told_once_the_server_listens(folder, monkeypatch):
    import waitress

    made = []
    create = waitress.create_server

    def remember(*args, **options):
        server = create(*args, **options)
        monkeypatch.setattr(server, "run", lambda: None, raising=False)
        made.append(server)
        return server

    monkeypatch.setattr(waitress, "create_server", remember)
    told = []
    serve(Config(), folder, "127.0.0.1", 0, ready=told.append)
    assert told == [f"http://127.0.0.1:{made[0].effective_port}/"]


def test_the_first_search_that_finds_nothing_waits_for_no_dictionary(folder):
    words.best.cache_clear()
    serving._warm(Config(), folder)
    assert words.best.cache_info().currsize == 1


def test_many_threads_get_their_own_answers(folder):
    app = create_app(Config(), folder)
    wanted = [
        ("/w/sample.shigu-zhi.lib/1?q=石鼓", "三面临江"),
        ("/w/sample.zhengxiang-shuikao.ke/1?q=湘水", "俯臨"),
        ("/search?q=其流", "衡州通志稿"),
        ("/w/sample.tongzhi.gao/3", "來不絕於道"),
        ("/", "新入藏"),
    ] * 12
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: app.test_client().get(one[0]), wanted))
    assert [answer.status_code for answer in answers] == [200] * len(wanted)
    assert all(text in answer.text for answer, (_, text) in zip(answers, wanted, strict=True))


def test_the_site_follows_the_library_as_it_changes(tmp_path):
    folder = tmp_path / "library"
    with Library.create(folder) as library:
        sample_library._journal(library)
        client = create_app(Config(), folder).test_client()
        assert "蒸湘水考" not in client.get("/browse/").text
        sample_library._shuikao(library)
        assert "蒸湘水考" in client.get("/browse/").text
        assert "俯臨湘水" in client.get("/w/sample.zhengxiang-shuikao.ke/1").text
        catch_up(library)
        assert client.get("/api/search?q=俯臨湘水").json["hits"] == 1


def test_an_empty_library_has_a_home(tmp_path):
    folder = tmp_path / "library"
    Library.create(folder).close()
    client = create_app(Config(), folder).test_client()
    assert "文库里还没有书" in client.get("/").text
    assert client.get("/browse/").status_code == 200
    assert "没有找到" in client.get("/search?q=水").text
