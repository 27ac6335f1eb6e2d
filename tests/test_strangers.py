"""Strangers' files: nothing of theirs is read, written or waited for outside their folder."""

from __future__ import annotations

import gc
import io
import json
import os
import struct
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from commits import read_commit, rewrite_state, write_commit

HIDDEN = "zanzibar"


@pytest.fixture(autouse=True)
def no_foreign_callbacks() -> Iterator[None]:
    """Keep hypothesis from timing the garbage collector: its callback loses interrupts."""
    callbacks = gc.callbacks[:]
    gc.callbacks.clear()
    yield
    gc.callbacks.extend(callbacks)


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


def test_a_root_outside_the_collection_is_neither_read_nor_looked_at(archive: Path, run, outside: Path) -> None:
    run("build")
    rewrite_state(archive / ".docindex", root=str(outside), manifest=None, place=None)
    assert run("search", "--refresh", HIDDEN).code == 2
    assert run("search", HIDDEN).code == 1
    status = json.loads(run("status", "--json").out)
    assert (status["sources"], status["fresh"]) == (3, None)
    assert run("search", "Belmokhtar", "--require-fresh").code == 3
    assert HIDDEN not in run("search", "*", "--json").out
    assert "not checked" in run("search", "Belmokhtar").err


@pytest.mark.parametrize("place", ["../outside", "/", "..", "a\0b", "../../etc"])
def test_a_place_that_leads_out_of_the_collection_is_no_root(archive: Path, run, outside: Path, place: str) -> None:
    run("build")
    rewrite_state(archive / ".docindex", root=str(outside), manifest=None, place=place)
    assert run("search", "--refresh", HIDDEN).code == 2
    assert json.loads(run("status", "--json").out)["fresh"] is None


def test_a_root_that_the_user_built_from_is_believed(archive: Path, run, outside: Path) -> None:
    assert run("build", str(outside), "--index", "elsewhere").code == 0
    (outside / "a.txt").write_text("A new text.\n")
    assert run("search", "--index", "elsewhere", "--refresh", "new").code == 0
    assert "not checked" not in run("search", "--index", "elsewhere", "new").err


@pytest.mark.parametrize("changes", [{"built": "yesterday"}, {"built": "2020-01-01"}, {"root": "/tmp\0x"}])  # noqa: S108
def test_odd_words_of_an_index_about_itself_make_no_traceback(archive: Path, run, changes: dict[str, str]) -> None:
    run("build")
    rewrite_state(archive / ".docindex", **changes)
    assert run("search", "Belmokhtar").code == 0
    assert run("status").code == 0
    assert run("search", "Belmokhtar", "--refresh").code in (0, 2)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user: NOT tested here")
@pytest.mark.parametrize("above", [0, 2])
def test_an_index_of_another_user_is_not_used_unasked(
    archive: Path, run, monkeypatch: pytest.MonkeyPatch, above: int
) -> None:
    run("build")
    os.chown(archive / ".docindex", 12345, 12345)
    below = archive / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(archive if above == 0 else below)
    for command in (["search", "Belmokhtar"], ["status"], ["show", "press/a.txt"], ["kwic", "accord"]):
        ran = run(*command)
        assert (ran.code, ran.out) == (2, "")
        assert "belongs to another user" in ran.err
        assert ran.err.count("\n") == 2
    named = str(archive / ".docindex")
    assert run("search", "--index", named, "Belmokhtar").code == 0
    settings = archive.parent / ".config" / "docindex" / "docindex.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"trusted = ['{named}']\n")
    assert run("search", "Belmokhtar").code == 0


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_an_index_that_others_may_have_written_is_not_used_unasked(archive: Path, run, kind: str) -> None:
    run("build")
    index = archive / ".docindex"
    if kind == "folder":
        index.chmod(0o777)
    elif kind == "file":
        next(index.glob("commit-*.json")).chmod(0o666)
    else:
        index.rename(archive.parent / "elsewhere")
        index.symlink_to(archive.parent / "elsewhere")
    assert run("search", "Belmokhtar").code == 2
    assert run("build").code == 2
    assert run("search", "--index", ".docindex", "Belmokhtar").code == 0


@pytest.mark.parametrize("kind", ["pipe", "device", "sparse", "deep", "number", "key", "limit", "folder"])
def test_an_odd_settings_file_is_one_line_of_complaint(archive: Path, run, kind: str) -> None:
    run("build")
    path = archive / "docindex.toml"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "sparse":
        path.touch()
        os.truncate(path, 30 << 30)
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_text(
            {
                "deep": "a = " + "[" * 20_000,
                "number": "limit = 1" + "0" * 6_000,
                "key": "k" * 10_000 + " = 1",
                "limit": "limit = 1" + "0" * 30,
            }[kind]
        )
    ran = run("search", "Belmokhtar")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("docindex: ")
    assert len(ran.err) < 1_000


@pytest.mark.parametrize("pager", [" ", '"', "'", "\\", "no-such-pager --x"])
def test_an_odd_pager_shows_the_text_without_one(
    archive: Path, run, monkeypatch: pytest.MonkeyPatch, pager: str
) -> None:
    (archive / "press" / "a.txt").write_text("A line.\n" * 200)
    run("build")
    monkeypatch.setenv("PAGER", pager)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    ran = run("show", "press/a.txt")
    assert ran.code == 0
    assert ran.out.count("A line.") == 200


