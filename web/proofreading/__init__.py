"""The proofreading desk: what there is to proofread, a page, its history, jobs that read. One blueprint."""

from __future__ import annotations

from web.proofreading import adding, books, comparing, help, past, quality, running, sheet
from web.proofreading.door import blueprint

__all__ = ["adding", "blueprint", "books", "comparing", "help", "past", "quality", "running", "sheet"]
