"""Strangers' files: nothing of theirs is read, written or waited for outside their folder."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

HIDDEN = "zanzibar"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the archive, with a document and a manifest."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "a.txt").write_text(f"A {HIDDEN} text.\n")
    (folder / "INDEX.md").write_text("- [Outside](a.txt)\n")
    return folder


def exchange(first: Path, second: Path) -> Callable[[], None]:
    """Exchange two paths again and again until the returned function is called."""
    ended = threading.Event()
    spare = first.with_name("spare")

    def work() -> None:
        while not ended.is_set():
            for one, other in ((first, spare), (second, first), (spare, second)):
                os.rename(one, other)

    thread = threading.Thread(target=work)
    thread.start()

    def end() -> None:
        ended.set()
        thread.join()

    return end


@pytest.mark.parametrize("kind", ["file", "folder", "folder of a pattern", "manifest"])
def test_what_is_exchanged_for_a_link_brings_nothing_from_outside(archive: Path, run, outside: Path, kind: str) -> None:
    links = archive.parent / "links"
    links.mkdir()
    if kind == "folder of a pattern":
        (archive / "INDEX.md").write_text("- `press/*.txt`\n- `notes/**/*.txt`\n")
    if kind == "file":
        first, target = archive / "press" / "a.txt", outside / "a.txt"
    elif kind == "manifest":
        first, target = archive / "INDEX.md", outside / "INDEX.md"
    else:
        first, target = archive / "press", outside
    (links / "link").symlink_to(target)
    end = exchange(first, links / "link")
    try:
        for _ in range(25):
            run("build", "--full")
            assert run("search", HIDDEN).code != 0
            assert HIDDEN not in run("search", "*", "--json").out
            assert "Outside" not in run("search", "*", "--json").out
    finally:
        end()


def test_a_manifest_that_links_outside_is_refused(archive: Path, run, outside: Path) -> None:
    (archive / "INDEX.md").unlink()
    (archive / "INDEX.md").symlink_to(outside / "INDEX.md")
    for command in (["build"], ["build", "INDEX.md"], ["build", "."], ["check", "."]):
        ran = run(*command)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.splitlines()[0] == "docindex: INDEX.md: is a link that leads outside"


def test_seeds_that_link_outside_are_neither_read_nor_written_unasked(archive: Path, run, outside: Path) -> None:
    (archive / "seeds").symlink_to(outside)
    before = sorted(outside.rglob("*"))
    ran = run("build")
    assert ran.code == 2
    assert ran.err.splitlines()[0] == "docindex: seeds/INDEX.md: is a link that leads outside"
    assert sorted(outside.rglob("*")) == before
    assert not (archive / ".docindex").exists()


def test_an_ignore_file_that_is_a_link_or_a_pipe_is_not_read(archive: Path, run, outside: Path) -> None:
    (outside / "rules").write_text("*.txt\n")
    (archive / "press" / ".ignore").symlink_to(outside / "rules")
    os.mkfifo(archive / "notes" / ".ignore")
    (archive / "INDEX.md").unlink()
    assert run("build", ".").code == 0
    assert json.loads(run("status", "--json").out)["sources"] == 3
