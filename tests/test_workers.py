"""Reading in processes of their own: what a bad file may cost, and what it may not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path

import pytest
from pebble.pool import process as pool

from docindex.errors import DocindexError
from docindex.indexing import extraction
from docindex.indexing.batching import INLINE_BYTES, BatchLimits
from docindex.indexing.extraction import Limits, ReadResult, Task
from docindex.indexing.worker_pool import DEFAULTS, Batch, PoolSettings, Prepare, WorkerPool
from docindex.model.documents import UNSETTLED, Record, Source
from docindex.readers import text as plain


def batches(
    tasks: list[Task], prepare: Prepare, limits: Limits, settings: PoolSettings = DEFAULTS
) -> Generator[Batch, None, None]:
    """Yield the results of tasks that worker processes read."""
    with WorkerPool(limits, settings) as workers:
        yield from workers.batches(tasks, lambda: prepare)


def bodies(records: Iterable[Record]) -> list[str]:
    return [record.body for record in records]


def first_words(records: Iterable[Record]) -> list[str]:
    """Does what a bad reader does, as the texts tell it to."""
    return [troubled(record.body.split()[0]) for record in records]


def troubled(word: str) -> str:
    if word == "hang":
        time.sleep(600)
    if word == "crash":
        os._exit(9)
    if word == "swell":
        return "x" * 8_000_000_000
    return word


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def tasks(folder: Path, *texts: str) -> list[Task]:
    made = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.txt"
        path.write_text(text, encoding="utf-8")
        made.append(Task(Source(path.name), str(path)))
    return made


def told(
    asked: list[Task],
    prepare: Callable[[Iterable[Record]], list[str]],
    limits: Limits,
    settings: PoolSettings = DEFAULTS,
) -> list[object]:
    """Return for each task its failure or what was made of its records."""
    found: list[object] = []
    for batch in batches(asked, prepare, limits, settings):
        made = iter(batch.prepared)
        for _, outcome in batch.outcomes:
            found.append(outcome.failure or [next(made) for _ in range(outcome.records or 0)])
        assert next(made, None) is None
    return found


LARGE = "mot " * INLINE_BYTES  # beyond what is read without processes


def test_a_file_that_hangs_crashes_or_swells_costs_itself_alone(folder: Path) -> None:
    asked = tasks(folder, "one " + LARGE, "hang", "two", "crash", "three", "swell", "four")
    limits = Limits(jobs=2, source_seconds=3.0, memory_bytes=2_000_000_000)
    assert told(asked, first_words, limits) == [
        ["one"],
        ("was not read within 3 seconds", "allow more with --timeout, or take it off the list"),
        ["two"],
        ("made its reader crash", "take it off the list, or convert it to text"),
        ["three"],
        ("needs more memory than a reader may use", "split the file"),
        ["four"],
    ]


def test_of_a_batch_too_only_the_bad_file_is_lost(folder: Path) -> None:
    texts = ["one " + LARGE, *(f"word{number}" for number in range(30))]
    texts[7], texts[13] = "crash", "hang"
    found = told(tasks(folder, *texts), first_words, Limits(jobs=1, source_seconds=2.0))
    lost = {number: outcome[0] for number, outcome in enumerate(found) if isinstance(outcome, tuple)}
    assert lost == {7: "made its reader crash", 13: "was not read within 2 seconds"}
    read = [made for number, made in enumerate(found) if number not in lost]
    assert read == [[text.split()[0]] for number, text in enumerate(texts) if number not in lost]


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_outcomes_are_the_same_whatever_the_number_of_processes(folder: Path, jobs: int) -> None:
    asked = tasks(folder, LARGE, *(f"texte {number} " * number for number in range(1, 60)))
    for task in asked:  # long settled: else its time is told only two seconds later, which may pass in between
        os.utime(task.file, (1_500_000_000, 1_500_000_000))
    here = [(task.source, extraction.extract(task, Limits())[0]) for task in asked]
    found = [one for batch in batches(asked, bodies, Limits(jobs=jobs)) for one in batch.outcomes]
    assert [(task.source, outcome) for task, outcome in found] == here


def test_a_task_is_asked_for_when_its_turn_comes_near(folder: Path) -> None:
    settings = PoolSettings(BatchLimits(max_sources=2, min_sources=1))
    asked: list[Task] = []

    def coming() -> Iterator[Task]:
        for task in tasks(folder, LARGE, *map(str, range(60))):
            asked.append(task)
            yield task

    with WorkerPool(Limits(jobs=1), settings) as workers:
        batches = workers.batches(coming(), lambda: bodies)
        found = list(next(batches).outcomes)
        assert len(asked) < 30
        found += [one for batch in batches for one in batch.outcomes]
    assert [task.file for task, _ in found] == [task.file for task in asked]
    assert len(asked) == 61


@pytest.mark.parametrize("limit", [0, 10])
def test_what_is_done_apart_comes_in_order(folder: Path, limit: int) -> None:
    with WorkerPool(Limits(jobs=2), PoolSettings(recycle_after_sources=limit)) as workers:
        assert list(workers.map(doubled, range(3))) == [0, 2, 4]  # here: there are no processes yet
        (batch, *_) = workers.batches(tasks(folder, LARGE, LARGE), lambda: processes)
        makers = dict(workers.map(process, range(20)))
        assert list(makers) == list(range(0, 40, 2))
        assert os.getpid() not in makers.values()
        assert (batch.prepared[0] in makers.values()) == (limit > 0)  # beyond the limit, new workers have taken over


def test_what_a_process_does_not_live_to_tell_is_done_here(folder: Path) -> None:
    with WorkerPool(Limits(jobs=2)) as workers:
        assert list(workers.batches(tasks(folder, LARGE, LARGE), lambda: bodies))
        assert list(workers.map(told_process, [os.getpid()] * 5)) == [os.getpid()] * 5


def processes(records: Iterable[Record]) -> list[int]:
    return [os.getpid() for _ in records]


def process(number: int) -> tuple[int, int]:
    time.sleep(0.02)  # so that no process does all
    return 2 * number, os.getpid()


def doubled(number: int) -> int:
    return 2 * number


def told_process(parent: int) -> int:
    """Its process's number: only the parent lives to tell."""
    if os.getpid() != parent:
        os._exit(9)
    return parent


