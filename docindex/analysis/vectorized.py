"""Vectorized analysis: the words of many texts at once, as NumPy arrays.

The words and positions are those of `analyzer.Tokens`. All texts are cut together as bytes, and a
table gives the words of each chunk, so that only NumPy runs once for each word. Code that shows a
text uses `analyzer`, which loads in a tenth of the time that NumPy takes.
"""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from docindex.analysis.analyzer import analyzer_for
from docindex.analysis.folding import to_term
from docindex.analysis.tokenizer import MAX_WORD_CHARACTERS, PLAIN_EDGES, blank_separators

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from docindex.analysis.tokenizer import Token, Tokenizer

MAX_CACHE_BYTES = 8_000_000
"""Approximate size of the cache of one tokenizer."""

_Name = TypeVar("_Name", str, bytes)

_BLANK = 32
_PLAIN_EDGES = PLAIN_EDGES.encode()
_KEY_BYTES = 8  # of either half of a chunk's key
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(_KEY_BYTES + 1)], np.uint64)  # by the length of a chunk
_LONG_KEY = 0xFF << 56  # no byte of UTF-8 is 255, so no short chunk has such a key
# Multiplication by odd factors spreads keys over the upper bits (Dietzfelbinger et al. 1997, "A
# reliable randomized algorithm for the closest-pair problem"). Each process draws its own factors,
# so that nobody can write a text whose chunks all hash to one slot.
_HASH_FACTORS = tuple(np.uint64(int.from_bytes(os.urandom(8)) | 1) for _ in range(2))


class TokenBatch(NamedTuple):
    """The words of many texts in order: one array entry for each word, and the distinct terms."""

    terms: list[str]  # distinct
    term_ids: NDArray[np.intp]  # indexes into `terms`
    texts: NDArray[np.intp]  # number of the word's text, from 0, never falling
    positions: NDArray[np.intp]  # within the text, from 0, never falling


