"""The state of a collection itself: what its keeper may want to mend, and a first manifest for a folder without one."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import unified_diff
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from docindex.indexing import extraction, worker_pool
from docindex.manifest import walk
from docindex.model import UNDETERMINED, Date, Metadata, Record, Source
from docindex.readers import formats
from docindex.results import Finding

if TYPE_CHECKING:
    from docindex.errors import ManifestError
    from docindex.manifest.load import Manifest

# What UTF-8 looks like when it was taken for Windows-1252: an accented letter's two bytes as two characters.
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf©¨ªâ®´»§ ]|â€[™œ\u009d“”¦–—]|Ø[§±¨³¹µ]|\ufffd")
FINDING_KINDS = (
    "dead", "twice", "entry", "same content", "unreadable", "format", "orphan",
    "undated", "date", "language", "mojibake", "decomposed",
)  # fmt: skip
"""What is looked for, in the order it is told."""


class RecordFacts(Struct, frozen=True):
    """What a record shows of itself when nothing is declared about it."""

    part: str | None
    title: str | None
    date: Date | None
    language: str | None
    mojibake: bool
    decomposed: bool


def record_facts(record: Record) -> RecordFacts:
    """What a record shows of itself."""
    known = record.metadata
    sample = record.body[:100_000]
    return RecordFacts(
        record.part,
        known.title,
        known.date,
        known.language,
        bool(_MOJIBAKE.search(sample)),
        not unicodedata.is_normalized("NFC", sample),
    )


def all_facts(records: Iterable[Record]) -> list[RecordFacts]:
    """What each record shows of itself."""
    return list(map(record_facts, records))


def check(listed: Manifest, limits: extraction.Limits = extraction.DEFAULTS) -> list[Finding]:
    """All that is found, kind by kind, in the manifest's order. Reads every file; changes nothing."""
    found = [_manifest_finding(problem) for problem in listed.problems]
    found += _orphans(listed)
    same: defaultdict[str, list[Source]] = defaultdict(list)
    named = listed.path is not None or not listed.many  # of a folder, only what a build would take in
    sources = [source for source in listed.sources if named or formats.format_by_name(source.path)]
    for source, outcome, shown in _extract_all(listed, sources, limits):
        where = _where(source, listed)
        if outcome.failure:
            found.append(Finding(*where, "unreadable", f"{source.path}: {outcome.failure[0]}"))
        if outcome.records is None:
            continue
        if outcome.form and (wrong := _wrong_suffix(source.path, outcome.form)):
            found.append(Finding(*where, "format", wrong))
        same[outcome.content].append(source)
        found += [Finding(*where, kind, text) for kind, text in _record_findings(source, shown)]
    for sources in same.values():
        found += [
            Finding(*_where(source, listed), "same content", f"{source.path}: holds what {sources[0].path} holds")
            for source in sources[1:]
        ]
    return sorted(found, key=lambda finding: (FINDING_KINDS.index(finding.kind), finding.line or 0))


def _extract_all(
    listed: Manifest, sources: Sequence[Source], limits: extraction.Limits
) -> Iterator[tuple[Source, extraction.ReadResult, Sequence[RecordFacts]]]:
    """What each source holds when nothing is declared about it."""
    tasks = (extraction.Task(replace(source, declared=Metadata()), listed.file(source)) for source in sources)
    left = iter(sources)
    with worker_pool.WorkerPool(limits) as pool:
        for batch in pool.batches(tasks, lambda: all_facts):
            shown = iter(batch.prepared)
            for _, outcome in batch.outcomes:
                yield next(left), outcome, list(islice(shown, outcome.records or 0))


def _manifest_finding(problem: ManifestError) -> Finding:
    kind = "dead" if problem.lost else "twice" if "already" in problem.what else "entry"
    return Finding(problem.path, problem.line, kind, f"{problem.what} ({problem.hint})")


def _orphans(listed: Manifest) -> Iterator[Finding]:
    """Files beside the manifest, of kinds that can be read, that no entry names."""
    if listed.path is None:
        return
    named = {os.path.realpath(listed.file(source)) for source in listed.sources} | {os.path.realpath(listed.path)}
    named |= {os.path.realpath(listed.root / problem.what.split(": ")[0]) for problem in listed.problems}
    for path in walk.walk(listed.root):
        if formats.format_by_name(path) and os.path.realpath(listed.root / path) not in named:
            yield Finding(listed.shown, None, "orphan", f"{path}: no entry names it")


