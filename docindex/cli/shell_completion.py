"""Answers to a shell that completes a command line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from docindex.cli import shell_words
from docindex.cli.completion_scripts import SCRIPTS, VARIABLE
from docindex.cli.exit_codes import FOUND

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def run(asked: str, arguments: Sequence[str]) -> int:
    """Print what a shell asked for: its script, or the candidates for the last word.

    Print nothing for any other request. The scripts of earlier versions evaluate what they read,
    and ask otherwise.
    """
    kind, _, shell = asked.partition("_")
    if shell not in SCRIPTS:
        return FOUND
    if kind == "source":
        sys.stdout.write(SCRIPTS[shell])
    elif kind == "words":
        sys.stdout.writelines(f"{line}\n" for line in _lines(shell, arguments) if line.replace("\t", "").isprintable())
    return FOUND


def _lines(shell: str, arguments: Sequence[str]) -> Iterator[str]:
    """Return the candidates, one a line: for bash as it inserts them, else with their help
    behind a tab.
    """
    if shell == "bash":
        breaks, line = arguments if len(arguments) == 2 else ("", "")
        *before, last = shell_words.split(line, breaks)
        for value, _ in _candidates([word.plain for word in before[1:]], last.plain):
            if (inserted := shell_words.for_bash(value, last)) is not None:
                yield inserted
        return
    *given, incomplete = arguments or [""]
    if shell == "fish":
        incomplete = shell_words.split(incomplete)[-1].plain
    for value, about in _candidates(given, incomplete):
        yield f"{value}\t{about}" if about and "\t" not in value else value


def _candidates(before: list[str], incomplete: str) -> Iterator[tuple[str, str]]:
    """Yield the values that continue an incomplete word, with their help."""
    from typer._click.shell_completion import ShellComplete
    from typer.main import get_command

    from docindex.cli.typer_app import app

    class Asked(ShellComplete):
        """Typer's knowledge of commands and flags, without its scripts."""

        name = "docindex"

        def source_vars(self) -> dict[str, object]:
            raise NotImplementedError

        def get_completion_args(self) -> tuple[list[str], str]:
            return before, incomplete

        def format_completion(self, item: object) -> str:
            raise NotImplementedError

    flag, sign, value = incomplete.partition("=")
    is_joined = bool(sign) and flag.startswith("--")  # --flag=value
    given, prefix, value = ([*before, flag], f"{flag}=", value) if is_joined else (before, "", incomplete)
    try:
        found = Asked(get_command(app), {}, "docindex", VARIABLE).get_completions(given, value)
    except Exception:  # a shell has no place for an error
        return
    for item in found:
        if item.type == "plain" and item.value.startswith(value):
            yield f"{prefix}{item.value}", " ".join(str(item.help or "").split())
