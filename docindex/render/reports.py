"""Reports for people: the result of a build, the state of an index, the findings of a check."""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docindex.render.json_output import FINDING_COLUMNS, finding_values
from docindex.render.layout import DOT, GAP, fit_lines, hanging, join_dotted
from docindex.render.passages import one_line
from docindex.render.sanitize import bidi_isolate, escape_controls
from docindex.render.styled_text import Text
from docindex.render.summary import age_in_words, plural, seconds_since, staleness, unchecked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docindex.model.documents import Failure, IndexState, LeftOut
    from docindex.model.results import BuildReport, Finding, Staleness


def build(built: BuildReport, where: str) -> Iterator[Text]:
    """Yield the result of a build."""
    for note in built.notes:
        yield Text(escape_controls(note), "warning")
    yield from failures(built.failures, whole=False)
    yield from left_out(built.state.left_out)
    yield from unread_pages(built.state.unread_pages)
    yield from _unlisted(built.unlisted)
    counts = (
        ("+", len(built.added), "added", "added"),
        ("~", len(built.changed), "changed", "changed"),
        ("-", len(built.removed), "removed", "removed"),
        ("=", built.unchanged, "unchanged", "faint"),
        ("!", len(built.failures), "failed", "failed"),
    )
    yield Text(GAP).join(
        Text(f"{sign} {count:,} {word}", style if count else "faint") for sign, count, word, style in counts
    )
    sources = plural(built.state.sources, "source")
    yield Text(
        f"{plural(built.state.records, 'record')} from {sources} in {where}{DOT}{built.elapsed_s:.1f} s", "faint"
    )


def _unlisted(paths: Sequence[str]) -> Iterator[Text]:
    """Yield a line about files that the manifest does not list."""
    if paths:
        names = ", ".join(bidi_isolate(one_line(path)) for path in paths[:MAX_NAMES])
        more = f" and {len(paths) - MAX_NAMES:,} more" if len(paths) > MAX_NAMES else ""
        what = f"{plural(len(paths), 'file')} beside the manifest {'is' if len(paths) == 1 else 'are'} not in it"
        yield Text(f"{what}: {names}{more}; docindex init adds {'it' if len(paths) == 1 else 'them'}", "hint")


SECONDS_PER_PAGE = 2.0
"""Usual time in which OCR reads a page of text, in one process."""


def unread_pages(count: int) -> Iterator[Text]:
    """Yield a line about pages that only OCR can read, and how long that takes."""
    if count:
        what = "1 page or picture has" if count == 1 else f"{count:,} pages and pictures have"
        seconds = count * SECONDS_PER_PAGE / (os.cpu_count() or 1)
        how = f"docindex build --ocr reads {'it' if count == 1 else 'them'} (about {_duration(seconds)})"
        yield Text(f"{what} no text; {how}", "hint")


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 6_000 else f"{round(seconds / 3_600)} h"


MAX_NAMES = 3  # of the files of one kind
_KINDS_SHOWN = 12  # of files left out, on a terminal


def left_out(groups: Sequence[LeftOut]) -> Iterator[Text]:
    """Yield the files and parts left out: a line for each kind, with its count and the first
    names.
    """
    count = sum(group.count for group in groups)
    if not count:
        return
    alone = "; docindex status --left-out lists them" if count > MAX_NAMES else ""
    yield Text(f"{count:,} left out, without text that docindex reads{alone}", "faint")
    for group in groups[:_KINDS_SHOWN]:
        if group.count <= MAX_NAMES and not group.examples[0].lost:
            yield from (_failure_line(one, "faint") for one in group.examples)
            continue
        yield Text(f"  {one_line(group.kind)} {group.count:,}: ", "faint").append(
            _names(group.examples, group.count), "faint"
        )
    if len(groups) > _KINDS_SHOWN:
        rest = sum(group.count for group in groups[_KINDS_SHOWN:])
        yield Text(f"  {rest:,} of {len(groups) - _KINDS_SHOWN} other kinds", "faint")


def _names(those: Sequence[Failure], count: int) -> str:
    named = ", ".join(bidi_isolate(one_line(_name(failure))) for failure in those[:MAX_NAMES])
    return named if count <= MAX_NAMES else f"{named} …"


def _name(failure: Failure) -> str:
    """Return the name of the file that a failure is about."""
    return failure.place if failure.line is None else failure.reason.partition(": ")[0]


def _cause(failure: Failure) -> str:
    """Return the reason of a failure without the name of its file."""
    return failure.reason if failure.line is None else failure.reason.partition(": ")[2] or failure.reason


