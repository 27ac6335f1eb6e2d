"""HTML to records: the main text of a page without its menus, and what the page says of itself.

Only here: lxml, trafilatura. trafilatura tells which text is the page's own; that text is then taken from the page as
it stands, for the headings, the line numbers and the characters that an extraction loses. Nothing is ever fetched.
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from msgspec import Struct
from msgspec.structs import replace
from trafilatura import bare_extraction
from trafilatura.settings import Document

from docindex.analysis import language_detection
from docindex.errors import ReaderError
from docindex.metadata import dates, language_codes
from docindex.model import UNDETERMINED, Metadata, Record, Source
from docindex.readers.base import record
from docindex.readers.charset import decode, decode_as

for _name in ("trafilatura", "htmldate", "courlan", "justext"):  # what they find odd in a page is nobody's concern
    logging.getLogger(_name).addHandler(logging.NullHandler())


class Row(Struct, frozen=True):
    """A paragraph, a heading, an item, a table's row, or one line of preformatted text."""

    text: str
    line: int  # of the file, from 1, that it begins on
    linked: int = 0  # characters that are the text of links
    heading: bool = False
    apart: bool = False  # from what is before it
    quoted: bool = False


def read(source: Source, data: bytes) -> Iterator[Record]:
    """One record: the page's main text; all its text, if it is no article. Raises ReaderError."""
    tree = _parsed(_decoded(data))
    rows: Sequence[Row] = _rows(tree)
    if tree is None or not rows:
        return
    etree.strip_tags(tree, etree.Comment)
    page = _extracted(tree)
    rows = _main(rows, page.text or "") if page else rows
    found = _metadata(tree, page, "\n".join(row.text for row in rows))
    opens = rows[0].text == (source.declared.title or found.title)
    body, lines = zip(*_lines(rows[1:] if opens and len(rows) > 1 else rows), strict=True)
    yield record(source, found=found, body="\n".join(body), lines=lines)


def shown(text: str) -> list[tuple[str, int]]:
    """The lines of all the text of a page, each with its line in the page; quotations with `>`, as in plain mail. A
    mail's body is read like that: its replies would pass for a page's margins.
    """
    rows = _rows(_parsed(text))
    return list(_lines([replace(row, text=f"> {row.text}") if row.quoted else row for row in rows]))


def _lines(rows: Sequence[Row]) -> Iterator[tuple[str, int]]:
    """The rows with blank lines between paragraphs."""
    for before, row in zip([None, *rows], rows, strict=False):
        if before and (row.apart or before.heading):
            yield "", max(before.line, row.line - 1)
        yield row.text, row.line


# The page ------------------------------------------------------------------------------------------------------

_MAX_ATTRIBUTES = 1_000  # of one tag; libxml2's time grows with their square
_MAX_DEPTH = 2_048  # libxml2 leaves out what is nested more deeply
_TAG = re.compile(r"""<[A-Za-z](?:[^"'>]++|"[^"]*+"|'[^']*+')*+>?""")
_ATTRIBUTE = re.compile(r"""[^\s/=<>]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+""")
_CHARSET = re.compile(rb"""(?:charset|encoding)\s{0,9}=\s{0,9}["']?\s{0,9}([\w:.-]{2,40})""", re.IGNORECASE)
_HEAD = 4_096  # bytes in which an encoding is declared (the HTML Standard says 1,024, pages are less exact)


def _decoded(data: bytes) -> str:
    said = _CHARSET.search(data[:_HEAD])
    return decode_as(data, said[1].decode("ascii")) if said else decode(data)[0]


def _parsed(text: str) -> HtmlElement | None:
    """The tree of a page, None if it holds nothing. Saved pages hold their pictures, so that no size is too large;
    other limits are checked here.
    """
    for tag in _TAG.finditer(text):
        if len(tag[0]) > 2 * _MAX_ATTRIBUTES and sum(1 for _ in _ATTRIBUTE.finditer(tag[0], 2)) > _MAX_ATTRIBUTES:
            line = text.count("\n", 0, tag.start()) + 1
            raise ReaderError(f"line {line}: a tag with more than {_MAX_ATTRIBUTES} attributes", _HINT)
    parser = HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, collect_ids=False, default_doctype=False)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace") or b" ", parser=parser)
    except etree.ParserError:
        return None  # no element and no text
    if any("depth" in entry.message for entry in parser.error_log):
        raise ReaderError(f"is nested more than {_MAX_DEPTH} tags deep", _HINT)
    return tree


_HINT = "save the page again from a browser, or as text"


# Its text ------------------------------------------------------------------------------------------------------

