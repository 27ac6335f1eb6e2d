"""Questions of a client of MCP, each answered from a fresh snapshot, as fenced text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docindex.api.index import open_index
from docindex.mcp.fence import Part, cut, fenced, fit, fitting_text
from docindex.render.summary import plural

if TYPE_CHECKING:
    from pathlib import Path

    from docindex.model.documents import Record
    from docindex.model.results import Hit

MAX_PASSAGE_CHARS = 1_000
MAX_ID_CHARS = 1_500
MAX_LISTED = 50
"""Periods, forms, languages or years in one answer."""
MAX_FAILURES = 10


class Questions:
    """The questions to one index. Its folder is fixed; nothing is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def search(self, query: str, limit: int, offset: int, **arguments: Any) -> str:
        """Return matches with their passages, best first. Raises DocindexError."""
        with open_index(self._folder) as index:
            answer = index.search(query, **arguments)
            notes = {
                "repairs": [cut(one) for one in answer.repairs[:5]],
                "suggestions": {
                    str(cut(one.word, 100)): [cut(candidate.word, 100) for candidate in one.candidates[:3]]
                    for one in answer.suggestions[:5]
                },
            }
            notes = {name: value for name, value in notes.items() if value}
            hits = (_hit(hit) for hit in answer[offset : offset + limit])
            part = fit(hits, offset, total=answer.total, beside=notes)
            quoted = {"hits": part.values, **notes}
            return fenced(_counted(answer.total, "match", "matches", part, offset), quoted, _more(part))

    def show(self, id: str, offset: int, line: int | None) -> str:  # noqa: A002
        """Return a piece of one record's text, from a character or a line on.

        Raises DocindexError.
        """
        with open_index(self._folder) as index:
            shown = index.show(id)
        body = shown.record.body
        if line is not None:
            offset = next((one.start for one in shown.lines if one.number >= line), len(body))
        text = fitting_text(body, offset)
        end = offset + len(text)
        first = max((one.number for one in shown.lines if one.start <= offset), default=None)
        quoted = {**_described(shown.record), "line": first, "text": text}
        head = f"Characters {offset:,} to {end:,} of {len(body):,} of one record."
        if shown.stale:
            head += " Its file has changed since it was indexed."
        return fenced(head, quoted, _more(Part([], end if end < len(body) and text else None)))

    def kwic(self, query: str, limit: int, offset: int, sort: str) -> str:
        """Return matches in their lines of text. Raises DocindexError."""
        with open_index(self._folder) as index:
            found = index.kwic(query, limit=offset + limit, sort=sort)
        lines = [
            {
                "id": cut(line.record.id, MAX_ID_CHARS),
                "line": line.number,
                "left": line.left[-120:],
                "match": cut(line.match),
                "right": line.right[:120],
            }
            for line in found.lines[offset:]
        ]
        part = fit(lines, offset, total=found.count)
        said = f"{plural(len(part.values), 'line')} from {plural(found.total, 'record')}."
        return fenced(said, {"lines": part.values}, _more(part))

    def timeline(self, queries: list[str], by: str) -> str:
        """Return matches by year, month or day. Raises DocindexError."""
        with open_index(self._folder) as index:
            found = index.timeline(*queries, by=by)
        periods = [{"period": period.name, "counts": period.counts} for period in found.periods if any(period.counts)]
        ends = [
            mentions and {"first": _mentioned(mentions.first), "last": _mentioned(mentions.last)}
            for mentions in found.mentions
        ]
        part = fit(periods[-MAX_LISTED:], 0, beside=ends)
        head = (
            f"{plural(sum(one.total for one in found.results), 'match', 'matches')} by {found.unit}; "
            f"{sum(found.undated):,} without a date; the last {plural(len(part.values), 'period')} with a match."
        )
        return fenced(head, {"periods": part.values, "mentions": ends})

    def names(self, word: str, variants: str) -> str:
        """Return the spellings of a name. Raises DocindexError."""
        with open_index(self._folder) as index:
            expansions = index.names(word, variants=variants)
        forms = [
            {"form": cut(form.form), "written": cut(form.written), "records": form.records, "why": form.by}
            for expansion in expansions
            for form in expansion.forms
            if form.records
        ]
        part = fit(forms[:MAX_LISTED], 0)
        return fenced(f"{plural(len(forms), 'spelling')} in the index.", {"forms": part.values})

    def verify(self, text: str, offset: int) -> str:
        """Return the verdicts on the quotations of a text. Raises DocindexError."""
        with open_index(self._folder) as index:
            verdicts = [*index.verify(text).verdicts()]
        values = [
            {
                "quotation": cut(one.quotation.text),
                "verdict": one.verdict,
                "record": one.record and cut(one.record.id, MAX_ID_CHARS),
                "line": one.pieces[0].line if one.pieces else None,
                "source": cut(" … ".join(piece.text for piece in one.pieces), MAX_PASSAGE_CHARS),
                "alarms": [{"quoted": cut(alarm.quoted), "source": cut(alarm.source)} for alarm in one.alarms[:5]],
            }
            for one in verdicts[offset:]
        ]
        part = fit(values, offset, total=len(verdicts))
        head = _counted(len(verdicts), "quotation", "quotations", part, offset)
        return fenced(head, {"quotations": part.values}, _more(part))

    def status(self) -> str:
        """Return what the index holds and how fresh it is. Raises DocindexError."""
        with open_index(self._folder) as index:
            found = index.status()
        fresh = {True: "It is up to date.", False: "Files have changed since.", None: "Not all files were looked at."}
        head = (
            f"{plural(found.records, 'record')} from {plural(found.sources, 'source')}. "
            f"{fresh[found.freshness.fresh]} {plural(len(found.failures), 'failure')}."
        )
        quoted = {
            "built": cut(found.state.built, 40),
            "languages": {cut(code, 40): count for code, count in [*found.languages.items()][:MAX_LISTED]},
            "years": {cut(year, 40): count for year, count in [*found.years.items()][-MAX_LISTED:]},
            "failures": [cut(str(failure)) for failure in found.failures[:MAX_FAILURES]],
        }
        return fenced(head, quoted)


def _hit(hit: Hit) -> dict[str, Any]:
    passages = [
        {"line": passage.line, "page": passage.page, "text": cut(passage.text, MAX_PASSAGE_CHARS)}
        for passage in hit.passages[:3]
    ]
    return {**_described(hit.record), "stale": hit.stale, "passages": passages}


def _described(record: Record) -> dict[str, Any]:
    """Return what is known of a record, each value shortened."""
    metadata = record.metadata
    known = {
        "title": cut(record.title),
        "creator": cut(metadata.creator),
        "publisher": cut(metadata.publisher),
        "date": metadata.date and cut(metadata.date.value),
        "language": cut(metadata.language),
        "collection": cut(record.collection),
    }
    return {"id": cut(record.id, MAX_ID_CHARS), **{name: value for name, value in known.items() if value}}


def _mentioned(record: Record) -> dict[str, Any]:
    date = record.metadata.date
    return {"id": cut(record.id), "title": cut(record.title, 100), "date": date and cut(date.value, 40)}


def _counted(total: int, one: str, many: str, part: Part, offset: int) -> str:
    shown = f", {offset + 1:,} to {offset + len(part.values):,}" if part.values else ""
    return f"{plural(total, one, many)}{shown}."


def _more(part: Part) -> str:
    """Return a sentence on how to go on, or "" at the end."""
    return "" if part.next_offset is None else f"There is more: ask again with offset {part.next_offset}."
