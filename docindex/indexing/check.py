"""Findings about a collection: entries and files that its keeper may want to repair.

It reads every file.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from docindex.errors import UsageError
from docindex.indexing import extraction, worker_pool
from docindex.manifest import draft, walk
from docindex.manifest.load import MAX_MANIFEST_BYTES
from docindex.model.documents import UNDETERMINED, Date, Metadata, Record, Source
from docindex.model.results import Finding
from docindex.query import aliases
from docindex.readers import formats, scanned_pages
from docindex.system import files

if TYPE_CHECKING:
    from pathlib import Path

    from docindex.errors import ManifestError
    from docindex.manifest.load import Manifest

_MOJIBAKE = re.compile("Ã[\u0080-\u00bf©¨ªâ®´»§ ]|â€[™œ\u009d“”¦–—]|Ø[§±¨³¹µ]|\ufffd")
"""UTF-8 decoded as Windows-1252: the two bytes of one accented letter as two characters."""
_SAMPLE_CHARS = 100_000
"""Length of a body's beginning that is searched for mojibake and decomposed accents."""
FINDING_KINDS = (
    "dead", "twice", "entry", "same content", "unreadable", "format", "orphan",
    "undated", "date", "language", "mojibake", "decomposed", "aliases", "people",
)  # fmt: skip
"""Kinds of findings in the order of the report."""
MAX_UNLISTED = 10_000  # files that a build counts
REPAIRED_KINDS = ("dead", "twice", "orphan")
"""Kinds of findings that a patch of the manifest repairs."""


class RecordFacts(Struct, frozen=True):
    """Facts that a record shows without a manifest."""

    part: str | None = None
    title: str | None = None
    date: Date | None = None
    language: str | None = None
    mojibake: bool = False
    decomposed: bool = False  # not in Unicode's NFC (UAX 15)


def record_facts(record: Record) -> RecordFacts:
    """Return the facts of one record."""
    metadata = record.metadata
    sample = record.body[:_SAMPLE_CHARS]
    return RecordFacts(
        record.part,
        metadata.title,
        metadata.date,
        metadata.language,
        bool(_MOJIBAKE.search(sample)),
        not unicodedata.is_normalized("NFC", sample),
    )


def all_facts(records: Iterable[Record]) -> list[RecordFacts]:
    """Return the facts of each record. Worker processes call this by its name."""
    return list(map(record_facts, records))


def check(listed: Manifest, limits: extraction.Limits = extraction.DEFAULTS) -> list[Finding]:
    """Return all findings by kind, in the manifest's order. Reads every file and changes none."""
    found = [_manifest_finding(problem) for problem in listed.problems]
    named = {aliases.named_in(listed.path, key) for key in _GROUP_FILES} if listed.path else set()
    found += (orphan for orphan in _orphans(listed) if orphan.path not in named)
    found += (finding for key in _GROUP_FILES for finding in _group_findings(listed, key))
    same: defaultdict[str, list[Source]] = defaultdict(list)
    for source, result, facts in _extract_all(listed, listed.sources, limits):
        where = _where(source, listed)
        if result.failure and (result.left_out in (None, "empty", scanned_pages.KIND) or result.records is not None):
            found.append(Finding(*where, "unreadable", f"{source.path}: {result.failure[0]}"))
        if result.records is None:
            continue
        if result.form and (wrong := _wrong_suffix(source.path, result.form)):
            found.append(Finding(*where, "format", wrong))
        same[result.content].append(source)
        found += [Finding(*where, kind, text) for kind, text in _record_findings(source, facts)]
    for sources in same.values():
        found += [
            Finding(*_where(source, listed), "same content", f"{source.path}: holds what {sources[0].path} holds")
            for source in sources[1:]
        ]
    return sorted(found, key=lambda finding: (FINDING_KINDS.index(finding.kind), finding.line or 0))


_GROUP_FILES = (aliases.ALIASES, aliases.PEOPLE)


