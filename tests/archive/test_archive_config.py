"""config.yaml: the bundled file says what the defaults are, and a mistake is named with its line and the choices."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.config import Config, load
from archive.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]


def test_the_bundled_file_states_every_setting_and_its_default() -> None:
    assert load(ROOT / "config.yaml") == Config(folder=ROOT)
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    names = ("library", "engine", "context", "title", "host", "port", "base_url", "workers", "who", "style")
    for name in (*names, "hosts", "index", "shards", "replicas", "timeout", "ca"):
        assert f"{name}:" in text


def test_a_missing_or_empty_file_means_all_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "config.yaml") == Config(folder=tmp_path)
    (tmp_path / "config.yaml").write_text("# 空\n", encoding="utf-8")
    assert load(tmp_path / "config.yaml") == Config(folder=tmp_path)


def test_values_are_taken_and_paths_begin_at_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        "library: 書\nsite:\n  port: 80\nsearch: {engine: whoosh}\n", encoding="utf-8"
    )
    config = load(tmp_path / "config.yaml")
    assert (config.library_folder, config.site.port, config.search.engine) == (tmp_path / "書", 80, "whoosh")
    assert config.site.title == "衡阳文库"


def test_a_cluster_has_several_hosts(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        "search:\n  opensearch:\n    hosts: ['https://甲.example.org:9200', 'http://[::1]:9201/']\n    replicas: 0\n",
        encoding="utf-8",
    )
    cluster = load(tmp_path / "config.yaml").search.opensearch
    assert cluster.hosts == ("https://甲.example.org:9200", "http://[::1]:9201/")
    assert (cluster.replicas, cluster.shards, cluster.index) == (0, 3, "wenku")


def test_a_certificate_is_looked_for_beside_the_file(tmp_path: Path) -> None:
    assert load(tmp_path / "config.yaml").cluster.ca == ""
    (tmp_path / "config.yaml").write_text("search: {opensearch: {ca: certs/ca.pem}}\n", encoding="utf-8")
    assert load(tmp_path / "config.yaml").cluster.ca == str(tmp_path / "certs" / "ca.pem")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("site:\n  prot: 1\n", ("第 2 行", "site.prot", "port")),
        ("sitee: 1\n", ("第 1 行", "sitee", "library、search、site")),
        ("\nsite:\n  port: abc\n", ("第 3 行", "site.port", "整数")),
        ("site: {port: 99999999}\n", ("site.port", "0 到 65535")),
        ("search: {engine: lucene}\n", ("search.engine", "auto、tantivy、whoosh、opensearch")),
        ("search:\n  opensearch:\n    hosts: http://a\n", ("第 3 行", "search.opensearch.hosts", "列表")),
        ("search:\n  opensearch:\n    hosts: []\n", ("第 3 行", "search.opensearch.hosts", "列表")),
        ("search:\n  opensearch:\n    hosts:\n    - 7\n", ("第 4 行", "search.opensearch.hosts", "文字")),
        ("search:\n  opensearch:\n    hosts:\n    - http://a\n    - a:9200\n", ("第 5 行", "http://主机:端口")),
        ("search: {opensearch: {hosts: ['http://u:p@a']}}\n", ("search.opensearch.hosts", "环境变量")),
        ("search: {opensearch: {index: 文库}}\n", ("search.opensearch.index", "小写字母")),
        ("search: {opensearch: {shards: 0}}\n", ("search.opensearch.shards", "1 到 1024")),
        ("search: {opensearch: {password: x}}\n", ("search.opensearch.password", "hosts、index、shards")),
        ("citation: {style: mla}\n", ("citation.style", "gbt7714-2025")),
        ("site: 3\n", ("第 1 行", "site")),
        ("- a\n", ("键: 值",)),
        ("site:\n  port: 1\n  port: 2\n", ("第 3 行", "两次")),
        ("a: [\n", ("YAML",)),
        ("x: *a\n", ("YAML",)),
        ("library:\n", ("library", "文字")),
    ],
)
def test_a_mistake_names_key_line_and_choices(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load(tmp_path / "config.yaml")
    for word in words:
        assert word in str(caught.value)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes("site: {title: 衡阳}".encode("gb18030"))
    with pytest.raises(UsageError, match="UTF-8"):
        load(tmp_path / "config.yaml")
