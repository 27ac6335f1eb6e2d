"""Printer of queries: in canonical syntax, which parses to the same tree, and in plain English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.analysis.tokenizer import has_unspaced
from docindex.metadata.keys import KEYWORD_FIELDS
from docindex.query.ast import And, AndMaybe, DateRange, Fuzzy, MatchAll, Not, Or, Phrase, Prefix, Wildcard, Word
from docindex.query.date_ranges import last_of_month
from docindex.query.lexer import VARIANTS, escape, escape_pattern, escape_phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date as Day

    from docindex.query.ast import Leaf, Query


def canonical(query: Query) -> str:
    """Return the query in canonical syntax. It parses to the same tree without repairs, with or
    without `any`.

    Only an AndMaybe (`+required optional`) needs `any`, as it did when it was typed.
    """
    match query:
        case And(operands):
            return _joined(" AND ", operands)
        case Or(operands):
            return _joined(" OR ", operands)
        case AndMaybe(required, optional):
            return f"+{_operand(required)} {_operand(optional)}"
        case Not(operand):
            return f"NOT {_operand(operand)}"
        case _:
            return _leaf(query)


def _joined(operator: str, operands: Sequence[Query]) -> str:
    return operator.join(
        [canonical(operand) if isinstance(operand, Not) else _operand(operand) for operand in operands]
    )


def _operand(query: Query) -> str:
    text = canonical(query)
    return f"({text})" if isinstance(query, And | Or | Not | AndMaybe) else text


def _leaf(leaf: Leaf) -> str:
    match leaf:
        case MatchAll():
            return "*"
        case DateRange(earliest, latest):
            return f"date:{_range(earliest, latest)}"
        case Phrase(text, field, slop):
            loose = f"~{slop}" if slop else "~" if leaf.any_form else ""
            return _with_field(field, f'"{escape_phrase(text)}"{loose}')
        case Wildcard(text, field):
            return _with_field(field, escape_pattern(text, bare=field is None))
        case Prefix(text, field):
            # Escaped with its star, since `AND*` is no operator; the star itself is then let out
            # again.
            return _with_field(field, escape(f"{text}*", bare=field is None)[:-2] + "*")
        case Fuzzy(text, field, distance):
            return _with_field(field, f"{escape(text, bare=field is None)}~{distance or ''}")
        case Word(text, field, variants):
            return _with_field(field, escape(text, bare=field is None) + (VARIANTS if variants else ""))


def _with_field(field: str | None, value: str) -> str:
    return f"{field}:{value}" if field else value


def _range(earliest: Day | None, latest: Day | None) -> str:
    """Return the range as short as both ends allow: `2013`, `2012-03..2013-01`, `..2013-01-17`."""
    length = _precision(earliest, latest)
    first = earliest.isoformat()[:length] if earliest else ""
    last = latest.isoformat()[:length] if latest else ""
    if not first and not last:
        return "*"
    return first if first == last else f"{first}..{last}"


def _precision(earliest: Day | None, latest: Day | None) -> int:
    """Return the length of the ISO dates: 4 for whole years, 7 for whole months, 10 for days."""
    if (earliest and earliest.day != 1) or (latest and latest != last_of_month(latest)):
        return 10
    return 7 if (earliest and earliest.month != 1) or (latest and latest.month != 12) else 4


def describe(query: Query) -> str:
    """Return the query in plain English: a line for each leaf, indented below its operator."""
    return "\n".join(_lines(query))


def _lines(query: Query) -> Iterator[str]:
    match query:
        case And(operands):
            yield "all of these:"
            yield from _indented(operands)
        case Or(operands):
            yield "any of these:"
            yield from _indented(operands)
        case AndMaybe(required, optional):
            yield "must match:"
            yield from _indented([required])
            yield "ranks higher with:"
            yield from _indented([optional])
        case Not(operand):
            first, *rest = _lines(operand)
            yield f"not {first}"
            yield from rest
        case _:
            yield _said(query)


def _indented(operands: Sequence[Query]) -> Iterator[str]:
    for operand in operands:
        for line in _lines(operand):
            yield f"  {line}"


def _said(leaf: Leaf) -> str:
    match leaf:
        case MatchAll():
            return "every record"
        case DateRange(earliest, latest):
            return _dated(earliest, latest)
        case Phrase(text, field, whole=True):
            return f"the {field} '{text}'"
        case Phrase(text, field, 0, any_form=False):
            return f"the phrase '{text}', as typed{_within(field)}"
        case Phrase(text, field, 0):
            return f"the phrase '{text}' in any form of its words{_within(field)}"
        case Phrase(text, field, slop):
            others = "1 other word" if slop == 1 else f"{slop:,} other words"
            return f"the words '{text}' in any order, at most {others} among them{_within(field)}"
        case Prefix(text, field):
            return f"{_things(field)} that begins with '{text}'{_within(field)}"
        case Wildcard(text, field):
            return f"{_things(field)} like '{text}'{_within(field)}"
        case Fuzzy(text, field, None):
            return f"a word spelt nearly like '{text}'{_within(field)}"
        case Fuzzy(text, field, distance):
            letters = "1 letter" if distance == 1 else f"{distance} letters"
            return f"a word at most {letters} from '{text}'{_within(field)}"
        case Word(text, field) if field in KEYWORD_FIELDS:
            return f"the {field} '{text}'"
        case Word(text, field, variants, any_part):
            if has_unspaced(text):
                said = f"{'any part' if any_part else 'all parts'} of '{text}'"
            else:
                said = f"the word '{text}'"
            return f"{said}{' in all its spellings' if variants else ''}{_within(field)}"


def _things(field: str | None) -> str:
    if field in KEYWORD_FIELDS:
        return "an id" if field == "id" else f"a {field}"
    return "a word"


def _within(field: str | None) -> str:
    return "" if field is None or field in KEYWORD_FIELDS else f" in the {field}"


def _dated(earliest: Day | None, latest: Day | None) -> str:
    if earliest and latest:
        return f"dated {earliest}" if earliest == latest else f"dated {earliest} to {latest}"
    if earliest:
        return f"dated {earliest} or later"
    return f"dated {latest} or earlier" if latest else "dated at all"
