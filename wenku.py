"""The command line of 衡阳文库.

Exit codes: 0 success, 1 some items failed or something is broken, 2 wrong use. With `--json` exactly one JSON document
goes to standard output, errors included; everything else goes to standard error.
"""

from __future__ import annotations

import json
import sys

import click

from archive.errors import WenkuError
from commands import directories, ocr, ocr_evaluate, ocr_exchange, scans, searching, site, texts, users
from console import ChineseGroup, explain, speak_unicode, unexpected


@click.group(cls=ChineseGroup, help="衡阳文库：收书、检索、引用、展示。")
def cli() -> None:
    """The group of all commands."""


for one in (*texts.COMMANDS, *searching.COMMANDS, *site.COMMANDS, *ocr.COMMANDS, users.user, directories.directory):
    cli.add_command(one)
for one in (*scans.COMMANDS, *ocr_evaluate.COMMANDS, *ocr_exchange.COMMANDS):
    ocr.ocr.add_command(one)


def main() -> None:
    """Run the command line; every error is told once, here."""
    as_json = "--json" in sys.argv
    speak_unicode()
    try:
        cli.main(standalone_mode=False, prog_name="wenku")
    except (WenkuError, click.ClickException) as error:
        told = explain(error)
        click.echo(f"错误：{told}", err=True)
        if as_json:
            click.echo(json.dumps(told.as_json(), ensure_ascii=False))
        raise SystemExit(told.exit_code) from None
    except (KeyboardInterrupt, click.Abort):
        click.echo("\n已停止。已报告完成的都已保存，重新运行会接着做。", err=True)
        raise SystemExit(1) from None
    except BrokenPipeError:
        raise SystemExit(1) from None
    except Exception as error:
        told = unexpected(error)
        click.echo(f"错误：{told}", err=True)
        if as_json:
            click.echo(json.dumps(told.as_json(), ensure_ascii=False))
        raise SystemExit(1) from None
