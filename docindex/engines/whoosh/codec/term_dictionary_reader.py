"""The term dictionary of a segment: sorted terms in compressed blocks, and a sparse index of the
blocks' first terms.

A term that is in one document has its posting here. Of others the block says how many bytes they
have in the files of postings and positions. Fields whose names begin with `*` have no postings:
`*forms` are folded forms that several exact forms share, with the number of their documents,
`*stems` pairs of a stem and a term, and `*spelling` the folded forms that are offered as
corrections.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_left
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from docindex.analysis.folding import EXACT
from docindex.analysis.stemming import STEM
from docindex.engines.whoosh.codec.compression import decompress
from docindex.engines.whoosh.codec.mmap_file import damaged, raises_damage
from docindex.engines.whoosh.codec.postings_reader import CODES, WIDTHS, SinglePosting, decode_postings
from docindex.ranking.term_list import is_one_edit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from docindex.engines.whoosh.codec.mmap_file import MmapFile
    from docindex.engines.whoosh.codec.postings_reader import Postings

SEPARATOR = b"\0"
"""Stands between terms: in no word, and in no path."""
FORMS, STEMS, SPELLING = "*forms", "*stems", "*spelling"
BLOCK_HEAD = struct.Struct("<HHII7B")  # terms, those in one document, bytes of names, their positions, widths
BLOCK_ENTRY_BYTES = 32  # of the sparse index: three offsets of 8 bytes, two of 4
MAX_BLOCKS_KEPT = 32
_EXACT = re.compile(re.escape(EXACT.encode()) + rb"[^\0]*")


class FieldExtent(NamedTuple):
    """The blocks of a field."""

    first: int
    blocks: int
    terms: int


class DictionaryTail(Struct, frozen=True):
    """The last value of a dictionary's file."""

    fields: dict[str, FieldExtent]
    index_start: int
    blocks: int


class TermBlock:
    """Block of consecutive terms."""

    @raises_damage
    def __init__(self, data: memoryview) -> None:
        self._count, singles, names_bytes, positions, *codes = BLOCK_HEAD.unpack_from(data)
        self._names_end = BLOCK_HEAD.size + names_bytes
        self.text = bytes(data[BLOCK_HEAD.size : self._names_end])
        several = self._count - singles if codes[5] or codes[6] else 0
        at = self._names_end
        columns: list[memoryview | bytes] = []
        for code, count in zip(codes, (self._count, *(singles,) * 3, positions, several, several), strict=True):
            stop = at + WIDTHS[code] * count
            columns.append(data[at:stop].cast(CODES[code]) if code else bytes(count))
            at = stop
        if at != len(data) or self.text.count(SEPARATOR) + 1 != self._count:
            raise ValueError("a block of terms is cut off")
        self.doc_freqs = columns[0]
        self._documents, self._weights, self._counts, self._steps = columns[1:5]
        self._sizes = columns[5], columns[6]

    @cached_property
    def names(self) -> list[bytes]:
        """The terms."""
        names = self.text.split(SEPARATOR)
        if names != sorted(names):
            raise damaged("a block of terms")
        return names

    @cached_property
    def _singles_before(self) -> list[int]:
        return list(accumulate((one == 1 for one in self.doc_freqs), initial=0))

    @cached_property
    def _position_stops(self) -> list[int]:
        return list(accumulate(self._counts, initial=0))

    @cached_property
    def _offsets(self) -> tuple[list[int], list[int]]:
        postings, positions = self._sizes
        return list(accumulate(postings, initial=0)), list(accumulate(positions, initial=0))

    def single(self, place: int, doc_count: int) -> SinglePosting:
        """Return the posting of a term in one document."""
        number = self._singles_before[place]
        start, stop = self._position_stops[number : number + 2]
        document = self._documents[number]
        if document >= doc_count:
            raise ValueError("a term is in a document that does not exist")
        return SinglePosting((document,), stop - start, self._weights[number], self._steps[start:stop])

    def extents(self, place: int) -> tuple[int, int, int, int]:
        """Return start and size of a term's postings and positions, from the block's own."""
        number = place - self._singles_before[place]
        postings, positions = self._offsets
        return postings[number], self._sizes[0][number], positions[number], self._sizes[1][number]


