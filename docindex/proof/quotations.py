"""Quotations of a draft: the text between quotation marks, and block quotes, with the draft's
lines.

A draft is plain text or Markdown. Code, comments, link targets and footnote references hold no
quotations. Words in square brackets are the writer's own; an ellipsis parts a quotation into pieces
that stand in one source, in order.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_QUOTATION_CHARACTERS = 6_000
"""Length of the longest quotation. An opening mark without its closing mark opens none."""

_WORD = re.compile(r"[^\W_]+(?:['’ʼ.,][^\W_]+)*")
_BLANKED = re.compile(
    r"(?ms)^(?P<fence>```+|~~~+)[^\n]*\n.*?(?:^(?P=fence)[^\n]*$|\Z)"  # fenced code
    r"|<!--.*?-->"
    r"|(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)"  # inline code
    r"|\]\([^()\s]*(?:\s+\"[^\"]*\")?\)"  # a link's target and title
    r"|^[ ]{0,3}\[\^[^\]\s]+\]:[^\n]*(?:\n[ \t]+[^\n]+)*"  # a footnote
    r"|\[\^[^\]\s]+\]"  # its reference
    r"|<(?:https?|mailto):[^>\s]*>"
)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)(?:\n|\Z)", re.DOTALL)
_BLOCK = re.compile(r"(?m)(?:^[ ]{0,3}>[^\n]*(?:\n|\Z))+")
_MARKER = re.compile(r"^[ ]{0,3}(?:>[ ]?)+")
_ATTRIBUTION = re.compile(r"^\s*[*_]*(?:[—–―]|--)\s*[*_]*(?P<who>[^\s*_].*?)[*_]*\s*$")
_ELLIPSIS = re.compile(r"[\[(]\s*(?:\.\s?\.\s?\.|…)\s*[\])]|…|\.\s?\.\s?\.")
_BRACKETS = re.compile(r"\[(?P<inside>[^\]\n]{1,80})\]")
_CHANGED_INITIAL = re.compile(r"\[(?P<letter>\w)\](?=\w)")  # [L]e ministre
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)")
_CLOSING = {"«": "»", "“": "”", "„": "“”", "‹": "›", "»": "«", '"': '"', "‘": "’", "”": "”“", "「": "」", "『": "』"}
_REPEATED = "«“„"
"""Marks that open each paragraph of a long quotation. Only its last paragraph closes it."""
_AFTER_OPENING = re.compile(r"[\s\u00a0\u202f]*\S")


class Quotation(Struct, frozen=True):
    """A quotation as the draft has it."""

    text: str  # without its marks; blanks and line breaks are single blanks
    line: int  # of the draft, from 1, where it begins
    pieces: tuple[str, ...]  # the parts between ellipses, without the words in brackets
    attribution: str | None = None  # of a block quote, behind a dash

    @property
    def word_count(self) -> int:
        """Words of all pieces."""
        return sum(len(words(piece)) for piece in self.pieces)


def words(text: str) -> list[str]:
    """Return the words of a text as they are written.

    Figures keep the marks within them: `1,200.50`.
    """
    return _WORD.findall(text)


def quotations(draft: str) -> list[Quotation]:
    """Return the quotations of a draft in its order.

    Of nested ones only the outermost is listed.
    """
    text = draft.replace("\r\n", "\n").replace("\r", "\n")
    text = _FRONT_MATTER.sub(_blank, text)
    text = _BLANKED.sub(_blank, text)
    found = list(_block_quotes(text))
    rest = _BLOCK.sub(_blank, text)
    found += _marked(rest)
    return sorted(found, key=lambda one: one.line)


def _blank(found: re.Match[str]) -> str:
    """Replace all characters except line breaks by blanks, so that offsets stay the same."""
    return re.sub(r"[^\n]", " ", found[0])


def _block_quotes(text: str) -> Iterator[Quotation]:
    for block in _BLOCK.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        held: list[str] = []
        first = line
        for number, row in enumerate(block[0].splitlines(), start=line):
            inner = _MARKER.sub("", row)
            if held and (attributed := _ATTRIBUTION.match(inner)):
                yield from _quotation(" ".join(held), first, attributed["who"])
                held = []
            elif inner.strip():
                if not held:
                    first = number
                held.append(inner)
        yield from _quotation(" ".join(held), first, None)


def _marked(text: str) -> Iterator[Quotation]:
    """Yield what stands between quotation marks.

    A quotation goes on over an empty line only if its mark opens the next paragraph too.
    """
    start = 0
    parts = re.split(r"(\n[ \t]*\n\s*)", text)
    for number, paragraph in enumerate(parts):
        following = parts[number + 2].lstrip()[:1] if number + 2 < len(parts) else ""
        yield from _in_paragraph(paragraph, text.count("\n", 0, start) + 1, following)
        start += len(paragraph)


def _in_paragraph(text: str, line: int, following: str) -> Iterator[Quotation]:
    """Yield the quotations of a paragraph. `following` is the first mark of the next one."""
    place = 0
    while place < len(text):
        opening = text[place]
        closing = _CLOSING.get(opening)
        if closing and _opens(text, place):
            end = _closed(text, place, opening, closing)
            if end is None and opening == following and opening in _REPEATED:
                end = len(text)
            if end:
                yield from _quotation(text[place + 1 : end], line + text.count("\n", 0, place), None)
                place = end
        place += 1


def _opens(text: str, place: int) -> bool:
    """Return True if the mark opens a quotation: no word ends before it, and one follows."""
    before = text[place - 1] if place else " "
    if text[place] in "«„“‹「『":
        return True
    return not (before.isalnum() or before in ".,;:!?…)]’'") and bool(_AFTER_OPENING.match(text, place + 1))


def _closed(text: str, place: int, opening: str, closing: str) -> int | None:
    """Return where the quotation ends: its closing mark at its own depth."""
    depth = 1
    for at in range(place + 1, min(len(text), place + 2 + MAX_QUOTATION_CHARACTERS)):
        character = text[at]
        if character in closing and _closes(text, at, character):
            depth -= 1
            if depth == 0:
                return at
        elif character == opening and opening not in closing:
            depth += 1
    return None


def _closes(text: str, at: int, mark: str) -> bool:
    """Return True unless the mark is an apostrophe within a word or a straight mark that opens."""
    after = text[at + 1] if at + 1 < len(text) else " "
    if mark == "’":
        return not after.isalnum()
    if mark == '"':
        return not (text[at - 1].isspace() and after.isalnum())
    return True


def _quotation(raw: str, line: int, attribution: str | None) -> Iterator[Quotation]:
    text = " ".join(_EMPHASIS.sub("", raw).split())
    line += len(raw) - len(raw.lstrip("\n"))
    restored = _CHANGED_INITIAL.sub(lambda found: found["letter"], text)
    pieces = (_BRACKETS.sub(" ", piece) for piece in _ELLIPSIS.split(restored))
    kept = tuple(" ".join(piece.split()) for piece in pieces if _WORD.search(piece))
    if kept:
        yield Quotation(text, line, kept, attribution)
