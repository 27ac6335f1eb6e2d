"""Tables and data to records, one a row: CSV and TSV with a header, JSON Lines, JSON arrays.

Columns named as a metadata key or its alias become metadata. The others become the body, as
`name: value`. A table without a header is one text. Nothing is lost: malformed rows stay as text.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import chain, islice, zip_longest
from pathlib import PurePosixPath
from typing import Literal

from msgspec import Struct

from docindex.errors import ReaderError
from docindex.metadata import dates, keys
from docindex.model.documents import Record, Source
from docindex.readers import date_columns, table_records
from docindex.readers.base import PartFailure, record, split_lines
from docindex.readers.charset import decode

_JSON = (".json", ".jsonl", ".ndjson")


_SEPARATOR_LINE = re.compile(r"\A\ufeff?\"?sep=.\"?[ \t]*\n", re.IGNORECASE)
"""First line that tells Excel the delimiter."""


def read(source: Source, data: bytes) -> Iterator[Record | PartFailure]:
    """Yield a record for each row, or one of the whole text if it is no table.

    Raises ReaderError.
    """
    text = decode(data)[0]
    if not text.strip():
        return
    text = _SEPARATOR_LINE.sub("\n", text, count=1)
    if PurePosixPath(source.path).suffix.lower() in _JSON:
        yield from _json(source, text)
    elif (above := _lines_above(text)) and (shape := _table_shape(below := _blanked(text, above))):
        yield _text(source, "".join(text.splitlines(keepends=True)[:above]), "top", 1)
        yield from _table(source, below, shape)
    elif shape := _table_shape(text):
        yield from _table(source, text, shape)
    else:
        yield _text(source, text, None, 1)


def _table_shape(text: str) -> _Shape | None:
    """Return the dialect of a table with a header, or None for another text."""
    shape = _shape(text)
    return shape if shape and _has_header(list(islice(_rows(text, shape), 2))) else None


def _lines_above(text: str) -> int:
    """Return how many lines stand above a table's header: a title, a source, a date of printing.

    Each of them has fewer cells than the header, and nearly all rows below are as wide as that.
    """
    sample = text[: text.rfind("\n", 0, _SAMPLE_CHARS) + 1 or None]
    if (shape := _shape(text)) and _fit(sample, shape)[0] >= MIN_USUAL:
        return 0
    for delimiter in ";\t|,":
        found = [(line, len(cells or ())) for line, cells in _rows(sample, _Shape(delimiter, quoted=True))]
        widths = [width for _, width in found]
        usual, times = Counter(width for width in widths if width > 1).most_common(1)[0] if max(widths) > 1 else (0, 0)
        at = widths.index(usual) if usual else 0
        if 0 < at <= MAX_LINES_ABOVE and times >= max(MIN_ROWS, MIN_ALIKE * (len(widths) - at)):
            above = found[at][0] - 1
            has_words = any(map(str.isalpha, "".join(text.split("\n", above)[:above])))
            return above if has_words and max(widths[:at]) < usual else 0
    return 0


def _blanked(text: str, count: int) -> str:
    """Return a text with its first lines blank, so that the others keep their numbers."""
    return "\n" * count + text.split("\n", count)[count]


def _text(source: Source, text: str, part: str | None, line: int) -> Record:
    """Return a record of text that is no row, as written."""
    rows, numbers = split_lines(text.rstrip())
    first = next(at for at, row in enumerate(rows) if row.strip())
    lines = [line + number - 1 for number in numbers[first:]]
    return record(source, part=part, body="\n".join(rows[first:]), lines=lines)


# CSV ----------------------------------------------------------------------------------------------

_SAMPLE_CHARS = 20_000  # read to detect a table's dialect
_MAX_CELL_CHARS = 10_000_000
MAX_LINES_ABOVE = 12  # above the header
MIN_USUAL = 0.5  # share of rows as wide as the first, from which nothing stands above it
MIN_ROWS = 3  # of such a table, with the header
MIN_ALIKE = 0.9  # share of its rows with as many delimiters as the header
_MAX_NAME_CHARS = 80  # of a column's name
_NUMBER = re.compile(r"[-+]?[\d\s.,:/%€$£-]+")


class _Shape(Struct, frozen=True):
    """Dialect of a table."""

    delimiter: str
    quoted: bool  # quotation marks enclose cells, as in CSV (RFC 4180) but not in all TSV


def _shape(text: str) -> _Shape | None:
    """Return the widest shape in which most rows are as wide as the first, or None for one column.

    Quotation marks in a table with tabs are text if that gives more rows. On 102 tables of all
    usual shapes this is right as often as clevercsv; csv.Sniffer is right on nine of ten.
    """
    sample = text.lstrip("\n")
    cut = sample.rfind("\n", 0, _SAMPLE_CHARS) + 1 if len(sample) > _SAMPLE_CHARS else 0
    sample = sample[: cut or _SAMPLE_CHARS]
    best = max((_fit(sample, _Shape(delimiter, quoted=True)) for delimiter in ",;\t|"), key=lambda fit: fit[:2])
    plain = _fit(sample, _Shape("\t", quoted=False))
    if best[3].delimiter == "\t" and (plain[0], plain[2]) > (best[0], best[2]):
        best = plain
    return best[3] if best[1] > 1 or _is_known(sample.partition("\n")[0]) else None


def _fit(sample: str, shape: _Shape) -> tuple[float, int, int, _Shape]:
    """Return the share of rows as wide as the first, that width, the number of rows, and the
    shape.
    """
    found = [cells or [] for _, cells in _rows(sample, shape)]
    wide = len(found[0]) if found else 0
    return sum(len(cells) == wide for cells in found) / len(found) if wide > 1 else 0.0, wide, len(found), shape


def _rows(text: str, shape: _Shape) -> Iterator[tuple[int, list[str] | None]]:
    """Yield the rows that are not blank, each with its first line, or None for a row with too long
    a cell.

    If such a cell spans several lines, its row is the last, because its end is unknown.
    """
    csv.field_size_limit(_MAX_CELL_CHARS)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if shape.quoted else csv.QUOTE_NONE
    reader = csv.reader(StringIO(text), delimiter=shape.delimiter, quoting=quoting)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, None
            if reader.line_num > line:
                return
        else:
            if any(map(str.strip, cells)):
                yield line, cells
        line = reader.line_num + 1


def _has_header(found: Sequence[tuple[int, list[str] | None]]) -> bool:
    """Return True if the first of two rows names the columns: different words, no numbers or
    dates.
    """
    if len(found) < 2 or found[0][1] is None:
        return False
    names = [name.strip() for name in found[0][1]]
    if names.count("") > 1 or len(set(names)) < len(names) or max(map(len, names)) > _MAX_NAME_CHARS:
        return False
    return not any(name and (_NUMBER.fullmatch(name) or dates.parse(name)) for name in names)


def _is_known(name: str) -> bool:
    return keys.column(name) is not None


def _table(source: Source, text: str, shape: _Shape) -> Iterator[Record | PartFailure]:
    found = _rows(text, shape)
    names = next(found)[1] or []
    month_first = date_columns.month_first(names, (cells or () for _, cells in _rows(text, shape)))
    for number, (line, cells) in enumerate(found, 1):
        part = f"row-{number}"
        if cells is None:
            reason = f"line {line}: a cell of more than {_MAX_CELL_CHARS:,} characters"
            yield PartFailure(part, reason, "close the quotation mark, or split the text")
        elif made := table_records.record(
            source, zip_longest(names, cells, fillvalue=""), part, line, month_first=month_first
        ):
            yield made


# JSON ---------------------------------------------------------------------------------------------


class _Value(Struct, frozen=True):
    """A JSON value, or the text of an invalid one."""

    line: int
    value: object = None
    text: str | None = None  # of an invalid value
    error: str = ""


def _json(source: Source, text: str) -> Iterator[Record | PartFailure]:
    """Yield a record for each of several values or of an array's.

    A sole value stands for the file.
    """
    values = _values(text)
    first = list(islice(values, 2))
    if first and first[0].text is not None:
        raise ReaderError(f"line {first[0].line}: {first[0].error}", "mend it, or name it .txt to have it read as text")
    alone = len(first) == 1 and not text.lstrip().startswith("[")
    for number, found in enumerate(chain(first, values), 1):
        part = f"row-{number}"
        if found.text is None:
            made = table_records.record(source, _flat("", found.value), None if alone else part, found.line)
            if made:
                yield made
        else:
            yield PartFailure(part, f"line {found.line}: {found.error}")
            if found.text.strip():
                yield _text(source, found.text, part, found.line)


def _values(text: str) -> Iterator[_Value]:
    """Yield the values of a JSON text."""
    start = len(text) - len(text.lstrip())
    line = text.count("\n", 0, start) + 1
    first = text[start:].partition("\n")[0]
    if first.startswith("{") and _value(first, line).text is None:
        return _by_line(text[start:].split("\n"), line)
    return _in_a_row(text, start, line)


def _by_line(lines: Iterable[str], first: int) -> Iterator[_Value]:
    """Yield the values of JSON Lines. An invalid line does not affect the others."""
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
    """Yield the values of an array or a sequence, up to an invalid one, whose end is unknown."""
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
    """Yield the names and values of an object. A nested value is named `outer.inner`."""
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
    """Return a value as text without lone surrogates and NUL, which no text may hold."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd").replace("\r\n", "\n")