def _failure_line(failure: Failure, style: str) -> Text:
    where = str(failure).removesuffix(failure.reason)
    line = Text(bidi_isolate(one_line(where)), "path").append(one_line(failure.reason), style)
    return line.append(f" ({one_line(failure.hint)})", "hint") if failure.hint else line


def failures(found: Iterable[Failure], *, whole: bool = True) -> Iterator[Text]:
    """Yield each failure: location, reason, hint. Files that lack the same libraries share a line.

    If not `whole`, more than three files that fail for one reason share a line too.
    """
    lacking: defaultdict[str, list[Failure]] = defaultdict(list)
    alike: dict[tuple[str, str | None, bool], list[Failure]] = {}
    for failure in found:
        if failure.missing_format:
            lacking[failure.missing_format].append(failure)
        else:
            key = (_cause(failure) if not whole else str(failure), failure.hint, failure.lost)
            alike.setdefault(key, []).append(failure)
    for (cause, hint, is_lost), those in alike.items():
        style = "failed" if is_lost else "warning"
        if len(those) <= MAX_NAMES or whole:
            yield from (_failure_line(failure, style) for failure in those)
            continue
        line = Text(f"{plural(len(those), 'file')}: ", "path").append(one_line(cause), style)
        line = line.append(f" ({one_line(hint)})", "hint") if hint else line
        yield line
        yield Text(f"  {_names(those, len(those))}; docindex status --failed lists them", "faint")
    for form, those in lacking.items():
        line = Text(f"{form}: ", "path").append(
            f"the libraries that {plural(len(those), 'file')} need{'s' if len(those) == 1 else ''} are not installed",
            "failed",
        )
        yield line.append(f" ({those[0].hint})", "hint")


def status(
    state: IndexState,
    behind: Staleness,
    place: str,
    size: int,
    tallies: Mapping[str, Mapping[str, int]],
    searches: Mapping[str, str] | None = None,
    *,
    width: int | None = None,
) -> Iterator[Text]:
    """Yield the state of an index, how fresh it is, and its failures.

    A width of None is a pipe's.
    """
    age = age_in_words(seconds_since(state.built, datetime.now(UTC)))
    rows = [
        ("index", f"{place} ({_size(size)})"),
        ("of", (state.manifest or state.root) + (f", built from {state.built_from}" if state.built_from else "")),
        ("holds", f"{plural(state.records, 'record')} from {plural(state.sources, 'source')}"),
        ("built", f"{state.built.replace('T', ' ').replace('Z', ' UTC')}, {age}, by docindex {state.version}"),
        ("fresh", "; ".join(filter(None, (staleness(behind), unchecked(behind, state)))) or "yes"),
    ]
    for name, value in rows:
        text = Text(one_line(value), "warning" if name == "fresh" and not behind.fresh else "")
        yield from hanging(Text(f"{name:<10}", "faint"), text, 10, width)
    for name, counts in tallies.items():
        values = [Text(f"{value or 'undated'} {count:,}") for value, count in counts.items()]
        yield from hanging(Text(f"{name:<10}", "faint"), join_dotted(values), 10, width, separator=DOT)
    for number, (name, query) in enumerate((searches or {}).items()):
        head = Text(f"{'searches' if number == 0 else '':<10}", "faint")
        saved = Text(f"@{one_line(name)}", "title").append(f"  {bidi_isolate(one_line(query))}")
        yield from hanging(head, saved, 10, width)
    found = state.failures
    if found:
        yield Text(f"{'failed':<10}", "faint").append(f"{len(found):,}", "failed")
        yield from fit_lines(failures(found, whole=False), width)
    if state.left_out:
        yield from fit_lines(left_out(state.left_out), width)
    yield from fit_lines(unread_pages(state.unread_pages), width)


def _size(size: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def finding_table(found: Sequence[Finding]) -> Iterator[Sequence[str]]:
    """Yield the findings of a check as the rows of a table, after its header."""
    yield FINDING_COLUMNS
    for value in finding_values(found):
        yield [one_line("" if cell is None else str(cell)) for cell in value.values()]


def findings(found: Sequence[Finding], *, width: int | None = None) -> Iterator[Text]:
    """Yield the findings of a check, one a line, by kind. A width of None is a pipe's."""
    return fit_lines(_findings(found), width)


def _findings(found: Sequence[Finding]) -> Iterator[Text]:
    kind = ""
    for finding in found:
        if finding.kind != kind:
            kind = finding.kind
            yield Text(kind, "title")
        where = f"{finding.place}: " if finding.line is None else f"{finding.place}:{finding.line}: "
        message = finding.message
        if finding.line is None and message.startswith(finding.place):  # without a manifest the file is the place
            where, colon, message = message.partition(": ")
            where += colon
        yield Text(bidi_isolate(one_line(where)), "path").append(one_line(message))
