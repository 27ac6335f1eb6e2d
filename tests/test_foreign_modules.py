"""Documents that have the names of Python modules are documents: nothing imports them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SCRIPT = Path(sys.executable).with_name("docindex")
STARTS = {"docindex": [str(SCRIPT)], "python -P -m docindex": [sys.executable, "-P", "-m", "docindex"]}
LIBRARIES = (
    "lxml numpy typer click rich msgspec pebble trafilatura urllib3 yaml eld Stemmer isal whoosh pathspec".split()
)


def test_the_script_and_the_libraries_are_those_of_the_project() -> None:
    assert SCRIPT.exists()
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"docindex": "docindex.__main__:run"}


@pytest.mark.parametrize("start", STARTS)
def test_no_module_that_lies_in_the_folder_is_imported(tmp_path: Path, start: str) -> None:
    folder = tmp_path / "strangers"
    folder.mkdir()
    marks = tmp_path / "marks"
    marks.mkdir()
    modules = [*sys.stdlib_module_names, *LIBRARIES, "sitecustomize", "usercustomize", "conftest", "setup"]
    for module in modules:
        (folder / f"{module}.py").write_text(f"open({str(marks / module)!r}, 'w').close()\nraise SystemExit(3)\n")
    for number in range(40):  # enough for worker processes
        (folder / f"{number}.html").write_text(f"<p>The harbour was closed {number} times.</p>")
    for command in (["build", "."], ["search", "harbour"], ["search", "harbuor~", "--json"], ["check", "."]):
        ended = subprocess.run([*STARTS[start], *command], cwd=folder, capture_output=True, text=True)
        assert not list(marks.iterdir())
        assert ended.returncode in (0, 1)
        assert not re.search("Traceback|ImportError", ended.stderr)
