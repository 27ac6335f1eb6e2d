"""Answers as Markdown for notes and reports. Text of documents cannot act as markup in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docindex.render.passages import one_line, passage_segments, segments
from docindex.render.summary import STALE, facet, facts, match_count, place_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docindex.model.results import Hit, Results
    from docindex.render.passages import Segment

_ACTIVE = re.compile(r"[\\`*_{}\[\]<>#|~&$^=]|(?<=http)s?:(?=//)|(?<=www)\.|@", re.IGNORECASE)

_LIST = re.compile(r"\A(\d*)(?=[-+.)](?:\s|\Z))")


def markdown_pieces(answers: Iterable[Results]) -> Iterator[str]:
    """Yield a heading for each query, an entry for each hit, a quotation for each passage.

    Matches are bold.
    """
    for number, answer in enumerate(answers):
        yield (
            "\n" if number else ""
        ) + f"# {escape_markup(one_line(answer.query).strip())}\n\n{escape_markup(match_count(answer))}\n"
        yield "".join(_facets(answer))
        yield from hit_entries(answer)


def hit_entries(answer: Results) -> Iterator[str]:
    """Yield a heading, the facts and the passages of each hit."""
    for rank, hit in answer.ranked():
        yield "".join(_entry(rank, hit, by_thread=answer.by_thread))


def _facets(answer: Results) -> Iterator[str]:
    for number, (name, counts) in enumerate(item for item in answer.facets.items() if item[1]):
        values, more = facet(name, counts)
        said = [f"{escape_markup(value)} ({count:,})" for value, count in values] + ([f"{more:,} more"] if more else [])
        yield ("" if number else "\n") + f"- {name}: {' · '.join(said)}\n"


def _entry(rank: int, hit: Hit, *, by_thread: bool) -> Iterator[str]:
    yield f"\n## {rank}. {_bold(segments(hit.record.title, hit.title_marks))}\n\n"
    said = [_bold(fact) for fact, _ in facts(hit, by_thread=by_thread)] + ([STALE] if hit.stale else [])
    yield _LIST.sub(r"\1\\", " · ".join(said)) + "\n"
    for passage in hit.passages:
        yield f"\n> {place_in_words(passage)}: {_bold(passage_segments(hit, passage))}\n"


def _bold(found: Iterable[Segment]) -> str:
    return "".join(f"**{escape_markup(text)}**" if matched else escape_markup(text) for text, matched in found)


def escape_markup(text: str) -> str:
    """Escape the characters that could begin markup, except those that do so only at a line's
    start.
    """
    return _ACTIVE.sub(lambda found: re.sub(r"([^A-Za-z])", r"\\\1", found.group()), text)
