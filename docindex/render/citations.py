"""Citations in the formats of bibliographies: CSL-JSON, BibTeX, RIS, pandoc.

CSL-JSON follows the schema of the Citation Style Language 1.0.2, RIS the tags of its 2011
specification. An uncertain date is written as each format has it: CSL as an interval or `circa`,
BibLaTeX as EDTF, RIS in the date's free part.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from docindex.proof.citations import key
from docindex.render import json_output
from docindex.render.layout import hanging
from docindex.render.passages import one_line
from docindex.render.sanitize import bidi_isolate
from docindex.render.styled_text import Text
from docindex.render.verification import facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docindex.model.documents import Date, Record
    from docindex.model.results import Results
    from docindex.proof.citations import Citation, Seal, SealCheck

DOCUMENT, ARTICLE = "document", "article-newspaper"
_TYPE_BY_SUFFIX = {
    **dict.fromkeys((".eml", ".mbox", ".mbx"), "personal_communication"),
    **dict.fromkeys((".html", ".htm", ".xhtml", ".mht", ".mhtml"), "webpage"),
    **dict.fromkeys((".csv", ".tsv", ".xlsx", ".ods", ".json", ".jsonl"), "dataset"),
    ".epub": "book",
}
_BIBTEX_TYPES = {ARTICLE: "article", "book": "book"}
_RIS_TYPES = {
    ARTICLE: "NEWS",
    "book": "BOOK",
    "webpage": "ELEC",
    "dataset": "DATA",
    "personal_communication": "PCOMM",
}
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{mark: f"\\{mark}" for mark in "{}%&#_$"},
}


class _IssuedDate:
    """A date, taken apart for formats that know no EDTF."""

    def __init__(self, date: Date) -> None:
        day = date.value.split("T")[0]
        self.is_about = any(mark in day for mark in "~?%") or date.precision in ("decade", "century")
        self.edtf = re.sub(r"T\d\d:\d\d$", "", date.value)
        plain = re.sub("[~?%]", "", day)
        self.season = _SEASONS.get(plain[-2:]) if date.precision == "season" else None
        self.season_number = int(plain[-1]) if self.season else None
        ends = plain.split("/")
        self.is_open = "" in ends or ".." in ends
        if self.season:
            self.parts = [[int(plain[:4])]]
        elif date.precision in ("decade", "century"):
            self.parts = [[date.earliest.year], [date.latest.year]]
        elif self.is_open or not all(map(re.compile(r"\d{4}(-\d\d){0,2}").fullmatch, ends)):
            self.parts = []
        else:
            self.parts = [[int(part) for part in end.split("-")] for end in ends]
        self.year = None if date.value.startswith("..") else date.earliest.year


def _type(record: Record) -> str:
    found = _TYPE_BY_SUFFIX.get(PurePosixPath(record.path).suffix.lower())
    date = record.metadata.date
    dated = date is not None and date.precision in ("day", "minute")
    return found or (ARTICLE if record.metadata.publisher and dated else DOCUMENT)


def csl_item(record: Record, *, note: str | None = None) -> dict[str, Any]:
    """Return a record as an item of CSL-JSON."""
    metadata = record.metadata
    kind = _type(record)
    known: dict[str, Any] = {
        "id": key(record.id),
        "type": kind,
        "title": _clean(record.title),
        "author": [{"literal": name} for name in _names(record)],
        "container-title" if kind == ARTICLE else "publisher": _clean(metadata.publisher),
        "issued": _csl_date(metadata.date) if metadata.date else None,
        "language": metadata.language if metadata.language != "und" else None,
        "keyword": ", ".join(map(_clean, metadata.subject)),
        "collection-title": _clean(record.collection),
        "archive_location": _clean(record.id),
        "note": note,
    }
    return {name: value for name, value in known.items() if value}


def _csl_date(date: Date) -> dict[str, Any]:
    issued = _IssuedDate(date)
    if not issued.parts:
        return {"literal": issued.edtf}
    found: dict[str, Any] = {"date-parts": issued.parts}
    if issued.season_number:
        found["season"] = issued.season_number
    if issued.is_about:
        found["circa"] = True
    return found


def _names(record: Record) -> list[str]:
    return [name for part in (record.metadata.creator or "").split(";") if (name := _clean(part))]


def _clean(text: str | None) -> str:
    return one_line(text or "").strip()


def bibtex(record: Record, *, note: str | None = None) -> str:
    """Return a record as an entry of BibTeX.

    `date` is for BibLaTeX, `year` and `month` for its elders.
    """
    metadata = record.metadata
    kind = _type(record)
    issued = _IssuedDate(metadata.date) if metadata.date else None
    single = issued.parts[0] if issued and len(issued.parts) == 1 else []
    month = _MONTHS[single[1] - 1] if len(single) > 1 else None
    known = {
        # Doubled braces keep a name whole: it may be a newspaper's.
        "author": " and ".join(f"{{{_tex(name)}}}" for name in _names(record)),
        "title": f"{{{_tex(_clean(record.title))}}}",
        "journal" if kind == ARTICLE else "publisher": _tex(_clean(metadata.publisher)),
        "date": _tex(issued.edtf) if issued and "~" not in issued.edtf else issued and issued.edtf,
        "year": str(single[0]) if single else None,
        "language": metadata.language if metadata.language != "und" else None,
        "keywords": ", ".join(_tex(_clean(word)) for word in metadata.subject),
        "series": _tex(_clean(record.collection)),
        "howpublished": _tex(_clean(record.id)) if kind != ARTICLE else None,
        "note": _tex(note or ""),
    }
    rows = [f"  {name} = {{{value}}}" for name, value in known.items() if value]
    rows += [f"  month = {month}"] if month else []
    return f"@{_BIBTEX_TYPES.get(kind, 'misc')}{{{key(record.id)},\n" + ",\n".join(rows) + "\n}\n"


def _tex(text: str) -> str:
    return re.sub(r"[\\~^{}%&#_$]", lambda found: _TEX[found[0]], text)


def ris(record: Record, *, note: str | None = None) -> str:
    """Return a record as a reference of RIS."""
    metadata = record.metadata
    kind = _type(record)
    rows = [("TY", _RIS_TYPES.get(kind, "GEN")), ("ID", key(record.id)), ("TI", _clean(record.title))]
    rows += [("AU", name) for name in _names(record)]
    rows += [("T2" if kind == ARTICLE else "PB", _clean(metadata.publisher))]
    if metadata.date:
        rows += _ris_date(metadata.date)
    rows += [("LA", metadata.language if metadata.language != "und" and metadata.language else "")]
    rows += [("KW", _clean(word)) for word in metadata.subject]
    rows += [("T3", _clean(record.collection)), ("AN", _clean(record.id)), ("N1", note or "")]
    return "".join(f"{tag}  - {value}\n" for tag, value in rows if value) + "ER  - \n"


def _ris_date(date: Date) -> Iterator[tuple[str, str]]:
    issued = _IssuedDate(date)
    if issued.year is not None:
        yield "PY", str(issued.year)
    first = issued.parts[0] if issued.parts else []
    year, month, day = [f"{part:02}" for part in first] + [""] * (3 - len(first))
    more = issued.season or ("circa" if issued.is_about and len(issued.parts) == 1 else "")
    if len(issued.parts) != 1:
        year, month, day, more = str(issued.year or ""), "", "", issued.edtf.replace("/", " to ")
    yield "DA", f"{year}/{month}/{day}/{more}"


def pandoc(citation: Citation) -> str:
    """Return a citation as pandoc reads it in Markdown: `[@key, l. 17]`."""
    page = f", p. {citation.page}" if citation.page is not None and citation.line is not None else ""
    line = f", l. {citation.line}" if citation.line is not None else ""
    return f"[@{citation.key}{page}{line}]"


def seal_note(seal: Seal) -> str:
    """Return a seal as the note of a reference."""
    line = f", line {seal.line}" if seal.line is not None else ""
    passage = f"passage{line} sha256:{seal.passage_sha256}"
    return f"file sha256:{seal.file_sha256}; {passage}; read {seal.read}"


def entries(form: str, records: Iterable[tuple[Record, str | None]]) -> Iterator[str]:
    """Yield a bibliography as csl, bibtex or ris. Each record stands in it once."""
    once = {key(record.id): (record, note) for record, note in records}.values()
    if form == "csl":
        yield json_output.text([csl_item(record, note=note) for record, note in once]) + "\n"
        return
    entry = bibtex if form == "bibtex" else ris
    for number, (record, note) in enumerate(once):
        yield ("\n" if number else "") + entry(record, note=note)


def of_answers(form: str, answers: Iterable[Results]) -> Iterator[str]:
    """Yield the hits of searches as a bibliography."""
    return entries(form, ((hit.record, None) for answer in answers for hit in answer.hits))


def value(citations: Sequence[Citation]) -> dict[str, Any]:
    """Return citations as JSON data. `docindex verify --seal` reads it."""
    return {
        "schema": json_output.SCHEMA,
        "citations": [
            {
                "key": one.key,
                "pandoc": pandoc(one),
                "line": one.line,
                "page": one.page,
                "record": json_output.record_fields(one.record),
                "csl": csl_item(one.record, note=seal_note(one.seal) if one.seal else None),
                "seal": to_builtins(one.seal),
            }
            for one in citations
        ],
    }


def rows(citations: Sequence[Citation], *, width: int | None) -> Iterator[Text]:
    """Yield citations for people: the key, the record, the passage, the seal."""
    for number, one in enumerate(citations):
        if number:
            yield Text()
        yield from hanging(Text(), Text(pandoc(one), "hint"), 0, width)
        yield from hanging(Text("    "), Text(_clean(one.record.title), "title"), 4, width)
        said = " · ".join(bidi_isolate(fact) for fact, _ in facts(one.record, one.line))
        yield from hanging(Text("    "), Text(said), 4, width)
        if one.line is not None:
            yield from hanging(Text("    "), Text(f"« {_clean(one.passage)} »"), 4, width)
        if one.seal:
            for name, digest in (("file", one.seal.file_sha256), ("passage", one.seal.passage_sha256)):
                yield Text(f"    {name:<9}", "faint").append(f"sha256:{digest}", "faint")
            yield Text(f"    {'read':<9}{one.seal.read}", "faint")


_STYLES = {"same": "added", "file changed": "changed", "passage changed": "failed", "gone": "failed"}


def seal_rows(checks: Sequence[SealCheck], *, width: int | None) -> Iterator[Text]:
    """Yield the states of sealed sources, one a line."""
    for check in checks:
        line = f":{check.seal.line}" if check.seal.line is not None else ""
        part = f"#{check.seal.part}" if check.seal.part else ""
        head = Text(bidi_isolate(one_line(f"{check.seal.path}{part}{line}")), "path").append("  ")
        state = Text(check.state, _STYLES.get(check.state, "failed"))
        state.append(f" · {_state_in_words(check)}", "faint")
        yield from hanging(head, state, 4, width)


def _state_in_words(check: SealCheck) -> str:
    match check.state:
        case "same":
            return f"as read on {check.seal.read}"
        case "file changed":
            return "the passage still stands in it"
        case "passage changed":
            return "the passage no longer stands in the file"
        case "gone":
            return "there is no such file"
    return one_line(check.reason or "")


def seal_value(checks: Sequence[SealCheck]) -> dict[str, Any]:
    """Return the states of sealed sources as JSON data."""
    return {
        "schema": json_output.SCHEMA,
        "passed": all(check.state == "same" for check in checks),
        "seals": [{"state": check.state, "reason": check.reason, "seal": to_builtins(check.seal)} for check in checks],
    }
