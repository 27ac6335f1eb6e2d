"""Recall of spellings across scripts: the index's sounds beside Double Metaphone, fuzzy search and
edit distance, in one run.

python tests/benchmarks/names.py [--distractors GROUPS] [--queries N]

The sets are groups of `names/names_arabic.tsv` and pairs of `names/google_ar2en.tsv` in
DOCINDEX_CORPORA; `learn_sounds.py --without` leaves their words out of what is learned. The words
of all sets, and those of GROUPS (as for `learn_sounds.py`), are the vocabulary that is searched.
Recall is the share of a group's spellings among the ten best, at most ten of them.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from anyascii import anyascii
from doublemetaphone import doublemetaphone
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from docindex.analysis import phonetics
from docindex.analysis.folding import fold
from docindex.search import spellings

CORPORA = Path(os.environ.get("DOCINDEX_CORPORA", "../shared/corpora"))
BEST = 10
MAX_VOCABULARY = 110_000
LATIN, CYRILLIC, ARABIC = (phonetics.SCRIPTS.index(script) for script in ("latin", "cyrillic", "arabic"))

Queries = dict[str, set[str]]
Ranking = Callable[[str, int], list[str]]
"""Returns the best words of a script for a word."""


class Vocabulary:
    """Words in the place of an index: what `search.spellings` asks of one."""

    def __init__(self, words: set[str]) -> None:
        self.words = sorted(words)
        split = phonetics.split("".join(f"{word}\n" for word in self.words))
        self.scripts = dict(zip(self.words, split.scripts.tolist(), strict=True))

    def terms(self) -> Iterator[str]:
        yield "".join(f"{word}\n" for word in self.words)

    def doc_freq(self, form: str) -> int:
        return int(form in self.scripts)


def sets(groups: list[tuple[set[str], set[str], set[str]]], pairs: Queries, count: int) -> dict[str, Queries]:
    """Return the queries of each set with the spellings that are right."""
    chance = random.Random(5)  # noqa: S311 - the same queries each time
    found: dict[str, Queries] = {}
    scripts = {"Latin": 0, "Arabic": 1, "Cyrillic": 2}
    for one, other in (
        ("Arabic", "Latin"),
        ("Latin", "Arabic"),
        ("Latin", "Latin"),
        ("Latin", "Cyrillic"),
        ("Cyrillic", "Latin"),
    ):
        left, right = scripts[one], scripts[other]
        apt = [group for group in groups if group[left] and len(group[right]) > (one == other)]
        queries: Queries = {}
        for group in chance.sample(apt, min(count, len(apt))):
            word = chance.choice(sorted(group[left]))
            queries.setdefault(word, set()).update(group[right] - {word})
        found[f"{one} to {other}"] = queries
    some = chance.sample(sorted(pairs), min(count, len(pairs)))
    found["google, Arabic to Latin"] = {word: pairs[word] for word in some}
    return found


def read_groups(path: Path) -> list[tuple[set[str], set[str], set[str]]]:
    """Return the spellings of each name in Latin, Arabic and Cyrillic letters."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        latin, arabic, cyrillic = (
            {fold(word) for word in cell.split("|") if word and " " not in word}
            for cell in (*line.split("\t")[2:], "", "", "")[:3]
        )
        found.append((latin, arabic, cyrillic))
    return found


def read_pairs(path: Path) -> Queries:
    found: Queries = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        arabic, _, latin = line.partition("\t")
        if len(arabic) > 3 and latin.isalpha():
            found.setdefault(fold(arabic), set()).add(fold(latin))
    return found


def distractors(path: Path | None) -> set[str]:
    if path is None:
        return set()
    names = (
        name for line in path.read_text(encoding="utf-8").splitlines() for name in line.split(" => ")[0].split(",")
    )
    return {fold(name.strip()) for name in names if name.strip() and " " not in name.strip()}


def by_sound(vocabulary: Vocabulary, level: str) -> Ranking:
    def best(word: str, script: int) -> list[str]:
        found: Mapping[str, tuple[float, bool]] = spellings.other_spellings(word, vocabulary, level)  # type: ignore[arg-type]
        own = [other for other in found if vocabulary.scripts[other] == script]
        return sorted(own, key=lambda other: (-found[other][0], other))[:BEST]

    return best


