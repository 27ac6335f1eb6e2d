"""HTML to records: the main text of a page without its menus, and the page's own metadata.

Only here: lxml, trafilatura. trafilatura finds the main text, but loses headings, line numbers and
characters. The text is therefore taken from the page itself. Nothing is ever fetched.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from msgspec import Struct
from msgspec.structs import replace

from docindex.analysis import language_detection
from docindex.errors import ReaderError
from docindex.metadata import dates, language_codes
from docindex.model.documents import UNDETERMINED, Metadata, Record, Source
from docindex.readers import json_ld
from docindex.readers.base import record
from docindex.readers.charset import decode, decode_as
from docindex.system.offline import no_ipv6_probe

with no_ipv6_probe():  # it imports urllib3
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

for _name in ("trafilatura", "htmldate", "courlan", "justext"):  # hide their warnings about odd pages
    logging.getLogger(_name).addHandler(logging.NullHandler())


class Row(Struct, frozen=True):
    """A paragraph, a heading, a list item, a table row, or one line of preformatted text."""

    text: str
    line: int  # where it begins in the file, from 1
    linked: int = 0  # characters of link text
    heading: bool = False
    apart: bool = False  # a blank line precedes it
    quoted: bool = False


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Yield one record: the main text of an article, or all the text of another page.

    Raises ReaderError.
    """
    tree = _parsed(_decoded(data))
    rows: Sequence[Row] = _rows(tree)
    if tree is None:
        return
    etree.strip_tags(tree, etree.Comment)
    told = _described_article(tree)
    if not rows and not told:
        return
    page = _extracted(tree) if rows else None
    rows = _main(rows, page.text or "") if page else rows
    if 2 * _length(rows) < _length(told):
        rows = told
    found = _metadata(tree, page, "\n".join(row.text for row in rows))
    opens = rows[0].text == (source.declared.title or found.title)
    body, lines = zip(*_lines(rows[1:] if opens and len(rows) > 1 else rows), strict=True)
    yield record(source, found=found, body="\n".join(body), lines=lines)


def _length(rows: Sequence[Row]) -> int:
    return sum(len(row.text) for row in rows)


def shown(text: str) -> list[tuple[str, int]]:
    """Return the lines of all the text of a page, each with its line number in the page.

    Quotations begin with `>`, as in plain mail. Bodies of mail are read in this way, because the
    replies in them would be dropped as a page's margins.
    """
    rows = _rows(_parsed(text))
    return list(_lines([replace(row, text=f"> {row.text}") if row.quoted else row for row in rows]))


def _lines(rows: Sequence[Row]) -> Iterator[tuple[str, int]]:
    """Yield the rows with blank lines between paragraphs."""
    for before, row in zip([None, *rows], rows, strict=False):
        if before and (row.apart or before.heading):
            yield "", max(before.line, row.line - 1)
        yield row.text, row.line


# The page -----------------------------------------------------------------------------------------

_MAX_ATTRIBUTES = 1_000  # of one tag; libxml2's time grows with their square
_MAX_DEPTH = 2_048  # libxml2 drops elements that are nested more deeply
_TAG = re.compile(r"""<[A-Za-z](?:[^"'>]++|"[^"]*+"|'[^']*+')*+>?""")
_SCRIPT = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE = re.compile(r"""[^\s/=<>]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+""")
_CHARSET = re.compile(rb"""(?:charset|encoding)\s{0,9}=\s{0,9}["']?\s{0,9}([\w:.-]{2,40})""", re.IGNORECASE)
# The HTML Standard allows 1,024; real pages exceed it.
_MAX_DECLARATION_BYTES = 4_096  # from the file's start, in which an encoding is declared


def _decoded(data: bytes) -> str:
    declared = _CHARSET.search(data[:_MAX_DECLARATION_BYTES])
    return decode_as(data, declared[1].decode("ascii")) if declared else decode(data)[0]


def _parsed(text: str) -> HtmlElement | None:
    """Return the tree of a page, or None if it is empty. Raises ReaderError.

    Saved pages may contain their pictures, so the size is not limited. Other limits are checked
    here.
    """
    if _first_large_tag(text) is not None:
        markup = _SCRIPT.sub(lambda script: "\n" * script[0].count("\n"), text)  # `i<n` in a script begins no tag
        line = _first_large_tag(markup)
        if line is not None:
            raise ReaderError(f"line {line}: a tag with more than {_MAX_ATTRIBUTES} attributes", _HINT)
    parser = HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, collect_ids=False, default_doctype=False)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace") or b" ", parser=parser)
    except etree.ParserError:
        return None  # no element and no text
    if any("depth" in entry.message for entry in parser.error_log):
        raise ReaderError(f"is nested more than {_MAX_DEPTH} tags deep", _HINT)
    return tree


