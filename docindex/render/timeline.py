"""Timeline as bars for a terminal, as data, and as an SVG 1.1 picture for a report."""

from __future__ import annotations

from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from docindex.render import layout
from docindex.render.dates import date_in_words
from docindex.render.json_output import SCHEMA
from docindex.render.layout import cell_len
from docindex.render.passages import one_line
from docindex.render.sanitize import bidi_isolate
from docindex.render.styled_text import Text
from docindex.render.summary import plural, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docindex.model.documents import Record
    from docindex.model.results import Results
    from docindex.search.timeline import Timeline

EIGHTHS = " ▏▎▍▌▋▊▉"
FILLS = "█▓▒░"  # of the queries in turn, so that they are told apart without colour
STYLES = ("date", "warning", "removed", "added")
WIDEST = 120  # columns: longer bars say nothing more
COLUMNS = "query period precision count".split()


def rows(answers: Sequence[Results], found: Timeline, *, width: int) -> Iterator[Text]:
    """Yield the bars of each query and period, then first and last match and matches without a
    period.
    """
    width = max(40, min(width, WIDEST))
    many = len(answers) > 1
    for number, answer in enumerate(answers if many else ()):
        row = Text().append(FILLS[number % 4] * 2 + "  ", STYLES[number % 4])
        yield row.append(layout.head(bidi_isolate(one_line(answer.query)), width - 4))
    if many:
        yield Text()
    column = max((len(name) for name in _names(found)), default=0)
    room = width - column - 3 - len(f"{found.max_count:,}")
    gaps = iter(found.gaps)
    before: int | None = None
    for period in found.periods:
        if before is not None and period.number > before + 1:
            gap = next(gaps)
            yield Text(f"{'⋯':>{column}}  no match for {plural(gap.length, found.unit)}", "faint")
        yield from _bars(period.name, period.counts, found.max_count, column, room)
        before = period.number
    if found.vague:
        if found.periods:
            yield Text()
        yield Text(layout.head(f"not known to the {found.unit}:", width), "faint")
        for name, counts in found.vague:
            yield from _bars(name, counts, found.max_count, column, room)
    yield from _cited(answers, found, width, apart=bool(many or found.periods or found.vague))


def _names(found: Timeline) -> list[str]:
    return [period.name for period in found.periods] + [one_line(name) for name, _ in found.vague]


def _bars(name: str, counts: Sequence[int], most: int, column: int, room: int) -> Iterator[Text]:
    label = one_line(name)
    for number, count in enumerate(counts):
        if not count and (number or any(counts)):
            continue  # a period without any match has one row
        row = Text().append(layout.left(label, column) + "  ", "faint")
        row.append(_bar(count, most, room, FILLS[number % 4]), STYLES[number % 4])
        row.append(f" {count:,}" if count else "")
        row.rstrip()
        yield row
        label = ""


def _bar(count: int, most: int, room: int, fill: str) -> str:
    if not count:
        return ""
    eighths = max(1, round(count / most * room * 8))
    if fill != FILLS[0]:
        return fill * max(1, round(eighths / 8))
    return fill * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")


def _cited(answers: Sequence[Results], found: Timeline, width: int, *, apart: bool) -> Iterator[Text]:
    many = len(answers) > 1
    for number, (answer, mentions) in enumerate(zip(answers, found.mentions, strict=True)):
        undated = found.undated[number]
        if (mentions or undated) and (apart or number):
            yield Text()
        if many and (mentions or undated):
            yield Text(layout.head(bidi_isolate(one_line(answer.query)), width), STYLES[number % 4])
        if mentions:
            days = [_day(mentions.first), _day(mentions.last)]
            both = [("first", mentions.first, days[0]), ("last", mentions.last, days[1])]
            for name, record, day in both:
                row = Text().append(f"{name:<5}  ", "faint").append(f"{day:<{max(map(len, days))}}  ", "date")
                rest = width - cell_len(row.plain)
                where = layout.tail(one_line(record.id), rest)
                title = _shortened(one_line(record.title), rest - cell_len(where) - 3)
                row.append(bidi_isolate(title)).append(" · " if title else "", "faint").append(
                    bidi_isolate(where), "path"
                )
                yield row
        if undated:
            yield Text(f"{plural(undated, 'match', 'matches')} without a date", "faint")


def _shortened(text: str, room: int) -> str:
    return text if cell_len(text) <= room else layout.head(text, room - 1) + "…" if room > 8 else ""


def _day(record: Record) -> str:
    return date_in_words(record.metadata.date)


def value(answers: Sequence[Results], found: Timeline) -> dict[str, Any]:
    """Return a timeline as JSON data."""
    return {
        "schema": SCHEMA,
        "by": found.unit,
        "queries": [
            {
                "query": answer.query,
                "parsed": answer.parsed,
                "total": answer.total,
                "periods": [{"period": one.name, "count": one.counts[number]} for one in found.periods],
                "vague": [{"date": name, "count": own[number]} for name, own in found.vague if own[number]],
                "undated": found.undated[number],
                "first": mentions and _citation(mentions.first),
                "last": mentions and _citation(mentions.last),
                "repairs": list(answer.repairs),
            }
            for number, (answer, mentions) in enumerate(zip(answers, found.mentions, strict=True))
        ],
        "gaps": [{"first": gap.first, "last": gap.last, "length": gap.length} for gap in found.gaps],
    }


