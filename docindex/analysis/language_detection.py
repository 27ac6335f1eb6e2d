"""Language of a text: an ISO 639 code, or "und" if it cannot be told.

Function words decide where they are many and agree (Ingle 1976; Grefenstette, Comparing Two
Language Identification Schemes, 1995). Else the n-gram model of `eld` does, which comes with its
data; nothing is fetched. It is loaded when the first text needs it.

A text is cut into pieces. The model gives each piece's likeliest languages; one of them must lead
in the mean of all pieces, else the text is mixed. The first pieces are spread over the whole text,
and if they leave no doubt the rest is not looked at.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from itertools import islice
from math import exp
from typing import TYPE_CHECKING

from docindex.analysis.function_words import FUNCTION_WORD_LANGUAGES, function_words
from docindex.model.documents import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

MIN_SHARE = 0.4
"""Mean share of the language that is told."""
MIN_SHARE_RATIO = 1.7
"""Times by which its share exceeds the second's."""
MAX_PIECES = 24
"""Pieces of a text that are looked at, spread from its beginning to its end."""
PIECE_CHARACTERS = 80
"""Characters of a piece. In a longer one a language hides another."""
MIN_PIECE_LETTERS = 12
"""Letters of a piece, below which a word or two decide."""
MIN_PIECES = 5
"""Pieces that are always looked at, if there are so many: all of fewer may be in one of a text's
two languages.
"""
CLEAR_SHARE_RATIO = 12
"""Times by which the first language leads after those pieces, for the rest to be left out. At 6,
texts with paragraphs in two languages are told as one of them.
"""
MIN_CANDIDATE_SHARE = 0.1
"""Share of a language in a piece, below which it hardly counts."""
SHARPNESS = 20.0
"""The power by which a better score of the model makes a larger share. Of 10, 12, 20 and 30 it
leaves the fewest texts untold without telling mixed ones.
"""
MAX_CANDIDATES = 5
"""Languages of a piece whose scores are looked at."""
MAX_NAME_WORDS = 5
"""Words of a text that is only a name or a stamp, if all have a capital."""

PLAIN_LANGUAGES = frozenset({"ar", "de", "en", "fr", "it"})
"""Languages that function words alone tell from all others: each of their near kin has a list of
its own.
"""
MIN_PIECE_WEIGHT = 2.0
"""Weight of the function words in each piece: a word that several languages have counts for each
in part.
"""
MIN_PLAIN_WEIGHT = 6.0
"""Weight of the function words of all pieces that are looked at."""
PLAIN_PIECES = 6
"""Pieces whose function words are counted at least."""
MIN_WEIGHT_RATIO = 4.0
"""Times by which the first language leads the second, for its function words to decide."""

MAX_WORD_REPEATS = 2
"""Occurrences of a word that count for another language than the first: STATE on each page of
letters is no Italian.
"""
MIN_WORD_LETTERS = 2
"""Letters of a function word that counts. Shorter ones are also initials, and noise of OCR."""

_MISLEADING = re.compile(r"(?<![!-~])[!-~]*(?:://\S*|@[!-~]*)|[\d_]+")
_DIGITS = re.compile(r"[\d_]+")
_ASCII_DIGITS = bytes.maketrans(b"0123456789_", b" " * 11)
# Of ASCII, what is deleted so that what is left can be counted, a piece at a time.
_ASCII_NO_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalpha())
_ASCII_NO_CAPITALS = bytes(byte for byte in range(128) if not chr(byte).isupper())
_SIGNS = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u00ad\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Characters in words that mislead the model: vowel signs of Arabic (which make it Pashto),
invisible hyphens and direction marks, and lone surrogates, on which it fails.
"""
_NO_LETTERS = re.compile(r"[\W\d_]+")
_NOT_LATIN = re.compile("[^a-zA-Z\u00c0-\u024f\u1e00-\u1eff]+")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # kana, Han, Hangul
MALAY_WORDS = frozenset("kerana boleh ialah daripada wang beliau kerajaan sahaja".split())
"""Words of Malay that Indonesian writes otherwise, or hardly uses."""

Shares = list[tuple[str, float]]
"""Languages and the model's share of each, 0 to 1."""


