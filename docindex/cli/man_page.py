"""The manual page, made from the table of commands: roff with the macros of man(7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex import __version__
from docindex.cli import exit_codes
from docindex.cli.options import COMMANDS, GROUPS, SUMMARY, flags
from docindex.render import manual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docindex.cli.options import Command, Flag


def page() -> str:
    """Return the page of the program and its commands."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f'.TH DOCINDEX 1 "" "docindex {__version__}" "User Commands"'
    yield from (".SH NAME", rf"docindex \- {manual.plain(SUMMARY)}")
    yield from (".SH SYNOPSIS", r".B docindex", r"\fICOMMAND\fR [\fIOPTION\fR]... [\fIARGUMENT\fR]...")
    yield from (".SH DESCRIPTION", *manual.roff(manual.page("start")))
    yield ".SH COMMANDS"
    for name, command in COMMANDS.items():
        yield from _command(name, command)
    yield from (".SH QUERY LANGUAGE", *manual.roff(manual.page("query")))
    yield from (".SH FOLLOWING FILES", *manual.roff(manual.section("building", "Following")))
    for heading in ("Files", "Environment"):
        yield from (f".SH {heading.upper()}", *manual.roff(manual.section("settings", heading)))
    yield from (".SH EXAMPLES", *manual.roff(manual.page("recipes")))
    yield from (".SH EXIT CODES", *_codes(exit_codes.OF_ALL))


def _command(name: str, command: Command) -> Iterator[str]:
    rows = [option.flag for option in flags(command.flags)]
    arguments = [flag for flag in rows if flag.is_argument]
    called = " ".join(manual.plain(flag.names) for flag in arguments)
    yield from (f".SS docindex {manual.plain(name)} {called}".rstrip(), *map(manual.plain, command.help.split("\n\n")))
    for flag in arguments:
        yield from _flag(flag)
    for group in GROUPS:
        found = [flag for flag in rows if flag.group == group]
        if found:
            yield from (".PP", rf"\fI{group}\fR")
        for flag in found:
            yield from _flag(flag)
    yield from (".PP", r"\fIExamples\fR", ".nf", *map(manual.plain, command.examples), ".fi")
    yield from (".PP", r"\fIExit codes\fR", *_codes(command.exit_codes))


def _flag(flag: Flag) -> Iterator[str]:
    head = manual.plain(flag.names)
    if not flag.is_argument:
        head = ", ".join(rf"\fB{manual.plain(name)}\fR" for name in flag.names.split())
        head += rf" \fI{manual.plain(flag.metavar)}\fR" if flag.metavar else ""
    yield from (".TP", head, manual.plain(flag.help))


def _codes(codes: tuple[tuple[int, str], ...]) -> Iterator[str]:
    for code, meaning in codes:
        yield from (".TP", str(code), manual.plain(meaning))
