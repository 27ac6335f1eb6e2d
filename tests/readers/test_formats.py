"""Which format a file is in: its name and its content together, and what is done where a library
is missing.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packages import docx, epub, odf, p, tarred, xhtml, zipped

import docindex.readers
from docindex.errors import LibraryMissing
from docindex.model.documents import Source
from docindex.readers import detection, formats, installation
from docindex.readers import read as readers_read
from docindex.readers.base import PartFailure
from docindex.readers.installation import install_hint

WORD = docx(p("Words."))
PAGE = b"<!DOCTYPE html><html><body><p>Words."
MAIL = b"Message-ID: <1@example.org>\nFrom: a@example.org\nDate: 20 Mar 2016\n\nWords."
PDF = b"%PDF-1.7 ..."
CONTENTS = {
    "docx": WORD,
    "pptx": zipped(("ppt/presentation.xml", "<p/>")),
    "xlsx": zipped(("xl/workbook.xml", "<w/>")),
    "odf": odf("text", ""),
    "epub": epub(xhtml("<p>Words.")),
    "pdf": PDF,
    "rtf": b"{\\rtf1 Words.}",
    "html": PAGE,
    "mail": MAIL,
    "archive": zipped(("a.docx", WORD)),
}


@pytest.mark.parametrize("name", "a.txt a.md a.csv a.html a.pdf a.docx a.zip a.rtf a.xyz a".split())
@pytest.mark.parametrize("form", CONTENTS)
def test_a_file_is_read_as_what_it_holds_whatever_its_name(form: str, name: str) -> None:
    found = detection.format_of(name, CONTENTS[form])
    assert (found and found.name) == form


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.tar", gzip.compress(b"x"), "archive"),
        ("a.txt", bz2.compress(b"x"), "archive"),
        ("a.txt", lzma.compress(b"x"), "archive"),
        ("a.txt", tarred(("a", b"x")), "archive"),
        ("a.txt", b"BZh is how bzip2 begins", "text"),
        ("a.txt", b"Of %PDF- and PK\x03\x04", "text"),
        ("a.md", b"{ not rtf }", "markdown"),
        ("a.pdf", "Only words: é".encode(), "text"),
        ("a.docx", b"word " * 10_000, "text"),
        ("a.docx", b"no words\0", "docx"),
        ("a.docx", zipped(("a.txt", b"x")), "archive"),
        ("a.docx", zipped(("[Content_Types].xml", b"x"), ("odd/name.xml", b"x")), "docx"),
        ("a.pdf", "é".encode("latin-1"), "pdf"),
        ("a.epub", WORD[:-30], "epub"),  # cut short: its list of files is lost
        ("a.txt", WORD[:-30], "archive"),
        ("a.pdf", b"", "pdf"),
        ("a.xyz", b"words\0", None),
        ("a.xyz", b"words", "text"),
    ],
)
def test_what_is_not_certain_goes_by_its_name(name: str, data: bytes, form: str | None) -> None:
    found = detection.format_of(name, data)
    assert (found and found.name) == form


# Libraries that are not installed -----------------------------------------------------------------


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Without the libraries that formats need."""
    libraries = {library for row in formats.FORMATS for library in row.libraries}
    for name in libraries | {name for name in sys.modules if name.split(".")[0] in libraries}:
        monkeypatch.setitem(sys.modules, name, None)
    for module in [name.rpartition(".")[2] for name in sys.modules if name.startswith("docindex.readers.")]:
        if module not in ("base", "formats", "zip_package", "charset", "read", "containers", "detection"):
            monkeypatch.delitem(sys.modules, f"docindex.readers.{module}")
            monkeypatch.delattr(docindex.readers, module)
    installed = formats.installed
    installed.cache_clear()
    yield monkeypatch
    installed.cache_clear()


@pytest.mark.parametrize(
    ("name", "library"),
    [
        ("a.html", "lxml trafilatura"), ("a.pdf", "pypdfium2"), ("a.docx", "defusedxml"), ("a.pptx", "defusedxml"),
        ("a.xlsx", "defusedxml openpyxl"), ("a.odt", "defusedxml"), ("a.epub", "defusedxml"),
    ],
)  # fmt: skip
def test_a_format_whose_libraries_are_not_installed_says_what_installs_them(
    without: pytest.MonkeyPatch, name: str, library: str
) -> None:
    with pytest.raises(LibraryMissing) as failure:
        readers_read.read(Source(name), b"\xff\xfe\x00")
    assert failure.value.message == "needs libraries that are not installed"
    assert failure.value.hint == f"{shlex.quote(sys.executable)} -P -m pip install {library}"