def test_leaving_early_ends_the_processes(folder: Path) -> None:
    asked = tasks(folder, LARGE, *("texte " * 1000 for _ in range(50)))
    before = children()
    coming = batches(asked, bodies, Limits(jobs=2))
    next(coming)
    coming.close()
    assert children() - before <= 2  # the server that forks them, and its tracker, stay


def children() -> int:
    return sum(1 for _ in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


@pytest.mark.parametrize(
    ("text", "limits", "failure"),
    [
        ("", Limits(), ("empty", "fill it, or take it off the list")),
        (
            "x" * 2_000_000,
            Limits(source_bytes=1_000_000),
            ("is larger (2 MB) than the 1 MB that are read", "split it, or allow more with --max-size"),
        ),
    ],
)
def test_what_cannot_be_read_is_said(folder: Path, text: str, limits: Limits, failure: tuple[str, str]) -> None:
    (task,) = tasks(folder, text)
    assert extraction.extract(task, limits)[0].failure == failure


def test_a_bug_in_a_reader_costs_its_source_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = plain.read

    def broken(source: Source, data: bytes) -> Iterator[Record]:
        return whole(source, data) if data != b"one" else iter((1 // 0,))

    monkeypatch.setattr(plain, "read", broken)
    assert told(tasks(folder, "one", "two"), bodies, Limits()) == [
        (
            "makes its reader fail (ZeroDivisionError: integer division or modulo by zero)",
            "take it off the list, or convert it to text; and report it",
        ),
        ["two"],
    ]


def test_a_file_that_is_gone_or_is_none_is_said(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    gone = extraction.extract(Task(Source("a.txt"), str(folder / "a.txt")), Limits())[0]
    pipe = extraction.extract(Task(Source("pipe.txt"), str(folder / "pipe.txt")), Limits())[0]
    assert gone.failure == ("cannot be read: No such file or directory", "check that it exists and may be read")
    assert pipe.failure == ("is not a regular file", "name a file with text in it")


def test_a_file_just_changed_is_not_trusted_by_its_time(folder: Path) -> None:
    (task,) = tasks(folder, "texte")
    os.utime(task.file, (int(time.time()),) * 2)  # as a file system sets it that counts whole seconds
    assert extraction.extract(task, Limits())[0].mtime_ns == UNSETTLED
    os.utime(task.file, (1_500_000_000, 1_500_000_000))
    assert extraction.extract(task, Limits())[0].mtime_ns == 1_500_000_000_000_000_000
    os.utime(task.file, (9_500_000_000, 9_500_000_000))  # a clock that went backwards since
    assert extraction.extract(task, Limits())[0].mtime_ns == 9_500_000_000_000_000_000


def test_known_content_is_not_read_again(folder: Path) -> None:
    (task,) = tasks(folder, "texte")
    os.utime(task.file, (int(time.time()),) * 2)
    first = extraction.extract(task, Limits())[0]
    again = extraction.extract(Task(task.source, task.file, first.content), Limits())[0]
    assert again == ReadResult(first.content, 5, UNSETTLED, None)


def test_processes_that_end_as_they_start_are_an_error_of_ours(folder: Path) -> None:
    asked = tasks(folder, "one " + LARGE, "two")
    beyond_any_number = Limits(memory_bytes=1 << 70)
    with pytest.raises(DocindexError, match="end before they read any"):
        told(asked, first_words, beyond_any_number)


@pytest.fixture
def in_time() -> Iterator[None]:
    """What waits for ever is a failure."""

    def late(*_: object) -> None:
        raise TimeoutError

    usual = signal.signal(signal.SIGALRM, late)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, usual)


@pytest.mark.usefixtures("in_time")
def test_processes_that_end_while_tasks_are_on_their_way_to_them_are_replaced(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pool forgets such tasks: it tells nobody that nothing will come of them."""
    usual = pool.PoolManager.schedule
    killed: list[int] = []

    def late(manager: pool.PoolManager, task: pool.Task) -> None:
        if not killed:
            killed.extend(manager.worker_manager.workers)
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            time.sleep(1)
        usual(manager, task)

    monkeypatch.setattr(pool.PoolManager, "schedule", late)
    asked = tasks(folder, "one " + LARGE, *["two"] * 600)
    assert told(asked, first_words, Limits(jobs=1)) == [["one"], *[["two"]] * 600]
    assert killed


@pytest.mark.usefixtures("in_time")
def test_a_task_that_a_process_took_and_never_told_of_is_given_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = pool.PoolManager.schedule
    lost: list[int] = []

    def forgetful(manager: pool.PoolManager, task: pool.Task) -> None:
        if not lost:
            lost.append(task.id)
            manager.task_manager.register(task)
        else:
            usual(manager, task)

    monkeypatch.setattr(pool.PoolManager, "schedule", forgetful)
    asked = tasks(folder, "one " + LARGE, *["two"] * 600)
    settings = PoolSettings(poll_seconds=0.1)
    assert told(asked, first_words, Limits(jobs=2), settings) == [["one"], *[["two"]] * 600]
    assert lost == [0]


def test_limits_can_be_imported_and_passed_where_the_system_keeps_none() -> None:
    program = """
import sys
sys.modules["resource"] = None  # as on Windows
sys.platform = "win32"
from docindex.system import limits
limits.limit_process_memory(1)
with limits.memory_limit(1), limits.time_limit(0.001):
    print(limits.can_interrupt(), limits.memory_share(2) > 0)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("False True\n", "")
