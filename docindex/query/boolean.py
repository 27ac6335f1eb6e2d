"""Clauses put together: what stands in one pair of brackets, with its operators and signs, as one tree."""

from __future__ import annotations

from msgspec import Struct

from docindex.query.ast import And, AndMaybe, Leaf, Not, Or, Query, conjunction, disjunction


class Clause(Struct, frozen=True):
    """A word, a phrase or a bracket with what stands ahead of it."""

    query: Query  # already a Not, if it is negated
    before: str  # AND or OR; nothing = side by side with the clause before
    negated: bool
    required: bool


def combine(clauses: list[Clause], *, any_word: bool) -> Query:
    """One tree of one or more clauses. AND binds before OR; standing side by side is as either, by `any_word`."""
    rows: list[list[Clause]] = []
    for clause in clauses:
        if not rows or clause.before == "OR" or (any_word and not clause.before):
            rows.append([])
        rows[-1].append(clause)
    return _ranked(rows) if any_word else disjunction([_all_of(row) for row in rows])


def _all_of(row: list[Clause]) -> Query:
    return conjunction([clause.query for clause in row])


def _ranked(rows: list[list[Clause]]) -> Query:
    """Any of the rows; where rows are required the others only rank, and excluded ones are shut out of all."""
    required: list[Query] = []
    optional: list[Query] = []
    excluded: list[Query] = []
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        alternative = row[0].before == "OR" or (following is not None and following[0].before == "OR")
        if any(clause.required for clause in row):
            required.append(_all_of(row))
        elif len(row) == 1 and row[0].negated and not alternative:
            excluded.append(_all_of(row))
        else:
            optional.append(_all_of(row))
    if required and optional:
        return conjunction([AndMaybe(conjunction(required), disjunction(optional)), *excluded])
    wanted = required or ([disjunction(optional)] if optional else [])
    return conjunction([*wanted, *excluded])


def leaf_below(query: Query, levels: int) -> Leaf | None:
    """A leaf that stands below more levels than that; None in a tree that is no deeper."""
    waiting: list[tuple[Query, int]] = [(query, 0)]
    while waiting:
        node, depth = waiting.pop()
        match node:
            case And(operands) | Or(operands):
                waiting += [(operand, depth + 1) for operand in operands]
            case AndMaybe(required, optional):
                waiting += [(required, depth + 1), (optional, depth + 1)]
            case Not(operand):
                waiting.append((operand, depth + 1))
            case leaf if depth > levels:
                return leaf
    return None
