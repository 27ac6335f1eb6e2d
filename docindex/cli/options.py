"""What the commands share: flags, and the help's last words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from docindex.cli import completion

EPILOG = """\b
Examples:
  docindex build
  docindex search "Belmokhtar"

\b
Exit codes:
  0    found; build: all is indexed
  1    nothing found; build: some sources failed
  2    wrong usage, or a failure
  3    no index, or one to be built anew
  75   another build is running
  130  interrupted"""

_WHEN = completion.choices("auto", "always", "never")
IndexFlag = Annotated[
    Path | None,
    typer.Option("--index", metavar="DIR", help="The index's folder. Default: .docindex here or above."),
]
ColorFlag = Annotated[
    str | None, typer.Option("--color", metavar="WHEN", help="auto, always or never.", autocompletion=_WHEN)
]
HyperlinkFlag = Annotated[
    str | None,
    typer.Option(
        "--hyperlink", metavar="WHEN", help="Paths lead to files: auto, always or never.", autocompletion=_WHEN
    ),
]
QuietFlag = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing; only the exit code speaks.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="As one JSON document, on stdout.")]
OutsideFlag = Annotated[bool, typer.Option("--allow-outside", help="Let the manifest name files outside its folder.")]
NoPagerFlag = Annotated[bool, typer.Option("-P", "--no-pager", help="Never page.")]


def format_flag(*names: str) -> Any:
    """The flag for one of the formats that a command has."""
    listed = f"{', '.join(names[:-1])} or {names[-1]}."
    return typer.Option("--format", metavar="FORMAT", help=listed, autocompletion=completion.choices(*names))


def query_argument(about: str) -> Any:
    """The words of the query."""
    return typer.Argument(metavar="QUERY...", help=about, show_default=False, autocompletion=completion.words)


# A query, how it is read, and what narrows it.
MoreFlag = Annotated[list[str] | None, typer.Option("-e", "--query", metavar="QUERY", help="A query (repeatable).")]
SinceFlag = Annotated[str | None, typer.Option("--since", metavar="DATE", help="Dated then or later.")]
UntilFlag = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Dated then or earlier.")]
CertainFlag = Annotated[
    bool,
    typer.Option("--certain", help="A vague date matches only if all that it may mean lies in the time asked for."),
]
LangFlag = Annotated[
    list[str] | None,
    typer.Option(
        "--lang", metavar="CODE", help="In this language (repeatable).", autocompletion=completion.values_of("language")
    ),
]
PublisherFlag = Annotated[
    str | None,
    typer.Option(
        "--publisher", metavar="P", help="From this publisher.", autocompletion=completion.values_of("publisher")
    ),
]
CreatorFlag = Annotated[
    str | None,
    typer.Option("--creator", metavar="C", help="By this author.", autocompletion=completion.values_of("creator")),
]
SubjectFlag = Annotated[
    str | None,
    typer.Option("--subject", metavar="S", help="On this subject.", autocompletion=completion.values_of("subject")),
]
CollectionFlag = Annotated[
    str | None,
    typer.Option(
        "--collection", metavar="C", help="From this collection.", autocompletion=completion.values_of("collection")
    ),
]
AnyFlag = Annotated[bool, typer.Option("--any", help="Records with any of the words, not all.")]
ExactFlag = Annotated[bool, typer.Option("--exact", help="Words as typed: no stems, no folding.")]
LiteralFlag = Annotated[bool, typer.Option("-F", "--literal", help="No operators: every word is a word.")]
StrictFlag = Annotated[bool, typer.Option("--strict", help="A broken query is an error, not repaired.")]
