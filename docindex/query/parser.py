"""Parser of the query language: text to a tree. It repairs mistakes and reports each repair.

NOT binds before AND before OR. Words side by side are joined by AND: `a b OR NOT c` is
`(a AND b) OR (NOT c)`. With `any` they are joined by OR, and `a b AND c` is `a OR (b AND c)`; there
`+a b` requires a and ranks by b.

The parser reads the text once from left to right and keeps open brackets on a stack, so that the
time is linear in the length of any text, however deep.
"""

from __future__ import annotations

import re

from docindex.errors import QueryError
from docindex.metadata import keys
from docindex.model.documents import Span
from docindex.query import lexer
from docindex.query.ast import Query
from docindex.query.boolean import combine, leaf_below
from docindex.query.clause_reader import Group, Parsed, Pending, QueryReader, has_letter_or_digit
from docindex.query.repairs import MAX_QUOTED_CHARACTERS
from docindex.query.term_clauses import TermClauses

MAX_QUERY_CHARACTERS = 100_000
MAX_TREE_LEVELS = 100  # levels of a tree, so that whoever walks it may do so by recursion


def parse(
    text: str,
    *,
    any: bool = False,  # noqa: A002 - the flag's own name
    literal: bool = False,
    strict: bool = False,
) -> Parsed:
    """Return the tree of a query.

    `any` joins words by OR unless an operator stands between them, `literal` ignores operators, and
    `strict` makes the first mistake an error instead of repairing it. Raises QueryError also if the
    text holds no word or exceeds a limit.
    """
    if len(text) > MAX_QUERY_CHARACTERS:
        raise QueryError(f"the query is longer than {MAX_QUERY_CHARACTERS:,} characters", "a shorter query")
    return (_Literal if literal else _Parser)(text, any, strict).parsed()


class _Literal(QueryReader):
    """Parser without operators: each whitespace-separated chunk is a word."""

    def parsed(self) -> Parsed:
        words: list[Query] = [
            self.word(run[0], None, Span(*run.span()))
            for run in re.finditer(r"\S+", self.text)
            if has_letter_or_digit(run[0])
        ]
        return self.result(self.side_by_side(words) if words else None)


