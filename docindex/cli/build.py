"""`docindex build`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from docindex import config
from docindex.cli.console import near, progress, say, warn, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.errors import BUILT_AND_INTERRUPTED, OutputError, ReportError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from docindex.api.collection import PlannedBuild
    from docindex.cli.options import BuildFlags
    from docindex.config import Settings
    from docindex.model.results import BuildReport


def run(flags: BuildFlags) -> int:
    """Build the index. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.api import collection

    found = collection.load_collection(flags.source, flags.index, allow_outside=flags.allow_outside)
    ocr = _ocr(flags, settings)
    arguments = _arguments(flags, settings, ocr=ocr)
    show = partial(_show_report, folder=found.folder, settings=settings, as_json=flags.as_json, quiet=flags.quiet)
    if flags.watch:
        if flags.dry_run:
            raise UsageError("--dry-run changes nothing, and --watch builds", "one of them")
        from docindex.cli import build_watch  # few builds go on

        return build_watch.run(flags, settings, found, arguments, show)
    if flags.dry_run:
        _show_plan(found.plan(full=flags.full, ocr=ocr))
        return FOUND
    with progress(settings, quiet=flags.quiet, last_work="writing the index") as told:
        report = found.build(
            **arguments,
            progress=told,
            on_lock_wait=lambda holder: None if flags.quiet else warn(f"waiting for another build ({holder})"),
        )
    show(report)
    return NOT_FOUND if report.failures else FOUND


def _arguments(flags: BuildFlags, settings: Settings, *, ocr: bool) -> dict[str, Any]:
    """Return the arguments of a build as the flags say."""
    return {
        "full": flags.full,
        "ocr": ocr,
        "ocr_languages": settings.ocr_languages,
        "jobs": flags.jobs,
        "timeout": flags.timeout,
        "max_size": flags.max_size,
        "lock_timeout": flags.lock_timeout,
    }


def _ocr(flags: BuildFlags, settings: Settings) -> bool:
    """Return True if OCR is wanted and can work.

    Raises UsageError if the flag asks for it and it cannot work here. The user's own setting asks
    for it on any machine, so then it is only a warning.
    """
    if not (flags.ocr or settings.ocr):
        return False
    from docindex.api import collection

    try:
        collection.ocr_settings(settings.ocr_languages)
    except UsageError as error:
        if flags.ocr:
            raise
        if not flags.quiet:
            warn(f"{error.message}: scanned pages are not read ({error.hint})")
        return False
    return True


def _show_plan(plan: PlannedBuild) -> None:
    for sign, paths in (("+", plan.added), ("~", plan.changed), ("-", plan.removed)):
        write("".join(f"{sign} {path}\n" for path in paths))
    write(f"= {plan.unchanged} unchanged\n")


def _show_report(report: BuildReport, folder: Path, settings: Settings, *, as_json: bool, quiet: bool) -> None:
    """Write what a build has done. Raises ReportError if that is not possible."""
    try:
        from docindex.render import json_output, reports

        if as_json:
            write(json_output.text(json_output.report(report)) + "\n")
        elif not quiet:
            say(settings, reports.build(report, near(folder)))
    except OutputError as error:
        raise ReportError(f"the index is built, but {error.message}", error.hint) from error
    except KeyboardInterrupt as stop:
        raise ReportError(*BUILT_AND_INTERRUPTED) from stop
