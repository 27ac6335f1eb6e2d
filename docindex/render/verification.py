"""Verdicts on quotations for people and scripts: text, JSON, Markdown, HTML.

A difference reads as in a word diff of git: `[-the draft's words-]` and `{+the source's+}`.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from docindex.render.dates import date_in_words
from docindex.render.html_output import PAGE_HEAD, html_line
from docindex.render.layout import DOT, cell_len, hanging, join_dotted
from docindex.render.markdown_output import escape_markup
from docindex.render.passages import one_line
from docindex.render.results import searched, unsearched
from docindex.render.sanitize import bidi_isolate, runs_right_to_left
from docindex.render.styled_text import Text
from docindex.render.summary import plural

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from docindex.model.documents import Record
    from docindex.proof.verdicts import Change, Piece, Verdict, Verification, VerifiedDraft
    from docindex.render.hyperlinks import Link

INDENT = 4
STYLES = {"verbatim": "added", "altered": "changed", "nearest": "warning", "not found": "failed"}
"""Verdicts in the order of the summary, and the style of each."""
NAMES = {"nearest": "nearest passage"}
MAX_OCR_WORDS = 6
"""OCR errors that are listed."""

MAX_ALARM_WORDS, MIN_ALARM_SCORE = 2, 0.5
"""Words on either side of an alarm about a nearest passage, and the least score of the passage."""

Part = tuple[str, str]
"""A text, and what it is: same, gap, draft or source."""


def rows(
    found: Verification, *, accepted: Collection[str] = (), width: int | None, plain: bool, link: Link | None = None
) -> Iterator[Text]:
    """Yield the lines of a report. A width of None leaves lines as long as they are, for a pipe."""
    first = True
    for draft in found.drafts:
        for verdict in draft.verdicts:
            if verdict.verdict == "short":
                continue
            if not first:
                yield Text()
            first = False
            yield from _verdict(draft, verdict, accepted, width, plain, link)


def _verdict(
    draft: VerifiedDraft, verdict: Verdict, accepted: Collection[str], width: int | None, plain: bool, link: Link | None
) -> Iterator[Text]:
    head = Text().append(bidi_isolate(f"{one_line(draft.path)}:{verdict.quotation.line}"), "path").append("  ")
    said = [Text(_name(verdict), STYLES[verdict.verdict])]
    said += [Text(note, "faint") for note in _notes(verdict, accepted)]
    yield from hanging(head, join_dotted(said), INDENT, width, separator=DOT)
    for alarm in _told_alarms(verdict):
        yield from hanging(Text("  ! ", "error"), Text(_alarm(alarm), "error"), INDENT, width)
    if verdict.verdict != "altered":
        quoted = Text(f"« {one_line(verdict.quotation.text)} »")
        yield from hanging(Text(" " * INDENT), quoted, INDENT, width)
    if verdict.record is not None:
        yield from _source(verdict, verdict.record, width, plain, link)
    if verdict.translations:
        shared = ", ".join(bidi_isolate(one_line(word)) for word in verdict.shared)
        note = Text(f"perhaps translated: {_these(len(verdict.translations))} {shared}", "hint")
        yield from hanging(Text(" " * INDENT), note, INDENT, width)
        for record in verdict.translations:
            facts = join_dotted([_isolated(_title(record)), *_facts(record, None, link)])
            yield from hanging(Text(" " * INDENT), facts, INDENT + 2, width, separator=DOT)


def _name(verdict: Verdict) -> str:
    name = NAMES.get(verdict.verdict, verdict.verdict)
    return name if verdict.verdict in ("verbatim", "not found") else f"{name}, {verdict.score:.0%}"


def _notes(verdict: Verdict, accepted: Collection[str]) -> Iterator[str]:
    if verdict.verdict in accepted:
        yield "accepted"
    if verdict.quotation.attribution:
        yield f"— {bidi_isolate(one_line(verdict.quotation.attribution))}"
    if verdict.typographic:
        yield "case, accents or signs differ"
    noise = [change for change in verdict.changes if change.kind == "ocr"]
    if noise:
        listed = ", ".join(
            f"{bidi_isolate(one_line(change.quoted))} for {bidi_isolate(one_line(change.source))}"
            for change in noise[:MAX_OCR_WORDS]
        )
        more = f" and {len(noise) - MAX_OCR_WORDS} more" if len(noise) > MAX_OCR_WORDS else ""
        yield f"misread letters: {listed}{more}"
    if verdict.other_records:
        yield f"also in {plural(verdict.other_records, 'other record')}"


def _told_alarms(verdict: Verdict) -> Iterator[Change]:
    """Yield the alarms that people are told.

    In a far passage, and in long differences of a nearest one, nothing is an alarm: all differs.
    """
    for change in verdict.alarms:
        longest = max(change.quoted.count(" "), change.source.count(" ")) + 1
        is_near = longest <= MAX_ALARM_WORDS and verdict.score >= MIN_ALARM_SCORE
        if verdict.verdict != "nearest" or is_near:
            yield change


def _alarm(change: Change) -> str:
    quoted, there = (f"“{bidi_isolate(one_line(text))}”" for text in (change.quoted, change.source))
    if change.quoted and change.source:
        return f"{change.kind}: {quoted} in the draft, {there} in the source"
    return (
        f"{change.kind}: {quoted} only in the draft" if change.quoted else f"{change.kind}: {there} only in the source"
    )


def _these(count: int) -> str:
    return "1 record shares" if count == 1 else f"{count} records share"


def _source(verdict: Verdict, record: Record, width: int | None, plain: bool, link: Link | None) -> Iterator[Text]:
    yield from hanging(Text(" " * INDENT), _title(record), INDENT, width)
    line = verdict.pieces[0].line
    yield from hanging(Text(" " * INDENT), join_dotted(_facts(record, line, link)), INDENT, width, separator=DOT)
    if verdict.verdict == "verbatim" and len(verdict.pieces) == 1:
        return
    places = [_place(piece) for piece in verdict.pieces]
    column = INDENT + max(map(cell_len, places)) + 2
    for where, piece in zip(places, verdict.pieces, strict=True):
        number = Text(where, "line")
        if link:
            number.link(link(record.path, piece.line))
        head = Text(" " * (column - 2 - cell_len(where))).append_text(number).append("  ")
        shown = _nearest(piece, plain) if verdict.verdict == "nearest" else _difference(piece, plain)
        yield from hanging(head, shown, column, width)


def _title(record: Record) -> Text:
    return Text(one_line(record.title).strip(), "title")


def _isolated(text: Text) -> Text:
    return Text(bidi_isolate(text.plain), text.style)


def _facts(record: Record, line: int | None, link: Link | None) -> Iterator[Text]:
    """Yield what is known of a record beside its title."""
    for value, style in facts(record, line):
        text = Text(bidi_isolate(value), style)
        if link and style == "path":
            text.link(link(record.path, line or 1))
        yield text


def facts(record: Record, line: int | None) -> list[tuple[str, str]]:
    """Return the facts about a source: date, person, publisher, language, place, each with its
    style.
    """
    metadata = record.metadata
    known = [
        (date_in_words(metadata.date), "date"),
        (metadata.publisher, "publisher"),
        (metadata.creator, "creator"),
        (metadata.language if metadata.language != "und" else None, "language"),
        (record.path if line is None else f"{record.path}:{line}", "path"),
        (f"#{record.part}" if record.part else None, "part"),
    ]
    return [(one_line(value).strip(), style) for value, style in known if value]


def _place(piece: Piece) -> str:
    return str(piece.line) if piece.page is None else f"p. {piece.page}, {piece.line}"


def parts(piece: Piece, *, with_draft: bool = True) -> list[Part]:
    """Return the words that agree, what stands between them, and what differs: the draft's words,
    then the source's.

    Misread letters are no difference.
    """
    found: list[Part] = []
    at = 0
    for kind, said, there in _merged(piece.segments):
        quoted = said if with_draft else ""
        if there:
            start = piece.text.find(there, at)
            gap, at = piece.text[at:start], start + len(there)
        else:
            gap = " " if quoted else ""
        found.append((gap, "gap"))
        if kind in ("equal", "ocr"):
            found.append((there, "same"))
            continue
        if quoted:
            found.append((quoted, "draft"))
        if quoted and there:
            found.append((" ", "gap"))
        if there:
            found.append((there, "source"))
    found.append((piece.text[at:], "gap"))
    return [(one_line(text), kind) for text, kind in found if text]


def _merged(segments: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Join neighbouring differences of one kind."""
    held: tuple[str, str, str] | None = None
    for kind, quoted, there in segments:
        if held and kind == held[0] == "words" and quoted and there:
            held = (kind, f"{held[1]} {quoted}", f"{held[2]} {there}")
            continue
        if held:
            yield held
        held = (kind, quoted, there)
    if held:
        yield held


