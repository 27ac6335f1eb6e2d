"""Freshness: an index is called fresh only if every file was looked at and none has changed."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from changes import change_something, contents

from docindex.engines.registry import open_engine
from docindex.indexing import freshness
from docindex.indexing.build import build
from docindex.manifest import load
from docindex.model import documents
from docindex.model.results import BuildReport, Staleness

LONG_AGO = (1_500_000_000, 1_500_000_000)


def made(folder: Path, listed: Path | None = None) -> BuildReport:
    return build(load.load(listed or folder), open_engine(folder / ".docindex"))


def looked(folder: Path, **how: object) -> Staleness:
    with open_engine(folder / ".docindex").searcher() as index:
        return freshness.staleness(index, folder / ".docindex", **how)  # type: ignore[arg-type]


def write(path: Path, text: str = "Un texte sur Belmokhtar.\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, LONG_AGO)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of four documents in three folders, indexed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    root = tmp_path / "papers"
    for name in ("a.txt", "press/b.txt", "press/c.txt", "notes/2013/d.txt"):
        write(root / name)
    (root / "empty").mkdir()
    (root / "notes" / ".ignore").write_text("left-out\n")
    (root / "notes" / "left-out").mkdir()
    made(root)
    return root


def edit(folder: Path) -> None:
    (folder / "press" / "b.txt").write_text("Un autre texte.\n", encoding="utf-8")


def edit_to_the_same_size(folder: Path) -> None:
    path = folder / "press" / "b.txt"
    path.write_text(path.read_text(encoding="utf-8").swapcase(), encoding="utf-8")


def save_by_rename(folder: Path) -> None:
    write(folder / "press" / ".b.txt.swp", "Un texte enregistré.\n")
    (folder / "press" / ".b.txt.swp").replace(folder / "press" / "b.txt")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (edit, Staleness(changed=("press/b.txt",))),
        (edit_to_the_same_size, Staleness(changed=("press/b.txt",))),
        (save_by_rename, Staleness(changed=("press/b.txt",))),
        (lambda folder: (folder / "a.txt").unlink(), Staleness(gone=("a.txt",))),
        (lambda folder: shutil.rmtree(folder / "press"), Staleness(gone=("press/b.txt", "press/c.txt"))),
        (lambda folder: write(folder / "press" / "e.txt"), Staleness(new=1)),
        (lambda folder: write(folder / "empty" / "e.txt"), Staleness(new=1)),
        (lambda folder: write(folder / "new" / "and" / "deep" / "e.txt"), Staleness(new=1)),
        (lambda folder: (folder / "a.txt").rename(folder / "press" / "a.txt"), Staleness(gone=("a.txt",), new=1)),
        (lambda folder: (folder / "press").rename(folder / "presse"), Staleness((), ("press/b.txt", "press/c.txt"), 2)),
        (lambda folder: write(folder / "press" / ".gitignore", "c.txt\n"), Staleness(gone=("press/c.txt",))),
        (lambda folder: write(folder / "docindex.toml", "exclude = ['b.txt']\n"), Staleness(gone=("press/b.txt",))),
        (lambda folder: write(folder / "notes" / ".ignore", "2013\n"), Staleness(gone=("notes/2013/d.txt",))),
    ],
)
def test_each_change_is_told(folder: Path, change: Callable[[Path], object], expected: Staleness) -> None:
    assert (looked(folder), looked(folder).fresh) == (Staleness(), True)
    change(folder)
    assert (looked(folder), looked(folder).fresh) == (expected, False)
    made(folder)
    assert (looked(folder), looked(folder).fresh) == (Staleness(), True)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: write(folder / "press" / ".hidden"),
        lambda folder: write(folder / "notes" / "left-out" / "e.txt"),
        lambda folder: write(folder / ".docindex" / "e.txt"),
        lambda folder: os.utime(folder / "press"),
    ],
)
def test_a_change_that_no_build_would_see_leaves_the_index_fresh(folder: Path, change: Callable[[Path], None]) -> None:
    change(folder)
    assert looked(folder).fresh is True


def test_a_file_that_appears_behind_a_link_is_told(folder: Path) -> None:
    (folder / "link.txt").symlink_to(".hidden/e.txt")
    made(folder)
    assert looked(folder).fresh is True
    write(folder / ".hidden" / "e.txt")
    assert looked(folder).new == 1


def test_a_file_changed_in_the_moment_of_the_build_is_compared_by_content(folder: Path) -> None:
    write(folder / "a.txt")
    now = os.stat(folder / "press").st_mtime_ns // 10**9 * 10**9 + 10**9
    os.utime(folder / "a.txt", ns=(now, now))  # a time that may be set again within its second
    made(folder)
    assert looked(folder).fresh is True
    (folder / "a.txt").write_text((folder / "a.txt").read_text(encoding="utf-8").swapcase(), encoding="utf-8")
    os.utime(folder / "a.txt", ns=(now, now))
    assert looked(folder) == Staleness(changed=("a.txt",))


def test_what_there_was_no_time_to_look_at_is_not_called_fresh(folder: Path) -> None:
    assert looked(folder, budget=-1) == Staleness(unseen=4)
    assert looked(folder, budget=-1).fresh is None
    assert looked(folder, complete=True).fresh is True


@pytest.fixture
def many(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, as if four files were many."""
    monkeypatch.setattr(documents, "FEW_SOURCES", 3)
    for room in ("docindex.indexing.freshness", "docindex.engines.whoosh.source_catalog"):
        monkeypatch.setattr(f"{room}.FEW_SOURCES", 3)
    return folder


