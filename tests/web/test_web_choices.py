"""A choice of texts under a name is kept in an account, for its owner alone."""

import pytest
import sample_library
from lxml import html
from staff import cheap, settle
from visitor import Visitor

from archive.accounts import choices
from archive.config import Config
from search.indexer import catch_up
from web import create_app


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("choices") / "library"
    with sample_library.build(folder) as library, pytest.MonkeyPatch.context() as patch:
        cheap(patch)
        catch_up(library)
        settle(library)
        yield create_app(Config(), folder)


@pytest.fixture(scope="module")
def reader(app):
    visitor = Visitor(app)
    visitor.login("guanyuan")
    return visitor


def test_a_choice_of_texts_is_kept_in_the_account_and_searched_again(app, reader):
    chosen = "/search?q=水&name=两种&work=sample.shigu-zhi&work=sample.zhengxiang-shuikao"
    assert "存入我的账号" in reader.get(chosen).text
    limits = {"work": ["sample.shigu-zhi", "sample.zhengxiang-shuikao"], "name": "两种", "q": "水"}
    then = reader.send("/search/within", seen=chosen, view="distribution", **limits)
    assert then.status_code == 303 and then.location.startswith("/search/distribution?")
    page = reader.get(then.location).text
    assert "范围“两种”" in page and "存入我的账号" not in page
    kept = html.fromstring(reader.get("/search/within?q=江").text).xpath("//section[@class='kept']//li")
    assert [one.xpath("string(a)") for one in kept] == ["两种"]
    again = reader.get(kept[0].xpath("a/@href")[0]).text
    assert "范围“两种”" in again and 'value="江"' in again
    # Only the person's own, and only with an account.
    other = Visitor(app)
    assert "两种" not in other.get("/search/within").text
    assert "存入我的账号" not in other.get(chosen).text
    assert other.send("/search/within", **limits).status_code in (302, 303, 403)
    other.login("bianji")
    assert "我存下的范围" not in other.get("/search/within").text
    assert reader.send("/search/within", seen="/search/within", act="forget", name="两种").status_code == 303
    assert "我存下的范围" not in reader.get("/search/within").text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": " ", "work": "sample.shigu-zhi"}, "范围要有个名字"),
        ({"name": "字" * 41, "work": "sample.shigu-zhi"}, "范围要有个名字"),
        ({"name": "空"}, "没有选定书目"),
    ],
)
def test_a_choice_that_cannot_be_kept_is_told(reader, fields, told):
    answer = reader.send("/search/within", seen="/account", **fields)
    assert answer.status_code == 400 and told in answer.text


def test_choices_are_as_many_as_can_be_looked_over(app, reader, monkeypatch):
    monkeypatch.setattr(choices, "MOST", 1)
    for name, status in (("甲", 303), ("甲", 303), ("乙", 400)):
        assert reader.send("/search/within", seen="/account", name=name, work="sample.shigu-zhi").status_code == status
    reader.send("/search/within", seen="/account", act="forget", name="甲")
