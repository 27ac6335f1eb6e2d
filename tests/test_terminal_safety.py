"""Whatever documents, names, queries and settings hold: a terminal gets text, and no orders but
docindex's own.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docindex.render.sanitize import escape_controls

if TYPE_CHECKING:
    from collections.abc import Sequence

ATTACKS = {
    "clear the screen": "\x1b[2J\x1b[H",
    "rewrite the line above": "\x1b[1A\x1b[2Ksafe",
    "hide what follows": "\x1b[8m",
    "the other screen": "\x1b[?1049h",
    "no echo of what is typed": "\x1b[12h\x1b[?25l",
    "full reset": "\x1bc",
    "set the title": "\x1b]0;owned\x07\x1b]2;owned\x1b\\",
    "report the title as if typed": "\x1b]2;rm -rf .\x07\x1b[21t",
    "write the clipboard": "\x1b]52;c;cm0gLXJmIC4K\x07",
    "read the clipboard": "\x1b]52;c;?\x1b\\",
    "a link to elsewhere": "\x1b]8;;http://evil.example/\x1b\\bank\x1b]8;;\x1b\\",
    "change the palette": "\x1b]4;1;#000000\x07\x1b]10;#000\x07",
    "a file sent by iTerm": "\x1b]1337;File=name=eA==:AAAA\x07",
    "a notification": "\x1b]9;owned\x07\x1b]777;notify;a;b\x07",
    "ask where the cursor is": "\x1b[6n\x1b[c\x1b[>c\x1b[5n",
    "ask for a setting (DECRQSS)": "\x1bP$q q\x1b\\",
    "ask for a capability": "\x1bP+q544e\x1b\\",
    "a macro (DECDMAC)": "\x1bP1;0!zecho owned\x1b\\",
    "a picture (sixel)": "\x1bPq#0;2;0;0;0~~\x1b\\",
    "a picture (kitty, APC)": "\x1b_Gf=24;AAAA\x1b\\",
    "a privacy message": "\x1b^owned\x1b\\",
    "a start of string": "\x1bXowned\x1b\\",
    "define a key": '\x1b[0;59;"rm";13p',
    "another character set": "\x1b(0\x0e\x1b%@",
    "paste brackets": "\x1b[201~rm -rf .\n",
    "the printer": "\x1b[5iowned\x1b[4i",
    "eight bits: CSI": "\x9b2J\x9b31m",
    "eight bits: OSC": "\x9d0;owned\x9c",
    "eight bits: DCS, APC, PM, SOS": "\x90q\x9c\x9fG\x9c\x9eo\x9c\x98o\x9c",
    "next line, index": "\x85\x84\x8d",
    "overwrite from the left": "nothing here\rowned",
    "overwrite by backspaces": "good\x08\x08\x08\x08evil",
    "rubbed out": "good\x7f\x7f\x7f\x7fevil",
    "bells": "\x07" * 20,
    "a form feed, a vertical tab": "\x0c\x0b",
    "a cut sequence": "\x1b[",
    "a cut string": "\x1b]0;",
    "turned round (RLO)": "invoice\u202efdp.exe",
    "embedded": "\u202aa\u202bb\u202dc\u202c",
    "isolates left open": "\u2066a\u2067b\u2068c",
    "isolates closed": "\u2069\u2069\u2069",
    "marks of direction": "a\u200e\u200f\u061cb",
    "deprecated formats": "\u206a\u206b\u206c\u206d\u206e\u206f",
    "lines and paragraphs": "a\u2028b\u2029c",
    "annotations": "\ufff9a\ufffab\ufffb",
    "written in tags": "\U000e0001\U000e0041\U000e0042\U000e007f",
    "unseen characters": "p\u200ba\u200cy\u200dp\u2060a\ufeffl\u00ad",
    **{f"C0 {number}": "".join(map(chr, range(number, number + 8))) for number in range(0, 32, 8)},
    **{f"C1 {number}": "".join(map(chr, range(number, number + 8))) for number in range(0x80, 0xA0, 8)},
}
ONE_OF_EACH = "\udcff\x1b[8m\x1b]0;owned\x07\x9b2J\rx\x08\x7f\u202e\u2066\u2028\U000e0041"

OWN = re.compile(r"\x1b\[(?!8m)[0-9;]*m|\x1b\]8;(?:id=\d+)?;(?:file:[!-~]*)?\x1b\\")
"""What docindex writes itself: styles (SGR) but the one that hides, and links (OSC 8) to files."""
OF_THE_BAR = re.compile(r"\x1b\[(?:\?25[lh]|1A|2K)|\r")
"""What draws a progress bar and wipes it off again."""
TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u206a\u206b\u206c\u206d\u206e\u206f"


def orders(written: str) -> set[str]:
    """What there is in an output that a terminal would do, not show, by name."""
    text = OWN.sub("", written)
    found = {c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c not in "\t\n"}
    found |= {c for c in text if c in TURNS or "\ufff9" <= c <= "\ufffb" or "\U000e0000" <= c <= "\U000e007f"}
    for line in text.split("\n"):
        depth = 0
        for character in line:  # docindex sets right-to-left text apart: each isolate ends on its line
            depth += (character in "\u2066\u2067\u2068") - (character == "\u2069")
            found |= {"a pop too many"} if depth < 0 else set()
        found |= {"an isolate left open"} if depth > 0 else set()
    return {f"{ord(c):#x}" if len(c) == 1 else c for c in found}


SEVERAL = """
import json, sys
from docindex.cli.main import main
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["docindex", *arguments]
    try:
        main()
    except SystemExit as ended:
        assert ended.code in (0, 1, 2, 3), ended.code
    sys.stdout.flush()
    sys.stderr.write("\\0")
    sys.stderr.flush()