def _citation(record: Record) -> dict[str, str | None]:
    date = record.metadata.date
    return {"id": record.id, "title": record.title, "date": date.value if date else None}


def values(answers: Sequence[Results], found: Timeline) -> Iterator[dict[str, Any]]:
    """Yield the rows of the table as JSON data, with texts as they are."""
    for number, answer in enumerate(answers):
        rows: list[tuple[str | None, str, int]] = [
            *((name, found.unit, counts[number]) for name, counts in found.every_period()),
            *((name, "vague", own[number]) for name, own in found.vague if own[number]),
            *([(None, "undated", found.undated[number])] if found.undated[number] else []),
        ]
        for period, precision, count in rows:
            yield {"query": answer.query, "period": period, "precision": precision, "count": count}


def table(answers: Sequence[Results], found: Timeline) -> Iterator[list[str]]:
    """Yield a timeline as table rows: every period, also of gaps, vague dates, undated matches."""
    yield COLUMNS
    for row in values(answers, found):
        yield [one_line(row["query"]), one_line(row["period"] or ""), row["precision"], str(row["count"])]


_STYLE = """
svg{font:13px system-ui,sans-serif;background:#fff}
text{fill:#222}.faint{fill:#666}.axis{stroke:#999}.grid{stroke:#e4e4e4}
.q0{fill:#b3261e}.q1{fill:#1f6feb}.q2{fill:#9a6700}.q3{fill:#1a7f37}
@media(prefers-color-scheme:dark){svg{background:#15171a}text{fill:#e6e6e6}.faint{fill:#9aa0a6}
.axis{stroke:#777}.grid{stroke:#2c2f33}.q0{fill:#ff7b72}.q1{fill:#79c0ff}.q2{fill:#e3b341}.q3{fill:#7ee787}}
""".replace("\n", "")
_WIDE, _HIGH, _LEFT, _TICKS = 900, 240, 50, 8
_LETTERS = 115  # that fit on a line of the picture


def svg(answers: Sequence[Results], found: Timeline) -> str:
    """Return a picture that fetches nothing and follows the page's light or dark."""
    top = 20 * len(answers) + 24
    base = top + _HIGH
    notes = [escape(line) for note in _notes(answers, found) for line in wrap(note, _LETTERS)]
    height = base + 44 + 18 * len(notes)
    title = escape(" / ".join(one_line(answer.query) for answer in answers))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE + 70} {height}" role="img">',
        f"<title>{title}, matches by {found.unit}</title><style>{_STYLE}</style>",
    ]
    for number, answer in enumerate(answers):
        words = escape(f"{shorten(answer.query, _LETTERS - 20)} ({plural(answer.total, 'match', 'matches')})")
        at = 20 * number + 18
        parts.append(f'<rect class="q{number % 4}" x="{_LEFT}" y="{at - 10}" width="12" height="12"/>')
        parts.append(f'<text x="{_LEFT + 18}" y="{at}">{words}</text>')
    parts += _drawn(found, len(answers), top, base)
    for number, note in enumerate(notes):
        parts.append(f'<text class="faint" x="{_LEFT}" y="{base + 44 + 18 * number}">{note}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _drawn(found: Timeline, queries: int, top: int, base: int) -> Iterator[str]:
    most = max((count for period in found.periods for count in period.counts), default=1) or 1
    for share in sorted({most, (most + 1) // 2}):
        y = base - _HIGH * share / most
        yield f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{_LEFT + _WIDE}" y2="{y:.1f}"/>'
        yield f'<text class="faint" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share:,}</text>'
    if found.periods:
        first, last = found.periods[0].number, found.periods[-1].number
        slot = _WIDE / (last - first + 1)
        each = max(1.0, min(40.0, slot * 0.8) / queries)
        said = float("-inf")
        for period in found.periods:
            middle = _LEFT + (period.number - first + 0.5) * slot
            for number, count in enumerate(period.counts):
                if count:
                    high = _HIGH * count / most
                    x = middle + (number - queries / 2) * each
                    yield (
                        f'<rect class="q{number % 4}" x="{x:.1f}" y="{base - high:.1f}" width="{each:.1f}"'
                        f' height="{high:.1f}"><title>{period.name}: {count:,}</title></rect>'
                    )
            if any(period.counts) and middle - said > _WIDE / _TICKS:
                yield f'<text class="faint" x="{middle:.1f}" y="{base + 18}" text-anchor="middle">{period.name}</text>'
                said = middle
    yield f'<line class="axis" x1="{_LEFT}" y1="{base}" x2="{_LEFT + _WIDE}" y2="{base}"/>'


def _notes(answers: Sequence[Results], found: Timeline) -> Iterator[str]:
    for number, (answer, mentions) in enumerate(zip(answers, found.mentions, strict=True)):
        name = f"{shorten(answer.query, _LETTERS // 3)}: " if len(answers) > 1 else ""
        if mentions:
            first, last = mentions.first, mentions.last
            yield f"{name}first {_day(first)} ({one_line(first.id)}), last {_day(last)} ({one_line(last.id)})"
        loose = ", ".join(f"{one_line(date)} ({own[number]:,})" for date, own in found.vague if own[number])
        if loose:
            yield f"{name}not known to the {found.unit}: {loose}"
        if found.undated[number]:
            yield f"{name}{plural(found.undated[number], 'match', 'matches')} without a date"
