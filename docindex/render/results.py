"""Answers for people: the list of hits and the lines around it.

Text of documents is data, never markup.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docindex.render.layout import DOT, cell_len, hanging, join_dotted
from docindex.render.passages import one_line, passage_segments, segments
from docindex.render.query_notes import notes
from docindex.render.sanitize import bidi_isolate, escape_controls
from docindex.render.styled_text import Text
from docindex.render.summary import (
    STALE,
    age_in_words,
    attribution,
    facet,
    facts,
    match_count,
    place,
    plural,
    seconds_since,
    shorten,
    shown_count,
    staleness,
    unchecked,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docindex.model.documents import IndexState
    from docindex.model.results import Hit, Results, Staleness
    from docindex.render.hyperlinks import Link
    from docindex.render.passages import Segment

LIKE = "≈"  # in the place of a rank: alike to the match above
NARROWING = {
    "language": "--lang",
    "publisher": "--publisher",
    "creator": "--creator",
    "to": "to:",
    "with": "with:",
    "collection": "--collection",
    "subject": "--subject",
    "year": "date:",
}


def hits(answer: Results, *, width: int | None, plain: bool, link: Link | None = None) -> Iterator[Text]:
    """Yield the lines of a list of hits.

    A `width` of None leaves lines as long as they are, for a pipe. `plain` marks matches by
    characters instead of colour. `link` is the target of paths and line numbers.
    """
    last = answer.offset + len(answer.hits)
    indent = max(2, len(str(last))) + 2
    before = None
    for rank, hit in answer.ranked():
        if before is not None:
            yield Text()
        # What is alike says nearly the same: its passages are those above.
        shown = replace(hit, passages=()) if rank == before else hit
        like = LIKE if rank == before else str(rank)
        yield from _hit(like, shown, indent, width, plain, link, by_thread=answer.by_thread)
        before = rank


def _hit(
    rank: str, hit: Hit, indent: int, width: int | None, plain: bool, link: Link | None, *, by_thread: bool
) -> Iterator[Text]:
    title = _styled(segments(hit.record.title, hit.title_marks), plain)
    title.stylize_before("title")
    number = Text(f"{rank:>{indent - 2}}  ", "rank")
    yield from hanging(number, title, indent, width)
    yield from hanging(Text(" " * indent), _facts(hit, link, plain, by_thread), indent, width, separator=DOT)
    numbers = [place(passage) for passage in hit.passages]
    column = indent + max((cell_len(number) for number in numbers), default=0) + 2
    for where, passage in zip(numbers, hit.passages, strict=True):
        number = _linked(Text(where, "line"), hit, passage.line, link)
        head = Text(" " * (column - 2 - cell_len(where))).append_text(number).append("  ")
        said = attribution(passage.quoted)
        text = _styled(passage_segments(hit, passage), plain)
        if said:
            text = Text().append(f"[{said}] ", "faint").append_text(text)
        yield from hanging(head, text, column, width)


def facets(answer: Results, *, width: int | None) -> Iterator[Text]:
    """Yield the counts by language, publisher and so on, with the flag that filters by each."""
    flags = {name: NARROWING[name] if any(counts) else "" for name, counts in answer.facets.items()}
    indent = 12 + max(map(len, flags.values()), default=0) + 2
    for number, (name, counts) in enumerate(item for item in answer.facets.items() if item[1]):
        if number == 0 and answer.hits:
            yield Text()
        found, more = facet(name, counts)
        values = [Text(bidi_isolate(value)).append(f"\u00a0{count:,}", "faint") for value, count in found]
        if more:
            values.append(Text(f"{more:,} more", "faint"))
        head = Text(f"{name:<10}  ", "faint").append(f"{flags[name]:<{indent - 12}}", "hint")
        yield from hanging(head, join_dotted(values), indent, width, separator=DOT)


def _linked(text: Text, hit: Hit, line: int, link: Link | None) -> Text:
    if link:
        text.link(link(hit.record.path, line))
    return text


def _fact(found: Sequence[Segment], name: str, plain: bool) -> Text:
    text = _styled(found, plain)
    text.stylize_before(name)
    return Text("\u2068").append_text(text).append("\u2069") if bidi_isolate(text.plain) != text.plain else text


def _facts(hit: Hit, link: Link | None, plain: bool, by_thread: bool) -> Text:
    line = hit.passages[0].line if hit.passages else 1
    text = join_dotted(
        _linked(_fact(fact, name, plain), hit, line, link if name == "path" else None)
        for fact, name in facts(hit, by_thread=by_thread)
    )
    if hit.stale:
        text.append(DOT + STALE, "warning")
    return text


def _styled(found: Iterable[Segment], plain: bool) -> Text:
    """Return the segments with matches styled, or between `**` without styles."""
    line = Text()
    for text, matched in found:
        line.append(f"**{text}**" if plain and matched else text, "match" if matched else "")
    return line


def footer(
    answer: Results,
    *,
    now: datetime | None = None,
    apart: bool = False,
    command: str | None = None,
    count: str | None = None,
) -> Iterator[Text]:
    """Yield the lines for stderr: the scope of the search, freshness, documents that failed.

    `apart` begins with a blank line, `command` is a command to try instead, `count` takes the place
    of the number of hits.
    """
    if apart:
        yield Text()
    if command:
        yield Text("try: ", "hint").append(escape_controls(command))
    yield from notes(answer)
    elapsed = f"{DOT}{answer.elapsed_ms:.0f} ms"
    said = count or match_count(answer) + _more(answer)
    yield Text(said + DOT + searched(answer.index, now or datetime.now(UTC)) + elapsed, "faint")
    yield from unsearched(answer.index, answer.staleness, now)


def batch_footer(last: Results, asked: int, matched: int, refused: int) -> Iterator[Text]:
    """Yield the footer of many queries, after the last of them."""
    counts = [plural(asked, "query", "queries"), f"{matched:,} with matches", f"{refused:,} refused" if refused else ""]
    yield Text(", ".join(filter(None, counts)) + DOT + searched(last.index, datetime.now(UTC)), "faint")
    yield from unsearched(last.index, last.staleness)


def heading(answer: Results) -> Text:
    """Return the line above the hits of one query of many."""
    found = match_count(answer) if answer.total else "no match"
    return (
        Text("== ", "faint").append(bidi_isolate(shorten(answer.query, 200)), "title").append(f"{DOT}{found}", "faint")
    )


def unsearched(index: IndexState, behind: Staleness, now: datetime | None = None) -> Iterator[Text]:
    """Yield warnings about what a search could not see: changed files, failed documents."""
    yield from staleness_lines(behind, index, now)
    failed = sum(failure.lost for failure in index.failures)
    if failed:
        yield Text(f"{plural(failed, 'document')} could not be searched; docindex status says which and why", "warning")


def _more(answer: Results) -> str:
    more = answer.offset + shown_count(answer)
    each = "" if answer.by_thread or not any(hit.alike for hit in answer.hits) else "; --alike show lists each"
    return each + (f"; --offset {more} shows more" if answer.hits and more < answer.listed else "")


def searched(index: IndexState, now: datetime) -> str:
    """Return the scope of a search in words."""
    age = age_in_words(seconds_since(index.built, now))
    searched = f"{plural(index.records, 'record')} from {plural(index.sources, 'source')}"
    return f"{searched}, indexed {age}"


def staleness_lines(found: Staleness, index: IndexState, now: datetime | None = None) -> Iterator[Text]:
    """Yield a warning if the index is out of date, with the remedy."""
    if found:
        old = _old(seconds_since(index.built, now or datetime.now(UTC)))
        moved = f" (it was built from {escape_controls(index.built_from)})" if found.gone and index.built_from else ""
        yield Text(f"index {old}: {staleness(found)}{moved}; docindex build brings it in step", "warning")
    if not_looked_at := unchecked(found, index):
        yield Text(one_line(not_looked_at), "warning" if found.foreign else "faint")


def _old(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length):,} {unit} old"
    return "just built"
