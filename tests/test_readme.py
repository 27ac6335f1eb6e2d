"""The README's promises: its commands run, its links lead somewhere, its picture is true."""

from __future__ import annotations

import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import readme_picture

import docindex
from docindex.cli.typer_app import app

ROOT = Path(docindex.__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)\n```$", README, re.DOTALL | re.MULTILINE)


def steady(text: str) -> str:
    """The text with what changes from run to run replaced."""
    return re.sub(r"\d+ ms", "5 ms", re.sub(r"\d+\.\d s\b", "0.1 s", text))


def on_a_terminal(arguments: list[str], folder: Path) -> str:
    """What docindex shows on a terminal of 80 columns without colour."""
    inside, outside = pty.openpty()
    environment = os.environ | {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "80", "LINES": "100", "HOME": str(folder)}
    environment["VTE_VERSION"] = "7006"  # a terminal that reorders right-to-left text
    command = [sys.executable, "-m", "docindex", *arguments]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=outside, stderr=outside) as process:
        os.close(outside)
        shown = b""
        while True:
            try:
                part = os.read(inside, 65536)
            except OSError:  # the other end has closed
                break
            if not part:
                break
            shown += part
    os.close(inside)
    assert process.returncode in (0, 1)
    return shown.decode().replace("\r\n", "\n")


def session(folder: Path, commands: list[str]) -> str:
    """The commands and what they show."""
    lines = [f"$ {command}\n{on_a_terminal(shlex.split(command)[1:], folder)}" for command in commands]
    return steady("".join(lines)).strip()


def test_the_pasted_commands_are_one_line_each_and_name_what_exists() -> None:
    main, tests = [block for block in blocks("sh") if block.startswith("python3 -m venv")]
    assert main.endswith('.venv/bin/docindex build && .venv/bin/docindex search "Belmokhtar"')
    assert tests.endswith(".venv/bin/pytest")
    assert "\n" not in main + tests


def test_the_recipes_are_three_commands_each_that_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DOCINDEX_INDEX", raising=False)
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns(".docindex"))
    recipes = [block.splitlines() for block in blocks("sh") if not block.startswith("python3 -m venv")]
    assert [len(recipe) for recipe in recipes] == [3] * 5
    for command in ["docindex build", *(line for recipe in recipes for line in recipe)]:
        line = re.sub(r"^docindex ", f"{shlex.quote(sys.executable)} -m docindex ", command)
        ran = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (command, ran.returncode) == (command, 0), ran.stderr


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    assert len(README.splitlines()) <= 160
    for target in re.findall(r"\]\(([^)]+)\)|(?:src|srcset)=\"([^\"]+)\"", README):
        assert (ROOT / "".join(target)).exists()


def test_the_picture_shows_what_a_terminal_shows() -> None:
    for path, svg in readme_picture.pictures().items():
        assert path.read_text(encoding="utf-8") == svg


def test_every_command_and_flag_named_exists() -> None:
    import typer.main

    group = typer.main.get_command(app)
    commands = getattr(group, "commands", {})
    for name in re.findall(r"`docindex ([a-z]+)", README):
        assert name in commands
    known = {flag for command in commands.values() for parameter in command.params for flag in parameter.opts}
    flags = set(re.findall(r"`(--[a-z][a-z-]*|-[A-Za-z0-9])[` ]", README))
    assert flags <= known | {"--help"}


def test_every_base_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    libraries = {re.split("[<>=;]", requirement)[0].strip() for requirement in project["dependencies"]}
    reasons = (ROOT / "docindex/ARCHITECTURE.md").read_text(encoding="utf-8").split("## The libraries")[1]
    assert {library for library in libraries if library not in reasons} == set()
