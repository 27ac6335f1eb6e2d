"""Words of quotations and of records, folded, with their places."""

from __future__ import annotations

import re
from typing import NamedTuple

from docindex.analysis import folding

_MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06ed\u00ad"
_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
WORD = re.compile(
    rf"[{_UNSPACED}]|\d+(?:[.,]\d+)*|(?:[^\W_{_UNSPACED}]|[{_MARKS}])+(?:-\n[ \t]*(?:[^\W\d_{_UNSPACED}]|[{_MARKS}])+)?"
)
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")
_LINE_END = re.compile(r"-\n[ \t]*")


class Token(NamedTuple):
    folded: str
    start: int
    stop: int


def tokens(text: str) -> list[Token]:
    return [Token(_folded_word(found[0]), found.start(), found.end()) for found in WORD.finditer(text)]


def _folded_word(word: str) -> str:
    """Return a word folded, without separators of thousands and a hyphen at a line's end."""
    if word[0].isdigit():
        return folding.fold(_THOUSANDS.sub("", word))
    return folding.fold(_LINE_END.sub("", word))
