"""Learn the tables of `docindex/analysis/phonetics.py` from groups of spellings of one name.

    python tests/benchmarks/learn_sounds.py GROUPS [--without FILE ...] [--out
    docindex/analysis/sounds.json]

GROUPS holds a group a line, `first, second, third => id`: for example
`rigour/data/names/persons.txt` of the PyPI package rigour 1.3.0 (MIT; made from Wikidata, CC0).
Groups that share a word with a file of `--without` are left out: what is measured is never learned.
Only numbers are written: log-odds of phones, no name.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
from collections import Counter, defaultdict
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from docindex.analysis import phonetics
from docindex.analysis.analyzer import fold

MAX_PAIRS = 30_000  # of spellings, for each pair of scripts
PAIRS_OF_GROUP = 6
MIN_PAIRS = 100
ROUNDS = 4
MAX_GROUP = 40  # spellings; larger groups mix names
MIN_SHARE = 0.25  # of the best score that a pair must reach: below it is a translation, not a spelling
PRIOR = 5.0  # phones counted at the overall rate beside those seen at a place
LOWEST = phonetics.LOWEST

MAX_VOCABULARY = 60_000  # words of a script that a curve is fitted among
QUERIES = 300
NEAREST = 50  # words that are judged for each query

Phones = tuple[int, ...]
Pair = tuple[Phones, Phones]
CLASSES = {
    **dict.fromkeys("bp", "P"), **dict.fromkeys("fvw", "F"), **dict.fromkeys("td", "T"), **dict.fromkeys("szc", "S"),
    **dict.fromkeys("jx", "X"), **dict.fromkeys("gkqc", "K"), "l": "L", "r": "R", "m": "M", "n": "N", "h": "H",
}  # fmt: skip
ARABIC_SOUNDS = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگڤ",
        "a b t th j h kh d dh r z s sh s d t z a gh f q k l m n h w y p ch zh g v".split(),
        strict=True,
    )
)
UNWRITTEN_VOWELS = (phonetics.SCRIPTS.index(phonetics.ARABIC), phonetics.SCRIPTS.index(phonetics.HEBREW))
"""Scripts that leave short vowels out. There a vowel without a counterpart says little: else the
shortest of all spellings would be the best. Its score is eased by a factor and a step.
"""
EASE_FACTOR, EASE_STEP = 0.6, 0.2
SHORT_VOWELS = frozenset("aeiouаеиоуαεηιου")


def groups(path: Path, without: set[str]) -> list[list[str]]:
    """Return the spellings of each name, folded, of the groups that hold none of the words left
    out.
    """
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        names = [fold(name.strip()) for name in line.partition(" => ")[0].split(",")]
        words = sorted({name for name in names if name and " " not in name})
        if 2 <= len(words) <= MAX_GROUP and without.isdisjoint(words):
            found.append(words)
    return found


def words_of(path: Path) -> set[str]:
    """Return all words of a table, folded."""
    return {fold(word) for word in re.split(r"[\s|]+", path.read_text(encoding="utf-8")) if word}


def pairs(of: list[list[str]]) -> dict[tuple[int, int], list[Pair]]:
    """Return pairs of phones for each pair of scripts, the script with the lower number first."""
    chance = random.Random(7)  # noqa: S311 - a sample
    chance.shuffle(of)
    found: defaultdict[tuple[int, int], list[Pair]] = defaultdict(list)
    for names in of:
        words = phonetics.split("".join(f"{name}\n" for name in names))
        by_script: defaultdict[int, list[Phones]] = defaultdict(list)
        for codes, length, script in zip(
            words.codes.tolist(), words.lengths.tolist(), words.scripts.tolist(), strict=True
        ):
            if length >= 3:
                by_script[script].append(tuple(codes[:length]))
        for one, other in itertools.combinations_with_replacement(sorted(by_script), 2):
            if len(found[one, other]) < MAX_PAIRS:
                if one == other:
                    both = list(itertools.permutations(dict.fromkeys(by_script[one]), 2))
                else:
                    both = list(itertools.product(by_script[one], by_script[other]))
                found[one, other] += chance.sample(both, min(PAIRS_OF_GROUP, len(both)))
    return {scripts: both for scripts, both in found.items() if len(both) >= MIN_PAIRS}


Gaps = tuple[dict[int, float], ...]
"""Scores of a phone without a counterpart: as the first of its word, within it, as the last."""


def place_of(index: int, length: int) -> int:
    return phonetics.FIRST if index == 0 else phonetics.LAST if index == length - 1 else phonetics.WITHIN


class Table:
    """Scores of one pair of scripts: of two phones, and of a phone without a counterpart on
    either side.
    """

    def __init__(self, same: dict[tuple[int, int], float], gaps: tuple[Gaps, Gaps]) -> None:
        self.same, self.gaps = same, gaps

    def gap_scores(self, side: int, phones: Phones) -> list[float]:
        tables = self.gaps[side]
        return [tables[place_of(at, len(phones))].get(phone, LOWEST) for at, phone in enumerate(phones)]

    def align(self, one: Phones, other: Phones) -> tuple[float, list[tuple[int, int]]]:
        """Return the score of the best alignment and its pairs of indexes; -1 stands for no
        counterpart.
        """
        gaps_one, gaps_other = self.gap_scores(0, one), self.gap_scores(1, other)
        rows = [[0.0, *itertools.accumulate(gaps_other)]]
        for phone, gap in zip(one, gaps_one, strict=True):
            above, row = rows[-1], [rows[-1][0] + gap]
            for place, against in enumerate(other):
                same = above[place] + self.same.get((phone, against), LOWEST)
                row.append(max(same, above[place + 1] + gap, row[place] + gaps_other[place]))
            rows.append(row)
        left, right, found = len(one), len(other), []
        while left or right:
            score = rows[left][right]
            if left and right:
                same = self.same.get((one[left - 1], other[right - 1]), LOWEST)
                if abs(score - rows[left - 1][right - 1] - same) < 1e-9:
                    left, right = left - 1, right - 1
                    found.append((left, right))
                    continue
            if left and abs(score - rows[left - 1][right] - gaps_one[left - 1]) < 1e-9:
                left -= 1
                found.append((left, -1))
            else:
                right -= 1
                found.append((-1, right))
        return rows[-1][-1], found


def rough_best(phones: Phones) -> float:
    """Return roughly what a word scores against another spelling."""
    return sum(1.5 for phone in phones if not is_vowel(phone)) or 1.0


NAMES = {code: phone for phone, code in phonetics.CODES.items()}


def sound(phone: str) -> str:
    """Return a phone in Latin letters."""
    from anyascii import anyascii

    return ARABIC_SOUNDS.get(phone) or anyascii(phone).lower().strip("'`")


def is_vowel(code: int) -> bool:
    return all(letter in "aeiouyw" for letter in sound(NAMES[code]))


def first_table() -> Table:
    """Return the scores to begin with: phones of one class are alike, vowels are alike and come
    and go.
    """
    sounds = {code: sound(phone) for code, phone in NAMES.items()}
    classes = {code: {CLASSES[letter] for letter in text if letter in CLASSES} for code, text in sounds.items()}
    gaps = {code: -0.4 if is_vowel(code) else -0.8 if sounds[code] in ("h", "gh", "j") else -2.0 for code in NAMES}
    same = {}
    for one, other in itertools.product(NAMES, repeat=2):
        if is_vowel(one) and is_vowel(other):
            same[one, other] = 1.0
        elif classes[one] & classes[other]:
            same[one, other] = 2.0
        else:
            same[one, other] = -2.0
    return Table(same, ((gaps,) * 3, (gaps,) * 3))


def learned(of: list[Pair], *, symmetric: bool) -> Table:
    """Return the table of a pair of scripts after a few rounds of aligning and counting."""
    table = first_table()
    both = [*of, *((other, one) for one, other in of)] if symmetric else of
    for turn in range(ROUNDS):
        counts = Counts()
        kept = 0
        for one, other in both:
            score, aligned = table.align(one, other)
            if score >= MIN_SHARE * min(rough_best(one), rough_best(other)):
                kept += 1
                counts.add(one, other, aligned)
        table = counts.table()
        print(f"  round {turn + 1}: {kept:,} of {len(both):,} pairs")
    return table


def ease_vowels(table: Table) -> None:
    """Raise the scores of vowels without a counterpart in a script that does not write them."""
    for gaps in table.gaps[0]:
        for phone in map(phonetics.CODES.__getitem__, SHORT_VOWELS.intersection(map(NAMES.__getitem__, gaps))):
            gaps[phone] = gaps[phone] * EASE_FACTOR + EASE_STEP


class Counts:
    """Pairs of phones seen in alignments, and how often a phone at each place had no
    counterpart.
    """

    def __init__(self) -> None:
        self.pairs: Counter[tuple[int, int]] = Counter()
        self.seen: tuple[Counter[tuple[int, int]], ...] = (Counter(), Counter())
        self.alone: tuple[Counter[tuple[int, int]], ...] = (Counter(), Counter())

    def add(self, one: Phones, other: Phones, aligned: list[tuple[int, int]]) -> None:
        self.pairs.update((one[left], other[right]) for left, right in aligned if left >= 0 and right >= 0)
        for side, phones in enumerate((one, other)):
            self.seen[side].update((phone, place_of(at, len(phones))) for at, phone in enumerate(phones))
            paired = {both[side] for both in aligned if both[1 - side] >= 0}
            self.alone[side].update(
                (phone, place_of(at, len(phones))) for at, phone in enumerate(phones) if at not in paired
            )

    def table(self) -> Table:
        left, right = (sorted({phone for phone, _ in side}) for side in self.seen)
        shares = [Counter[int](), Counter[int]()]
        for (one, other), count in self.pairs.items():
            shares[0][one] += count
            shares[1][other] += count
        total = sum(self.pairs.values())
        same = {}
        for one, other in itertools.product(left, right):
            expected = shares[0][one] * shares[1][other] / total
            same[one, other] = log((self.pairs[one, other] + 0.3) / (expected + 1.0))
        return Table(same, (self._gaps(0, left), self._gaps(1, right)))

    def _gaps(self, side: int, phones: list[int]) -> Gaps:
        found: Gaps = ({}, {}, {})
        for phone in phones:
            seen = sum(self.seen[side][phone, place] for place in phonetics.PLACES)
            rate = (sum(self.alone[side][phone, place] for place in phonetics.PLACES) + 0.5) / (seen + 1.0)
            for place in phonetics.PLACES:
                alone, of = self.alone[side][phone, place], self.seen[side][phone, place]
                found[place][phone] = log((alone + PRIOR * rate) / (of + PRIOR))
        return found


def as_json(tables: dict[tuple[int, int], Table]) -> dict[str, dict[str, list[Any]]]:
    """Return the tables as text: a row a phone, a character a score."""
    written = {}
    for (one, other), table in sorted(tables.items()):
        left, right = (sorted(side[0]) for side in table.gaps)
        written[f"{phonetics.SCRIPTS[one]} {phonetics.SCRIPTS[other]}"] = {
            "phones": [[NAMES[code] for code in side] for side in (left, right)],
            "gaps": [
                [phonetics.as_letters(gaps[code] for code in side) for gaps in table.gaps[number]]
                for number, side in enumerate((left, right))
            ],
            "same": [phonetics.as_letters(table.same[row, column] for column in right) for row in left],
        }
    return written


def calibration(of: list[list[str]], scripts: tuple[int, int]) -> list[float]:
    """Return intercept and slope of a logistic curve: from a relative score to how sure it is."""
    chance = random.Random(8)  # noqa: S311 - a sample
    one, other = scripts
    flat = [(word, number) for number, names in enumerate(of) for word in names]
    words = phonetics.split("".join(f"{word}\n" for word, _ in flat))
    groups_of: defaultdict[str, set[int]] = defaultdict(set)
    for word, number in flat:
        groups_of[word].add(number)
    known = [row for row in range(len(flat)) if words.lengths[row] >= 2]
    against = {flat[row][0]: row for row in known if words.scripts[row] == other}
    against = {word: against[word] for word in chance.sample(sorted(against), min(len(against), MAX_VOCABULARY))}
    wanted = [row for row in known if words.scripts[row] == one and words.lengths[row] >= 3]
    vocabulary, rows = list(against), np.array(list(against.values()))
    scores, right = [], []
    for row in chance.sample(wanted, min(len(wanted), QUERIES)):
        mine = groups_of[flat[row][0]]
        found = phonetics.relative_scores(words.take(np.array([row])), words.take(rows))
        for place in np.argsort(-found)[:NEAREST]:
            if vocabulary[place] != flat[row][0] and found[place] > 0:
                scores.append(float(found[place]))
                right.append(not mine.isdisjoint(groups_of[vocabulary[place]]))
    return logistic(np.array(scores), np.array(right, float))


def logistic(scores: np.ndarray, right: np.ndarray) -> list[float]:
    """Return the logistic curve with the greatest likelihood (Newton's method)."""
    rows = np.stack([np.ones_like(scores), scores], axis=1)
    weights = np.zeros(2)
    for _ in range(30):
        sure = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (sure - right)
        weights -= np.linalg.solve((rows * (sure * (1 - sure))[:, None]).T @ rows + 1e-6 * np.eye(2), slope)
    return [round(float(weight), 2) for weight in weights]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("groups", type=Path)
    arguments.add_argument("--without", type=Path, nargs="*", default=[])
    arguments.add_argument("--out", type=Path, default=Path(phonetics.__file__).with_name("sounds.json"))
    asked = arguments.parse_args()
    without = set().union(*map(words_of, asked.without)) if asked.without else set()
    of = groups(asked.groups, without)
    print(f"{len(of):,} groups, without those of {len(without):,} words")
    tables = {}
    for scripts, both in sorted(pairs(of).items()):
        print(*(phonetics.SCRIPTS[script] for script in scripts))
        tables[scripts] = learned(both, symmetric=scripts[0] == scripts[1])
        if scripts[1] in UNWRITTEN_VOWELS and scripts[0] not in UNWRITTEN_VOWELS:
            ease_vowels(tables[scripts])
    written = as_json(tables)
    phonetics.use_tables(written)
    for scripts in tables:
        curve = calibration(of, scripts)
        written[" ".join(phonetics.SCRIPTS[script] for script in scripts)]["calibration"] = curve
        print(*(phonetics.SCRIPTS[script] for script in scripts), curve)
    text = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
    asked.out.write_text(text + "\n", encoding="utf-8")
    print(f"{len(text.encode()):,} bytes")


if __name__ == "__main__":
    main()
