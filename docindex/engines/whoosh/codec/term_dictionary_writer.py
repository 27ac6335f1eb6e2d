"""Writes the term dictionary of a segment (`term_dictionary_reader`).

What does not fit into memory waits on disk.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from docindex.analysis import analyzer
from docindex.analysis.folding import EXACT
from docindex.analysis.vectorized import concat_ranges
from docindex.engines.whoosh.codec.compression import compress
from docindex.engines.whoosh.codec.postings_reader import QUARTERS
from docindex.engines.whoosh.codec.postings_writer import encode
from docindex.engines.whoosh.codec.term_dictionary_reader import (
    BLOCK_HEAD,
    FORMS,
    SEPARATOR,
    SPELLING,
    STEMS,
    DictionaryTail,
    FieldExtent,
)
from docindex.engines.whoosh.temp_files import close_files, copy_into, spool_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import IO

    from numpy.typing import NDArray

    from docindex.engines.whoosh.codec.mmap_file import ChecksumWriter, FileStamp
    from docindex.engines.whoosh.codec.postings_batch import PostingsBatch

TERMS_PER_BLOCK = 256
TERMS_PER_LIST_BLOCK = 2048  # of fields without postings
STEMS_MEMORY_BYTES = 4_000_000  # held in memory; a little is held of each time that stems go to disk
SPELLING_DOCS = 100_000
"""Documents of a segment, for each number of which a correction must be in one document more: in
two of 100,000, in four of 340,000.
"""


class EncodedBlock(NamedTuple):
    """Terms in a row as the dictionary has them, and the bytes that their postings and positions
    take.
    """

    first_term: bytes
    terms: int
    data: bytes
    postings_bytes: int
    positions_bytes: int


class PartialTerm(NamedTuple):
    """Statistics of a part of one term's postings."""

    term: bytes
    doc_freq: int
    postings_bytes: int
    positions_bytes: int


class WordLists(NamedTuple):
    """Word statistics of the dictionary, beside the postings."""

    forms: list[bytes]  # folded, with their language
    doc_freqs: list[int]
    is_shared: list[bool]  # of each form: by several exact forms
    stems: bytes  # each with one of its terms, on a line; not where the stem is the folded form itself


class EncodedTerms(NamedTuple):
    """Terms of a field, in order, as they are written."""

    field: str
    postings: bytes
    positions: bytes
    first: PartialTerm | None  # the first term, if some of it came before or all of it is not there yet
    blocks: list[EncodedBlock]
    last: PartialTerm | None


def encode_terms(field: str, batch: PostingsBatch, *, is_begun: bool, goes_on: bool) -> EncodedTerms:
    """Return terms as they are written.

    `is_begun`: the first has more before; `goes_on`: the last has more behind.
    """
    terms = batch.terms
    count = len(terms)
    frequencies, documents, weights, counts, positions = batch.postings
    singles = frequencies == 1
    if count:
        singles[0] &= not is_begun
        singles[-1] &= not goes_on
    stops = np.cumsum(frequencies)
    firsts = stops - frequencies
    whole = batch.postings
    if singles.any():
        kept = np.repeat(~singles, frequencies)
        whole = whole._replace(
            frequencies=frequencies[~singles],
            documents=documents[kept],
            weights=weights[kept],
            counts=counts[kept],
            positions=positions[np.repeat(kept, counts)] if len(positions) else positions,
        )
    encoded = encode(whole)
    sizes, positions_sizes = np.zeros((2, count), np.intp)
    sizes[~singles], positions_sizes[~singles] = encoded.postings_sizes, encoded.positions_sizes
    position_stops = np.cumsum(counts, dtype=np.intp)

    def partial(number: int) -> PartialTerm:
        return PartialTerm(terms[number], int(frequencies[number]), int(sizes[number]), int(positions_sizes[number]))

    start, stop = 0, count
    first = last = None
    if is_begun or (goes_on and count == 1):
        first, start = partial(0), 1
    if goes_on and count > 1:
        last, stop = partial(count - 1), count - 1
    blocks = []
    for low in range(start, stop, TERMS_PER_BLOCK):
        part = slice(low, min(low + TERMS_PER_BLOCK, stop))
        one = singles[part]
        at = firsts[part][one]
        held = counts[at].astype(np.intp)
        steps = positions[concat_ranges(position_stops[at] - held, held)] if len(positions) else positions
        if len(steps):
            own = np.cumsum(held) - held
            own = own[held > 0]
            moved = np.diff(steps, prepend=steps[:1])
            moved[own] = steps[own]
            steps = moved
        blocks.append(
            _block(
                terms[part],
                (
                    frequencies[part],
                    documents[at],
                    np.rint(weights[at] * QUARTERS).astype(np.uint32),
                    held,
                    steps,
                    sizes[part][~one],
                    positions_sizes[part][~one],
                ),
            )
        )
    return EncodedTerms(field, encoded.postings, encoded.positions, first, blocks, last)


