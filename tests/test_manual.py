"""The manual page says what --help says."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import typer.main

from docindex.cli.typer_app import app


def test_the_manual_names_every_command_and_flag_with_its_help(run) -> None:
    code, page, err = run("--man")
    assert (code, err) == (0, "")
    said = re.sub(r"\\f[BIR]", "", page).replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")
    commands = getattr(typer.main.get_command(app), "commands", {})
    assert re.findall(r"^\.SS docindex ([a-z]+)", said, re.MULTILINE) == list(commands)
    for command in commands.values():
        for parameter in command.params:
            assert ", ".join(parameter.opts) in said or parameter.param_type_name == "argument"
            assert (parameter.help or "") in said
    assert ".SH EXIT CODES" in said


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
def test_groff_reads_it_without_a_warning(run) -> None:
    read = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww"], input=run("--man").out.encode(), capture_output=True, check=True
    )
    assert read.stderr == b""
