"""The site over a small library, made once for all tests of this folder; none of them writes to it."""

import pytest
import sample_library

from archive.config import Config
from search.indexer import catch_up
from web import create_app


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
