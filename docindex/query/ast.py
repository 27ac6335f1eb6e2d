"""What a query is made of: a tree of frozen nodes.

`place` is where a leaf stands in the text as typed, quotes, `*` and `~2` included, without its sign and its field.
It is no part of what a leaf means: two leaves that differ only in place are equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date as Day

from msgspec import Struct

from docindex.model import Span


class _Placed(Struct, frozen=True, kw_only=True, eq=False):
    place: Span | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Placed) and type(self) is type(other) and self._meaning() == other._meaning()

    def __hash__(self) -> int:
        return hash((type(self), *self._meaning().values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._meaning().items())})"

    def _meaning(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__struct_fields__ if name != "place"}


class Word(_Placed, frozen=True):
    """One word as typed. Its analysis may give several tokens, which then stand one after the other."""

    text: str
    field: str | None = None  # None = wherever words are searched


class Phrase(_Placed, frozen=True):
    """Words in this order; with a slop, in any order with at most so many other words among them."""

    text: str
    field: str | None = None
    slop: int = 0
    whole: bool = False  # the field's whole value, where some record has just that; else the words in it


class Prefix(_Placed, frozen=True):
    """Words that begin with the text."""

    text: str
    field: str | None = None


class Wildcard(_Placed, frozen=True):
    r"""Words of a pattern: `*` is any characters, `?` one; `\*`, `\?` and `\\` are the characters themselves."""

    text: str
    field: str | None = None


class Fuzzy(_Placed, frozen=True):
    """Words that differ from the text by at most `distance` letters."""

    text: str
    field: str | None = None
    distance: int | None = None  # 1 or 2; None = by the word's length


class DateRange(_Placed, frozen=True):
    """Records whose date may lie between two days, both included. None = open; both None = dated at all."""

    earliest: Day | None
    latest: Day | None


class MatchAll(_Placed, frozen=True):
    """All records."""


class And(Struct, frozen=True):
    """Records that match all operands, which are two or more and none of them an And."""

    operands: tuple[Query, ...]


class Or(Struct, frozen=True):
    """Records that match any operand, which are two or more and none of them an Or."""

    operands: tuple[Query, ...]


class Not(Struct, frozen=True):
    """Records that do not match the operand, which is no Not."""

    operand: Query


class AndMaybe(Struct, frozen=True):
    """Records that match `required`; those that match `optional` too rank higher."""

    required: Query
    optional: Query


Leaf = Word | Phrase | Prefix | Wildcard | Fuzzy | DateRange | MatchAll
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
