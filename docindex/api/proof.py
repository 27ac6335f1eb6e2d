"""Proof: quotations of drafts, and citations with seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.errors import UsageError
from docindex.indexing import trust
from docindex.proof import citations, drafts, verification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from os import PathLike

    from docindex.api.index import Index
    from docindex.proof.citations import Citation, Seal, SealCheck
    from docindex.proof.drafts import Draft
    from docindex.proof.verdicts import Verification


STANDARD_INPUT = drafts.STANDARD_INPUT
"""Name of the draft that standard input holds."""


def read_drafts(names: Iterable[str], standard_input: Callable[[int], bytes]) -> list[Draft]:
    """Return the drafts in files of Markdown, text or Word; `-` is standard input.

    Raises UsageError.
    """
    most = drafts.MAX_DRAFT_BYTES + 1
    try:
        return [drafts.read_draft(name, standard_input(most) if name == STANDARD_INPUT else None) for name in names]
    except OSError as error:
        what = f"stdin: cannot be read: {error.strerror}"
        raise UsageError(what, "a draft in Markdown or text") from error


def verify_drafts(index: Index, found: Iterable[Draft]) -> Verification:
    """Verify the quotations of drafts against the records."""
    return verification.verify_drafts(found, index.snapshot, index.freshness)


def cite(index: Index, names: Iterable[str], ranks: Mapping[int, str]) -> list[Citation]:
    """Return citations of records, or of lines (`ID:LINE`), with a seal of each source.

    `ranks` are ids that a number may mean. Raises RecordError, and UsageError if a source has
    changed since it was indexed.
    """
    cited = [citations.cite(name, index.snapshot, ranks) for name in names]
    for one in cited:
        if not trust.may_read(one.record.path, index.state, index.folder):
            what = f"{one.record.path}: the index says that it lies outside its collection"
            raise UsageError(what, "docindex build SOURCE --index DIR, if that is meant")
        if one.record.path in index.freshness.changed:
            raise UsageError(f"{one.record.path} has changed since it was indexed", "docindex build")
    return [citations.sealed(one, index.state.root) for one in cited]


def read_seals(file: str | PathLike[str]) -> list[Seal]:
    """Return the seals that `docindex cite --json` wrote. Raises UsageError."""
    return citations.read_seals(str(file))


def check_seals(index: Index, seals: Sequence[Seal]) -> list[SealCheck]:
    """Compare sources with seals of them."""
    return citations.check_seals(seals, index.snapshot, index.folder)
