"""Expansion of query leaves into weighted terms at each position. Pure.

The scorer looks these terms up and the highlighter marks them, so that the marks are the matches.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from docindex.analysis import analyzer, folding, stemming, token_cache, tokenizer
from docindex.metadata.keys import KEYWORD_FIELDS
from docindex.model.documents import UNDETERMINED
from docindex.query.ast import (
    And,
    AndMaybe,
    DateRange,
    Fuzzy,
    MatchAll,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    WidenedPhrase,
    WidenedWord,
    Wildcard,
    Word,
    conjunction,
    disjunction,
    negation,
)
from docindex.ranking.term_list import split_terms

TextLeaf = Word | Phrase | Prefix | Wildcard | Fuzzy
Filter = DateRange | MatchAll
"""Leaves that narrow the records and ask for no word."""

TermAlternatives = dict[str, float]
"""Terms that may stand at one position of a query, each with the weight of one occurrence (at
most 1).
"""

SAME_STEM_WEIGHT = 0.6
"""Weight of another form of the word. The word as typed weighs 1."""
SAME_ACCENTS_WEIGHT = 0.1
"""Share of the weight that depends on the accents as typed."""
MAX_FUZZY_LETTERS_FOR_ONE_EDIT = 5
"""Longest word for which a fuzzy query without a distance allows one edit only; longer words get
two.
"""

_SEPARATOR = re.compile(r"[-'’ʼ ]")


class Pattern(Struct, frozen=True):
    """A position of a query that many terms may fill: a prefix, a wildcard or a fuzzy word."""

    text: str  # as typed
    prefix: str  # of all folded terms that can match
    weight: Callable[[str], float]  # of one folded term; 0 if it does not match
    matching_terms: Callable[[str], dict[str, float]]  # of terms with the prefix, one a line; with their weights
    word: str = ""  # folded, of a fuzzy word: terms with another first letter match too
    max_edits: int = 0


def query_positions(leaf: TextLeaf, language: str, *, exact: bool = False) -> list[TermAlternatives | Pattern]:
    """Return the consecutive positions that a leaf asks for in records of one language.

    Of `l’Algé*` and `Al-Qaï*` only the last position is a pattern.
    """
    if isinstance(leaf, Word | Phrase):
        any_form = not (isinstance(leaf, Phrase) and leaf.verbatim)
        positions_of_words = expand_terms(leaf.text, language, exact=exact, any_form=any_form)
        if isinstance(leaf, WidenedWord | WidenedPhrase):
            _widen(positions_of_words, leaf)
        return list(positions_of_words)
    parts: list[TextLeaf]
    if isinstance(leaf, Wildcard):
        parts = [
            Wildcard(part) if set(part) & set("*?") else Word(part) for part in _SEPARATOR.split(leaf.text) if part
        ]
    else:
        *words, last = _SEPARATOR.split(leaf.text)
        parts = [*(Word(word) for word in words if word), replace(leaf, text=last)]
    positions: list[TermAlternatives | Pattern] = []
    for part in parts:
        if not isinstance(part, Word):
            positions.append(_pattern(part))
        elif part.text.lower() not in tokenizer.ELIDED:
            positions += expand_terms(part.text, language, exact=exact)
    return positions


def split_unspaced(query: Query) -> Query:
    """Return a query in which the parts of a text without blanks are words: all must match, or
    any of them.
    """
    match query:
        case And(operands):
            return conjunction([split_unspaced(operand) for operand in operands])
        case Or(operands):
            return disjunction([split_unspaced(operand) for operand in operands])
        case AndMaybe(required, optional):
            return AndMaybe(split_unspaced(required), split_unspaced(optional))
        case Not(operand):
            return negation(split_unspaced(operand))
        case WidenedWord(spellings=spellings, typed=typed) if spellings or not typed:
            return query
        case Word(text, field, _, any_part) if field not in KEYWORD_FIELDS and tokenizer.has_unspaced(text):
            parts: list[Query] = [Word(part, field) for part in _parts(text)]
            return (disjunction if any_part else conjunction)(parts) if parts else query
        case _:
            return query


def _parts(text: str) -> list[str]:
    """Return the parts of a text without blanks: pairs of characters, and the words of other
    scripts in it.
    """
    tokens = analyzer.analyze(text, UNDETERMINED)
    parts: list[str] = []
    end = 0
    for start, stop in zip(tokens.starts, tokens.stops, strict=True):
        if stop > end:
            parts.append(text[start:stop])
            end = stop
    return parts


def expand_terms(text: str, language: str, *, exact: bool = False, any_form: bool = True) -> list[TermAlternatives]:
    """Return the term alternatives at each position of a text: `F-2014-20439` has several
    positions.

    `exact` allows the form as typed only: no stems and no folding except of case. Without
    `any_form` the words as typed match in any case and with any accents, and no other forms of
    them.
    """
    tokens = analyzer.analyze(text, language)
    alternatives: list[TermAlternatives] = []
    end = 0
    # Two tokens can cover the same characters (30.322 as one number and as two): the longer comes
    # first and counts.
    for forms, stop in zip(tokens.forms, tokens.stops, strict=True):
        if stop > end:
            alternatives.append(
                _exact_alternatives(forms) if exact else _alternatives(forms) if any_form else {forms[0]: 1.0}
            )
            end = stop
    return alternatives


def _widen(positions: list[TermAlternatives], leaf: WidenedWord | WidenedPhrase) -> None:
    """Add the other spellings of each word to the terms at its position."""
    typed = not isinstance(leaf, WidenedWord) or leaf.typed
    for alternatives in positions:
        others = {one.form: one.weight for one in leaf.spellings if one.word in alternatives}
        if not typed:
            alternatives.clear()
        alternatives.update({form: weight for form, weight in others.items() if form not in alternatives})


def _alternatives(forms: token_cache.Forms) -> TermAlternatives:
    folded = forms[0]
    stem = next((form[len(stemming.STEM) :] for form in forms if form.startswith(stemming.STEM)), folded)
    accented = [form for form in forms if folding.EXACT in form]
    alternatives = {folded: 1.0 - (SAME_ACCENTS_WEIGHT if accented else 0.0)}
    for form in accented:
        alternatives[form] = SAME_ACCENTS_WEIGHT
    if stem != folded:
        # An occurrence of the word itself is also posted under its stem and must not count twice.
        alternatives[folded] -= SAME_STEM_WEIGHT
        alternatives[stem] = SAME_STEM_WEIGHT
    alternatives[stemming.STEM + stem] = SAME_STEM_WEIGHT
    return alternatives


def _exact_alternatives(forms: token_cache.Forms) -> TermAlternatives:
    return {forms[-1] if folding.EXACT in forms[-1] else forms[0]: 1.0}


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
                lambda terms: dict.fromkeys(each.findall(terms), 1.0),
            )
        case _:
            prefix = folding.fold(leaf.text)
            return Pattern(
                leaf.text,
                prefix,
                lambda term: float(term.startswith(prefix)),
                lambda terms: dict.fromkeys(split_terms(terms), 1.0),
            )


def _fuzzy(text: str, distance: int | None) -> Pattern:
    from rapidfuzz import process  # few queries are fuzzy, and it is slow to import
    from rapidfuzz.distance import OSA

    word = folding.fold(text)
    max_edits = distance if distance is not None else 1 if len(word) <= MAX_FUZZY_LETTERS_FOR_ONE_EDIT else 2

    def weight(term: str) -> float:
        edits = OSA.distance(word, term, score_cutoff=max_edits)
        return 0.0 if edits > max_edits else 1.0 / (1.0 + edits)

    def matching_terms(terms: str) -> dict[str, float]:
        found = process.extract(word, split_terms(terms), scorer=OSA.distance, score_cutoff=max_edits, limit=None)
        return {term: 1.0 / (1.0 + edits) for term, edits, _ in found}

    # Nearly all edits come after the first letter: only there every term of the index is looked at.
    return Pattern(text, word[:1], weight, matching_terms, word, max_edits)


def keyword_matcher(leaf: TextLeaf) -> Callable[[str], bool]:
    """Return a test of whole values: equality, a prefix or a wildcard, without regard to case."""
    folded = leaf.text.casefold()
    match leaf:
        case Prefix():
            return lambda value: value.casefold().startswith(folded)
        case Wildcard():
            whole, _, _ = _wildcard(leaf.text)
            return lambda value: whole.fullmatch(value.casefold()) is not None
        case _:
            return lambda value: value.casefold() == folded


@lru_cache(maxsize=32)
def _wildcard(text: str) -> tuple[re.Pattern[str], re.Pattern[str], str]:
    """Compile a wildcard: for one whole value, and for each of many lines; and return its literal
    prefix.

    The pieces between stars have fixed lengths. Each is matched as early as possible and never
    again elsewhere (an atomic group), so that matching takes linear time for any number of stars.
    """
    pieces: list[list[str]] = [[]]
    for part in re.findall(r"\\.|.", text, re.DOTALL):
        if part == "*":
            pieces.append([])
        elif part == "?":
            pieces[-1].append(part)
        else:
            pieces[-1] += folding.fold(part[-1])
    first, *others = ["".join("." if part == "?" else re.escape(part) for part in piece) for piece in pieces]
    middle = "".join(f"(?>.*?{piece})" for piece in others[:-1] if piece)
    expression = f"{first}{middle}.*{others[-1]}" if others else first
    prefix = "".join(pieces[0]).split("?")[0]
    return re.compile(expression, re.DOTALL), re.compile(f"^{expression}$", re.MULTILINE), prefix
