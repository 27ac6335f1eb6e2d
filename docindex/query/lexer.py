"""Lexical rules of the query language: special characters, operators and field names."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from docindex.metadata import keys


def _late(pattern: str) -> Callable[[], re.Pattern[str]]:
    """Compile a regular expression at its first use: few queries need all of them."""
    return cache(lambda: re.compile(pattern, re.DOTALL))


OPERATORS = {"AND": "AND", "&&": "AND", "&": "AND", "OR": "OR", "||": "OR", "|": "OR", "NOT": "NOT"}
"""Operators that stand by themselves. Upper case only: lower-case and, or, not are words."""
SIGNS = "-+!"

STARS = "*＊"
WILD = STARS + "?"
OPENING, CLOSING = "(（", ")）"
# A quote is closed by the next of its own kind, whichever way it is turned: “a”, „a“, ”a”, «a»,
# »a«, “a".
QUOTES = ('"＂“”„‟', "«»", "‹›")
_COLONS = ":："
TILDES = "~～"
# Punctuation of scripts in which no blank need follow it; the full-width question mark is no
# wildcard.
_POINTS = "،؛؟、，。；？！"
VARIANTS = "^"
"""The sign behind a word that asks for its other spellings too."""
TRAILING = ",;.!…"
"""Punctuation that a word leaves behind."""

_BEFORE_QUESTION_MARK = _late(rf"[{TRAILING}](?=[?{TRAILING}]*\?\Z)")
_BLANK = rf"\s{_POINTS}"
_STOP = rf"{_BLANK}{''.join(QUOTES)}{OPENING}{CLOSING}"

WHITESPACE = re.compile(rf"[{_BLANK}]++")
WORD = re.compile(rf"(?:[^{_STOP}\\]++|\\.)++", re.DOTALL)
"""A word with its escapes."""
PHRASES = {
    quote: expression
    for kind in QUOTES
    for expression in [_late(rf"[{kind}]((?:[^{kind}\\]++|\\.)*+)([{kind}]?)")]
    for quote in kind
}
"""For each quote, a phrase that begins with it: what is quoted and the closing quote, if there
is one.
"""
SLOP = _late(rf"[{TILDES}](\d*)(?:([sp])\b)?")
FUZZY = _late(rf"(?<=.)[{TILDES}]([\d.]*)\Z")
SIGN = re.compile(rf"(?<![^{_BLANK}{OPENING}{_COLONS}])[{SIGNS}](?=[^{SIGNS}{_BLANK}{CLOSING}])")
"""A sign belongs to the word that follows it, and only where no word stands before it: not in
`Al-Qaïda`.
"""
_LETTER = r"[^\W\d_][\u0300-\u036f\u064b-\u065f\u0670]*+"  # with its accents or vowel signs
_NAME = re.compile(rf"((?:{_LETTER})++(?:-(?:{_LETTER})++)*+)[{_COLONS}](?!//)")
RANGE = _late(r"([\[{])([^\[\]{}()]*+)([\]}]?)")
DATE = _late(rf"(?:[<>]=?|[≤≥=])?\s*(?:{WORD.pattern})")
"""A date or a range without brackets; a blank may follow `>=`."""

NEAR = re.compile(r"(?!(?:W|PRE)(?!/))(NEAR|ONEAR|ADJ|PRE|W)(?:/?(\d{1,3})|/([spSP]))?")
"""Operators of other tools that ask for two words near each other."""
REGEX = re.compile(r"/(?=[^/\s]*[\[\]{}^$.*+?|\\])((?:[^/\s\\]|\\.)+)/(?=\s|\Z)")
"""A regular expression between slashes, as other tools write it. A path has no such signs."""

CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), " ")
"""NULs and other control characters read as blanks, for `str.translate`."""

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPE_OR_STAR = _late(rf"\\(.)|[{STARS}]")
_SPECIAL = re.compile(rf"[{_STOP}{WILD}{TILDES}\\|]")
_SPECIAL_IN_PATTERN = _late(rf"\\[*?\\]|[*?]|({_SPECIAL.pattern})")

MAX_SLOP_WORDS = 1_000  # words between a phrase's words


def field_name(text: str, position: int = 0) -> re.Match[str] | None:
    """Return the match of a word and a colon that may name a field. `12:30` and `http://` name
    none.

    A word with a hyphen names a field only if that field is known.
    """
    name = _NAME.match(text, position)
    if name and len(name[1]) == 1 and text[name.end() : name.end() + 1] == "\\":
        return None  # the drive of a Windows path
    return None if name is None or ("-" in name[1] and keys.field(name[1]) is None) else name


def mask_escapes(text: str) -> str:
    """Replace each escape by two letters, so that no escaped character looks special."""
    return _ESCAPE.sub("xx", text)


def unescape(text: str) -> str:
    """Replace each escape by the character it stands for.

    A backslash between letters or digits is none: it parts the names of a Windows path.
    """
    return _ESCAPE.sub(lambda found: found[0] if _is_path_sign(text, found) else found[1], text)


def _is_path_sign(text: str, escape: re.Match[str]) -> bool:
    before = text[escape.start() - 1 : escape.start()]
    is_behind_name = before.isalnum() or before in tuple(":_)")
    return is_behind_name and (escape[1].isalnum() or escape[1] == "_")


def normalize_pattern(text: str) -> str:
    """Return a pattern in the form of `Wildcard`: only escapes with an effect remain."""
    return _ESCAPE_OR_STAR().sub(lambda found: _in_pattern(found[0], found[1]), text)


def _in_pattern(typed: str, escaped: str | None) -> str:
    if escaped is None:
        return "*"
    return typed if escaped in "*?\\" else escaped


def escape(text: str, *, bare: bool) -> str:
    """Return a word escaped so that it parses as that word. `bare`: no field stands before it."""
    return _plain(_SPECIAL.sub(r"\\\g<0>", text), bare)


def escape_pattern(text: str, *, bare: bool) -> str:
    """Return a pattern escaped so that it parses as that Wildcard.

    `bare`: no field stands before it.
    """
    body = _SPECIAL_IN_PATTERN().sub(lambda found: f"\\{found[1]}" if found[1] else found[0], text)
    # Else what stands before a ? at the end would end a question with it: `w?ld!?`
    return _plain(_BEFORE_QUESTION_MARK().sub(r"\\\g<0>", body), bare)


def _plain(body: str, bare: bool) -> str:
    """Escape a word that would lose its last character or read as an operator, a sign or a
    field.
    """
    if body[-1] in TRAILING + VARIANTS:
        body = f"{body[:-1]}\\{body[-1]}"
    foreign = NEAR.fullmatch(body) or REGEX.match(body)
    means = (body in OPERATORS or field_name(body) or foreign) if bare else body.startswith("//")
    means = means or body[0] in SIGNS
    return f"\\{body}" if means else body


def escape_phrase(text: str) -> str:
    """Return a text escaped for use between straight quotes."""
    return re.sub(rf"[{QUOTES[0]}\\{STARS}]", r"\\\g<0>", text)
