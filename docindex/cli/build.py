"""`docindex build`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import near, progress, say, warn, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.errors import (
    IndexMissing,
    IndexOutdated,
    ManifestError,
    OutputError,
    ReaderError,
    ReportError,
    UsageError,
)

if TYPE_CHECKING:
    from docindex.cli.options import BuildFlags
    from docindex.config import Settings
    from docindex.indexing.plan import Plan
    from docindex.manifest.load import Manifest
    from docindex.model.results import BuildReport
    from docindex.readers.ocr import OcrSettings


def run(flags: BuildFlags) -> int:
    """Build the index. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.engines import registry
    from docindex.indexing import build as builder
    from docindex.indexing import extraction, trust
    from docindex.manifest import load
    from docindex.system.limits import memory_share

    listed = load.load(flags.source or _default_source(flags.index), allow_outside=flags.allow_outside)
    folder = config.index_for_build(flags.index, listed.root, manifest=listed.path)
    engine = registry.open_engine(folder)
    jobs = flags.jobs or os.cpu_count() or 1
    ocr = _ocr(flags, settings)
    if flags.dry_run:
        _show_plan(builder.dry_run(listed, engine, full=flags.full, has_ocr=ocr is not None), listed)
        return FOUND
    with progress(settings, quiet=flags.quiet) as told:
        report = builder.build(
            listed,
            engine,
            full=flags.full,
            limits=extraction.Limits(
                jobs,
                flags.timeout,
                flags.max_size * 1_000_000,
                min(extraction.MAX_MEMORY_BYTES, memory_share(jobs)),
                ocr,
            ),
            progress=told,
            lock_timeout=flags.lock_timeout,
            on_lock_wait=lambda holder: None if flags.quiet else warn(f"waiting for another build ({holder})"),
        )
    trust.remember(report.state, folder, allow_outside=flags.allow_outside)
    try:
        _show_report(report, folder, settings, as_json=flags.as_json, quiet=flags.quiet)
    except OutputError as error:
        raise ReportError(f"the index is built, but {error.message}", error.hint) from error
    return NOT_FOUND if report.failures else FOUND


def _default_source(index: Path | None) -> Path:
    """Return the manifest here, else the one or the folder from which the index that a search would
    find was built.
    """
    from docindex.engines import registry
    from docindex.indexing import trust
    from docindex.manifest import load

    try:
        return load.find(Path.cwd())
    except ManifestError as missing:
        try:
            folder = config.index_for_search(index)
            with registry.open_engine(folder).searcher() as found:
                state = found.state
        except (IndexMissing, IndexOutdated):
            raise missing from None
        is_one_file = state.manifest is None and not state.folders
        if is_one_file or not trust.is_believed(state, folder):
            raise
        return Path(state.manifest or state.root)


def _ocr(flags: BuildFlags, settings: Settings) -> OcrSettings | None:
    """Return the settings of OCR, or None if it is not wanted.

    Raises UsageError if the flag asks for it and it cannot work here. The user's own setting asks
    for it on any machine, so then it is only a warning.
    """
    if not (flags.ocr or settings.ocr):
        return None
    from docindex.readers import ocr

    try:
        return ocr.settings(settings.ocr_languages)
    except ReaderError as error:
        if flags.ocr:
            raise UsageError(error.message, error.hint) from error
        if not flags.quiet:
            warn(f"{error.message}: scanned pages are not read ({error.hint})")
        return None


def _show_plan(plan: Plan, listed: Manifest) -> None:
    for sign, numbers in (("+", plan.added), ("~", plan.changed)):
        write("".join(f"{sign} {listed.sources[number].path}\n" for number in numbers))
    write("".join(f"- {path}\n" for path in plan.removed))
    write(f"= {plan.unchanged} unchanged\n")


def _show_report(report: BuildReport, folder: Path, settings: Settings, *, as_json: bool, quiet: bool) -> None:
    from docindex.render import json_output, reports

    if as_json:
        write(json_output.text(json_output.report(report)) + "\n")
    elif not quiet:
        say(settings, reports.build(report, near(folder)))
