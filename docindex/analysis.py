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
from array import array
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate, chain, repeat
from typing import TYPE_CHECKING

import Stemmer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
# A run of letters, digits and marks; what may join them into one word (apostrophes, full stops, silent
# characters) only between two of them; and a word's second half after a hyphen at a line's end.
_CHUNK = re.compile(rf"[{_IN}](?:[{_IN}{_SILENT}{_APOSTROPHES}.]*[{_IN}])?(?:[-‐]\n[ \t]*[^\W\d_][{_IN}{_SILENT}]*)?")
_BREAK = re.compile(r"[-‐]\n[ \t]*")
_LINE_END = re.compile(r"(?<=[-‐])(\n[ \t]*)(?=[^\W\d_])")
_PLAIN = re.compile(rf"[^{_APOSTROPHES}._\n]+\Z")
_BETWEEN_DOTS = re.compile(r"[^.]+")
_BETWEEN_APOSTROPHES = re.compile(rf"[^{_APOSTROPHES}]+")
_BETWEEN_LOW_LINES = re.compile(r"[^_]+")
# Scripts written without blanks between words: Thai, Lao, Burmese, Khmer, kana, Han.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\uff66-\uff9f\U00020000-\U0003ffff]+"
)
_CLUSTER = re.compile(rf"[^{_MARKS}][{_MARKS}]*|[{_MARKS}]+")

ELIDED = frozenset(
    {"l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"}
    | {"un", "all", "dall", "dell", "nell", "sull", "gl", "quest"}
)
"""Words that lose their vowel, and count for nothing, before an apostrophe."""

Forms = tuple[str, ...]
"""A word's terms, the folded form first."""
_SEVERAL: Forms = ()
_Piece = tuple[int, int, int, Forms]  # start and stop within the chunk, positions to move on, terms


class Tokens:
    """The words of a text, in order: columns of one length. Where they stand is looked up when it is asked for.

    Two tokens share a position where one piece of text is read in two ways (`30.322` as one number and as two).
    """

    __slots__ = ("_chunks", "_lexicon", "_spans", "_text", "forms", "positions")

    def __init__(self, text: str, language: str) -> None:
        self._text = text
        self._lexicon = _lexicon(language)
        self._lexicon.keep_small()
        self._chunks = _between_blanks(text)
        self._spans: tuple[array[int], array[int]] | None = None
        # Nothing here runs once for each word but what C runs.
        self.forms: list[Forms] = list(map(self._lexicon.__getitem__, self._chunks))
        self.positions: Sequence[int] = range(len(self.forms))  # from 0, never falling
        if _SEVERAL in self.forms:
            self._spread()

    def _spread(self) -> None:
        """Put the words of those chunks that are none, or several, in their place."""
        forms: list[Forms] = []
        several: list[str] = []
        done = 0
        for index in _indexes(self.forms, _SEVERAL):
            several.append(self._chunks[index])
            forms += self.forms[done:index]
            forms += self._lexicon.several[several[-1]]
            done = index + 1
        forms += self.forms[done:]
        self.forms, self.positions = forms, range(len(forms))
        if not self._lexicon.doubled.isdisjoint(several):
            steps = chain.from_iterable(map(self._lexicon.steps.get, self._chunks, repeat((1,))))
            self.positions = list(accumulate(steps, initial=0))[:-1]

    @property
    def starts(self) -> array[int]:
        """Where each word begins, in characters of the text: half-open with `stops`."""
        return self._placed()[0]

    @property
    def stops(self) -> array[int]:
        """Where each word ends."""
        return self._placed()[1]

    def _placed(self) -> tuple[array[int], array[int]]:
        if self._spans is None:
            self._spans = array("I"), array("I")
            starts, stops = self._spans
            stop = 0
            for chunk in self._chunks:
                start = self._text.index(chunk, stop)
                stop = start + len(chunk)
                if chunk not in self._lexicon:
                    self._lexicon[chunk]  # forgotten since
                spans = self._lexicon.spans.get(chunk)
                if spans is None:
                    starts.append(start)
                    stops.append(stop)
                else:
                    for first, last in spans:
                        starts.append(start + first)
                        stops.append(start + last)
        return self._spans


def _between_blanks(text: str) -> list[str]:
    """A text cut at its blanks, across which no word lies but one that is hyphenated at a line's end."""
    if "-\n" not in text and "‐\n" not in text:
        return text.split()
    first, *others = _LINE_END.split(text)
    if not others:
        return first.split()
    *chunks, half = first.split()
    joined = [half]
    for blank, rest in zip(others[::2], others[1::2], strict=True):
        half, *more = rest.split()
        joined += (blank, half)
        if more:
            chunks.append("".join(joined))
            chunks += more[:-1]
            joined = more[-1:]
    return [*chunks, "".join(joined)]


