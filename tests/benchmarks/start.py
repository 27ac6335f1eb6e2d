"""What a run of docindex loads, what that costs, and how long a search takes that starts from
nothing.

    python tests/benchmarks/start.py FOLDER [--query WORD] [--rounds N]

FOLDER holds texts (.txt, .md). First the modules that `--help` and a search load, by package, with
the time that each package's own take (`python -X importtime`, which makes all of it slower: only
the shares say something). Then whole processes in turn: docindex's (words alone are searched
without typer), beside those that load two libraries, and Whoosh's own command on the same files;
their medians, and the median of the ratios of each round. Modules are compiled beforehand, as pip
does when it installs them; without that (PYTHONDONTWRITEBYTECODE in a clone) a start takes half as
long again.
"""

from __future__ import annotations

import argparse
import compileall
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import peers
from processes import Way, ratio, run, turns
from tables import Table, seconds, times
from texts import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PACKAGES = ("docindex", "typer", "whoosh", "msgspec", "rich", "rapidfuzz", "Stemmer", "typing_extensions")
REST = "standard library"
READINGS = 5  # of importtime, which differ more than the runs themselves


def imported(report: str) -> dict[str, int]:
    """The modules that a run loaded, each with the microseconds that are its own, as importtime
    reports them.
    """
    rows = (line.removeprefix("import time:").split("|") for line in report.splitlines() if line.startswith("import t"))
    return {name.strip(): int(own) for own, _, name in rows if own.strip().isdigit()}


def by_package(modules: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """How many modules of each package there are, and their microseconds; most costly first."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for name, own in modules.items():
        package = name.split(".")[0]
        found[package if package in PACKAGES else REST].append(own)
    costs = {package: (len(owns), sum(owns)) for package, owns in found.items()}
    return dict(sorted(costs.items(), key=lambda one: -one[1][1]))


def loads(command: Sequence[str]) -> dict[str, int]:
    """The modules that a script of this Python loads, with the median of each one's
    microseconds.
    """
    runs = []
    for _ in range(READINGS):
        asked = [sys.executable, "-X", "importtime", *command]
        runs.append(imported(subprocess.run(asked, capture_output=True, text=True, check=False).stderr))
    return {name: round(median(one.get(name, 0) for one in runs)) for name in runs[0]}


def shares(runs: Iterable[tuple[str, Sequence[str]]]) -> Table:
    """What each of the runs loads, by package."""
    table = Table(("loaded by", "package", "modules", "own"))
    for name, command in runs:
        for package, (count, own) in by_package(loads(command)).items():
            table.add(name, package, f"{count}", seconds(own / 1e6))
    return table


def beside(ours: Mapping[str, Way], others: Mapping[str, Way], rounds: int) -> Table:
    """All in turn: medians, and how many times as long as each of the others docindex takes."""
    found = turns({**ours, **others}, rounds)
    table = Table(("", "median", *(f"of {name}" for name in others)))
    for name, runs in found.items():
        ratios = (ratio(runs.seconds, found[other].seconds) for other in others)
        table.add(name, seconds(runs.typical), *map(times, ratios))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--query", default="Belmokhtar", metavar="WORD")
    parser.add_argument("--rounds", type=int, default=15, metavar="N")
    arguments = parser.parse_args()
    compileall.compile_dir(Path(__file__).parents[2] / "docindex", quiet=1)
    with tempfile.TemporaryDirectory() as place:
        ours, whoosh = (kind(arguments.folder, Path(place, kind.name)) for kind in (peers.Docindex, peers.Whoosh))
        for peer in (ours, whoosh):
            run(peer.build())
        query = Query("a word", (arguments.query,))
        helping = [*ours.command, "--help"]
        flagged = [*ours.command, "search", "--index", str(ours.index), query.text]
        print(shares((("--help", helping), ("a search with a flag", flagged))).written(markdown=False))
        python = [sys.executable, "-c"]
        table = beside(
            {
                "docindex search": Way(ours.search(query)),
                "docindex search --index": Way(flagged),
                "docindex --help": Way(helping),
            },
            {
                "import typer, whoosh.index": Way([*python, "import typer, whoosh.index"]),
                "whoosh search": Way(whoosh.search(query)),
            },
            arguments.rounds,
        )
        print(table.written(markdown=False))


if __name__ == "__main__":
    main()