def _block(terms: Sequence[bytes], columns: Sequence[NDArray[np.generic]]) -> EncodedBlock:
    text = SEPARATOR.join(terms)
    codes, parts = [], []
    for column in columns:
        most = int(column.max()) if len(column) else 0
        code = 0 if not most else 1 if most < 1 << 8 else 2 if most < 1 << 16 else 3
        codes.append(code)
        parts.append(column.astype(("<u1", "<u1", "<u2", "<u4")[code]).tobytes() if code else b"")
    head = BLOCK_HEAD.pack(len(terms), len(columns[1]), len(text), len(columns[4]), *codes)
    data = compress(b"".join([head, text, *parts]))
    return EncodedBlock(terms[0], len(terms), data, int(columns[5].sum()), int(columns[6].sum()))


_NONE = np.zeros(0, np.uint32)


def _list_block(terms: Sequence[bytes], doc_freqs: Sequence[int]) -> EncodedBlock:
    """Return a block of a field without postings."""
    return _block(terms, (np.array(doc_freqs, np.uint32), *(_NONE,) * 6))


def word_lists(batch: PostingsBatch) -> WordLists:
    """Return the word lists of a batch, which contains whole fold groups."""
    terms = batch.terms
    frequencies, documents, *_ = batch.postings
    texts = [term.decode("utf-8", "replace") for term in terms]
    folded = [text.partition(EXACT)[0] for text in texts]
    forms: list[str] = []
    doc_freqs: list[int] = []
    is_shared: list[bool] = []
    stop = began = 0
    for form, frequency in zip(folded, frequencies.tolist(), strict=True):
        start, stop = stop, stop + frequency
        if forms and forms[-1] == form:
            is_shared[-1] = True
            doc_freqs[-1] = len(np.unique(documents[began:stop]))
        else:
            forms.append(form)
            doc_freqs.append(frequency)
            is_shared.append(False)
            began = start
    return WordLists([form.encode("utf-8", "replace") for form in forms], doc_freqs, is_shared, stem_lines(terms))


def stem_lines(terms: Sequence[bytes]) -> bytes:
    """Return a line for each term whose stem is not its folded form: its language and stem, a
    tab, and the term.
    """
    held: defaultdict[str, list[str]] = defaultdict(list)
    for term in terms:
        language, _, form = term.decode("utf-8", "replace").partition(" ")
        held[language].append(form)
    lines: list[str] = []
    for language, forms in held.items():
        parts = [form.partition(EXACT) for form in forms]
        stems = analyzer.stems([exact or folded for folded, _, exact in parts], language)
        lines += [
            f"{language} {stem}\t{form}\n"
            for form, (folded, _, _), stem in zip(forms, parts, stems, strict=True)
            if stem not in {"", folded}
        ]
    return "".join(lines).encode("utf-8", "replace")


