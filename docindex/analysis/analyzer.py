"""How text becomes terms: the one recipe by which records are indexed, queries are read and matches are marked.

Pure. A text and its language give tokens: for each word its terms, its position and its place in the text.
Normalisation works on one word at a time, so a place is always a place in the text as it stands, whatever
was folded, joined or stripped (Unicode Standard Annex 15 for the normal forms, Snowball for the stems).

A word has up to three terms:

* its folded form, `algerie`: compatibility forms resolved, case and accents gone, letters unified;
* its stem, `~alger`, where that is not the folded form itself;
* its exact form behind the folded one, `algerie<US>algérie`, where folding took something away.
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from collections import deque
from contextlib import suppress
from functools import cache, lru_cache
from itertools import accumulate, compress, count
from operator import add, not_
from typing import TYPE_CHECKING

import Stemmer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

VERSION = 1
"""Raised whenever the same text may give other terms: an index made with another recipe is made anew."""

STEM = "~"
"""Opens a stem among the terms; no folded form begins with it."""
EXACT = "\x1f"
"""Stands between a folded form and the exact form (the unit separator of ASCII)."""

MAX_WORD = 128  # characters; what is longer is cut, so that no term grows with its document
MAX_CACHED = 200_000  # distinct pieces of text remembered for a language
MAX_HELD = 10_000_000  # their characters

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "nb": "norwegian",
    "nn": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "st": "sesotho", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

# Letters that stay one letter in every normal form, though people type them as another.
_LETTERS = str.maketrans({
    "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "þ": "th", "ŋ": "n",
    "ٱ": "ا", "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي", "ہ": "ه", "ھ": "ه", "ء": None,
    **{chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966) for digit in range(10)},
})  # fmt: skip

# Marks that readers leave out: accents, niqqud, tashkeel. Vowel signs of Indic scripts are no such marks.
_ACCENTS = re.compile(
    r"[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff]+"
)
# Characters that stand inside a word and say nothing: soft hyphen, joiners, direction marks, tatweel.
_SILENT = "\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_SILENCE = re.compile(f"[{_SILENT}]+")
# Combining marks, which `\w` leaves out: by ranges of the scripts that use them.
_MARKS = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    r"\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u08d3-\u08ff"
    r"\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d"
    r"\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b4d\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c4d"
    r"\u0c81-\u0c83\u0cbc-\u0ccd\u0d00-\u0d03\u0d3b-\u0d4d\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    r"\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f18-\u0f3f\u0f71-\u0f84\u102b-\u103e\u17b4-\u17d3\u1ab0-\u1aff"
    r"\u1dc0-\u1dff\u20d0-\u20f0\u302a-\u302f\u3099\u309a\ufe20-\ufe2f"
)
_APOSTROPHES = "'’ʼ‘＇"
_IN = rf"\w{_MARKS}"
# A hyphen at a line's end with the blanks after it, where a word goes on: it is kept from the blanks that part words.
# Two, as what begins with two characters that are given is found four times as fast as with one of several.
_LINE_END = re.compile(r"-\n[ \t]*(?=[^\W\d_])")
_UNICODE_LINE_END = re.compile(r"‐\n[ \t]*(?=[^\W\d_])")
_HYPHEN, _GAP = "\x01", "\x02"
_BREAK = re.compile(f"[{_HYPHEN}‐]{_GAP}+")
# Of ASCII, what stands in words stays, all else becomes a blank; the bytes of other characters stay.
_BLANKED = bytes(
    byte if byte > 127 or chr(byte).isalnum() or chr(byte) in f"_'.{_HYPHEN}{_GAP}" else 32 for byte in range(256)
)
# A run of letters, digits and marks; what may join them into one word (apostrophes, full stops, silent
# characters) only between two of them; and a word's second half after a hyphen at a line's end.
_ASCII_CHUNK = re.compile(rf"\w(?:[\w'.]*\w)?(?:{_HYPHEN}{_GAP}+[a-zA-Z]\w*)?", re.ASCII)
_BETWEEN_DOTS = re.compile(r"[^.]+")
_BETWEEN_APOSTROPHES = re.compile(rf"[^{_APOSTROPHES}]+")
_BETWEEN_LOW_LINES = re.compile(r"[^_]+")
_FIRST_UNSPACED = "\u0e00"  # no script before it is written without blanks between words


@cache
def _chunk() -> re.Pattern[str]:
    """Compiled when the first text that is not ASCII wants it: it takes long, for so many marks."""
    return re.compile(
        rf"[{_IN}](?:[{_IN}{_SILENT}{_APOSTROPHES}.]*[{_IN}])?(?:[{_HYPHEN}‐]{_GAP}+[^\W\d_][{_IN}{_SILENT}]*)?"
    )


@cache
def _unspaced() -> re.Pattern[str]:
    """Scripts written without blanks between words: Thai, Lao, Burmese, Khmer, kana, Han."""
    return re.compile(
        r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
        r"\uff66-\uff9f\U00020000-\U0003ffff]+"
    )


@cache
def _cluster() -> re.Pattern[str]:
    """A character with its marks."""
    return re.compile(rf"[^{_MARKS}][{_MARKS}]*|[{_MARKS}]+")


ELIDED = frozenset(
    {"l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"}
    | {"un", "all", "dall", "dell", "nell", "sull", "gl", "quest"}
)
"""Words that lose their vowel, and count for nothing, before an apostrophe."""

Forms = tuple[str, ...]
"""A word's terms, the folded form first."""
SEVERAL = ""
"""Stands for a piece of text between blanks that is no word, or several."""
Piece = tuple[int, int, int, str]
"""A word within a piece of text between blanks: start and stop, positions to move on, term."""