def _first_large_tag(text: str) -> int | None:
    """Return the line of the first tag with more attributes than are read, or None."""
    for tag in _TAG.finditer(text):
        if len(tag[0]) > 2 * _MAX_ATTRIBUTES and sum(1 for _ in _ATTRIBUTE.finditer(tag[0], 2)) > _MAX_ATTRIBUTES:
            return text.count("\n", 0, tag.start()) + 1
    return None


_HINT = "save the page again from a browser, or as text"


# Its text -----------------------------------------------------------------------------------------

_UNSEEN = frozenset("datalist head iframe noscript object script select style svg template".split())
_WITHIN_WORDS = frozenset(
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i img input ins kbd label mark meter output q "
    "rb rp rt ruby s samp small span strike strong sub sup time tt u var wbr".split()
)
_CELLS = frozenset(("td", "th"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SPACED = _HEADINGS | frozenset("article blockquote dl figure hr ol p pre section table ul".split())
_GAP = "\0"  # between the cells of a row; decoded pages never contain it
_BETWEEN_CELLS = " · "
_MAX_SOURCE_LINE = 65_535  # libxml2 reports no greater line


def _rows(tree: HtmlElement | None) -> list[Row]:
    """Return the rows of a page. The walk is not recursive, because pages are nested deeply."""
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
    """Collector of a page's rows. It receives the elements in document order."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._pieces: list[str] = []  # text of the current row
        self._linked = 0
        self._first = 0  # line of the row's first word; 0 before it
        self._line = 1  # current line
        self._apart = False
        self._within = Counter[str]()  # open elements by kind

    def open(self, element: HtmlElement) -> None:
        if element.sourceline and element.sourceline < _MAX_SOURCE_LINE:
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


# Its main text ------------------------------------------------------------------------------------

_MAX_ELEMENTS = 100_000  # of a page whose main text is extracted, which takes 3 s and 300 MB
_MIN_RUNNING_TEXT_CHARS = 100  # of a row; menu items are shorter
_MIN_ARTICLE_CHARS = 200
_MIN_ROW_SHARE = 0.7  # of the rows between an article's first and last
_MIN_PHRASE_SHARE = 0.7  # of a row's phrases
_WORDS = re.compile(r"\w+")


def _extracted(tree: HtmlElement) -> Document | None:
    """Return trafilatura's extraction, or None if it finds no text or the page is too large."""
    if next(islice(tree.iter(), _MAX_ELEMENTS, None), None) is not None:
        return None
    try:
        page = bare_extraction(tree, include_comments=False, with_metadata=True, date_extraction_params=_NO_DATE)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, etree.LxmlError):
        return None  # it fails on odd pages; they are read without it
    return page if isinstance(page, Document) else None


_NO_DATE = {"extensive_search": False, "original_date": True}  # an extensive search would accept any date in the text


def _main(rows: Sequence[Row], text: str) -> Sequence[Row]:
    """Return the rows of a page that make up an extracted text.

    Headings and short rows between them are kept. If the extraction covers nearly all rows between
    its first and last, the other rows between them are kept too, except links.

    All rows are returned if the page is no article. That is so if the extraction is very short, or
    if it omits running text half as long as itself.
    """
    taken = _taken(rows, Counter(_phrases(text)))
    kept = sum(len(row.text) for row, is_taken in zip(rows, taken, strict=True) if is_taken)
    lost = sum(len(row.text) for row, is_taken in zip(rows, taken, strict=True) if is_taken is False and _runs(row))
    if kept < _MIN_ARTICLE_CHARS or 2 * lost > kept:
        return rows
    filled = _filled(rows, taken)
    before, after = _last_known(filled), reversed(list(_last_known(reversed(filled))))
    return [
        row
        for row, is_taken, follows, leads in zip(rows, filled, before, after, strict=True)
        if is_taken or (is_taken is None and leads and (follows or row.heading))
    ]


def _taken(rows: Sequence[Row], left: Counter[tuple[str, ...]]) -> list[bool | None]:
    """Return for each row if it belongs to a text with the phrases `left`; None if it is too short.

    Each phrase of the text is matched once. Long rows without links come first, so that a menu
    does not use up the phrases of the article.
    """
    taken: list[bool | None] = [None] * len(rows)
    for at in sorted(range(len(rows)), key=lambda at: (rows[at].linked > 0, -len(rows[at].text))):
        own = Counter(_phrases(rows[at].text))
        if sum((own & left).values()) > _MIN_PHRASE_SHARE * own.total():
            left.subtract(own)
            taken[at] = True
        elif own and not rows[at].heading:
            taken[at] = False
    return taken


def _filled(rows: Sequence[Row], taken: Sequence[bool | None]) -> Sequence[bool | None]:
    """Return the flags with the gaps between the first and last taken row filled.

    The gaps are filled only if most rows between those two are taken. Links do not count.
    """
    extent = range(taken.index(True), len(taken) - taken[::-1].index(True))
    between = {at for at in extent if taken[at] is not None and not _links(rows[at])}
    if sum(taken[at] is True for at in between) < _MIN_ROW_SHARE * len(between):
        return taken
    return [is_taken or at in between if is_taken is not None else None for at, is_taken in enumerate(taken)]


def _runs(row: Row) -> bool:
    return len(row.text) >= _MIN_RUNNING_TEXT_CHARS and not _links(row)


def _links(row: Row) -> bool:
    """Return True for a menu item. A table row with a linked name is none."""
    return 2 * row.linked >= len(row.text) and _BETWEEN_CELLS not in row.text


def _last_known(taken: Iterable[bool | None]) -> Iterator[bool | None]:
    """Yield each flag, with None replaced by the last known flag before it."""
    return accumulate(taken, lambda last, this: last if this is None else this)


def _phrases(text: str) -> Iterator[tuple[str, ...]]:
    """Yield all sequences of three words."""
    words = _WORDS.findall(text.casefold())
    return zip(words, words[1:], words[2:], strict=False)


# Its metadata -------------------------------------------------------------------------------------

_DATES = (
    "article:published_time datepublished uploaddate dc.date.issued dcterms.issued dc.date dcterms.date "
    "dcterms.created citation_publication_date citation_date parsely-pub-date publication_date pubdate date"
).split()
_PUBLISHERS = "og:site_name dc.publisher dcterms.publisher citation_journal_title publisher".split()


def _metadata(tree: HtmlElement, page: Document | None, text: str) -> Metadata:
    values = _values(tree)
    title = page.title if page else next((title.text for title in tree.iter("title")), None) or values.get("headline")
    tags = page.tags if page else []
    return Metadata(
        title=" ".join((title or "").split()) or None,
        creator=_BYLINE.sub("", (page.author if page else values.get("author")) or "") or None,
        publisher=next(filter(None, map(values.get, _PUBLISHERS)), None),
        date=next(filter(None, (dates.parse(values.get(name, ""), origin="header") for name in _DATES)), None),
        language=_language(tree, text),
        subject=tuple(filter(None, map(str.strip, ",".join(tags or ()).split(",")))),
    )


def _values(tree: HtmlElement) -> dict[str, str]:
    """Return the page's metadata by lower-case name, from meta elements, JSON-LD and a sole time
    element.
    """
    values: dict[str, str] = {}
    for element in tree.iter("meta", "time"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        value = element.get("content") or element.get("datetime") or ""
        values.setdefault(name.strip().lower(), " ".join(value.split()))
    for script in _json_scripts(tree):
        for name, value in json_ld.values(script.text or ""):
            values.setdefault(name, value)
    times = {time.get("datetime") for time in tree.iter("time")} - {None}
    if len(times) == 1:
        values.setdefault("date", times.pop() or "")
    return values


_BYLINE = re.compile(r"^(?:par|by|von|por|autor|auteur|author|بقلم)\s*:?\s+(?=\w+\s+\w)", re.IGNORECASE)
"""Word before the name of an author. One name alone keeps it: it may be a part of the name."""


def _json_scripts(tree: HtmlElement) -> Iterator[HtmlElement]:
    for script in tree.iter("script"):
        if (script.get("type") or "").partition(";")[0].strip().lower() == "application/ld+json":
            yield script


def _described_article(tree: HtmlElement) -> list[Row]:
    """Return the longest article that a page describes in JSON-LD, a row for each paragraph."""
    articles = (
        [Row(" ".join(line.split()), script.sourceline or 1, apart=True) for line in text.split("\n") if line.strip()]
        for script in _json_scripts(tree)
        for name, text in json_ld.values(script.text or "")
        if name == "articlebody"
    )
    return max(articles, key=_length, default=[])


def _language(tree: HtmlElement, text: str) -> str | None:
    """Return the detected language of the text, or else the declared one.

    A declaration is less reliable: templates declare `lang="en"` on pages in any language.
    """
    detected = language_detection.detect(text)
    return detected if detected != UNDETERMINED else language_codes.code(tree.get("lang") or "") or detected