"""
"""Commands one after the other in one process, for each of its own takes long; a NUL after each."""


def written(commands: Sequence[Sequence[str]], folder: Path, *, piped: bool = False, **more: str) -> list[str]:
    """What commands write to a terminal of 80 columns, one that shows all as it comes, or to
    pipes.
    """
    screen, ours = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    modes = termios.tcgetattr(ours)
    modes[1] &= ~termios.OPOST  # else each newline comes with a carriage return
    termios.tcsetattr(ours, termios.TCSANOW, modes)
    if piped:
        os.close(screen)
        os.close(ours)
        screen, ours = os.pipe()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOCINDEX_", "XDG_"))}
    environment = {**kept, "TERM": "xterm-256color", "DOCINDEX_PAGER": "cat", "HOME": str(folder), **more}
    command = [sys.executable, "-c", SEVERAL, json.dumps(commands)]
    seen = b""
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=ours, stderr=ours
    ) as running:
        os.close(ours)
        try:
            while piece := os.read(screen, 1 << 16):
                seen += piece
        except OSError:  # what a terminal says at the end of all
            pass
        os.close(screen)
    text = seen.decode()  # lone surrogates and cut characters fail here
    assert running.returncode == 0, text[-2000:]
    pieces = text.split("\0")
    assert len(pieces) == len(commands) + 1
    return pieces[:-1]


def done(commands: Sequence[Sequence[str]], folder: Path, *, piped: bool = False, **more: str) -> dict[str, set[str]]:
    """Each command that writes orders or nothing at all, and the orders."""
    texts = zip(commands, written(commands, folder, piped=piped, **more), strict=True)
    found = {" ".join(map(ascii, command)): orders(OF_THE_BAR.sub("", text) if command[0] == "build" else text)
             if text else {"nothing"} for command, text in texts}  # fmt: skip
    return {command: wrong for command, wrong in found.items() if wrong}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder without a manifest, its attacks in texts, in names of files and in what messages
    say of themselves.
    """
    folder = tmp_path_factory.mktemp("hostile") / "texts"
    folder.mkdir()
    for number, attack in enumerate(ATTACKS.values()):
        name = re.sub("[/\0]", "", attack)
        (folder / f"{number:02}{name}.txt").write_text(f"Title {attack} bait\n\nBefore {attack} bait {attack} after.\n")
        head = f"Title: a{attack}b\nCreator: c{attack}d\nPublisher: e{attack}f\nSubject: g{attack}h\nDate: 2013-01-17\n"
        (folder / f"{number:02}.md").write_text(f"---\n{head.lower()}---\n\nMarked {attack} bait {attack} down.\n")
        mail = f'From: "i{attack}j" <a@b.example>\nSubject: k{attack}l\nDate: Thu, 17 Jan 2013 10:00:00 +0000\n'
        (folder / f"{number:02}.eml").write_text(f"{mail}\nPosted {attack} bait {attack}.\n")
    (folder / os.fsdecode(b"\xff\x9b2J.txt")).write_text("A name that is no UTF-8, bait.\n")
    (folder / "empty\x1b[2J\u202e.txt").write_text("")
    assert done([["build", "."]], folder) == {}
    return folder


