"""Markdown to records: the text without its markup, with line numbers of the file.

CommonMark with tables and strikethrough (GitHub Flavored Markdown), and YAML front matter. Markup,
link targets and comments are left out; the text of HTML stays. A heading that becomes the title is
left out of the body, as a title line is in plain text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from itertools import pairwise

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, escape, newline
from markdown_it.token import Token
from msgspec import Struct
from msgspec.structs import replace

from docindex.metadata import dates, language_codes
from docindex.model.documents import Metadata, Record, Source
from docindex.readers.base import record
from docindex.readers.charset import decode
from docindex.system.limits import OutOfTime, parse_seconds, time_limit

_SPLIT_LEVEL = 2  # sections begin at headings of levels 1 and 2; deeper ones stay within
_MAX_NESTING = 100  # markdown-it drops blocks that are nested more deeply


class _Block(Struct, frozen=True):
    rows: tuple[tuple[str, int], ...]  # its lines of text, with line numbers of the file
    level: int = 0  # of a heading outside lists and quotations; 0 = another block
    tight: bool = False  # no blank line before it: an item of a tight list, a row of a table

    @property
    def title(self) -> str:
        return " ".join(" ".join(text for text, _ in self.rows).split())


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Yield one record, or with `split: sections` one for each heading of level 1 or 2 with text.

    A file without any visible text, or nested too deeply, gives its source as text.
    """
    text, _ = decode(data)
    front, found, markdown = _front_matter(text)
    blocks = _blocks(markdown)
    blocks = front + blocks if blocks else _as_written(text.split("\n"), 1)
    if not blocks:
        return
    if not found.title:
        found = replace(found, title=next((block.title for block in blocks if block.level), None))
    if source.split == "sections":
        yield from _sections(source, found, blocks)
    else:
        yield _whole(source, found, blocks)


def _whole(source: Source, found: Metadata, blocks: list[_Block]) -> Record:
    opens = blocks[0].level > 0 and blocks[0].title == (source.declared.title or found.title)
    body, lines = _body(blocks[1:] if opens and len(blocks) > 1 else blocks)
    return record(source, found=found, body=body, lines=lines)


def _sections(source: Source, found: Metadata, blocks: list[_Block]) -> Iterator[Record]:
    """Yield a record for each section. The text before the first heading is the part without a
    name.

    A heading without text is moved into the next section with text, or else into the last one.
    Thus a record holds only a heading if the file has nothing else.
    """
    sections: list[tuple[_Block | None, list[_Block]]] = []
    bare: list[_Block] = []
    for heading, below in _split(blocks):
        if heading and not below:
            bare.append(heading)
        else:
            sections.append((heading, bare + below))
            bare = []
    if bare and sections:
        sections[-1][1].extend(bare)
    elif bare:
        sections.append((bare[0], bare))
    for heading, below in sections:
        body, lines = _body(below)
        part = slug(heading.title) if heading else None
        own = Metadata(title=heading.title if heading else None)
        yield record(source, part=part, own=own, found=found, body=body, lines=lines)


def _split(blocks: list[_Block]) -> Iterator[tuple[_Block | None, list[_Block]]]:
    starts = [at for at, block in enumerate(blocks) if 0 < block.level <= _SPLIT_LEVEL]
    first = starts[0] if starts else len(blocks)
    if first:
        yield None, blocks[:first]
    for start, stop in pairwise([*starts, len(blocks)]):
        yield blocks[start], blocks[start + 1 : stop]