class TermDictionary:
    """The terms of all fields of a segment."""

    @raises_damage
    def __init__(self, terms: MmapFile, postings: MmapFile, positions: MmapFile, doc_count: int) -> None:
        self._file, self._postings, self._positions = terms, postings, positions
        self._doc_count = doc_count
        tail = terms.tail(DictionaryTail)
        self.fields = tail.fields
        count = tail.blocks
        index = terms.view(tail.index_start, BLOCK_ENTRY_BYTES * count)
        self._offsets, self._postings_starts, self._positions_starts = (
            index[8 * count * column : 8 * count * (column + 1)].cast("Q") for column in range(3)
        )
        self._sizes = index[24 * count : 28 * count].cast("I")
        self._key_stops = index[28 * count :].cast("I")
        self._keys = tail.index_start + BLOCK_ENTRY_BYTES * count
        for first, blocks, _ in tail.fields.values():
            if not 0 <= first <= first + blocks <= count:
                raise damaged(terms.name)
        self._block = lru_cache(MAX_BLOCKS_KEPT)(self._read_block)

    def _read_block(self, number: int) -> TermBlock:
        return TermBlock(raises_damage(decompress)(self._file.view(self._offsets[number], self._sizes[number])))

    def _key(self, number: int) -> bytes:
        start = self._key_stops[number - 1] if number else 0
        return bytes(self._file.view(self._keys + start, self._key_stops[number] - start))

    def _block_before(self, field: str, term: bytes) -> int:
        """Return the last block of a field that does not begin after a term, or the field's
        first.
        """
        extent = self.fields[field]
        low, high = extent.first, extent.first + extent.blocks
        while high - low > 1:
            middle = (low + high) // 2
            if self._key(middle) <= term:
                low = middle
            else:
                high = middle
        return low

    def blocks(self, field: str, start: bytes = b"", stop: bytes | None = None) -> Iterator[TermBlock]:
        """Yield the blocks that may have terms from one to another."""
        if field not in self.fields:
            return
        extent = self.fields[field]
        first = self._block_before(field, start) if start else extent.first
        for number in range(first, extent.first + extent.blocks):
            if stop is not None and number > first and self._key(number) >= stop:
                return
            yield self._block(number)

    def names(self, field: str, prefix: bytes = b"") -> list[bytes]:
        """Return the terms of a field with a prefix, in order."""
        found: list[bytes] = []
        stop = _after(prefix)
        for block in self.blocks(field, prefix, stop):
            names = block.names
            last = len(names) if stop is None else bisect_left(names, stop)
            found += names[bisect_left(names, prefix) : last]
        return found

    def find(self, field: str, term: bytes) -> tuple[int, TermBlock, int] | None:
        """Return the block of a term, its number and the term's place in it."""
        extent = self.fields.get(field)
        if not extent or not extent.blocks:
            return None
        number = self._block_before(field, term)
        block = self._block(number)
        place = bisect_left(block.names, term)
        return (number, block, place) if place < len(block.names) and block.names[place] == term else None

    def doc_freq(self, field: str, term: bytes) -> int:
        """Return how many documents hold a term, deleted ones too."""
        found = self.find(field, term)
        return found[1].doc_freqs[found[2]] if found else 0

    def postings(self, field: str, term: bytes) -> Postings | None:
        """Return the postings of a term."""
        found = self.find(field, term)
        return self._read_postings(*found) if found else None

    @raises_damage
    def _read_postings(self, number: int, block: TermBlock, place: int) -> Postings:
        if block.doc_freqs[place] == 1:
            return block.single(place, self._doc_count)
        start, size, positions_start, positions_size = block.extents(place)
        found = decode_postings(
            self._postings.view(self._postings_starts[number] + start, size),
            self._positions.view(self._positions_starts[number] + positions_start, positions_size),
            self._doc_count,
        )
        if len(found.documents) != block.doc_freqs[place]:
            raise ValueError("a term has another number of postings than its dictionary says")
        return found

    def items(self, field: str) -> Iterator[tuple[bytes, Postings]]:
        """Yield all terms of a field with their postings."""
        extent = self.fields.get(field, FieldExtent(0, 0, 0))
        for number in range(extent.first, extent.first + extent.blocks):
            block = self._read_block(number)
            for place, name in enumerate(block.names):
                yield name, self._read_postings(number, block, place)

    # Words

    def exact_forms(self, language: str, term: str) -> list[bytes]:
        """Return the terms of the index meant by a term of `analysis`: a folded form, a stem or
        an exact form.
        """
        prefix = f"{language} ".encode()
        if term.startswith(STEM):
            stem = f"{language} {term.removeprefix(STEM)}\t".encode("utf-8", "replace")
            return [prefix + name[len(stem) :] for name in self.names(STEMS, stem)]
        own = prefix + term.encode("utf-8", "replace")
        if EXACT in term:
            return [own]
        return [own, *self.names("words", own + EXACT.encode())]


