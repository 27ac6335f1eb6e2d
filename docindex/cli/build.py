"""`docindex build`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docindex import config
from docindex.cli.console import near, progress, say, warn, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import ColorFlag, IndexFlag, JsonFlag, OutsideFlag, QuietFlag

if TYPE_CHECKING:
    from docindex.config import Settings
    from docindex.indexing.plan import Plan
    from docindex.manifest.load import Manifest
    from docindex.results import BuildReport


def build(
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="[SOURCE]",
            help="A manifest (INDEX.md), a folder or one file. Default: seeds/INDEX.md, else INDEX.md, here.",
            show_default=False,
        ),
    ] = None,
    index: IndexFlag = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again, whatever has changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")] = False,
    allow_outside: OutsideFlag = False,
    jobs: Annotated[
        int | None, typer.Option("-j", "--jobs", metavar="N", min=1, help="Processes that read. Default: one a core.")
    ] = None,
    timeout: Annotated[
        float,
        typer.Option("--timeout", metavar="SECONDS", min=0.1, help="The longest that reading one source may take."),
    ] = 60.0,
    max_size: Annotated[
        int, typer.Option("--max-size", metavar="MB", min=1, help="The largest file that is read, in MB.")
    ] = 100,
    lock_timeout: Annotated[
        float, typer.Option("--lock-timeout", metavar="SECONDS", min=0, help="How long to wait for another build.")
    ] = 5.0,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    color: ColorFlag = None,
) -> None:
    """Bring the index in step with the manifest."""
    settings = config.resolve(color=color)
    from docindex.engines import registry
    from docindex.indexing import build as builder
    from docindex.indexing import extraction
    from docindex.manifest import load

    listed = load.load(source or load.find(Path.cwd()), allow_outside=allow_outside)
    folder = config.index_for_build(index, listed.root, manifest=listed.path)
    engine = registry.open_engine(folder)
    if dry_run:
        _show_plan(builder.dry_run(listed, engine, full=full), listed)
        return
    with progress(settings, quiet=quiet) as told:
        report = builder.build(
            listed,
            engine,
            full=full,
            limits=extraction.Limits(jobs or os.cpu_count() or 1, timeout, max_size * 1_000_000),
            progress=told,
            lock_timeout=lock_timeout,
            on_lock_wait=lambda holder: None if quiet else warn(f"waiting for another build ({holder})"),
        )
    _show_report(report, folder, settings, as_json=as_json, quiet=quiet)
    raise typer.Exit(NOT_FOUND if report.failures else FOUND)


def _show_plan(plan: "Plan", listed: "Manifest") -> None:
    for sign, numbers in (("+", plan.added), ("~", plan.changed)):
        write("".join(f"{sign} {listed.sources[number].path}\n" for number in numbers))
    write("".join(f"- {path}\n" for path in plan.removed))
    write(f"= {plan.unchanged} unchanged\n")


def _show_report(report: "BuildReport", folder: Path, settings: "Settings", *, as_json: bool, quiet: bool) -> None:
    from docindex.render import json_output, reports

    if as_json:
        write(json_output.report(report) + "\n")
    elif not quiet:
        say(settings, reports.build(report, near(folder)))
