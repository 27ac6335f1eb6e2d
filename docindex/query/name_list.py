"""A list of names or queries as CSV: one a row, aliases of a name in further columns."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.analysis.folding import fold
from docindex.errors import QueryError, UsageError
from docindex.query import parser
from docindex.query.ast import And, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

MAX_BYTES = 50_000_000
DELIMITERS = ",;\t|"
_NAME_HEADERS = frozenset("name names nom noms nombre namen person personne persona entity title الاسم имя".split())
_QUERY_HEADERS = frozenset("query queries search searches requete requetes recherche suche abfrage consulta".split())
_ALIAS_HEADERS = ("alias", "aka", "variant", "other", "autre", "also", "weak")
_OTHER_HEADERS = frozenset("id date country type role note notes source gender dob birth nationality".split())

MAX_CELL_CHARS = 100_000
"""Characters of the longest cell. An unclosed quote would make one of the whole file."""


class ListedQuery(Struct, frozen=True):
    """A line of a list and the query that it stands for."""

    text: str  # as it is written
    query: str


def read_queries(path: Path, column: str | None, as_query: Callable[[str], str]) -> list[ListedQuery]:
    """Return the lines of a file as queries, with the aliases of a name as alternatives.

    A cell with operators is a query; `as_query` puts saved searches in it. Without operators, it is
    a name whose words stand side by side, unless the column's header says that it holds queries.
    Raises UsageError.
    """
    rows = _csv_rows(path)
    heads = [fold(cell) for cell in rows[0]] if rows else []
    if column is None and (found := next((head for head in heads if head in _QUERY_HEADERS), None)):
        column = found
    is_query = column is not None and fold(column) in _QUERY_HEADERS
    listed = []
    for texts in _names_with_aliases(rows, column, str(path)):
        queries = [_cell_as_query(as_query(text), is_query=is_query or as_query(text) != text) for text in texts]
        listed.append(ListedQuery(texts[0], " OR ".join(dict.fromkeys(queries))))
    return listed


def _cell_as_query(text: str, *, is_query: bool) -> str:
    """Return the query that a cell stands for: in brackets if it has operators, else a phrase."""
    try:
        tree = parser.parse(text).query
    except QueryError:
        return text
    words = tree.operands if isinstance(tree, And) else (tree,)
    is_plain = all(isinstance(word, Word) and word.field is None and not word.variants for word in words)
    if not is_plain or len(words) != len(text.split()) or "+" in text:
        return f"({text})"
    if len(words) == 1:
        return text
    return f"({text})" if is_query else '"{}"'.format(text.replace('"', ""))


def read(path: Path, column: str | None = None) -> list[tuple[str, ...]]:
    """Return the names of a file, each with its aliases behind it. Raises UsageError.

    `column` is a header or a number from 1. Without it, a column with a header such as `name`
    counts, else the first. Columns of aliases are those whose header says so; without a header, all
    behind the name. A cell may hold several aliases with `;` or `|` between them.
    """
    return _names_with_aliases(_csv_rows(path), column, str(path))


def _csv_rows(path: Path) -> list[list[str]]:
    """Return the rows of a file that hold anything. Raises UsageError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "a file of names as CSV") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 at byte {error.start:,}", "the file saved as UTF-8") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path} is larger than {MAX_BYTES:,} bytes", "fewer names")
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=_csv_delimiter(text))]
        if any(len(cell) > MAX_CELL_CHARS for row in rows for cell in row):
            raise csv.Error(f"a cell is longer than {MAX_CELL_CHARS:,} characters")
    except csv.Error as error:
        raise UsageError(f"{path} is no CSV: {error}", "a name a line") from error
    return [row for row in rows if any(row)]


def _csv_delimiter(text: str) -> str:
    """Return the delimiter of the first line, outside quotes."""
    bare = "".join(text.partition("\n")[0].split('"')[::2])
    return max(DELIMITERS, key=lambda one: (bare.count(one), -DELIMITERS.index(one)))


def _names_with_aliases(rows: Sequence[Sequence[str]], column: str | None, place: str) -> list[tuple[str, ...]]:
    if not rows:
        raise UsageError(f"{place} holds no name", "a name a line")
    heads = [fold(cell) for cell in rows[0]]
    by_name = column is not None and not column.isdecimal()
    known = _NAME_HEADERS | _QUERY_HEADERS | _OTHER_HEADERS
    has_header = by_name or any(head in known or head.startswith(_ALIAS_HEADERS) for head in heads)
    if column is None:
        at = next((number for number, head in enumerate(heads) if head in _NAME_HEADERS), 0) if has_header else 0
    elif by_name:
        if fold(column) not in heads:
            raise UsageError(f"{place} has no column '{column}'", ", ".join(rows[0]))
        at = heads.index(fold(column))
    else:
        at = int(column) - 1
        if not 0 <= at < max(map(len, rows)):
            raise UsageError(f"{place} has no column {column}", f"1 to {max(map(len, rows))}")
    found: dict[str, tuple[str, ...]] = {}
    for row in rows[has_header:]:
        name = row[at] if at < len(row) else ""
        further = [
            cell
            for number, cell in enumerate(row)
            if number != at
            and (number < len(heads) and heads[number].startswith(_ALIAS_HEADERS) if has_header else number > at)
        ]
        aliases = [alias.strip() for cell in further for alias in cell.replace("|", ";").split(";")]
        if any(letter.isalnum() for letter in name):
            kept = (alias for alias in aliases if any(letter.isalnum() for letter in alias))
            found[name] = tuple(dict.fromkeys((*found.get(name, (name,)), *kept)))
    if not found:
        raise UsageError(f"{place} holds no name", "a name a line")
    return list(found.values())
