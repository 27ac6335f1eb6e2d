"""Golden files: what whole command lines show on terminals of three widths, through the real entry
point.

Matches stand between <mark> and </mark>, and what changes with time is masked. The command
`PYTHONPATH=tests/engines python tests/test_golden.py` writes the files again, to be looked at
before they are kept.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import tempfile
from itertools import count
from pathlib import Path

import pytest
from commits import rewrite_state
from golden_collections import COLLECTION, DRAFTS, FAILING, FOLDER, HARD, REPRINTS
from msgspec import Struct

import docindex
from docindex.cli.main import main

SEEDS = Path(docindex.__file__).parent.parent / "seeds"
GOLDEN = Path(__file__).parent / "golden"
PROOF = Path(__file__).parent / "proof"
WIDTHS = (60, 80, 160)
SETTINGS = """color = "always"
hyperlink = "never"
theme = {match = "underline"}
"""
"""The user's settings. No other style is underlined, so that matches can be told."""


class Case(Struct, frozen=True):
    """A command line, and the documents of the folder in which it runs. Without any: the seeds."""

    line: str
    documents: dict[str, str] = {}
    is_indexed: bool = True


CASES = {
    "show-fr": Case("show notes/gao.md --query '\"accord secret\" Belmokhtar'"),
    "show-en": Case("show press/digest.txt#2016-03-20 --query 'secret agreement'"),
    "show-ar": Case("show press/mujaz.txt#2016-03-20 --query 'بلمختار رسالة'"),
    "search-fr": Case("search '\"accord secret\" OR règlement' -n 3 --alike show"),
    "search-en": Case("search secret agreement -n 3 --facets language,subject,year --alike show"),
    "search-ar": Case("search بلمختار OR Belmokhtar -n 3 --facets creator --alike show"),
    "search-nothing": Case("search zzzzzz --facets language"),
    "why": Case("search Belmokhtarr titre:accord date:2013..2014 lang:fr '(a' --why"),
    "explain": Case("search --explain-query 'accord~ -\"secret talks\" date:2012.. القنصل'"),
    "kwic-fr": Case("kwic accord --sort R1"),
    "kwic-en": Case("kwic message --sort date"),
    "kwic-ar": Case("kwic بلمختار --sort L1"),
    "collocates": Case("kwic 'Belmokhtar OR بلمختار' --collocates -n 12"),
    "timeline": Case("timeline Belmokhtar"),
    "timeline-several": Case("timeline accord -e agreement -e بلمختار --by month"),
    "status": Case("status"),
    "verify-fr": Case("verify brouillon.md --color never"),
    "verify-ar": Case("verify مسودة.md --color never"),
    "check": Case("check .", COLLECTION),
    "build": Case("build .", FAILING, is_indexed=False),
    "build-folder": Case("build .", FOLDER, is_indexed=False),
    "alike-fold": Case("search message OR رسالة", REPRINTS),
    "alike-only": Case("search message OR رسالة --alike only", REPRINTS),
    "search-hard": Case("search message -n 9 --facets publisher,creator,year --alike show", HARD),
    "search-one": Case("search learnt OR lu -n 9 --facets publisher,creator,year --alike show", HARD),
    "kwic-hard": Case("kwic message -n 0 -- -path:many.txt", HARD),
    "show-pages": Case("show pages.txt --query message", HARD),
    "show-hard": Case("show rtl.txt --query message", HARD),
}


class Terminal(io.TextIOWrapper):
    """A terminal that keeps what is written to it."""

    def isatty(self) -> bool:
        return True


