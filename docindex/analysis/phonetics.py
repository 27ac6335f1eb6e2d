"""Sounds of words: names as rows of phones, compared by learned log-odds, within a script and
across scripts.

Pure. A phone is a letter or a digraph (`kh`, `sch`, `ou`). Latin, Cyrillic, Greek, Arabic and
Hebrew have phones of their own; other scripts are romanised first. Two words are aligned like two
proteins (Needleman and Wunsch, 1970). The worth of a pair of phones is its log-odds in two
spellings of one name, like a BLOSUM table (Henikoff and Henikoff, 1992).
`tests/benchmarks/learn_sounds.py` learns the tables.

A whole vocabulary is split and compared at once, in C. The index stores nothing for it.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from math import log
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from numpy.typing import NDArray

    Codes = NDArray[np.uint8]
    Numbers = NDArray[np.float32]

MAX_PHONES = 20  # of a word; a longer word is no name
LATIN, CYRILLIC, GREEK, ARABIC, HEBREW = SCRIPTS = ("latin", "cyrillic", "greek", "arabic", "hebrew")
_BREAK = ord("\n")
_NO_LETTER = 1  # the code of a digit or sign
_FIRST_UNSPACED = 0x0E00

_DIGRAPHS = (
    "tsch dsch dzh dzs sch tch kh gh ch sh zh th dh ph ts tz dz dj ck cz sz rz cs zs tj sj tx qu ou oo ee ie ei ai ay "
    "ey au eu aw ew ow ya yo yu ja jo ju ia io iu iy ij yi"
).split()
_DOUBLE_VOWELS = ("oo", "ee")
_SOFTENED = {"c": "c'", "g": "g'"}
"""Letters that `e`, `i` and `y` soften in many languages, and the phone that each becomes."""
_LETTERS = {
    CYRILLIC: "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґўјљњћђџ",
    GREEK: "αβγδεζηθικλμνξοπρσςτυφχψω",
    ARABIC: "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگڤ",
    HEBREW: "אבגדהוזחטיכלמנסעפצקרשת",
}
_GREEK_DIGRAPHS = "μπ ντ γκ γγ ου αι ει οι ευ αυ τσ τζ".split()
_SAME_LETTER = dict(zip("ڨٹڈڑںےآأإؤئךםןףץё", "گ ت د ر ن ي ا ا ا و ي כ מ נ פ צ е".split(), strict=True))
"""Letters read as another of their script."""

PHONES: tuple[str, ...] = (
    *"abcdefghijklmnopqrstuvwxyz",
    *_DIGRAPHS,
    *_SOFTENED.values(),
    *(letter for letters in _LETTERS.values() for letter in letters),
    *_GREEK_DIGRAPHS,
)
"""All phones, in the order of their codes."""
_SPARE = [code for code in range(2, 256) if code != _BREAK and not ord("a") <= code <= ord("z")]
CODES: dict[str, int] = {
    **{letter: ord(letter) for letter in "abcdefghijklmnopqrstuvwxyz"},
    **dict(zip(PHONES[26:], _SPARE, strict=False)),
}
"""The byte that stands for each phone."""


class Words(Struct, frozen=True, eq=False):
    """Words as rows of phones, padded with 0.

    A word that is no name in a known script has no phones.
    """

    codes: Codes  # words x MAX_PHONES
    lengths: NDArray[np.intp]  # phones of each word
    scripts: Codes  # of each word, as an index of SCRIPTS

    def __len__(self) -> int:
        return len(self.lengths)

    def take(self, rows: NDArray[np.intp]) -> Words:
        return Words(self.codes[rows], self.lengths[rows], self.scripts[rows])


class _Letters(dict[int, str]):
    """Characters as phones of one letter, or as Latin letters; a character without a sound
    becomes no letter.
    """

    def __missing__(self, character: int) -> str:
        if character >= _FIRST_UNSPACED and not 0x10A0 <= character < 0x1100 and not 0x1E00 <= character < 0x2100:
            text = chr(_NO_LETTER)
        else:
            from anyascii import anyascii  # here: few vocabularies hold other letters

            latin = re.sub("[^a-z]", "", anyascii(chr(character)).lower())
            text = latin if chr(character).isalpha() else ""
        self[character] = text
        return text


@cache
def _letters() -> _Letters:
    table = {ord(letter): chr(CODES[letter]) for letters in _LETTERS.values() for letter in letters}
    table |= {ord(letter): table[ord(other)] for letter, other in _SAME_LETTER.items()}
    plain = {code: chr(code) for code in (*range(ord("a"), ord("z") + 1), _BREAK)}
    silent = dict.fromkeys(map(ord, "'-’ʼ"), "")
    other = {code: chr(_NO_LETTER) for code in range(128) if code not in plain and code not in silent}
    return _Letters(other | silent | plain | table)


def _bytes(phones: str) -> bytes:
    return bytes(CODES[letter] for letter in phones)


@cache
def _replacements() -> list[tuple[bytes, bytes]]:
    pairs = [(phone.encode(), bytes([CODES[phone]])) for phone in _DIGRAPHS if phone not in _DOUBLE_VOWELS]
    pairs += [
        (f"{letter}{vowel}".encode(), bytes([CODES[soft]]) + vowel.encode())
        for letter, soft in _SOFTENED.items()
        for vowel in "eiy"
    ]
    return pairs + [(_bytes(phone), bytes([CODES[phone]])) for phone in _GREEK_DIGRAPHS]


@cache
def _article() -> re.Pattern[bytes]:
    """Return a pattern of the Arabic article before at least three letters."""
    return re.compile(rb"(?m)^" + re.escape(_bytes("ال")) + rb"(?=[^\n]{3})")


@cache
def _script_of_code() -> Codes:
    table = np.zeros(256, np.uint8)
    for number, script in enumerate(SCRIPTS):
        for letter in _LETTERS.get(script, ""):
            table[CODES[letter]] = number
    for phone in _GREEK_DIGRAPHS:
        table[CODES[phone]] = SCRIPTS.index(GREEK)
    return table


def split(folded: str) -> Words:
    """Return the phones of folded words, each of which ends with a line break."""
    data = folded.translate(_letters()).encode("latin-1")
    for vowels in _DOUBLE_VOWELS:
        data = data.replace(vowels.encode(), bytes([CODES[vowels]]))
    data = _undoubled(data)
    if not folded.isascii():
        data = _article().sub(b"", data)
    for phone, code in _replacements():
        data = data.replace(phone, code)
    return _rows(np.frombuffer(_undoubled(data), np.uint8))


def _undoubled(data: bytes) -> bytes:
    codes = np.frombuffer(data, np.uint8)
    keep = np.ones(len(codes), bool)
    keep[1:] = (codes[1:] != codes[:-1]) | (codes[1:] == _BREAK)
    return codes[keep].tobytes()


def _rows(flat: Codes) -> Words:
    ends = np.flatnonzero(flat == _BREAK)
    starts = np.concatenate([np.zeros(1, ends.dtype), ends[:-1] + 1]) if len(ends) else ends
    lengths = ends - starts
    lengths[lengths > MAX_PHONES] = 0
    codes = np.zeros((len(ends), MAX_PHONES), np.uint8)
    for place in range(MAX_PHONES):
        holding = np.flatnonzero(lengths > place)
        codes[holding, place] = flat[starts[holding] + place]
    bad = (codes == _NO_LETTER).any(axis=1)
    codes[bad] = 0
    lengths[bad] = 0
    return Words(codes, lengths, _script_of_code()[codes].max(axis=1, initial=0))


FIRST, WITHIN, LAST = PLACES = (0, 1, 2)
"""Places in a word at which a phone without a counterpart is scored apart."""
LOWEST, HIGHEST = -5.0, 6.0  # log-odds in the tables
_UNREACHABLE = -15.0
_STEPS_PER_UNIT = 8.0
_FIRST_LETTER = 35  # "#": a table's letters need no escape in JSON, for the backslash is left out


def as_letters(scores: Iterable[float]) -> str:
    """Return scores as a text, a character each."""
    numbers = (round((min(HIGHEST, max(LOWEST, score)) - LOWEST) * _STEPS_PER_UNIT) for score in scores)
    return "".join(chr(_FIRST_LETTER + number + (number >= ord("\\") - _FIRST_LETTER)) for number in numbers)


def from_letters(text: str) -> Numbers:
    """Return the scores that `as_letters` wrote."""
    numbers = np.array([ord(letter) - _FIRST_LETTER for letter in text], np.float32)
    numbers -= numbers > ord("\\") - _FIRST_LETTER
    return numbers / np.float32(_STEPS_PER_UNIT) + np.float32(LOWEST)


class _Table(Struct, frozen=True, eq=False):
    """Log-odds of one pair of scripts, by codes."""

    same: Numbers  # 256 x 256
    gaps: tuple[Numbers, Numbers]  # PLACES x 256: of a phone on either side that has no counterpart

    def best(self, codes: Codes) -> Numbers:
        """Return the highest score that each row of phones could reach."""
        return np.asarray(self._best[codes].sum(axis=-1), np.float32)

    @property
    def _best(self) -> Numbers:
        best: Numbers = np.maximum(self.same.max(axis=1), self.gaps[0].max(axis=0))
        best[0] = 0.0
        return best

    def turned(self) -> _Table:
        return _Table(self.same.T, (self.gaps[1], self.gaps[0]))


_Written = dict[str, dict[str, "list[Any]"]]
"""Tables as `sounds.json` holds them, by their two scripts."""
_learned: _Written = {}


def use_tables(written: _Written) -> None:
    """Take other tables than those that come with docindex: for learning them."""
    _learned.clear()
    _learned.update(written)
    _table.cache_clear()


def _written() -> _Written:
    if not _learned:
        text = files("docindex.analysis").joinpath("sounds.json").read_text(encoding="utf-8")
        _learned.update(json.loads(text))
    return _learned


@cache
def _table(one: int, other: int) -> _Table | None:
    """Return the table of two scripts, or None where none was learned."""
    if one > other:
        turned = _table(other, one)
        return turned and turned.turned()
    written = _written().get(f"{SCRIPTS[one]} {SCRIPTS[other]}")
    if written is None:
        return None
    left, right = ([CODES[phone] for phone in phones] for phones in written["phones"])
    same = np.full((256, 256), LOWEST, np.float32)
    for code, row in zip(left, written["same"], strict=True):
        same[code, right] = from_letters(row)
    gaps = []
    for codes, texts in zip((left, right), written["gaps"], strict=True):
        gap = np.full((len(PLACES), 256), LOWEST, np.float32)
        for place, text in zip(PLACES, texts, strict=True):
            gap[place, codes] = from_letters(text)
        gap[:, 0] = 0.0
        gaps.append(gap)
    return _Table(same, (gaps[0], gaps[1]))


def similarities(word: Words, words: Words, least: float = 0.0) -> Numbers:
    """Return how sure it is that each of the words spells the same name as the one word: from 0 to
    1.

    The words that the tables are learned from decide how sure: 0.5 means that half of such pairs in
    a vocabulary of names are one name. Among the words of ordinary texts it is more. A word that
    cannot reach `least` gets 0.
    """
    sure = np.zeros(len(words), np.float32)
    for number in np.unique(words.scripts):
        scripts = int(word.scripts[0]), int(number)
        rows = np.flatnonzero((words.scripts == number) & (words.lengths > 0))
        if len(rows) and word.lengths[0] and _table(*scripts) is not None:
            intercept, slope = _calibration(*scripts)
            lowest = (log(least / (1.0 - least)) - intercept) / slope if least > 0.0 else -np.inf
            scores = relative_scores(word, words.take(rows), lowest)
            sure[rows] = 1.0 / (1.0 + np.exp(-intercept - slope * np.maximum(scores, _UNREACHABLE)))
    return sure


def relative_scores(word: Words, words: Words, lowest: float = -np.inf) -> Numbers:
    """Return the log-odds that each of the words is the one word, by the root of the most that it
    could be.

    All words are of one script. A word that cannot reach the lowest score gets one below all
    others.
    """
    one, other = int(word.scripts[0]), int(words.scripts[0])
    table = _table(one, other)
    if table is None:
        return np.full(len(words), -np.inf, np.float32)
    phones = word.codes[0, : word.lengths[0]]
    most = np.sqrt(np.maximum(np.maximum(table.best(phones), table.turned().best(words.codes)), 1.0))
    scores = np.full(len(words), _UNREACHABLE, np.float32)
    rows = np.flatnonzero(_bounds(phones, words, table) >= lowest * most)
    if len(rows):
        scores[rows] = _aligned(phones, words.take(rows), table) / most[rows]
    return scores


def _bounds(phones: Codes, words: Words, table: _Table) -> Numbers:
    """Return a score for each word that its alignment cannot exceed: each phone by itself, in
    any order.
    """
    best = np.maximum(table.same[phones].max(axis=0), table.gaps[1].max(axis=0))
    best[0] = 0.0
    skipped = np.maximum(table.gaps[0][:, phones].max(axis=0), 0.0).sum()
    return np.asarray(best[words.codes].sum(axis=1) + skipped, np.float32)


def _calibration(one: int, other: int) -> tuple[float, float]:
    scripts = sorted((one, other))
    intercept, slope = _written()[" ".join(SCRIPTS[number] for number in scripts)].get("calibration", (0.0, 1.0))
    return intercept, slope


def _aligned(phones: Codes, words: Words, table: _Table) -> Numbers:
    longest = int(words.lengths.max())
    columns = np.ascontiguousarray(words.codes[:, :longest].T)  # a row a place: each step reads one
    gaps = table.gaps[1][WITHIN][columns]
    everyone = np.arange(len(words))
    last = words.lengths - 1
    gaps[last, everyone] = table.gaps[1][LAST][columns[last, everyone]]
    gaps[0] = table.gaps[1][FIRST][columns[0]]
    above = np.zeros((longest + 1, len(words)), np.float32)
    np.cumsum(gaps, axis=0, out=above[1:])
    for number, phone in enumerate(phones):
        place = FIRST if number == 0 else LAST if number == len(phones) - 1 else WITHIN
        gap = table.gaps[0][place, phone]
        same = table.same[phone][columns]
        row = np.empty_like(above)
        row[0] = above[0] + gap
        np.maximum(above[:-1] + same, above[1:] + gap, out=row[1:])
        for column in range(longest):
            np.maximum(row[column + 1], row[column] + gaps[column], out=row[column + 1])
        above = row
    return above[words.lengths, everyone]
