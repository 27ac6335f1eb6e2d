"""Syntax tree of a query: frozen nodes.

The `place` of a leaf is its span in the text as typed, with quotes, `*` and `~2`, without sign and
field. Equality ignores it: two leaves that differ only in place are equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date as Day

from msgspec import Struct

from docindex.model.documents import Span


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
    """Single word as typed. Analysis may turn it into several tokens, which then match as a phrase.

    Text in a script without blanks is no single word: all of its parts must match, or any of them.
    """

    text: str
    field: str | None = None  # None = wherever words are searched
    variants: bool = False  # its other spellings are asked for too: `name^`
    any_part: bool = False  # any part of a text without blanks is enough


class Spelling(Struct, frozen=True):
    """A form of the index that may stand for a word of the query."""

    word: str  # of the query, folded
    form: str  # of the index, folded
    weight: float  # of one occurrence; that of the word as typed is 1


class WidenedWord(Word, frozen=True):
    """A word as typed, or any of its other spellings."""

    spellings: tuple[Spelling, ...] = ()
    typed: bool = True  # False = only the other spellings


class Phrase(_Placed, frozen=True):
    """Words as typed in this order, without regard to case, accents and typographic signs.

    With a slop they stand in any order and with that many other words between them at most. With a
    slop, with `any_form` or with `whole`, other forms of the words match too.
    """

    text: str
    field: str | None = None
    slop: int = 0
    whole: bool = False  # the field's whole value, where some record has just that; else the words in it
    any_form: bool = False  # of its words, though the slop is 0

    @property
    def verbatim(self) -> bool:
        """Return True if only the words as typed match, and no other forms of them."""
        return not (self.any_form or self.slop or self.whole)


class WidenedPhrase(Phrase, frozen=True):
    """A phrase whose words may be spelt in other ways."""

    spellings: tuple[Spelling, ...] = ()


class Prefix(_Placed, frozen=True):
    """Terms that begin with the text."""

    text: str
    field: str | None = None


class Wildcard(_Placed, frozen=True):
    r"""Terms that match a pattern: `*` is any text, `?` one character; `\*`, `\?`, `\\` are
    literal.
    """

    text: str
    field: str | None = None


class Fuzzy(_Placed, frozen=True):
    """Terms within an edit distance of the text."""

    text: str
    field: str | None = None
    distance: int | None = None  # 1 or 2; None = by the word's length


class DateRange(_Placed, frozen=True):
    """Records whose date may lie between two days, both included.

    None leaves an end open; two open ends match every dated record.
    """

    earliest: Day | None
    latest: Day | None


class MatchAll(_Placed, frozen=True):
    """Every record."""


class And(Struct, frozen=True):
    """Conjunction of two or more operands, none of them an And."""

    operands: tuple[Query, ...]


class Or(Struct, frozen=True):
    """Disjunction of two or more operands, none of them an Or."""

    operands: tuple[Query, ...]


class Not(Struct, frozen=True):
    """Negation of an operand that is no Not."""

    operand: Query


class AndMaybe(Struct, frozen=True):
    """Records that match `required`. A match of `optional` raises the score."""

    required: Query
    optional: Query


Leaf = Word | Phrase | Prefix | Wildcard | Fuzzy | DateRange | MatchAll
Query = Leaf | And | Or | Not | AndMaybe


def leaves(query: Query) -> Iterator[Leaf]:
    """Return the leaves that can match a record, in tree order. Leaves below a Not cannot."""
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
    """Return a flat And of the operands; a single operand stays as it is."""
    flat = [part for query in operands for part in (query.operands if isinstance(query, And) else (query,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def disjunction(operands: list[Query]) -> Query:
    """Return a flat Or of the operands; a single operand stays as it is."""
    flat = [part for query in operands for part in (query.operands if isinstance(query, Or) else (query,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def negation(operand: Query) -> Query:
    """Negate a node; a double negation cancels out."""
    return operand.operand if isinstance(operand, Not) else Not(operand)
