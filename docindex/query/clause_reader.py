"""Base of the query parsers: the position in the text, limits, open groups and the result."""

from __future__ import annotations

import re

from msgspec import Struct

from docindex.analysis import tokenizer
from docindex.metadata import keys
from docindex.model.documents import Span
from docindex.query import lexer
from docindex.query.ast import Query, Word, conjunction, disjunction, negation
from docindex.query.boolean import Clause
from docindex.query.repairs import Repair, RepairLog
from docindex.query.word_forms import GERSHAYIM

MAX_LEAVES = 1_024
"""Words, phrases, patterns and dates of one query."""


class Parsed(Struct, frozen=True):
    """Tree of a query, its text and the repairs."""

    query: Query
    text: str  # as typed
    repairs: tuple[Repair, ...] = ()


class QueryReader:
    """Base of both parsers: limits, errors, result."""

    def __init__(self, text: str, any_word: bool, strict: bool) -> None:
        self.typed = text
        self.text = GERSHAYIM.sub("\u05f4", text.translate(lexer.CONTROLS))
        self.repairs = RepairLog(text, self.text, strict)
        self.any = any_word
        self.leaves = 0

    def word(self, text: str, field: str | None, place: Span, *, variants: bool = False) -> Word:
        """Return a word.

        A text in a script without blanks counts as many words as it has characters.
        """
        unspaced = field not in keys.KEYWORD_FIELDS and tokenizer.has_unspaced(text)
        place = self.count(place, len(text) if unspaced else 1)
        return Word(text, field, variants, any_part=unspaced and self.any, place=place)

    def count(self, place: Span, leaves: int = 1) -> Span:
        """Count leaves against the limit and return the place."""
        self.leaves += leaves
        if self.leaves > MAX_LEAVES:
            raise self.repairs.error(f"the query holds more than {MAX_LEAVES:,} words", "fewer words", place.start)
        return place

    def side_by_side(self, queries: list[Query]) -> Query:
        """Join queries by the default operator."""
        return disjunction(queries) if self.any else conjunction(queries)

    def result(self, query: Query | None) -> Parsed:
        """Return the parsed query; raise QueryError if it has no word."""
        if query is None:
            raise self.repairs.error("the query holds no word", "a word, or * for every record", 0)
        return Parsed(query, self.typed, tuple(self.repairs.made))


class Pending(Struct):
    """Operators, signs and field read before the next operand, to which they apply."""

    before: str = ""  # AND or OR; nothing = side by side
    negated: bool = False
    required: bool = False
    operators: Span | None = None  # where the operators stand, as long as they wait for what they apply to
    field: str | None = None
    name: Span | None = None  # where the field's name stands
    strays: list[Query] = []  # words that were taken for fields


class Group(Struct):
    """Open bracket and its clauses; the outermost group is the whole query."""

    opened: int
    outside: Pending  # what applies to the whole group
    field: str | None = None
    clauses: list[Clause] = []


class ClauseReader(QueryReader):
    """Base of the parser with operators: its position, its open groups and what waits for the next
    clause.
    """

    def __init__(self, text: str, any_word: bool, strict: bool) -> None:
        super().__init__(text, any_word, strict)
        self.position = 0
        self.groups = [Group(0, Pending())]
        self.pending = Pending()

    def take(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        """Read what matches at the position and move behind it."""
        found = expression.match(self.text, self.position)
        if found:
            self.position = found.end()
        return found

    def leave_out(self, place: Span) -> None:
        """Report a text without letters and drop the field that stands before it."""
        self.repairs.add(
            place, f"{self.repairs.quote(place)} holds no letter or digit", "left out", "the query without it"
        )
        if self.pending.name is not None and self.pending.name.stop == place.start:
            self.pending.field = self.pending.name = None  # so that the field does not go to the next word

    def field(self) -> str | None:
        """Return the field of the next clause, its own or its group's."""
        return self.pending.field or self.groups[-1].field

    def at_value(self) -> bool:
        """Return True right after the colon of a field, where operators and other fields are
        plain words.
        """
        return self.pending.name is not None and self.pending.name.stop == self.position

    def complete(self, query: Query | None) -> None:
        """Add a clause. Without a query, the clause consists of stray words only."""
        pending, self.pending = self.pending, Pending()
        query = self.side_by_side([*pending.strays, *([query] if query else [])])
        query = negation(query) if pending.negated else query
        self.groups[-1].clauses.append(Clause(query, pending.before, pending.negated, pending.required))


def has_letter_or_digit(text: str) -> bool:
    """Return True if a text holds a character that a word can hold."""
    return any(character.isalnum() for character in text)
