"""What time is it? Every moment the store records is UTC, to the second, so that text sorts as time does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> str:
    """This moment: `2026-07-01T08:30:00+00:00`."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def after(moment: str, seconds: int) -> str:
    """The moment `seconds` later than `moment`, which `now` gave."""
    return (datetime.fromisoformat(moment) + timedelta(seconds=seconds)).isoformat(timespec="seconds")
