"""Drafts: the quotations of a file that a person is writing, with the lines of that file.

Markdown and text are taken as they stand, because a reader of documents would drop their marks. Any
other format goes through its reader. Footnotes of a Word document are left out, as those of
Markdown are.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from docindex.errors import ReaderError, UsageError
from docindex.model.documents import Source
from docindex.proof.quotations import Quotation, quotations
from docindex.readers import charset, detection
from docindex.system import files

MAX_DRAFT_BYTES = 50_000_000
STANDARD_INPUT = "-"
_PLAIN_FORMATS = ("text", "markdown")


class Draft(Struct, frozen=True):
    """A draft and its quotations in its order."""

    path: str  # as it was named
    quotations: tuple[Quotation, ...]


def of_text(text: str) -> Draft:
    """Return a draft that is in no file."""
    return Draft("text", tuple(quotations(text)))


def read_draft(name: str, data: bytes | None = None) -> Draft:
    """Return the draft in a file, or `data` from standard input. Raises UsageError."""
    try:
        data = files.read_file(name, MAX_DRAFT_BYTES + 1) if data is None else data
        if len(data) > MAX_DRAFT_BYTES:
            what = f"{name}: is larger than {MAX_DRAFT_BYTES // 1_000_000} MB"
            raise UsageError(what, "verify a shorter draft")
        form = detection.format_of(name, data)
        if form is None or form.name in _PLAIN_FORMATS or name == STANDARD_INPUT:
            return Draft(name, tuple(quotations(charset.decode(data)[0])))
        return Draft(name, tuple(_of_document(name, data, is_word=form.name == "docx")))
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}", "a draft in Markdown, text or Word") from error
    except ReaderError as error:
        raise UsageError(f"{name}: {error.message}", error.hint) from error


def _of_document(name: str, data: bytes, *, is_word: bool) -> list[Quotation]:
    """Return the quotations of a document that a reader turns into records.

    Drafts may be a stranger's too, so readers have the bounds of a build.
    """
    from docindex.indexing import single_read  # most drafts are plain

    if is_word:
        from docindex.readers import docx

        records = single_read.within_limits(lambda: docx.read_main_text(Source(name), data), len(data))
    else:
        records = single_read.read_records(name)
    return [
        replace(found, line=record.lines[min(found.line, len(record.lines)) - 1])
        for record in records
        for found in quotations(record.body)
    ]