def _difference(piece: Piece, plain: bool) -> Text:
    line = Text()
    for text, kind in parts(piece):
        if kind == "draft":
            line.append(f"[-{text}-]" if plain else text, "removed")
        elif kind == "source":
            line.append(f"{{+{text}+}}" if plain else text, "added")
        else:
            line.append(text)
    return line


def _nearest(piece: Piece, plain: bool) -> Text:
    """Return the source's passage, the words that agree marked."""
    line = Text()
    for text, kind in parts(piece, with_draft=False):
        if kind == "same":
            line.append(f"**{text}**" if plain else text, "match")
        else:
            line.append(text)
    return line


def summary(found: Verification) -> str:
    """Return the number of quotations and of each verdict."""
    counts = Counter(verdict.verdict for verdict in found.verdicts())
    judged = counts.total() - counts["short"]
    said = [f"{counts[name]:,} {name}" for name in STYLES if counts[name]]
    short = f"{plural(counts['short'], 'quotation')} under 4 words not judged" if counts["short"] else ""
    if not judged:
        return short or "no quotation"
    return plural(judged, "quotation") + ": " + ", ".join(said) + (f"; {short}" if short else "")


def footer(found: Verification, *, apart: bool = False, now: datetime | None = None) -> Iterator[Text]:
    """Yield the lines for stderr: the counts, the scope of the search, freshness."""
    if apart:
        yield Text()
    where = searched(found.index, now or datetime.now(UTC))
    yield Text(f"{summary(found)}{DOT}{where}{DOT}{found.elapsed_ms:.0f} ms", "faint")
    yield from unsearched(found.index, found.staleness, now)


