"""The one meaning of the keyword arguments of a query."""

from __future__ import annotations

from datetime import date as Day
from typing import TYPE_CHECKING, Any, cast, get_type_hints

from docindex.errors import UsageError
from docindex.metadata.keys import FIELDS as FIELDS  # the names of a query's fields
from docindex.model.choices import BY_THREAD, COLLAPSE_MODES, FACETS, SORTS
from docindex.query.ast import DateRange, Or, Phrase, Word
from docindex.search.expansion import ExpansionOptions
from docindex.search.search import SearchOptions as SearchOptions  # named by those who pass it on
from docindex.search.spellings import LEVELS, forms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Unpack

    from docindex.api.argument_types import QueryArguments, ReadingArguments, SearchArguments
    from docindex.query.ast import Query

USUAL_VARIANTS = "usual"
"""The spread of `variants=True`, and of the flag without a value."""


def search_options(*, advice: bool = True, **arguments: Unpack[SearchArguments]) -> SearchOptions:
    """Return what the arguments mean. Those left out have the defaults of the command line, but
    there is no limit.

    `advice` asks for suggestions and the diagnosis of a query without matches. Raises UsageError
    for an unknown value, and for a file of aliases that cannot be read.
    """
    return SearchOptions(
        limit=_count("limit", arguments.get("limit", 0)) or None,
        offset=_count("offset", arguments.get("offset", 0)),
        sort=one_of("sort", arguments.get("sort", "score"), SORTS),
        reverse=arguments.get("reverse", False),
        filters=_filters(arguments),
        any=arguments.get("any", False),
        literal=arguments.get("literal", False),
        strict=arguments.get("strict", False),
        exact=arguments.get("exact", False),
        certain=arguments.get("certain", False),
        passages=_passages(arguments.get("passages", 3)),
        facets=_facets(arguments.get("facets", ())),
        why=arguments.get("why", False),
        advice=advice,
        expansion=_expansion(arguments),
        alike=_alike(arguments),
    )


def recorded_arguments(query: str, flags: Mapping[str, Any]) -> QueryArguments:
    """Return the arguments of a recorded search. Raises UsageError for what is none."""
    from docindex.api.argument_types import QueryArguments

    kinds = get_type_hints(QueryArguments)
    found: Any = {}
    for flag, value in flags.items():
        name = "any" if flag == "any_word" else flag
        texts = value if isinstance(value, list) else [value]
        kind = bool if kinds.get(name) is bool else str
        if name not in kinds or not all(isinstance(one, kind) for one in texts):
            what = f"the recorded flags of '{query[:80]}' mean nothing: {flag[:80]} {str(value)[:80]}"
            raise UsageError(what, "a file that docindex search --record has written")
        found[name] = value
    return cast("QueryArguments", found)


def with_saved_searches(query: str, searches: Mapping[str, str]) -> str:
    """Return a query with each `@name` replaced by the saved search of that name.

    Raises UsageError.
    """
    if "@" not in query:
        return query
    from docindex.query import saved  # few queries name one

    return saved.expand(query, searches)


def one_of(name: str, value: str, known: Iterable[str]) -> str:
    """Return the value if it is one of those known. Raises UsageError."""
    names = tuple(known)
    if value not in names:
        raise UsageError(f"unknown {name} '{value}'", ", ".join(names))
    return value


def variants_level(variants: bool | str) -> str | None:
    """Return how far spellings may differ, or None without variants. Raises UsageError."""
    if isinstance(variants, bool):
        return USUAL_VARIANTS if variants else None
    return one_of("spread of variants", variants, LEVELS)


def _alike(arguments: SearchArguments) -> str:
    """Return what is listed once: near-duplicates or conversations."""
    alike = one_of("alike", arguments.get("alike", "show"), COLLAPSE_MODES)
    if not arguments.get("thread", False):
        return alike
    if alike != "show":
        raise UsageError("--thread and --alike both fold matches", "one of them")
    return BY_THREAD


def _count(name: str, value: int) -> int:
    if value < 0:
        raise UsageError(f"{name} {value} is below 0", "0, or a number of matches")
    return value


def _passages(value: int | str) -> int | None:
    """Return the number of passages, or None for all."""
    if value == "all":
        return None
    if isinstance(value, int) and value >= 0:
        return value
    raise UsageError(f"unknown number of passages '{value}'", "a number, or all")


def _facets(value: str | Sequence[str]) -> tuple[str, ...]:
    """Return the named facets, each once, in their order. A text may hold several, with commas."""
    names = value.split(",") if isinstance(value, str) else value
    return tuple(dict.fromkeys(one_of("facet", name.strip(), FACETS) for name in names if name.strip()))


def _expansion(arguments: ReadingArguments) -> ExpansionOptions:
    aliases = None
    if arguments.get("aliases") is not None:
        from pathlib import Path

        from docindex.query.aliases import read  # few queries come with a file of aliases

        aliases = read(Path(arguments["aliases"] or ""))
    return ExpansionOptions(
        level=variants_level(arguments.get("variants", False)),
        not_forms=frozenset(map(_folded, _listed(arguments.get("not_form")))),
        aliases=aliases,
        no_aliases=arguments.get("no_aliases", False),
    )


def _filters(arguments: QueryArguments) -> tuple[Query, ...]:
    """Return the clauses that the arguments add to a query."""
    found: list[Query] = []
    since, until = arguments.get("since"), arguments.get("until")
    if since or until:
        found.append(DateRange(_day("since", since, last=False), _day("until", until, last=True)))
    if codes := tuple(Word(code, "language") for code in _listed(arguments.get("lang"))):
        found.append(Or(codes) if len(codes) > 1 else codes[0])
    values = {
        "publisher": arguments.get("publisher"),
        "collection": arguments.get("collection"),
        "creator": arguments.get("creator"),
        "subject": arguments.get("subject"),
    }
    return (*found, *(Phrase(text, field, whole=True) for field, text in values.items() if text))


def _listed(value: str | Sequence[str] | None) -> Sequence[str]:
    return [value] if isinstance(value, str) else value or ()


def _day(name: str, value: str | Day | None, *, last: bool) -> Day | None:
    if value is None or isinstance(value, Day):
        return value
    from docindex.metadata import dates  # few searches name a date

    date = dates.parse(value)
    if date is None:
        raise UsageError(f"--{name} '{value}' is no date", "2013, 2013-01, 2013-01-17")
    return date.latest if last else date.earliest


def _folded(name: str) -> str:
    return " ".join(forms_of(name))
