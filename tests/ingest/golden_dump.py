"""What a stream and its segmentation look like in a golden file: one fact a line, readable by a Chinese scholar."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.stream import Block, Draft, Event, Heading, Line, Page, Part, SectionDraft, Segmented, Span, Warn


def dump_events(events: Iterable[Event]) -> str:
    return "".join(f"{line}\n" for event in events for line in _event(event))


def dump_segmented(made: Segmented) -> str:
    lines: list[str] = []
    for item in made.items:
        lines += _section(item) if isinstance(item, SectionDraft) else _draft(item, made.pages)
    lines += [f"! {warning.message} @{warning.where}" for warning in made.warnings]
    return "".join(f"{line}\n" for line in lines)


def _section(section: SectionDraft) -> list[str]:
    return [f"{'#' * section.level} {section.title}"]


def _draft(draft: Draft, pages: tuple[Page, ...]) -> list[str]:
    lines = [f"[{draft.kind}] {_shown(draft.text)}"]
    lines += [f"    夹注 {start}-{end} {_shown(draft.text[start:end])}" for start, end in draft.notes]
    lines += [f"    {_span(draft.text, mark)}" for mark in draft.marks]
    if draft.lines:
        lines.append(f"    行 {' '.join(map(str, draft.lines))}")
    if draft.pages:
        lines.append("    页 " + " ".join(f"{offset}={pages[index].label}" for offset, index in draft.pages))
    return lines


def _event(event: Event) -> list[str]:
    if isinstance(event, Part):
        return [f"PART {event.title}|{event.juan}"]
    if isinstance(event, Page):
        return [f"PAGE {event.label}|{event.juan}|{event.leaf}|{event.original}"]
    if isinstance(event, Warn):
        return [f"WARN {event.message} @{event.where}"]
    if isinstance(event, Line):
        flags = " hard" * event.hard + " open" * event.open_note
        head = f"LINE {event.indent}+{event.cells}{flags} {_shown(event.text)}"
    elif isinstance(event, Heading):
        head = f"HEADING {event.level} {event.text}"
    elif isinstance(event, Block):
        head = f"BLOCK {event.kind} {_shown(event.text)}"
    else:
        return ["BLANK"]
    notes = [f"    夹注 {start}-{end} {event.text[start:end]}" for start, end in event.notes]
    return [head, *notes, *(f"    {_span(event.text, span)}" for span in event.spans)]


def _span(text: str, span: Span) -> str:
    value = span.value.get("page", "") if span.kind == "page" else span.value
    shown = value.label if isinstance(value, Page) else " ".join(f"{key}={item}" for key, item in value.items() if item)
    return f"{span.kind} {span.start}-{span.end} {_shown(text[span.start : span.end])} {shown}".rstrip()


def _shown(text: str) -> str:
    return text.replace("\n", "⏎")