@pytest.mark.parametrize("line", [0, 1, 2])
@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"a":' * 100_000, b"", b"null", b"\xff", b"9" * 10_000])
def test_a_commit_that_is_nonsense_is_damage(archive: Path, run, line: int, text: bytes) -> None:
    run("build")
    lines = read_commit(archive / ".docindex")
    lines[line] = text
    write_commit(archive / ".docindex", *lines)
    for command in (["search", "Belmokhtar"], ["status"], ["show", "press/a.txt"]):
        ran = run(*command)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("docindex: ")
    assert run("build", "--full").code == 0


IN_THE_INDEX = ("lock", ".gitignore", "sources.tmp", "commit.tmp", "words.tmp", "lengths.tmp", "commit-1.json")
NEXT_COMMIT = "commit-2.json"


@pytest.mark.parametrize("name", [*IN_THE_INDEX, NEXT_COMMIT])
@pytest.mark.parametrize("kind", ["link", "link to nothing", "link to a folder", "pipe", "device", "folder"])
def test_a_build_writes_through_nothing_in_the_folder_of_an_index(
    archive: Path, run, outside: Path, name: str, kind: str
) -> None:
    if name == NEXT_COMMIT:
        run("build")
        (archive / "press" / "a.txt").write_text("Changed.\n")
    index = archive / ".docindex"
    index.mkdir(exist_ok=True)
    path = index / name
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        targets = {"link": outside / "a.txt", "link to a folder": outside, "device": Path("/dev/zero")}
        path.symlink_to(targets.get(kind, outside / "new.txt"))
    before = {file: file.read_bytes() for file in outside.iterdir()}
    for command in (["build"], ["build", "--full"], ["search", "Belmokhtar"], ["status"]):
        ran = run(*command)
        assert ran.code in (0, 1, 2, 3)
        assert ran.code == 0 or ran.err.startswith("docindex: ") or not ran.err
    assert {file: file.read_bytes() for file in outside.iterdir()} == before


@pytest.mark.parametrize("name", ["lock", "commit-1.json", "commit-9.json", "sources-1.jsonl"])
def test_a_sparse_file_in_the_folder_of_an_index_is_no_hang(archive: Path, run, name: str) -> None:
    run("build")
    path = archive / ".docindex" / name
    path.touch()
    os.truncate(path, 30 << 30)
    for command in (["search", "Belmokhtar"], ["status"], ["build"]):
        assert run(*command).code in (0, 2, 3)


TANGLES = [
    "![",
    "[",
    "[a](",
    "<!--",
    "*a ",
    "`" * 3 + "a`",
    "> " * 30 + "\n",
    "[a]: b\n",
    "<a",
    "&",
    "|a\n|-\n",
    "- " * 20 + "\n",
]


@pytest.mark.slow
@pytest.mark.parametrize("tangle", TANGLES)
def test_tangled_markdown_is_read_or_refused_within_its_time(archive: Path, run, tangle: str) -> None:
    (archive / "notes" / "b.md").write_text("Whole. " + tangle * (480_000 // len(tangle)))
    began = time.process_time()
    assert run("build", "--timeout", "3").code in (0, 1)
    assert time.process_time() - began < 30  # of this process, so that a busy machine is no failure


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a limit may end a callback, and again
@pytest.mark.parametrize("tangle", TANGLES)
def test_a_tangled_manifest_is_refused_and_does_not_hold_up_a_search(archive: Path, run, tangle: str) -> None:
    run("build")
    (archive / "INDEX.md").write_text("- [One](press/a.txt)\n\n" + tangle * (290_000 // len(tangle)))
    began = time.process_time()  # of this process, so that a busy machine is no failure
    assert run("search", "Belmokhtar").code == 0
    assert time.process_time() - began < 15
    assert run("build").code in (0, 1, 2)
    assert time.process_time() - began < 60


def test_a_zip_whose_files_overlap_is_refused(archive: Path, run) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.txt", "word " * 100_000)
    whole = data.getvalue()
    start = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    entry = whole[start:end]
    entries = b"".join(entry.replace(b"a.txt", b"%05d" % number) for number in range(500))
    tail = bytearray(whole[end:])
    tail[8:12] = struct.pack("<HH", 500, 500)
    tail[12:16] = struct.pack("<I", len(entries))
    (archive / "press" / "bomb.zip").write_bytes(whole[:start] + entries + tail)
    (archive / "INDEX.md").write_text("- `press/bomb.zip`\n")
    ran = run("build")
    assert ran.code == 1
    assert "overlap" in ran.err


@pytest.mark.slow
def test_a_sheet_that_claims_a_row_beyond_all_rows_is_no_hang(archive: Path, run) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "word"
    data = io.BytesIO()
    book.save(data)
    with zipfile.ZipFile(data) as made, zipfile.ZipFile(archive / "press" / "a.xlsx", "w") as changed:
        for name in made.namelist():
            text = made.read(name)
            if name.endswith("sheet1.xml"):
                far = b'<row r="1000000000"><c r="A1000000000" t="n"><v>1</v></c></row></sheetData>'
                text = text.replace(b"</sheetData>", far)
            changed.writestr(name, text)
    (archive / "INDEX.md").write_text("- `press/a.xlsx`\n")
    assert run("build", "--timeout", "5").code == 0
    assert run("search", "word").code == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here: NOT tested")
def test_a_report_that_cannot_be_written_does_not_deny_the_commit(
    archive: Path, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = [sys.executable, "-m", "docindex", "build", "--json"]
    with open("/dev/full", "w") as full:
        ended = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 1
    assert ended.stderr.startswith("docindex: the index is built, but ")
    assert run("search", "Belmokhtar").code == 0
