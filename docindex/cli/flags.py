"""What the commands share: exit codes, flags, and the help's last words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from docindex.errors import UsageError

FOUND, NOT_FOUND, FAILED, NO_INDEX, BUSY, INTERRUPTED = 0, 1, 2, 3, 75, 130
"""Exit codes. A build that left something out, and a check with findings, end with NOT_FOUND's 1 as well."""

EPILOG = """\b
Examples:
  docindex build
  docindex search "Belmokhtar"

\b
Exit codes:
  0    found; build: all is indexed
  1    nothing found; build: some sources failed (they are listed)
  2    wrong usage, or a failure
  3    no index, or one to be built anew
  75   another build is running
  130  interrupted"""

IndexFlag = Annotated[
    Path | None,
    typer.Option("--index", metavar="DIR", help="The index's folder. Default: .docindex here or above."),
]
ColorFlag = Annotated[str | None, typer.Option("--color", metavar="WHEN", help="auto, always or never.")]
QuietFlag = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing; only the exit code speaks.")]


JsonFlag = Annotated[bool, typer.Option("--json", help="As one JSON document, on stdout.")]
OutsideFlag = Annotated[bool, typer.Option("--allow-outside", help="Let the manifest name files outside its folder.")]


def one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise UsageError(f"unknown {name} '{value}'", ", ".join(known))
    return value