class TermDictionaryWriter:
    """Takes terms in order, field after field, and writes the dictionary, the postings and the
    positions.
    """

    def __init__(self, folder: Path, files: Sequence[ChecksumWriter], doc_count: int) -> None:
        self._files = files  # terms, postings, positions
        self._fields: dict[str, _FieldBlocks] = {}
        self._folder = folder
        self._doc_count = doc_count
        self._begun: PartialTerm | None = None
        self._begun_at = (0, 0)
        self._stems = _SortedLines(folder)
        self._lists: dict[str, tuple[list[bytes], list[int]]] = {FORMS: ([], []), SPELLING: ([], [])}

    def add(self, encoded: EncodedTerms) -> None:
        """Add terms of a field."""
        _, postings, positions = self._files
        at = postings.tell(), positions.tell()
        postings.write(encoded.postings)
        positions.write(encoded.positions)
        field = self._field(encoded.field)
        if encoded.first:
            at = self._continue(field, encoded.first, at)
            if encoded.blocks or encoded.last:
                self._end_term(field)
        elif self._begun:
            self._end_term(field)
        for block in encoded.blocks:
            field.add(block, *at)
            at = at[0] + block.postings_bytes, at[1] + block.positions_bytes
        if encoded.last:
            self._continue(field, encoded.last, at)

    def _continue(self, field: _FieldBlocks, part: PartialTerm, at: tuple[int, int]) -> tuple[int, int]:
        """Add postings of a term that has several parts.

        Return where those of the next term begin.
        """
        if self._begun and self._begun.term == part.term:
            sums = (one + more for one, more in zip(self._begun[1:], part[1:], strict=True))
            self._begun = PartialTerm(part.term, *sums)
        else:
            self._end_term(field)
            self._begun, self._begun_at = part, at
        return at[0] + part.postings_bytes, at[1] + part.positions_bytes

    def _end_term(self, field: _FieldBlocks) -> None:
        if self._begun:
            term, *numbers = self._begun
            frequency, size, positions_size = (np.array([number], np.uint64) for number in numbers)
            columns = (frequency, _NONE, _NONE, _NONE, _NONE, size, positions_size)
            field.add(_block([term], columns), *self._begun_at)
            self._begun = None

    def finish_field(self, name: str) -> None:
        """End the last term of a field."""
        self._end_term(self._field(name))

    def add_words(self, lists: WordLists) -> None:
        """Add the lists of the next words."""
        self._stems.add(lists.stems)
        least = 1 + self._doc_count // SPELLING_DOCS
        for form, count, is_shared in zip(lists.forms, lists.doc_freqs, lists.is_shared, strict=True):
            if is_shared:
                self._add_listed(FORMS, form, count)
            if count >= least:
                self._add_listed(SPELLING, form, count)

    def _add_listed(self, field: str, form: bytes, count: int) -> None:
        terms, counts = self._lists[field]
        terms.append(form)
        counts.append(count)
        if len(terms) == TERMS_PER_LIST_BLOCK:
            self._flush(field)

    def _flush(self, field: str) -> None:
        terms, counts = self._lists[field]
        if terms:
            self._field(field).add(_list_block(terms, counts), 0, 0)
        self._lists[field] = [], []

    def _field(self, name: str) -> _FieldBlocks:
        if name not in self._fields:
            self._fields[name] = _FieldBlocks(self._folder)
        return self._fields[name]

    def finish(self) -> list[FileStamp]:
        """Write all that has waited. Return the stamps of terms, postings and positions."""
        for field in (FORMS, SPELLING):
            self._flush(field)
        terms: list[bytes] = []
        for line in self._stems.lines():
            terms.append(line)
            if len(terms) == TERMS_PER_LIST_BLOCK:
                self._field(STEMS).add(_list_block(terms, [0] * len(terms)), 0, 0)
                terms = []
        if terms:
            self._field(STEMS).add(_list_block(terms, [0] * len(terms)), 0, 0)
        file, postings, positions = self._files
        extents: dict[str, FieldExtent] = {}
        index = [array(kind) for kind in "QQQII"]
        keys: list[bytes] = []
        for name, blocks in sorted(self._fields.items()):
            extents[name] = FieldExtent(len(keys), len(blocks.sizes), blocks.terms)
            offset = file.tell()
            copy_into(blocks.file, file)
            for size in blocks.sizes:
                index[0].append(offset)
                offset += size
            index[1].extend(blocks.postings)
            index[2].extend(blocks.positions)
            index[3].extend(blocks.sizes)
            keys += blocks.keys
        stop = 0
        for key in keys:
            stop += len(key)
            index[4].append(stop)
        start = file.tell()
        for column in index:
            file.write(column.tobytes())
        file.write(b"".join(keys))
        file.write_tail(DictionaryTail(extents, start, len(keys)))
        return [one.finish() for one in (file, postings, positions)]

    def close(self) -> None:
        """Close all files as they are."""
        self._stems.close()
        close_files(*(field.file for field in self._fields.values()), *self._files)


class _FieldBlocks:
    """The blocks of one field, on their way into the dictionary."""

    def __init__(self, folder: Path) -> None:
        self.file = spool_file(folder)
        self.terms = 0
        self.keys: list[bytes] = []
        self.sizes = array("I")
        self.postings = array("Q")
        self.positions = array("Q")

    def add(self, block: EncodedBlock, postings: int, positions: int) -> None:
        self.file.write(block.data)
        self.terms += block.terms
        self.keys.append(block.first_term)
        self.sizes.append(len(block.data))
        self.postings.append(postings)
        self.positions.append(positions)


class _SortedLines:
    """Sorts lines that come in any order, on disk by their first bytes."""

    PREFIX_BYTES = 5  # a language, a blank, and two letters

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] = spool_file(folder)
        self._held: defaultdict[bytes, bytearray] = defaultdict(bytearray)
        self._bytes = 0
        self._stored: defaultdict[bytes, list[tuple[int, int]]] = defaultdict(list)

    def add(self, lines: bytes) -> None:
        """Add lines."""
        for line in lines.splitlines(keepends=True):
            self._held[line[: self.PREFIX_BYTES]] += line
        self._bytes += len(lines)
        if self._bytes > STEMS_MEMORY_BYTES:
            self._store()

    def _store(self) -> None:
        for first, held in self._held.items():
            self._stored[first].append((self._file.tell(), len(held)))
            self._file.write(held)
        self._held.clear()
        self._bytes = 0

    def lines(self) -> Iterable[bytes]:
        """Yield all lines in order, each once, without their ends."""
        self._store()
        for first in sorted(self._stored):
            parts = []
            for place, size in self._stored[first]:
                self._file.seek(place)
                parts.append(self._file.read(size))
            yield from sorted(set(b"".join(parts).split(b"\n")[:-1]))

    def close(self) -> None:
        """Close the file."""
        close_files(self._file)
