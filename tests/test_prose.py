"""Docstrings in plain sentences: the subject comes first, and the words are the field's."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "docindex"
OPENINGS = re.compile(r"(What|That|Those|One|Some|Whether|Which|Where|How)\b")
DIALECT = re.compile(
    r"\b(laid out|in step with|mended|made in another way|in search of cycles|processes of their own"
    r"|piece of text between blanks|how rare a word|what is remembered|slips?|anew)\b"
)
"""Phrases with a plain term: serialised, up to date with, repaired, idf, stored state, edit,
from scratch.
"""
FILES = sorted(HOUSE.rglob("*.py"))


def docstrings(path: Path) -> list[str]:
    """Return the docstrings of a file."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    found = (ast.get_docstring(node) for node in nodes if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef))
    return [text for text in found if text]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_a_docstring_puts_its_subject_first_in_the_words_of_the_field(path: Path) -> None:
    assert [text for text in docstrings(path) if OPENINGS.match(text) or DIALECT.search(text)] == []
