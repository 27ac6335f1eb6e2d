"""Pages of a document that are pictures: told by number, or read by OCR. Opens no file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from docindex.errors import ReaderError
from docindex.model.documents import OcrPage
from docindex.readers.base import PartFailure, Recognize
from docindex.readers.detection import OCR_HINT

KIND = "pages without text"
"""Group in which reports count documents with such pages."""


def recognize(
    pages: list[str], pictures: Sequence[int], recognize: Recognize, draw: Callable[[int], bytes]
) -> tuple[tuple[OcrPage, ...], list[PartFailure]]:
    """Put the text of pictures in the place of their pages, numbered from 1.

    Return the pages read, and what to tell of the others. `draw` returns a page, counted from 0.
    """
    read: list[OcrPage] = []
    blank: list[int] = []
    refused: dict[tuple[str, str | None], list[int]] = {}
    for number in pictures:
        try:
            texts = recognize(number, lambda index=number - 1: draw(index))  # type: ignore[misc]
        except ReaderError as error:
            refused.setdefault((error.message, error.hint), []).append(number)
            continue
        if texts and texts[0].text:
            pages[number - 1] = texts[0].text
            read.append(OcrPage(number, texts[0].confidence))
        else:
            blank.append(number)
    unread = [
        PartFailure(named(numbers), reason, hint, left_out=KIND, pages=len(numbers))
        for (reason, hint), numbers in refused.items()
    ]
    if blank:
        what = (
            "is a picture in which OCR finds no text" if len(blank) == 1 else "are pictures in which OCR finds no text"
        )
        unread.append(PartFailure(named(blank), what, left_out=KIND))
    return tuple(read), unread


def unread(numbers: Sequence[int]) -> PartFailure:
    """Return the report on pages that are pictures without text."""
    what = "is a picture without text" if len(numbers) == 1 else "are pictures without text"
    return PartFailure(named(numbers), what, OCR_HINT, left_out=KIND, pages=len(numbers))


def named(numbers: Sequence[int]) -> str:
    """Return the names of pages, such as `pages 2 to 7, 9`."""
    runs = ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in _runs(numbers))
    return f"page {runs}" if len(numbers) == 1 else f"pages {runs}"


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of numbers that follow one another."""
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        followers = [number for _, number in run]
        yield followers[0], followers[-1]
