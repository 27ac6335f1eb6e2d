"""The examples of the Python API: in its docstrings, on its page and in the README."""

from __future__ import annotations

import doctest
import importlib
import re
import shutil
from pathlib import Path

import pytest

import docindex

HOUSE = Path(docindex.__file__).parent
MODULES = [f"docindex.api.{path.stem}" for path in sorted((HOUSE / "api").glob("*.py"))]


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample collection, as the current folder's `seeds`."""
    shutil.copytree(HOUSE.parent / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns(".docindex"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DOCINDEX_INDEX", raising=False)
    return tmp_path


def failures(examples: str, name: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what doctest says of the examples that failed."""
    test = doctest.DocTestParser().get_doctest(examples, {"docindex": docindex}, name, None, 0)
    assert test.examples
    doctest.DocTestRunner().run(test)
    return capsys.readouterr().out


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_docstrings_are_true(module: str, sample: Path) -> None:
    docindex.build("seeds/INDEX.md")
    assert doctest.testmod(importlib.import_module(module), extraglobs={"docindex": docindex}).failed == 0


def test_most_questions_have_an_example() -> None:
    documented = [name for name, value in vars(docindex.Index).items() if ">>>" in (value.__doc__ or "")]
    assert {"search", "kwic", "timeline", "show", "names", "verify", "status"} <= set(documented)


def test_the_page_on_the_api_is_true(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (HOUSE / "docs/api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```pycon\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert failures("\n".join(blocks), "docs/api.md", capsys) == ""


def test_the_readme_shows_the_api_as_it_answers(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = (HOUSE.parent / "README.md").read_text(encoding="utf-8")
    ((code, answer),) = re.findall(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    assert len(code.splitlines()) <= 10
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - the README's own code
    assert capsys.readouterr().out == answer