def _indexes(values: Sequence[Forms], wanted: Forms) -> Iterator[int]:
    index = -1
    with suppress(ValueError):
        while True:
            index = values.index(wanted, index + 1)
            yield index


def recipe() -> str:
    """A digest of all that decides which terms a text gives: this module, its stemmers, its Unicode tables."""
    parts = (VERSION, Stemmer.version(), unicodedata.unidata_version, sorted(_ALGORITHMS.items()))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def analyse(text: str, language: str) -> Tokens:
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


def has_stemmer(language: str) -> bool:
    """Whether words of this language are reduced to stems."""
    return language in _ALGORITHMS


@lru_cache(maxsize=64)
def _lexicon(language: str) -> _Lexicon:
    return _Lexicon(language)


class _Lexicon(dict[str, Forms]):
    """The terms of each piece of text between blanks, in one language: words recur, so each is analysed once.

    Of a piece that is no word, or several, these are `_SEVERAL`, and the words stand elsewhere.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        algorithm = _ALGORITHMS.get(language)
        # The stemmer's own cache would hold the same words a second time.
        self._stem = Stemmer.Stemmer(algorithm, 0).stemWord if algorithm else None
        self._forms_of: dict[str, Forms] = {}
        self._held = 0  # characters
        self.several: dict[str, list[Forms]] = {}
        self.spans: dict[str, list[tuple[int, int]]] = {}
        """Where the words of a chunk are, if they are not one from end to end."""
        self.steps: dict[str, list[int]] = {}
        """How many positions the words of a chunk take, if they are not one word, and one position."""
        self.doubled: set[str] = set()
        """Chunks that have two words at one position."""

    def __missing__(self, chunk: str) -> Forms:
        pieces = [
            (word.start() + start, word.start() + stop, step, forms)
            for word in _CHUNK.finditer(chunk)
            for start, stop, step, forms in self._pieces(word.group())
        ]
        spans = [(start, stop) for start, stop, _, _ in pieces]
        steps = [step for _, _, step, _ in pieces]
        if spans != [(0, len(chunk))]:
            self.spans[chunk] = spans
        if steps != [1]:
            self.several[chunk] = [forms for _, _, _, forms in pieces]
            self.steps[chunk] = steps
        if 0 in steps:
            self.doubled.add(chunk)
        self._held += len(chunk)
        self[chunk] = found = pieces[0][3] if steps == [1] else _SEVERAL
        return found

    def keep_small(self) -> None:
        """Begin anew rather than grow with all that was ever read."""
        if len(self) > MAX_CACHED or self._held > MAX_HELD:
            for kept in (self, self.several, self.spans, self.steps, self.doubled):
                kept.clear()
            self._held = 0
        if len(self._forms_of) > MAX_CACHED:
            self._forms_of.clear()

    def _pieces(self, chunk: str) -> list[_Piece]:
        if _PLAIN.match(chunk):
            return self._word(chunk, 0)
        halves = _BREAK.search(chunk)
        if halves:
            return self._hyphenated(chunk, halves.start(), halves.end())
        parts = [(part.group(), part.start()) for part in _BETWEEN_DOTS.finditer(chunk)]
        if len(parts) > 1 and all(len(part) == 1 and part.isalpha() for part, _ in parts):
            return [self._piece(chunk, 0, chunk.replace(".", ""))]
        pieces = [piece for part, start in parts for piece in self._apostrophes(part, start)]
        if len(parts) > 1 and all(part.isdigit() for part, _ in parts):
            return [self._piece(chunk, 0, chunk.replace(".", ""), step=0), *pieces]
        return pieces

    def _hyphenated(self, chunk: str, stop: int, start: int) -> list[_Piece]:
        """A word cut at a line's end: joined, and its halves (`Al-⏎Qaïda` keeps its hyphen when unbroken)."""
        left, right = self._pieces(chunk[:stop]), self._pieces(chunk[start:])
        whole = self._piece(chunk, 0, chunk[left[-1][0] : stop] + chunk[start:], begin=left[-1][0])
        joined = (whole[0], whole[1], 0, whole[3])
        after = [(start + first, start + last, step, forms) for first, last, step, forms in right]
        return [*left[:-1], joined, left[-1], *after]

    def _apostrophes(self, part: str, base: int) -> list[_Piece]:
        words = [(word.start(), word.end()) for word in _BETWEEN_APOSTROPHES.finditer(part)]
        while len(words) > 1 and part[slice(*words[0])].lower() in ELIDED:
            del words[0]
        if len(words) > 1 and part[slice(*words[-1])].lower() == "s":
            del words[-1]
        if len(words) == 1:
            start, stop = words[0]
            return [
                piece
                for word in _BETWEEN_LOW_LINES.finditer(part, start, stop)
                for piece in self._word(word.group(), base + word.start())
            ]
        start, stop = words[0][0], words[-1][1]
        joined = "".join(part[first:last] for first, last in words).replace("_", "")
        return [self._piece(part[start:stop], base + start, joined)]

    def _word(self, word: str, base: int) -> list[_Piece]:
        if not word.isascii() and _UNSPACED.search(word):
            return self._unspaced(word, base)
        if len(word) <= MAX_WORD:
            return [self._piece(word, base, word)]
        cuts = range(0, len(word), MAX_WORD)
        return [self._piece(word[cut : cut + MAX_WORD], base + cut, word[cut : cut + MAX_WORD]) for cut in cuts]

    def _unspaced(self, word: str, base: int) -> list[_Piece]:
        """Pairs of neighbours, as Lucene's CJK analysis has them, and each character by itself for short queries."""
        pieces: list[_Piece] = []
        done = 0
        for run in _UNSPACED.finditer(word):
            if run.start() > done:
                pieces += self._word(word[done : run.start()], base + done)
            clusters = [cluster.span() for cluster in _CLUSTER.finditer(run.group())]
            for (start, stop), following in zip(clusters, [*clusters[1:], None], strict=True):
                text, at = run.group(), base + run.start() + start
                if following:
                    pair = text[start : following[1]]
                    pieces.append(self._piece(pair, at, pair, step=0))
                pieces.append(self._piece(text[start:stop], at, text[start:stop]))
            done = run.end()
        return pieces + (self._word(word[done:], base + done) if done < len(word) else [])

    def _piece(self, shown: str, base: int, word: str, *, step: int = 1, begin: int = 0) -> _Piece:
        return (base + begin, base + len(shown), step, self._forms(word))

    def _forms(self, word: str) -> Forms:
        known = self._forms_of.get(word)
        if known is None:
            known = self._forms_of[word] = self._reduced(word)
        return known

    def _reduced(self, word: str) -> Forms:
        exact = word.lower()
        if not word.isascii():
            exact = unicodedata.normalize("NFC", _SILENCE.sub("", exact))
        folded = sys.intern(fold(word))
        stem = fold(self._stem(exact)) if self._stem else folded
        forms = [folded]
        if stem and stem != folded:
            forms.append(sys.intern(STEM + stem))
        if exact != folded:
            forms.append(folded + EXACT + exact)
        return tuple(forms)


