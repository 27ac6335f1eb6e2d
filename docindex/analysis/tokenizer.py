"""Tokenization: text to whitespace-separated chunks, and each chunk to words.

A chunk is cut without a look at its neighbours, so that a cache can store the words of each chunk.
Every character keeps its offset: text and chunks have the same length throughout.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from docindex.analysis.folding import IGNORABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Segmenter = Callable[[str], Iterable[tuple[int, int, int]]]
    """Cuts a run of letters without spaces into (start, stop, position increment)."""

MAX_WORD_CHARACTERS = 128
"""Longer words are cut, so that no term grows with its document."""

Token = tuple[int, int, int, str]
"""Start and stop within a chunk, position increment, word.

An increment of 0 gives the next token the same position: two readings of one piece of text.
"""

PLAIN_EDGES = ".'"
"""Characters around an ASCII chunk of letters and digits that leave it one word."""

# Combining marks, which `\w` does not match, by the scripts that use them.
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
# A hyphen at the end of a line and the blanks after it, if a word continues there. Two patterns: a
# pattern that begins with two literal characters is found four times as fast as one with a set.
_LINE_END = re.compile(r"-\n[ \t\f]*(?=[^\W\d_])")
_UNICODE_LINE_END = re.compile(r"‐\n[ \t\f]*(?=[^\W\d_])")
_OCR_LINE_END = re.compile(r"(?<=[^\W\d_])[\xad¬]\n[ \t\f]*(?=[^\W\d_])")
# They stand for that hyphen and those blanks, so that the chunk is not split there.
_HYPHEN, _GAP = "\x01", "\x02"
_BREAK = re.compile(f"[{_HYPHEN}‐]{_GAP}+")
# Of ASCII, the characters of words stay and all others become blanks. Other bytes stay.
_BLANKED = bytes(
    byte if byte > 127 or chr(byte).isalnum() or chr(byte) in f"_'.{_HYPHEN}{_GAP}" else 32 for byte in range(256)
)
# Letters, digits and marks; apostrophes, full stops and ignorable characters between two of them;
# the second half of a word hyphenated at the end of a line.
_ASCII_WORD = re.compile(rf"\w(?:[\w'.]*\w)?(?:{_HYPHEN}{_GAP}+[a-zA-Z]\w*)?", re.ASCII)
_BETWEEN_DOTS = re.compile(r"[^.]+")
_BETWEEN_APOSTROPHES = re.compile(rf"[^{_APOSTROPHES}]+")
_BETWEEN_UNDERSCORES = re.compile(r"[^_]+")
_FIRST_UNSPACED = "\u0e00"  # every script before it puts blanks between words

ELIDED = frozenset(
    {"l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"}
    | {"un", "all", "dall", "dell", "nell", "sull", "gl", "quest"}
)
"""Words that lose their vowel before an apostrophe. They are not indexed there."""


@cache
def _word_pattern() -> re.Pattern[str]:
    """Compile the pattern at the first text that is not ASCII: with so many marks it takes long."""
    return re.compile(
        rf"[{_IN}](?:[{_IN}{IGNORABLE}{_APOSTROPHES}.]*[{_IN}])?(?:[{_HYPHEN}‐]{_GAP}+[^\W\d_][{_IN}{IGNORABLE}]*)?"
    )


@cache
def _unspaced() -> re.Pattern[str]:
    """Compile the pattern of scripts without spaces: Thai, Lao, Burmese, Khmer, kana, Han."""
    return re.compile(
        r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
        r"\uff66-\uff9f\U00020000-\U0003ffff]+"
    )


@cache
def _cluster() -> re.Pattern[str]:
    """Compile the pattern of one character and its marks."""
    return re.compile(rf"[^{_MARKS}][{_MARKS}]*|[{_MARKS}]+")


def blank_separators(text: str) -> bytes:
    """Return the text in UTF-8 with blanks for the ASCII characters outside words.

    The number of characters stays the same.
    """
    if _GAP in text:  # a gap in the text itself is no hyphenation
        text = text.replace(_GAP, " ")
    text = _LINE_END.sub(_keep_together, text)
    if "‐" in text:
        text = _UNICODE_LINE_END.sub(_keep_together, text)
    if "\xad\n" in text or "¬\n" in text:
        text = _OCR_LINE_END.sub(_keep_together, text)
    return text.encode("utf-8", "surrogatepass").translate(_BLANKED)


def _keep_together(end: re.Match[str]) -> str:
    hyphen = end[0][0]
    return (hyphen if hyphen == "‐" else _HYPHEN) + _GAP * (len(end[0]) - 1)


def bigrams(run: str) -> Iterable[tuple[int, int, int]]:
    """Cut a run into pairs of characters, as Lucene's CJK analysis does, and single characters.

    The single characters serve queries of one character.
    """
    clusters = [cluster.span() for cluster in _cluster().finditer(run)]
    for (start, stop), following in zip(clusters, [*clusters[1:], None], strict=True):
        if following:
            yield start, following[1], 0
        yield start, stop, 1


class Tokenizer:
    """Cuts chunks into words. A segmenter cuts the runs of scripts without spaces between words."""

    def __init__(self, segmenter: Segmenter = bigrams, name: str = "standard") -> None:
        """Name the tokenizer so that indexes are rebuilt with another one."""
        self.name = name
        self._segmenter = segmenter

    def tokenize(self, chunk: str) -> list[Token]:
        """Return the words of a chunk without whitespace."""
        # Nine chunks in ten are plain words; the general way takes half as long again.
        plain = chunk.strip(PLAIN_EDGES)
        if plain.isalnum() and plain.isascii() and len(plain) <= MAX_WORD_CHARACTERS:
            start = chunk.index(plain)
            return [(start, start + len(plain), 1, plain)]
        if _is_word(chunk):
            return [(0, len(chunk), 1, chunk)]
        pattern = _ASCII_WORD if chunk.isascii() else _word_pattern()
        return [
            (word.start() + start, word.start() + stop, step, text)
            for word in pattern.finditer(chunk)
            for start, stop, step, text in self._tokens(word.group())
            if text  # underscores and apostrophes in turn leave no text
        ]

    def _tokens(self, chunk: str) -> list[Token]:
        halves = _BREAK.search(chunk)
        if halves:
            return self._hyphenated(chunk, halves.start(), halves.end())
        parts = [(part.group(), part.start()) for part in _BETWEEN_DOTS.finditer(chunk)]
        if len(parts) > 1 and all(len(part) == 1 and part.isalpha() for part, _ in parts):
            return [_token(chunk, 0, chunk.replace(".", ""))]
        tokens = [token for part, start in parts for token in self._without_elisions(part, start)]
        if len(parts) > 1 and all(part.isdigit() for part, _ in parts):
            return [_token(chunk, 0, chunk.replace(".", ""), step=0), *tokens]
        return tokens

    def _hyphenated(self, chunk: str, stop: int, start: int) -> list[Token]:
        """Return a word hyphenated at the end of a line as one word and as its halves.

        `Al-⏎Qaïda` keeps its hyphen on an unbroken line, so that the halves are needed too.
        """
        left, right = self._tokens(chunk[:stop]), self._tokens(chunk[start:])
        after = [(start + first, start + last, step, word) for first, last, step, word in right]
        if not left:  # only underscores or apostrophes stand before the hyphen
            return after
        whole = _token(chunk, 0, chunk[left[-1][0] : stop] + chunk[start:], begin=left[-1][0])
        joined = (whole[0], whole[1], 0, whole[3])
        return [*left[:-1], joined, left[-1], *after]

    def _without_elisions(self, part: str, base: int) -> list[Token]:
        words = [(word.start(), word.end()) for word in _BETWEEN_APOSTROPHES.finditer(part)]
        if not words:  # a lone apostrophe that is a letter in Unicode (U+02BC)
            return []
        while len(words) > 1 and part[slice(*words[0])].lower() in ELIDED and not _opens_name(part, words[1][0]):
            del words[0]
        if len(words) > 1 and part[slice(*words[-1])].lower() == "s":
            del words[-1]
        if len(words) == 1:
            start, stop = words[0]
            return [
                token
                for word in _BETWEEN_UNDERSCORES.finditer(part, start, stop)
                for token in self._word(word.group(), base + word.start())
            ]
        start, stop = words[0][0], words[-1][1]
        joined = "".join(part[first:last] for first, last in words).replace("_", "")
        return [_token(part[start:stop], base + start, joined)]

    def _word(self, word: str, base: int) -> list[Token]:
        if not word.isascii() and _unspaced().search(word):
            return self._segmented(word, base)
        if len(word) <= MAX_WORD_CHARACTERS:
            return [_token(word, base, word)]
        cuts = range(0, len(word), MAX_WORD_CHARACTERS)
        pieces = [(word[cut : cut + MAX_WORD_CHARACTERS], base + cut) for cut in cuts]
        return [_token(piece, at, piece) for piece, at in pieces]

    def _segmented(self, word: str, base: int) -> list[Token]:
        tokens: list[Token] = []
        done = 0
        for run in _unspaced().finditer(word):
            if run.start() > done:
                tokens += self._word(word[done : run.start()], base + done)
            text, at = run.group(), base + run.start()
            tokens += [(at + start, at + stop, step, text[start:stop]) for start, stop, step in self._segmenter(text)]
            done = run.end()
        return tokens + (self._word(word[done:], base + done) if done < len(word) else [])


def has_unspaced(text: str) -> bool:
    """Return True if a part of the text is in a script that puts no blanks between words."""
    return not text.isascii() and _unspaced().search(text) is not None


def _opens_name(part: str, second: int) -> bool:
    """Return True for names such as `N'Djamena`: French elides `n` and `m` before vowels only."""
    return part[0] in "nNmM" and second == 2 and part[second].lower() in "bcdfgjklmnpqrstvwxz"


STANDARD = Tokenizer()
"""The tokenizer of every language without a segmenter of its own."""


def _is_word(chunk: str) -> bool:
    """Return True if the whole chunk is surely one word."""
    return chunk.isalnum() and len(chunk) <= MAX_WORD_CHARACTERS and max(chunk) < _FIRST_UNSPACED and "ʼ" not in chunk


def _token(shown: str, base: int, word: str, *, step: int = 1, begin: int = 0) -> Token:
    return (base + begin, base + len(shown), step, word)
