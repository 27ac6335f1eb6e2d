"""What the shells offer, and that they are never told of an error."""

from __future__ import annotations

from pathlib import Path

import pytest


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
        ("kwic --publisher Le", ["Le Journal"]),
        ("timeline --collection ", ["Notes", "Press"]),
        ("search --subject o", ["otages"]),
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
