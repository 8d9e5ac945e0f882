"""OCR engines: which there are. Each is loaded only when it is asked for, and once a process."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from archive.errors import UsageError

if TYPE_CHECKING:
    from ingest.ocr.engines.contract import Engine


def _rapidocr() -> Engine:
    from ingest.ocr.engines.rapidocr import RapidOcr

    return RapidOcr()


def _tesseract() -> Engine:
    from ingest.ocr.engines.tesseract import Tesseract

    return Tesseract()


def _null() -> Engine:
    from ingest.ocr.engines.null import Null

    return Null()


ENGINES: dict[str, Callable[[], Engine]] = {"rapidocr": _rapidocr, "tesseract": _tesseract, "null": _null}
"""Every engine by the name it has in config.yaml; `null` reads nothing and leaves all to a person."""


@cache
def engine_named(name: str) -> Engine:
    """The engine of that name, ready to read.

    Raises:
        UsageError: there is none of that name; the names are listed.
        WenkuError: it is not installed here, or lacks something; says what to do.
    """
    if name not in ENGINES:
        raise UsageError(f"没有叫「{name}」的识字引擎。", remedy=f"可用的有：{'、'.join(ENGINES)}。")
    return ENGINES[name]()
