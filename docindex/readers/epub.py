"""Books (.epub: EPUB 2 and 3, ISO/IEC TS 30135) to records: whole, or one a chapter.

Opens no file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5
from urllib.parse import unquote

from docindex.errors import ReaderError
from docindex.model.documents import Metadata, Record, Source
from docindex.readers import document_builder, xml_text
from docindex.readers.charset import decode
from docindex.readers.document_builder import Block
from docindex.readers.xml_text import Markup, names
from docindex.readers.zip_package import Package

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
MARKUP = Markup(
    blocks=names(
        "p div section article aside header footer nav blockquote ul ol li dl dt dd pre figure figcaption table caption"
        " hr address"
    )
    | _HEADINGS.keys(),
    within=names("body"),
    skipped=names("head script style svg math template"),
    headings=_HEADINGS,
    spaces={"br": "\n"},
    rows=names("tr"),
    cells=names("td th"),
    kept=names("pre"),
)
_CHAPTERS = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Yield one record, or with `split: sections` one for each file of the book with text.

    The file's name is the part. Raises ReaderError.
    """
    package = Package(data, "book")
    book = _Book()
    place = _package_document(package)
    xml_text.parse(package.get(place), book)
    chapters = [(name, _blocks(package.get(name))) for name in book.chapters(place)]
    found = book.metadata()
    if source.split != "sections":
        yield from document_builder.document(source, found, [block for _, chapter in chapters for block in chapter])
        return
    for name, chapter in chapters:
        if chapter:
            title = next((block.text.replace("\n", " ") for block in chapter if block.level), None)
            part = posixpath.splitext(posixpath.basename(name))[0]
            yield document_builder.part(source, Metadata(title=title), found, chapter, name=part)


class _Container(xml_text.Target):
    place = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "rootfile" and not self.place:
            self.place = attributes.get("full-path", "")


def _package_document(package: Package) -> str:
    """Return the name of the package document, which lists the book's files. Raises ReaderError."""
    data = package.get("META-INF/container.xml")
    container = _Container()
    if data:
        xml_text.parse(data, container)
    if not container.place or container.place not in package.names():
        raise ReaderError("is no EPUB", "give it the suffix of what it is")
    if any(name.endswith(("META-INF/rights.xml", "META-INF/license.lcpl")) for name in package.names()):
        raise ReaderError("is encrypted: it may be read in some programs only", "take it off the list")
    return container.place


class _Book(xml_text.Target):
    """Content of the package document: metadata, files, and their reading order."""

    def __init__(self) -> None:
        self._values: dict[str, list[str]] = {}
        self._files: dict[str, str] = {}
        self._order: list[str] = []
        self._open = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._open = tag
        if tag in _TERMS:
            self._values.setdefault(tag, []).append("")
        elif tag == "item" and attributes.get("media-type") in _CHAPTERS and "nav" not in _properties(attributes):
            self._files[attributes.get("id", "")] = attributes.get("href", "")
        elif tag == "itemref":
            self._order.append(attributes.get("idref", ""))

    def end(self, tag: str) -> None:
        self._open = ""

    def data(self, text: str) -> None:
        if self._open in _TERMS:
            self._values[self._open][-1] += text

    def chapters(self, place: str) -> list[str]:
        folder = posixpath.dirname(place)
        hrefs = (self._files[key] for key in dict.fromkeys(self._order) if key in self._files)
        return [posixpath.normpath(posixpath.join(folder, unquote(href))) for href in hrefs]

    def metadata(self) -> Metadata:
        values = self._values
        return document_builder.properties(
            title="".join(values.get("title", [])[:1]),
            creator="; ".join(" ".join(name.split()) for name in values.get("creator", [])),
            publisher="".join(values.get("publisher", [])[:1]),
            date="".join(values.get("date", [])[:1]),
            language="".join(values.get("language", [])[:1]),
            subject=";".join(values.get("subject", [])),
        )


_TERMS = ("title", "creator", "publisher", "date", "language", "subject")


def _properties(attributes: dict[str, str]) -> list[str]:
    return attributes.get("properties", "").split()


def _blocks(data: bytes) -> list[Block]:
    """Return a chapter's blocks.

    The tags of invalid XML, which is common, are removed by a pattern.
    """
    if not data.strip():
        return []
    try:
        return xml_text.blocks(_ENTITY.sub(_numbered, data), MARKUP)
    except ReaderError:
        text = _TAG.sub(_without_tag, _HIDDEN.sub(" ", decode(data)[0]))
        lines = (" ".join(unescape(line).split()) for line in text.split("\n"))
        return [Block(line) for line in lines if line]


_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")  # HTML's named characters; XML knows only five


def _numbered(entity: re.Match[bytes]) -> bytes:
    signs = html5.get(entity[1].decode("ascii") + ";")
    return entity[0] if signs is None else "".join(f"&#{ord(sign)};" for sign in signs).encode()


_HIDDEN = re.compile(r"<(?:script|style|head)\b[^<>]*+>[^<]*+(?:<(?!/(?:script|style|head)>)[^<]*+)*+", re.IGNORECASE)
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*+)[^<>]*+>|<[!?][^<>]*+>|\n")
_WITHIN_WORDS = names("a abbr b bdi bdo cite code del dfn em font i ins kbd mark q s samp small span strong sub sup u")


def _without_tag(tag: re.Match[str]) -> str:
    if tag[0] == "\n":
        return " "
    return "" if (tag[1] or "").lower() in _WITHIN_WORDS else "\n"
