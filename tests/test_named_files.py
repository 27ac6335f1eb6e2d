"""Files that a command names in a stranger's folder: drafts, seals, records, aliases."""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path

import pytest
from commits import rewrite_state

from docindex.errors import ReaderError
from docindex.indexing.extraction import Limits
from docindex.indexing.single_read import within_limits

FIFO, DEVICE, SPARSE = "pipe", "device", "sparse file"
READ = {
    "draft.md": ["verify", "draft.md"],
    "seals.json": ["verify", "--seal", "seals.json"],
    "searches.jsonl": ["replay", "searches.jsonl"],
    "aliases.txt": ["search", "--aliases", "aliases.txt", "accord"],
}
"""Commands by the file that each reads."""


def make(path: Path, kind: str) -> None:
    """Put something that never ends, or is far too large, at a path."""
    if kind == FIFO:
        os.mkfifo(path)
    elif kind == DEVICE:
        path.symlink_to("/dev/zero")
    else:
        path.touch()
        os.truncate(path, 30 << 30)


@pytest.mark.parametrize("kind", [FIFO, DEVICE, SPARSE])
@pytest.mark.parametrize("name", [name for name in READ if name != "searches.jsonl"])
def test_a_named_file_without_end_is_refused(archive: Path, run, name: str, kind: str) -> None:
    run("build")
    make(archive / name, kind)
    code, out, err = run(*READ[name])
    assert (code, out) == (2, "")
    assert err.startswith("docindex: ")
    assert name in err


@pytest.mark.parametrize("kind", [FIFO, DEVICE])
def test_a_record_of_searches_without_end_is_refused(archive: Path, run, kind: str) -> None:
    run("build")
    make(archive / "searches.jsonl", kind)
    for command in (READ["searches.jsonl"], ["record", "show", "searches.jsonl"]):
        assert run(*command).err.startswith("docindex: searches.jsonl: cannot be read: is not a regular file")
    code, out, err = run("search", "accord", "--record", "searches.jsonl")
    assert (code, out) == (2, "")
    assert err.startswith("docindex: searches.jsonl: cannot be written: ")


@pytest.mark.parametrize("target", ["profile", "no-such-file"])
def test_searches_are_never_recorded_through_a_link(archive: Path, run, target: str) -> None:
    run("build")
    (archive.parent / "profile").write_text("mine\n")
    (archive / "searches.jsonl").symlink_to(archive.parent / target)
    code, out, err = run("search", "accord", "--record", "searches.jsonl")
    assert (code, out) == (2, "")
    assert err.startswith("docindex: searches.jsonl: cannot be written: ")
    assert (archive.parent / "profile").read_text() == "mine\n"
    assert not (archive.parent / "no-such-file").exists()


def test_a_reader_without_end_is_refused_in_time() -> None:
    endless = Limits(source_seconds=0.05)
    with pytest.raises(ReaderError, match="was not read within"):
        within_limits(count, 0, endless)  # type: ignore[arg-type]


def test_a_reader_that_takes_all_memory_is_refused() -> None:
    with pytest.raises(ReaderError, match="needs more memory"):
        within_limits(lambda: [bytearray(20 << 30)], 0)  # type: ignore[list-item]


def test_a_sealed_source_that_became_another_file_is_read_in_a_process_of_its_own(archive: Path, run) -> None:
    """A reader of PDF may crash; here it is told that the file is none."""
    run("build")
    (archive / "seals.json").write_text(run("cite", "press/a.txt", "--json").out)
    (archive / "press" / "a.txt").write_bytes(b"%PDF-1.7\n" + b"1 0 obj\n" * 100)
    (found,) = json.loads(run("verify", "--seal", "seals.json", "--json").out)["seals"]
    assert (found["state"], found["reason"]) == ("unreadable", "is damaged, or no PDF")


@pytest.mark.parametrize(
    "command",
    [["kwic", "accord"], ["timeline", "accord"], ["verify", "draft.md"], ["search", "accord"], ["status"]],
)
def test_no_command_looks_at_a_root_that_is_not_believed(archive: Path, run, command: list[str]) -> None:
    (archive / "draft.md").write_text("They wrote “un accord secret avec Belmokhtar” there.\n")
    run("build")
    outside = archive.parent / "outside"
    outside.mkdir()
    rewrite_state(archive / ".docindex", root=str(outside), manifest=None, place=None)
    before = os.stat(outside).st_atime_ns
    assert "not checked" in (run(*command).err + run(*command).out)
    assert os.stat(outside).st_atime_ns == before


def test_the_aliases_of_a_manifest_elsewhere_are_not_read(archive: Path, run) -> None:
    run("build")
    secret = archive.parent / "secret"
    secret.mkdir()
    (secret / "INDEX.md").write_text("---\naliases: names.txt\n---\n")
    (secret / "names.txt").write_text("Nobody Belmokhtar\n")
    for root in (archive, secret):
        rewrite_state(archive / ".docindex", root=str(root), manifest=str(secret / "INDEX.md"), place=None)
        assert run("search", "Nobody").code == 1
        assert run("kwic", "Nobody").code == 1


def test_nothing_is_cited_from_a_root_that_is_not_believed(archive: Path, run) -> None:
    run("build")
    seals = run("cite", "press/a.txt", "--json").out
    (archive / "seals.json").write_text(seals)
    rewrite_state(archive / ".docindex", root="/", manifest=None, place=None)
    code, out, err = run("cite", "press/a.txt")
    assert (code, out) == (2, "")
    assert "lies outside its collection" in err
    (found,) = json.loads(run("verify", "--seal", "seals.json", "--json").out)["seals"]
    assert (found["state"], found["reason"]) == ("unreadable", "is outside of the archive")


def test_files_outside_that_the_user_allowed_are_cited_and_checked(archive: Path, run) -> None:
    (archive.parent / "other.txt").write_text("Another harbour.\n")
    (archive / "INDEX.md").write_text("- `../other.txt`\n")
    assert run("build", "--allow-outside").code == 0
    seals = run("cite", "../other.txt", "--json")
    assert seals.code == 0
    (archive / "seals.json").write_text(seals.out)
    assert run("verify", "--seal", "seals.json").code == 0
    (archive.parent / "other.txt").write_text("Changed.\n")
    assert "1 changed" in run("search", "harbour").err