class _Keys(NamedTuple):
    """Keys of chunks: the bytes of chunks of up to 16 bytes."""

    first: NDArray[np.uint64]
    second: NDArray[np.uint64]

    def take(self, some: NDArray[np.intp]) -> _Keys:
        return _Keys(self.first[some], self.second[some])

    def unique(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return an index of each distinct key and, for all keys, their number among the
        distinct ones.
        """
        order = np.lexsort((self.second, self.first))
        new = run_starts(*self.take(order))
        which = np.empty(len(order), np.intp)
        which[order] = np.cumsum(new) - 1
        return order[new], which


class BatchTokenCache:
    """The chunks seen by a tokenizer, numbered in the order of their first sight, with the words
    of each.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        # A hash table with open addressing. A slot holds a key and the number of its chunk, from 1;
        # 0 if free.
        self._bits = 12
        self._clear_table()
        self._keys = _Keys(*np.empty((2, 0), np.uint64))  # of all chunks
        self._long: dict[bytes, int] = {}  # numbers that are the keys of chunks longer than a key
        self._begins = self._sizes = np.empty(0, np.intp)  # the range of each chunk's words
        self._words = np.empty(0, np.intp)  # term ids
        self._shared = np.empty(0, np.bool_)  # True if a word has the position of the next word
        self._term_ids = {"": 0}  # the empty term stands for no word
        self._terms = [""]
        self._long_bytes = 0

    def __len__(self) -> int:
        """Return the number of chunks."""
        return len(self._sizes)

    @property
    def size(self) -> int:
        """Return the approximate size in bytes."""
        return 200 * len(self._words) + 2 * self._long_bytes

    def words(self, texts: Sequence[str]) -> TokenBatch:
        """Return the words of texts."""
        flats = list(map(blank_separators, texts))
        data = b" %b%b" % (b" ".join(flats), b" " * 2 * _KEY_BYTES)
        inside = np.frombuffer(data, np.uint8) != _BLANK
        edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
        starts, stops = edges[::2], edges[1::2]
        keys = self._make_keys(data, starts, stops)
        numbers = self._look_up(keys)
        unknown = np.flatnonzero(numbers < 0)
        if len(unknown):
            firsts, which = keys.take(unknown).unique()
            numbers[unknown] = len(self) + which
            some = unknown[firsts]
            self._add(keys.take(some), list(_slices(data, starts[some], stops[some])))
        ends = np.cumsum(np.fromiter(map(len, flats), np.intp, len(flats)) + 1)
        chunks = np.diff(np.searchsorted(starts, ends), prepend=0)  # of each text
        own = self._sizes[numbers]
        which = concat_ranges(self._begins[numbers], own)
        within = np.repeat(np.repeat(np.arange(len(texts)), chunks), own)
        terms = self._words[which]
        known = np.zeros(len(self._terms), np.bool_)
        known[terms] = True
        distinct = np.flatnonzero(known)
        places = np.empty(len(known), np.intp)
        places[distinct] = np.arange(len(distinct))
        return TokenBatch(
            [self._terms[number] for number in distinct.tolist()],
            places[terms],
            within,
            _positions(within, self._shared[which], len(texts)),
        )

    def _make_keys(self, data: bytes, starts: NDArray[np.intp], stops: NDArray[np.intp]) -> _Keys:
        lengths = stops - starts
        windows = np.ndarray((len(data) - _KEY_BYTES + 1,), "<u8", data, strides=(1,))
        first = windows[starts] & _MASKS[np.minimum(lengths, _KEY_BYTES)]
        second = np.zeros_like(first)
        longer = np.flatnonzero(lengths > _KEY_BYTES)
        rest = np.minimum(lengths[longer] - _KEY_BYTES, _KEY_BYTES)
        second[longer] = windows[starts[longer] + _KEY_BYTES] & _MASKS[rest]
        # Chunks longer than a key are numbered.
        longer = longer[lengths[longer] > 2 * _KEY_BYTES]
        long = list(_slices(data, starts[longer], stops[longer]))
        self._long_bytes += sum(map(len, _number_new_words(self._long, long, _LONG_KEY)))
        first[longer] = np.fromiter(map(self._long.__getitem__, long), np.uint64, len(long))
        second[longer] = 0
        return _Keys(first, second)

    def _slots(self, keys: _Keys) -> NDArray[np.intp]:
        """Return the first slot to probe for each key."""
        mixed = (keys.first ^ keys.second * _HASH_FACTORS[0]) * _HASH_FACTORS[1]
        return (mixed >> np.uint64(64 - self._bits)).astype(np.intp)

    def _look_up(self, keys: _Keys) -> NDArray[np.intp]:
        """Return the chunk's number for each key, -1 if unknown."""
        slots = self._slots(keys)
        numbers = self._table[slots]
        others = np.flatnonzero((self._first[slots] != keys.first) | (self._second[slots] != keys.second))
        while len(others):  # a slot is free, or holds another key: then probe the next slot
            others = others[numbers[others] > 0]
            slots[others] = own = slots[others] + 1 & len(self._table) - 1
            numbers[others] = self._table[own]
            others = others[(self._first[own] != keys.first[others]) | (self._second[own] != keys.second[others])]
        return numbers.astype(np.intp) - 1

    def _add(self, keys: _Keys, chunks: Sequence[bytes]) -> None:
        """Add unknown chunks."""
        start = len(self)
        self._keys = _Keys(*map(np.concatenate, zip(self._keys, keys, strict=True)))
        self._tokenize(chunks)
        if 2 * len(self) > len(self._table):
            while 4 * len(self) > 1 << self._bits:
                self._bits += 1
            self._clear_table()
            start = 0
        self._insert(start)

    def _clear_table(self) -> None:
        self._table = np.zeros(1 << self._bits, np.int32)
        self._first, self._second = _Keys(*np.zeros((2, 1 << self._bits), np.uint64))

    def _insert(self, start: int) -> None:
        """Insert the chunks from a number on into the hash table."""
        waiting = np.arange(start, len(self))
        slots = self._slots(self._keys.take(waiting))
        while len(waiting):
            free = self._table[slots] == 0
            self._table[slots[free]] = waiting[free] + 1
            won = self._table[slots] == waiting + 1  # one of the chunks with the same slot
            own = slots[won]
            self._first[own], self._second[own] = self._keys.take(waiting[won])
            waiting, slots = waiting[~won], slots[~won] + 1 & len(self._table) - 1

    def _tokenize(self, chunks: Sequence[bytes]) -> None:
        # Most chunks are plain words, maybe with punctuation around them. These skip the tokenizer.
        plain = [chunk.strip(_PLAIN_EDGES) for chunk in chunks]
        terms = b"\n".join(plain).lower().decode("utf-8", "surrogatepass").split("\n")
        sizes = np.ones(len(chunks), np.intp)
        begins = np.arange(len(chunks))
        more: list[Token] = []  # the words of chunks without exactly one; they go behind all others
        for index, word in enumerate(plain):
            if not word.isalnum() or len(word) > MAX_WORD_CHARACTERS:
                found = self._tokenizer.tokenize(chunks[index].decode("utf-8", "surrogatepass"))
                if len(found) == 1:
                    terms[index] = to_term(found[0][3])
                else:
                    terms[index] = ""
                    sizes[index], begins[index] = len(found), len(chunks) + len(more)
                    more += found
        terms += [to_term(word) for _, _, _, word in more]
        self._terms += _number_new_words(self._term_ids, terms, 0)
        numbers = np.fromiter(map(self._term_ids.__getitem__, terms), np.intp, len(terms))
        shared = np.zeros(len(terms), np.bool_)
        shared[len(chunks) :] = [not step for _, _, step, _ in more]
        self._begins = np.concatenate([self._begins, begins + len(self._words)])
        self._sizes = np.concatenate([self._sizes, sizes])
        self._words = np.concatenate([self._words, numbers])
        self._shared = np.concatenate([self._shared, shared])


_caches: dict[Tokenizer, BatchTokenCache] = {}


def words(texts: Sequence[str], language: str) -> TokenBatch:
    """Return the words of texts in one language, as `analyzer.Tokens` has them."""
    tokenizer = analyzer_for(language).tokenizer
    cache = _caches.get(tokenizer)
    if cache is None or cache.size > MAX_CACHE_BYTES:
        cache = _caches[tokenizer] = BatchTokenCache(tokenizer)
    return cache.words(texts)


def _number_new_words(numbers: dict[_Name, int], names: Iterable[_Name], base: int) -> list[_Name]:
    """Assign numbers from `base` on to the names without one, and return these names."""
    new = [name for name in dict.fromkeys(names) if name not in numbers]
    numbers.update(zip(new, count(base + len(numbers)), strict=False))
    return new


def _slices(data: bytes, starts: NDArray[np.intp], stops: NDArray[np.intp]) -> Iterator[bytes]:
    return (data[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True))


def _positions(texts: NDArray[np.intp], shared: NDArray[np.bool_], count: int) -> NDArray[np.intp]:
    """Count the words before each word in its text, without those at the position of the next
    word.
    """
    if not len(texts):
        return texts
    moves = ~shared
    before: NDArray[np.intp] = np.cumsum(moves, dtype=np.intp)
    before -= moves
    held = np.bincount(texts, minlength=count)
    firsts = np.cumsum(held) - held
    before -= np.repeat(before[np.minimum(firsts, len(texts) - 1)], held)
    return before


def concat_ranges(starts: NDArray[np.intp], sizes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the ranges `start .. start + size` one after the other."""
    runs: NDArray[np.intp] = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    runs += np.arange(len(runs))
    return runs


def run_starts(*columns: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return True for each row of the columns that differs from the row before it."""
    new = np.zeros(len(columns[0]), np.bool_)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new
