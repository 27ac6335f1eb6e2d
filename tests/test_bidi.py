"""Right-to-left text on terminals: who puts it in order, and in which."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st

from docindex.config import BIDI_MODES
from docindex.render import bidi
from docindex.render.styled_text import Span, Text

LETTERS = "abc[] ابتثلاأ אבג 123 ٤٥ .,:-()/+%"


@given(st.text(alphabet=LETTERS, max_size=16))
def test_the_order_is_that_of_the_standard(text: str) -> None:
    order, _ = bidi.display_order(text)
    assert "".join(text[at] for at in order) == get_display(text, base_dir="L")


@given(st.text(alphabet=LETTERS, max_size=12), st.text(alphabet=LETTERS, max_size=12))
def test_an_isolate_is_ordered_by_itself(first: str, second: str) -> None:
    order, _ = bidi.display_order(f"a \u2067{first}\u2069 b \u2066{second}\u2069 c")
    shown = "".join(f"a \u2067{first}\u2069 b \u2066{second}\u2069 c"[at] for at in order)
    assert shown == f"a {get_display(first, base_dir='R')} b {get_display(second, base_dir='L')} c"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("سلام", "\ufee1\ufefc\ufeb3"),  # with a ligature, from right to left
        ("بلمختار", "\ufead\ufe8e\ufe98\ufea8\ufee4\ufee0\ufe91"),
        ("a (שלום) b", "a (םולש) b"),
        ("\u2067(Mali) אב\u2069", "בא (Mali)"),
        ("\u2067ב]\u2069", "[ב"),
        ("مُ", "\ufee1\u064f"),
    ],
)
def test_letters_join_and_brackets_turn(text: str, shown: str) -> None:
    assert bidi.visual(Text(text)).plain == shown


def test_styles_move_with_their_letters() -> None:
    line = bidi.visual(Text("x אבג y", spans=[Span(3, 5, "match"), Span(0, 7, "", "file:///a")]))
    assert line.plain == "x גבא y"
    assert [(line.plain[one.start : one.end], one.style, one.link) for one in line.spans] == [
        ("גב", "match", None),
        ("x גבא y", "", "file:///a"),
    ]
    joined = bidi.visual(Text("سلام x", spans=[Span(5, 6, "match")]))
    assert [joined.plain[one.start : one.end] for one in joined.spans] == ["x"]


@pytest.mark.parametrize(
    ("mode", "environment", "reorders"),
    [
        ("auto", {"VTE_VERSION": "7006"}, True),
        ("auto", {"VTE_VERSION": "5202"}, False),
        ("auto", {"KONSOLE_VERSION": "230800"}, True),
        ("auto", {"KITTY_WINDOW_ID": "1"}, True),
        ("auto", {"TERM_PROGRAM": "Apple_Terminal"}, True),
        ("auto", {"TERM": "xterm-256color"}, False),
        ("terminal", {}, True),
        ("docindex", {"VTE_VERSION": "7006"}, False),
    ],
)
def test_terminals_that_reorder_are_known_by_their_names(
    mode: str, environment: dict[str, str], reorders: bool
) -> None:
    assert mode in BIDI_MODES
    assert bidi.terminal_reorders(mode, environment) is reorders


def on_a_terminal(folder: Path, environment: dict[str, str]) -> list[str]:
    inside, outside = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if not re.match("VTE|KONSOLE|KITTY|TERM|MLTERM", name)}
    own = {**kept, "TERM": "dumb", "COLUMNS": "80", "LINES": "99", **environment}
    command = [sys.executable, "-m", "docindex", "kwic", "بلمختار"]
    subprocess.run(command, cwd=folder, stdout=outside, stderr=subprocess.PIPE, env=own, check=True)
    os.close(outside)
    shown = os.read(inside, 10_000).decode()
    os.close(inside)
    return shown.splitlines()


def test_a_concordance_of_arabic_is_mirrored_and_ordered_where_the_terminal_does_not(archive: Path, run) -> None:
    (archive / "notes" / "c.txt").write_text("قبل بلمختار بعد\n", encoding="utf-8")
    run("build")
    (ordered,) = on_a_terminal(archive, {"VTE_VERSION": "7006"})
    assert ordered.split("  ", 1)[1].split() == ["\u2067بعد\u2069", "\u2067**بلمختار**\u2069", "\u2067قبل\u2069"]
    (drawn,) = on_a_terminal(archive, {})
    assert [bidi.visual(Text(word)).plain for word in ("بعد", "**بلمختار**", "قبل")] == drawn.split()[1:]
    assert not re.search("[\u2066-\u2069]", drawn)


def test_an_unknown_mode_is_refused(archive: Path, run) -> None:
    run("build")
    (archive / "docindex.toml").write_text('bidi = "left"\n')
    refused = run("kwic", "accord")
    assert (refused.code, refused.err) == (2, "docindex: unknown bidi 'left'\n  try: auto, terminal, docindex\n")
