"""The conversation of a record: its messages in order, each with what it adds to those before it.

Quoted text that stands in the conversation already is left out. A quoted message that is no record
of its own is shown where it is quoted first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.ranking import thread_keys
from docindex.search.record_lines import RecordLine, numbered_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docindex.engines.base import Searcher
    from docindex.model.documents import Metadata, QuotedMessage, Record

_MIN_TEXT_CHARS = 3
"""Letters and digits from which on a text says something."""
_LAST = "9999"
"""Sorts behind all dates."""


class Addition(Struct, frozen=True):
    """Lines that a message adds: its own, or those of a message that it quotes."""

    lines: tuple[RecordLine, ...]
    quoted: Metadata | None = None  # of the quoted message


class ThreadMessage(Struct, frozen=True):
    """Message of a conversation."""

    record: Record
    additions: tuple[Addition, ...]
    left_out: int  # lines with text that stand in the conversation already
    copy_of: str | None = None  # id of an earlier record that is the same message


def conversation(id: str, index: Searcher) -> list[ThreadMessage]:  # noqa: A002
    """Return the conversation of a record, the earliest message first. Undated ones stand after
    those that they quote.
    """
    records = sorted(index.thread(id), key=_time)
    sent = {key for record in records for key in thread_keys.own_keys(record)}
    told = _Told(sent)
    return [told.message(record) for record in records]


def _time(record: Record) -> tuple[str, str]:
    quoted = record.message.quoted if record.message else ()
    dates = [one.metadata.date.value for one in quoted if one.metadata.date]
    own = record.metadata.date.value if record.metadata.date else max(dates, default=_LAST)
    return own, record.id


class _Told:
    """The messages of a conversation that were shown or will be."""

    def __init__(self, sent: set[str]) -> None:
        self._quoted = set(sent)  # keys of messages that are records, or were quoted
        self._texts: set[str] = set()
        self._first: dict[str, str] = {}  # ids of records by the time and the text of their message

    def message(self, record: Record) -> ThreadMessage:
        """Return what a record adds."""
        keys = thread_keys.own_keys(record)
        copy_of = self._copied(record, keys)
        lines = numbered_lines(record, ())
        if copy_of is not None:
            return ThreadMessage(record, (), sum(map(_says_something, lines)), copy_of)
        additions: list[Addition] = []
        left_out = 0
        for part, quoted in _parts(record, lines):
            known = quoted is not None and self._is_known(record, quoted)
            said = [line for line in part if not known and not _is_quoted(line, record, quoted)]
            left_out += sum(map(_says_something, part)) - sum(map(_says_something, said))
            if any(map(_says_something, said)):
                additions.append(Addition(_trimmed(said), quoted.metadata if quoted else None))
        return ThreadMessage(record, tuple(additions), left_out)

    def _copied(self, record: Record, keys: Sequence[str]) -> str | None:
        """Return the record that is the same message, sent at the same time with the same text."""
        date = record.metadata.date
        if len(keys) < 2 or date is None or date.precision != "minute":
            return None
        name = " ".join([date.value, *keys])
        first = self._first.setdefault(name, record.id)
        return first if first != record.id else None

    def _is_known(self, record: Record, quoted: QuotedMessage) -> bool:
        """Return True if a quoted message is a record of the conversation or was quoted before."""
        keys = thread_keys.quoted_keys(record, quoted)
        text = thread_keys.letters(record.body[quoted.text_start : quoted.span.stop])
        known = not self._quoted.isdisjoint(keys) or text in self._texts
        self._quoted.update(keys)
        self._texts.add(text)
        return known


def _parts(record: Record, lines: Sequence[RecordLine]) -> Iterator[tuple[Sequence[RecordLine], QuotedMessage | None]]:
    """Yield the lines of a message below its header: its own, and those of each quoted message."""
    message = record.message
    if message is None:
        yield lines, None
        return
    head = thread_keys.letters(record.body[: message.text_start])
    below = (line for line in lines if line.start >= message.text_start)
    # Lines that stand above the header too are a page's running head or foot.
    rest = [line for line in below if not (text := thread_keys.letters(line.text)) or text not in head]
    for quoted in message.quoted:
        yield [line for line in rest if line.start < quoted.span.start], None
        yield [line for line in rest if quoted.text_start <= line.start < quoted.span.stop], quoted
        rest = [line for line in rest if line.start >= quoted.span.stop]
    yield rest, None


def _is_quoted(line: RecordLine, record: Record, quoted: QuotedMessage | None) -> bool:
    """Return True for a line behind `>` without a header that says whose it is."""
    return quoted is None and line.text.startswith(">") and record.message is not None


def _says_something(line: RecordLine) -> bool:
    return len(thread_keys.letters(line.text)) >= _MIN_TEXT_CHARS


def _trimmed(lines: Sequence[RecordLine]) -> tuple[RecordLine, ...]:
    """Return the lines without blank ones at the ends, and with one for several in between."""
    kept = [line for at, line in enumerate(lines) if line.text.strip() or (at and lines[at - 1].text.strip())]
    kept = kept[next((at for at, line in enumerate(kept) if line.text.strip()), 0) :]
    while kept and not kept[-1].text.strip():
        kept.pop()
    return tuple(kept)
