"""What the shells offer, and that they are never told of an error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import docindex


@pytest.fixture
def offered(run, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """What a shell is given for a line, after the command's name."""

    def offer(line: str, shell: str = "bash") -> list[str]:
        words = f"docindex {line}"
        monkeypatch.setenv("_DOCINDEX_COMPLETE", f"complete_{shell}")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", words)
        monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
        ran = run()
        monkeypatch.delenv("_DOCINDEX_COMPLETE")
        assert (ran.code, ran.err) == (0, "")
        return str(ran.out).split("\n")[:-1] if ran.out.strip() else []

    return offer


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ti", ["timeline"]),
        ("show ", ["notes/b.md", "notes/c.txt", "press/a.txt"]),
        ("show notes/c", ["notes/c.txt"]),
        ("show nothing", []),
        ("show --index nowhere ", []),
        ("search --lang ", ["ar", "en", "fr"]),
        ("search --lang e", ["en"]),
        ("kwic --publisher Le", ["Le\\ Journal"]),
        ("timeline --collection ", ["Notes", "Press"]),
        ("search --subject o", ["otages"]),
        ("search co", ["collection:"]),
        ("kwic accord p", ["path:", "publisher:"]),
        ("search --sort ", ["date", "path", "score", "title"]),
        ("kwic --sort L", ["L1", "L2", "L3"]),
        ("timeline --by m", ["month"]),
        ("search --format j", ["json", "jsonl"]),
        ("search --facets year,su", ["year,subject"]),
        ("search --facets year,y", []),
        ("status --color a", ["always", "auto"]),
    ],
)
def test_a_shell_is_offered_what_the_index_holds(archive: Path, run, offered, line: str, expected: list[str]) -> None:
    run("build")
    assert sorted(offered(line)) == expected


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_every_shell_is_offered_the_ids(archive: Path, run, offered, shell: str) -> None:
    run("build")
    assert offered("show press", shell) == ["press/a.txt"]


@pytest.mark.parametrize("harm", ["none", "empty", "damaged"])
def test_without_a_good_index_nothing_is_offered_and_nothing_said(archive: Path, run, offered, harm: str) -> None:
    if harm == "empty":
        (archive / ".docindex").mkdir()
    if harm == "damaged":
        run("build")
        for path in (archive / ".docindex").iterdir():
            path.write_bytes(b"x")
    assert offered("show ") == []
    assert offered("search --lang ") == []


def test_what_is_offered_for_a_flag_is_what_it_takes(archive: Path, run, offered) -> None:
    run("build")
    for command in ("search", "kwic", "timeline", "status", "build"):
        for flag in ("--sort", "--format", "--alike", "--by", "--color", "--hyperlink", "--facets"):
            for value in offered(f"{command} {flag} "):
                query = ["Belmokhtar"] if command in ("search", "kwic", "timeline") else []
                assert "try:" not in run(command, *query, flag, value).err


SHELLS = {
    "bash": (
        ["bash", "--norc", "-c"],
        "source ./script; COMP_WORDS=(docindex LINE); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
        ' _docindex_completion docindex; printf "%s\\n" "${COMPREPLY[@]}"',
    ),
    "zsh": (
        ["zsh", "-fc"],
        "_arguments() { print -r -- $@ }; compdef() { }; source ./script;"
        " words=(docindex LINE); CURRENT=$#words; _docindex_completion",
    ),
    "fish": (["fish", "-N", "-c"], "source ./script; complete -C 'docindex LINE'"),
}


@pytest.mark.parametrize(
    ("line", "values"),
    [("search --publisher L", ["Le Journal"]), ("show notes/", ["notes/b.md", "notes/c.txt"])],
)
@pytest.mark.parametrize("shell", SHELLS)
def test_the_shells_themselves_take_what_is_offered(
    archive: Path, run, shell: str, line: str, values: list[str]
) -> None:
    command, steps = SHELLS[shell]
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    run("build")
    program = archive / "docindex"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m docindex "$@"\n')
    program.chmod(0o755)
    own = {
        **os.environ,
        "PATH": f"{archive}:{os.environ['PATH']}",
        "PYTHONPATH": str(Path(docindex.__file__).parents[1]),
    }

    def ran(command: list[str], **more: str) -> str:
        return subprocess.run(command, env={**own, **more}, capture_output=True, text=True, check=True).stdout

    (archive / "script").write_text(ran(["docindex"], _DOCINDEX_COMPLETE=f"source_{shell}"))
    written = {
        "bash": "".join(value.replace(" ", "\\ ") + "\n" for value in values),
        "zsh": "*: :((" + " ".join(f'"{value}"' for value in values) + "))\n",
        "fish": "".join(value + "\n" for value in values),
    }
    assert ran([*command, steps.replace("LINE", line)]) == written[shell]
