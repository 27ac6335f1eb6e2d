"""Styled text: a line and the styles of its parts, by name. The theme decides how they look.

The class has the part of Rich's Text that docindex needs and becomes one for a terminal with
colour. A pipe gets the text alone, because loading Rich would take as long as the search.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    import rich.text


class Span(Struct, frozen=True, gc=False):
    """Half-open range of characters with a style or a link."""

    start: int
    end: int
    style: str  # a name of the theme
    link: str | None = None

    def moved(self, by: int) -> Span:
        """Return the span for the same characters after `by` others."""
        return Span(self.start + by, self.end + by, self.style, self.link)


class Text:
    """Line that grows. Its own style lies under those of its spans."""

    __slots__ = ("plain", "spans", "style")

    def __init__(self, plain: str = "", style: str = "", spans: Iterable[Span] = ()) -> None:
        self.plain = plain
        self.style = style
        self.spans = list(spans)

    def append(self, text: str, style: str = "") -> Text:
        """Add characters of a style."""
        if style and text:
            self.spans.append(Span(len(self.plain), len(self.plain) + len(text), style))
        self.plain += text
        return self

    def append_text(self, other: Text) -> Text:
        """Add another line with its styles."""
        start = len(self.plain)
        self.append(other.plain, other.style)
        self.spans += [span.moved(start) for span in other.spans]
        return self

    def stylize_before(self, style: str) -> None:
        """Give the whole line a style under those of its spans."""
        self.spans.insert(0, Span(0, len(self.plain), style))

    def link(self, uri: str) -> None:
        """Make the whole line a hyperlink."""
        self.spans.append(Span(0, len(self.plain), "", uri))

    def rstrip(self) -> None:
        """Remove blanks from the end."""
        kept = self[: len(self.plain.rstrip())]
        self.plain, self.spans = kept.plain, kept.spans

    def join(self, lines: Iterable[Text]) -> Text:
        """Return the lines joined with this one between them."""
        joined = Text()
        for number, line in enumerate(lines):
            if number:
                joined.append_text(self)
            joined.append_text(line)
        return joined

    def split(self, separator: str) -> list[Text]:
        """Return the parts between separators, without an empty one at the end."""
        found: list[Text] = []
        start = 0
        for piece in self.plain.split(separator):
            found.append(self[start : start + len(piece)])
            start += len(piece) + len(separator)
        return found[:-1] if len(found) > 1 and not found[-1].plain else found

    def divide(self, offsets: Iterable[int]) -> list[Text]:
        """Return the line cut at ascending offsets."""
        return [self[start:stop] for start, stop in pairwise([0, *offsets, len(self.plain)])]

    def __getitem__(self, part: slice) -> Text:
        start, stop, _ = part.indices(len(self.plain))
        spans = (
            Span(max(span.start, start) - start, min(span.end, stop) - start, span.style, span.link)
            for span in self.spans
            if span.start < stop and span.end > start
        )
        return Text(self.plain[start:stop], self.style, spans)

    def __rich__(self) -> rich.text.Text:
        from rich.style import Style
        from rich.text import Span as Styled
        from rich.text import Text as Rich

        spans = [
            Styled(span.start, span.end, Style(link=span.link) if span.link else span.style) for span in self.spans
        ]
        return Rich(self.plain, self.style, spans=spans)