class Tokens:
    """The words of a text, in order: columns of one length. Where they stand is looked up when it is asked for.

    Two tokens share a position where one piece of text is read in two ways (`30.322` as one number and as two).
    """

    __slots__ = ("_flat", "_generation", "_lexicon", "_spans", "positions", "terms")

    def __init__(self, text: str, language: str) -> None:
        self._lexicon = lexicon(language)
        self._generation = self._lexicon.generation
        self._flat = flat(text).decode("utf-8", "surrogatepass")
        self._spans: tuple[list[int], list[int]] | None = None
        chunks = self._flat.split()
        # Nothing here runs once for each word but what C runs.
        self.terms: list[str] = list(map(self._lexicon.__getitem__, chunks))
        """What each word is posted under: its folded form and, where folding took something away, its exact form."""
        self.positions: Sequence[int] = range(len(self.terms))
        """Of each word, from 0, never falling."""
        if SEVERAL in self.terms:
            self._spread(chunks)

    def _spread(self, chunks: Sequence[str]) -> None:
        """Put the words of those chunks that are none, or several, in their place."""
        terms: list[str] = []
        doubled: list[int] = []  # words that share their position with the next
        done = 0
        for index in indexes(self.terms, SEVERAL):
            terms += self.terms[done:index]
            for _, _, step, term in self._lexicon.parted[chunks[index]]:
                if not step:
                    doubled.append(len(terms))
                terms.append(term)
            done = index + 1
        terms += self.terms[done:]
        self.terms, self.positions = terms, range(len(terms))
        if doubled:
            steps = [1] * len(terms)
            for index in doubled:
                steps[index] = 0
            self.positions = list(accumulate(steps, initial=0))[:-1]

    @property
    def forms(self) -> list[Forms]:
        """All terms of each word."""
        return list(map(self._lexicon.forms.__getitem__, self.terms))

    def different(self) -> Iterable[tuple[str, Forms]]:
        """What the different words are posted under, each with all its terms."""
        return ((term, self._lexicon.forms[term]) for term in set(self.terms))

    @property
    def starts(self) -> Sequence[int]:
        """Where each word begins, in characters of the text: half-open with `stops`."""
        return self._placed()[0]

    @property
    def stops(self) -> Sequence[int]:
        """Where each word ends."""
        return self._placed()[1]

    def _placed(self) -> tuple[list[int], list[int]]:
        if self._spans is None:
            pieces = self._flat.split(" ")
            chunks = list(filter(None, pieces))
            if not self._flat.isascii() or self._lexicon.generation != self._generation:
                # Cut at other blanks than these, they were other chunks; or they have been forgotten since.
                deque(map(self._lexicon.__getitem__, chunks), maxlen=0)
            before = compress(accumulate(map(len, pieces), initial=0), pieces)
            starts = list(map(add, before, compress(count(), pieces)))
            stops = list(map(add, starts, map(len, chunks)))
            self._spans = self._within(chunks, starts, stops)
        return self._spans

    def _within(self, chunks: Sequence[str], starts: list[int], stops: list[int]) -> tuple[list[int], list[int]]:
        """The places of the words, from those of the chunks that they are in."""
        if self._flat.isascii() and max(map(len, chunks), default=0) <= MAX_WORD:
            # Letters and digits alone are one word, and telling them takes a third of looking each chunk up.
            whole = map(str.isalnum, chunks)
            parted = [index for index in compress(count(), map(not_, whole)) if chunks[index] in self._lexicon.parted]
        else:
            parted = list(compress(count(), map(self._lexicon.parted.__contains__, chunks)))
        first: list[int] = []
        last: list[int] = []
        done = 0
        for index in parted:
            first += starts[done:index]
            last += stops[done:index]
            base = starts[index]
            for start, stop, _, _ in self._lexicon.parted[chunks[index]]:
                first.append(base + start)
                last.append(base + stop)
            done = index + 1
        return (first + starts[done:], last + stops[done:]) if done else (starts, stops)


