"""Sentences about an answer that all formats for people share."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING

from docindex.model.documents import RECIPIENT_FIELDS
from docindex.render.dates import date_in_words
from docindex.render.passages import one_line, segments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docindex.model.documents import IndexState, Metadata
    from docindex.model.results import Hit, Passage, Results, Staleness
    from docindex.render.passages import Segment

FACET_VALUES = 12  # of each facet that people read; --json has all


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def shorten(text: str, most: int) -> str:
    """Return the text on one line, truncated to so many characters."""
    text = one_line(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def match_count(answer: Results) -> str:
    """Return the number of matches and how many of them are shown."""
    if answer.total == 0:
        return f"no match for {shorten(answer.query, 200)}"
    groups = answer.groups
    if answer.by_thread and groups is not None:
        return f"{_slice(answer)}{plural(groups.count, 'conversation')}, {plural(answer.total, 'match', 'matches')}"
    if groups is None or groups.count == answer.total:
        return _slice(answer) + plural(answer.total, "match", "matches")
    if groups.count == 0:
        return f"no alike records in {plural(answer.total, 'match', 'matches')}"
    if groups.records == answer.total:
        return f"{_slice(answer)}{plural(groups.count, 'match', 'matches')}, {groups.records:,} with those alike"
    alike = f"{groups.records:,} of {plural(answer.total, 'match', 'matches')}"
    return f"{_slice(answer)}{plural(groups.count, 'group')} of alike records, {alike}"


def shown_count(answer: Results) -> int:
    """Return how many of the listed hits are shown."""
    return len({rank for rank, _ in answer.ranked()})


def _slice(answer: Results) -> str:
    """Return the shown part of the list, or nothing if all are shown."""
    shown = shown_count(answer)
    if shown == answer.listed:
        return ""
    return (f"{answer.offset + 1:,} to {answer.offset + shown:,}" if answer.offset and shown else f"{shown:,}") + " of "


def facts(hit: Hit, *, by_thread: bool = False) -> list[tuple[list[Segment], str]]:
    """Return the metadata of a hit beside its title as segments, each with the name of its
    style.
    """
    record, metadata, marks = hit.record, hit.record.metadata, hit.metadata_marks
    line = f":{hit.passages[0].line}" if hit.passages else ""
    known = [
        (date_in_words(metadata.date), "date"),
        (metadata.publisher, "publisher"),
        (metadata.creator, "creator"),
        (metadata.language if metadata.language != "und" else None, "language"),
        (ocr_of_passages(hit), "ocr"),
        (record.path + line, "path"),
        (f"#{record.part}" if record.part else None, "part"),
        # These are long, and said where they tell why the record is found.
        *((record.metadata_text(name), name) for name in ("subject", "collection", *RECIPIENT_FIELDS) if name in marks),
        (f"+{len(hit.alike):,} {'in its conversation' if by_thread else 'alike'}" if hit.alike else None, "alike"),
    ]
    return [(segments(fact, marks.get(name, ())), name) for fact, name in known if fact]


def ocr_of_passages(hit: Hit) -> str | None:
    """Return that OCR has read what a hit shows, and how sure it was, or None."""
    pages = {passage.page or 1 for passage in hit.passages}
    read = [one.confidence for one in hit.record.ocr if one.page in pages]
    return f"OCR, {min(read)} %" if read else None


def facet(name: str, counts: Mapping[str, int]) -> tuple[list[tuple[str, int]], int]:
    """Return the most frequent values of a facet with their counts, and the number of others."""
    unknown = "undated" if name == "year" else "unknown"
    values = [(one_line(value) if value else unknown, count) for value, count in list(counts.items())[:FACET_VALUES]]
    return values, max(0, len(counts) - FACET_VALUES)


def place(passage: Passage) -> str:
    """Return the line, and the page, of a passage's first match."""
    return str(passage.line) if passage.page is None else f"p. {passage.page}, l. {passage.line}"


def place_in_words(passage: Passage) -> str:
    """Return the same location with the words written out, and whom the passage quotes."""
    page = f"page {passage.page}, " if passage.page is not None else ""
    quoted = attribution(passage.quoted)
    return f"{page}line {passage.line}" + (f", {quoted}" if quoted else "")


def attribution(quoted: Metadata | None) -> str:
    """Return whom a text quotes, and when that was written, in words."""
    if quoted is None or not (quoted.creator or quoted.date):
        return ""
    said = [shorten(quoted.creator or "", 60), quoted.date.value.replace("T", " ") if quoted.date else ""]
    return f"quoting {', '.join(filter(None, said))}"


STALE = "changed since it was indexed"


def staleness(found: Staleness) -> str:
    """Return how many sources differ from the index, in words."""
    parts = [
        f"{len(found.changed):,} changed" if found.changed else "",
        f"{found.new:,} new" if found.new else "",
        f"{len(found.gone):,} gone" if found.gone else "",
        "the manifest has changed" if found.manifest else "",
    ]
    return ", ".join(part for part in parts if part)


def unchecked(found: Staleness, index: IndexState) -> str:
    """Return what of the files was not looked at, in words."""
    if found.foreign:
        return f"files not checked: the index was built from {index.root}, outside its collection"
    if not found.unseen and not found.unlisted:
        return ""
    names = "files may have come or gone" if found.unlisted else "no file came or went"
    looked = max(index.sources - found.unseen, 0)
    return f"{names}; {looked:,} of {plural(index.sources, 'file')} looked at for changes"


def seconds_since(written: str, now: datetime) -> float:
    """Return the seconds since an index's time, and NaN if it is no time: the index may be a
    stranger's.
    """
    try:
        return (now - datetime.fromisoformat(written)).total_seconds()
    except (ValueError, TypeError):
        return math.nan


def age_in_words(seconds: float) -> str:
    """Return a time span as an age: "2 hours ago"."""
    if math.isnan(seconds):
        return "at an unknown time"
    if seconds < 60:
        return "just now"
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return f"{plural(int(seconds // length), unit)} ago"
    return "just now"