@pytest.mark.parametrize(
    ("left_by_tool", "has_pip", "hint"),
    [
        ("pipx_metadata.json", True, "pipx inject docindex-cli lxml"),
        ("uv-receipt.toml", True, "uv pip install --python '/a b/python' lxml"),
        ("pyvenv.cfg", True, "'/a b/python' -P -m pip install lxml"),
        ("pyvenv.cfg", False, "uv pip install --python '/a b/python' lxml"),
    ],
)
def test_a_hint_is_for_the_tool_that_installed_docindex(
    tmp_path: Path, left_by_tool: str, has_pip: bool, hint: str
) -> None:
    prefix = tmp_path / "docindex-cli"
    prefix.mkdir()
    (prefix / left_by_tool).touch()
    assert install_hint(["lxml"], prefix, "/a b/python", has_pip=has_pip) == hint


def test_a_hint_names_distributions_of_docindex_and_no_others(tmp_path: Path) -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    requirements = [*project["dependencies"], *extras["mcp"], *extras["watch"], "pandas"]
    ours = {re.split(r"[<>=;\[ ]", requirement)[0] for requirement in requirements}
    hints = {name: install_hint([name], tmp_path, "python", has_pip=True) for name in installation._DISTRIBUTIONS}
    assert {hint.rpartition(" ")[2] for hint in hints.values()} <= ours
    assert hints["yaml"].endswith(" PyYAML")
    assert install_hint(["lxml.html.clean"], tmp_path, "python", has_pip=True).endswith(" lxml")
    for stranger in ("docindex", "html", "attachments", "yaml_extras"):
        assert install_hint([stranger], tmp_path, "python") == "install docindex again, in an environment of its own"


def test_every_library_of_a_format_has_a_distribution() -> None:
    assert {library for row in formats.FORMATS for library in row.libraries} <= set(installation._DISTRIBUTIONS)


def test_other_formats_are_read_all_the_same(without: pytest.MonkeyPatch) -> None:
    read = {
        "a.txt": b"Words.",
        "a.md": b"Words.",
        "a.eml": MAIL,
        "a.json": b'{"text": "Words."}',
        "a.rtf": CONTENTS["rtf"],
        "a.zip": zipped(("a.txt", b"Words.")),
        "a.txt.gz": gzip.compress(b"Words."),
    }
    bodies = {name: [made.body for made in readers_read.read(Source(name), data)] for name, data in read.items()}
    assert bodies == {name: ["Words."] for name in read}


def test_a_part_that_lacks_a_library_is_told_with_its_format(without: pytest.MonkeyPatch) -> None:
    told: list[PartFailure] = []
    packed = zipped(("a.txt", b"Words."), ("b.pdf", PDF))
    (made,) = readers_read.read(Source("a.zip"), packed, told.append)
    assert made.part == "a.txt"
    assert told == [
        PartFailure(
            "b.pdf",
            "needs libraries that are not installed",
            f"{shlex.quote(sys.executable)} -P -m pip install pypdfium2",
            missing_format="pdf",
        )
    ]
    with pytest.raises(LibraryMissing) as failure:
        readers_read.read(Source("a.zip"), zipped(("b.pdf", PDF), ("c.pdf", PDF)))
    assert failure.value.format == "pdf"


def test_installing_a_library_changes_how_files_within_files_are_read_and_no_others(
    without: pytest.MonkeyPatch,
) -> None:
    before = {name: formats.fingerprint(formats.format_by_name(name)) for name in ("a.zip", "a.mbox", "a.txt", "a.pdf")}
    without.setattr(formats, "installed", lambda: ("pypdfium2",))
    assert [name for name, recipe in before.items() if formats.fingerprint(formats.format_by_name(name)) != recipe] == [
        "a.zip",
        "a.mbox",
        "a.pdf",
    ]