def flat(text: str) -> bytes:
    """A text in UTF-8 with a blank for each character of ASCII that stands in no word: of the same length."""
    if _GAP in text:  # one of its own is no hyphenation
        text = text.replace(_GAP, " ")
    text = _LINE_END.sub(_held, text)
    if "‐" in text:
        text = _UNICODE_LINE_END.sub(_held, text)
    return text.encode("utf-8", "surrogatepass").translate(_BLANKED)


def _held(end: re.Match[str]) -> str:
    hyphen = end[0][0]
    return (_HYPHEN if hyphen == "-" else hyphen) + _GAP * (len(end[0]) - 1)


def indexes(values: Sequence[str], wanted: str) -> Iterator[int]:
    index = -1
    with suppress(ValueError):
        while True:
            index = values.index(wanted, index + 1)
            yield index


def fingerprint() -> str:
    """A digest of all that decides which terms a text gives: this module, its stemmers, its Unicode tables."""
    parts = (VERSION, Stemmer.version(), unicodedata.unidata_version, sorted(_ALGORITHMS.items()))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def analyze(text: str, language: str) -> Tokens:
    """The tokens of a text in a language (an ISO 639 code; "und" and languages without a stemmer: no stems)."""
    return Tokens(text, language)


def fold(word: str) -> str:
    """The folded form of one word: NFKC, case folded, accents and silent characters gone, letters unified."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", _SILENCE.sub("", word)).casefold())
    # The breve of Cyrillic й makes another letter, not an accent on и.
    letters = letters.replace("и\u0306", "й")
    return unicodedata.normalize("NFC", _ACCENTS.sub("", letters)).translate(_LETTERS) or word


def stems(words: Sequence[str], language: str) -> list[str]:
    """The stems, folded, of words as their exact forms are; without a stemmer the folded words themselves."""
    algorithm = _ALGORITHMS.get(language)
    return list(map(fold, Stemmer.Stemmer(algorithm, 0).stemWords(words) if algorithm else words))


def lexicon(language: str) -> Lexicon:
    """The terms of a language's words. They are not to be kept: the next who asks may begin it anew."""
    found = _lexicon(language)
    found.keep_small()
    return found


@lru_cache(maxsize=64)
def _lexicon(language: str) -> Lexicon:
    return Lexicon(language)


