"""Record for people: metadata, then the numbered lines with their matches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docindex.model.documents import RECIPIENT_FIELDS
from docindex.render.dates import date_in_words
from docindex.render.layout import MAX_WIDTH_COLUMNS, cell_len, fitting
from docindex.render.passages import segments
from docindex.render.sanitize import bidi_isolate, escape_controls, isolate_rows
from docindex.render.styled_text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docindex.model.documents import Record, Span
    from docindex.render.passages import Segment
    from docindex.search.record_lines import RecordLine

TAB = 4
_BLANKS = re.compile(r"[ \t]+|[^ \t]+")

Row = tuple[Text, bool]
"""A row, and whether something on it matched."""


def rows(
    record: Record,
    title_marks: Sequence[Span],
    lines: Sequence[RecordLine],
    *,
    width: int | None,
    plain: bool,
    metadata_marks: Mapping[str, Sequence[Span]] | None = None,
) -> Iterator[Row]:
    """Yield the rows of a record. A width of None leaves lines as long as they are, for a pipe."""
    room = None if width is None else max(20, min(width, MAX_WIDTH_COLUMNS))
    title = _marked(record.title, title_marks, plain)
    title.stylize_before("title")
    for row in _set_apart([title] if room is None else _wrapped(title, room)):
        yield row, False
    known = facts(record)
    indent = max(len(name) for name, _ in known) + 2
    for name, value in known:
        text = Text(_one_line(value))
        if marks := (metadata_marks or {}).get(name):
            text = Text().join(_fact(segments(value, marks), plain))
        text.stylize_before(name)
        yield from _hanging(Text(f"{name:<{indent}}", "faint"), text, indent, room, False)
    indent = max((len(str(line.number)) for line in lines), default=0) + 4
    before: RecordLine | None = None
    for line in lines:
        if before is None:
            yield Text(), False
        elif line.start > before.start + len(before.text) + 1:
            yield Text(f"{'⋯':>{indent - 2}}", "faint"), False
        if line.page is not None and (before is None or line.page != before.page):
            read = next((f" (OCR, {one.confidence} %)" for one in record.ocr if one.page == line.page), "")
            yield Text(f"{'':{indent}}page {line.page}{read}", "faint"), False
        text = _marked(line.text.rstrip(), line.marks, plain)
        yield from _hanging(Text(f"{line.number:>{indent - 2}}  ", "line"), text, indent, room, bool(line.marks))
        before = line


def _fact(found: Iterable[Segment], plain: bool) -> Iterator[Text]:
    for text, matched in found:
        yield Text(f"**{text}**" if plain and matched else text, "match" if matched else "")


def facts(record: Record) -> list[tuple[str, str]]:
    """Return the metadata of a record beside its title, each with its name."""
    metadata = record.metadata
    known = [
        ("id", record.id),
        ("date", date_in_words(metadata.date)),
        ("publisher", metadata.publisher),
        ("creator", metadata.creator),
        *((name, record.metadata_text(name)) for name in RECIPIENT_FIELDS),
        ("language", metadata.language if metadata.language != "und" else None),
        ("subject", ", ".join(metadata.subject)),
        ("collection", record.collection),
        ("ocr", _ocr(record)),
    ]
    return [(name, value) for name, value in known if value]


def _ocr(record: Record) -> str | None:
    """Return how sure OCR was of a record's text, or None if it has read none."""
    if not record.ocr:
        return None
    mean = round(sum(one.confidence for one in record.ocr) / len(record.ocr))
    return f"{mean} % sure" + ("" if record.page is None else f", {len(record.ocr):,} of its pages")


def _hanging(head: Text, text: Text, indent: int, room: int | None, matched: bool) -> Iterator[Row]:
    """Yield a text behind a head, wrapped, with the further rows indented."""
    for number, row in enumerate(_set_apart([text] if room is None else _wrapped(text, max(10, room - indent)))):
        line = Text().append_text(head if number == 0 else Text(" " * indent)).append_text(row)
        line.rstrip()
        yield line, matched


def _set_apart(rows: list[Text]) -> list[Text]:
    """Strip the ends of the rows and give all the direction of their text."""
    for row in rows:
        row.rstrip()
    around = isolate_rows([row.plain for row in rows])
    return [Text(before).append_text(row).append(after) for row, (before, after) in zip(rows, around, strict=True)]


def _marked(text: str, marks: Sequence[Span], plain: bool) -> Text:
    """Return the text with its matches styled, or between `**` without styles."""
    line = Text()
    done = 0
    for mark in marks:
        line.append(_harmless(text[done : mark.start]))
        matched = _harmless(text[mark.start : mark.stop])
        line.append(f"**{matched}**" if plain else matched, "match")
        done = mark.stop
    return line.append(_harmless(text[done:]))


def _harmless(text: str) -> str:
    return escape_controls(text.replace("\t", " " * TAB).replace("\f", "").replace("\r", ""))


def _one_line(text: str) -> str:
    return bidi_isolate(" ".join(escape_controls(text).split()))


def _wrapped(text: Text, room: int) -> list[Text]:
    """Break a text into rows at blanks, and inside a word only if it is longer than a row.

    Unlike `layout.wrap`, the blanks between words stay.
    """
    starts, start, used = [0], 0, 0
    for word in _BLANKS.finditer(text.plain):
        cells = cell_len(word[0])
        blank = word[0].isspace()
        if used + cells > room and not blank and word.start() > start:
            start, used = word.start(), 0
            starts.append(start)
        if cells > room and not blank:
            while cell_len(text.plain[start : word.end()]) > room:
                start += fitting(text.plain[start : word.end()], room)
                starts.append(start)
            used = cell_len(text.plain[start : word.end()])
            continue
        used += cells
    # An indentation too deep for the first word is no row of its own.
    return [row for row in text.divide(starts[1:]) if row.plain.strip()] or [text[:0]]
