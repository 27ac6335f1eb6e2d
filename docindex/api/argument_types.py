"""Types of the keyword arguments of a query, which are named as the flags of the command line.

Only type checkers and records of searches load them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Day
from os import PathLike
from typing import Literal, TypedDict


class ReadingArguments(TypedDict, total=False):
    """Arguments for the reading of a query."""

    any: bool  # records with any of the words, not all
    exact: bool  # words as typed: no stems, no folding
    literal: bool  # no operators: every word is a word
    strict: bool  # a broken query raises QueryError and is not repaired
    variants: bool | str  # also other spellings of names: True, "strict" or "wide"
    not_form: str | Sequence[str]  # spellings that `variants` leaves out
    aliases: str | PathLike[str] | None  # a file of names that stand for one another, a group a line
    no_aliases: bool  # without the aliases that the manifest names


class QueryArguments(ReadingArguments, total=False):
    """Arguments that narrow a query too."""

    since: str | Day | None  # dated then or later: 2013, 2013-01, 2013-01-17
    until: str | Day | None  # dated then or earlier
    certain: bool  # a vague date matches only if all that it may mean lies in the range
    lang: str | Sequence[str] | None  # a language code, or several
    publisher: str | None  # the whole value, whatever its case and accents
    collection: str | None
    creator: str | None
    subject: str | None


class SearchArguments(QueryArguments, total=False):
    """Arguments of a search."""

    limit: int  # matches in the answer; 0 = all
    offset: int  # matches to skip
    sort: str  # of docindex.model.choices.SORTS
    reverse: bool  # the other way round
    passages: int | Literal["all"]  # of each record
    facets: str | Sequence[str]  # of docindex.model.choices.FACETS: fields that count all matches
    why: bool  # diagnose the query even if it has matches
    alike: str  # of docindex.model.choices.COLLAPSE_MODES
    thread: bool  # one match for each conversation of mail
