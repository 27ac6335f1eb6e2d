"""What files of Word, PowerPoint and Excel share (ECMA-376, ISO 29500): parts, relations, properties."""

from __future__ import annotations

from docindex.model import Metadata
from docindex.readers import document_builder, xml_text
from docindex.readers.xml_text import Markup, names
from docindex.readers.zip_package import Package

MARKUP = Markup(
    blocks=names("p"),
    within=names("t"),
    skipped=names("pPr rPr sectPr tblPr Fallback moveFrom fld"),  # Fallback: a text box again; fld: a slide's number
    asides=names("txbxContent"),
    spaces={"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"},
    rows=names("tr"),
    cells=names("tc"),
    kept=None,
)
"""The text of Word and PowerPoint, which name their elements alike."""


class _Relations(xml_text.Target):
    def __init__(self) -> None:
        self.targets: list[tuple[str, str, str]] = []  # identifier, last word of the type, target

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.targets.append((attributes.get("Id", ""), kind, attributes.get("Target", "")))


def relations(package: Package, name: str) -> list[tuple[str, str, str]]:
    """Identifier, kind and target of the parts that a part of a package refers to."""
    folder, _, file = name.rpartition("/")
    data = package.get(f"{folder}/_rels/{file}.rels".lstrip("/"))
    target = _Relations()
    if data:
        xml_text.parse(data, target)
    return target.targets


def main(package: Package, usual: str) -> str:
    """The part that is the document itself."""
    targets = (target for _, kind, target in relations(package, "") if kind == "officeDocument")
    return next(targets, usual).lstrip("/")


def properties(package: Package) -> Metadata:
    """What a package's core properties say, but for the language: that is the program's, not the text's."""
    said = {name: "; ".join(texts) for name, texts in xml_text.values(package.get("docProps/core.xml")).items()}
    return document_builder.properties(
        title=said.get("title", ""),
        creator=said.get("creator", ""),
        date=said.get("created", "") or said.get("modified", ""),
        subject=";".join(filter(None, (said.get("subject"), said.get("keywords")))),
    )
