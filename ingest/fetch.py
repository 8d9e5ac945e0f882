"""Fetching a text from the Kanseki Repository, only when the user asks for it by name."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

from dulwich import porcelain
from dulwich.errors import GitProtocolError, NotGitRepository
from urllib3.exceptions import HTTPError

from archive.errors import BadSource, UsageError
from ingest.kanripo import ID, PREFIX

_SPEC = re.compile(rf"{PREFIX}(?P<id>{ID.pattern})(?:@(?P<branch>[\w.-]+))?")
_HEAD = b"refs/heads/"


def fetch(spec: str, base_url: str, into: Path) -> list[Path]:
    """Bring a text's branches into folders `into/ID/BRANCH` and return these, the main branch first.

    Args:
        spec: `kanripo:KR1a0120`, or `kanripo:KR1a0120@WYG` for one branch.
        base_url: where the repositories lie: a web address or a folder.
        into: where the working copies go; what was there of this text is replaced.

    Raises:
        UsageError: `spec` is not of this form.
        BadSource: there is no network, no such text or no such branch.
    """
    asked = _SPEC.fullmatch(spec)
    if asked is None:
        raise UsageError(f"“{spec}”不是漢籍リポジトリ的编号。", remedy="写法如 kanripo:KR1a0120。")
    source = f"{base_url.rstrip('/')}/{asked['id']}"
    try:
        branches = _branches(source)
        wanted = [name for name in branches if asked["branch"] in (None, name)]
        if not wanted:
            raise BadSource(
                f"没有名为 {asked['branch']} 的版本。", where=source, remedy=f"现有：{'、'.join(branches)}。"
            )
        return [_copy(source, name, into / asked["id"] / name) for name in wanted]
    except NotGitRepository as error:
        raise BadSource(f"没有 {asked['id']} 这部书。", where=source, remedy="请核对编号。") from error
    except (OSError, HTTPError, GitProtocolError, KeyError) as error:
        raise BadSource(
            f"取不到 {asked['id']}：连不上对方，或对方的回答读不懂。",
            where=source,
            remedy="请检查网络与 config.yaml 的 kanripo.base_url；也可先下载文件夹，再用 wenku add 文件夹。",
        ) from error


def _branches(source: str) -> list[str]:
    """Names of the branches that hold text, the main one first; `_data` and the like hold none."""
    names = [ref[len(_HEAD) :].decode() for ref in porcelain.ls_remote(source).refs if ref.startswith(_HEAD)]
    return sorted((name for name in names if not name.startswith("_")), key=lambda name: (name != "master", name))


def _copy(source: str, branch: str, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    remote = source.startswith(("http://", "https://", "ssh://", "git://"))
    repo = porcelain.clone(source, target, branch=branch, depth=1 if remote else None, errstream=io.BytesIO())
    repo.close()
    return target