def test_each_control_character_is_one_visible_mark() -> None:
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    harmful = [c for c in every if (orders(c) and c not in "\u2069") or c in "\u2066\u2067\u2068\u2069"]
    assert len(harmful) == 63 + 2048 + 14 + 4 + 2 + 3 + 128
    for character in harmful:
        mark = escape_controls(character)
        assert (len(mark), orders(mark), mark.isprintable()) == (1, set(), True), hex(ord(character))


def test_letters_joined_by_unseen_characters_stay_so() -> None:
    """Persian, the scripts of India, Khmer and emoji are spelt with them."""
    kept = "\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0f"
    assert escape_controls(kept) == kept


ALL = ["search", "bait", "-n", "0"]
ANSWERS = [
    [*ALL, "--passages", "all", "--alike", "show"],
    [*ALL, "--color", "never", "--facets", "creator,publisher,subject,language,year"],
    *([*ALL, "--format", form] for form in ("json", "jsonl", "csv", "tsv", "md", "html")),
    [*ALL, "--template", "{path} {title} {creator} {passages}"],
    ["kwic", "bait", "-n", "0"],
    ["kwic", "bait", "-n", "0", "--collocates"],
    *(["kwic", "bait", "-n", "0", "--format", form] for form in ("json", "jsonl", "csv", "tsv")),
    ["timeline", "bait", "-e", "marked"],
    *(["timeline", "bait", "--format", form] for form in ("json", "csv", "tsv", "svg")),
    ["status"],
    ["status", "--json"],
    ["check", "."],
    ["check", ".", "--json"],
]


@pytest.mark.parametrize("piped", [False, True], ids=["terminal", "pipe"])
def test_what_documents_hold_is_shown_and_not_done(hostile: Path, *, piped: bool) -> None:
    assert done(ANSWERS, hostile, piped=piped) == {}


def test_the_attacks_do_arrive(hostile: Path) -> None:
    """Else the tests above would prove nothing."""
    (text,) = written([[*ALL, "--passages", "all", "--alike", "show", "--color", "never"]], hostile)
    assert {mark for mark in text if "\u2400" <= mark <= "\u2421"} >= set("␇␈␎␏␐␘␛␡")
    for inside in ("␛]0;owned␇", "�2J�31m", "owned�", "invoice�fdp.exe"):
        assert inside in text, inside


def test_names_alone_go_to_a_pipe_as_they_are_and_to_a_terminal_as_text(hostile: Path) -> None:
    names = [[*ALL, "-l"]]
    assert done(names, hostile) == {}
    assert "\x1b]0;owned\x07" in written(names, hostile, piped=True)[0]


def test_a_record_whole_is_shown_and_not_done(hostile: Path) -> None:
    names = [f"{number:02}.md" for number in range(len(ATTACKS))]
    commands = [["show", name, *more] for name in names for more in (["--json"], ["--query", "bait"])]
    assert done(commands, hostile) == {}


BROKEN = """---
language: fr
title: m\x1b[2J\x9bn
---

# Heading \x1b]0;owned\x07 \u202e

- [o\x1b[2Jp\u202e](gone\x1b[2J\u202e.txt) — date: \x1b[31mnever; language: \x9b2J; creator: q\x9dr
- [s](../outside\x1b[2J.txt)
- [t](0*.txt) — colour: \x1b[31mred; \u2067key: \x07
- [u](<05.md>) — split: \x1b[2J
"""


