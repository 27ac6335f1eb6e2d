"""The vocabulary of each segment, in a file beside it: Whoosh's own is read term by term, which is slow in Python.

A line of JSON (for each language its code, the bytes of its forms, their number), then for each language its forms,
each ended by a newline, and how many records hold each, as unsigned 32-bit numbers.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from whoosh.reading import SegmentReader

from docindex import analysis
from docindex.engines.whoosh import schema
from docindex.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_STEM, _EXACT = analysis.STEM.encode(), analysis.EXACT.encode()
_COUNT = array("I").itemsize


def write(store: Any, segment: Any) -> None:
    """Write a segment's file, if it is not there."""
    path = _path(store.path, segment.segment_id())
    if path.exists():
        return
    forms: defaultdict[bytes, list[bytes]] = defaultdict(list)
    counts: defaultdict[bytes, array[int]] = defaultdict(lambda: array("I"))
    with SegmentReader(store, schema.schema(), segment) as reader:
        for term, about in reader.iter_field("words"):
            language, _, form = term.partition(b" ")
            if not form.startswith(_STEM) and _EXACT not in form:
                forms[language].append(form + b"\n")
                counts[language].append(about.doc_frequency())
    head = [[language.decode(), sum(map(len, own)), len(own)] for language, own in forms.items()]
    with path.open("wb") as file:
        file.write(json.dumps(head).encode() + b"\n")
        for language, own in forms.items():
            file.writelines(own)
            counts[language].tofile(file)


def read(folder: Path, segments: Iterable[str]) -> Mapping[str, list[Vocabulary]]:
    """The vocabularies of the segments, by language."""
    found: defaultdict[str, list[Vocabulary]] = defaultdict(list)
    for segment in segments:
        with _path(folder, segment).open("rb") as file:
            for language, length, count in json.loads(file.readline()):
                data = file.read(length)
                counts = array("I")
                counts.frombytes(file.read(count * _COUNT))
                found[language].append(Vocabulary(data, counts))
    return found


def _path(folder: Path, segment: str) -> Path:
    return folder / f"{segment}.words"