def markdown(found: Verification, accepted: Collection[str] = ()) -> Iterator[str]:
    """Yield the report as Markdown: a heading for each draft, an entry for each quotation."""
    for number, draft in enumerate(found.drafts):
        yield ("\n" if number else "") + f"# {_md(draft.path)}\n\n{_md(_draft_summary(found, draft))}\n"
        for verdict in draft.verdicts:
            if verdict.verdict != "short":
                yield "".join(_markdown_entry(verdict, accepted))


def _draft_summary(found: Verification, draft: VerifiedDraft) -> str:
    from msgspec.structs import replace

    return summary(replace(found, drafts=(draft,)))


def _markdown_entry(verdict: Verdict, accepted: Collection[str]) -> Iterator[str]:
    notes = DOT.join([_name(verdict), *_notes(verdict, accepted)])
    yield f"\n## Line {verdict.quotation.line}: {_md(notes)}\n\n"
    yield f"> {_md(verdict.quotation.text)}\n"
    for alarm in _told_alarms(verdict):
        yield f"\n- **{_md(_alarm(alarm))}**\n"
    if verdict.record:
        said = [f"**{_md(verdict.record.title)}**"]
        said += [_md(fact) for fact, _ in facts(verdict.record, verdict.pieces[0].line)]
        yield f"\n{DOT.join(said)}\n"
    for piece in verdict.pieces if verdict.verdict != "verbatim" else ():
        page = f"page {piece.page}, " if piece.page is not None else ""
        yield f"\n> {page}line {piece.line}: {_markdown_difference(piece)}\n"
    if verdict.translations:
        yield f"\nPerhaps translated: {_these(len(verdict.translations))} {_md(', '.join(verdict.shared))}.\n\n"
        for record in verdict.translations:
            yield f"- {DOT.join([_md(record.title), *(_md(fact) for fact, _ in facts(record, None))])}\n"


