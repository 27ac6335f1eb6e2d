"""Golden files again, from whole command lines through the real entry point: a flag that is
wired wrongly fails.
"""

from __future__ import annotations

import io
import re
import shlex
from pathlib import Path

import pytest
from test_golden import HARD

import docindex
from docindex.cli.main import main

SEEDS = Path(docindex.__file__).parent.parent / "seeds"
GOLDEN = Path(__file__).parent / "golden"
PROOF = Path(__file__).parent / "proof"
LINES = {
    "show-fr": "show notes/gao.md --query '\"accord secret\" Belmokhtar'",
    "show-en": "show press/digest.txt#2016-03-20 --query 'secret agreement'",
    "show-ar": "show press/mujaz.txt#2016-03-20 --query 'بلمختار رسالة'",
    "search-fr": "search '\"accord secret\" OR règlement' -n 3 --alike show --hyperlink never",
    "search-en": "search secret agreement -n 3 --facets language,subject,year --alike show --hyperlink never",
    "search-ar": "search بلمختار OR Belmokhtar -n 3 --facets creator --alike show --hyperlink never",
    "search-nothing": "search zzzzzz --facets language",
    "kwic-fr": "kwic accord --sort R1",
    "kwic-en": "kwic message --sort date",
    "kwic-ar": "kwic بلمختار --sort L1",
    "collocates": "kwic 'Belmokhtar OR بلمختار' --collocates -n 12",
    "timeline": "timeline Belmokhtar",
    "timeline-several": "timeline accord -e agreement -e بلمختار --by month",
}

HARD_LINES = {
    "search-hard": "search message -n 9 --facets publisher,creator,year --alike show --hyperlink never",
    "search-one": "search learnt OR lu -n 9 --facets publisher,creator,year --alike show --hyperlink never",
    "kwic-hard": "kwic message -n 0 -- -path:many.txt",
    "show-pages": "show pages.txt --query message",
    "show-hard": "show rtl.txt --query message",
}


class Terminal(io.TextIOWrapper):
    """A terminal that keeps what is written."""

    def isatty(self) -> bool:
        return True


def tagged(text: str) -> str:
    """Return the text with matches, which alone are bold and red, in tags, and without other
    styles.
    """
    marked = re.sub(r"\x1b\[1;31m(.*?)\x1b\[0m", r"<mark>\1</mark>", text, flags=re.DOTALL)
    return re.sub(r"\x1b\[[\d;]*m", "", marked)


def shown(line: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a command line on a terminal of some columns. Return its answer."""
    command, *arguments = shlex.split(line)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("VTE_VERSION", "7006")  # a terminal that reorders right-to-left text
    monkeypatch.setattr("sys.argv", ["docindex", command, "--color", "always", "-P", *arguments])
    terminal = Terminal(io.BytesIO(), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", terminal)
        with pytest.raises(SystemExit):
            main()
    terminal.flush()
    return tagged(terminal.detach().getvalue().decode())


def built(source: Path, folder: Path) -> Path:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.argv", ["docindex", "build", "-q", str(source), "--index", str(folder)])
        with pytest.raises(SystemExit):
            main()
    return folder


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(SEEDS, tmp_path_factory.mktemp("golden") / "index")


@pytest.fixture(scope="module")
def hard_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hard")
    for name, text in HARD.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return built(folder, folder / "index")


@pytest.mark.parametrize("columns", [60, 80, 160])
@pytest.mark.parametrize("case", LINES)
def test_a_command_line_shows_what_its_golden_file_holds(
    index: Path, case: str, columns: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCINDEX_INDEX", str(index))
    expected = (GOLDEN / f"{case}-{columns}.txt").read_text(encoding="utf-8")
    assert shown(LINES[case], columns, monkeypatch) == expected


@pytest.mark.parametrize("columns", [60, 80, 160])
@pytest.mark.parametrize("case", HARD_LINES)
def test_a_command_line_shows_hard_documents_as_its_golden_file_does(
    hard_index: Path, case: str, columns: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCINDEX_INDEX", str(hard_index))
    expected = (GOLDEN / f"{case}-{columns}.txt").read_text(encoding="utf-8")
    if case.startswith("search"):
        expected = "".join(expected.splitlines(keepends=True)[:-1])  # the count goes to stderr
    assert shown(HARD_LINES[case], columns, monkeypatch) == expected


def test_a_draft_of_twelve_quotations_is_reported_as_its_golden_file_has_it(
    index: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCINDEX_INDEX", str(index))
    monkeypatch.chdir(PROOF)
    expected = (PROOF / "article-80.txt").read_text(encoding="utf-8")
    assert shown("verify article.md --hyperlink never --color never", 80, monkeypatch) == expected
