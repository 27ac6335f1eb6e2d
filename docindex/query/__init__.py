"""The query language: text -> a frozen tree that any engine can answer, and back to text. It knows no engine."""

from docindex.query.nodes import (
    And,
    AndMaybe,
    DateRange,
    Everything,
    Fuzzy,
    Leaf,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Wildcard,
    Word,
    conjunction,
    leaves,
)
from docindex.query.parser import MAX_DEPTH, MAX_LEAVES, MAX_PATTERN, MAX_REPAIRS, MAX_TEXT, Parsed, Repair, parse
from docindex.query.syntax import ALIASES, FIELDS, MAX_SLOP
from docindex.query.wording import canonical, in_words

__all__ = [
    "ALIASES",
    "FIELDS",
    "MAX_DEPTH",
    "MAX_LEAVES",
    "MAX_PATTERN",
    "MAX_REPAIRS",
    "MAX_SLOP",
    "MAX_TEXT",
    "And",
    "AndMaybe",
    "DateRange",
    "Everything",
    "Fuzzy",
    "Leaf",
    "Not",
    "Or",
    "Parsed",
    "Phrase",
    "Prefix",
    "Query",
    "Repair",
    "Wildcard",
    "Word",
    "canonical",
    "conjunction",
    "in_words",
    "leaves",
    "parse",
]
