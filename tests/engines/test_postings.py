"""Postings on their way into Whoosh's files: put in order whatever the memory, and read by Whoosh as we wrote them."""

from __future__ import annotations

from array import array
from itertools import accumulate
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
from docindex.engines.whoosh.gathered import Gathered, Packed
from docindex.engines.whoosh.schema import Positions

TERM = st.sampled_from([b"a", b"ab", b"b", "é".encode(), b"\xff", b"z"])
WEIGHT = st.sampled_from([0.25, 0.5, 1.0, 3.0])
PLACE = st.sampled_from([0, 1, 300, 65_535, 65_536, 1 << 28, (1 << 32) - 1])
PLACES = st.lists(PLACE, min_size=1, unique=True).map(sorted)
DOCUMENT = st.dictionaries(TERM, st.tuples(WEIGHT, PLACES), max_size=6)
POSTINGS = st.lists(st.tuples(st.integers(1, 300), WEIGHT, PLACES), min_size=1, max_size=400)

Rows = list[tuple[int, float, list[int]]]


def columns(rows: Rows) -> Postings:
    """Postings of documents, weights and positions."""
    places = [place for _, _, held in rows for place in held]
    documents, weights = [document for document, _, _ in rows], [weight for _, weight, _ in rows]
    counts = [len(held) for _, _, held in rows]
    return Postings(array("I", documents), array("f", weights), array("I", counts), array("I", places))


def packed(documents: list[dict[bytes, tuple[float, list[int]]]]) -> Packed:
    """Documents' terms, put together."""
    terms = list(dict.fromkeys(term for document in documents for term in document))
    held = [
        columns([(number, *document[term]) for number, document in enumerate(documents) if term in document])
        for term in terms
    ]
    flat = [array("f" if name == "weights" else "I") for name in Postings._fields]
    for postings in held:
        for column, own in zip(flat, postings, strict=True):
            column.extend(own)
    documents_, weights, counts, positions = flat
    return Packed(terms, array("I", [len(own.documents) for own in held]), documents_, weights, counts, positions)


@given(
    batches=st.lists(st.lists(DOCUMENT, max_size=4), max_size=5),
    memory=st.sampled_from([0, 700, 2000, 1_000_000]),
    more=st.booleans(),
)
def test_terms_come_in_order_with_all_their_postings_whatever_the_memory(
    batches: list[list[dict[bytes, tuple[float, list[int]]]]], memory: int, more: bool
) -> None:
    gathered = Gathered(Path(), memory)
    expected: dict[tuple[str, bytes], Rows] = {}
    base = 0
    for documents in batches:
        gathered.take("words", packed(documents), base)
        for number, document in enumerate(documents, start=base):
            gathered.add("path", b"x%d" % number, number)
            expected["path", b"x%d" % number] = [(number, 1.0, [])]
            for term, held in document.items():
                expected.setdefault(("words", term), []).append((number, *held))
        base += len(documents)
    if more:
        gathered.extend("words", b"ab", columns([(base, 3.0, [1, 2]), (base + 2, 1.0, [5])]))
        expected.setdefault(("words", b"ab"), []).extend([(base, 3.0, [1, 2]), (base + 2, 1.0, [5])])
    found = [((field, term), rows(postings)) for field, term, postings in gathered]
    gathered.close()
    assert found == sorted(expected.items())


def rows(postings: Postings) -> Rows:
    """The other way round."""
    places = iter(postings.positions)
    counts = postings.counts or [0] * len(postings.documents)
    held = [[next(places) for _ in range(count)] for count in counts]
    assert next(places, None) is None
    return list(zip(postings.documents, postings.weights, held, strict=True))


def rising(drawn: Rows) -> Postings:
    """Postings whose documents are so far apart."""
    documents = accumulate(step for step, _, _ in drawn)
    return columns([(document, *held) for document, (_, *held) in zip(documents, drawn, strict=True)])


@given(drawn=POSTINGS)
def test_what_was_written_is_read(drawn: Rows) -> None:
    written, _ = blocks.encode(rising(drawn), bytes(200_000), 0)
    found = blocks.decode(written)
    assert found.unpacked == rising(drawn)
    assert [blocks.places(value).tolist() for value in found.values] == [places for _, _, places in drawn]


@given(one=PLACES, other=PLACES)
def test_the_places_of_two_forms_are_put_together(one: list[int], other: list[int]) -> None:
    values = columns([(1, 1.0, one), (2, 1.0, other)]).values
    assert blocks.places(blocks.merged(*values)).tolist() == sorted(one + other)


@given(drawn=POSTINGS)
def test_whoosh_reads_what_we_write(drawn: Rows) -> None:
    postings = rising(drawn)
    schema = fields.Schema(text=fields.FieldType(format=Positions(), analyzer=None, scorable=True))
    storage = RamStorage()
    codec = blocks.Codec()
    segment = codec.new_segment(storage, "MAIN")
    perdoc = codec.per_document_writer(storage, segment)
    perdoc.close()
    writer = codec.field_writer(storage, segment)
    writer.start_field("text", schema["text"])
    writer.add_term(b"before", columns([(1, 1.0, [7])]), bytes(2))
    writer.add_term(b"word", postings, bytes(200_000))
    writer.finish_field()
    writer.close()
    segment.set_doc_count(postings.documents[-1] + 1)
    assert type(segment.codec()) is W3Codec
    reader = SegmentReader(storage, schema, segment)
    assert list(reader.lexicon("text")) == [b"before", b"word"]
    matcher = reader.postings("text", b"word")
    read = []
    while matcher.is_active():
        read.append((matcher.id(), matcher.weight(), matcher.value_as("positions")))
        matcher.next()
    assert read == rows(postings)
    about = reader.term_info("text", b"word")
    assert (about.doc_frequency(), about.weight()) == (len(drawn), sum(postings.weights))
    assert (about.min_id(), about.max_id()) == (postings.documents[0], postings.documents[-1])
    assert about.max_weight() == max(postings.weights)
    with pytest.raises(TermNotFound):
        reader.postings("text", b"absent")


def test_terms_out_of_order_are_refused() -> None:
    codec, storage = blocks.Codec(), RamStorage()
    writer = codec.field_writer(storage, codec.new_segment(storage, "MAIN"))
    writer.start_field("text", fields.TEXT())
    writer.add_term(b"b", columns([(1, 1.0, [7])]), bytes(2))
    with pytest.raises(ValueError, match="terms must rise"):
        writer.add_term(b"a", columns([(1, 1.0, [7])]), bytes(2))


def test_postings_that_begin_otherwise_are_damage() -> None:
    with pytest.raises(CorruptIndexError):
        blocks.decode(b"nothing of the kind")


def test_a_word_is_looked_up_under_all_forms_it_was_posted_under(tmp_path: Path) -> None:
    """Its folded form finds all that fold to it, its stem all that have it, its exact form itself alone."""
    gathering = words.Gathering()
    for text, documents in {"eleve": [1], "élevé": [4], "élève": [1, 2], "élèves": [2, 3], "mot": [9]}.items():
        (form,) = analysis.analyse(text, "fr").terms
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
