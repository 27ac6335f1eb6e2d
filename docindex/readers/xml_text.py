"""XML to blocks of text in one pass, without a tree, entities or external files. Only here:
defusedxml.

Elements are matched without their namespace, because Word writes the same names in two namespaces
(ECMA-376, ISO 29500). Opens no file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from msgspec import Struct

from docindex.errors import ReaderError
from docindex.readers.document_builder import Block, Writer

MAX_NESTING = 500  # levels of elements; word processors reach 50
_HINT = "save it anew with the program it was made with, or take it off the list"
_CHUNK_BYTES = 1 << 16


class Markup(Struct, frozen=True):
    """Names of a format's elements by their role."""

    blocks: frozenset[str]  # a paragraph ends where one of these begins or ends
    within: frozenset[str]  # only text in these is the document's
    skipped: frozenset[str] = frozenset()  # text in these never is
    asides: frozenset[str] = frozenset()  # placed after the paragraph that contains them
    headings: Mapping[str, int] = {}  # blocks, and their levels
    spaces: Mapping[str, str] = {}  # empty elements and the white space they mean
    rows: frozenset[str] = frozenset()
    cells: frozenset[str] = frozenset()
    kept: frozenset[str] | None = frozenset()  # elements in which white space is kept; None = all


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def blocks(data: bytes, markup: Markup) -> list[Block]:
    """Return the blocks of text of an XML document.

    Raises ReaderError for invalid or unsafe XML.
    """
    target = BlockTarget(markup)
    parse(data, target)
    return target.writer.end()


class Target:
    """Receiver of a document's elements in order."""

    line: Callable[[], int] = staticmethod(lambda: 1)
    """The line of the file that is being parsed, from 1."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...

    def close(self) -> None: ...


def parse(data: bytes, target: Target) -> None:
    """Send the elements of an XML document to `target`.

    Raises ReaderError for invalid or unsafe XML.
    """
    parser = DefusedXMLParser(target=_Bounded(target), forbid_entities=True, forbid_external=True)
    target.line = lambda: parser.parser.CurrentLineNumber
    try:
        for start in range(0, len(data), _CHUNK_BYTES):
            parser.feed(data[start : start + _CHUNK_BYTES])
        parser.close()
    except DefusedXmlException as error:
        raise ReaderError("declares entities, which an attack would", _HINT) from error
    except (ParseError, LookupError, ValueError) as error:  # the latter two for an unknown encoding
        raise ReaderError("is damaged: its XML is broken", _HINT) from error


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


class _Bounded(Target):
    """Target that forwards elements to another and limits their nesting."""

    def __init__(self, target: Target) -> None:
        self._depth = 0
        self._target = target

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise ReaderError(f"is nested more than {MAX_NESTING} deep", _HINT)
        self._target.start(local(tag), attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._target.end(local(tag))

    def data(self, text: str) -> None:
        self._target.data(text)

    def close(self) -> None:
        self._target.close()


_SPACE = re.compile(r"[ \t\r\n]+")


class BlockTarget(Target):
    """Target that collects the text of a document as its `Markup` says."""

    def __init__(self, markup: Markup) -> None:
        self.writer = Writer()
        self._markup = markup
        self._skipped = self._within = self._kept = 0
        self._outside: list[int] = []  # depth within text at each open aside

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        markup = self._markup
        if self._skipped or tag in markup.skipped:
            self._skipped += 1
            return
        if tag in markup.asides:
            self._outside.append(self._within)
            self._within = 0
        self._within += tag in markup.within
        self._kept += markup.kept is not None and tag in markup.kept
        if tag in markup.asides:
            self.writer.begin_aside()
        elif tag in markup.rows:
            self.writer.begin_row()
        elif tag in markup.blocks:
            self.writer.end_block()
        elif tag in markup.spaces:
            self.writer.text(markup.spaces[tag])

    def end(self, tag: str) -> None:
        markup = self._markup
        if self._skipped:
            self._skipped -= 1
            return
        self._within -= tag in markup.within
        self._kept -= markup.kept is not None and tag in markup.kept
        if tag in markup.asides:
            self._within = self._outside.pop()
            self.writer.end_aside()
        elif tag in markup.rows:
            self.writer.end_row()
        elif tag in markup.cells:
            self.writer.end_cell()
        elif tag in markup.blocks:
            self.writer.end_block(markup.headings.get(tag, 0))

    def data(self, text: str) -> None:
        if self._within and not self._skipped:
            self.writer.text(text if self._kept or self._markup.kept is None else _SPACE.sub(" ", text))


class _Values(Target):
    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self._open: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._open.append(tag)
        self.values.setdefault(tag, []).append("")

    def end(self, tag: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        self.values[self._open[-1]][-1] += text


def values(data: bytes) -> dict[str, list[str]]:
    """Return the texts of a flat document, such as a file's properties, by element.

    Raises ReaderError.
    """
    if not data:
        return {}
    target = _Values()
    parse(data, target)
    return {name: [text.strip() for text in texts if text.strip()] for name, texts in target.values.items()}
