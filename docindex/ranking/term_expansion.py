"""What the leaves of a query ask for: words, and patterns that many words may fill. Pure.

Scoring looks up what is asked for here and highlighting marks it, so that what is marked is what matched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from docindex.analysis import analyzer
from docindex.query.ast import DateRange, Fuzzy, MatchAll, Phrase, Prefix, Wildcard, Word
from docindex.ranking.term_alternatives import Slot, slots
from docindex.ranking.term_list import split_terms

TextLeaf = Word | Phrase | Prefix | Wildcard | Fuzzy
Filter = DateRange | MatchAll
"""What narrows the records without asking for a word."""
KEYWORDS = frozenset({"language", "path", "id"})
"""Fields whose whole value is one term."""


class Pattern(Struct, frozen=True):
    """A position of a query that many words may fill: folded forms with this beginning that are worth more than 0."""

    text: str
    prefix: str
    worth: Callable[[str], float]
    among: Callable[[str], dict[str, float]]
    """Those of many forms, each on a line and all with the beginning, that fill the position, with their worth."""


_SEPARATOR = re.compile(r"[-'’ʼ ]")


def steps(leaf: TextLeaf, language: str, *, exact: bool = False) -> list[Slot | Pattern]:
    """The positions a leaf asks for, in order. Of `l’Algé*` or `Al-Qaï*` the last is a pattern, the others words."""
    if isinstance(leaf, Word | Phrase):
        return list(slots(leaf.text, language, exact=exact))
    parts: list[TextLeaf]
    if isinstance(leaf, Wildcard):
        parts = [
            Wildcard(part) if set(part) & set("*?") else Word(part) for part in _SEPARATOR.split(leaf.text) if part
        ]
    else:
        *words, last = _SEPARATOR.split(leaf.text)
        parts = [*(Word(word) for word in words if word), replace(leaf, text=last)]
    asked: list[Slot | Pattern] = []
    for part in parts:
        if not isinstance(part, Word):
            asked.append(_pattern(part))
        elif part.text.lower() not in analyzer.ELIDED:
            asked += slots(part.text, language, exact=exact)
    return asked


def _pattern(leaf: TextLeaf) -> Pattern:
    match leaf:
        case Fuzzy(text, _, distance):
            return _fuzzy(text, distance)
        case Wildcard(text):
            whole, each, prefix = _wildcard(text)
            return Pattern(
                text,
                prefix,
                lambda term: float(whole.fullmatch(term) is not None),
                lambda forms: dict.fromkeys(each.findall(forms), 1.0),
            )
        case _:
            prefix = analyzer.fold(leaf.text)
            return Pattern(
                leaf.text,
                prefix,
                lambda term: float(term.startswith(prefix)),
                lambda forms: dict.fromkeys(split_terms(forms), 1.0),
            )


def _fuzzy(text: str, distance: int | None) -> Pattern:
    from rapidfuzz import process  # here: few queries are fuzzy, and it is slow to import
    from rapidfuzz.distance import OSA

    word = analyzer.fold(text)
    most = distance if distance is not None else 1 if len(word) <= 5 else 2

    def worth(term: str) -> float:
        slips = OSA.distance(word, term, score_cutoff=most)
        return 0.0 if slips > most else 1.0 / (1.0 + slips)

    def among(forms: str) -> dict[str, float]:
        found = process.extract_iter(word, split_terms(forms), scorer=OSA.distance, score_cutoff=most)
        return {form: 1.0 / (1.0 + slips) for form, slips, _ in found}

    # The first letter stands: nearly all slips come later, and it spares most of the vocabulary.
    return Pattern(text, word[:1], worth, among)


def keyword_matcher(leaf: TextLeaf) -> Callable[[str], bool]:
    """Whether a whole value is the one a leaf asks for: as a word, its beginning, or a pattern; case is no matter."""
    wanted = leaf.text.casefold()
    match leaf:
        case Prefix():
            return lambda value: value.casefold().startswith(wanted)
        case Wildcard():
            whole, _, _ = _wildcard(leaf.text)
            return lambda value: whole.fullmatch(value.casefold()) is not None
        case _:
            return lambda value: value.casefold() == wanted


@lru_cache(maxsize=32)
def _wildcard(text: str) -> tuple[re.Pattern[str], re.Pattern[str], str]:
    """A pattern of `*` and `?` for a whole value, for each of many lines, and the beginning before the first of them.

    The pieces between the stars have fixed lengths and are looked for one after the other, each as early as it can
    be and never again elsewhere: no value takes long, however many stars there are.
    """
    pieces: list[list[str]] = [[]]
    for part in re.findall(r"\\.|.", text, re.DOTALL):
        if part == "*":
            pieces.append([])
        elif part == "?":
            pieces[-1].append(part)
        else:
            pieces[-1] += analyzer.fold(part[-1])
    first, *others = ["".join("." if part == "?" else re.escape(part) for part in piece) for piece in pieces]
    middle = "".join(f"(?>.*?{piece})" for piece in others[:-1] if piece)
    expression = f"{first}{middle}.*{others[-1]}" if others else first
    prefix = "".join(pieces[0]).split("?")[0]
    return re.compile(expression, re.DOTALL), re.compile(f"^{expression}$", re.MULTILINE), prefix
