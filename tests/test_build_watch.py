"""`build --watch`: the index follows its files, and is called fresh only if it is.

Each test waits for a condition, never for a time.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from changes import change_something, contents

from docindex.engines.registry import open_engine
from docindex.errors import DocindexError, EngineError, IndexBusy
from docindex.indexing import file_systems, freshness, watch_server, watch_socket
from docindex.indexing.build import build
from docindex.indexing.change_log import ChangeLog
from docindex.indexing.follower import FollowedState, Follower, Timing
from docindex.manifest import load
from docindex.model.results import Staleness

if sys.platform != "linux":
    pytest.skip("only Linux tells of all changes: NOT tested here", allow_module_level=True)

if not file_systems.is_local(tempfile.gettempdir()):
    pytest.skip("other machines write to the temporary folder: NOT tested here", allow_module_level=True)

inotify_events = pytest.importorskip("docindex.indexing.inotify_events")
PATIENCE_SECONDS = 60  # on a machine that has much else to do
SOON = Timing(quiet=0.02, longest=0.2, poll=0.05, retry=0.05, full_poll=2)


class _Ended(BaseException):
    """The test is over."""


class Watched:
    """A folder, and a follower of it in a thread."""

    def __init__(self, folder: Path, *, with_events: bool = True) -> None:
        self.folder = folder
        self.index = folder / ".docindex"
        self.told: list[FollowedState] = []
        self.builds = 0
        self.error: type[DocindexError] | None = None
        self._is_over = False
        self._failure: BaseException | None = None
        engine = open_engine(self.index)
        events = inotify_events.InotifyEvents if with_events else None
        self.follower = Follower(self._load, self._build, engine, self.index, self.told.append, SOON, events)
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()
        self.until(lambda: any(one.report is None and one.error is None for one in self.told))

    def _follow(self) -> None:
        try:
            self.follower.follow()
        except _Ended:
            pass
        except BaseException as error:
            self._failure = error

    def _load(self) -> load.Manifest:
        if self._is_over:
            raise _Ended
        return load.load(self.folder)

    def _build(self, listed: load.Manifest, touched: set[str]) -> object:
        if self.error:
            raise self.error("there is no room")
        report = build(listed, open_engine(self.index), touched=touched, lock_timeout=30)
        self.builds += 1
        return report

    def look(self) -> Staleness:
        with open_engine(self.index).searcher() as index:
            return freshness.staleness(index, self.index)

    def is_vouched_for(self) -> bool:
        with open_engine(self.index).searcher() as index:
            return watch_socket.is_vouched_for(self.index, index.generation)

    def sources(self) -> dict[str, str]:
        with open_engine(self.index).searcher() as index:
            return {path: known.content for path, known in index.sources()}

    def until(self, condition: Callable[[], bool]) -> None:
        last = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if self._failure:
                raise self._failure
            assert time.monotonic() < last, "it does not come about"
            time.sleep(0.005)

    def until_in_step(self) -> None:
        self.until(self.is_vouched_for)

    def end(self) -> None:
        self._is_over = True
        self.follower._log.add()  # wakes it
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()


@contextmanager
def following(folder: Path, **how: bool) -> Iterator[Watched]:
    watched = Watched(folder, **how)
    try:
        yield watched
    finally:
        watched.end()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    root = tmp_path / "papers"
    for name in ("a.txt", "press/b.txt", "press/2013/c.txt"):
        write(root / name)
    return root


def write(path: Path, text: str = "Un texte sur Belmokhtar.\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def save_by_rename(folder: Path) -> None:
    write(folder / "press" / ".b.txt.swp", "Un texte enregistré.\n")
    (folder / "press" / ".b.txt.swp").replace(folder / "press" / "b.txt")


def exchange_for_a_twin(folder: Path) -> None:
    """Put another file of the same size and time in the place of one."""
    was = os.stat(folder / "a.txt")
    write(folder / ".twin", "Un texte sur Belmokhtor.\n")
    os.utime(folder / ".twin", ns=(was.st_atime_ns, was.st_mtime_ns))
    (folder / ".twin").replace(folder / "a.txt")


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: write(folder / "d.txt"),
        lambda folder: write(folder / "new" / "deep" / "d.txt"),
        lambda folder: write(folder / "press" / "b.txt", "Un autre texte.\n"),
        save_by_rename,
        exchange_for_a_twin,
        lambda folder: (folder / "a.txt").unlink(),
        lambda folder: (folder / "a.txt").rename(folder / "press" / "a.txt"),
        lambda folder: (folder / "press").rename(folder / "presse"),
        lambda folder: shutil.rmtree(folder / "press"),
        lambda folder: write(folder / "press" / ".ignore", "2013\n"),
        lambda folder: write(folder / "INDEX.md", "- `press/**`\n"),
    ],
)
def test_each_change_is_taken_in_and_until_then_the_index_is_not_called_fresh(
    folder: Path, change: Callable[[Path], object]
) -> None:
    with following(folder) as watched:
        watched.until_in_step()
        assert watched.look().fresh is True
        before = watched.sources()
        change(folder)
        watched.until_in_step()
        after = watched.sources()
        assert after != before
    fresh = folder.parent / "again"
    build(load.load(folder), open_engine(fresh))
    with open_engine(fresh).searcher() as index:
        assert {path: known.content for path, known in index.sources()} == after


def test_folders_that_came_while_the_watcher_ran_are_watched_too(folder: Path) -> None:
    with following(folder) as watched:
        write(folder / "new" / "d.txt")
        (folder / "press").rename(folder / "presse")
        watched.until_in_step()
        write(folder / "new" / "d.txt", "Un autre texte.\n")
        write(folder / "presse" / "2013" / "e.txt")
        write(folder / "press" / "f.txt")
        watched.until_in_step()
        assert sorted(watched.sources()) == [
            "a.txt",
            "new/d.txt",
            "press/f.txt",
            *map("presse/{}".format, ("2013/c.txt", "2013/e.txt", "b.txt")),
        ]


def test_a_commit_of_another_build_is_not_vouched_for_before_it_was_compared(folder: Path) -> None:
    with following(folder) as watched:
        watched.until_in_step()
        with open_engine(watched.index).searcher() as index:
            build(load.load(folder), open_engine(watched.index))
            assert watch_socket.is_vouched_for(watched.index, index.generation) in (True, False)
        watched.until_in_step()


def test_a_file_behind_a_link_is_followed(folder: Path) -> None:
    write(folder / ".store" / ".d.txt")
    (folder / "link.txt").symlink_to(".store/.d.txt")
    with following(folder) as watched:
        watched.until_in_step()
        was = watched.sources()["link.txt"]
        write(folder / ".store" / ".d.txt", "Un autre texte.\n")
        watched.until_in_step()
        assert watched.sources()["link.txt"] != was


def test_a_file_of_several_names_is_not_vouched_for_but_looked_at(folder: Path) -> None:
    os.link(folder / "a.txt", folder.parent / "a.txt")
    with following(folder) as watched:
        assert "several names" in (watched.told[-1].polled or "")
        was = watched.sources()["a.txt"]
        write(folder.parent / "a.txt", "Un texte sous un autre nom.\n")
        assert watched.look().fresh is not True or watched.sources()["a.txt"] != was
        watched.until(lambda: watched.sources()["a.txt"] != was)
        assert not watched.is_vouched_for()


def test_a_build_that_fails_is_told_once_and_tried_again(folder: Path) -> None:
    with following(folder) as watched:
        watched.until_in_step()
        watched.error = EngineError
        write(folder / "d.txt")
        watched.until(lambda: any(one.error for one in watched.told))
        assert not watched.is_vouched_for()
        assert watched.look().fresh is False
        watched.error = None
        watched.until_in_step()
        assert "d.txt" in watched.sources()
        assert sum(one.error is not None for one in watched.told) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk: NOT tested here")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)  # an index that was read is still mapped


def test_a_full_disk_leaves_the_index_as_it_is_until_there_is_room(small_disk: Path) -> None:
    write(small_disk / "papers" / "a.txt")
    with following(small_disk / "papers") as watched:
        watched.until_in_step()
        with suppress(OSError), (small_disk / "fill").open("wb", buffering=0) as file:
            while file.write(bytes(1000)):
                pass
        (small_disk / "papers" / "a.txt").rename(small_disk / "papers" / "b.txt")
        watched.until(lambda: any(one.error for one in watched.told))
        assert list(watched.sources()) == ["a.txt"]
        assert watched.look().fresh is False
        (small_disk / "fill").unlink()
        watched.until_in_step()
        assert list(watched.sources()) == ["b.txt"]


def test_a_root_that_goes_and_comes_back_is_followed_again(folder: Path) -> None:
    with following(folder) as watched:
        watched.until_in_step()
        folder.rename(folder.parent / "away")
        watched.until(lambda: any(one.error for one in watched.told))
        (folder.parent / "away").rename(folder)
        write(folder / "d.txt")
        watched.until(lambda: watched.is_vouched_for() and "d.txt" in watched.sources())


def test_without_events_folders_are_looked_at_from_time_to_time(folder: Path) -> None:
    with following(folder, with_events=False) as watched:
        write(folder / "d.txt")
        watched.until(lambda: "d.txt" in watched.sources())
        was = watched.sources()["press/b.txt"]
        write(folder / "press" / "b.txt", "Un autre texte.\n")
        watched.until(lambda: watched.sources()["press/b.txt"] != was)
        assert not watched.is_vouched_for()
        assert watched.look().fresh is True


def test_the_limit_of_watches_leads_to_polling(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(inotify_events.InotifyEvents, "watch", refuse)
    with following(folder) as watched:
        assert "max_user_watches" in (watched.told[-1].polled or "")
        write(folder / "d.txt")
        watched.until(lambda: "d.txt" in watched.sources())


def test_lost_events_are_noticed_and_repaired(folder: Path) -> None:
    with following(folder) as watched:
        watched.until_in_step()
        write(folder / "press" / "d.txt")
        watched.follower._events.on_queue_overflow()
        watched.until(lambda: any(one.lost_changes for one in watched.told))
        watched.until_in_step()
        assert "press/d.txt" in watched.sources()


def test_one_watcher_follows_an_index(folder: Path) -> None:
    with following(folder) as watched, pytest.raises(IndexBusy):
        watch_server.WatchServer(watched.index, lambda generation: True)
    assert not (folder / ".docindex" / "watch.sock").exists()


@pytest.fixture
def index(folder: Path) -> Path:
    build(load.load(folder), open_engine(folder / ".docindex"))
    return folder / ".docindex"


def asked(index: Path) -> bool:
    return watch_socket.is_vouched_for(index, 1)


def test_a_socket_that_nobody_listens_at_is_ignored_and_replaced(index: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(index / "watch.sock"))
    assert not asked(index)
    server = watch_server.WatchServer(index, lambda generation: generation == 1)
    assert asked(index)
    assert not watch_socket.is_vouched_for(index, 2)
    assert stat.S_IMODE(os.lstat(index / "watch.sock").st_mode) == 0o600
    server.close()
    assert not (index / "watch.sock").exists()


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: Path(path).write_text("in step\n")])
def test_what_is_no_socket_is_neither_asked_nor_taken_away(index: Path, make: Callable[[Path], object]) -> None:
    make(index / "watch.sock")
    assert not asked(index)
    with pytest.raises(EngineError):
        watch_server.WatchServer(index, lambda generation: True)
    assert os.path.lexists(index / "watch.sock")


def test_a_link_to_another_socket_is_not_followed(index: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    server = watch_server.WatchServer(other, lambda generation: True)
    (index / "watch.sock").symlink_to(other / "watch.sock")
    assert asked(other)
    assert not asked(index)
    server.close()


@pytest.mark.parametrize("answer", [b"", b"in step", b"in step\nmore\n", b"x" * 100_000, None])
def test_a_socket_that_says_something_else_or_nothing_costs_a_moment(
    index: Path, answer: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_socket, "ASK_SECONDS", 0.05)
    is_over = threading.Event()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(index / "watch.sock"))
        listening.listen()

        def serve() -> None:
            client, _ = listening.accept()
            with client, suppress(OSError):
                if answer is None:
                    is_over.wait(PATIENCE_SECONDS)
                else:
                    client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        assert not asked(index)
        is_over.set()
        thread.join(PATIENCE_SECONDS)


def test_a_client_that_says_nothing_or_nonsense_does_not_stop_the_server(index: Path) -> None:
    server = watch_server.WatchServer(index, lambda generation: generation == 1)
    with socket.socket(socket.AF_UNIX) as silent, socket.socket(socket.AF_UNIX) as loud:
        silent.connect(str(index / "watch.sock"))
        loud.connect(str(index / "watch.sock"))
        with suppress(OSError):
            loud.sendall(b"9" * 100_000)
        last = time.monotonic() + PATIENCE_SECONDS
        while not asked(index):
            assert time.monotonic() < last
    server.close()


def test_another_users_socket_is_not_believed(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = watch_server.WatchServer(index, lambda generation: True)
    monkeypatch.setattr(watch_socket, "peer_user", lambda connection: os.geteuid() + 1)
    assert not asked(index)
    server.close()


def test_changes_put_off_a_build_but_not_for_ever() -> None:
    log = ChangeLog()
    log.add("a")
    log.wait_for_quiet(0.001, 1000)  # comes back as soon as it is quiet
    log.add("b")
    log.wait_for_quiet(1000, 0.001)  # and after the longest time
    assert log.take() == ({"a", "b"}, 0, 2)
    assert log.take() == (set(), 0, 2)


@contextmanager
def command(folder: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    """`docindex build --watch` as a process, up and watching."""
    started = [sys.executable, "-m", "docindex", "build", str(folder), "--watch", *more]
    # A shell that runs the tests in the background has them ignore SIGINT; a terminal does not.
    usual = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        starting = subprocess.Popen(started, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, usual)
    with starting as process:
        assert process.stderr is not None
        try:
            while "Ctrl-C ends" not in process.stderr.readline():
                assert process.poll() is None, process.stderr.read()
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, {0}), (signal.SIGINT, {130, -signal.SIGINT})])
def test_it_ends_cleanly(folder: Path, number: int, code: set[int]) -> None:
    with command(folder) as process:
        assert (folder / ".docindex" / "watch.sock").exists()
        process.send_signal(number)
        assert process.wait(PATIENCE_SECONDS) in code
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert not (folder / ".docindex" / "watch.sock").exists()


def test_a_watcher_that_was_killed_vouches_for_nothing_and_another_takes_its_place(folder: Path) -> None:
    with command(folder) as process:
        process.kill()
        process.wait(PATIENCE_SECONDS)
        assert (folder / ".docindex" / "watch.sock").exists()
        write(folder / "d.txt")
        with open_engine(folder / ".docindex").searcher() as index:
            assert freshness.staleness(index, folder / ".docindex").new == 1
    with command(folder), open_engine(folder / ".docindex").searcher() as index:
        assert "d.txt" in dict(index.sources())


def test_each_build_is_a_line_of_json_if_asked_for(folder: Path) -> None:
    with command(folder, "--json") as process:
        assert process.stdout is not None
        assert len(json.loads(process.stdout.readline())["added"]) == 3
        write(folder / "d.txt")
        assert json.loads(process.stdout.readline())["added"] == ["d.txt"]


def test_without_the_library_it_says_what_to_install(archive: Path, run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchdog", None)
    ran = run("build", "--watch")
    assert ran.code == 2
    first, second = ran.err.splitlines()
    assert first == "docindex: --watch needs a library that is not installed"
    assert second.endswith(" watchdog")


@pytest.mark.slow
def test_12_000_files_made_while_the_watcher_is_stopped_are_all_found(folder: Path) -> None:
    with command(folder) as process:
        process.send_signal(signal.SIGSTOP)
        for number in range(12_000):
            # In a watched folder, whose events are more than the system keeps, and in new ones.
            place = folder / "press" if number % 4 else folder / f"box{number // 1000}"
            write(place / f"{number}.txt", f"Le texte {number}.\n")
        with open_engine(folder / ".docindex").searcher() as index:
            assert freshness.staleness(index, folder / ".docindex").fresh is not True
        process.send_signal(signal.SIGCONT)
        last = time.monotonic() + 10 * PATIENCE_SECONDS
        while not _is_vouched_for(folder) or _sources(folder) != 12_003:
            assert process.poll() is None
            assert time.monotonic() < last
            time.sleep(0.2)
        assert process.stderr is not None
        assert "everything was compared" in process.stderr.readline()


def _is_vouched_for(folder: Path) -> bool:
    with open_engine(folder / ".docindex").searcher() as index:
        return watch_socket.is_vouched_for(folder / ".docindex", index.generation)


def _sources(folder: Path) -> int:
    with open_engine(folder / ".docindex").searcher() as index:
        return index.state.sources


@pytest.mark.slow
def test_of_1_000_changes_with_a_search_after_each_none_is_called_fresh_before_it_is_indexed(folder: Path) -> None:
    chance = random.Random(28)  # noqa: S311 - the same changes each time
    verdicts: dict[bool | None, int] = {True: 0, False: 0, None: 0}
    with following(folder) as watched:
        for number in range(1000):
            change_something(folder, chance, number)
            if chance.random() < 0.2:
                watched.until_in_step()
            with open_engine(watched.index).searcher() as index:
                found = freshness.staleness(index, watched.index)
                verdicts[found.fresh] += 1
                if found.fresh:
                    assert {path: known.content for path, known in index.sources()} == contents(folder), number
    assert verdicts[True] > 100
    assert verdicts[False] > 100
