"""What the tests of the readers share: a file's content in, its records out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from docindex.model.documents import Metadata, Record, Source
from docindex.readers import read as readers_read

Reading = Callable[..., list[Record]]


@pytest.fixture(scope="session")
def read() -> Reading:
    """`read("a.txt", text, title=..., split=...)`: the records of a file, declared to be in
    English.
    """

    def read(
        name: str,
        content: str | bytes,
        *,
        split: str | None = None,
        columns: tuple[tuple[str, str], ...] = (),
        **declared: object,
    ) -> list[Record]:
        data = content.encode() if isinstance(content, str) else content
        metadata = Metadata(**({"language": "en"} | declared))  # type: ignore[arg-type]
        return readers_read.read(Source(name, metadata, split=split, columns=columns), data)

    return read


@pytest.fixture(scope="session")
def outline() -> Callable[[list[Record]], list[tuple[str, str, list[tuple[int, str]]]]]:
    """Each record as its id, its title, and its body's lines with their numbers in the file."""

    def outline(records: list[Record]) -> list[tuple[str, str, list[tuple[int, str]]]]:
        return [
            (record.id, record.title, list(zip(record.lines, record.body.split("\n"), strict=True)))
            for record in records
        ]

    return outline
