"""The floors: a room imports only from floors below its own, and each library from where it
belongs.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "docindex"

FLOORS: list[dict[str, str]] = [
    {
        "errors": "What can fail, and with which exit code?",
        "model": "Which values cross from room to room, and how are they written as JSON?",
        "system": "How are strangers' files opened, and how much time and memory may work take?",
    },
    {
        "analysis": "How does text become terms, and in which language is it?",
        "config": "Which settings hold?",
        "metadata": "Which keys, languages and dates do people write?",
    },
    {
        "manifest": "Which sources does a manifest or a folder list?",
        "query": "What does a query mean?",
        "readers": "Which records does a file hold?",
    },
    {"ranking": "Which records match, and how well?"},
    {"engines.base": "What must every engine do?"},
    {
        "engines.whoosh": "How does Whoosh keep records and postings?",
        "indexing": "How is an index brought up to date, how far is it behind, and what needs repair?",
    },
    {
        "engines.registry": "Which engine opens a location?",
        "search": "How is one query answered and its matches shown?",
    },
    {"proof": "Does a quotation stand in the archive, and is a source still what was cited?"},
    {"render": "What do people and scripts see?"},
    {"api": "What can a program ask of docindex?"},
    {"mcp": "What do clients of the Model Context Protocol ask?"},
    {"cli": "What did the user type, and which exit code follows?"},
    {"__main__": "Where does the process begin?"},
]
"""The rooms of docindex and the question that each answers, the lowest floor first."""

WHOOSH_FLOORS: list[set[str]] = [
    {"codec.compression", "codec.mmap_file", "merge_policy", "temp_files"},
    {"codec.doc_values", "codec.norms", "codec.postings_reader", "source_catalog"},
    {"codec.term_dictionary_reader", "directory", "schema"},
    {"codec.postings_batch", "codec.segment", "error_translation"},
    {"codec.whoosh_seam", "codec.postings_writer", "commit", "external_sort", "index_reader", "inverter"},
    {"codec.term_dictionary_writer", "family_assignment", "hit_order", "merger"},
    {"index_writer", "searcher"},
    {"engine"},
]
"""The files of the Whoosh engine, the lowest floor first."""

ONLY = {
    "typer": {"cli"},
    "rich": {"render", "cli"},
    "whoosh": {"engines.whoosh"},
    "markdown_it": {"manifest", "readers.markdown"},
    "Stemmer": {"analysis.stemming"},
    "snowballstemmer": {"analysis.stemming"},
    "isal": {"engines.whoosh"},
    "numpy": {
        "analysis.misspellings",
        "analysis.phonetics",
        "analysis.vectorized",
        "engines.whoosh",
        "ranking.duplicate_families",
        "ranking.near_duplicates",
    },
    "anyascii": {"analysis.phonetics"},
    "charset_normalizer": {"readers.charset"},
    "lxml": {"readers.html"},
    "trafilatura": {"readers.html"},
    "anyio": {"mcp.server"},
    "mcp": {"mcp.server"},
    "pydantic": {"mcp.server"},
    "pandas": {"api.answer"},
    "pypdfium2": {"readers.pdf", "readers.pdf_annotations", "readers.pdf_text"},
    "olefile": {"readers.compound_file"},
    "openpyxl": {"readers.xlsx"},
    "xlrd": {"readers.xls"},
    "defusedxml": {"readers.xml_text"},
}
"""Libraries, and the rooms or files that alone import each."""


@cache
def modules() -> dict[str, Path]:
    """Return each module's file by its name below docindex.

    The empty files of packages are left out.
    """
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        if path.name != "__init__.py":
            found[".".join(path.relative_to(HOUSE).with_suffix("").parts)] = path
    return found


def packages() -> list[Path]:
    """Return the `__init__.py` of each package within docindex."""
    return sorted(path for path in HOUSE.rglob("__init__.py") if path.parent != HOUSE)


def lies_in(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


def room(module: str) -> str:
    """Return the listed room that holds a module."""
    listed = [name for floor in FLOORS for name in floor if lies_in(module, name)]
    return max(listed, key=len, default=f"{module} (unlisted)")


def floor(name: str, floors: Sequence[Collection[str]]) -> int:
    return next(number for number, rooms in enumerate(floors) if name in rooms)


def imported(path: Path) -> set[str]:
    """Return the dotted name of every import in a file, also inside functions and for types."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@cache
def entered(module: str) -> frozenset[str]:
    """Return the modules of docindex that a module imports.

    A public name of the package itself counts as the room that gives it, `api`.
    """
    inside = (name.removeprefix("docindex.") for name in imported(modules()[module]) if name.startswith("docindex."))
    names = (
        name if name in modules() else name.rpartition(".")[0] or "api" for name in inside if name != "__version__"
    )
    return frozenset(names) - {module}


@pytest.mark.parametrize("module", modules())
def test_a_room_imports_only_from_floors_below_its_own(module: str) -> None:
    own = room(module)
    upward = {name for name in map(room, entered(module)) if name != own and floor(name, FLOORS) >= floor(own, FLOORS)}
    assert not upward


@pytest.mark.parametrize("module", [name for name in modules() if lies_in(name, "cli")])
def test_the_command_line_is_built_on_the_api_alone(module: str) -> None:
    assert {room(name) for name in entered(module)} <= {"api", "cli", "config", "errors", "mcp", "model", "render"}


@pytest.mark.parametrize("module", [name for name in modules() if lies_in(name, "engines.whoosh")])
def test_the_floors_hold_inside_the_whoosh_engine_too(module: str) -> None:
    own = floor(module.removeprefix("engines.whoosh."), WHOOSH_FLOORS)
    inside = {name.removeprefix("engines.whoosh.") for name in entered(module) if lies_in(name, "engines.whoosh")}
    assert {name for name in inside if floor(name, WHOOSH_FLOORS) >= own} == set()


def test_no_imports_go_in_a_circle() -> None:
    try:
        TopologicalSorter({module: entered(module) for module in modules()}).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("path", packages(), ids=lambda path: str(path.parent.relative_to(HOUSE)))
def test_entering_a_package_loads_nothing(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    assert [node for node in body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))] == []


@pytest.mark.parametrize("module", modules())
def test_a_library_is_imported_only_where_it_belongs(module: str) -> None:
    libraries = {name.split(".")[0] for name in imported(modules()[module])}
    astray = {
        library for library in libraries & ONLY.keys() if not any(lies_in(module, place) for place in ONLY[library])
    }
    assert not astray


def table_of_rooms() -> str:
    """Return the table of rooms in ARCHITECTURE.md, the highest floor first."""
    rows = ["| floor | room | question |", "| --- | --- | --- |"]
    for number, rooms in reversed(list(enumerate(FLOORS, start=1))):
        rows += [f"| {number} | `{shown(name)}` | {question} |" for name, question in rooms.items()]
    return "\n".join(rows)


def shown(name: str) -> str:
    """Return a room's place below docindex."""
    place = name.replace(".", "/")
    return f"{place}/" if (HOUSE / place).is_dir() else f"{place}.py"


def test_the_readme_shows_the_rooms_as_they_are_checked() -> None:
    assert table_of_rooms() in (HOUSE / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_every_room_on_the_plan_exists() -> None:
    assert {name for rooms in FLOORS for name in rooms} == {room(module) for module in modules()}


def test_the_top_of_the_house_stays_small() -> None:
    assert len([path for path in HOUSE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]) <= 22
    assert len({name.split(".")[0] for name in modules()}) <= 21


if __name__ == "__main__":  # prints the table for ARCHITECTURE.md
    print(table_of_rooms())
