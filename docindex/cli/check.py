"""`docindex check` and `docindex init`: the collection itself."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from docindex import config
from docindex.cli.console import color_of, columns, near, say, styled, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import ColorFlag, JsonFlag, OutsideFlag
from docindex.errors import UsageError


def check(
    source: Annotated[Path | None, typer.Argument(metavar="[SOURCE]", help="As for build.", show_default=False)] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Print a patch of the manifest for what can be mended; apply nothing.")
    ] = False,
    allow_outside: OutsideFlag = False,
    as_json: JsonFlag = False,
    color: ColorFlag = None,
) -> None:
    """Say what in a collection wants mending.

    That is what is dead, doubled, unlisted, undated, unreadable or at odds with its manifest.
    """
    settings = config.resolve(color=color)
    from docindex import check as docindex_check
    from docindex.manifest import load
    from docindex.render import json_output, reports
    from docindex.render.sanitize import escape_controls
    from docindex.render.styled_text import Text
    from docindex.render.summary import plural

    listed = load.load(source or load.find(Path.cwd()), allow_outside=allow_outside)
    found = docindex_check.check(listed)
    if fix:
        patch = docindex_check.repair_patch(listed, found)
        write(escape_controls(patch) if sys.stdout.isatty() else patch)
    elif as_json:
        write(json_output.findings(found) + "\n")
    else:
        write(styled(reports.findings(found, width=columns()), settings, color=color_of(settings)))
        if not found:
            say(settings, [Text(f"{plural(len(listed.sources), 'source')}, nothing to report", "faint")])
    raise typer.Exit(NOT_FOUND if found else FOUND)


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder. Default: here.")] = Path(),
) -> None:
    """Write a first INDEX.md for a folder."""
    from docindex import check as docindex_check
    from docindex.manifest import load

    path = folder / load.MANIFEST_NAME
    if path.exists():
        raise UsageError(f"{near(path)}: is there already", "docindex check, or name another folder")
    text = docindex_check.first_manifest(load.load(folder))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{near(path)}: cannot be written: {error.strerror}", "check the folder") from error
    write(f"{near(path)}\n")