_UNSEEN = frozenset("datalist head iframe noscript object script select style svg template".split())
_WITHIN_WORDS = frozenset(
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i img input ins kbd label mark meter output q "
    "rb rp rt ruby s samp small span strike strong sub sup time tt u var wbr".split()
)
_CELLS = frozenset(("td", "th"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SPACED = _HEADINGS | frozenset("article blockquote dl figure hr ol p pre section table ul".split())
_GAP = "\0"  # between the cells of a row; no page holds one
_BETWEEN_CELLS = " · "
_LAST_COUNTED = 65_535  # libxml2 gives no greater line


def _rows(tree: HtmlElement | None) -> list[Row]:
    """The rows of a page. Not recursive, as pages are nested deeply."""
    page = _Page()
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")) if tree is not None else ():
        if event == "start":
            page.open(element)
        elif event == "end":
            page.close(element)
        else:
            page.pass_by(element)
    page.end_row()
    return page.rows


class _Page:
    """A page as it is read from its top to its end."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._pieces: list[str] = []  # of the row at hand
        self._linked = 0
        self._first = 0  # the line of its first word
        self._line = 1  # of the place that is reached
        self._apart = False
        self._within = Counter[str]()  # how many elements of a kind are open

    def open(self, element: HtmlElement) -> None:
        if element.sourceline and element.sourceline < _LAST_COUNTED:
            self._line = element.sourceline
        if element.tag not in _WITHIN_WORDS | _CELLS:
            self.end_row()
        self._apart |= element.tag in _SPACED
        self._within[_kind(element)] += 1
        self._text(element.text)

    def close(self, element: HtmlElement) -> None:
        if element.tag in _CELLS:
            self._pieces.append(_GAP)
        elif element.tag not in _WITHIN_WORDS:
            self.end_row(heading=element.tag in _HEADINGS)
        self._apart |= element.tag in _SPACED
        self._within[_kind(element)] -= 1
        self._text(element.tail)

    def pass_by(self, comment: HtmlElement) -> None:
        self._line += (comment.text or "").count("\n")
        self._text(comment.tail)

    def _text(self, text: str | None) -> None:
        for number, piece in enumerate((text or "").split("\n")):
            self._line += number > 0
            if number and self._within["pre"]:
                self.end_row()
            if not self._within["unseen"]:
                self._piece(piece if self._within["pre"] else f" {piece}" if number else piece)

    def _piece(self, piece: str) -> None:
        if not self._first and piece.strip():
            self._first = self._line
        self._linked += len(piece.strip()) if self._within["a"] else 0
        self._pieces.append(piece)

    def end_row(self, *, heading: bool = False) -> None:
        if self._first:
            cells = "".join(self._pieces).split(_GAP)
            texts = [cell.rstrip() if self._within["pre"] else " ".join(cell.split()) for cell in cells]
            text = _BETWEEN_CELLS.join(filter(None, texts))
            quoted = self._within["blockquote"] > 0
            self.rows.append(Row(text, self._first, self._linked, heading, self._apart, quoted))
            self._apart = False
        self._pieces, self._linked, self._first = [], 0, 0


def _kind(element: HtmlElement) -> str:
    return "unseen" if element.tag in _UNSEEN else str(element.tag)


# Its main text -------------------------------------------------------------------------------------------------

_MAX_ELEMENTS = 100_000  # of a page whose main text is looked for: three seconds and 300 MB
_LONG = 100  # characters; a longer row is running text and no item of a menu
_FEW = 200  # characters; an article has more
_MOST = 0.7  # of the rows from an article's first to its last
_WORDS = re.compile(r"\w+")


def _extracted(tree: HtmlElement) -> Document | None:
    """What trafilatura makes of a page; None if it finds no text in it, or if the page is too large for it."""
    if next(islice(tree.iter(), _MAX_ELEMENTS, None), None) is not None:
        return None
    try:
        page = bare_extraction(tree, include_comments=False, with_metadata=True, date_extraction_params=_NO_DATE)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, etree.LxmlError):
        return None  # it has trouble with odd pages, which can be read all the same
    return page if isinstance(page, Document) else None


_NO_DATE = {"extensive_search": False, "original_date": True}  # it would take any date of the text


def _main(rows: Sequence[Row], text: str) -> Sequence[Row]:
    """The rows of a page that an extracted text consists of, with the headings and the short rows between them; where
    it takes nearly all from its first row to its last, with the others as well that are not links.

    All the rows, if it takes next to nothing, or leaves out running text that is half as long as what it takes: then
    the page is no article.
    """
    taken = _taken(rows, Counter(_phrases(text)))
    kept = sum(len(row.text) for row, is_taken in zip(rows, taken, strict=True) if is_taken)
    lost = sum(len(row.text) for row, is_taken in zip(rows, taken, strict=True) if is_taken is False and _runs(row))
    if kept < _FEW or 2 * lost > kept:
        return rows
    filled = _filled(rows, taken)
    before, after = _last_said(filled), reversed(list(_last_said(reversed(filled))))
    return [
        row
        for row, is_taken, follows, leads in zip(rows, filled, before, after, strict=True)
        if is_taken or (is_taken is None and leads and (follows or row.heading))
    ]


def _taken(rows: Sequence[Row], left: Counter[tuple[str, ...]]) -> list[bool | None]:
    """Whether each row is part of a text with the phrases `left`; None for one that says too little by itself.

    A phrase counts as often as the text has it, for long rows without links first: not for the menu's as well.
    """
    taken: list[bool | None] = [None] * len(rows)
    for at in sorted(range(len(rows)), key=lambda at: (rows[at].linked > 0, -len(rows[at].text))):
        own = Counter(_phrases(rows[at].text))
        if sum((own & left).values()) > 0.7 * own.total():
            left.subtract(own)
            taken[at] = True
        elif own and not rows[at].heading:
            taken[at] = False
    return taken


def _filled(rows: Sequence[Row], taken: Sequence[bool | None]) -> Sequence[bool | None]:
    """The same, with the rows between the first and the last that are taken, if most of those are that are no links."""
    extent = range(taken.index(True), len(taken) - taken[::-1].index(True))
    between = {at for at in extent if taken[at] is not None and not _links(rows[at])}
    if sum(taken[at] is True for at in between) < _MOST * len(between):
        return taken
    return [is_taken or at in between if is_taken is not None else None for at, is_taken in enumerate(taken)]


def _runs(row: Row) -> bool:
    return len(row.text) >= _LONG and not _links(row)


def _links(row: Row) -> bool:
    """Whether it is an item of a menu, and not a table's row with a name that leads somewhere."""
    return 2 * row.linked >= len(row.text) and _BETWEEN_CELLS not in row.text


def _last_said(taken: Iterable[bool | None]) -> Iterator[bool | None]:
    """For each row, what was last said of one: of itself, or before it."""
    return accumulate(taken, lambda last, this: last if this is None else this)


def _phrases(text: str) -> Iterator[tuple[str, ...]]:
    """Each three words in a row."""
    words = _WORDS.findall(text.casefold())
    return zip(words, words[1:], words[2:], strict=False)


# What it says of itself ----------------------------------------------------------------------------------------

_DATES = (
    "article:published_time datepublished uploaddate dc.date.issued dcterms.issued dc.date dcterms.date "
    "dcterms.created citation_publication_date citation_date parsely-pub-date publication_date pubdate date"
).split()
_PUBLISHERS = "og:site_name dc.publisher dcterms.publisher citation_journal_title publisher".split()
_MAX_JSON = 1_000_000  # characters


def _metadata(tree: HtmlElement, page: Document | None, text: str) -> Metadata:
    said = _said(tree)
    title = page.title if page else next((title.text for title in tree.iter("title")), None)
    tags = page.tags if page else []
    return Metadata(
        title=" ".join((title or "").split()) or None,
        creator=(page.author if page else None) or None,
        publisher=next(filter(None, map(said.get, _PUBLISHERS)), None),
        date=next(filter(None, (dates.parse(said.get(name, ""), origin="header") for name in _DATES)), None),
        language=_language(tree, text),
        subject=tuple(filter(None, map(str.strip, ",".join(tags or ()).split(",")))),
    )


def _said(tree: HtmlElement) -> dict[str, str]:
    """The page's statements by their names in lower case: of meta elements, of JSON-LD, and of its one time."""
    said: dict[str, str] = {}
    for element in tree.iter("meta", "time"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        value = element.get("content") or element.get("datetime") or ""
        said.setdefault(name.strip().lower(), " ".join(value.split()))
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json":
            for name, value in _json_ld(script.text or ""):
                said.setdefault(name, value)
    times = {time.get("datetime") for time in tree.iter("time")} - {None}
    if len(times) == 1:
        said.setdefault("date", times.pop() or "")
    return said


def _json_ld(text: str) -> Iterator[tuple[str, str]]:
    """The date and the publisher of the first article that a page describes (schema.org in JSON-LD)."""
    try:
        found = json.loads(text[:_MAX_JSON])
    except (ValueError, RecursionError):
        return
    nodes = [found]
    while nodes:
        node = nodes.pop(0)
        if isinstance(node, list):
            nodes += node
        elif isinstance(node, dict):
            nodes += node.get("@graph", [])
            if isinstance(date := node.get("datePublished"), str):
                yield "datepublished", date
            publisher = node.get("publisher")
            if isinstance(publisher, dict) and isinstance(name := publisher.get("name"), str):
                yield "publisher", " ".join(name.split())


def _language(tree: HtmlElement, text: str) -> str | None:
    """The text's language, else what the page declares: a template's `lang="en"` stands on pages in any language."""
    told = language_detection.detect(text)
    return told if told != UNDETERMINED else language_codes.code(tree.get("lang") or "") or told
