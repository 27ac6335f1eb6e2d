"""What is measured on: folders of texts, sets written out as such, parts and enlargements of them,
and queries.

Queries are drawn from the texts by the number of documents that hold a word, and answered by
reading all the texts: that is what the engines' answers are held against.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

CORPORA = Path(os.environ.get("DOCINDEX_CORPORA", "../shared/corpora"))
ENDINGS = {".txt", ".md"}
WORD = re.compile(r"[^\W_]+")
LONG_AGO = 1_500_000_000  # the time that files written here bear: one changed just now might change again unseen


class Query(Struct, frozen=True):
    """Something to be asked of every engine, each in its own language."""

    kind: str
    words: tuple[str, ...]
    form: str = "words"  # words (all of them), phrase, prefix, fuzzy (a letter changed, added, lost or swapped), dated
    year: str = ""  # with `dated`

    @property
    def text(self) -> str:
        """As docindex, the `whoosh` command, FTS5 and Recoll write it, as far as they can ask
        for it.
        """
        words = " ".join(self.words)
        shapes = {"phrase": '"{}"', "prefix": "{}*", "fuzzy": "{}~1", "dated": "{} date:" + self.year}
        return shapes.get(self.form, "{}").format(words)


class Texts:
    """The words of all the texts in a folder, lower-case, document by document."""

    def __init__(self, folder: Path) -> None:
        kept: dict[str, str] = {}  # each word once in memory
        self.documents = {
            str(path.relative_to(folder)): [kept.setdefault(word, word) for word in words_of(path)]
            for path in files(folder)
        }
        self.held = Counter(word for words in self.documents.values() for word in set(words))

    def matching(self, query: Query) -> set[str]:
        """The documents that a query is to find, by reading them all; dates are not looked at."""
        test = _test(query, self.held)
        return {name for name, words in self.documents.items() if test(words)}


def _test(query: Query, held: Iterable[str]) -> Callable[[Sequence[str]], bool]:
    wanted = set(query.words)
    if query.form == "phrase":
        return lambda words: (
            wanted.issubset(words)
            and query.words in zip(*(words[start:] for start in range(len(query.words))), strict=False)
        )
    if query.form == "prefix":
        wanted = {word for word in held if word.startswith(query.words[0])}
        return lambda words: not wanted.isdisjoint(words)
    if query.form == "fuzzy":
        wanted = {word for word in held if OSA.distance(word, query.words[0], score_cutoff=1) <= 1}
        return lambda words: not wanted.isdisjoint(words)
    return lambda words: wanted.issubset(words)


def words_of(path: Path) -> list[str]:
    """The words of a text, lower-case."""
    return WORD.findall(path.read_text("utf-8", "replace").lower())


def files(folder: Path) -> list[Path]:
    """The texts in a folder that hold anything, in order."""
    found = (path for path in folder.rglob("*") if path.suffix in ENDINGS and path.is_file())
    return sorted(path for path in found if path.stat().st_size)


def written_out(name: str, folder: Path) -> Path:
    """A judged set as a folder of text files."""
    with (CORPORA / name / "docs.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            document = json.loads(line)
            text = "\n".join(filter(None, (document.get("title"), document["text"])))
            _write(folder / f"{number:06}.txt", text)
    return folder


def part(folder: Path, count: int, place: Path) -> Path:
    """A copy of so many of a folder's texts, evenly spread over it."""
    texts = files(folder)
    count = min(count, len(texts))
    for number in range(count):
        path = texts[number * len(texts) // count]
        copy = place / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
        os.utime(copy, (LONG_AGO, LONG_AGO))
    return place


def enlarged(folder: Path, count: int, place: Path) -> Path:
    """So many texts: a folder's own and, beyond those, the same with words changed.

    Of the words of a copy one in seven is taken from some other text, and one in twenty is new: a
    collection that grows goes on bringing new words, and its documents are not all alike.
    """
    drawn = random.Random(1)  # noqa: S311
    texts = [path.read_text("utf-8", "replace") for path in files(folder)]
    words = [word for text in texts for word in re.findall(r"[^\W\d_]+", text)]

    def changed(found: re.Match[str]) -> str:
        chance = drawn.random()
        if chance < 1 / 7:
            return drawn.choice(words)
        if chance < 1 / 7 + 1 / 20:
            return found[0] + drawn.choice("aeiou") + drawn.choice("bdklmnrst")
        return found[0]

    for number in range(count):
        text = texts[number % len(texts)]
        copy = text if number < len(texts) else re.sub(r"[^\W\d_]+", changed, text)
        _write(place / f"{number // 1000:03}" / f"{number:06}.txt", copy)
    return place


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (LONG_AGO, LONG_AGO))


