"""What the tests of the command line share: a folder of documents, and a way to run docindex in
it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import settings
from msgspec import Struct

from docindex.cli.main import main

# How long an example takes says more of what else the machine has to do.
settings.register_profile("docindex", deadline=None)
settings.load_profile("docindex")

PRESS = """20-03-2016 23:15 - Un accord secret avec Belmokhtar

Le Journal - Un règlement avec Belmokhtar, dit-on, fut rompu avant l'été.
La prise d’otages est datée.
"""
NOTE = """---
title: Secret talks
date: 2013-01-17
language: en
---

# Secret talks

The talks with **Belmokhtar** broke off. A [link](http://example.org) stays.
"""
INDEX = """---
language: fr
---

# Archive

## Press

- [Un accord](press/a.txt) — subject: otages, accord

## Notes

| File | Language |
| --- | --- |
| `notes/b.md` | en |
| `notes/c.txt` | ar |
"""


class Ran(Struct, frozen=True):
    """What one run came to."""

    code: int
    out: str
    err: str

    def __iter__(self):  # type: ignore[no-untyped-def]  # (code, out, err) = run(...)
        return iter((self.code, self.out, self.err))


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a manifest and three documents; the current one."""
    root = tmp_path / "archive"
    files = {
        "INDEX.md": INDEX,
        "press/a.txt": PRESS,
        "notes/b.md": NOTE,
        "notes/c.txt": "اتفاق سري مع بِلْمُخْتار في الجزائر\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    # Long settled, so that a second build need not read them again.
    for path in root.rglob("*"):
        os.utime(path, (1_500_000_000, 1_500_000_000))
    monkeypatch.chdir(root)
    for name in (
        "DOCINDEX_INDEX",
        "DOCINDEX_COLOR",
        "DOCINDEX_LIMIT",
        "NO_COLOR",
        "FORCE_COLOR",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return root


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Run the command line; what takes time is written N ms, N s."""

    def run_it(*arguments: str) -> Ran:
        monkeypatch.setattr("sys.argv", ["docindex", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return Ran(int(ended.value.code or 0), out, re.sub(r"\d+ ms|\d+\.\d s", "N", err))

    return run_it
