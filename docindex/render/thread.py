"""Conversation for people: each message with its people, its date and the lines that it adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.render.layout import DOT, hanging, join_dotted
from docindex.render.passages import one_line
from docindex.render.sanitize import bidi_isolate
from docindex.render.styled_text import Text
from docindex.render.summary import attribution, plural, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docindex.search.record_lines import RecordLine
    from docindex.search.thread import ThreadMessage

_INDENT = 4
_MAX_PEOPLE_CHARS = 120


def rows(messages: Sequence[ThreadMessage], asked: str, *, width: int | None) -> Iterator[Text]:
    """Yield the rows of a conversation. The message that was asked for is marked."""
    column = max((len(str(line.number)) for line in _lines(messages)), default=1) + 2 + _INDENT
    for number, message in enumerate(messages, 1):
        if number > 1:
            yield Text()
        yield from _head(number, message, width, is_asked=message.record.id == asked)
        for addition in message.additions:
            if said := attribution(addition.quoted):
                yield from hanging(Text(" " * _INDENT), Text(said, "faint"), _INDENT, width)
            for line in addition.lines:
                yield from _line(line, column, width)
        if message.copy_of:
            yield Text(f"{'':{_INDENT}}the same message as {one_line(message.copy_of)}", "faint")
        elif message.left_out:
            yield Text(f"{'':{_INDENT}}{plural(message.left_out, 'quoted line')} left out", "faint")


def footer(messages: Sequence[ThreadMessage]) -> Text:
    """Return the number of messages, and the time from the first to the last."""
    days = sorted(date.earliest.isoformat() for one in messages if (date := one.record.metadata.date))
    span = f"{DOT}{days[0]} to {days[-1]}" if days and days[0] != days[-1] else ""
    return Text(plural(len(messages), "message") + span, "faint")


def _lines(messages: Sequence[ThreadMessage]) -> Iterator[RecordLine]:
    for message in messages:
        for addition in message.additions:
            yield from addition.lines


def _head(number: int, message: ThreadMessage, width: int | None, *, is_asked: bool) -> Iterator[Text]:
    record, metadata = message.record, message.record.metadata
    title = Text(bidi_isolate(one_line(record.title)), "title").append("  ← asked for" if is_asked else "", "faint")
    yield from hanging(Text(f"{number:>{_INDENT - 2}}  ", "rank"), title, _INDENT, width)
    receivers = shorten("; ".join((*metadata.to, *metadata.cc)), _MAX_PEOPLE_CHARS)
    people = shorten(metadata.creator or "", _MAX_PEOPLE_CHARS) + (f" → {receivers}" if receivers else "")
    known = [
        (metadata.date.value.replace("T", " ") if metadata.date else "", "date"),
        (people, "creator"),
        (one_line(record.id), "path"),
    ]
    facts = join_dotted(Text(bidi_isolate(text), style) for text, style in known if text)
    yield from hanging(Text(" " * _INDENT), facts, _INDENT, width, separator=DOT)


def _line(line: RecordLine, column: int, width: int | None) -> Iterator[Text]:
    text = one_line(line.text).strip()
    if not text:
        yield Text()
        return
    head = Text(f"{line.number:>{column - 2}}  ", "line")
    yield from hanging(head, Text(bidi_isolate(text)), column, width)
