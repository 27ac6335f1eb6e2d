"""Repairs of mistakes in a query, and the errors that refuse it."""

from __future__ import annotations

from msgspec import Struct

from docindex.errors import QueryError
from docindex.model.documents import Span

MAX_REPAIRS = 100
"""Repairs of one query. A text with more mistakes is no query."""
MAX_QUOTED_CHARACTERS = 40
"""Length of the text that a message quotes."""


class Repair(Struct, frozen=True):
    """Mistake that the parser repaired: a message and the span of the mistake."""

    message: str
    place: Span


class RepairLog:
    """Log of a query's repairs. If `strict`, the first mistake is an error."""

    def __init__(self, typed: str, text: str, strict: bool) -> None:
        self.made: list[Repair] = []
        self._typed = typed
        self._text = text
        self._strict = strict

    def error(self, message: str, hint: str, position: int) -> QueryError:
        """Return an error that points at a character of the query as typed."""
        return QueryError(message, hint, text=self._typed, position=position)

    def quote(self, place: Span) -> str:
        """Return a span of the text in quotes for a message, shortened if long."""
        text = self._text[place.start : place.stop]
        return f"'{text}'" if len(text) <= MAX_QUOTED_CHARACTERS else f"'{text[: MAX_QUOTED_CHARACTERS - 1]}…'"

    def add(self, place: Span, mistake: str, repair: str, hint: str) -> None:
        """Note a repair. Raises QueryError if the query is strict or has too many mistakes."""
        if self._strict:
            raise self.error(mistake, hint, place.start)
        if len(self.made) == MAX_REPAIRS:
            raise self.error(
                f"the query holds more than {MAX_REPAIRS} mistakes",
                "--literal takes every word as it stands",
                place.start,
            )
        self.made.append(Repair(f"{mistake}; {repair}", place))