def detect(text: str) -> str:
    """Return the text's language as an ISO 639-1 code, or ISO 639-3 if there is none.

    Texts that are mixed, too short, uncertain, or only a name are "und". At most `MAX_PIECES *
    PIECE_CHARACTERS` characters are read.
    """
    looked_at: list[str] = []
    shares: defaultdict[str, float] = defaultdict(float)
    if len(text) >= MIN_PIECES * PIECE_CHARACTERS and (plain := _by_function_words(text)):
        return plain
    likeliest = _model()
    for piece in map(_cleaned, _pieces(text)):
        if _weight(piece) < MIN_PIECE_LETTERS:
            continue
        looked_at.append(piece)
        for code, share in likeliest(_calmed(piece)):
            shares[code] += share
        if len(looked_at) >= MIN_PIECES and _leads(shares, len(looked_at), CLEAR_SHARE_RATIO):
            break
    if not looked_at or _is_name(looked_at) or _in_two_scripts(looked_at):
        return UNDETERMINED
    if not _leads(shares, len(looked_at), MIN_SHARE_RATIO):
        return UNDETERMINED
    code = max(shares, key=shares.__getitem__)
    return _indonesian_or_malay(looked_at) if code == "ms" else code


def _pieces(text: str) -> Iterator[str]:
    """Yield the pieces of a text in the order in which they are read."""
    number = max(1, min(MAX_PIECES, len(text) // PIECE_CHARACTERS))
    if number == 1:
        yield text
        return
    step = (len(text) - PIECE_CHARACTERS) / (number - 1)
    for turn in _spread(number):
        start = int(step * turn)
        yield text[start : start + PIECE_CHARACTERS]


@cache
def _spread(number: int) -> list[int]:
    """Return 0, 1, 2 ... in an order whose every beginning is spread over all: 0 13 5 18 10 23 of
    24.

    By steps of the golden section, with which paragraphs in two languages in turn hardly ever keep
    step: at quarters of the text, the first four of eight or sixteen such paragraphs would all be
    in the same.
    """
    return sorted(range(number), key=lambda turn: turn * 0.618034 % 1)


def _cleaned(piece: str) -> str:
    """Return the words of a piece in NFC without addresses, digits and misleading signs."""
    if "@" in piece or "://" in piece:
        words = _MISLEADING.sub(" ", piece)
    else:
        words = piece.encode().translate(_ASCII_DIGITS).decode() if piece.isascii() else _DIGITS.sub(" ", piece)
    if not words.isascii():
        words = unicodedata.normalize("NFC", _SIGNS.sub("", words))
    return " ".join(words.split())


def _calmed(words: str) -> str:
    """Return text in capitals as lower case, because the model knows few texts in capitals."""
    if words.isascii():
        capitals = len(words.encode().translate(None, _ASCII_NO_CAPITALS))
    else:
        capitals = sum(map(str.isupper, words))
    return words.lower() if capitals > len(words) / 2 else words


def _weight(words: str) -> int:
    """Return the number of letters. A character for a syllable or a word counts as three."""
    if words.isascii():
        return len(words.encode().translate(None, _ASCII_NO_LETTERS))
    return len(_NO_LETTERS.sub("", words)) + 2 * len(_WIDE.findall(words))


def _is_name(pieces: Sequence[str]) -> bool:
    if any(word[0].islower() for piece in pieces for word in piece.split()):  # nearly always one of the first words
        return False
    words = _NO_LETTERS.sub(" ", " ".join(pieces)).split()
    return len(words) <= MAX_NAME_WORDS and all(word[0].isupper() for word in words)


def _in_two_scripts(pieces: Sequence[str]) -> bool:
    """Return True for about half Latin and half other letters, for which the model is wrongly
    confident.
    """
    if all(map(str.isascii, pieces)):
        return False
    words = " ".join(pieces)
    return 0.4 < len(_NOT_LATIN.sub("", words)) / _weight(words) < 0.6


def _leads(shares: Mapping[str, float], pieces: int, times: float) -> bool:
    """Return True if the first language is probable and leads the second by a ratio."""
    *_, next_most, most = sorted([0.0, 0.0, *shares.values()])
    return most >= MIN_SHARE * pieces and most >= times * next_most


@cache
def _model() -> Callable[[str], Shares]:
    from eld import LanguageDetector  # type: ignore[import-untyped]

    detector = LanguageDetector()

    def likeliest(words: str) -> Shares:
        scores = detector.detect(words).scores()
        if not scores:
            return []
        best, *others = islice(scores.items(), MAX_CANDIDATES)  # the model gives the best first
        weights = [(code, exp(SHARPNESS * (score - best[1]))) for code, score in others]
        total = 1.0 + sum(weight for _, weight in weights)
        shares = [(best[0], 1.0 / total), *((code, weight / total) for code, weight in weights)]
        return [(code, share) for code, share in shares if share >= MIN_CANDIDATE_SHARE]

    return likeliest


def _indonesian_or_malay(pieces: Iterable[str]) -> str:
    """Return "ms" for a text with words that only Malay has, else "id".

    The model knows them as one language.
    """
    return "id" if MALAY_WORDS.isdisjoint(" ".join(pieces).lower().split()) else "ms"


def _by_function_words(text: str) -> str | None:
    """Return the language of the function words of some pieces, or None if they leave a doubt.

    It costs no model. As many pieces are looked at as the answer needs.
    """
    known = _function_word_weights()
    totals: defaultdict[str, float] = defaultdict(float)
    leaders: set[str] = set()
    found: list[str] = []
    is_latin: set[bool] = set()
    for number, piece in enumerate(_pieces(text), 1):
        own = [word for word in piece.lower().split() if word in known]
        weights: defaultdict[str, float] = defaultdict(float)
        for word in own:
            codes, weight = known[word]
            for code in codes:
                weights[code] += weight
        is_latin.add(piece.isascii() or 2 * len(_NOT_LATIN.sub("", piece)) >= len(_NO_LETTERS.sub("", piece)))
        if len(is_latin) > 1:
            return None
        if not weights:
            continue
        leader = max(weights, key=weights.__getitem__)
        if weights[leader] >= MIN_PIECE_WEIGHT:
            leaders.add(leader)
            if len(leaders) > 1:
                return None
        for code, weight in weights.items():
            totals[code] += weight
        found += own
        if number >= PLAIN_PIECES and leaders:
            (first,) = leaders
            if totals[first] >= MIN_PLAIN_WEIGHT and totals[first] >= MIN_WEIGHT_RATIO * _rival_weight(first, found):
                return first if first in PLAIN_LANGUAGES else None
    return None


def _rival_weight(first: str, found: Iterable[str]) -> float:
    """Return the largest weight of another language, by the words that the first has not."""
    known = _function_word_weights()
    others: defaultdict[str, float] = defaultdict(float)
    for word, times in Counter(found).items():
        codes, weight = known[word]
        if first not in codes:
            for code in codes:
                others[code] += weight * min(times, MAX_WORD_REPEATS)
    return max(others.values(), default=0.0)


@cache
def _function_word_weights() -> dict[str, tuple[tuple[str, ...], float]]:
    """Return each function word with the languages that have it, and what it counts for each."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code in FUNCTION_WORD_LANGUAGES:
        for word in function_words(code):
            found[word].append(code)
    return {word: (tuple(codes), 1.0 / len(codes)) for word, codes in found.items() if len(word) >= MIN_WORD_LETTERS}