def _group_findings(listed: Manifest, key: str) -> Iterator[Finding]:
    """Yield the contradictions of the aliases, or the people, that the manifest names."""
    name = aliases.named_in(listed.path, key) if listed.path else None
    if listed.path is None or name is None:
        return
    try:
        groups = aliases.of_manifest(listed.path, key)
    except UsageError as error:
        yield Finding(listed.shown, None, key, error.message)
        return
    if groups is not None:
        for line, message in aliases.contradictions(groups):
            yield Finding(name, line, key, message)


def _extract_all(
    listed: Manifest, sources: Sequence[Source], limits: extraction.Limits
) -> Iterator[tuple[Source, extraction.ReadResult, Sequence[RecordFacts]]]:
    """Yield each source with its result and facts, read as if the manifest declared nothing."""
    tasks = (
        extraction.Task(
            replace(source, declared=Metadata()),
            listed.file(source),
            root=listed.confined_to(),
            is_listed=listed.path is not None or not listed.many,
        )
        for source in sources
    )
    left = iter(sources)
    with worker_pool.WorkerPool(limits) as pool:
        for batch in pool.batches(tasks, lambda: all_facts):
            facts = iter(batch.prepared)
            for _, result in batch.outcomes:
                yield next(left), result, list(islice(facts, result.records or 0))


def _manifest_finding(problem: ManifestError) -> Finding:
    kind = "dead" if problem.lost else "twice" if problem.kind == "duplicate" else "entry"
    return Finding(problem.path, problem.line, kind, f"{problem.what} ({problem.hint})")


def _orphans(listed: Manifest) -> Iterator[Finding]:
    """Yield the readable files beside the manifest that no entry names."""
    if listed.path is None:
        return
    named = {files.real_path(listed.file(source)) for source in listed.sources} | {files.real_path(listed.path)}
    refused = (problem.target for problem in listed.problems if problem.target and "\0" not in problem.target)
    named |= {files.real_path(listed.root / target) for target in refused}
    for path in walk.Walk(listed.root):
        if formats.format_by_name(path) and files.real_path(listed.root / path) not in named:
            yield Finding(listed.shown, None, "orphan", f"{path}: no entry names it", path)


def unlisted(listed: Manifest) -> tuple[str, ...]:
    """Return the paths of readable files beside the manifest that no entry names, by their names
    alone, at most MAX_UNLISTED + 1.

    A folder that holds many more files than the manifest lists is not walked to its end.
    """
    if listed.path is None:
        return ()
    named = {source.path for source in listed.sources} | {listed.path.name, aliases.named_in(listed.path)}
    named |= {problem.target for problem in listed.problems}
    walked = islice(walk.Walk(listed.root), 2 * len(listed.sources) + MAX_UNLISTED)
    found = (path for path in walked if path not in named and formats.format_by_name(path))
    return tuple(islice(found, MAX_UNLISTED + 1))


def _record_findings(source: Source, facts: Sequence[RecordFacts]) -> Iterator[tuple[str, str]]:
    """Yield the kind and the message of each defect of a source's records or of their declared
    metadata.
    """
    declared = source.declared
    for one in facts:
        name = source.path if one.part is None else f"{source.path}#{one.part}"
        if declared.date is None and one.date is None:
            yield "undated", f"{name}: neither the manifest nor the file says a date"
        elif one.part is None and declared.date and one.date and _disjoint(declared.date, one.date):
            yield "date", f"{name}: declared {declared.date.value}, the file says {one.date.value}"
        detected = one.language or UNDETERMINED
        if declared.language and UNDETERMINED not in (detected, declared.language) and detected != declared.language:
            yield "language", f"{name}: declared {declared.language}, reads like {detected}"
        if one.mojibake:
            yield "mojibake", f"{name}: looks like text whose encoding was mistaken"
        if one.decomposed:
            yield "decomposed", f"{name}: has accents as characters of their own (NFD)"


def _wrong_suffix(path: str, form: str) -> str | None:
    """Return a message if a file's suffix names another format than its content, else None."""
    named = formats.format_by_name(path)
    suffix = PurePosixPath(path).suffix
    if not suffix or named is None or named.name == form or (named.name, form) == ("text", "mail"):
        return None
    return f"{path}: has {suffix}, but what it holds is {form}, and is read so"


