"""Typer's commands, made from the table of flags; their help; and the advice after wrong usage."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Annotated, Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from docindex import __version__
from docindex.cli import completion, exit_codes, options
from docindex.cli.exit_codes import FAILED, FOUND
from docindex.cli.options import COMMANDS, GROUPS, Flag, Option

_UsageError = cast("type[typer.BadParameter]", typer.BadParameter.__base__)  # it has no public name
_QUERY_COMMANDS = ("search", "kwic", "timeline")
_WIDEST_FLAGS_COLUMN = 30  # columns of the help


def _epilog(examples: tuple[str, ...], codes: tuple[tuple[int, str], ...]) -> str:
    """Return the examples and the exit codes as the end of a help, in lines that are kept as
    they are.
    """
    lines = ["\b", "Examples:", *(f"  {example}" for example in examples), ""]
    return "\n".join([*lines, "\b", "Exit codes:", *(f"  {code:<4} {meaning}" for code, meaning in codes)])


class _Command(TyperCommand):
    """A command whose help lists its flags in groups."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, then the flags by their groups, then typer's own."""
        groups = {option.field: option.flag.group for option in options.flags(COMMANDS[str(self.name)].flags)}
        found: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                group = "Arguments" if parameter.param_type_name == "argument" else groups.get(str(parameter.name))
                found.setdefault(group or "Help", []).append(record)
        for group in ("Arguments", *GROUPS, "Help"):
            if group in found:
                with formatter.section(group):
                    formatter.write_dl(found[group], col_max=min(_WIDEST_FLAGS_COLUMN, formatter.width // 3))


class _Commands(Mapping[str, Any]):
    """The commands by name. Each is made when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        return command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class _Group(TyperGroup):
    """The group of the commands above."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"commands": _Commands()})

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands, in the order of the help."""
        return list(COMMANDS)


@cache
def command(name: str) -> Any:
    """Return typer's command, with the flags of its struct."""
    row = COMMANDS[name]

    def run(**values: Any) -> None:
        raise typer.Exit(import_module(f"docindex.cli.{name}").run(row.flags(**values)))

    parameters = [_parameter(option) for option in options.flags(row.flags)]
    setattr(run, "__signature__", inspect.Signature(parameters))  # noqa: B010 - mypy knows no such attribute
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    single.command(name, cls=_Command, help=row.help, epilog=_epilog(row.examples, row.exit_codes))(run)
    return get_command(single)


def _parameter(option: Option) -> inspect.Parameter:
    flag = option.flag
    completed: dict[str, Any] = {"autocompletion": _completion(flag)} if _completion(flag) else {}
    info: Any
    if flag.is_argument:
        info = typer.Argument(metavar=flag.names, help=flag.help, show_default=False, **completed)
    else:
        names = flag.names.split()
        info = typer.Option(*names, metavar=flag.metavar, help=flag.help, min=flag.min, max=flag.max, **completed)
    return inspect.Parameter(
        option.field,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if option.required else option.default,
        annotation=Annotated[option.type, info],
    )


def _completion(flag: Flag) -> Any:
    if flag.values:
        return (completion.listed if flag.takes_list else completion.choices)(*flag.values)
    match flag.completed_by:
        case None:
            return None
        case "ids":
            return completion.ids
        case "fields":
            return completion.words
        case facet:
            return completion.values_of(facet)


app = typer.Typer(
    name="docindex",
    cls=_Group,
    help=options.SUMMARY,
    epilog=_epilog(options.EXAMPLES, exit_codes.OF_ALL),
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


def _manual(wanted: bool) -> None:
    if wanted:
        from docindex.cli import man_page

        typer.echo(man_page.page(), nl=False)
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
    """Run the command that was typed. Return its exit code."""
    try:
        ended = app(args=_with_values(sys.argv[1:]), prog_name="docindex", standalone_mode=False)
    except _UsageError as error:
        from docindex.render.sanitize import escape_controls

        error.message = escape_controls(error.message)
        error.show()
        if meant := _meant(error, sys.argv[1:]):
            print(f"  try: {escape_controls(meant)}", file=sys.stderr)
        return FAILED
    return ended or FOUND


def _with_values(arguments: list[str]) -> list[str]:
    """Return the arguments with a value for each flag that may stand without one.

    What follows such a flag is its value only if it is one of its values: `--variants qaddafi` asks
    for a word.
    """
    command = COMMANDS.get(arguments[0]) if arguments else None
    bare = {
        name: option.flag
        for option in (options.flags(command.flags) if command else ())
        if option.flag.bare
        for name in option.flag.names.split()
    }
    given: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            return [*given, argument, *waiting]
        if argument in bare:
            flag = bare[argument]
            following = next(waiting, None)
            given.append(f"{argument}={following if following in flag.values else flag.bare}")
            if following == "--":
                return [*given, following, *waiting]
            if following is not None and following not in flag.values:
                given += _with_values([arguments[0], following, *waiting])[1:]
                return given
        else:
            given.append(argument)
    return given


def _meant(error: Any, arguments: list[str]) -> str | None:
    """Return the command that was probably meant, or None.

    A first word that is no command was meant to be searched. A word to leave out (`-nato`) and a
    flag with one dash too few (`-lang`) were read as short flags. The command is not run unasked,
    because the guess may be wrong.
    """
    import re
    import shlex

    if error.ctx and error.ctx.parent is None and arguments and not arguments[0].startswith("-"):
        return None if arguments[0] in COMMANDS else shlex.join(["docindex", "search", *arguments])
    wrong = getattr(error, "option_name", None)
    wrong = {wrong} if wrong else {*getattr(getattr(error, "param", None), "opts", ())}
    flags = {flag for parameter in error.ctx.command.params for flag in parameter.opts} if error.ctx else set()
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    for number, one in enumerate(own):
        letters = {f"-{letter}" for letter in one[1:]}
        if wrong & letters and re.fullmatch(r"-[^\W\d_]\w{2,}", one):
            if f"-{one}" in flags:
                instead = [f"-{one}"]
            elif arguments[0] in _QUERY_COMMANDS:
                instead = ["NOT", one[1:]]
            else:
                return None
            return shlex.join(["docindex", *arguments[:number], *instead, *arguments[number + 1 :]])
    return None
