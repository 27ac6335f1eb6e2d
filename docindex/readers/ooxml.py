"""Parts, relations and properties of Word, PowerPoint and Excel files (ECMA-376, ISO 29500)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from docindex.model.documents import Metadata
from docindex.readers import document_builder, xml_text
from docindex.readers.base import EMPTY, EmbeddedFile
from docindex.readers.document_builder import Block
from docindex.readers.xml_text import Markup, names
from docindex.readers.zip_package import Package

MARKUP = Markup(
    blocks=names("p"),
    within=names("t"),
    skipped=names("pPr rPr sectPr tblPr Fallback moveFrom fld"),  # Fallback repeats a text box; fld is a slide's number
    asides=names("txbxContent"),
    spaces={"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"},
    rows=names("tr"),
    cells=names("tc"),
    kept=None,
)
"""Markup of Word and PowerPoint, which share their element names."""


_DRAWN = re.compile(r"(?:word|ppt|xl)/(?:diagrams/data\d*|charts/chart\d*)\.xml")
_EMBEDDED = re.compile(
    r"(?:word|ppt|xl)/(?:embeddings/[^/]+|afchunk[^/]*|[^/]+\.(?:mht|mhtml|html?|rtf))", re.IGNORECASE
)
_DRAWN_MARKUP = Markup(blocks=names("p pt"), within=names("t v"), kept=None)


def drawn_text(package: Package) -> list[Block]:
    """Return the text of diagrams (SmartArt) and charts, which stand outside the document's own
    text.
    """
    parts = sorted(filter(_DRAWN.fullmatch, package.names()))
    return [block for part in parts for block in xml_text.blocks(package.get(part), _DRAWN_MARKUP)]


def embedded_files(package: Package) -> Iterator[EmbeddedFile]:
    """Yield the files in a document: tables and documents that were inserted, pieces of HTML
    (altChunk).
    """
    for name in sorted(filter(_EMBEDDED.fullmatch, package.names())):
        file = name.rpartition("/")[2]
        yield EmbeddedFile(file, file, partial(package.get, name), EMPTY)


class _Relations(xml_text.Target):
    def __init__(self) -> None:
        self.targets: list[tuple[str, str, str]] = []  # identifier, last word of the type, target

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.targets.append((attributes.get("Id", ""), kind, attributes.get("Target", "")))


def relations(package: Package, name: str) -> list[tuple[str, str, str]]:
    """Return identifier, kind and target of each relation of a package's part."""
    folder, _, file = name.rpartition("/")
    data = package.get(f"{folder}/_rels/{file}.rels".lstrip("/"))
    target = _Relations()
    if data:
        xml_text.parse(data, target)
    return target.targets


def main(package: Package, usual: str) -> str:
    """Return the name of the part that contains the document itself."""
    targets = (target for _, kind, target in relations(package, "") if kind == "officeDocument")
    return next(targets, usual).lstrip("/")


def properties(package: Package) -> Metadata:
    """Return a package's core properties without the language, which is the program's and not
    the text's.
    """
    values = {name: "; ".join(texts) for name, texts in xml_text.values(package.get("docProps/core.xml")).items()}
    return document_builder.properties(
        title=values.get("title", ""),
        creator=values.get("creator", ""),
        date=values.get("created", "") or values.get("modified", ""),
        subject=";".join(filter(None, (values.get("subject"), values.get("keywords")))),
    )
