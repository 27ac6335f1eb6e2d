"""Paragraphs, headings and table rows to a record: what the readers of word processors' files and books share.

Pure. A line's number is that of its paragraph or row, from 1, for such files have no lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from docindex.metadata import dates
from docindex.model import Date, Metadata, Record, Source
from docindex.readers import text_headers
from docindex.readers.base import EMPTY, record


class Block(Struct, frozen=True):
    """One paragraph, heading or row of a table; not empty."""

    text: str
    level: int = 0  # of a heading, from 1; 0 = text
    tight: bool = False  # no blank line before it, as between the rows of a table


class _Frame(Struct):
    """A stretch of text with its own paragraphs: the document itself, a note in it, a row of a table."""

    parts: list[str] = []
    blocks: list[Block] = []
    later: list[Block] = []  # notes and inner tables, kept until the paragraph is complete
    cells: list[str] | None = None  # of a row


class Writer:
    """Takes a document as it comes, piece by piece, and keeps its blocks."""

    def __init__(self) -> None:
        self._frames = [_Frame()]

    def text(self, text: str) -> None:
        self._frames[-1].parts.append(text)

    def end_block(self, level: int = 0) -> None:
        """The paragraph is complete, if there was any. Within a table's cell it is a piece of the cell."""
        frame = self._frames[-1]
        text = _clean("".join(frame.parts))
        frame.parts.clear()
        if frame.cells is not None:
            frame.cells[-1] = f"{frame.cells[-1]} {text}".strip()
            return
        if text:
            frame.blocks.append(Block(text, level))
        frame.blocks += frame.later
        frame.later.clear()

    def begin_aside(self) -> None:
        """What follows is to stand behind the paragraph in which it is found."""
        self._frames.append(_Frame())

    def end_aside(self) -> None:
        blocks = self.end()
        self._frames.pop()
        self._frames[-1].later += blocks

    def begin_row(self) -> None:
        if self._frames[-1].cells is None:
            self.end_block()
        self._frames.append(_Frame(cells=[""]))

    def end_cell(self) -> None:
        self.end_block()
        cells = self._frames[-1].cells
        if cells is not None:
            cells.append("")

    def end_row(self) -> None:
        self.end_block()
        row = self._frames.pop()
        text = " · ".join(filter(None, (cell.replace("\n", " ") for cell in row.cells or ())))
        blocks = [Block(text, tight=True)] if text else []
        outer = self._frames[-1]
        (outer.blocks if outer.cells is None else outer.later).extend(blocks + row.later)

    def end(self) -> list[Block]:
        """The blocks of the document (or the aside) so far, which are forgotten here."""
        self.end_block()
        blocks = self._frames[-1].blocks
        self._frames[-1].blocks = []
        return blocks


_BREAKS = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # all that Python or a pager takes for a new line or page
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\ufffe\uffff]")


def _clean(text: str) -> str:
    """A paragraph without blank lines, soft hyphens and signs that nobody sees."""
    text = _UNSEEN.sub("", _BREAKS.sub("\n", text)).replace("\xad", "")
    return "\n".join(filter(None, map(str.strip, text.split("\n"))))


def body(pages: Sequence[Sequence[Block]]) -> tuple[str, list[int]]:
    """The text of a document and its lines' numbers; a form feed where each further page begins."""
    rows: list[tuple[str, int]] = []
    for number, blocks in enumerate(pages):
        page = list(_rows(blocks)) or [("", 1)]
        if number:
            page[0] = ("\f" + page[0][0], page[0][1])
        rows += page
    return "\n".join(text for text, _ in rows), [line for _, line in rows]


def _rows(blocks: Iterable[Block]) -> Iterator[tuple[str, int]]:
    after_row = True
    for number, block in enumerate(blocks, 1):
        if number > 1 and not (block.tight and after_row):
            yield "", number - 1
        after_row = block.tight
        for line in block.text.split("\n"):
            yield line, number


def document(source: Source, found: Metadata, blocks: Sequence[Block]) -> Iterator[Record]:
    """One record of a whole file, none if it is empty. Its title is what the file's properties say, else its first
    line if that looks like one; a title that opens the text is left out of it, unless there is nothing else.
    """
    if not blocks:
        return
    if not found.title:
        found = replace(found, title=text_headers.title_line(body([blocks])[0].split("\n")))
    yield part(source, EMPTY, found, blocks, None)


def part(source: Source, own: Metadata, found: Metadata, blocks: Sequence[Block], name: str | None) -> Record:
    """One record of some blocks, without the first if that is its title."""
    title = own.title or source.declared.title or found.title
    text, lines = body([blocks])
    if len(blocks) > 1 and blocks[0].text == title:
        below = blocks[0].text.count("\n") + 2
        text, lines = "\n".join(text.split("\n")[below:]), lines[below:]
    return record(source, part=name, own=own, found=found, body=text, lines=lines)


def paged(source: Source, found: Metadata, pages: Sequence[Sequence[Block]]) -> Iterator[Record]:
    """One record of slides, each a page; none if no slide holds text. Without a title, it goes by its first line."""
    if any(pages):
        if not found.title:
            first = next(page[0].text for page in pages if page).partition("\n")[0]
            found = replace(found, title=first if len(first) <= _LONGEST else None)
        text, lines = body(pages)
        yield record(source, found=found, body=text, lines=lines, page=1)


# What files say of themselves ----------------------------------------------------------------------------------

_PLACEHOLDERS = re.compile(
    r"(?:untitled|sans (?:titre|nom)|unbenannt|ohne titel|sin t[íi]tulo|title|titre"
    r"|(?:document|dokument|book|classeur|mappe|presentation|präsentation)\s*\d*"
    r"|powerpoint[- ]?(?:presentation|präsentation)|présentation powerpoint|word document"
    r"|(?:microsoft word|microsoft powerpoint|microsoft excel)\s-.*|[^\s/]{1,80}\.[a-z]{2,4}|[a-z]:\\.*|[-/\d\W]*)",
    re.IGNORECASE,
)
_NOBODY = {
    "user", "author", "admin", "administrator", "unknown", "anonymous", "owner", "root", "un-named", "windows user",
    "unknown author", "microsoft office user", "utilisateur windows", "microsoft account", "python-docx",
    "python-pptx", "openpyxl",
}  # fmt: skip
_LONGEST = 300  # characters; a longer title or name is none


def properties(
    *, title: str = "", creator: str = "", publisher: str = "", date: str = "", language: str = "", subject: str = ""
) -> Metadata:
    """Metadata from a file's properties, without what programs put there by themselves: `Microsoft Word - x.doc`."""
    title, creator, publisher = (_said(value) for value in (title, creator, publisher))
    return Metadata(
        title=None if _PLACEHOLDERS.fullmatch(title) else title or None,
        creator=None if creator.casefold() in _NOBODY else creator or None,
        publisher=publisher or None,
        date=_date(date),
        language=_code(language.strip()),
        subject=tuple(dict.fromkeys(filter(None, (_said(word) for word in re.split("[,;،]", subject))))),
    )


def _said(value: str) -> str:
    value = " ".join(_clean(value).split())
    return value if len(value) <= _LONGEST else ""


def _date(value: str) -> Date | None:
    found = dates.parse(value.strip(), origin="properties") if value.strip() else None
    return found if found and found.earliest.year > 1903 else None  # 1900 to 1904, 1601: a program's zero


def _code(tag: str) -> str | None:
    """The language of a tag such as `fr` or `fr-FR` (BCP 47)."""
    code = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_].{0,40})?", tag)
    return code[1].lower() if code else None
