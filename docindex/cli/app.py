"""The command line as typer reads it: the commands, their flags, and what is wrong with them."""

import sys
from typing import Annotated, Any, cast

import typer

from docindex import __version__
from docindex.cli.commands import Group
from docindex.cli.exit_codes import FAILED, FOUND
from docindex.cli.options import EPILOG

_WRONG_USAGE = cast("type[typer.BadParameter]", typer.BadParameter.__base__)  # what has no public name

app = typer.Typer(
    name="docindex",
    cls=Group,
    help="Index the documents that a Markdown manifest lists, and search them.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,  # its scripts evaluate what they read
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"docindex {__version__}")
        raise typer.Exit


def _manual(ctx: typer.Context, wanted: bool) -> None:
    if wanted:
        from docindex.cli import man_page

        typer.echo(man_page.page(str(app.info.help), getattr(ctx.command, "commands", {})), nl=False)
        raise typer.Exit


def _install_completion(wanted: bool) -> None:
    if wanted:
        from docindex.cli import completion_scripts

        typer.echo(completion_scripts.install())
        raise typer.Exit


def _show_completion(wanted: bool) -> None:
    if wanted:
        from docindex.cli import completion_scripts

        completion_scripts.show()
        raise typer.Exit


@app.callback()
def root(
    man: Annotated[
        bool, typer.Option("--man", callback=_manual, is_eager=True, help="Print the manual page, for man -l -.")
    ] = False,
    version: Annotated[
        bool, typer.Option("-V", "--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    install_completion: Annotated[
        bool,
        typer.Option(
            "--install-completion",
            callback=_install_completion,
            is_eager=True,
            help="Install completion for the current shell.",
        ),
    ] = False,
    show_completion: Annotated[
        bool,
        typer.Option(
            "--show-completion",
            callback=_show_completion,
            is_eager=True,
            help="Print the completion script of the current shell.",
        ),
    ] = False,
) -> None:
    """Index the documents that a Markdown manifest lists, and search them."""


def run() -> int:
    """Run the command that was typed; the exit code."""
    try:
        ended = app(prog_name="docindex", standalone_mode=False)
    except _WRONG_USAGE as error:
        from docindex.render.sanitize import escape_controls

        error.message = escape_controls(error.message)
        error.show()
        if meant := _meant(error, sys.argv[1:]):
            print(f"  try: {escape_controls(meant)}", file=sys.stderr)
        return FAILED
    return ended or FOUND


def _meant(error: Any, arguments: list[str]) -> str | None:
    """The command that was meant where a word to leave out, or a flag with one dash too few, was read as short flags.

    It is not run unasked: -lang may be either, and -nato or -europe would still be read as flags with a value.
    """
    import re
    import shlex

    wrong = getattr(error, "option_name", None)
    wrong = {wrong} if wrong else {*getattr(getattr(error, "param", None), "opts", ())}
    flags = {flag for parameter in error.ctx.command.params for flag in parameter.opts} if error.ctx else set()
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    for number, one in enumerate(own):
        letters = {f"-{letter}" for letter in one[1:]}
        if wrong & letters and re.fullmatch(r"-[^\W\d_]\w{2,}", one):
            if f"-{one}" in flags:
                instead = [f"-{one}"]
            elif arguments[0] in ("search", "kwic", "timeline"):
                instead = ["NOT", one[1:]]
            else:
                return None
            return shlex.join(["docindex", *arguments[:number], *instead, *arguments[number + 1 :]])
    return None
