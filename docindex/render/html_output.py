"""Answers as one HTML page that needs nothing else: no script, nothing to fetch, light and dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docindex.render.passages import one_line, passage_segments, plain_text, segments
from docindex.render.sanitize import runs_right_to_left
from docindex.render.summary import STALE, facet, facts, match_count, place_in_words, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docindex.model.results import Hit, Results
    from docindex.render.passages import Segment

PAGE_HEAD = """<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>docindex</title>
<style>
:root { color-scheme: light dark; --ink: #1d1d1b; --page: #fdfcf9; --faint: #66625a; --rule: #e3dfd5;
  --mark: #ffe38a; --mark-ink: #1d1d1b; --warn: #8a4b00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e4da; --page: #191816; --faint: #a09a8c; --rule: #35322c; --mark: #6b5200;
    --mark-ink: #fff6d6; --warn: #f0b060; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 46rem; color: var(--ink); background: var(--page);
  font: 1.0625rem/1.55 "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, "Noto Serif", serif;
  overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 0; font-size: 1.1875rem; line-height: 1.3; }
header { margin-block-end: 2.25rem; }
* + header { margin-block-start: 4rem; }
article { margin-block-start: 1.5rem; padding-block-start: 1.5rem; border-block-start: 1px solid var(--rule); }
header p, .facts, .place { color: var(--faint); font: 0.875rem/1.5 system-ui, sans-serif; margin: 0.25rem 0 0; }
.facts span + span::before, .facets span + span::before { content: " · "; }
.facets { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.125rem 1rem; margin: 0.75rem 0 0;
  color: var(--faint); font: 0.875rem/1.5 system-ui, sans-serif; }
.facets dd { margin: 0; color: var(--ink); }
.stale { color: var(--warn); }
.passage { display: grid; grid-template-columns: 4.5rem minmax(0, 1fr); column-gap: 1rem; margin-block-start: 0.75rem; }
.passage blockquote { margin: 0; }
.place { margin: 0; text-align: end; line-height: 1.8; font-variant-numeric: tabular-nums; }
mark { color: var(--mark-ink); background: var(--mark); padding: 0 0.125em; border-radius: 0.125em; }
@media (max-width: 32rem) {
  .passage { display: block; }
  .place { text-align: start; }
}
@media print { body { max-width: none; padding: 0; } article { break-inside: avoid; } }
</style>
</head>
<body>
"""


def page_pieces(answers: Iterable[Results]) -> Iterator[str]:
    """Yield the page: a section for each query, an article for each hit, a quotation for each
    passage.
    """
    yield PAGE_HEAD
    for answer in answers:
        index = answer.index
        searched = f"{plural(index.records, 'record')} from {plural(index.sources, 'source')}"
        yield (
            f'<header>\n<h1 dir="auto">{html_line(answer.query).strip()}</h1>\n'
            f"<p>{escape(match_count(answer))} · {searched}, indexed {escape(index.built)}</p>\n"
        )
        yield "".join(_facets(answer))
        yield "</header>\n"
        for rank, hit in answer.ranked():
            yield "".join(_article(rank, hit, by_thread=answer.by_thread))
    yield "</body>\n</html>\n"


def fragment(answer: Results, *, rest: int = 0) -> Iterator[str]:
    """Yield the answer as a part of another page, without styles. `rest` hits are only counted."""
    yield f'<section>\n<p dir="auto">{html_line(answer.query).strip()} · {escape(match_count(answer))}</p>\n'
    yield "".join(_facets(answer))
    for rank, hit in answer.ranked():
        yield "".join(_article(rank, hit, by_thread=answer.by_thread))
    yield f"<p>{rest:,} more</p>\n</section>\n" if rest > 0 else "</section>\n"


def _facets(answer: Results) -> Iterator[str]:
    """Yield the counts of matches by language, publisher and so on."""
    shown = [(name, counts) for name, counts in answer.facets.items() if counts]
    if shown:
        yield '<dl class="facets">\n'
        for name, counts in shown:
            values, more = facet(name, counts)
            said = [f"<span><bdi>{escape(value)}</bdi>\u00a0{count:,}</span>" for value, count in values]
            said += [f"<span>{more:,} more</span>"] if more else []
            yield f"<dt>{name}</dt><dd>{''.join(said)}</dd>\n"
        yield "</dl>\n"


def _article(rank: int, hit: Hit, *, by_thread: bool) -> Iterator[str]:
    language = hit.record.metadata.language
    lang = f' lang="{escape(language)}"' if language and language != "und" else ""
    yield f'<article>\n<h2 dir="auto"{lang}>{rank}. {_marked(segments(hit.record.title, hit.title_marks))}</h2>\n'
    said = [f'<span class="{name}"><bdi>{_marked(fact)}</bdi></span>' for fact, name in facts(hit, by_thread=by_thread)]
    yield f'<p class="facts">{"".join(said)}{_STALE if hit.stale else ""}</p>\n'
    for passage in hit.passages:
        found = passage_segments(hit, passage)
        direction = "rtl" if runs_right_to_left(plain_text(found)) else "ltr"
        yield (
            f'<div class="passage"><p class="place">{escape(place_in_words(passage))}</p>'
            f'<blockquote dir="{direction}"{lang}>{_marked(found)}</blockquote></div>\n'
        )
    yield "</article>\n"


_STALE = f'<span class="stale">{STALE}</span>'


def _marked(found: Iterable[Segment]) -> str:
    return "".join(f"<mark>{escape(text)}</mark>" if matched else escape(text) for text, matched in found)


def html_line(text: str) -> str:
    """Return a text as one line of HTML, with its special characters as entities."""
    return escape(one_line(text))
