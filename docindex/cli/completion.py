"""Completion candidates from the index: ids, fields and values. A failure gives no candidates."""

from typing import TYPE_CHECKING

import typer

from docindex import config
from docindex.errors import DocindexError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from docindex.api.index import Index


def ids(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids that begin with the incomplete word."""
    return _offered(ctx, lambda index: index.ids_with_prefix(incomplete))


def values_of(field: str) -> "Callable[[typer.Context, str], list[str]]":
    """Return a function that completes a flag by the values of one of the FACETS."""

    def values(ctx: typer.Context, incomplete: str) -> list[str]:
        return _offered(
            ctx, lambda index: [value for value in index.values(field) if value and value.startswith(incomplete)]
        )

    return values


def words(incomplete: str) -> list[str]:
    """Return the query fields that begin with the incomplete word, or after @ the saved
    searches.
    """
    from docindex.api.arguments import FIELDS

    if incomplete.startswith("@"):
        try:
            return [f"@{name}" for name in config.resolve().searches if f"@{name}".startswith(incomplete)]
        except DocindexError:
            return []
    return [f"{name}:" for name in FIELDS if name.startswith(incomplete)]


def choices(*names: str) -> "Callable[[str], list[str]]":
    """Return a function that completes a flag by one of some names."""

    def chosen(incomplete: str) -> list[str]:
        return [name for name in names if name.startswith(incomplete)]

    return chosen


def listed(*names: str) -> "Callable[[str], list[str]]":
    """Return a function that completes a flag by several of some names, with commas between
    them.
    """

    def more(incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",")
        return [before + comma + name for name in names if name.startswith(last) and name not in before.split(",")]

    return more


def _offered(ctx: typer.Context, look: "Callable[[Index], Iterable[str]]") -> list[str]:
    from docindex.api.index import open_index

    try:
        with open_index(ctx.params.get("index")) as index:
            return [value for value in look(index) if value.isprintable()]
    except (DocindexError, OSError):
        return []
