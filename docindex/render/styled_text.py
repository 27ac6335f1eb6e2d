"""A line of text, and what its parts are: title, match, path ... How that looks is for the theme to say.

It is what Rich's Text is, as far as it is needed here, and becomes one where there is colour. To a pipe goes the text
alone, and loading Rich would take as long as the search.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    import rich.text


class Span(Struct, frozen=True, gc=False):
    """Characters start to end, half-open, of a line, and what they are or where they lead."""

    start: int
    end: int
    style: str  # a name of the theme
    link: str | None = None

    def moved(self, by: int) -> Span:
        """The same characters in a line that has others before them."""
        return Span(self.start + by, self.end + by, self.style, self.link)


class Text:
    """A line that grows: `style` is that of the whole of it, under those of its spans."""

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
        """Give all of it a style, under those that its parts have."""
        self.spans.insert(0, Span(0, len(self.plain), style))

    def link(self, uri: str) -> None:
        """Let all of it lead somewhere."""
        self.spans.append(Span(0, len(self.plain), "", uri))

    def rstrip(self) -> None:
        """Take blanks from the end."""
        kept = self[: len(self.plain.rstrip())]
        self.plain, self.spans = kept.plain, kept.spans

    def join(self, lines: Iterable[Text]) -> Text:
        """The lines, this one between each two of them."""
        joined = Text()
        for number, line in enumerate(lines):
            if number:
                joined.append_text(self)
            joined.append_text(line)
        return joined

    def split(self, separator: str) -> list[Text]:
        """What stands between the separators; nothing is left of one at the end."""
        found: list[Text] = []
        start = 0
        for piece in self.plain.split(separator):
            found.append(self[start : start + len(piece)])
            start += len(piece) + len(separator)
        return found[:-1] if len(found) > 1 and not found[-1].plain else found

    def divide(self, offsets: Iterable[int]) -> list[Text]:
        """The line cut at the offsets, which rise."""
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