def shown(line: str, columns: int) -> str:
    """Run a command line on a terminal. Return what it shows, answer and messages."""
    terminal = Terminal(io.BytesIO(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COLUMNS", str(columns))
        patched.setenv("LINES", "100000")  # no answer is paged
        patched.setenv("TERM", "dumb")  # no progress bar
        patched.setenv("VTE_VERSION", "7006")  # a terminal that reorders right-to-left text
        patched.setattr("sys.argv", ["docindex", *shlex.split(line)])
        patched.setattr("sys.stdout", terminal)
        patched.setattr("sys.stderr", terminal)
        with pytest.raises(SystemExit):
            main()
    terminal.flush()
    return masked(tagged(terminal.detach().getvalue().decode()))


def tagged(text: str) -> str:
    """Return the text with matches in tags, and without other styles."""
    marked = re.sub(r"\x1b\[(?:[\d;]*;)?4(?:;[\d;]*)?m(.*?)\x1b\[0m", r"<mark>\1</mark>", text, flags=re.DOTALL)
    return re.sub(r"\x1b\[[\d;]*m", "", marked)


def masked(text: str) -> str:
    """Return the text without its times, sizes and places, which differ from run to run."""
    text = text.replace(str(Path.cwd()), "/archive")
    text = re.sub(r"\s*·\s*[\d,.]+\s(ms|s)\n", " · N s\n", text)  # also if it went to the next line
    text = re.sub(r"(?m)^(built|of   )     .*\n(?: {10}.*\n)*", r"\1     (masked)\n", text)
    return re.sub(r"\(\d+ kB\)", "(N kB)", text)


def make_folder(case: Case, folder: Path) -> None:
    """Make the folder in which a case runs, and go there."""
    for name, text in (case.documents or DRAFTS).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    if not case.documents:
        shutil.copytree(SEEDS, folder / "seeds")
    home = folder.with_name(f"{folder.name}-home")
    settings = home / ".config" / "docindex" / "docindex.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS, encoding="utf-8")
    os.environ["HOME"] = str(home)
    os.chdir(folder)
    if case.is_indexed:
        shown("build -q" if not case.documents else "build -q .", 80)
        rewrite_state(folder / ".docindex", built="2999-01-01T00:00:00Z")  # so that its age is always the same


class Folders:
    """Folders that cases share, made once: those of the same documents."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._made: dict[tuple[str, ...], Path] = {}
        self._numbers = count()

    def enter(self, case: Case) -> None:
        """Go to the folder of a case."""
        key = (*case.documents, str(case.is_indexed))
        if key in self._made:
            os.chdir(self._made[key])
            return
        folder = self._place / f"archive-{next(self._numbers)}"
        folder.mkdir()
        make_folder(case, folder)
        if case.is_indexed:  # else the case itself builds there
            self._made[key] = folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with pytest.MonkeyPatch.context() as patched:
        for name in ("DOCINDEX_INDEX", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "NO_COLOR", "DOCINDEX_COLOR", "PAGER"):
            patched.delenv(name, raising=False)
        patched.setenv("HOME", os.environ.get("HOME", "/"))  # given back at the end
        patched.chdir(Path.cwd())
        yield Folders(tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", CASES)
def test_a_command_line_shows_what_its_golden_file_holds(folders: Folders, name: str, columns: int) -> None:
    folders.enter(CASES[name])
    expected = (GOLDEN / f"{name}-{columns}.txt").read_text(encoding="utf-8")
    assert shown(CASES[name].line, columns) == expected


def test_every_golden_file_has_its_case() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {f"{name}-{columns}" for name in CASES for columns in WIDTHS}


def test_a_draft_of_twelve_quotations_is_reported_as_its_golden_file_has_it(folders: Folders) -> None:
    folders.enter(CASES["verify-fr"])
    shutil.copy(PROOF / "article.md", "article.md")
    expected = (PROOF / "article-80.txt").read_text(encoding="utf-8")
    assert shown("verify article.md --color never", 80).startswith(expected)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        every = Folders(Path(place))
        for name, case in CASES.items():
            for columns in WIDTHS:
                every.enter(case)
                text = shown(case.line, columns)
                (GOLDEN / f"{name}-{columns}.txt").write_text(text, encoding="utf-8")
