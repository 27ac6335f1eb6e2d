"""Document builder of the readers of office files and books: paragraphs, headings, rows to a
record.

Pure. Such files have no lines, so lines are numbered by paragraph or row, from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from docindex.metadata import dates, language_codes
from docindex.model.documents import Date, Metadata, Record, Source
from docindex.readers import text_headers
from docindex.readers.base import EMPTY, record


class Block(Struct, frozen=True):
    """Paragraph, heading or table row. It is not empty."""

    text: str
    level: int = 0  # of a heading, from 1; 0 = text
    tight: bool = False  # no blank line precedes it, as between the rows of a table


class _Frame(Struct):
    """A text with its own paragraphs: the document itself, a note in it, or a table row."""

    parts: list[str] = []
    blocks: list[Block] = []
    later: list[Block] = []  # notes and inner tables, kept until the paragraph is complete
    cells: list[str] | None = None  # of a row


class Writer:
    """Builder of a document's blocks from its pieces in order."""

    def __init__(self) -> None:
        self._frames = [_Frame()]

    def text(self, text: str) -> None:
        self._frames[-1].parts.append(text)

    def end_block(self, level: int = 0) -> None:
        """End the current paragraph. Within a table cell it becomes a piece of the cell."""
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
        """Begin an aside, such as a note. It is placed after the paragraph that contains it."""
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
        """Return the blocks of the document or aside so far, and clear them."""
        self.end_block()
        blocks = self._frames[-1].blocks
        self._frames[-1].blocks = []
        return blocks


_BREAKS = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # Python or a pager breaks lines or pages there
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\ufffe\uffff]")


def _clean(text: str) -> str:
    """Return a paragraph without blank lines, soft hyphens and invisible characters."""
    text = _UNSEEN.sub("", _BREAKS.sub("\n", text)).replace("\xad", "")
    return "\n".join(filter(None, map(str.strip, text.split("\n"))))


def body(pages: Sequence[Sequence[Block]]) -> tuple[str, list[int]]:
    """Return the text of a document and its line numbers. A form feed begins each further page."""
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
    """Yield one record of a whole file, or none if it is empty.

    Its title comes from the file's properties, or else from a first line that looks like a title.
    The text omits a title on its first line, unless it has nothing else.
    """
    if not blocks:
        return
    if not found.title:
        found = replace(found, title=text_headers.title_line(body([blocks])[0].split("\n")))
    yield part(source, EMPTY, found, blocks, None)


def part(source: Source, own: Metadata, found: Metadata, blocks: Sequence[Block], name: str | None) -> Record:
    """Return a record of some blocks, without the first if that is its title."""
    title = own.title or source.declared.title or found.title
    text, lines = body([blocks])
    if len(blocks) > 1 and blocks[0].text == title:
        below = blocks[0].text.count("\n") + 2
        text, lines = "\n".join(text.split("\n")[below:]), lines[below:]
    return record(source, part=name, own=own, found=found, body=text, lines=lines)


def paged(source: Source, found: Metadata, pages: Sequence[Sequence[Block]]) -> Iterator[Record]:
    """Yield one record of slides, each a page, or none if no slide has text.

    The first line replaces a missing title.
    """
    if any(pages):
        if not found.title:
            first = next(page[0].text for page in pages if page).partition("\n")[0]
            found = replace(found, title=first if len(first) <= _MAX_VALUE_CHARS else None)
        text, lines = body(pages)
        yield record(source, found=found, body=text, lines=lines, page=1)


# Properties of files ------------------------------------------------------------------------------

_PLACEHOLDERS = re.compile(
    r"(?:\(?(?:untitled|untitled document|new document|title|title of document|unspecified|unknown|anonymous|no title"
    r"|sans (?:titre|nom)|titre|nouveau document|unbenannt|ohne titel|titel|neues dokument|sin t[íi]tulo|senza titolo"
    r"|بدون عنوان|غير معنون|без названия)\)?(?:[- ]?\d+)?"
    r"|(?:document|dokument|book|classeur|mappe|presentation|präsentation|slide|diapositive|folie|layout|page|seite)\s*\d*"
    r"|powerpoint[- ]?(?:presentation|präsentation)|présentation powerpoint|word document"
    r"|scan(?:ned (?:document|image))?|print|image to pdf|full page photo|blank page|about:blank"
    r"|(?:microsoft word|microsoft powerpoint|microsoft excel)\s-.*|[^\s/]{1,80}\.[a-z]{2,4}|[a-z]:\\.*"
    r"|(?:file|https?):/\S*|(?:doc|img|scan|dsc|image)[-_ ]?\d+|[-/\d\W]*)",
    re.IGNORECASE,
)
_NOBODY = {
    "(anonymous)", "administrateur", "utilisateur", "benutzer", "hp authorized customer", "preferred customer",
    "user", "author", "admin", "administrator", "unknown", "anonymous", "owner", "root", "un-named", "windows user",
    "unknown author", "microsoft office user", "utilisateur windows", "microsoft account", "python-docx",
    "python-pptx", "openpyxl",
}  # fmt: skip
_MAX_VALUE_CHARS = 300  # a longer title or name is ignored


def properties(
    *, title: str = "", creator: str = "", publisher: str = "", date: str = "", language: str = "", subject: str = ""
) -> Metadata:
    """Return metadata from a file's properties without default values such as `Microsoft Word -
    x.doc`.
    """
    title, creator, publisher = (_value(value) for value in (title, creator, publisher))
    return Metadata(
        title=None if _PLACEHOLDERS.fullmatch(title) else title or None,
        creator=None if creator.casefold() in _NOBODY else creator or None,
        publisher=publisher or None,
        date=_date(date),
        language=language_codes.from_tag(language.strip()),
        subject=tuple(dict.fromkeys(filter(None, (_value(word) for word in re.split("[,;،]", subject))))),
    )


def _value(value: str) -> str:
    value = " ".join(_clean(value).split())
    return value if len(value) <= _MAX_VALUE_CHARS else ""


def _date(value: str) -> Date | None:
    found = dates.parse(value.strip(), origin="properties") if value.strip() else None
    return (
        found if found and found.earliest.year > 1903 else None
    )  # 1601 and 1900 to 1904 are the zero of programs' clocks