Slot = dict[str, float]
"""One position of a query: the terms that may stand there, and what one occurrence of each is worth (to 1)."""

SAME_STEM = 0.6
"""What another form of the word is worth beside the word itself."""
SAME_ACCENTS = 0.1
"""How much of an occurrence's worth goes to the accents being those that were typed."""


def slots(text: str, language: str, *, exact: bool = False) -> list[Slot]:
    """The positions that a query's words ask for, in a record of this language; several for `F-2014-20439`.

    `exact` leaves only the forms as typed, but for case: no stems, no folding.
    """
    tokens = analyse(text, language)
    found: list[Slot] = []
    done = 0
    # Of two readings of one piece of text (30.322 as one number, a pair of Han characters) the longer counts.
    for forms, stop in zip(tokens.forms, tokens.stops, strict=True):
        if stop > done:
            found.append(_exact_slot(forms) if exact else _slot(forms))
            done = stop
    return found


def _slot(forms: Forms) -> Slot:
    folded = forms[0]
    stem = next((form[len(STEM) :] for form in forms if form.startswith(STEM)), folded)
    accents = [form for form in forms if EXACT in form]
    slot = {folded: 1.0 - (SAME_ACCENTS if accents else 0.0)}
    for form in accents:
        slot[form] = SAME_ACCENTS
    if stem != folded:
        # Here an occurrence of the word itself is posted under its stem as well.
        slot[folded] -= SAME_STEM
        slot[stem] = SAME_STEM
    slot[STEM + stem] = SAME_STEM
    return slot


def _exact_slot(forms: Forms) -> Slot:
    return {forms[-1] if EXACT in forms[-1] else forms[0]: 1.0}
