"""The floors: a room imports only from floors below its own, and each library from where it belongs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import docindex

HOUSE = Path(docindex.__file__).parent

FLOORS: list[set[str]] = [
    {"model", "errors", "function_words", "values", "vocabulary"},
    {"alike", "analysis", "dates", "language", "plan", "config", "lines", "ranks", "timeline"},
    {"readers.base", "readers.encoding", "readers.packed", "readers.quotes"},
    {"manifest", "query", "inverted", "slots", "readers.headers", "readers.formats"},
    {"patterns", "concordance", "engines.base", "readers.blocks"},
    {"readers.text", "readers.markdown", "readers.html", "readers.pdf", "readers.rtf", "readers.archive"},
    {"readers.markup", "readers.rows", "readers.mail"},
    {"readers.tables", "readers.ooxml", "readers.odf", "readers.epub"},
    {"readers.docx", "readers.pptx", "readers.xlsx"},
    {"scoring", "readers"},
    {"highlight", "engines.whoosh", "reading"},
    {"snippets", "engines", "workers", "freshness", "suggestions", "why", "explain"},
    {"build", "search", "lookup", "collection", "render"},
    {"cli"},
    {"__main__"},
]
ONLY = {
    "typer": {"cli"},
    "rich": {"render", "cli"},
    "whoosh": {"engines.whoosh"},
    "markdown_it": {"manifest", "readers.markdown"},
    "Stemmer": {"analysis"},
    "isal": {"engines.whoosh"},
    "numpy": {"inverted", "engines.whoosh"},
    "rensa": {"alike"},
    "charset_normalizer": {"readers.encoding"},
    "lxml": {"readers.html"},
    "trafilatura": {"readers.html"},
    "pypdfium2": {"readers.pdf"},
    "openpyxl": {"readers.xlsx"},
    "defusedxml": {"readers.markup"},
}


def modules() -> dict[str, Path]:
    """Each module by its name below docindex."""
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        name = ".".join(path.relative_to(HOUSE).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    found.pop("__init__")
    return found


def room(module: str) -> str:
    """The longest listed name that a module is or lies in."""
    listed = {name for floor in FLOORS for name in floor}
    parts = module.split(".")
    return next(
        (name for end in range(len(parts), 0, -1) if (name := ".".join(parts[:end])) in listed), f"{module} (unlisted)"
    )


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


def imports(path: Path) -> set[str]:
    """Every name that a file imports, inside functions and for types too, dotted."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_entered(path: Path) -> set[str]:
    known = modules()
    inside = (name.removeprefix("docindex.") for name in imports(path) if name.startswith("docindex."))
    return {room(name if name in known else name.rpartition(".")[0]) for name in inside if name not in ("__version__",)}


@pytest.mark.parametrize("module", modules())
def test_a_room_imports_only_from_floors_below_its_own(module: str) -> None:
    own = room(module)
    upward = {name for name in rooms_entered(modules()[module]) if name != own and floor(name) >= floor(own)}
    assert not upward


@pytest.mark.parametrize("module", modules())
def test_a_library_is_imported_only_where_it_belongs(module: str) -> None:
    libraries = {name.split(".")[0] for name in imports(modules()[module])}
    astray = {library for library in libraries & ONLY.keys() if room(module) not in ONLY[library]}
    assert not astray


def test_every_room_on_the_plan_exists() -> None:
    assert {name for rooms in FLOORS for name in rooms} <= modules().keys()
