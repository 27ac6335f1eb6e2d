"""Sums as people type them: a number without separators finds the same number with separators.

Pure.
"""

from __future__ import annotations

from msgspec.structs import replace

from docindex.query.ast import And, AndMaybe, Not, Or, Phrase, Query, Word, disjunction

_YEARS = range(1500, 2200)
"""Numbers of four digits that hardly ever have a separator."""
_MAX_DIGITS = 15


def with_separators(query: Query) -> Query:
    """Return the query in which each long number also stands for itself in groups of three digits.

    A blank, a comma and an Arabic separator part words, so that the groups are a phrase: 12 500
    000.
    """
    match query:
        case Word(text, field) if field in (None, "title", "body") and (groups := _groups(text)):
            return disjunction([query, Phrase(groups, field, place=query.place)])
        case And(operands):
            return And(tuple(map(with_separators, operands)))
        case Or(operands):
            return disjunction([with_separators(operand) for operand in operands])
        case Not(operand):
            return Not(with_separators(operand))
        case AndMaybe():
            required, optional = with_separators(query.required), with_separators(query.optional)
            return replace(query, required=required, optional=optional)
        case _:
            return query


def _groups(text: str) -> str:
    """Return a number in groups of three digits, or "" for a short one, a year, or no number."""
    if not (3 < len(text) <= _MAX_DIGITS and text.isdecimal()) or int(text[0]) == 0 or int(text) in _YEARS:
        return ""
    first = len(text) % 3 or 3
    return " ".join([text[:first], *(text[at : at + 3] for at in range(first, len(text), 3))])