def test_of_many_files_a_part_is_looked_at_that_goes_round(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docindex.engines.whoosh.source_catalog.MAX_NEWEST", 1)
    monkeypatch.setattr("docindex.indexing.freshness.STAT_BATCH_FILES", 1)
    write(many / "e.txt")
    os.utime(many / "e.txt")
    made(many)
    clock = iter(range(10_000))
    monkeypatch.setattr("docindex.indexing.freshness.time.monotonic", lambda: next(clock))
    edit(many)
    found = [looked(many, budget=7) for _ in range(8)]  # some looks at the clock: time for one file
    assert {one.fresh for one in found} == {None, False}
    assert not any(one.unlisted for one in found)
    assert looked(many, complete=True).changed == ("press/b.txt",)


def test_the_hits_of_a_search_are_always_looked_at(archive: Path, run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docindex.indexing.freshness.FEW_SOURCES", 0)
    monkeypatch.setattr("docindex.indexing.freshness.MANY_BUDGET_SECONDS", -1)
    run("build")
    answer = run("search", "Belmokhtar", "--json")
    assert json.loads(answer.out)["index"]["fresh"] is None
    (archive / "press" / "a.txt").write_text("Un texte sur Belmokhtar.\n", encoding="utf-8")
    found = json.loads(run("search", "Belmokhtar", "--json").out)
    assert found["index"]["fresh"] is False
    assert [hit["stale"] for hit in found["hits"] if hit["path"] == "press/a.txt"] == [True]


def test_how_many_files_were_looked_at_is_said(archive: Path, run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("build")
    monkeypatch.setattr("docindex.indexing.freshness.FEW_BUDGET_SECONDS", -1)
    said = "no file came or went; 0 of 3 files looked at for changes"
    assert run("search", "otages").err.splitlines()[-1] == said
    assert run("search", "otages", "--require-fresh").code == 0


def test_a_copied_collection_is_compared_with_its_own_files(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    assert looked(copy).fresh is True
    edit(folder)
    assert looked(copy).fresh is True
    write(copy / "a.txt", "Un texte de la copie.\n")
    assert looked(copy).changed == ("a.txt",)
    assert made(copy).changed == ("a.txt",)
    assert looked(copy).fresh is True


def test_an_index_copied_without_its_files_says_what_it_was_built_from(archive: Path, run) -> None:
    run("build")
    (archive.parent / "other").mkdir()
    shutil.copytree(archive / ".docindex", archive.parent / "other" / ".docindex")
    os.chdir(archive.parent / "other")
    ran = run("search", "otages")
    assert "3 gone, the manifest has changed" in ran.err
    assert f"(it was built from {archive})" in ran.err
    assert f"built from {archive}" in run("status").out


@pytest.mark.parametrize("line", ["- `later/b.txt`", "- `later/*.txt`", "- `lat*/b.txt`"])
def test_a_file_that_a_manifest_waits_for_is_told(tmp_path: Path, line: str) -> None:
    write(tmp_path / "INDEX.md", f"# Papers\n\n- `a.txt`\n{line}\n")
    write(tmp_path / "a.txt")
    made(tmp_path)
    assert looked(tmp_path).fresh is True
    write(tmp_path / "later" / "b.txt")
    assert (looked(tmp_path).new, looked(tmp_path).fresh) == (1, False)


@pytest.mark.slow
def test_of_1_000_changes_none_is_called_fresh_before_it_is_indexed(folder: Path) -> None:
    chance = random.Random(21)  # noqa: S311 - the same changes each time
    verdicts: dict[bool | None, int] = {True: 0, False: 0, None: 0}
    for number in range(1000):
        change_something(folder, chance, number)
        if chance.random() < 0.3:
            made(folder)
        with open_engine(folder / ".docindex").searcher() as index:
            found = freshness.staleness(index, folder / ".docindex")
            verdicts[found.fresh] += 1
            if found.fresh:
                assert {path: known.content for path, known in index.sources()} == contents(folder), number
    assert verdicts[True] > 100
    assert verdicts[False] > 100
