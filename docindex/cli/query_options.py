"""What flags say, as the rooms below are to be told it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date as Day

    from docindex.query.ast import Query


def typed(text: str) -> str:
    """What was typed, in UTF-8 where the locale has no such letters (LC_ALL=C): else no word would be left of it.

    Only what speaks of texts: the names of files are handed to the system as they came.
    """
    if text.isprintable():
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return text


def one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    """The value, where it is one of those known. Raises UsageError."""
    if value not in known:
        raise UsageError(f"unknown {name} '{value}'", ", ".join(known))
    return value


def filters(
    since: str | None = None,
    until: str | None = None,
    languages: Sequence[str] | None = None,
    publisher: str | None = None,
    collection: str | None = None,
    creator: str | None = None,
    subject: str | None = None,
) -> tuple[Query, ...]:
    """What the flags add to a query."""
    from docindex.query.ast import DateRange, Or, Phrase, Word

    filters: list[Query] = []
    if since or until:
        filters.append(DateRange(_day("--since", since, last=False), _day("--until", until, last=True)))
    if languages:
        codes = tuple(Word(typed(code), "language") for code in languages)
        filters.append(Or(codes) if len(codes) > 1 else codes[0])
    named = {"publisher": publisher, "collection": collection, "creator": creator, "subject": subject}
    filters += [Phrase(typed(text), field, whole=True) for field, text in named.items() if text]
    return tuple(filters)


def _day(flag: str, text: str | None, *, last: bool) -> Day | None:
    if text is None:
        return None
    from docindex.metadata import dates

    date = dates.parse(text)
    if date is None:
        raise UsageError(f"{flag} '{text}' is no date", "2013, 2013-01, 2013-01-17")
    return date.latest if last else date.earliest