def _markdown_difference(piece: Piece) -> str:
    around = {"draft": "~~", "source": "**"}
    return "".join(f"{around.get(kind, '')}{_md(text)}{around.get(kind, '')}" for text, kind in parts(piece))


def _md(text: str) -> str:
    return escape_markup(one_line(text))


_STYLE = """
del { color: var(--warn); } ins { background: var(--mark); color: var(--mark-ink); text-decoration: none; }
.verdict { font: 600 0.875rem/1.5 system-ui, sans-serif; margin: 0; } .alarm { color: var(--warn); font-weight: 600; }
.not-found, .alarm { color: var(--warn); }
</style>"""


def page(found: Verification, accepted: Collection[str] = ()) -> Iterator[str]:
    """Yield the report as one HTML page that fetches nothing."""
    yield PAGE_HEAD.replace("</style>", _STYLE.lstrip("\n"))
    for draft in found.drafts:
        yield f'<header>\n<h1 dir="auto">{html_line(draft.path)}</h1>\n'
        scope = searched(found.index, datetime.now(UTC))
        yield f"<p>{html_line(_draft_summary(found, draft))}{DOT}{html_line(scope)}</p>\n"
        yield "</header>\n"
        for verdict in draft.verdicts:
            if verdict.verdict != "short":
                yield "".join(_article(verdict, accepted))
    yield "</body>\n</html>\n"


def _article(verdict: Verdict, accepted: Collection[str]) -> Iterator[str]:
    notes = DOT.join([_name(verdict), *_notes(verdict, accepted)])
    kind = verdict.verdict.replace(" ", "-")
    yield f'<article>\n<p class="verdict {kind}">line {verdict.quotation.line}: {html_line(notes)}</p>\n'
    yield f'<blockquote dir="{_direction(verdict.quotation.text)}">{html_line(verdict.quotation.text)}</blockquote>\n'
    for alarm in _told_alarms(verdict):
        yield f'<p class="alarm">{html_line(_alarm(alarm))}</p>\n'
    if verdict.record:
        yield f'<h2 dir="auto">{html_line(verdict.record.title)}</h2>\n'
        said = "".join(
            f'<span class="{style}"><bdi>{html_line(fact)}</bdi></span>'
            for fact, style in facts(verdict.record, verdict.pieces[0].line)
        )
        yield f'<p class="facts">{said}</p>\n'
    for piece in verdict.pieces if verdict.verdict != "verbatim" else ():
        tags = {"draft": "del", "source": "ins"}
        shown = "".join(
            f"<{tags[part]}>{escape(text)}</{tags[part]}>" if part in tags else escape(text)
            for text, part in parts(piece)
        )
        place = (f"page {piece.page}, " if piece.page is not None else "") + f"line {piece.line}"
        yield f'<div class="passage"><p class="place">{place}</p><blockquote dir="{_direction(piece.text)}">'
        yield f"{shown}</blockquote></div>\n"
    if verdict.translations:
        shared = html_line(", ".join(verdict.shared))
        yield f"<p>Perhaps translated: {_these(len(verdict.translations))} {shared}.</p>\n<ul>\n"
        for record in verdict.translations:
            yield f"<li>{html_line(DOT.join([record.title, *(fact for fact, _ in facts(record, None))]))}</li>\n"
        yield "</ul>\n"
    yield "</article>\n"


def _direction(text: str) -> str:
    return "rtl" if runs_right_to_left(text) else "ltr"
