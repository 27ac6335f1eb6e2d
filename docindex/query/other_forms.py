"""Other written forms of what a query names: each stands beside what was typed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from msgspec.structs import replace

from docindex.query import number_forms, word_forms
from docindex.query.ast import And, AndMaybe, Not, Or, Phrase, Query, Word, disjunction

_TEXT_FIELDS = (None, "title", "body")


def with_other_forms(query: Query) -> Query:
    """Return the query in which numbers, and words written in two ways, stand for all their
    forms.

    A blank, a comma and an Arabic separator part words, so that groups are a phrase: 12 500 000.
    """
    match query:
        case Word(text, field) if field in _TEXT_FIELDS and not query.variants:
            found = [*number_forms.forms(text), *word_forms.forms(text)]
            return _disjunction(query, found, query)
        case And(operands):
            made = _operands(operands)
            return made[0] if len(made) == 1 else And(tuple(made))
        case Or(operands):
            return disjunction([with_other_forms(operand) for operand in operands])
        case Not(operand):
            return Not(with_other_forms(operand))
        case AndMaybe():
            required, optional = with_other_forms(query.required), with_other_forms(query.optional)
            return replace(query, required=required, optional=optional)
        case _:
            return query


def _operands(operands: Sequence[Query]) -> list[Query]:
    """Return the operands of a conjunction; a number in several of them becomes one operand."""
    made: list[Query] = []
    for is_part, run in groupby(operands, key=_is_number_part):
        words = list(run)
        first = words[0]
        found = list(number_forms.run_forms([word.text for word in words if isinstance(word, Word)])) if is_part else []
        if isinstance(first, Word) and found:
            made.append(_disjunction(And(tuple(words)), found, first))
        else:
            made += map(with_other_forms, words)
    return made


def _is_number_part(query: Query) -> bool:
    """Return True for a word that may be one group of a number: digits, or a part of an account."""
    if not (isinstance(query, Word) and query.field is None and not query.variants and query.text.isalnum()):
        return False
    return any(map(str.isdecimal, query.text)) and len(query.text) <= 4


def _disjunction(query: Query, found: Sequence[tuple[str, ...]], typed: Word) -> Query:
    """Return a query that also matches other forms, each given as its parts."""
    forms = dict.fromkeys(parts for parts in found if parts != (typed.text,))
    others: list[Query] = [
        Word(parts[0], typed.field, place=typed.place)
        if len(parts) == 1
        else Phrase(" ".join(parts), typed.field, place=typed.place)
        for parts in forms
    ]
    return disjunction([query, *others]) if others else query
