"""The site over a small library, made once for all tests of this folder; none of them writes to it."""

import posting
import pytest
import sample_library
from keepers import House
from staff import cheap

from archive.config import Config
from search.indexer import catch_up
from web import create_app
from web.keeping import importing

posting.install()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web") / "library"
    with sample_library.build(folder) as library:
        catch_up(library)
    return folder


@pytest.fixture(scope="session")
def app(folder):
    return create_app(Config(), folder)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def page(client):
    """The text of a page that must be there."""

    def get(address, status=200):
        answer = client.get(address)
        assert answer.status_code == status, (address, answer.status_code, answer.text[:400])
        return answer.text

    return get


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house that keeps directories, of this test's own; imports are done before their page is shown."""
    cheap(monkeypatch)
    monkeypatch.setattr(importing, "PATIENCE", 30)
    made = House(tmp_path / "library")
    yield made
    made.library.close()