def slug(heading: str) -> str:
    """Return a heading's anchor as GitHub makes it: letters in lower case, digits, hyphens for
    spaces.
    """
    kept = (c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LMN")
    return "".join(kept).strip().replace(" ", "-") or "section"


def _body(blocks: Iterable[_Block]) -> tuple[str, list[int]]:
    rows: list[tuple[str, int]] = []
    for block in blocks:
        if rows and not block.tight:
            rows.append(("", max(rows[-1][1], block.rows[0][1] - 1)))
        rows.extend((piece, line) for text, line in block.rows for piece in _BREAKS.split(text))
    return "\n".join(text for text, _ in rows), [line for _, line in rows]


_BREAKS = re.compile("[\r\n\x85\u2028\u2029]")  # a row may hold them as entities or raw


# Front matter -------------------------------------------------------------------------------------

_MAX_FRONT_MATTER_LINES = 500
_KEYS = {
    "title": ("title",),
    "creator": ("creator", "author", "authors", "by"),
    "publisher": ("publisher", "source", "newspaper"),
    "date": ("date", "published"),
    "language": ("language", "lang"),
    "subject": ("subject", "subjects", "tags", "keywords"),
}


def _front_matter(text: str) -> tuple[list[_Block], Metadata, str]:
    """Return the blocks of broken YAML at the top, or its metadata, and the Markdown below.

    Blank lines replace the YAML in the Markdown, so that line numbers stay the same.
    """
    top = text.split("\n", _MAX_FRONT_MATTER_LINES)[:_MAX_FRONT_MATTER_LINES]
    stop = next((at for at, line in enumerate(top) if at and line.rstrip() in ("---", "...")), 0)
    if top[0].rstrip() != "---" or not stop:
        return [], Metadata(), text
    markdown = "\n" * (stop + 1) + "".join(text.split("\n", stop + 1)[stop + 1 :])
    try:
        # BaseLoader keeps values as written, for `dates` to read.
        values = yaml.BaseLoader("\n".join(top[1:stop])).get_single_data()
    except (yaml.YAMLError, RecursionError):
        found = _metadata(dict(_entries(top[1:stop])))
        return _as_written(top[1:stop], 2), found, markdown
    if values is not None and not isinstance(values, dict):
        return [], Metadata(), text
    return [], _metadata(values or {}), markdown


_ENTRY = re.compile(r"([A-Za-z][\w -]{0,40}):(?:[ \t]+(.*))?\Z")


def _entries(lines: list[str]) -> Iterator[tuple[object, object]]:
    """Yield the entries of broken YAML, each read by itself.

    A broken value is its text as written.
    """
    starts = [at for at, line in enumerate(lines) if _ENTRY.match(line)]
    for start, stop in pairwise([*starts, len(lines)]):
        entry = _ENTRY.match(lines[start])
        try:
            values = yaml.BaseLoader("\n".join(lines[start:stop])).get_single_data()
        except (yaml.YAMLError, RecursionError):
            values = None
        if isinstance(values, dict):
            yield from values.items()
        elif entry and (entry[2] or "")[:1] not in "[{&*!|>%@`":
            yield entry[1], (entry[2] or "").strip().strip("\"'")


def _metadata(values: dict[object, object]) -> Metadata:
    texts = {str(key).lower(): _texts(value) for key, value in values.items()}
    found = {term: next(filter(None, map(texts.get, keys)), []) for term, keys in _KEYS.items()}
    date = " ".join(found["date"])
    return Metadata(
        title=" ".join(found["title"]) or None,
        creator="; ".join(found["creator"]) or None,
        publisher="; ".join(found["publisher"]) or None,
        date=dates.parse(date, origin="front matter") if date else None,
        language=language_codes.from_tag("".join(found["language"][:1])),
        subject=tuple(word for text in found["subject"] for word in _texts(text.split(","))),
    )


def _texts(value: object) -> list[str]:
    """Return the texts of a YAML value: one text, or those of a list."""
    texts = value if isinstance(value, list) else [value]
    return [" ".join(text.split()) for text in texts if isinstance(text, str) and text.strip()]


# Blocks -------------------------------------------------------------------------------------------


def _as_written(lines: list[str], first: int) -> list[_Block]:
    """Return one block of unchanged lines, or none if all are blank."""
    rows = _shown("\n".join(lines), first)
    return [_Block(tuple(rows))] if rows else []


def _blocks(markdown: str) -> list[_Block]:
    """Return the blocks with text, or none if parsing takes too long or drops deeply nested
    ones.
    """
    try:
        with time_limit(parse_seconds(len(markdown))):
            tokens = _parser().parse(markdown)
    except OutOfTime:
        return []
    if any(token.level >= _MAX_NESTING - 1 for token in tokens):
        return []
    return [block for block in _walk(tokens) if block.rows]


def _walk(tokens: Iterable[Token]) -> Iterator[_Block]:
    opener = Token("", "", 0)  # the token that opened the innermost block
    cells: list[tuple[str, int]] = []
    for token in tokens:
        first = token.map[0] + 1 if token.map else 0
        match token.type:
            case "inline" if opener.type in ("th_open", "td_open"):
                cells += _inline_rows(token, first)
            case "inline":
                yield _Block(tuple(_inline_rows(token, first)), _level(opener), tight=opener.hidden)
            case "tr_close" if cells:
                row = " · ".join(text for text, _ in cells)
                yield _Block(((row, cells[0][1]),), tight=opener.type == "td_open")
                cells = []
            case "fence":
                yield _Block(tuple(_shown(token.content, first + 1)))
            case "code_block":
                yield _Block(tuple(_shown(token.content, first)))
            case "html_block":
                yield _Block(tuple(_html_rows(token.content, first)))
        if token.nesting == 1:
            opener = token


def _level(opener: Token) -> int:
    return int(opener.tag[1:]) if opener.type == "heading_open" and opener.level == 0 else 0


def _shown(text: str, first: int) -> list[tuple[str, int]]:
    """Return the numbered lines of a text without the blank ones at both ends."""
    rows = [(line.rstrip(), number) for number, line in enumerate(text.split("\n"), first)]
    shown = [at for at, (line, _) in enumerate(rows) if line]
    return rows[shown[0] : shown[-1] + 1] if shown else []


def _inline_rows(token: Token, first: int) -> Iterator[tuple[str, int]]:
    """Yield a paragraph's lines that are not blank, each with its line number in the file."""
    row, line, read_to = "", first, 0
    for child in [*(token.children or []), Token("softbreak", "", 0, meta={_AFTER: len(token.content)})]:
        if child.type not in _LINE_BREAKS:
            row += _inline_text(child)
            continue
        if row.strip():
            yield row.strip(), line
        row = ""
        line += token.content.count("\n", read_to, child.meta[_AFTER])
        read_to = child.meta[_AFTER]


def _inline_text(token: Token) -> str:
    if token.type == "html_inline":
        return " " if token.content.lower().startswith("<br") else ""
    if token.type == "image":
        return "".join(" " if child.type in _LINE_BREAKS else _inline_text(child) for child in token.children or [])
    return token.content


_LINE_BREAKS = ("softbreak", "hardbreak")
_AFTER = "after"  # token metadata: the offset behind a line break, which markdown-it does not record


def _with_offsets(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Return an inline rule that also records the offset behind each line break."""

    def rule_with_offsets(state: StateInline, silent: bool) -> bool:
        done = rule(state, silent)
        if done and not silent and state.tokens and state.tokens[-1].type in _LINE_BREAKS:
            state.tokens[-1].meta.setdefault(_AFTER, state.pos)
        return done

    return rule_with_offsets


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"])
    parser.inline.ruler.at("newline", _with_offsets(newline))
    parser.inline.ruler.at("escape", _with_offsets(escape))
    return parser


# HTML ---------------------------------------------------------------------------------------------

_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*+)[^<>]*+>|<[!?][^<>]*+>")
_WITHIN_WORDS = "a abbr b bdi bdo code del em font i ins kbd mark q s small span strong sub sup u wbr"


def _html_rows(html: str, first: int) -> Iterator[tuple[str, int]]:
    """Yield the text of an HTML block without tags and comments.

    A comment without an end is text.
    """
    before, *commented = html.split("<!--")
    text = before
    for piece in commented:
        comment, end, after = piece.partition("-->")
        text += "\n" * comment.count("\n") + after if end else piece
    for number, line in enumerate(_TAG.sub(_without_tag, text).split("\n"), first):
        if shown := " ".join(unescape(line).split()):
            yield shown, number


def _without_tag(tag: re.Match[str]) -> str:
    """Return a tag's replacement: its line breaks, or "" within words, else a space."""
    name = (tag[1] or "").lower()
    return "\n" * tag[0].count("\n") or ("" if name in _WITHIN_WORDS.split() else " ")