def change(folder: Path) -> None:
    """Add a line to a folder's first text."""
    text = files(folder)[0]
    with text.open("a", encoding="utf-8") as file:
        file.write("\nchanged\n")


def drawn(texts: Texts, year: str = "") -> list[Query]:
    """One query of each kind: rare is what three documents hold, common what a fifth of all do."""
    number = len(texts.documents)
    rare = nearest({word: held for word, held in texts.held.items() if _apt(word, 7)}, 3)[0]
    common, other = nearest({word: held for word, held in texts.held.items() if _apt(word, 5)}, number / 5)[:2]
    queries = [
        Query("a rare word", (rare,)),
        Query("a common word", (common,)),
        Query("two common words", (common, other)),
        Query("a phrase", nearest(_pairs(texts), number / 20)[0], "phrase"),
        Query("a prefix", (common[:4],), "prefix"),
        Query("a fuzzy word", (common,), "fuzzy"),
        Query("an absent word", (f"{common}zzz",)),
        Query("the most frequent words", tuple(nearest(texts.held, number)[:3])),
        Query("nine words of a text", _stretch(texts, 9)),
    ]
    return [*queries, Query("a word in a year", (common,), "dated", year)] if year else queries


def _stretch(texts: Texts, length: int) -> tuple[str, ...]:
    """So many words in a row of the text in the middle of those that have more."""
    every = list(texts.documents.values())
    long = [words for words in every if len(words) > length] or [max(every, key=len)]
    words = long[len(long) // 2]
    return tuple(words[max(0, (len(words) - length) // 2) :][:length])


def many(texts: Texts, count: int) -> list[Query]:
    """Queries of one to three words and phrases, each of some document: it is found at least
    there.
    """
    choose = random.Random(1)  # noqa: S311
    documents = [words for words in texts.documents.values() if len(words) > 20]
    queries = []
    for number in range(count):
        words = choose.choice(documents)
        if number % 4 == 3:
            start = choose.randrange(len(words) - 1)
            queries.append(Query("phrase", tuple(words[start : start + 2]), "phrase"))
        else:
            long = sorted({word for word in words if _apt(word, 5)}) or words[:1]
            queries.append(Query("words", tuple(choose.sample(long, min(len(long), 1 + number % 4)))))
    return queries


def nearest(held: dict[str, int] | dict[tuple[str, ...], int], wanted: float) -> list:
    """All, those first that so many documents hold, or about so many."""
    return sorted(held, key=lambda one: (abs(held[one] - wanted), one))


def _apt(word: str, least: int) -> bool:
    """Whether every engine takes it for a word, and none for one that says nothing."""
    return len(word) >= least and word.isalpha()


def _pairs(texts: Texts) -> Counter[tuple[str, ...]]:
    """How many documents hold two words side by side, of words that are held by many."""
    least = len(texts.documents) / 20
    usual = {word for word, held in texts.held.items() if held >= least and _apt(word, 5)}
    return Counter(
        pair
        for words in texts.documents.values()
        for pair in {pair for pair in pairwise(words) if pair[0] in usual and pair[1] in usual}
    )
