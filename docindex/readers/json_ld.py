"""Articles that a page describes in JSON-LD (schema.org): date, publisher, headline, author, text.
Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MAX_CHARACTERS = 1_000_000
_MAX_NODES = 10_000
_CDATA = re.compile(r"(?://|/\*)?\s*(?:<!\[CDATA\[|\]\]>|<!--|-->)\s*(?:\*/)?")
_TAG = re.compile(r"<(?:/?p|br|/?div|/?li|/?h\d)\b[^>]*>", re.IGNORECASE)
_OTHER_TAG = re.compile(r"</?[a-z][^>]{0,500}>", re.IGNORECASE)


def values(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a script says of its articles, by lower-case name. Broken JSON says nothing.

    The text of an article, `articlebody`, keeps its line breaks.
    """
    for node in _nodes(text):
        if isinstance(date := node.get("datePublished"), str):
            yield "datepublished", date
        for name in ("publisher", "author"):
            if called := "; ".join(_names(node.get(name))):
                yield name, called
        if isinstance(title := node.get("headline"), str):
            yield "headline", " ".join(title.split())
        if isinstance(body := node.get("articleBody"), str) and body.strip():
            yield "articlebody", _OTHER_TAG.sub("", _TAG.sub("\n", body))


def _nodes(text: str) -> Iterator[dict[str, Any]]:
    """Yield all objects that a script describes, also those of a graph."""
    try:
        found = json.loads(_CDATA.sub("", text[:MAX_CHARACTERS]), strict=False)  # raw line breaks are frequent
    except (ValueError, RecursionError):
        return
    nodes = [found]
    for _ in range(_MAX_NODES):
        if not nodes:
            break
        node = nodes.pop(0)
        if isinstance(node, list):
            nodes += node
        elif isinstance(node, dict):
            graph = node.get("@graph", [])
            nodes += graph if isinstance(graph, list) else [graph]
            yield node


def _names(value: object) -> Iterator[str]:
    """Yield the names of people or organisations, given as objects, texts, or a list of them."""
    for one in value if isinstance(value, list) else [value]:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and name.strip() and not name.startswith("http"):
            yield " ".join(name.split())