class _Parser(TermClauses):
    def parsed(self) -> Parsed:
        while self.position < len(self.text):
            self._step()
        if len(self.groups) > 1:
            self._close_at_the_end()
        self._settle()
        clauses = self.groups[0].clauses
        query = combine(clauses, any_word=self.any) if clauses else None
        deep = leaf_below(query, MAX_TREE_LEVELS) if query else None
        if deep and deep.place:
            raise self.repairs.error(
                f"the query is more than {MAX_TREE_LEVELS} levels deep", "fewer brackets", deep.place.start
            )
        return self.result(query)

    def _step(self) -> None:
        character = self.text[self.position]
        if self.take(lexer.WHITESPACE):
            return
        if character in lexer.OPENING:
            self._open()
        elif character in lexer.CLOSING:
            self._close()
        elif character in lexer.PHRASES and (quoted := self.take(lexer.PHRASES[character]())):
            self.quoted_clause(quoted)
        elif not (self._sign() or self._name() or self.date_clause() or self.regex_clause() or self._run()):
            self._stray_backslash()

    def _stray_backslash(self) -> None:
        place = Span(self.position, self.position + 1)
        self.repairs.add(
            place, "the backslash at the end stands before nothing", "left out", r"\\ for the backslash itself"
        )
        self.position += 1

    # Brackets

    def _open(self) -> None:
        group = self.groups[-1]
        self.groups.append(Group(self.position, self.pending, self.pending.field or group.field))
        self.pending = Pending()
        self.position += 1

    def _close(self) -> None:
        place = Span(self.position, self.position + 1)
        self.position += 1
        if len(self.groups) == 1:
            self.repairs.add(
                place, f"{self.repairs.quote(place)} closes no bracket", "left out", "a ( where the group begins"
            )
        else:
            self._close_group()

    def _close_at_the_end(self) -> None:
        unclosed = len(self.groups) - 1
        place = Span(self.groups[1].opened, self.groups[1].opened + 1)
        mistake = "the bracket is never closed" if unclosed == 1 else f"{unclosed:,} brackets are never closed"
        self.repairs.add(place, mistake, "closed at the end", f"{')' * unclosed if unclosed < 4 else ')'} at the end")
        while len(self.groups) > 1:
            self._close_group()

    def _close_group(self) -> None:
        self._settle()
        group = self.groups.pop()
        self.pending = group.outside
        if group.clauses:
            self.complete(combine(group.clauses, any_word=self.any))
            return
        place = Span(group.opened, self.position)
        self.repairs.add(place, "the brackets hold nothing", "left out", "words between the brackets")
        # What was said of these brackets is not said of what follows them, but it stays joined as
        # it was.
        self.pending = Pending(before=group.outside.before, strays=group.outside.strays)
        if self.pending.before:
            self.pending.operators = group.outside.operators
        self._settle_strays()

    # What stands ahead of a word

    def _sign(self) -> bool:
        if self.at_value() and self.field() in keys.KEYWORD_FIELDS:
            return False
        sign = self.take(lexer.SIGN)
        if sign and sign[0] == "+":
            self.pending.required = True
        elif sign:
            self._negate(Span(*sign.span()))
        return sign is not None

    def _negate(self, place: Span) -> None:
        self.pending.negated = not self.pending.negated
        self._wait(place)

    def _wait(self, place: Span) -> None:
        first = self.pending.operators or place
        self.pending.operators = Span(first.start, place.stop)

    def _name(self) -> bool:
        if self.at_value():
            return False
        name = lexer.field_name(self.text, self.position)
        if name is None:
            return False
        known = keys.field(name[1])
        if known is None and (self.field() == "date" or self.field() in keys.KEYWORD_FIELDS):
            return False
        self._settle_name()
        self.position = name.end()
        if known is None:
            self._stray_name(name)
        else:
            self.pending.field = known
            self.pending.name = Span(*name.span())
        return True

    def _stray_name(self, name: re.Match[str]) -> None:
        near = keys.closest_field(name[1][:MAX_QUOTED_CHARACTERS])
        place = Span(*name.span(1))
        self.repairs.add(
            place,
            f"{self.repairs.quote(place)} is no field",
            f"did you mean {near}? searched as words" if near else "searched as words",
            f"{near}:" if near else ", ".join(keys.FIELDS),
        )
        self._stray(place)

    def _stray(self, place: Span) -> None:
        field = self.groups[-1].field
        field = None if field == "date" else field
        self.pending.strays.append(self.word(self.text[place.start : place.stop], field, place))

    def _settle_name(self) -> None:
        """Read a field name without a value as a word."""
        name = self.pending.name
        if name is not None:
            self.repairs.add(
                name, f"{self.repairs.quote(name)} has nothing after it", "searched as a word", "a word after it"
            )
            self.pending.field = self.pending.name = None
            self._stray(Span(name.start, name.stop - 1))

    def _settle_strays(self) -> None:
        if self.pending.strays:
            self.complete(None)

    def _settle(self) -> None:
        """Report the operators that nothing follows."""
        self._settle_name()
        self._settle_strays()
        waiting = self.pending.operators
        if waiting is not None:
            self.repairs.add(
                waiting, f"{self.repairs.quote(waiting)} has nothing after it", "left out", "a word after it"
            )
        self.pending = Pending()

    def _operator(self, operator: str, place: Span) -> None:
        if operator == "NOT":
            self._negate(place)
            return
        self._settle_name()
        self._settle_strays()
        if self.pending.operators is not None:
            self.repairs.add(place, f"{self.repairs.quote(place)} follows another operator", "left out", "one operator")
        elif not self.groups[-1].clauses:
            self.repairs.add(
                place, f"{self.repairs.quote(place)} has nothing before it", "left out", "a word before it"
            )
        else:
            self.pending.before = operator
            self._wait(place)

    # Words, phrases, dates

    def _run(self) -> bool:
        at_value = self.at_value()
        run = self.take(lexer.WORD)
        if run is None:
            return False
        place = Span(*run.span())
        if run[0] in lexer.OPERATORS and not at_value:
            self._operator(lexer.OPERATORS[run[0]], place)
        elif not at_value and self.near_clause(run):
            pass
        elif self.field() in keys.KEYWORD_FIELDS:
            self.complete(self.verbatim_leaf(run[0], place))
        else:
            self.word_clause(run[0], place)
        return True
