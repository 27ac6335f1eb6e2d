"""Choices that arguments and flags offer, apart from the engines that carry them out."""

from __future__ import annotations

SORTS = ("score", "date", "title", "path")
"""Orders of matches. Ties stand in the order of the records' ids."""

FACETS = ("language", "publisher", "creator", "collection", "subject", "year", "to", "with")
"""Fields that count matches.

A record without a value counts under ""; one with several, under each.
"""

BY_THREAD = "thread"
"""Treatment of matches of one conversation: list one for all."""

PEOPLE_FACETS = ("to", "with")
"""Facets whose values are united to persons."""

COLLAPSE_MODES = ("show", "fold", "only")
"""Treatments of near-duplicates: list each; list one for all; list only groups of several.

`limit` and `offset` count groups, except with "show".
"""
