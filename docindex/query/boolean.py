"""Boolean precedence: the clauses of one pair of brackets, with operators and signs, as one
tree.
"""

from __future__ import annotations

from msgspec import Struct

from docindex.query.ast import And, AndMaybe, Leaf, Not, Or, Query, conjunction, disjunction


class Clause(Struct, frozen=True):
    """Operand with the operator and signs before it: a word, a phrase or a group."""

    query: Query  # already a Not, if it is negated
    before: str  # AND or OR; nothing = side by side with the clause before
    negated: bool
    required: bool


def combine(clauses: list[Clause], *, any_word: bool) -> Query:
    """Return one tree of the clauses. AND binds before OR.

    Clauses without an operator are joined by OR if `any_word`, else by AND.
    """
    rows: list[list[Clause]] = []
    for clause in clauses:
        if not rows or clause.before == "OR" or (any_word and not clause.before):
            rows.append([])
        rows[-1].append(clause)
    return _ranked(rows) if any_word else disjunction([_all_of(row) for row in rows])


def _all_of(row: list[Clause]) -> Query:
    return conjunction([clause.query for clause in row])


def _ranked(rows: list[list[Clause]]) -> Query:
    """Join rows by OR.

    Required rows must match, the other rows then only rank, excluded rows never match.
    """
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
    """Return a leaf deeper than so many levels, None if there is none."""
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
