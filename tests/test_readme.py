"""The README's promises: its commands exist, and its session is what a terminal shows."""

from __future__ import annotations

import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_the_session_is_what_a_terminal_shows(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns(".docindex"))
    (written,) = blocks("console")
    commands = [line[2:] for line in written.splitlines() if line.startswith("$ ")]
    assert session(tmp_path, commands) == steady(written)


def test_the_pasted_commands_are_one_line_each_and_name_what_exists() -> None:
    main, tests = blocks("sh")
    assert main.endswith('.venv/bin/docindex build && .venv/bin/docindex search "Belmokhtar"')
    assert tests.endswith(".venv/bin/pytest")
    assert "\n" not in main + tests


def test_every_command_and_flag_named_exists() -> None:
    import typer.main

    group = typer.main.get_command(app)
    commands = getattr(group, "commands", {})
    for name in re.findall(r"`docindex ([a-z]+)", README):
        assert name in commands
    known = {flag for command in commands.values() for parameter in command.params for flag in parameter.opts}
    flags = set(re.findall(r"`(--[a-z][a-z-]*|-[A-Za-z0-9])[` ]", README))
    assert flags <= known | {"--help"}


@pytest.mark.parametrize("name", ["pyproject.toml"])
def test_every_base_library_has_its_reason(name: str) -> None:
    import tomllib

    project = tomllib.loads((ROOT / name).read_text(encoding="utf-8"))["project"]
    libraries = {re.split("[<>=]", requirement)[0] for requirement in project["dependencies"]}
    reasons = README.split("## What it is made of")[1]
    assert {library for library in libraries if library not in reasons} == set()


if __name__ == "__main__":  # prints the session anew, to be pasted when it has changed for a reason
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(ROOT / "seeds", Path(place) / "seeds")
        (old,) = blocks("console")
        print(session(Path(place), [line[2:] for line in old.splitlines() if line.startswith("$ ")]))
