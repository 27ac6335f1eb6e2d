"""How long a command takes, and how much memory it and all that it starts take together."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PACE = 0.02  # seconds between two looks at memory


class Way(Struct, frozen=True):
    """A command to be timed, and what is to be done before each run of it."""

    command: Sequence[str]
    before: Callable[[], object] = int


class Runs(Struct, frozen=True):
    """What the runs of one command took, in the order of the rounds."""

    seconds: list[float] = []
    memory: list[int] = []  # bytes; empty where it was not looked at

    @property
    def typical(self) -> float:
        """The median time in seconds."""
        return median(self.seconds)

    @property
    def most(self) -> float:
        """The median of what the runs took at most, in bytes."""
        return median(self.memory)


def ratio(of: Sequence[float], to: Sequence[float]) -> float:
    """How many times as much one takes as another: the median over the rounds, in each of which
    both ran.
    """
    return median(one / other for one, other in zip(of, to, strict=True))


def turns(ways: Mapping[str, Way], rounds: int, *, memory: bool = False) -> dict[str, Runs]:
    """All ways in turn, in every other round backwards: what slows the machine down for a while
    slows all of them.
    """
    found = {name: Runs() for name in ways}
    for number in range(rounds):
        for name in list(ways) if number % 2 == 0 else reversed(ways):
            ways[name].before()
            seconds, most = run(ways[name].command, memory=memory)
            found[name].seconds.append(seconds)
            if most:
                found[name].memory.append(most)
    return found


def run(command: Sequence[str], *, memory: bool = False) -> tuple[float, int]:
    """Seconds that a command takes and, if asked for, the largest sum of its processes' memory
    in bytes.
    """
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    ended = threading.Event()
    sums = [0]

    def watch() -> None:
        while not ended.wait(PACE):
            sums.append(sum(map(pss, family(process.pid))))

    watching = threading.Thread(target=watch)
    if memory:
        watching.start()
    _, said = process.communicate()
    taken = time.perf_counter() - began
    ended.set()
    if memory:
        watching.join()
    if process.returncode not in (0, 1) or b"Traceback" in said:  # 1: nothing found, or a source that failed
        raise SystemExit(f"{' '.join(command)}: {said.decode(errors='replace')}")
    return taken, max(sums)


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        tasks = [(task / "children").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:  # it has ended since, or this is not Linux
        return [pid]
    return [pid, *(one for children in tasks for child in children.split() for one in family(int(child)))]


def pss(pid: int) -> int:
    """A process's proportional set size, in bytes: what it shares with others counts by halves,
    thirds ...
    """
    try:
        found = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def size(place: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    return sum(path.stat().st_size for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file())
