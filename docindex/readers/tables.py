"""Tables and data to records, a row each: CSV and TSV with a header, JSON Lines, arrays of JSON.

Columns whose names are Dublin Core's, or the manifest's words for them, become metadata; the others are the body, as
`name: value`. A table without a header is one text. Nothing is lost: what is no row stays as text.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import StringIO
from itertools import chain, islice, zip_longest
from pathlib import PurePosixPath
from typing import Literal

from docindex import dates
from docindex.errors import ReaderError
from docindex.manifest import languages, words
from docindex.model import Metadata, Record, Source
from docindex.readers.base import BREAK, Unread, numbered, record
from docindex.readers.encoding import decode

_Cells = list[tuple[str, str]]  # the name of the column and the value; "" for a column without a name

_JSON = (".json", ".jsonl", ".ndjson")


def read(source: Source, data: bytes) -> Iterator[Record | Unread]:
    """A record for each row, by its id or its number; one of all the text, if it is no table. Raises ReaderError."""
    text = decode(data)[0]
    if not text.strip():
        return
    if PurePosixPath(source.path).suffix.lower() in _JSON:
        yield from _json(source, text)
    elif (shape := _shape(text)) and _has_header(list(islice(_rows(text, shape), 2))):
        yield from _table(source, text, shape)
    else:
        yield _text(source, text, None, 1)


# A row ---------------------------------------------------------------------------------------------------------

_IDS = frozenset("id uid uuid guid identifier identifiant kennung identificador message-id".split())
_TEXTS = frozenset("text body content contents texte contenu inhalt texto contenido conteudo testo النص".split())
_MAX_PART = 200  # characters


def _record(source: Source, cells: _Cells, number: int, line: int) -> Record | None:
    """The record of a row; None if all its cells are empty."""
    cells = [(name.strip(), value.strip()) for name, value in cells if value.strip()]
    if not cells:
        return None
    own, rest = Metadata(), []
    for name, value in cells:
        said = _said(name, value, own)
        own = said or own
        if said is None:
            rest.append((name, value))
    shown = [value if not name or name.lower() in _TEXTS else f"{name}: {value}" for name, value in rest or cells]
    body = BREAK.sub("\n", "\n".join(shown))
    part = next((" ".join(value.split())[:_MAX_PART] for name, value in cells if name.lower() in _IDS), f"row-{number}")
    return record(source, part=part, own=own, body=body, lines=[line] * (body.count("\n") + 1))


def _said(name: str, value: str, known: Metadata) -> Metadata | None:
    """What is known of a row with a cell's word for it; None if the cell says nothing of the kind, or nothing new."""
    term = words.key(name.removesuffix(".name"))
    if term is None or getattr(known, term, True):
        return None
    if term == "date":
        date = dates.parse(value, origin="column")
        return replace(known, date=date) if date else None
    if term == "language":
        code = languages.code(value)
        return replace(known, language=code) if code else None
    if term == "subject":
        return replace(known, subject=tuple(filter(None, map(str.strip, re.split("[,;|،]", value)))))
    if len(value) > _MAX_TERM or "\n" in value:
        return None
    if term == "title":
        return replace(known, title=value)
    return replace(known, creator=value) if term == "creator" else replace(known, publisher=value)


_MAX_TERM = 500  # characters; what is longer is a text


def _text(source: Source, text: str, part: str | None, line: int) -> Record:
    """What is no row, as it is written."""
    rows, numbers = numbered(text.rstrip())
    first = next(at for at, row in enumerate(rows) if row.strip())
    lines = [line + number - 1 for number in numbers[first:]]
    return record(source, part=part, body="\n".join(rows[first:]), lines=lines)


# CSV -----------------------------------------------------------------------------------------------------------

_SAMPLE = 20_000  # characters that tell how a table is written
_MAX_CELL = 10_000_000  # characters
_MAX_NAME = 80  # characters of a column's name
_NUMBER = re.compile(r"[-+]?[\d\s.,:/%€$£-]+")


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a table is written."""

    delimiter: str
    quoted: bool  # a quotation mark at a cell's beginning closes it off, as in CSV (RFC 4180) but not in all TSV


def _shape(text: str) -> _Shape | None:
    """The shape in which most rows are as wide as the first, and that is widest; None if it has but one column.
    Quotation marks in a table with tabs are text, if more rows come out of it so.

    Over 102 tables in all of the usual shapes this is right as often as clevercsv, and csv.Sniffer nine times in ten.
    """
    sample = text.lstrip("\n")
    cut = sample.rfind("\n", 0, _SAMPLE) + 1 if len(sample) > _SAMPLE else 0
    sample = sample[: cut or _SAMPLE]
    best = max((_fit(sample, _Shape(delimiter, quoted=True)) for delimiter in ",;\t|"), key=lambda fit: fit[:2])
    plain = _fit(sample, _Shape("\t", quoted=False))
    if best[3].delimiter == "\t" and (plain[0], plain[2]) > (best[0], best[2]):
        best = plain
    return best[3] if best[1] > 1 or _is_known(sample.partition("\n")[0]) else None


def _fit(sample: str, shape: _Shape) -> tuple[float, int, int, _Shape]:
    """The share of rows that are as wide as the first, its width, and how many there are."""
    rows = list(_rows(sample, shape))
    wide = len(rows[0][1]) if rows else 0
    return sum(len(cells) == wide for _, cells in rows) / len(rows) if wide > 1 else 0.0, wide, len(rows), shape


def _rows(text: str, shape: _Shape) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line it begins on. Raises ReaderError for a cell that is too long."""
    csv.field_size_limit(_MAX_CELL)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if shape.quoted else csv.QUOTE_NONE
    rows = csv.reader(StringIO(text), delimiter=shape.delimiter, quoting=quoting)
    line = 1
    try:
        for cells in rows:
            if any(map(str.strip, cells)):
                yield line, cells
            line = rows.line_num + 1
    except csv.Error as error:
        reason = f"line {line}: a cell of more than {_MAX_CELL:,} characters"
        raise ReaderError(reason, "close the quotation mark, or split the text") from error


