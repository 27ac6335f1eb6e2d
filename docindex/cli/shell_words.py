"""Words of a command line as a shell splits and quotes them. Nothing is expanded. Pure."""

from __future__ import annotations

import re

from msgspec import Struct

_BLANKS = " \t\n"
_ESCAPED_IN_DOUBLE_QUOTES = '"\\$`'


class Word(Struct):
    """Word of a command line, as typed and after unquoting."""

    plain: str = ""  # without quotes and backslashes
    quote: str = ""  # the quotation mark that is still open at its end
    quoted_from: int | None = None  # the length of `plain` where the first quotation mark opens
    is_mixed: bool = False  # something follows a closed quotation
    breaks: tuple[int, ...] = ()  # lengths of `plain` behind characters that break words, if these are not quoted


def split(line: str, word_breaks: str = "") -> list[Word]:
    """Return the words of a line up to its end, where the last one may be empty or unfinished.

    `word_breaks` are the characters at which the shell's line editor begins another word.
    """
    words: list[Word] = []
    word: Word | None = None
    is_escaped = False
    for character in line:
        if word is None:
            if character in _BLANKS:
                continue
            words.append(word := Word())
        if is_escaped:
            keeps = word.quote and character not in _ESCAPED_IN_DOUBLE_QUOTES
            word.plain += f"\\{character}" if keeps else character
            is_escaped = False
        elif word.quote == character:
            word.quote = ""
        elif word.quote == "'":
            word.plain += character
        elif character == "\\":
            is_escaped = True
        elif word.quote:
            word.plain += character
        elif character in _BLANKS:
            word = None
        elif character in "'\"":
            word.is_mixed = word.quoted_from is not None
            word.quote = character
            if word.quoted_from is None:
                word.quoted_from = len(word.plain)
        else:
            word.plain += character
            if character in word_breaks:
                word.breaks = (*word.breaks, len(word.plain))
    return words if word is not None else [*words, Word()]


def for_bash(value: str, word: Word) -> str | None:
    """Return the text that bash puts in place of an unfinished word, so that the word means
    `value`.

    Return None if the word is quoted in a way that bash cannot continue.
    """
    if not value.startswith(word.plain):
        return None
    if word.quote and not word.is_mixed and word.quoted_from is not None:
        rest = value[word.quoted_from :]
        return rest.replace("'", "'\\''") if word.quote == "'" else re.sub(r'(["\\$`])', r"\\\1", rest)
    if word.quoted_from is not None:
        return None
    return _backslashed(value[word.breaks[-1] if word.breaks else 0 :])


def _backslashed(text: str) -> str:
    return re.sub(r"[^\w@%+=:,./-]", r"\\\g<0>", text)