def test_what_a_manifest_holds_is_shown_and_not_done(hostile: Path, tmp_path: Path) -> None:
    manifest = hostile / "INDEX.md"
    manifest.write_text(BROKEN)
    commands = [["build", "INDEX.md"], *(["check", "INDEX.md", *more] for more in ([], ["--fix"], ["--json"]))]
    try:
        assert done(commands, hostile, DOCINDEX_INDEX=str(tmp_path / "index")) == {}
    finally:
        manifest.unlink()


TYPED = [
    ["search", ONE_OF_EACH],
    ["search", "bait", ONE_OF_EACH, "--why"],
    ["search", f'"bait {ONE_OF_EACH}'],
    ["search", f"({ONE_OF_EACH} AND", "--strict"],
    ["search", f"bait{ONE_OF_EACH}t~"],
    ["search", f"{ONE_OF_EACH}bait*", "--explain-query"],
    ["search", ONE_OF_EACH, "--explain-query", "--json"],
    ["search", f"date:{ONE_OF_EACH}"],
    ["search", f"{ONE_OF_EACH}:bait"],
    ["search", "-e", ONE_OF_EACH, "-e", f"bait {ONE_OF_EACH}", "-e", "*"],
    ["search", "-e", f"bait {ONE_OF_EACH}", "-c"],
    ["search", "-f", f"no{ONE_OF_EACH}"],
    ["search", "bait", "--since", ONE_OF_EACH],
    ["search", "bait", "--publisher", ONE_OF_EACH, "--lang", ONE_OF_EACH],
    ["search", "bait", "--sort", ONE_OF_EACH],
    ["search", "bait", "--format", ONE_OF_EACH],
    ["search", "bait", "--facets", ONE_OF_EACH],
    ["search", "bait", "--color", ONE_OF_EACH],
    ["search", "bait", "--passages", ONE_OF_EACH],
    ["search", "bait", "--template", f"{{{ONE_OF_EACH}}}"],
    ["search", "bait", "--limit", ONE_OF_EACH],
    ["search", "bait", f"--{ONE_OF_EACH}"],
    ["search", "bait", "--index", f"no{ONE_OF_EACH}"],
    ["kwic", ONE_OF_EACH],
    ["kwic", "bait", "--sort", ONE_OF_EACH],
    ["timeline", f"bait {ONE_OF_EACH}", "-e", f'"{ONE_OF_EACH}', "-e", "bait"],
    ["timeline", "bait", "--by", ONE_OF_EACH],
    ["show", ONE_OF_EACH],
    ["show", "05.md", "--query", ONE_OF_EACH],
    ["show", "05.md", "--lines", ONE_OF_EACH],
    ["build", f"no{ONE_OF_EACH}"],
    ["check", f"no{ONE_OF_EACH}"],
    ["init", f"no{ONE_OF_EACH}"],
    ["status", ONE_OF_EACH],
    [ONE_OF_EACH],
]


@pytest.mark.parametrize("piped", [False, True], ids=["terminal", "pipe"])
def test_what_is_typed_is_echoed_and_not_done(hostile: Path, *, piped: bool) -> None:
    assert done(TYPED, hostile, piped=piped) == {}


def test_what_the_environment_and_the_settings_hold_is_echoed_and_not_done(hostile: Path, tmp_path: Path) -> None:
    search = [["search", "bait"]]
    for name in ("DOCINDEX_COLOR", "DOCINDEX_LIMIT", "DOCINDEX_INDEX", "DOCINDEX_EDITOR_URI"):
        assert done(search, hostile, **{name: ONE_OF_EACH}) == {}, name
    settings = tmp_path / "docindex/docindex.toml"
    settings.parent.mkdir()
    odd = '"a\\u001b]0;owned\\u0007\\u009b2J\\u202e"'
    for line in (
        f"color = {odd}",
        f"{odd} = 1",
        f"editor_uri = {odd}",
        f"[theme]\n{odd} = '1'",
        f"[theme]\nmatch = {odd}",
    ):
        settings.write_text(line)
        assert done(search, hostile, XDG_CONFIG_HOME=str(tmp_path)) == {}, line
