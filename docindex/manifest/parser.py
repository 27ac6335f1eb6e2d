"""Markdown of a manifest -> its entries as written. Checks only whether files exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

from docindex.manifest import entry_metadata, fast_path
from docindex.manifest.globs import WILDCARDS
from docindex.metadata import keys as metadata_keys
from docindex.system.limits import OutOfTime, parse_seconds, time_limit

MAX_BLOCK_NESTING = 40  # levels of blocks within blocks; a nested list counts twice
_SCHEME = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:|//|#")
_SUFFIX = re.compile(r"\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,5}\Z")
_SEPARATORS = " \t\n\u00a0\u202f—–-:,;"

Exists = Callable[[str], bool]
"""Function that returns True if a file has this name as written."""


class Entry(Struct, frozen=True):
    """A list item or a table row that names a file, or a pattern of files."""

    target: str  # as written, percent escapes decoded, without a fragment
    is_pattern: bool
    line: int
    pairs: tuple[entry_metadata.Pair, ...]
    collection: str | None


class _FileReference(Struct, frozen=True):
    """A file named in a line of text."""

    target: str
    is_pattern: bool
    title: str | None  # a link's text unless it only repeats the file's name
    tail: str  # what follows
    line: int


def read(text: str, exists: Exists, problems: list[entry_metadata.Problem]) -> Iterator[Entry]:
    """Yield the entries of a manifest without its front matter. Problems of an entry are appended
    before it comes.

    An entry is the first file that a list item or a table row names: a link other than a web
    address, or a path in backticks. A name in backticks is a path if a file has that name. It is
    also a path if it has no blanks and holds a `/`, a suffix such as `.txt`, or a letter beside a
    wildcard (`*`, `?`, `[`). A table's path column needs no backticks, and its names may hold
    blanks.
    """
    markdown = MarkdownIt("commonmark", {"maxNesting": MAX_BLOCK_NESTING}).enable("table")
    # Keep all links as written, so that refused ones are reported.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    markdown.normalizeLink = lambda url: url  # type: ignore[method-assign]
    try:
        with time_limit(parse_seconds(len(text))):
            tokens, runs = _parsed(markdown, text)
    except OutOfTime:
        raise TangledError from None
    return _MarkdownReader(tokens, runs, exists, problems).entries()


class TangledError(Exception):
    """The Markdown takes too long to parse."""


def _parsed(markdown: MarkdownIt, text: str) -> tuple[Sequence[Token], fast_path.FastLines]:
    """Return the tokens of a text, and the lines that were left out of it."""
    runs = fast_path.FastLines(text)
    tokens = markdown.parse(runs.left)
    if stray := runs.starts - _entry_lines(tokens, runs):
        # These runs stand outside lists and table bodies, so they are parsed like any text.
        runs = fast_path.FastLines(text, runs.taken(stray))
        tokens = markdown.parse(runs.left)
        if runs.starts - _entry_lines(tokens, runs):
            runs = fast_path.FastLines(text, range(len(text) + 1))
            tokens = markdown.parse(text)
    return tokens, runs


def _entry_lines(tokens: Sequence[Token], runs: fast_path.FastLines) -> set[int]:
    """Return the lines on which list items and rows of table bodies begin."""
    found = set()
    in_head = False
    for token in tokens:
        if token.type in ("thead_open", "thead_close"):
            in_head = token.type == "thead_open"
        elif token.map and (token.type == "list_item_open" or (token.type == "tr_open" and not in_head)):
            found.add(runs.line(token.map[0]))
    return found


class _Cell(Struct, frozen=True):
    """A table cell."""

    text: str
    named: _FileReference | None
    line: int


class _MarkdownReader:
    """Reader of a manifest's tokens in one pass."""

    def __init__(
        self, tokens: Sequence[Token], runs: fast_path.FastLines, exists: Exists, problems: list[entry_metadata.Problem]
    ) -> None:
        self._tokens = tokens
        self._runs = runs
        self._exists = exists
        self._problems = problems
        self._headings: list[tuple[int, str]] = []  # level and text of those above

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in their order."""
        tokens = self._tokens
        title = _title(tokens)
        items: list[bool] = []  # for each open list item: True once it has its entry
        keys: list[str | None] = []
        row: list[_Cell] = []
        in_head = False
        for index, token in enumerate(tokens):
            match token.type:
                case "heading_open" if token.level == 0 and index != title:
                    self._heading(int(token.tag[1:]), plain(tokens[index + 1]))
                case "list_item_open":
                    items.append(False)
                case "list_item_close":
                    items.pop()
                case "thead_open" | "thead_close":
                    in_head = token.type == "thead_open"
                case "tr_open":
                    row = []
                case "tr_close" if in_head:
                    keys = [metadata_keys.key(cell.text) for cell in row]
                case "tr_close":
                    yield from self._row(keys, row)
                    for line, text in self._runs.after(row[0].line - 1) if row else ():
                        yield from self._row(keys, self._cells(text, len(keys), line + 1))
                case "inline" if tokens[index - 1].type in ("td_open", "th_open"):
                    row.append(_Cell(plain(token), self._named(token), self._line(token)))
                case "inline" if items and not items[-1] and tokens[index - 1].type == "paragraph_open":
                    named = self._named(token)
                    items[-1] = named is not None
                    yield from self._item(named)
                    for line, text in self._runs.after(self._line(token) - 1):
                        yield from self._item(self._simple(fast_path.item(text), line + 1))

    def _heading(self, level: int, text: str) -> None:
        self._headings = [(above, title) for above, title in self._headings if above < level] + [(level, text)]

    def _item(self, named: _FileReference | None) -> Iterator[Entry]:
        if named:
            pairs, problems = entry_metadata.pairs(named.tail.lstrip(_SEPARATORS), named.line)
            self._problems += problems
            yield self._entry(named, pairs)

    def _cells(self, text: str, count: int, line: int) -> list[_Cell]:
        """Return the cells of a simple row, filled up or cut to the table's number of columns."""
        held = fast_path.row(text)[:count]
        cells = [
            _Cell(f"{one.title or one.code or ''}{one.tail}".strip(), self._simple(one, line), line) for one in held
        ]
        return cells + [_Cell("", None, line)] * (count - len(cells))

    def _row(self, keys: Sequence[str | None], row: Sequence[_Cell]) -> Iterator[Entry]:
        cells = list(zip(keys, row, strict=False))
        files = [cell.named for _, cell in cells]
        # A path column's own link comes first, then any link, then a path column without markup.
        ranked = sorted(
            (number for number, file in enumerate(files) if file), key=lambda number: keys[number] != "path"
        )
        column, named = (ranked[0], files[ranked[0]]) if ranked else self._unmarked(cells)
        if named is None:
            return
        pairs = tuple(
            entry_metadata.Pair(key, cell.text, named.line)
            for number, (key, cell) in enumerate(cells)
            if key and key != "path" and (number != column or named.title)
        )
        yield self._entry(named, pairs, titled=keys[column] in (None, "path"))

    def _unmarked(self, cells: Sequence[tuple[str | None, _Cell]]) -> tuple[int, _FileReference | None]:
        for number, (key, cell) in enumerate(cells):
            text = cell.text
            if key == "path" and text and (self._exists(text) or (_looks_like_path(text) and not _SCHEME.match(text))):
                return number, self._path(text, None, "", cell.line)
        return 0, None

    def _entry(self, named: _FileReference, pairs: tuple[entry_metadata.Pair, ...], *, titled: bool = True) -> Entry:
        if named.title and titled and not any(pair.key == "title" and pair.value for pair in pairs):
            pairs = (*pairs, entry_metadata.Pair("title", named.title, named.line))
        collection = " / ".join(text for _, text in self._headings if text) or None
        return Entry(named.target, named.is_pattern, named.line, pairs, collection)

    def _named(self, token: Token) -> _FileReference | None:
        """Return the first file that a line of text names, or None."""
        children = token.children or []
        line = self._line(token)
        for index, child in enumerate(children):
            if child.type in ("softbreak", "hardbreak"):
                line += 1
            elif child.type == "link_open" and (target := self._target(str(child.attrs.get("href", "")))):
                end = next(number for number in range(index, len(children)) if children[number].type == "link_close")
                return self._linked(target, _text(children[index + 1 : end]), _text(children[end + 1 :]), line)
            elif child.type == "code_inline" and self._is_path(child.content.strip()):
                return self._path(child.content.strip(), None, _text(children[index + 1 :]), line)
        return None

    def _simple(self, held: fast_path.SimpleItem, line: int) -> _FileReference | None:
        """Return the file that a simple item or cell names, or None."""
        if held.href and (target := self._target(held.href)):
            return self._linked(target, held.title, held.tail, line)
        if held.code and self._is_path(held.code.strip()):
            return self._path(held.code.strip(), None, held.tail, line)
        return None

    def _linked(self, target: str, text: str, tail: str, line: int) -> _FileReference:
        text = text.strip()
        return self._path(target, None if _is_name(text, target) else text, tail, line)

    def _path(self, target: str, title: str | None, tail: str, line: int) -> _FileReference:
        is_pattern = bool(WILDCARDS & set(target)) and not self._exists(target)
        return _FileReference(target, is_pattern, title, tail, line)

    def _target(self, href: str) -> str | None:
        """Return the file that a link leads to, or None for web addresses and anchors in the
        manifest.

        A file with exactly this name takes precedence. Otherwise `%20` is a blank, and a fragment
        after `#`, or a query after `?` behind a suffix, is not part of the name.
        """
        if not href:
            return None
        decoded = unquote(href)
        path = unquote(href.partition("#")[0])
        before, _, _ = path.partition("?")
        path = before if _SUFFIX.search(before) else path
        if odd := next((name for name in (href, decoded) if name != path and self._exists(name)), None):
            return odd
        return None if _SCHEME.match(href) and not self._exists(path) else path

    def _line(self, token: Token) -> int:
        return self._runs.line((token.map or [0])[0]) + 1

    def _is_path(self, text: str) -> bool:
        if self._exists(text):
            return True
        if _SCHEME.match(text) or text.startswith("-") or any(map(str.isspace, text)):
            return False
        return _looks_like_path(text) or bool(WILDCARDS & set(text) and any(map(str.isalnum, text)))


def _title(tokens: Sequence[Token]) -> int | None:
    """Return the token index of the manifest's title: the first heading if it is the only one of
    level 1.
    """
    headings = [
        (token.tag, index) for index, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0
    ]
    if [tag for tag, _ in headings].count("h1") == 1 and headings[0][0] == "h1":
        return headings[0][1]
    return None


def plain(token: Token) -> str:
    """Return the text of a line without its markup."""
    return _text(token.children or []).strip()


def _text(children: Sequence[Token]) -> str:
    return "".join(_text_pieces(children))


def _text_pieces(children: Sequence[Token]) -> Iterator[str]:
    for child in children:
        if child.type in ("text", "code_inline"):
            yield child.content
        elif child.type in ("softbreak", "hardbreak"):
            yield " "
        elif child.type == "image":
            yield _text(child.children or [])


def _looks_like_path(text: str) -> bool:
    return "/" in text or bool(_SUFFIX.search(text))


def _is_name(text: str, target: str) -> bool:
    """Return True if a link's text only repeats the file's name."""
    name = target.rsplit("/", 1)[-1]
    return text in ("", target, f"./{target}", name, name.rsplit(".", 1)[0])
