"""How fast text becomes terms: MB of text a second, one core, beside Whoosh's own StemmingAnalyzer
in the same run.

    python tests/benchmarks/analysis_speed.py [--rounds N]

Four ways of ours: `many` is what a build asks for (terms and positions of many texts at once),
`terms` the same of each text by itself, `offsets` what highlighting asks for (the places in the
text as well), `prepared` all that a build makes of records before they are written. Whoosh's is
read through with positions and characters. Medians of the rounds, in which all take turns; texts
below DOCINDEX_CORPORA (default ../shared/corpora).
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from whoosh.analysis import StemmingAnalyzer

from docindex.analysis import vectorized
from docindex.analysis.analyzer import analyze
from docindex.engines.whoosh import inverter
from docindex.indexing import batching
from docindex.model.documents import Metadata, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CORPORA = Path(os.environ.get("DOCINDEX_CORPORA", "../shared/corpora"))
SETS = {"piaf-fr": "fr", "scifact": "en", "foia-emails": "en"}
GOAL = 8.0  # times Whoosh's speed


def texts(name: str) -> list[str]:
    """The texts of a set."""
    with (CORPORA / name / "docs.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def ways(language: str) -> dict[str, Callable[[list[str]], object]]:
    """What is measured, by name: each is given all texts."""
    analyzer = StemmingAnalyzer()
    known = Metadata(language=language)

    def whoosh(given: list[str]) -> None:
        for text in given:
            for _ in analyzer(text, positions=True, chars=True):
                pass

    return {
        "whoosh": whoosh,
        "many": lambda given: [vectorized.words(some, language) for some in together(given)],
        "terms": lambda given: [analyze(text, language) for text in given],
        "offsets": lambda given: [analyze(text, language).starts for text in given],
        "prepared": lambda given: [
            inverter.prepared([Record("x", None, known, None, text, range(1)) for text in some])
            for some in together(given)
        ],
    }


def together(given: list[str]) -> Iterator[list[str]]:
    """Texts as many at once as a build's processes take."""
    return (
        given[start : start + batching.DEFAULTS.max_sources]
        for start in range(0, len(given), batching.DEFAULTS.max_sources)
    )


def seconds(way: Callable[[list[str]], object], given: list[str]) -> float:
    """How long one way takes for all texts."""
    began = time.process_time()
    way(given)
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    rounds = parser.parse_args().rounds
    missing = [name for name in SETS if not (CORPORA / name / "docs.jsonl").is_file()]
    if missing:
        parser.exit(2, f"not there: {', '.join(missing)}; set DOCINDEX_CORPORA\n")
    print(
        f"{'set':<14}{'':<4}{'MB':>6}  " + "".join(f"{name:>18}" for name in ways("en")) + f"   (goal: {GOAL:g} times)"
    )
    for name, language in SETS.items():
        given = texts(name)
        size = sum(len(text.encode()) for text in given) / 1e6
        taken: dict[str, list[float]] = {way: [] for way in ways(language)}
        measured = ways(language)
        for _ in range(rounds):
            for way, run in measured.items():
                taken[way].append(seconds(run, given))
        speeds = {way: size / median(times) for way, times in taken.items()}
        cells = [f"{speed:>9.1f} {speed / speeds['whoosh']:>5.1f} x " for speed in speeds.values()]
        print(f"{name:<14}{language:<4}{size:>6.1f}  " + " ".join(cells), flush=True)


if __name__ == "__main__":
    main()
