"""Notes on a query: its repairs, spelling suggestions, and the counts of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.render.passages import one_line
from docindex.render.sanitize import bidi_isolate, escape_controls
from docindex.render.styled_text import Text
from docindex.render.summary import plural, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docindex.model.results import Diagnosis, ExpandedLeaf, Expansion, Explanation, Results, Suggestion

MOST_PARTS = 7  # of a query that are shown
MOST_LETTERS = 40  # of each


def notes(answer: Results, *, place: str = "") -> Iterator[Text]:
    """Yield the lines on repairs, suggestions and parts of a query.

    `place` begins each line on a repair or a word if the query is one of many.
    """
    for repair in answer.repairs:
        yield Text(f"{escape_controls(place) or 'query: '}{escape_controls(repair)}", "warning")
    for expansion in answer.expanded:
        if expansion.variants:
            yield Text(escape_controls(place)).append_text(_forms(expansion))
    for suggestion in answer.suggestions:
        yield Text(escape_controls(place) + _meant(suggestion), "warning")
    if answer.why:
        yield from _why(answer.why, answer.total, escape_controls(place))


def _forms(expansion: Expansion) -> Text:
    """Return a word and its forms with their counts, the most frequent first."""
    variants = sorted(expansion.variants, key=lambda one: -one.records)
    word = bidi_isolate(escape_controls(expansion.word))
    line = Text(word if expansion.dropped else f"{word} {expansion.records:,}").append(
        " also: " if expansion.searched else " is also spelt: ", "faint"
    )
    for number, variant in enumerate(variants):
        text = f"{bidi_isolate(escape_controls(variant.written))} {variant.records:,}"
        line.append(", " if number else "", "faint").append(text, "" if variant.records > 1 else "faint")
    return line.append("; --not-form WORD drops one" if expansion.searched else "; --variants finds them too", "faint")


def _meant(suggestion: Suggestion) -> str:
    held = f"only in {plural(suggestion.records, 'record')}" if suggestion.records else "not in the index"
    instead = ", ".join(f"{bidi_isolate(escape_controls(one.word))} ({one.records:,})" for one in suggestion.candidates)
    # Several names that are nearly the word are most often spellings of one.
    names = sum(one.word[:1].isupper() for one in suggestion.candidates)
    offer = " --variants searches other spellings too" if names > 1 else ""
    return f"{bidi_isolate(escape_controls(suggestion.word))}: {held}; did you mean {instead}?{offer}"


def _why(why: Diagnosis, total: int, place: str) -> Iterator[Text]:
    """Yield a table of the query's parts: the count of each and the count with that part
    changed.
    """
    changes = [[change for change in part.changes if change.records > total] for part in why.parts]
    if len(why.parts) + why.more == 1 and not changes[0]:
        return  # the line below says as much
    found = (
        f"{plural(total, 'record matches', 'records match')} all of this" if total else "no record matches all of this"
    )
    alone = "; each part by itself" if len(why.parts) > 1 else ""
    yield Text(f"{place or 'why: '}{found}{alone}", "faint")
    # The parts that a change helps, and those that find least, come before others that there is no
    # room for.
    rows = sorted(range(len(why.parts)), key=lambda row: (not changes[row], why.parts[row].records, row))[:MOST_PARTS]
    numbers = max(len(f"{why.parts[row].records:,}") for row in rows) + 2
    for row in sorted(rows):
        part = why.parts[row]
        line = Text(f"{part.records:>{numbers},}  ", "" if part.records else "warning")
        line.append(bidi_isolate(shorten(part.text, MOST_LETTERS)))
        if changes[row]:
            gains = " · ".join(f"{change.records:,} {change.how}" for change in changes[row])
            line.append(" → ", "faint").append(gains, "hint")
        yield line
    left = len(why.parts) - len(rows) + why.more
    if left:
        yield Text(f"{'':>{numbers}}  and {plural(left, 'more part')}", "faint")
    if not total and not any(changes):
        yield Text(f"{'':>{numbers}}  no single change finds anything", "faint")


def explanation(understood: Explanation) -> Iterator[Text]:
    """Yield the parsed query: in canonical syntax, in words, and as the terms looked up."""
    yield _row("query", one_line(understood.query))
    yield _row("read as", one_line(understood.parsed))
    for repair in understood.repairs:
        yield _row("mended", escape_controls(repair), "warning")
    for number, line in enumerate(understood.meaning):
        yield _row("" if number else "means", one_line(line) if not line.startswith(" ") else escape_controls(line))
    for number, sought in enumerate(understood.sought):
        yield _row("" if number else "looks up", one_line(sought.text))
        yield from _looked_up(sought)


def _row(name: str, value: str, style: str = "") -> Text:
    return Text(f"{name:<10}", "faint").append(bidi_isolate(value), style)


def _looked_up(sought: ExpandedLeaf) -> Iterator[Text]:
    """Yield the terms of a word or phrase, languages with the same terms together."""
    languages: dict[str, list[str]] = {}
    for language, steps in sought.terms.items():
        languages.setdefault(" + ".join(" | ".join(step) for step in steps) or "nothing", []).append(language)
    for terms, those in languages.items():
        yield _row("", f"  {' '.join(those)}  {one_line(terms)}", "faint")
