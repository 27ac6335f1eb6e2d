"""The manual page, made of the same text as --help: roff with the macros of man(7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docindex import __version__
from docindex.cli.options import EPILOG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def page(summary: str, commands: Mapping[str, Any]) -> str:
    """The page of the program and its commands, as the command line has them."""
    return "\n".join(_lines(summary, commands)) + "\n"


def _lines(summary: str, commands: Mapping[str, Any]) -> Iterator[str]:
    yield f'.TH DOCINDEX 1 "" "docindex {__version__}" "User Commands"'
    yield from (".SH NAME", rf"docindex \- {_plain(summary)}")
    yield from (".SH SYNOPSIS", r".B docindex", r"\fICOMMAND\fR [\fIOPTION\fR]... [\fIARGUMENT\fR]...")
    yield ".SH COMMANDS"
    for name, command in commands.items():
        arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
        called = " ".join(_plain(argument.metavar or argument.name) for argument in arguments)
        yield from (f".SS docindex {_plain(name)} {called}".rstrip(), _plain(command.help or ""))
        for parameter in command.params:
            if parameter.param_type_name == "argument":
                head = _plain(parameter.metavar or parameter.name)
            else:
                head = ", ".join(rf"\fB{_plain(flag)}\fR" for flag in [*parameter.opts, *parameter.secondary_opts])
                head += rf" \fI{_plain(parameter.metavar)}\fR" if parameter.metavar else ""
            yield from (".TP", head, _plain(parameter.help or ""))
    for block in EPILOG.split("\b\n")[1:]:
        title, _, rest = block.strip().partition("\n")
        yield from (f".SH {title.rstrip(':').upper()}", ".nf", _plain(rest), ".fi")


def _plain(text: str) -> str:
    """Text that roff takes as text."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped, flags=re.MULTILINE)