class Lexicon(dict[str, str]):
    """The term of each piece of text between blanks, in one language: words recur, so each is analysed once.

    Of a piece that is no word, or several, this is `SEVERAL`, and its words stand elsewhere.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self.forms = _FormsOf(language)
        self.parted: dict[str, Sequence[Piece]] = {}
        """The words of those pieces of text that are not one word from end to end."""
        self.generation = 0
        """How often all was forgotten."""
        self._held = 0  # characters

    def __missing__(self, chunk: str) -> str:
        self._held += len(chunk)
        pieces = words_of(chunk)
        if len(pieces) != 1 or pieces[0][:2] != (0, len(chunk)):
            self.parted[chunk] = pieces
        self[chunk] = term = pieces[0][3] if len(pieces) == 1 else SEVERAL
        return term

    def keep_small(self) -> None:
        """Begin anew rather than grow with all that was ever read."""
        if len(self) > MAX_CACHED or self._held > MAX_HELD:
            self.clear()
            self.parted.clear()
            self.generation += 1
            self._held = 0
        if len(self.forms) > MAX_CACHED:
            self.forms.clear()


class _FormsOf(dict[str, Forms]):
    """All terms of a word, by the one that it is posted under."""

    def __init__(self, language: str) -> None:
        super().__init__()
        algorithm = _ALGORITHMS.get(language)
        # The stemmer's own cache would hold the same words a second time.
        self._stem = Stemmer.Stemmer(algorithm, 0).stemWord if algorithm else None

    def __missing__(self, term: str) -> Forms:
        folded, _, exact = term.partition(EXACT)
        stem = fold(self._stem(exact or folded)) if self._stem else folded
        forms = [folded]
        if stem and stem != folded:
            forms.append(STEM + stem)
        if exact:
            forms.append(term)
        self[term] = found = tuple(forms)
        return found


def words_of(chunk: str) -> list[Piece]:
    """The words in a piece of text between blanks."""
    # Nine in ten are of this kind, with what ends a sentence or quotes; the long way takes half as long again.
    plain = chunk.strip(".'")
    if plain.isalnum() and plain.isascii() and len(plain) <= MAX_WORD:
        start = chunk.index(plain)
        return [(start, start + len(plain), 1, sys.intern(plain.lower()))]
    if _is_word(chunk):
        return [(0, len(chunk), 1, _term(chunk))]
    pattern = _ASCII_CHUNK if chunk.isascii() else _chunk()
    return [
        (word.start() + start, word.start() + stop, step, term)
        for word in pattern.finditer(chunk)
        for start, stop, step, term in _pieces(word.group())
        if term  # low lines and apostrophes in turn leave none
    ]


def _is_word(chunk: str) -> bool:
    """Whether a chunk is surely one word, from end to end."""
    return chunk.isalnum() and len(chunk) <= MAX_WORD and max(chunk) < _FIRST_UNSPACED and "ʼ" not in chunk


def _term(word: str) -> str:
    """What a word is posted under."""
    exact = word.lower()
    if not word.isascii():
        exact = unicodedata.normalize("NFC", _SILENCE.sub("", exact))
    folded = fold(word)
    return sys.intern(folded if exact == folded else folded + EXACT + exact)


def _pieces(chunk: str) -> list[Piece]:
    halves = _BREAK.search(chunk)
    if halves:
        return _hyphenated(chunk, halves.start(), halves.end())
    parts = [(part.group(), part.start()) for part in _BETWEEN_DOTS.finditer(chunk)]
    if len(parts) > 1 and all(len(part) == 1 and part.isalpha() for part, _ in parts):
        return [_piece(chunk, 0, chunk.replace(".", ""))]
    pieces = [piece for part, start in parts for piece in _apostrophes(part, start)]
    if len(parts) > 1 and all(part.isdigit() for part, _ in parts):
        return [_piece(chunk, 0, chunk.replace(".", ""), step=0), *pieces]
    return pieces


def _hyphenated(chunk: str, stop: int, start: int) -> list[Piece]:
    """A word cut at a line's end: joined, and its halves (`Al-⏎Qaïda` keeps its hyphen when unbroken)."""
    left, right = _pieces(chunk[:stop]), _pieces(chunk[start:])
    after = [(start + first, start + last, step, term) for first, last, step, term in right]
    if not left:  # a low line or an apostrophe is all that stands before the hyphen
        return after
    whole = _piece(chunk, 0, chunk[left[-1][0] : stop] + chunk[start:], begin=left[-1][0])
    joined = (whole[0], whole[1], 0, whole[3])
    return [*left[:-1], joined, left[-1], *after]


def _apostrophes(part: str, base: int) -> list[Piece]:
    words = [(word.start(), word.end()) for word in _BETWEEN_APOSTROPHES.finditer(part)]
    if not words:  # an apostrophe that is a letter to Unicode (U+02BC), by itself
        return []
    while len(words) > 1 and part[slice(*words[0])].lower() in ELIDED:
        del words[0]
    if len(words) > 1 and part[slice(*words[-1])].lower() == "s":
        del words[-1]
    if len(words) == 1:
        start, stop = words[0]
        return [
            piece
            for word in _BETWEEN_LOW_LINES.finditer(part, start, stop)
            for piece in _word(word.group(), base + word.start())
        ]
    start, stop = words[0][0], words[-1][1]
    joined = "".join(part[first:last] for first, last in words).replace("_", "")
    return [_piece(part[start:stop], base + start, joined)]


def _word(word: str, base: int) -> list[Piece]:
    if not word.isascii() and _unspaced().search(word):
        return _clusters(word, base)
    if len(word) <= MAX_WORD:
        return [_piece(word, base, word)]
    cuts = range(0, len(word), MAX_WORD)
    return [_piece(word[cut : cut + MAX_WORD], base + cut, word[cut : cut + MAX_WORD]) for cut in cuts]


def _clusters(word: str, base: int) -> list[Piece]:
    """Pairs of neighbours, as Lucene's CJK analysis has them, and each character by itself for short queries."""
    pieces: list[Piece] = []
    done = 0
    for run in _unspaced().finditer(word):
        if run.start() > done:
            pieces += _word(word[done : run.start()], base + done)
        clusters = [cluster.span() for cluster in _cluster().finditer(run.group())]
        for (start, stop), following in zip(clusters, [*clusters[1:], None], strict=True):
            text, at = run.group(), base + run.start() + start
            if following:
                pair = text[start : following[1]]
                pieces.append(_piece(pair, at, pair, step=0))
            pieces.append(_piece(text[start:stop], at, text[start:stop]))
        done = run.end()
    return pieces + (_word(word[done:], base + done) if done < len(word) else [])


def _piece(shown: str, base: int, word: str, *, step: int = 1, begin: int = 0) -> Piece:
    return (base + begin, base + len(shown), step, _term(word))
