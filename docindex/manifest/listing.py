"""The Markdown of a manifest -> what it lists, entry by entry, as written. Looks at no file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from docindex.manifest import declared

GLOB = frozenset("*?[")
_SCHEME = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:|//|#")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*\Z")
_SEPARATORS = " \t\u00a0—–-:,;"


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake: the line it stands in, what it is, what to do."""

    line: int
    what: str
    hint: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A list item or a table row that names a file, or a pattern of files."""

    target: str  # as written, percent escapes decoded
    line: int
    pairs: tuple[declared.Pair, ...]
    headings: tuple[tuple[int, str], ...]  # level and text of those above it


@dataclass(slots=True)
class Listing:
    """All that a manifest says."""

    defaults: tuple[declared.Pair, ...] = ()
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    title: tuple[tuple[int, str], ...] = ()  # the first heading, if it is the only one of level 1


def read(text: str, exists: Callable[[str], bool]) -> Listing:
    """The entries of a manifest. `exists` tells whether a name with blanks in backticks is a file's."""
    listing = Listing()
    text = _front_matter(text, listing)
    markdown = MarkdownIt("commonmark").enable("table")
    # Links are kept as written, whatever their scheme: what is refused is to be seen.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    markdown.normalizeLink = lambda url: url  # type: ignore[method-assign]
    tokens = markdown.parse(text)
    listing.title = _title(tokens)
    _Reader(listing, exists).read(tokens)
    return listing


def _title(tokens: Sequence[Token]) -> tuple[tuple[int, str], ...]:
    headings = [(token.tag, index) for index, token in enumerate(tokens) if token.type == "heading_open"]
    if headings and headings[0][0] == "h1" and [tag for tag, _ in headings].count("h1") == 1:
        return ((1, plain(tokens[headings[0][1] + 1])),)
    return ()


def _front_matter(text: str, listing: Listing) -> str:
    """Take the YAML between `---` lines at the top as defaults; leave blank lines in its place."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return text
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
    if end is None:
        return text
    try:
        values = yaml.safe_load("\n".join(lines[1:end])) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        problem = getattr(error, "problem", None) or "is no YAML"
        listing.problems.append(
            Problem(line, f"the front matter cannot be read: {problem}", "write `key: value` lines")
        )
        values = {}
    if not isinstance(values, dict):
        listing.problems.append(Problem(1, "the front matter is no list of keys", "write `key: value` lines"))
        values = {}
    listing.defaults = tuple(_default(key, value, lines[:end]) for key, value in values.items())
    return "\n" * (end + 1) + "\n".join(lines[end + 1 :])


def _default(key: Any, value: Any, lines: Sequence[str]) -> declared.Pair:
    line = next((number for number, line in enumerate(lines, 1) if line.lstrip("\"' ").startswith(str(key))), 1)
    parts = value if isinstance(value, list) else [value]
    text = ", ".join("" if part is None else str(part) for part in parts)
    return declared.Pair(str(key), text, line)


class _Reader:
    """Walks the tokens of a manifest and gathers its entries."""

    def __init__(self, listing: Listing, exists: Callable[[str], bool]) -> None:
        self._listing = listing
        self._exists = exists
        self._headings: list[tuple[int, str]] = []

    def read(self, tokens: Sequence[Token]) -> None:
        items: list[bool] = []  # the list items around, and whether each has its entry
        header: list[str] = []
        row: list[Token] = []
        in_head = False
        for index, token in enumerate(tokens):
            match token.type:
                case "heading_open":
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
                    header = [plain(cell) for cell in row]
                case "tr_close":
                    self._row(header, row)
                case "inline" if tokens[index - 1].type in ("td_open", "th_open"):
                    row.append(token)
                case "inline" if items and not items[-1] and tokens[index - 1].type == "paragraph_open":
                    items[-1] = self._item(token)

    def _heading(self, level: int, text: str) -> None:
        self._headings = [(above, title) for above, title in self._headings if above < level] + [(level, text)]

    def _item(self, token: Token) -> bool:
        found = self._target(token)
        if found is None:
            return False
        target, title, tail, line = found
        pairs, problems = declared.pairs(tail.lstrip(_SEPARATORS), line)
        self._listing.problems += [Problem(line, what, hint) for what, hint in problems]
        self._add(target, line, title, pairs)
        return True

    def _row(self, header: Sequence[str], row: Sequence[Token]) -> None:
        if not row:
            return
        line = (row[0].map or [0])[0] + 1
        keys = [declared.key(name) for name in header]
        named = next(
            (plain(cell) for name, cell in zip(keys, row, strict=False) if name == "path" and plain(cell)), None
        )
        links = [(number, found) for number, cell in enumerate(row) if (found := self._target(cell))]
        if not links and not named:
            return
        number, (target, title, _, _) = links[0] if links else (-1, (named or "", None, "", line))
        pairs = tuple(
            declared.Pair(name, plain(cell), line)
            for column, (name, cell) in enumerate(zip(keys, row, strict=False))
            if name and name != "path" and plain(cell) and not (column == number and name != "title")
        )
        self._add(target, line, title, pairs)

    def _add(self, target: str, line: int, title: str | None, pairs: tuple[declared.Pair, ...]) -> None:
        if title and not any(declared.key(pair.key) == "title" for pair in pairs):
            pairs = (declared.Pair("title", title, line), *pairs)
        self._listing.entries.append(Entry(target, line, pairs, tuple(self._headings)))

    def _target(self, token: Token) -> tuple[str, str | None, str, int] | None:
        """The first file that a line of text names: as written, the link's text, what follows, and the line."""
        children = token.children or []
        line = (token.map or [0])[0] + 1
        for index, child in enumerate(children):
            if child.type in ("softbreak", "hardbreak"):
                line += 1
            elif child.type == "link_open":
                href = str(child.attrs.get("href", ""))
                end = next(number for number in range(index, len(children)) if children[number].type == "link_close")
                if href and not _SCHEME.match(href):
                    target = unquote(href)
                    text = _text(children[index + 1 : end])
                    title = None if _is_name(text, target) else text
                    return target, title, _text(children[end + 1 :]), line
            elif child.type == "code_inline" and self._is_path(child.content):
                return child.content, None, _text(children[index + 1 :]), line
        return None

    def _is_path(self, text: str) -> bool:
        """In backticks a path is told from a word by a `/`, an ending or a glob sign, and by having no blanks."""
        if _SCHEME.match(text) or text.startswith("-"):
            return False
        if any(character.isspace() for character in text):
            return self._exists(text)
        return "/" in text or bool(_SUFFIX.search(text)) or bool(GLOB & set(text))


def plain(token: Token) -> str:
    """The text of a line without its markup."""
    return _text(token.children or []).strip()


def _text(children: Sequence[Token]) -> str:
    return "".join(_words(children))


def _words(children: Sequence[Token]) -> Iterator[str]:
    for child in children:
        if child.type in ("text", "code_inline"):
            yield child.content
        elif child.type in ("softbreak", "hardbreak"):
            yield " "
        elif child.type == "image":
            yield _text(child.children or [])


def _is_name(text: str, target: str) -> bool:
    """Whether a link's text is only the file's name over again."""
    name = target.rsplit("/", 1)[-1]
    return text.strip() in ("", target, name) or text.strip() == name.rsplit(".", 1)[0]
