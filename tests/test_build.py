"""The build: nothing lost, nothing doubled, nothing half done, wherever it is stopped."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import snapshots
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from packages import zipped

from docindex.engines.base import SearchRequest
from docindex.engines.registry import open_engine
from docindex.errors import IndexBusy
from docindex.indexing import batching, freshness
from docindex.indexing.build import build
from docindex.manifest import load
from docindex.model.results import BuildReport
from docindex.query.ast import MatchAll
from docindex.readers import formats
from docindex.search import search

KILLS = int(os.environ.get("DOCINDEX_KILLS", "50"))


def made(folder: Path, **options: object) -> BuildReport:
    return build(load.load(folder), open_engine(folder / ".docindex"), **options)  # type: ignore[arg-type]


def ids(folder: Path) -> list[str]:
    answer = snapshots.search(open_engine(folder / ".docindex"), SearchRequest(MatchAll(), None, sort="path"))
    return [record.id for record, _ in answer.hits]


def write(folder: Path, *names: str, text: str = "Un texte sur Belmokhtar.") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text} {name}\n", encoding="utf-8")


def test_what_is_gone_is_told_by_path_and_what_another_build_took_out_meanwhile_is_not_called_unseen(
    tmp_path: Path,
) -> None:
    for name in "abcdef":
        (tmp_path / f"{name}.txt").write_text(f"un texte {name}", encoding="utf-8")
        os.utime(tmp_path / f"{name}.txt", (1_500_000_000, 1_500_000_000))  # settled: it is not read again
    made(tmp_path)
    engine = open_engine(tmp_path / ".docindex")
    (tmp_path / "e.txt").write_text("un autre texte", encoding="utf-8")
    made(tmp_path)
    for name in "ea":
        (tmp_path / f"{name}.txt").unlink()
    with engine.searcher() as index:
        assert freshness.staleness(index, tmp_path / ".docindex").gone == ("a.txt", "e.txt")
        assert made(tmp_path).removed == ("a.txt", "e.txt")
        assert freshness.staleness(index, tmp_path / ".docindex").unseen == 0


def test_a_build_killed_at_any_moment_changes_nothing_or_all(tmp_path: Path) -> None:
    """SIGKILL at random moments of a build of some hundred sources; searches go on in between."""
    write(tmp_path, *(f"{number:03}.txt" for number in range(300)), text="Belmokhtar " + "mot " * 400)
    made(tmp_path)
    chance = random.Random(20160320)  # noqa: S311 - the same moments each time
    began = time.monotonic()
    round_number = 0
    command = [sys.executable, "-m", "docindex", "build", str(tmp_path), "-q"]

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def change() -> list[str]:
        nonlocal round_number
        round_number += 1
        for path in tmp_path.glob("*.txt"):
            path.unlink()
        names = [f"r{round_number}-{number:03}.txt" for number in range(200)]
        write(tmp_path, *names, text=f"Belmokhtar {round_number} " + "mot " * 400)
        return names

    new = change()
    with start() as whole:
        whole.wait()
    lasts = time.monotonic() - began
    assert ids(tmp_path) == new
    held = new
    for _ in range(KILLS):
        new = change()
        with start() as process:
            time.sleep(chance.uniform(0.1, min(lasts, 2.0)))
            os.killpg(process.pid, signal.SIGKILL)
        found = ids(tmp_path)
        assert found in (held, new)
        with open_engine(tmp_path / ".docindex").searcher() as index:
            assert search.search("Belmokhtar", index).total == len(found)
        held = found
    assert made(tmp_path).failures == ()
    assert ids(tmp_path) == new
    assert not list((tmp_path / ".docindex").glob("*.tmp"))  # no litter is left


def test_an_interrupted_build_leaves_the_old_index(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt")
    made(tmp_path)
    write(tmp_path, "c.txt")

    def interrupt(done: int, total: int, path: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(tmp_path, progress=interrupt)
    assert ids(tmp_path) == ["a.txt", "b.txt"]
    made(tmp_path)
    assert ids(tmp_path) == ["a.txt", "b.txt", "c.txt"]


def test_a_full_disk_leaves_the_old_index(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    made(tmp_path)
    write(tmp_path, *(f"{number}.txt" for number in range(50)), text="mot " * 300)
    script = f"ulimit -f 4; exec {sys.executable} -m docindex build {tmp_path} --jobs 1"
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-2:] == [f"docindex: {tmp_path}/.docindex: File too large", "  try: check the disk"]
    assert ids(tmp_path) == ["a.txt"]
    made(tmp_path)
    assert len(ids(tmp_path)) == 51


def test_a_file_that_vanishes_between_listing_and_reading_is_one_failure(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt")
    listed = load.load(tmp_path)
    (tmp_path / "a.txt").unlink()
    report = build(listed, open_engine(tmp_path / ".docindex"))
    assert [str(failure) for failure in report.failures] == ["a.txt: cannot be read: No such file or directory"]
    assert ids(tmp_path) == ["b.txt"]


def test_a_second_build_waits_then_gives_up(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    made(tmp_path)
    engine = open_engine(tmp_path / ".docindex")
    told: list[str] = []
    with engine.writer(snapshots.state(engine)):
        with pytest.raises(IndexBusy, match=f"process {os.getpid()} since"):
            made(tmp_path, lock_timeout=0.2, on_lock_wait=told.append)
        assert ids(tmp_path) == ["a.txt"]  # a search needs no lock
    assert len(told) == 1
    assert made(tmp_path).unchanged == 1


def test_searches_during_a_build_see_one_index_or_the_other(tmp_path: Path) -> None:
    write(tmp_path, *(f"a{number}.txt" for number in range(40)))
    made(tmp_path)
    for round_number in range(5):
        write(tmp_path, *(f"b{round_number}-{number}.txt" for number in range(20)))
        with subprocess.Popen([sys.executable, "-m", "docindex", "build", str(tmp_path), "-q"]) as process:
            counts = set()
            while process.poll() is None:
                counts.add(len(ids(tmp_path)))
        assert counts <= {40 + 20 * round_number, 60 + 20 * round_number}


def test_the_memory_of_failures_is_kept_and_they_are_tried_again(tmp_path: Path) -> None:
    write(tmp_path, "good.txt")
    (tmp_path / "bad.txt").write_bytes(b"a\0b")
    assert [str(failure) for failure in made(tmp_path).failures] == ["bad.txt: holds NUL bytes, so it is not text"]
    sources = snapshots.sources(open_engine(tmp_path / ".docindex"))
    assert [path for path, source in sources.items() if source.failure] == ["bad.txt"]
    assert made(tmp_path).unchanged == 1
    write(tmp_path, "bad.txt")
    os.utime(tmp_path / "bad.txt", ns=(0, sources["bad.txt"].mtime_ns))
    report = made(tmp_path)
    assert (report.failures, report.changed, ids(tmp_path)) == ((), ("bad.txt",), ["bad.txt", "good.txt"])


def test_what_fails_in_a_part_of_a_source_is_told_and_remembered_but_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "box.zip").write_bytes(zipped(("a.txt", "Un texte."), ("b.txt", b"a\0b"), ("c.docx", b"\0")))
    (tmp_path / "INDEX.md").write_text("- [Boîte](box.zip)\n")
    os.utime(tmp_path / "box.zip", (1_500_000_000, 1_500_000_000))
    told = "box.zip: 2 parts cannot be read; the first: b.txt: holds NUL bytes, so it is not text"
    first = made(tmp_path)
    assert first.added == ("box.zip",)
    assert [(failure.line, failure.reason, failure.lost) for failure in first.failures] == [(1, told, False)]
    (tmp_path / "INDEX.md").write_text("\n\n- [Boîte](box.zip)\n")
    again = made(tmp_path)
    assert (again.unchanged, [(failure.line, failure.reason) for failure in again.failures]) == (1, [(3, told)])
    assert ids(tmp_path) == ["box.zip#a.txt"]


def test_a_library_that_comes_makes_readable_what_needed_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        batching, "fits_inline", lambda tasks, taken: taken.extend(tasks) or True
    )  # reading here, where a library can be hidden
    page = "<!DOCTYPE html><html><body><p>Une page."
    (tmp_path / "a.html").write_text(page)
    (tmp_path / "b.zip").write_bytes(zipped(("a.txt", "Un texte."), ("p.html", page)))
    (tmp_path / "c.txt").write_text("Un texte.")
    for path in tmp_path.iterdir():
        os.utime(path, (1_500_000_000, 1_500_000_000))
    with monkeypatch.context() as hidden:
        hidden.setitem(sys.modules, "trafilatura", None)
        hidden.delitem(sys.modules, "docindex.readers.html", raising=False)
        formats.installed.cache_clear()
        lacking = made(tmp_path)
        assert [(failure.place, failure.lost, failure.missing_format) for failure in lacking.failures] == [
            ("a.html", True, "html"),
            ("b.zip", False, "html"),
        ]
    formats.installed.cache_clear()
    report = made(tmp_path)
    assert (report.changed, report.unchanged, report.failures) == (("a.html", "b.zip"), 1, ())
    assert ids(tmp_path) == ["a.html", "b.zip#a.txt", "b.zip#p.html", "c.txt"]


def test_changed_metadata_is_a_change_of_its_source_alone(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt")
    (tmp_path / "INDEX.md").write_text("- [Un](a.txt)\n- [Deux](b.txt)\n")
    made(tmp_path)
    (tmp_path / "INDEX.md").write_text("- [Premier](a.txt)\n- [Deux](b.txt)\n")
    report = made(tmp_path)
    assert (report.changed, report.unchanged) == (("a.txt",), 1)
    answer = snapshots.search(open_engine(tmp_path / ".docindex"), SearchRequest(MatchAll(), None, sort="path"))
    assert [record.title for record, _ in answer.hits] == ["Premier", "Deux"]


class Folder(RuleBasedStateMachine):
    """Files come, change, move and go; after each build the index holds what the folder holds."""

    names = st.sampled_from([f"{folder}{name}.txt" for folder in ("", "x/", "y/") for name in "abcd"])
    words = st.text("abc \n", min_size=1, max_size=30)

    @initialize()
    def begin(self) -> None:
        self.root = Path(os.environ["DOCINDEX_TEST_FOLDER"]) / str(time.monotonic_ns())
        self.root.mkdir()
        self.files: dict[str, str] = {}
        self.put("first.txt", "premier")
        made(self.root)

    @rule(name=names, text=words)
    def put(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.files[name] = text

    @rule(name=names)
    def remove(self, name: str) -> None:
        if self.files.pop(name, None) is not None:
            (self.root / name).unlink()

    @rule(old=names, new=names)
    def move(self, old: str, new: str) -> None:
        if old in self.files:
            (self.root / new).parent.mkdir(exist_ok=True)
            (self.root / old).rename(self.root / new)
            self.files[new] = self.files.pop(old)

    @rule(full=st.booleans())
    def bring_in_step(self, full: bool) -> None:
        report = made(self.root, full=full)
        with_words = {name: text for name, text in self.files.items() if text.strip()}
        answer = snapshots.search(open_engine(self.root / ".docindex"), SearchRequest(MatchAll(), None, sort="path"))
        assert [record.id for record, _ in answer.hits] == sorted(with_words)
        found = {record.id: (record.title, record.body) for record, _ in answer.hits}
        for name, text in with_words.items():
            title, body = found[name]
            shown = f"{title} {body}".split()
            assert set(text.split()) <= set(shown)
        assert report.state.records == len(with_words)
        assert report.failures == ()
        assert sum(report.skipped.values()) == len(self.files) - len(with_words)

    @invariant()
    def nothing_is_left_behind(self) -> None:
        if hasattr(self, "root"):
            assert not list((self.root / ".docindex").glob("*.tmp"))

    def teardown(self) -> None:
        shutil.rmtree(self.root)


@pytest.fixture(autouse=True)
def _folder_for_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCINDEX_TEST_FOLDER", str(tmp_path))


TestFolder = Folder.TestCase
TestFolder.settings = settings(max_examples=100, stateful_step_count=15, deadline=None)