def by_double_metaphone(vocabulary: Vocabulary) -> Ranking:
    """Words with a common code, the nearest by letters first."""
    latin = {word: anyascii(word).lower() for word in vocabulary.words}
    words_of: dict[str, list[str]] = {}
    for word, letters in latin.items():
        for code in filter(None, doublemetaphone(letters)):
            words_of.setdefault(code, []).append(word)

    def best(word: str, script: int) -> list[str]:
        letters = anyascii(word).lower()
        found = {other for code in filter(None, doublemetaphone(letters)) for other in words_of.get(code, ())}
        own = [other for other in found if vocabulary.scripts[other] == script and other != word]
        return sorted(own, key=lambda other: (-fuzz.ratio(letters, latin[other]), other))[:BEST]

    return best


def by_edits_of_latin(vocabulary: Vocabulary) -> Ranking:
    """The nearest by edit distance, all in Latin letters."""
    by_script: dict[int, dict[str, str]] = {}
    for word in vocabulary.words:
        by_script.setdefault(vocabulary.scripts[word], {})[word] = anyascii(word).lower()

    def best(word: str, script: int) -> list[str]:
        found = process.extract(anyascii(word).lower(), by_script.get(script, {}), scorer=fuzz.ratio, limit=BEST + 1)
        return [other for _, _, other in found if other != word][:BEST]

    return best


def by_fuzzy_search(vocabulary: Vocabulary) -> Ranking:
    """The words within two edits as typed, as `word~2` finds them."""

    def best(word: str, script: int) -> list[str]:
        own = [other for other in vocabulary.words if vocabulary.scripts[other] == script and other != word]
        found = process.extract(word, own, scorer=OSA.distance, score_cutoff=2, limit=BEST)
        return [other for other, _, _ in found]

    return best


def recall(queries: Queries, best: Ranking, script: int) -> tuple[float, float, float]:
    """Return the mean recall, the share of queries with any right spelling, and the median time
    in milliseconds.
    """
    shares, times = [], []
    for word, right in queries.items():
        began = time.perf_counter()
        found = best(word, script)
        times.append(time.perf_counter() - began)
        shares.append(len(right.intersection(found)) / min(BEST, len(right)))
    return statistics.mean(shares), statistics.mean(share > 0 for share in shares), statistics.median(times) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--distractors", type=Path, metavar="GROUPS", help="more names, as for learn_sounds.py")
    parser.add_argument("--queries", type=int, default=150, metavar="N", help="queries of each set")
    arguments = parser.parse_args()
    place = CORPORA / "names"
    if not place.is_dir():
        parser.exit(2, f"not there: {place}; set DOCINDEX_CORPORA\n")
    groups, pairs = read_groups(place / "names_arabic.tsv"), read_pairs(place / "google_ar2en.tsv")
    asked = sets(groups, pairs, arguments.queries)
    words = {word for group in groups for spellings in group for word in spellings}
    words |= {word for word, right in pairs.items()} | {word for right in pairs.values() for word in right}
    more = sorted(distractors(arguments.distractors) - words)
    words |= set(random.Random(6).sample(more, min(len(more), max(0, MAX_VOCABULARY - len(words)))))  # noqa: S311
    vocabulary = Vocabulary({word for word in words if word.isalpha()})
    rankings = {
        "sounds": by_sound(vocabulary, "wide"),
        "as shown": by_sound(vocabulary, "usual"),
        "Double Metaphone": by_double_metaphone(vocabulary),
        "anyascii, edits": by_edits_of_latin(vocabulary),
        "fuzzy ~2": by_fuzzy_search(vocabulary),
    }
    print(f"{len(vocabulary.words):,} words; recall@{BEST} (share of queries with any) and median ms\n")
    print(f"{'':<26}" + "".join(f"{name:>22}" for name in rankings))
    for name, queries in asked.items():
        script = {"Latin": LATIN, "Arabic": ARABIC, "Cyrillic": CYRILLIC}[name.split()[-1]]
        known = {word: right & vocabulary.scripts.keys() for word, right in queries.items()}
        cells = [
            recall({word: right for word, right in known.items() if right}, best, script) for best in rankings.values()
        ]
        print(f"{name:<26}" + "".join(f"{mean:>9.3f} ({some:.2f}) {ms:>4.0f}" for mean, some, ms in cells), flush=True)


if __name__ == "__main__":
    main()
