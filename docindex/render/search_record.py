"""Recorded searches for people and scripts: a table, an appendix in Markdown, and the outcome of
a replay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from docindex.render.json_output import SCHEMA
from docindex.render.layout import DOT, hanging
from docindex.render.markdown_output import escape_markup
from docindex.render.passages import one_line
from docindex.render.sanitize import bidi_isolate
from docindex.render.styled_text import Text
from docindex.render.summary import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docindex.proof.search_record import RecordedSearch, Replay, Unsearched

_STYLES = {"same": "added", "more": "changed", "fewer": "failed", "other": "failed"}
MAX_LISTED_IDS = 20


def rows(searches: Sequence[RecordedSearch], *, width: int | None) -> Iterator[Text]:
    """Yield the searches of a record: time, count, query, and on a line below what was not
    searched.
    """
    column = max((len(f"{one.total:,}") for one in searches), default=0)
    for one in searches:
        head = Text(one.time.replace("T", " ").removesuffix("Z"), "date").append(f"  {one.total:>{column},}  ")
        indent = len(head.plain)
        query = Text(bidi_isolate(one_line(one.query)), "title").append(_flags_in_words(one), "faint")
        query.append(f"{DOT}of {plural(one.records, 'record')}{DOT}index {one.fingerprint[:12]}", "faint")
        yield from hanging(head, query, indent, width)
        if missing := unsearched_in_words(one.unsearched):
            yield from hanging(Text(" " * indent), Text(f"not searched: {missing}", "warning"), indent, width)


def _flags_in_words(one: RecordedSearch) -> str:
    shown = (
        f"--{name.replace('_', '-')}" if value is True else f"--{name.replace('_', '-')} {_value(value)}"
        for name, value in one.flags.items()
    )
    return "".join(f" {one_line(flag)}" for flag in shown)


def _value(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def unsearched_in_words(found: Unsearched) -> str:
    """Return what a search could not see, in words; empty if it saw everything."""
    parts = [
        f"{len(found.failed):,} failed" if found.failed else "",
        f"{len(found.changed):,} changed" if found.changed else "",
        f"{len(found.gone):,} gone" if found.gone else "",
        f"{found.new:,} new" if found.new else "",
        f"{found.unchecked:,} not checked for changes" if found.unchecked else "",
    ]
    return ", ".join(filter(None, parts))


def markdown(searches: Sequence[RecordedSearch]) -> Iterator[str]:
    """Yield a record as a table of Markdown, for an appendix."""
    yield "| time (UTC) | query | matches | records | not searched | index |\n| --- | --- | --: | --: | --- | --- |\n"
    for one in searches:
        query = escape_markup(one_line(one.query) + _flags_in_words(one))
        missing = escape_markup(unsearched_in_words(one.unsearched)) or "nothing"
        when = one.time.replace("T", " ").removesuffix("Z")
        yield f"| {when} | {query} | {one.total:,} | {one.records:,} | {missing} | {one.fingerprint[:12]} |\n"


TABLE_COLUMNS = "time query flags total records not_searched index".split()


def document(searches: Sequence[RecordedSearch]) -> dict[str, Any]:
    """Return a record as JSON data."""
    return {"schema": SCHEMA, "searches": values(searches)}


def values(searches: Sequence[RecordedSearch]) -> list[Any]:
    """Return each search of a record as JSON data."""
    return [to_builtins(one) for one in searches]


def table(searches: Sequence[RecordedSearch]) -> Iterator[Sequence[str]]:
    """Yield each search of a record as a row of a table, after its header."""
    yield TABLE_COLUMNS
    for one in searches:
        counts = (str(one.total), str(one.records), unsearched_in_words(one.unsearched), one.fingerprint)
        yield [one_line(cell).strip() for cell in (one.time, one.query, _flags_in_words(one), *counts)]


def replay_rows(replays: Sequence[Replay], *, width: int | None) -> Iterator[Text]:
    """Yield each recorded search with its outcome, and below it the ids that differ."""
    for one in replays:
        head = Text(f"{one.outcome:<5}  ", _STYLES[one.outcome])
        counts = f"{one.recorded.total:,}" + (f" → {one.total:,}" if one.total != one.recorded.total else "")
        said = Text(bidi_isolate(one_line(one.recorded.query)), "title").append(_flags_in_words(one.recorded), "faint")
        matches = "match" if counts == "1" else "matches"
        said.append(f"{DOT}{counts} {matches}{DOT}{'same' if one.same_index else 'another'} index", "faint")
        yield from hanging(head, said, 7, width)
        for sign, style, ids in (("+", "added", one.added), ("-", "removed", one.lost)):
            for id in ids[:MAX_LISTED_IDS]:  # noqa: A001
                yield from hanging(Text(f"     {sign} ", style), Text(bidi_isolate(one_line(id)), "path"), 7, width)
            if len(ids) > MAX_LISTED_IDS:
                yield Text(f"     {sign} {len(ids) - MAX_LISTED_IDS:,} more", style)


def replay_value(replays: Sequence[Replay]) -> dict[str, Any]:
    """Return a replay as JSON data."""
    return {
        "schema": SCHEMA,
        "passed": all(one.outcome == "same" for one in replays),
        "searches": [
            {
                "query": one.recorded.query,
                "time": one.recorded.time,
                "outcome": one.outcome,
                "recorded": one.recorded.total,
                "total": one.total,
                "added": list(one.added),
                "lost": list(one.lost),
                "same_index": one.same_index,
            }
            for one in replays
        ],
    }