def _disjoint(left: Date, right: Date) -> bool:
    return left.latest < right.earliest or right.latest < left.earliest


def _where(source: Source, listed: Manifest) -> tuple[str, int | None]:
    return (listed.shown, source.line) if source.line is not None else (source.path, None)


def repair_patch(listed: Manifest, found: Sequence[Finding]) -> str:
    """Return a unified diff of the manifest that drops dead and doubled entries and adds the
    orphans.

    A folder without a manifest gets "".
    """
    if listed.path is None:
        return ""
    drop_lines = {finding.line for finding in found if finding.kind in REPAIRED_KINDS and finding.line}
    orphans = [finding.path for finding in found if finding.path is not None]
    return draft.repair_patch(
        _manifest_text(listed.path, listed.shown),
        listed.shown,
        drop_lines=drop_lines,
        entries=map(draft.DraftEntry, orphans),
        last_lines=_last_lines(listed.sources),
    )


def first_manifest(listed: Manifest, limits: extraction.Limits = extraction.DEFAULTS) -> str:
    """Return a manifest in Markdown for a folder: its readable files and what each says of
    itself.
    """
    return draft.first_manifest(listed.root.name, _draft_entries(listed, listed.sources, limits))


def grown_manifest(listed: Manifest, limits: extraction.Limits = extraction.DEFAULTS) -> tuple[str, list[str]]:
    """Return the manifest with an entry for each file that it does not list, and their paths.

    Present lines stay as they are. A folder without a manifest gets "".
    """
    if listed.path is None:
        return "", []
    named = aliases.named_in(listed.path)
    orphans = [Source(one.path) for one in _orphans(listed) if one.path is not None and one.path != named]
    entries = list(_draft_entries(listed, orphans, limits))
    text = draft.grown(_manifest_text(listed.path, listed.shown), entries, _last_lines(listed.sources))
    return text, [entry.path for entry in entries]


def _manifest_text(path: Path, shown: str) -> str:
    """Return a manifest's text with its line ends as they are. Raises UsageError."""
    try:
        data = files.read_file(str(path), MAX_MANIFEST_BYTES + 1)
        text = data.decode()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{shown}: cannot be read as UTF-8", "save it as UTF-8") from None
    if len(data) > MAX_MANIFEST_BYTES:
        raise UsageError(f"{shown}: is too large", "split it")
    if "\r" in text.replace("\r\n", ""):
        raise UsageError(f"{shown}: has lines that end in a carriage return alone", "save it with usual line ends")
    return text


def _last_lines(sources: Sequence[Source]) -> dict[str, int]:
    """Return the line of the last entry of each folder."""
    last: dict[str, int] = {}
    for source in sources:
        if source.line is not None:
            folder = source.path.rpartition("/")[0]
            last[folder] = max(source.line, last.get(folder, 0))
    return last


def _draft_entries(
    listed: Manifest, sources: Sequence[Source], limits: extraction.Limits
) -> Iterator[draft.DraftEntry]:
    for source, result, facts in _extract_all(listed, sources, limits):
        if facts:
            yield _draft_entry(source.path, result.form, facts)


def _draft_entry(path: str, form: str | None, facts: Sequence[RecordFacts]) -> draft.DraftEntry:
    """Return a file's entry: what the file states of itself, and what was guessed from its text or
    name.
    """
    language = _one_language(facts) or UNDETERMINED
    guesses = [("language", language)] if language != UNDETERMINED else []
    if len(facts) > 1:  # titles and dates are those of its parts
        return draft.DraftEntry(path, guesses=guesses)
    (one,) = facts
    title, date = one.title or "", one.date.value if one.date else ""
    if date and one.date and one.date.origin in ("body", "file name"):
        guesses, date = [("date", date), *guesses], ""
    if title and form == "text" and not date:  # its first line
        guesses, title = [("title", title), *guesses], ""
    return draft.DraftEntry(path, title, date, guesses)


def _one_language(facts: Sequence[RecordFacts]) -> str | None:
    languages: Mapping[str | None, None] = dict.fromkeys(one.language for one in facts)
    return next(iter(languages)) if len(languages) == 1 else None
