"""Learn the costs of misspellings from pairs of words.

    python tests/benchmarks/learn_misspellings.py PAIRS.tsv [--half] [--out FILE]

PAIRS.tsv holds a wrong and a right spelling on each line. The costs are learned by Viterbi
training: align all pairs at the present costs, count the segments, take the logarithms of their
shares, and align again. `--half` learns from half of the right words only, so that the other half
can be a test (`suggestions.py --half`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
from collections import Counter
from pathlib import Path

from docindex.analysis import misspellings

ROUNDS = 3
MAX_PAIRS_PER_WORD = 40
"""Misspellings of one word that are learned from: some words have dozens."""
MIN_COUNT = 4
"""Times that a segment must be seen."""
MAX_COST_PER_LETTER = 2.7
"""Cost of a pair, by its letters, beyond which it is no misspelling but another word."""

Pair = tuple[str, str]  # wrong, right
Segments = list[tuple[str, str]]


def is_learned(word: str) -> bool:
    """Return True if a right word is in the half that is learned from."""
    return hashlib.sha256(word.encode()).digest()[0] % 2 == 0


def read_pairs(path: Path, *, half: bool) -> list[Pair]:
    """Return the pairs of plain letters, a few of each right word, in random order."""
    rows = [line.lower().split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = sorted({(wrong, right) for wrong, right in rows if (wrong + right).isascii() and wrong != right})
    pairs = [(wrong, right) for wrong, right in pairs if wrong.isalpha() and right.isalpha() and len(wrong) > 2]
    pairs = [pair for pair in pairs if is_learned(pair[1]) or not half]
    random.Random(1).shuffle(pairs)  # noqa: S311
    taken: Counter[str] = Counter()
    chosen = []
    for wrong, right in pairs:
        taken[right] += 1
        if taken[right] <= MAX_PAIRS_PER_WORD:
            chosen.append((misspellings.bounded(wrong), misspellings.bounded(right)))
    return chosen


def default_cost(intended: str, typed: str) -> float:
    """Return the cost of a segment that was never seen."""
    if intended == typed:
        return 0.1 * len(intended)
    if len(intended) <= 1 and len(typed) <= 1:
        return 4.0
    if len(intended) + len(typed) == 3:
        return 5.5
    return 4.0 if intended == typed[::-1] else 9.0


def align(wrong: str, right: str, edits: misspellings.Edits) -> tuple[float, Segments]:
    """Return the cost of the cheapest alignment and its segments, intended and typed."""
    sizes = ((0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (2, 2))
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for row in range(len(right) + 1):
        for column in range(len(wrong) + 1):
            for high, wide in sizes:
                before = best.get((row - high, column - wide))
                if before is None:
                    continue
                intended, typed = right[row - high : row], wrong[column - wide : column]
                cost = before[0] + edits.get((intended, typed), default_cost(intended, typed))
                if (row, column) not in best or cost < best[row, column][0]:
                    best[row, column] = cost, (high, wide)
    segments = []
    row, column = len(right), len(wrong)
    while row or column:
        high, wide = best[row, column][1]
        segments.append((right[row - high : row], wrong[column - wide : column]))
        row, column = row - high, column - wide
    return best[len(right), len(wrong)][0], segments


def learn(pairs: list[Pair]) -> misspellings.Edits:
    """Return the costs of the segments that are typed for others."""
    letters = Counter("".join(right for _, right in pairs))
    doubles = Counter(right[at : at + 2] for _, right in pairs for at in range(len(right) - 1))
    gaps = sum(len(right) + 1 for _, right in pairs)
    edits: misspellings.Edits = {}
    for _ in range(ROUNDS):
        counts: Counter[tuple[str, str]] = Counter()
        for wrong, right in pairs:
            cost, segments = align(wrong, right, edits)
            if cost <= MAX_COST_PER_LETTER * max(5, len(right)):
                counts.update(segments)
        edits = {}
        for (intended, typed), count in counts.items():
            total = gaps if not intended else letters[intended] if len(intended) == 1 else doubles[intended]
            if intended != typed and count >= MIN_COUNT:
                edits[intended, typed] = -math.log((count - 0.5) / (total + 2))
    return edits


def write(edits: misspellings.Edits, path: Path) -> None:
    """Write the costs, a row for each intended segment."""
    rows: dict[str, dict[str, float]] = {}
    for (intended, typed), cost in sorted(edits.items()):
        rows.setdefault(intended, {})[typed] = round(cost, 1)
    path.write_text(json.dumps(rows, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--half", action="store_true", help="learn from half of the right words")
    parser.add_argument("--out", type=Path, default=Path(misspellings.__file__).with_suffix(".json"))
    arguments = parser.parse_args()
    pairs = read_pairs(arguments.pairs, half=arguments.half)
    edits = learn(pairs)
    write(edits, arguments.out)
    print(f"{len(edits):,} segments from {len(pairs):,} pairs in {arguments.out}")


if __name__ == "__main__":
    main()
