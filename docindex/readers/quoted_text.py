"""Quoted text in mail: quoted replies, everything below a quoted message, and signatures. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from docindex.model.documents import Span

MAX_QUOTES = 1_000  # quoted spans of one message; later ones count as the sender's own
_SIGNATURE = re.compile(r"-- ?")  # RFC 3676, 4.3
_ORIGINAL = re.compile(
    r"-{2,} ?(?:original message|message d['’]origine|message original|ursprüngliche nachricht|mensaje original"
    r"|mensagem original|messaggio originale|الرسالة الأصلية) ?-{2,}",
    re.IGNORECASE,
)
_FROM = re.compile(r"\*?(?:from|de|von|da|من) ?:\*? ", re.IGNORECASE)
_SENT = re.compile(r"\*?(?:sent|date|envoyé|gesendet|datum|enviado|inviato|fecha|أرسلت) ?:\*? ", re.IGNORECASE)


def quoted(lines: Sequence[str], first: int = 0) -> tuple[Span, ...]:
    """Return the quoted spans of a message, in its lines joined by newlines. None if all is quoted.

    Quoted are lines that begin with `>`, and all lines from a signature or a full copy of the
    answered message on. The lines before `first` never are.
    """
    tail = next((at for at in range(first, len(lines)) if _ends(lines, at)), len(lines))
    flags = [at >= first and (at >= tail or line.startswith(">")) for at, line in enumerate(lines)]
    if not any(line.strip() and not flag for line, flag in zip(lines[first:], flags[first:], strict=True)):
        return ()
    spans: list[Span] = []
    start = 0
    for flag, group in groupby(zip(flags, lines, strict=True), key=lambda pair: pair[0]):
        stop = start + sum(len(line) + 1 for _, line in group)
        if flag and len(spans) < MAX_QUOTES:
            spans.append(Span(start, stop - 1))
        start = stop
    return tuple(spans)


def _ends(lines: Sequence[str], at: int) -> bool:
    """Return True if the sender's own text ends before a line."""
    line = lines[at]
    below = lines[at + 1] if at + 1 < len(lines) else ""
    answered = _FROM.match(line) and _SENT.match(below) and at > 0
    return bool(_SIGNATURE.fullmatch(line) or _ORIGINAL.fullmatch(line.strip()) or answered)
