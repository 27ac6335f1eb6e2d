"""The architecture text: its files, functions and classes are those of the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docindex" / "ARCHITECTURE.md").read_text(encoding="utf-8")
REFERENCES = sorted(set(re.findall(r"`([\w/]+\.(?:py|md)|[\w/]+/)(?::([\w.]+))?`", TEXT)))


def names(tree: ast.AST, prefix: str = "") -> set[str]:
    """Return the functions, classes, methods and constants of a file."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(prefix + node.name)
            if isinstance(node, ast.ClassDef):
                found |= names(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


@pytest.mark.parametrize(("file", "name"), REFERENCES)
def test_the_architecture_names_what_the_code_has(file: str, name: str) -> None:
    path = ROOT / file if file.startswith("tests/") else ROOT / "docindex" / file
    assert path.exists()
    if name:
        assert name in names(ast.parse(path.read_text(encoding="utf-8")))


def test_the_walks_name_enough_to_follow_them() -> None:
    assert len(REFERENCES) > 40
