"""What a query is made of: a tree of frozen nodes.

`place` is where a leaf stands in the text as typed, quotes, `*` and `~2` included, without its sign and its field.
It is no part of what a leaf means: two leaves that differ only in place are equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date as Day

from docindex.model import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    place: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Word(_Placed):
    """One word as typed. Its analysis may give several tokens, which then stand one after the other."""

    text: str
    field: str | None = None  # None = wherever words are searched


@dataclass(frozen=True, slots=True)
class Phrase(_Placed):
    """Words in this order; with a slop, in any order with at most so many other words among them."""

    text: str
    field: str | None = None
    slop: int = 0
    whole: bool = False  # the field's whole value, where some record has just that; else the words in it


@dataclass(frozen=True, slots=True)
class Prefix(_Placed):
    """Words that begin with the text."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Wildcard(_Placed):
    r"""Words of a pattern: `*` is any characters, `?` one; `\*`, `\?` and `\\` are the characters themselves."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Fuzzy(_Placed):
    """Words that differ from the text by at most `distance` letters."""

    text: str
    field: str | None = None
    distance: int | None = None  # 1 or 2; None = by the word's length


@dataclass(frozen=True, slots=True)
class DateRange(_Placed):
    """Records whose date may lie between two days, both included. None = open; both None = dated at all."""

    earliest: Day | None
    latest: Day | None


@dataclass(frozen=True, slots=True)
class Everything(_Placed):
    """All records."""


@dataclass(frozen=True, slots=True)
class And:
    """Records that match all operands, which are two or more and none of them an And."""

    operands: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Records that match any operand, which are two or more and none of them an Or."""

    operands: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Records that do not match the operand, which is no Not."""

    operand: Query


@dataclass(frozen=True, slots=True)
class AndMaybe:
    """Records that match `required`; those that match `optional` too rank higher."""

    required: Query
    optional: Query


Leaf = Word | Phrase | Prefix | Wildcard | Fuzzy | DateRange | Everything
Query = Leaf | And | Or | Not | AndMaybe


def leaves(query: Query) -> Iterator[Leaf]:
    """The leaves that a match may hold, in the order of the tree: all but those under a Not."""
    waiting = [query]
    while waiting:
        match waiting.pop():
            case And(operands) | Or(operands):
                waiting += reversed(operands)
            case AndMaybe(required, optional):
                waiting += (optional, required)
            case Not():
                pass
            case leaf:
                yield leaf


def conjunction(operands: list[Query]) -> Query:
    """All of the operands, flat; one operand is itself."""
    flat = [part for query in operands for part in (query.operands if isinstance(query, And) else (query,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def disjunction(operands: list[Query]) -> Query:
    """Any of the operands, flat; one operand is itself."""
    flat = [part for query in operands for part in (query.operands if isinstance(query, Or) else (query,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def negation(operand: Query) -> Query:
    """Not the operand; twice is not at all."""
    return operand.operand if isinstance(operand, Not) else Not(operand)
