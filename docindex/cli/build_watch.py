"""`docindex build --watch`: build, and build again whenever files change, until it is ended."""

from __future__ import annotations

import os
import signal
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn

from docindex.cli.console import progress, say, warn
from docindex.cli.exit_codes import FOUND
from docindex.errors import DocindexError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from docindex.api.collection import Collection
    from docindex.api.following import FollowedState
    from docindex.cli.options import BuildFlags
    from docindex.config import Settings
    from docindex.model.results import BuildReport


class _Terminated(BaseException):
    """The process was asked to end."""


def run(
    flags: BuildFlags,
    settings: Settings,
    found: Collection,
    arguments: Mapping[str, Any],
    show_report: Callable[[BuildReport], None],
) -> int:
    """Follow the files until the process is ended by SIGTERM. Return the exit code.

    `arguments` are those of each build, `show_report` writes what one has done.
    """
    from docindex.api import following

    numbers = count()

    def build(collection: Collection, touched: AbstractSet[str]) -> BuildReport:
        is_first = next(numbers) == 0  # only it shows how far it is, and only it is a full one
        with progress(settings, quiet=flags.quiet or not is_first, last_work="writing the index") as told:
            more = {**arguments, "full": flags.full and is_first}
            return collection.build(**more, progress=told, touched=touched)

    usual = signal.signal(signal.SIGTERM, _terminate)
    try:
        following.follow(found, build, _Teller(settings, show_report, quiet=flags.quiet).tell, flags.source)
    except _Terminated:
        return FOUND
    finally:
        signal.signal(signal.SIGTERM, usual)


def _terminate(*_: object) -> NoReturn:
    raise _Terminated


class _Teller:
    """Writes what a follower has to tell: of builds, those that changed the index."""

    def __init__(self, settings: Settings, show_report: Callable[[BuildReport], None], *, quiet: bool) -> None:
        self._settings = settings
        self._show_report = show_report
        self._quiet = quiet
        self._is_first = True
        self._polled: str | None = None

    def tell(self, state: FollowedState) -> None:
        """Write a message, if there is anything new in it."""
        if state.error:
            _complain(state.error)
        elif state.report:
            self._tell_build(state.report, lost_changes=state.lost_changes)
        elif not self._quiet:
            self._tell_watching(state.folders)
        if state.polled and state.polled != self._polled and not self._quiet:
            warn(f"{state.polled}: they are looked at every minute, and by each search")
        self._polled = state.polled

    def _tell_build(self, report: BuildReport, *, lost_changes: bool) -> None:
        if lost_changes and not self._quiet:
            warn("more changed at once than the system tells of; everything was compared")
        if self._is_first or report.added or report.changed or report.removed:
            self._show_report(report)
        self._is_first = False

    def _tell_watching(self, folders: int) -> None:
        from docindex.render.styled_text import Text
        from docindex.render.summary import plural

        watched = f"{plural(folders, 'folder')} watched" if folders else "no folder watched"
        say(self._settings, [Text(f"{watched}; Ctrl-C ends", "faint")])


def _complain(error: DocindexError | OSError) -> None:
    if isinstance(error, DocindexError):
        warn(error.message + (f" (try: {error.hint})" if error.hint else ""))
    else:
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        warn(f"{where}{error.strerror or error}; the index stays as it was, and is tried again")
