"""Answers for people: the list of matches, and the lines around it. What a document says is data here, never markup."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docindex.render.layout import cell_len
from docindex.render.passages import one_line, passage_segments, segments
from docindex.render.query_notes import notes
from docindex.render.sanitize import bidi_isolate, escape_controls, isolate_rows
from docindex.render.styled_text import Text
from docindex.render.summary import STALE, facet, facts, match_count, place, plural, shorten, shown_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docindex.model import Failure, IndexState
    from docindex.render.hyperlinks import Link
    from docindex.render.passages import Segment
    from docindex.results import BuildReport, Finding, Hit, Results, Staleness

WIDEST = 110  # columns: longer lines are hard to read, however wide the window
DOT = " · "
GAP = "  "  # between counts that stand in a row
_COLUMN = r"\A(?: +(?:[\d,]+ +)?|[a-z]+(?: [a-z]+)? {2,})?"
LIKE = "≈"  # in the place of a rank: alike to the match above
NARROWING = {
    "language": "--lang",
    "publisher": "--publisher",
    "creator": "--creator",
    "collection": "--collection",
    "subject": "--subject",
    "year": "date:",
}


def results(answer: Results, *, width: int | None, plain: bool, link: Link | None = None) -> Iterator[Text]:
    """The lines of a list of matches.

    `width` in columns; None leaves lines as long as they are (for a pipe). `plain`: a match is marked by characters,
    as there is no colour to do it. `link`: where paths and line numbers lead.
    """
    last = answer.offset + len(answer.hits)
    indent = max(2, len(str(last))) + 2
    before = None
    for rank, hit in answer.ranked():
        if before is not None:
            yield Text()
        # What is alike says nearly the same: its passages are those above.
        shown = replace(hit, passages=()) if rank == before else hit
        yield from _hit(LIKE if rank == before else str(rank), shown, indent, width, plain, link)
        before = rank


def _hit(rank: str, hit: Hit, indent: int, width: int | None, plain: bool, link: Link | None) -> Iterator[Text]:
    title = _styled(segments(hit.record.title, hit.title_marks), plain)
    title.stylize_before("title")
    number = Text(f"{rank:>{indent - 2}}  ", "rank")
    yield from _hanging(number, title, indent, width)
    yield from _hanging(Text(" " * indent), _facts(hit, link, plain), indent, width, separator=DOT)
    numbers = [place(passage) for passage in hit.passages]
    column = indent + max((cell_len(number) for number in numbers), default=0) + 2
    for where, passage in zip(numbers, hit.passages, strict=True):
        number = _linked(Text(where, "line"), hit, passage.line, link)
        head = Text(" " * (column - 2 - cell_len(where))).append_text(number).append("  ")
        yield from _hanging(head, _styled(passage_segments(hit, passage), plain), column, width)


def facets(answer: Results, *, width: int | None) -> Iterator[Text]:
    """How many matches there are of each language, publisher ..., and the flag that keeps to one of those."""
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
        yield from _hanging(head, _joined(values), indent, width, separator=DOT)


def _joined(parts: Iterable[Text]) -> Text:
    line = Text()
    for part in parts:
        line.append(DOT if line.plain else "", "faint").append_text(part)
    return line


def _linked(text: Text, hit: Hit, line: int, link: Link | None) -> Text:
    if link:
        text.link(link(hit.record.path, line))
    return text


def _fact(found: Sequence[Segment], name: str, plain: bool) -> Text:
    text = _styled(found, plain)
    text.stylize_before(name)
    return Text("\u2068").append_text(text).append("\u2069") if bidi_isolate(text.plain) != text.plain else text


def _facts(hit: Hit, link: Link | None, plain: bool) -> Text:
    line = hit.passages[0].line if hit.passages else 1
    text = _joined(
        _linked(_fact(fact, name, plain), hit, line, link if name == "path" else None) for fact, name in facts(hit)
    )
    if hit.stale:
        text.append(DOT + STALE, "warning")
    return text


def _styled(found: Iterable[Segment], plain: bool) -> Text:
    """The pieces, their matches styled, or between `**` where styles are not seen."""
    line = Text()
    for text, matched in found:
        line.append(f"**{text}**" if plain and matched else text, "match" if matched else "")
    return line


def _hanging(head: Text, text: Text, indent: int, width: int | None, *, separator: str = " ") -> Iterator[Text]:
    """The text behind a head, wrapped to the width with its further lines under its first."""
    rows = [text] if width is None else _wrapped(text, max(20, min(width, WIDEST) - indent), separator)
    around = isolate_rows([row.plain for row in rows])
    for number, (row, (before, after)) in enumerate(zip(rows, around, strict=True)):
        line = Text().append_text(head if number == 0 else Text(" " * indent))
        yield line.append(before).append_text(row).append(after)


def _wrapped(text: Text, width: int, separator: str) -> list[Text]:
    """Lines of at most `width` cells, broken at the separator; what is longer than a line, at blanks or anywhere."""
    rows: list[Text] = []
    row = Text()
    for word in text.split(separator):
        gap = Text(separator, "faint" if separator == DOT else "") if row.plain else Text()
        if cell_len(row.plain) + cell_len(gap.plain) + cell_len(word.plain) <= width:
            row = Text().append_text(row).append_text(gap).append_text(word)
            continue
        if row.plain:
            rows.append(row)
        row = word
        while cell_len(row.plain) > width:
            cut = _cells(row.plain, width)
            blank = row.plain.rfind(" ", 1, cut + 1)
            rows.append(row[: blank if blank > 0 else cut])
            row = row[blank + 1 if blank > 0 else cut :]
    return [*rows, row] if row.plain or not rows else rows


def _cells(text: str, width: int) -> int:
    """How many characters of the text fill at most `width` cells; at least one."""
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return max(1, index)
    return len(text)


def wrapped(lines: Iterable[Text], width: int) -> Iterator[Text]:
    """Lines broken at blanks where they are wider than the terminal, at gaps where there are some; a table's first
    column stays its own.
    """
    for line in lines:
        if cell_len(line.plain) <= width:
            yield line
            continue
        column = len(re.findall(_COLUMN, line.plain)[0])
        separator = GAP if GAP in line.plain[column:] else " "
        for number, row in enumerate(_wrapped(line[column:], max(20, width - column), separator)):
            yield Text(" " * column).append_text(row) if number else line[:column].append_text(row)


def footer(
    answer: Results,
    *,
    now: datetime | None = None,
    apart: bool = False,
    command: str | None = None,
    count: str | None = None,
) -> Iterator[Text]:
    """What was searched, how fresh it is, and what could not be searched: for stderr.

    `apart`: after a blank line; `command`: what to type instead; `count`: what was found, where that is no records.
    """
    if apart:
        yield Text()
    if command:
        yield Text("try: ", "hint").append(escape_controls(command))
    yield from notes(answer)
    elapsed = f"{DOT}{answer.elapsed_ms:.0f} ms"
    said = count or match_count(answer) + _more(answer)
    yield Text(said + DOT + _searched(answer, now or datetime.now(UTC)) + elapsed, "faint")
    yield from _unsearched(answer, now)


def batch_footer(last: Results, asked: int, matched: int, refused: int) -> Iterator[Text]:
    """The same for many queries, after the last of them."""
    counts = [plural(asked, "query", "queries"), f"{matched:,} with matches", f"{refused:,} refused" if refused else ""]
    yield Text(", ".join(filter(None, counts)) + DOT + _searched(last, datetime.now(UTC)), "faint")
    yield from _unsearched(last)


def heading(answer: Results) -> Text:
    """What stands above the matches of one query of many."""
    found = match_count(answer) if answer.total else "no match"
    return (
        Text("== ", "faint").append(bidi_isolate(shorten(answer.query, 200)), "title").append(f"{DOT}{found}", "faint")
    )


def _unsearched(answer: Results, now: datetime | None = None) -> Iterator[Text]:
    yield from behind_lines(answer.behind, answer.index, now)
    failed = sum(failure.lost for failure in answer.index.failures)
    if failed:
        yield Text(f"{plural(failed, 'document')} could not be searched; docindex status says which and why", "warning")


def _more(answer: Results) -> str:
    more = answer.offset + shown_count(answer)
    each = "; --alike show lists each" if any(hit.alike for hit in answer.hits) else ""
    return each + (f"; --offset {more} shows more" if answer.hits and more < answer.listed else "")


def _searched(answer: Results, now: datetime) -> str:
    index = answer.index
    age = _age((now - datetime.fromisoformat(index.built)).total_seconds())
    searched = f"{plural(index.records, 'record')} from {plural(index.sources, 'source')}"
    return f"{searched}, indexed {age}"


def behind_lines(found: Staleness, index: IndexState, now: datetime | None = None) -> Iterator[Text]:
    """That the index is behind, where it is, and what to do about it."""
    if found:
        old = _old(((now or datetime.now(UTC)) - datetime.fromisoformat(index.built)).total_seconds())
        yield Text(f"index {old}: {behind(found)}; docindex build brings it in step", "warning")
    if found.unseen:
        yield Text(f"{plural(found.unseen, 'source')} not checked for changes, for want of time", "warning")


def behind(found: Staleness) -> str:
    """How far an index is behind, in words."""
    parts = [
        f"{len(found.changed):,} changed" if found.changed else "",
        f"{found.new:,} new" if found.new else "",
        f"{len(found.gone):,} gone" if found.gone else "",
        "the manifest has changed" if found.manifest else "",
    ]
    return ", ".join(part for part in parts if part)


def _old(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length):,} {unit} old"
    return "just built"


def _age(seconds: float) -> str:
    if seconds < 60:
        return "just now"
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return f"{plural(int(seconds // length), unit)} ago"
    return "just now"


def report(built: BuildReport, where: str) -> Iterator[Text]:
    """What a build did."""
    for note in built.notes:
        yield Text(escape_controls(note), "warning")
    yield from failures(built.failures)
    if built.skipped:
        kinds = ", ".join(f"{suffix or 'no ending'} {count:,}" for suffix, count in sorted(built.skipped.items()))
        left = sum(built.skipped.values())
        yield Text(
            f"{plural(left, 'file')} left out, in formats that docindex does not read: {escape_controls(kinds)}",
            "faint",
        )
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


def failures(found: Iterable[Failure]) -> Iterator[Text]:
    """Each failure on a line: where it is, what is wrong, what to do; one line for all that lack the same libraries."""
    lacking: defaultdict[str, list[Failure]] = defaultdict(list)
    for failure in found:
        if failure.missing_format:
            lacking[failure.missing_format].append(failure)
            continue
        where = str(failure).removesuffix(failure.reason)
        line = Text(bidi_isolate(one_line(where)), "path").append(
            one_line(failure.reason), "failed" if failure.lost else "warning"
        )
        yield line.append(f" ({one_line(failure.hint)})", "hint") if failure.hint else line
    for form, those in lacking.items():
        line = Text(f"{form}: ", "path").append(
            f"the libraries that {plural(len(those), 'file')} need{'s' if len(those) == 1 else ''} are not installed",
            "failed",
        )
        yield line.append(f" ({those[0].hint})", "hint")


def status(
    state: IndexState,
    behind_it: Staleness,
    place: str,
    size: int,
    tallies: Mapping[str, Mapping[str, int]],
    *,
    width: int | None = None,
) -> Iterator[Text]:
    """What an index holds, how fresh it is, and what could not be searched. `width` in columns; None for a pipe."""
    age = _age((datetime.now(UTC) - datetime.fromisoformat(state.built)).total_seconds())
    rows = [
        ("index", f"{place} ({_size(size)})"),
        ("of", state.manifest or state.root),
        ("holds", f"{plural(state.records, 'record')} from {plural(state.sources, 'source')}"),
        ("built", f"{state.built.replace('T', ' ').replace('Z', ' UTC')}, {age}, by docindex {state.version}"),
        ("fresh", behind(behind_it) or "yes"),
    ]
    for name, value in rows:
        text = Text(one_line(value), "warning" if name == "fresh" and behind_it else "")
        yield from _hanging(Text(f"{name:<10}", "faint"), text, 10, width)
    for name, counts in tallies.items():
        values = [Text(f"{value or 'undated'} {count:,}") for value, count in counts.items()]
        yield from _hanging(Text(f"{name:<10}", "faint"), _joined(values), 10, width, separator=DOT)
    found = state.failures
    if found:
        yield Text(f"{'failed':<10}", "faint").append(f"{len(found):,}", "failed")
        yield from fitted(failures(found), width)


def _size(size: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def fitted(lines: Iterable[Text], width: int | None) -> Iterator[Text]:
    """Lines as wide as the terminal at most, the rest of each below it, two columns in; None leaves them so."""
    for line in lines:
        if width is None or cell_len(line.plain) <= width:
            yield line
            continue
        first, *rest = _wrapped(line, max(20, width - 2), " ")
        yield first
        yield from (Text("  ").append_text(row) for row in rest)


def findings(found: Sequence[Finding], *, width: int | None = None) -> Iterator[Text]:
    """What a check found, each on a line, kinds together. `width` in columns; None for a pipe."""
    return fitted(_findings(found), width)


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