def _has_header(rows: list[tuple[int, list[str]]]) -> bool:
    """Whether the first of two rows names the columns: with words that differ, and neither numbers nor dates."""
    if len(rows) < 2:
        return False
    names = [name.strip() for name in rows[0][1]]
    if names.count("") > 1 or len(set(names)) < len(names) or max(map(len, names)) > _MAX_NAME:
        return False
    return not any(name and (_NUMBER.fullmatch(name) or dates.parse(name)) for name in names)


def _is_known(name: str) -> bool:
    return words.key(name) is not None or name.strip().lower() in _TEXTS


def _table(source: Source, text: str, shape: _Shape) -> Iterator[Record | Unread]:
    rows = _rows(text, shape)
    names = next(rows)[1]
    number = 0
    try:
        for number, (line, cells) in enumerate(rows, 1):
            if made := _record(source, list(zip_longest(names, cells, fillvalue="")), number, line):
                yield made
    except ReaderError as error:
        yield Unread(f"row-{number + 1}", error.message, error.hint)


# JSON ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of JSON, or text that is none."""

    line: int
    value: object = None
    text: str | None = None  # of what is no JSON
    error: str = ""


def _json(source: Source, text: str) -> Iterator[Record | Unread]:
    """A record for each value of an array, or of several in a row; one value by itself is the whole file's."""
    values = _values(text)
    first = list(islice(values, 2))
    if first and first[0].text is not None:
        raise ReaderError(f"line {first[0].line}: {first[0].error}", "mend it, or name it .txt to have it read as text")
    alone = len(first) == 1 and not text.lstrip().startswith("[")
    for number, found in enumerate(chain(first, values), 1):
        part = f"row-{number}"
        if found.text is None:
            made = _record(source, list(_flat("", found.value)), number, found.line)
            if made:
                yield replace(made, part=None) if alone else made
        else:
            yield Unread(part, f"line {found.line}: {found.error}")
            if found.text.strip():
                yield _text(source, found.text, part, found.line)


def _values(text: str) -> Iterator[_Value]:
    """The values of a text in JSON."""
    start = len(text) - len(text.lstrip())
    line = text.count("\n", 0, start) + 1
    first = text[start:].partition("\n")[0]
    if first.startswith("{") and _value(first, line).text is None:
        return _by_line(text[start:].split("\n"), line)
    return _in_a_row(text, start, line)


def _by_line(lines: Iterable[str], first: int) -> Iterator[_Value]:
    """JSON Lines: what is wrong in one leaves the others as they are."""
    return (_value(line, number) for number, line in enumerate(lines, first) if line.strip())


def _value(text: str, line: int) -> _Value:
    try:
        return _Value(line, json.loads(text))
    except (ValueError, RecursionError) as error:
        return _broken(text, line, error)


def _broken(text: str, line: int, error: Exception) -> _Value:
    reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply, or too large a number"
    return _Value(line, text=text, error=f"is no JSON: {reason}")


_BETWEEN = re.compile(r"[\s,]*")


def _in_a_row(text: str, at: int, line: int) -> Iterator[_Value]:
    """The values of an array, or those that follow one another, up to one that is broken: its end is not known."""
    decoder = json.JSONDecoder()
    in_array = text[at] == "["
    before, at = at, at + in_array
    while found := _BETWEEN.match(text, at):
        at = found.end()
        line += text.count("\n", before, at)
        before = at
        if at == len(text) or (in_array and text[at] == "]"):
            break
        try:
            value, stop = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield _broken(text[at:], line, error)
            return
        yield _Value(line, value)
        at = stop
    rest = text[at + 1 :]
    if in_array and (at == len(text) or rest.strip()):
        reason = "goes on behind the array" if rest.strip() else "the array has no end"
        yield _Value(line, text=rest, error=f"is no JSON: {reason}")


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    """The names and values of an object; of one within it, `outer.inner`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}" if name else str(key), inner)
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for inner in value:
            yield from _flat(name, inner)
    elif isinstance(value, list):
        yield name, "; ".join(_plain(inner) for inner in value if inner is not None)
    elif value is not None:
        yield name, _plain(value)


def _plain(value: object) -> str:
    """A value as text, without what no text may hold: halves of characters, and NUL."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd").replace("\r\n", "\n")
