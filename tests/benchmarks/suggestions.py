"""How often the right word is suggested: first, and among the first three, over the words of an
index.

    python tests/benchmarks/suggestions.py INDEX [--pairs N]

Asks for misspelt words of `names/birkbeck.tsv` whose right spelling the index holds, and for
spellings of names of `names/names_arabic.tsv` of which it holds another, below DOCINDEX_CORPORA
(default ../shared/corpora). Only words that the index does not hold are asked for. `none` leaves
out those of which it holds another form, as their records are found anyway. `--half` asks only for
words that `learn_misspellings.py --half` did not learn from.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from pathlib import Path

from learn_misspellings import is_learned

from docindex.analysis import folding
from docindex.engines import registry
from docindex.engines.base import Searcher, SearchRequest
from docindex.query.parser import parse
from docindex.search.spelling import spelling_suggestions

NAMES = Path(os.environ.get("DOCINDEX_CORPORA", "../shared/corpora")) / "names"

Case = tuple[str, set[str]]  # the word typed, and those that may be meant


def misspelt(held: Terms) -> list[Case]:
    """Words typed wrongly, and the word that was meant."""
    rows = [line.split("\t") for line in (NAMES / "birkbeck.tsv").read_text(encoding="utf-8").splitlines()]
    pairs = {(folding.fold(wrong), folding.fold(right)) for wrong, right in rows}
    return [(wrong, {right}) for wrong, right in sorted(pairs) if right in held and right.isalpha()]


def spelt_otherwise(held: Terms) -> list[Case]:
    """Spellings of a name, and those that the index holds."""
    cases: list[Case] = []
    for line in (NAMES / "names_arabic.tsv").read_text(encoding="utf-8").splitlines():
        forms = {folding.fold(form) for form in line.split("\t")[2].split("|")}
        cases += [(form, there) for form in sorted(forms) if (there := {one for one in forms if one in held})]
    return cases


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("--half", action="store_true", help="only words that were not learned from")
    parser.add_argument("--pairs", type=int, default=1000, metavar="N", help="of each list, drawn at random")
    arguments = parser.parse_args()
    with registry.open_engine(arguments.index).searcher() as index:
        measure(index, arguments.pairs, half=arguments.half)


class Terms:
    """The folded words of an index."""

    def __init__(self, index: Searcher) -> None:
        self._index = index

    def __contains__(self, form: str) -> bool:
        return self._index.doc_freq(form) > 0


def measure(index: Searcher, pairs: int, *, half: bool) -> None:
    """Print how often the right word is the first, or among three."""
    held = Terms(index)
    print(f"{'list':<14}{'cases':>8}{'asked':>8}{'first':>9}{'three':>9}{'none':>8}{'first':>9}{'three':>9}{'ms':>8}")
    for name, cases in (("birkbeck", misspelt(held)), ("names_arabic", spelt_otherwise(held))):
        cases = [(word, right) for word, right in cases if word not in held and word.isalpha() and len(word) > 2]
        if half:
            cases = [(word, right) for word, right in cases if not any(map(is_learned, right))]
        asked = random.Random(1).sample(cases, min(pairs, len(cases)))  # noqa: S311
        ranks: list[int] = []
        unfound: list[int] = []
        times = []
        for word, right in asked:
            query = parse(word, literal=True).query
            began = time.perf_counter()
            found = spelling_suggestions(query, index)
            times.append(time.perf_counter() - began)
            words = [folding.fold(one.word) for suggestion in found for one in suggestion.candidates]
            ranks.append(next((rank for rank, one in enumerate(words) if one in right), len(words) + 9))
            if not index.count([SearchRequest(query, 0)])[0]:
                unfound.append(ranks[-1])
        row = f"{name:<14}{len(cases):>8,}{len(asked):>8,}{rates(ranks)}{len(unfound):>8,}{rates(unfound)}"
        print(f"{row}{statistics.median(times) * 1000:>8.1f}")


def rates(ranks: list[int]) -> str:
    """The shares of words with the right one first, and among three."""
    return "".join(f"{sum(rank < most for rank in ranks) / max(1, len(ranks)):>9.1%}" for most in (1, 3))


if __name__ == "__main__":
    main()
