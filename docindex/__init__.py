"""docindex indexes the documents that a Markdown manifest lists and searches them.

`docindex.build(source)` makes an index, `docindex.open(location)` reads one. Names load when they
are used, so that the command line starts no slower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docindex.api.answer import Answer
    from docindex.api.collection import build
    from docindex.api.concordance import Collocates, Concordance
    from docindex.api.index import Index
    from docindex.api.index import open_index as open  # noqa: A004 - docindex.open, as gzip.open
    from docindex.api.record import ShownRecord
    from docindex.api.status import Status
    from docindex.api.timeline import TimelineAnswer
    from docindex.errors import DocindexError
    from docindex.model.documents import Date, Metadata, Record, Span
    from docindex.model.results import BuildReport, Expansion, Explanation, Finding, Hit, Passage, Results, Staleness
    from docindex.proof.verdicts import Verification
    from docindex.search.cooccurrence import Matrix
    from docindex.search.people import Person

__version__ = "0.2.0"

__all__ = [
    "Answer",
    "BuildReport",
    "Collocates",
    "Concordance",
    "Date",
    "DocindexError",
    "Expansion",
    "Explanation",
    "Finding",
    "Hit",
    "Index",
    "Matrix",
    "Metadata",
    "Passage",
    "Person",
    "Record",
    "Results",
    "ShownRecord",
    "Span",
    "Staleness",
    "Status",
    "TimelineAnswer",
    "Verification",
    "build",
    "open",
]

_PLACES = {
    "Answer": "api.answer:Answer",
    "BuildReport": "model.results:BuildReport",
    "Collocates": "api.concordance:Collocates",
    "Concordance": "api.concordance:Concordance",
    "Date": "model.documents:Date",
    "DocindexError": "errors:DocindexError",
    "Expansion": "model.results:Expansion",
    "Explanation": "model.results:Explanation",
    "Finding": "model.results:Finding",
    "Hit": "model.results:Hit",
    "Index": "api.index:Index",
    "Matrix": "search.cooccurrence:Matrix",
    "Metadata": "model.documents:Metadata",
    "Passage": "model.results:Passage",
    "Person": "search.people:Person",
    "Record": "model.documents:Record",
    "Results": "model.results:Results",
    "ShownRecord": "api.record:ShownRecord",
    "Span": "model.documents:Span",
    "Staleness": "model.results:Staleness",
    "Status": "api.status:Status",
    "TimelineAnswer": "api.timeline:TimelineAnswer",
    "Verification": "proof.verdicts:Verification",
    "build": "api.collection:build",
    "open": "api.index:open_index",
}
"""Public names and the places where they are defined."""


def __getattr__(name: str) -> Any:
    """Return a public name, and load its module. Raises AttributeError for any other name."""
    if name not in _PLACES:
        raise AttributeError(f"module 'docindex' has no attribute '{name}'")
    from importlib import import_module

    module, _, attribute = _PLACES[name].partition(":")
    value = globals()[name] = getattr(import_module(f"docindex.{module}"), attribute)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
