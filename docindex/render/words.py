"""What is said about an answer, the same in every format that people read. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.render.excerpts import one_line

if TYPE_CHECKING:
    from docindex.model import Hit, Passage, Results


def plural(count: int, one: str, many: str | None = None) -> str:
    """A number and its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def short(text: str, most: int) -> str:
    """The text on one line, cut where it is longer than so many letters."""
    text = one_line(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def counted(answer: Results) -> str:
    """How many matches there are, and which of them are shown."""
    here = len(answer.hits)
    if answer.total == 0:
        return f"no match for {short(answer.query, 200)}"
    if here == answer.total:
        return plural(answer.total, "match", "matches")
    first = f"{answer.offset + 1:,} to {answer.offset + here:,}" if answer.offset and here else f"{here:,}"
    return f"{first} of {plural(answer.total, 'match', 'matches')}"


def facts(hit: Hit) -> list[tuple[str, str]]:
    """What is known of a record beside its title, each on one line, with the name of what it is."""
    record, metadata = hit.record, hit.record.metadata
    line = f":{hit.passages[0].line}" if hit.passages else ""
    known = [
        ((metadata.date.value.replace("T", " ") if metadata.date else None), "date"),
        (metadata.publisher, "publisher"),
        (metadata.creator, "creator"),
        (metadata.language if metadata.language != "und" else None, "language"),
        (record.path + line, "path"),
        (f"#{record.part}" if record.part else None, "part"),
    ]
    return [(one_line(fact), name) for fact, name in known if fact]


def place(passage: Passage) -> str:
    """The line on which a passage's first match stands, and its page."""
    return str(passage.line) if passage.page is None else f"p. {passage.page}, {passage.line}"


def place_in_words(passage: Passage) -> str:
    """The same where there is room for words."""
    return (f"page {passage.page}, " if passage.page is not None else "") + f"line {passage.line}"


STALE = "changed since it was indexed"
