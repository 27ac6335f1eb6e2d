"""Marks on a letter are bounded where they reach a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from docindex.render.sanitize import MAX_MARKS, escape_controls

LIVING = ["Việt Nam", "بِسْمِ ٱللَّهِ", "שָׁלוֹם", "བོད་སྐྱོང", "น้ำปั๊ม", "한국어", "e\u0301\u0323", "👩\u200d👩\u200d👧\ufe0f"]


@pytest.mark.parametrize("text", LIVING)
def test_the_marks_of_living_scripts_stay(text: str) -> None:
    assert escape_controls(text) == text


@pytest.mark.parametrize(
    "marks", ["\u0301", "\u0301\u200d", "\u0489", "\u034f\u0301", "\u1161", "\u064b", "\ufe0f", "\u200b"]
)
def test_a_run_of_marks_is_cut_short_and_positions_hold(marks: str) -> None:
    text = "a" + marks * 300 + "b"
    shown = escape_controls(text)
    assert len(shown) == len(text)
    assert shown[: MAX_MARKS + 2] == "a" + (marks * MAX_MARKS)[:MAX_MARKS] + "\ufffd"
    assert set(shown[MAX_MARKS + 1 : -1]) == {"\ufffd"}


@pytest.mark.parametrize("command", [["search", "word"], ["show", "m.txt"], ["kwic", "word"], ["status"]])
def test_no_long_run_of_marks_reaches_the_terminal(
    tmp_path: Path, run, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "m.txt").write_text(f"A word z{chr(0x301) * 300} here.\n")
    assert run("build", ".").code == 0
    ran = run(*command)
    assert ran.code == 0
    assert chr(0x301) * (MAX_MARKS + 1) not in ran.out + ran.err
