"""Postings on their way into Whoosh's files: put in order whatever the memory, and read by Whoosh as we wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import fields
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import RamStorage
from whoosh.reading import CorruptIndexError, SegmentReader, TermNotFound

from docindex import analysis
from docindex.engines.whoosh import blocks, words
from docindex.engines.whoosh.blocks import Postings
from docindex.engines.whoosh.gathered import Gathered

TERM = st.sampled_from([b"a", b"ab", b"b", "é".encode(), b"\xff", b"z"])
WEIGHT = st.sampled_from([0.25, 0.5, 1.0, 3.0])
DOCUMENT = st.dictionaries(TERM, st.tuples(WEIGHT, st.binary(max_size=4)), max_size=6)
POSTINGS = st.lists(st.tuples(st.integers(1, 300), WEIGHT, st.binary(max_size=12)), min_size=1, max_size=400)


@given(documents=st.lists(DOCUMENT, max_size=12), memory=st.sampled_from([0, 100, 300, 1_000_000]))
def test_terms_come_in_order_with_all_their_postings_whatever_the_memory(
    documents: list[dict[bytes, tuple[float, bytes]]], memory: int
) -> None:
    gathered = Gathered(Path(), memory)
    expected: dict[tuple[str, bytes], list[tuple[int, float, bytes]]] = {}
    for number, document in enumerate(documents):
        for field in ("words", "a"):
            weights, values = [held[0] for held in document.values()], [held[1] for held in document.values()]
            gathered.add(field, number, list(document), weights, values)
            for term, held in document.items():
                expected.setdefault((field, term), []).append((number, *held))
    found = [((field, term), list(zip(*postings, strict=True))) for field, term, postings in gathered]
    gathered.close()
    assert found == sorted(expected.items())


def rising(drawn: list[tuple[int, float, bytes]]) -> Postings:
    """Postings whose documents are so far apart."""
    documents = [sum(step for step, _, _ in drawn[: place + 1]) for place in range(len(drawn))]
    return Postings(documents, [weight for _, weight, _ in drawn], [value for _, _, value in drawn])


@given(drawn=POSTINGS)
def test_what_was_written_is_read(drawn: list[tuple[int, float, bytes]]) -> None:
    written, _ = blocks.encode(rising(drawn), bytes(200_000), 0)
    assert blocks.decode(written) == rising(drawn)


@given(drawn=POSTINGS)
def test_whoosh_reads_what_we_write(drawn: list[tuple[int, float, bytes]]) -> None:
    drawn = [(step, weight, value or b"x") for step, weight, value in drawn]
    postings = rising(drawn)
    schema = fields.Schema(text=fields.TEXT)
    storage = RamStorage()
    codec = blocks.Codec()
    segment = codec.new_segment(storage, "MAIN")
    columns = codec.per_document_writer(storage, segment)
    columns.close()
    writer = codec.field_writer(storage, segment)
    writer.start_field("text", schema["text"])
    writer.add_term(b"before", Postings([1], [1.0], [b"v"]), bytes(2))
    writer.add_term(b"word", postings, bytes(200_000))
    writer.finish_field()
    writer.close()
    segment.set_doc_count(postings.documents[-1] + 1)
    assert type(segment.codec()) is W3Codec
    reader = SegmentReader(storage, schema, segment)
    matcher = reader.postings("text", b"word")
    read = []
    while matcher.is_active():
        read.append((matcher.id(), matcher.weight(), matcher.value()))
        matcher.next()
    assert read == list(zip(*postings, strict=True))
    about = reader.term_info("text", b"word")
    assert (about.doc_frequency(), about.weight()) == (len(drawn), sum(postings.weights))
    assert (about.min_id(), about.max_id()) == (postings.documents[0], postings.documents[-1])
    assert about.max_weight() == max(postings.weights)
    with pytest.raises(TermNotFound):
        reader.postings("text", b"absent")


def test_postings_that_begin_otherwise_are_damage() -> None:
    with pytest.raises(CorruptIndexError):
        blocks.decode(b"nothing of the kind")


def test_a_word_is_looked_up_under_all_forms_it_was_posted_under(tmp_path: Path) -> None:
    """Its folded form finds all that fold to it, its stem all that have it, its exact form itself alone."""
    gathering = words.Gathering()
    for text, documents in {"eleve": [1], "élevé": [4], "élève": [1, 2], "élèves": [2, 3], "mot": [9]}.items():
        (forms,) = analysis.analyse(text, "fr").forms
        form = forms[-1] if analysis.EXACT in forms[-1] else forms[0]
        gathering.add(f"fr {form}".encode(), documents)
    gathering.write(words.path_of(tmp_path, "MAIN_1"))
    held = words.read(tmp_path, "MAIN_1")["fr"]
    exact = {word: analysis.fold(word) + analysis.EXACT + word for word in ("élève", "élevé", "élèves")}
    assert {form: held.folded.count(form) for form in held.folded.forms} == {"eleve": 3, "eleves": 2, "mot": 1}
    assert held.posted("eleve") == ["eleve", exact["élevé"], exact["élève"]]
    assert held.posted(exact["élève"]) == [exact["élève"]]
    stem = analysis.stems(["élèves"], "fr")[0]
    assert set(held.posted(analysis.STEM + stem)) >= {exact["élèves"], exact["élève"]}
    assert held.posted("absent") == ["absent"]
    assert held.posted(analysis.STEM + "absent") == []