def _record_findings(source: Source, shown: Sequence[RecordFacts]) -> Iterator[tuple[str, str]]:
    """What is wrong with what a source shows, or with what is declared beside it."""
    declared = source.declared
    for one in shown:
        name = source.path if one.part is None else f"{source.path}#{one.part}"
        if declared.date is None and one.date is None:
            yield "undated", f"{name}: neither the manifest nor the file says a date"
        elif one.part is None and declared.date and one.date and _disjoint(declared.date, one.date):
            yield "date", f"{name}: declared {declared.date.value}, the file says {one.date.value}"
        told = one.language or UNDETERMINED
        if declared.language and UNDETERMINED not in (told, declared.language) and told != declared.language:
            yield "language", f"{name}: declared {declared.language}, reads like {told}"
        if one.mojibake:
            yield "mojibake", f"{name}: looks like text whose encoding was mistaken"
        if one.decomposed:
            yield "decomposed", f"{name}: has accents as characters of their own (NFD)"


def _wrong_suffix(path: str, form: str) -> str | None:
    """What is wrong with the name of a file that is read in another format than the name says."""
    named = formats.format_by_name(path)
    ending = PurePosixPath(path).suffix
    if not ending or named is None or named.name == form or (named.name, form) == ("text", "mail"):
        return None
    return f"{path}: has {ending}, but what it holds is {form}, and is read so"


def _disjoint(left: Date, right: Date) -> bool:
    return left.latest < right.earliest or right.latest < left.earliest


def _where(source: Source, listed: Manifest) -> tuple[str, int | None]:
    return (listed.shown, source.line) if source.line is not None else (source.path, None)


def repair_patch(listed: Manifest, found: Sequence[Finding]) -> str:
    """A unified diff of the manifest that would take out dead and doubled entries and add the orphans."""
    if listed.path is None:
        return ""
    old = listed.path.read_text(encoding="utf-8").splitlines(keepends=True)
    taken = {finding.line for finding in found if finding.kind in ("dead", "twice") and finding.line}
    new = [line for number, line in enumerate(old, 1) if number not in taken]
    orphans = [finding.message.rsplit(": ", 1)[0] for finding in found if finding.kind == "orphan"]
    if orphans:
        new += [
            "\n",
            "## To be described\n",
            "\n",
            *(f"- [{_escape(path)}](<{_link_target(path)}>)\n" for path in orphans),
        ]
    return "".join(unified_diff(old, new, f"a/{listed.shown}", f"b/{listed.shown}"))


def first_manifest(listed: Manifest, limits: extraction.Limits = extraction.DEFAULTS) -> str:
    """A manifest for a folder: each file that can be read in a table, with what it says of itself."""
    rows = ["# " + _escape(listed.root.name), "", "| File | Title | Date | Language |", "| --- | --- | --- | --- |"]
    readable = [source for source in listed.sources if formats.format_by_name(source.path)]
    for source, _, shown in _extract_all(listed, readable, limits):
        if not shown:
            continue
        one = shown[0] if len(shown) == 1 else RecordFacts(None, None, None, _one_language(shown), False, False)
        cells = (one.title or "", one.date.value if one.date else "", one.language or "")
        name = source.path.rsplit("/", 1)[-1]
        rows.append(f"| [{_escape(name)}](<{_link_target(source.path)}>) | " + " | ".join(map(_escape, cells)) + " |")
    return "\n".join(rows) + "\n"


def _one_language(shown: Sequence[RecordFacts]) -> str | None:
    languages: Mapping[str | None, None] = dict.fromkeys(one.language for one in shown)
    return next(iter(languages)) if len(languages) == 1 else None


def _escape(text: str) -> str:
    """A text on one line that Markdown shows as it is."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))


def _link_target(path: str) -> str:
    """A path as the target of a link in angle brackets, in a table too."""
    return re.sub(r"([\\<>|])", r"\\\1", path)
