"""News of a watched list as a feed in Atom (RFC 4287): an entry for each new record and query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from docindex.render.passages import one_line, passage_segments
from docindex.render.sanitize import escape_controls
from docindex.render.summary import facts, place_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from docindex.model.results import Hit
    from docindex.proof.news import QueryNews

_NOT_IN_XML = re.compile("[\ufffe\uffff]")
"""Characters that XML forbids and that `escape_controls` leaves."""


def feed(news: Iterable[QueryNews], list_name: str, now: datetime) -> Iterator[str]:
    """Yield a feed, entry by entry. The time of all is that of this run, in UTC.

    The feed's id depends on the list's name alone, an entry's on its query and its content.
    """
    updated = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield f"  <id>{_stable_urn(list_name)}</id>\n  <title>{_escaped_for_xml(list_name)}</title>\n"
    yield f"  <updated>{updated}</updated>\n"
    yield "  <author><name>docindex</name></author>\n  <generator>docindex</generator>\n"
    for one in news:
        for digest, hit in zip(one.digests, one.answer.hits, strict=True):
            yield from _atom_entry(one.answer.query, digest, hit, updated)
    yield "</feed>\n"


def _atom_entry(query: str, digest: str, hit: Hit, updated: str) -> Iterator[str]:
    """Yield the entry of one new record."""
    yield f"  <entry>\n    <id>{_stable_urn(digest, query)}</id>\n"
    yield f"    <title>{_escaped_for_xml(one_line(hit.record.title).strip() or hit.record.id)}</title>\n"
    yield f"    <updated>{updated}</updated>\n"
    if hit.record.metadata.creator:
        yield f"    <author><name>{_escaped_for_xml(one_line(hit.record.metadata.creator))}</name></author>\n"
    yield f"    <category term={quoteattr(_without_controls(query))}/>\n"
    yield f'    <content type="html">{escape("".join(_content_as_html(hit)))}</content>\n  </entry>\n'


def _content_as_html(hit: Hit) -> Iterator[str]:
    """Yield the facts and the passages of a hit as HTML, its matches bold."""
    yield f"<p>{_escaped_for_xml(' · '.join(''.join(text for text, _ in fact) for fact, _ in facts(hit)))}</p>"
    for passage in hit.passages:
        marked = "".join(
            f"<b>{_escaped_for_xml(text)}</b>" if matched else _escaped_for_xml(text)
            for text, matched in passage_segments(hit, passage)
        )
        yield f"<blockquote>{_escaped_for_xml(place_in_words(passage))}: {marked}</blockquote>"


def _stable_urn(*names: str) -> str:
    """Return a URN that depends on the names alone."""
    return uuid5(NAMESPACE_URL, "\0".join(("docindex", *map(_without_controls, names)))).urn


def _escaped_for_xml(text: str) -> str:
    return escape(_without_controls(text))


def _without_controls(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", escape_controls(text))