def _after(prefix: bytes) -> bytes | None:
    """Return the least text behind all that begin with a prefix."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes([stripped[-1] + 1]) if stripped else None


class SegmentTermList:
    """The folded forms of one language in one segment, looked up in its dictionary
    (`ranking.TermLookup`).
    """

    def __init__(self, dictionary: TermDictionary, language: str) -> None:
        self._dictionary = dictionary
        self._prefix = f"{language} ".encode()

    def _key(self, form: str) -> bytes:
        return self._prefix + form.encode("utf-8", "replace")

    def _folded(self, prefix: str) -> list[bytes]:
        """Return the folded forms with a prefix, with the language before each."""
        names = self._dictionary.names("words", self._key(prefix))
        text = SEPARATOR.join(names)
        if EXACT.encode() not in text:
            return names
        return list(dict.fromkeys(_EXACT.sub(b"", text).split(SEPARATOR)))

    def with_prefix(self, prefix: str) -> str:
        """Return the forms with a prefix, in order, each on a line."""
        names = self._folded(prefix)
        if not names:
            return ""
        text = (b"\n" + b"\n".join(names) + b"\n").replace(b"\n" + self._prefix, b"\n")
        return text[1:].decode("utf-8", "replace")

    def doc_freq(self, form: str) -> int:
        """Return how many documents hold a form."""
        key = self._key(form)
        shared = self._dictionary.doc_freq(FORMS, key)
        if shared:
            return shared
        own = self._dictionary.doc_freq("words", key)
        if own:
            return own
        exact = self._dictionary.names("words", key + EXACT.encode())
        return self._dictionary.doc_freq("words", exact[0]) if exact else 0

    def doc_freqs(self, terms: Collection[str], prefix: str = "") -> dict[str, int]:
        """Return how many documents hold each of the forms that are in the list.

        All must begin with the prefix.
        """
        start = self._key(prefix)
        stop = _after(start)
        found: dict[bytes, int] = {}
        for field in ("words", FORMS):
            for block in self._dictionary.blocks(field, start, stop):
                found.update(zip(_EXACT.sub(b"", block.text).split(SEPARATOR), block.doc_freqs, strict=True))
        cut = len(self._prefix)
        decoded = ((name[cut:].decode("utf-8", "replace"), count) for name, count in found.items())
        return {form: count for form, count in decoded if form in terms}

    def within_edits(self, form: str, max_edits: int) -> Iterator[tuple[str, int, int]]:
        """Yield the other forms within some edits, each with its edits and its document frequency.

        Of many documents, forms in one of them only are left out.
        """
        if max_edits == 1:
            yield from ((other, 1, self._spelling_freq(other)) for other in self._within_one_edit(form))
            return
        from rapidfuzz import process  # few searches need it, and it is slow to import
        from rapidfuzz.distance import OSA

        cut, prefix = len(self._prefix), self._prefix.decode()
        for block in self._spelling_blocks():
            names = block.text.decode("utf-8", "replace").split(SEPARATOR.decode())
            # The language before both adds no edit. Forms of other languages are left out below.
            found = process.extract(prefix + form, names, scorer=OSA.distance, score_cutoff=max_edits, limit=None)
            for name, edits, place in found:
                if edits and name.startswith(prefix):
                    yield name[cut:], int(edits), block.doc_freqs[place]

    def _within_one_edit(self, form: str) -> set[str]:
        """Return the forms that one edit makes of a form.

        One edit leaves the first or the second half as it is, so that only such forms are compared.
        """
        middle = len(form) // 2
        starts = self._key(form[:middle]) if middle else self._prefix
        ending = form[middle + 1 :].encode("utf-8", "replace") + SEPARATOR
        found: set[bytes] = set(self._dictionary.names(SPELLING, starts))
        for block in self._spelling_blocks():
            text = SEPARATOR + block.text + SEPARATOR
            place = text.find(ending)
            while place >= 0:
                found.add(text[text.rfind(SEPARATOR, 0, place) + 1 : place + len(ending) - 1])
                place = text.find(ending, place + len(ending))
        own = (name[len(self._prefix) :] for name in found if name.startswith(self._prefix))
        return {other for other in (name.decode("utf-8", "replace") for name in own) if is_one_edit(form, other)}

    def _spelling_freq(self, form: str) -> int:
        return self._dictionary.doc_freq(SPELLING, self._key(form))

    def _spelling_blocks(self) -> Iterator[TermBlock]:
        return self._dictionary.blocks(SPELLING, self._prefix, _after(self._prefix))
