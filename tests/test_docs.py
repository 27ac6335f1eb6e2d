"""The pages of the manual: their commands run, their names exist, and help shows them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_readme import ROOT, session, steady

from docindex.cli import man_page
from docindex.cli.options import COMMANDS, flags
from docindex.render import manual

PAGES = sorted((ROOT / "docindex" / "docs").glob("*.md"))
TOPICS = [path.stem for path in PAGES]
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_EXIT = re.compile(r"^(?P<command>.*?)(?: # exit (?P<code>\d+))?$")


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample collection with an index, its clock and its user apart from ours."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns(".docindex"))
    shutil.copyfile(ROOT / "seeds/INDEX.md", tmp_path / "seeds/INDEX.md")
    for name in ("DOCINDEX_INDEX", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    built = run("docindex build", tmp_path)
    assert built.returncode == 0, built.stderr
    return tmp_path


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell would, with `docindex` of these sources."""
    line = re.sub(r"^docindex ", f"{shlex.quote(sys.executable)} -m docindex ", command)
    return subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_commands_of_a_page_do_what_it_says(topic: str, sample: Path) -> None:
    for kind, name, text in BLOCK.findall(manual.page(topic)):
        if name:
            (sample / name).write_text(text, encoding="utf-8")
        elif kind == "console":
            commands = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
            if commands[0] == "docindex build":  # a session begins where nothing is built
                shutil.rmtree(sample / ".docindex")
            assert session(sample, commands) == steady(text).strip()
        elif kind == "sh":
            for line in text.splitlines():
                found = _EXIT.fullmatch(line)
                assert found is not None
                done = run(found["command"], sample)
                assert (line, done.returncode) == (line, int(found["code"] or 0)), done.stderr
                assert "Traceback" not in done.stderr


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_names_only_what_exists(topic: str) -> None:
    text = manual.page(topic)
    for name in re.findall(r"`docindex ([a-z]+)", text):
        assert name in COMMANDS
    known = {name for command in COMMANDS.values() for one in flags(command.flags) for name in one.flag.names.split()}
    assert set(re.findall(r"`(--[a-z][a-z-]*|-[A-Za-z0-9])[` ]", text)) <= known | {"--help"}
    for other in re.findall(r"docindex help ([a-z]+)", text):
        assert other in TOPICS or other in COMMANDS


def test_help_lists_every_page_and_shows_one(sample: Path) -> None:
    listed = run("docindex help", sample).stdout.splitlines()
    assert sorted(line.split()[0] for line in listed) == TOPICS
    assert run("docindex help query", sample).stdout == manual.page("query")
    assert run("docindex help search", sample).stdout.startswith("Usage: docindex search")
    missed = run("docindex help qery", sample)
    assert (missed.returncode, missed.stderr) == (
        2,
        "docindex: there is no topic 'qery'\n  try: docindex help query\n",
    )


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_fits_a_terminal(topic: str, width: int) -> None:
    shown = manual.for_terminal(manual.page(topic), width=width, color=False)
    assert max(map(len, shown.splitlines())) <= width
    assert "```" not in shown
    assert "\x1b" not in shown
    assert "\x1b[" in manual.for_terminal(manual.page(topic), width=width, color=True)


def test_the_manual_page_has_the_sections_of_the_pages() -> None:
    page = man_page.page()
    headings = re.findall(r"^\.SH (.*)$", page, re.MULTILINE)
    assert headings == [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "COMMANDS",
        "QUERY LANGUAGE",
        "FOLLOWING FILES",
        "FILES",
        "ENVIRONMENT",
        "EXAMPLES",
        "EXIT CODES",
    ]
    for word in ("DOCINDEX_INDEX", "accord secret", ".docindex/", "ExecStart=%h/.local/bin/docindex build --watch"):
        assert manual.plain(word) in page
