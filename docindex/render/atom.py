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
    yield f"  <id>{_urn(list_name)}</id>\n  <title>{_text(list_name)}</title>\n  <updated>{updated}</updated>\n"
    yield "  <author><name>docindex</name></author>\n  <generator>docindex</generator>\n"
    for one in news:
        for digest, hit in zip(one.digests, one.answer.hits, strict=True):
            yield from _entry(one.answer.query, digest, hit, updated)
    yield "</feed>\n"


def _entry(query: str, digest: str, hit: Hit, updated: str) -> Iterator[str]:
    yield f"  <entry>\n    <id>{_urn(digest, query)}</id>\n"
    yield f"    <title>{_text(one_line(hit.record.title).strip() or hit.record.id)}</title>\n"
    yield f"    <updated>{updated}</updated>\n"
    if hit.record.metadata.creator:
        yield f"    <author><name>{_text(one_line(hit.record.metadata.creator))}</name></author>\n"
    yield f"    <category term={quoteattr(_plain(query))}/>\n"
    yield f'    <content type="html">{escape("".join(_html(hit)))}</content>\n  </entry>\n'


def _html(hit: Hit) -> Iterator[str]:
    """Yield the facts and the passages of a hit as HTML, its matches bold."""
    yield f"<p>{_text(' · '.join(''.join(text for text, _ in fact) for fact, _ in facts(hit)))}</p>"
    for passage in hit.passages:
        marked = "".join(
            f"<b>{_text(text)}</b>" if matched else _text(text) for text, matched in passage_segments(hit, passage)
        )
        yield f"<blockquote>{_text(place_in_words(passage))}: {marked}</blockquote>"


def _urn(*names: str) -> str:
    return uuid5(NAMESPACE_URL, "\0".join(("docindex", *map(_plain, names)))).urn


def _text(text: str) -> str:
    return escape(_plain(text))


def _plain(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", escape_controls(text))
