"""Postings on their way into Whoosh's files: put in order whatever the memory, and read by Whoosh as we wrote them."""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate, chain, islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import fields
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import RamStorage
from whoosh.filedb.filetables import OrderedHashReader
from whoosh.reading import CorruptIndexError, SegmentReader, TermNotFound
from whoosh.util.numeric import byte_to_length

from docindex import analysis
from docindex.engines.whoosh import blocks, codec, words
from docindex.engines.whoosh.columns import NEXT, Packed, Postings, merged
from docindex.engines.whoosh.encoded import encode
from docindex.engines.whoosh.gathered import Gathered
from docindex.engines.whoosh.schema import Positions

TERM = st.sampled_from([b"a", b"ab", b"ab\x1fa", b"ab\x1fb", b"b", "é".encode(), b"\xff", b"z"])
WEIGHT = st.sampled_from([0.25, 0.5, 1.0, 3.0, 300.0])
PLACE = st.sampled_from([0, 1, 300, 65_535, 65_536, 1 << 28, (1 << 32) - 1])
PLACES = st.lists(PLACE, min_size=1, unique=True).map(sorted)
DOCUMENT = st.dictionaries(TERM, st.tuples(WEIGHT, PLACES), max_size=6)
POSTINGS = st.lists(st.tuples(st.integers(1, 300), WEIGHT, PLACES), min_size=1, max_size=400)

Rows = list[tuple[int, float, list[int]]]


def columns(terms: dict[bytes, Rows]) -> Packed:
    """Terms and their postings: documents, weights and positions."""
    rows = [row for held in terms.values() for row in held]
    return Packed(
        NEXT.join(terms),
        Postings(
            np.array([len(held) for held in terms.values()], np.intp),
            np.array([document for document, _, _ in rows], np.uint32),
            np.array([weight for _, weight, _ in rows], np.float32),
            np.array([len(places) for _, _, places in rows], np.uint32),
            np.array([place for _, _, places in rows for place in places], np.uint32),
        ),
    )


def rows(packed: Packed) -> dict[bytes, Rows]:
    """The other way round."""
    frequencies, documents, weights, counts, positions = (column.tolist() for column in packed.postings)
    places = iter(positions)
    held = iter([[next(places) for _ in range(count)] for count in counts])
    assert next(places, None) is None
    every = zip(documents, weights, held, strict=True)
    return {term: list(islice(every, count)) for term, count in zip(packed.terms, frequencies, strict=True)}


@given(
    batches=st.lists(st.lists(DOCUMENT, max_size=4), max_size=5),
    memory=st.sampled_from([0, 100, 400, 1_000_000]),
    share=st.sampled_from([1, 3, 1000]),
    piece=st.sampled_from([1, 2, 1000]),
    most=st.sampled_from([1, 2, 1000]),
    more=st.booleans(),
)
def test_terms_come_in_order_with_all_their_postings_whatever_the_memory(
    batches: list[list[dict[bytes, tuple[float, list[int]]]]],
    memory: int,
    share: int,
    piece: int,
    most: int,
    more: bool,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("SHARE", share), ("PIECE", piece), ("MOST", most)):
            patch.setattr(f"docindex.engines.whoosh.gathered.{name}", value)
        patch.setattr("docindex.engines.whoosh.columns._AT_ONCE", share)
        gathered, paths = Gathered(Path(), memory), Gathered(Path(), memory)
        expected: defaultdict[bytes, Rows] = defaultdict(list)
        base = 0
        for documents in batches:
            terms: defaultdict[bytes, Rows] = defaultdict(list)
            for number, document in enumerate(documents):
                paths.take(columns({b"x%d" % (base + number): [(base + number, 1.0, [])]}), 0)
                for term, held in document.items():
                    terms[term].append((number, *held))
                    expected[term].append((base + number, *held))
            gathered.take(columns(dict(sorted(terms.items()))), base)
            base += len(documents)
        if more:
            late: Rows = [(base, 3.0, [1, 2]), (base + 2, 1.0, [5])]
            gathered.take(columns({b"ab": late}), 0)
            expected[b"ab"] += late
        shares = [list(rows(merged(share)).items()) for share in gathered.shares()]
        found = [row for share in paths.shares() for row in rows(merged(share)).items()]
        gathered.close()
        paths.close()
    assert list(chain.from_iterable(shares)) == sorted(expected.items())
    assert found == sorted((b"x%d" % number, [(number, 1.0, [])]) for number in range(base))
    # What folds to the same is not torn apart.
    folded = [{term.partition(b"\x1f")[0] for term, _ in held} for held in shares]
    assert all(one.isdisjoint(other) for one, other in pairwise(folded))


def rising(drawn: Rows) -> Rows:
    """Postings whose documents are so far apart."""
    documents = accumulate(step for step, _, _ in drawn)
    return [(document, *held) for document, (_, *held) in zip(documents, drawn, strict=True)]


@given(drawn=POSTINGS, more=POSTINGS, at_once=st.sampled_from([1, 100, 200, 1000, 30_000]))
def test_what_was_written_is_read(drawn: Rows, more: Rows, at_once: int) -> None:
    terms = {b"a": rising(drawn), b"b": rising(more)}
    lengths = np.arange(200_000).astype(np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("docindex.engines.whoosh.encoded.AT_ONCE", at_once)
        encoded = encode(columns(terms), lengths)
    whole = encode(columns(terms), lengths)
    assert encoded.postings == whole.postings
    assert encoded.about.tobytes() == whole.about.tobytes()
    read = {}
    for term, about in zip(encoded.names.split(NEXT), encoded.about, strict=True):
        found = blocks.decode(encoded.postings[about["offset"] : about["offset"] + about["length"]])
        places = [blocks.places(value).tolist() for value in found.values]
        read[term] = list(zip(found.documents, found.weights, places, strict=True))
    assert read == terms


@given(one=PLACES, other=PLACES)
def test_the_places_of_two_forms_are_put_together(one: list[int], other: list[int]) -> None:
    written = encode(columns({b"a": [(1, 1.0, one), (2, 1.0, other)]}), np.zeros(3, np.uint8)).postings
    values = blocks.decode(written).values
    assert blocks.places(blocks.merged(*values)).tolist() == sorted(one + other)


@given(drawn=POSTINGS)
def test_whoosh_reads_what_we_write(drawn: Rows) -> None:
    postings = rising(drawn)
    schema = fields.Schema(text=fields.FieldType(format=Positions(), analyzer=None, scorable=True))
    storage = RamStorage()
    ours = codec.Codec()
    segment = ours.new_segment(storage, "MAIN")
    perdoc = ours.per_document_writer(storage, segment)
    perdoc.close()
    writer = ours.field_writer(storage, segment)
    writer.start_field("text", schema["text"])
    lengths = np.arange(200_000).astype(np.uint8)
    writer.add_terms(encode(columns({b"before": [(1, 1.0, [7])], b"inside": [(2, 1.0, [7])]}), lengths))
    writer.add_terms(encode(columns({b"word": postings}), lengths))
    writer.finish_field()
    writer.close()
    segment.set_doc_count(postings[-1][0] + 1)
    assert type(segment.codec()) is W3Codec
    reader = SegmentReader(storage, schema, segment)
    assert list(reader.lexicon("text")) == [b"before", b"inside", b"word"]
    matcher = reader.postings("text", b"word")
    read = []
    while matcher.is_active():
        read.append((matcher.id(), matcher.weight(), matcher.value_as("positions")))
        matcher.next()
    assert read == postings
    about = reader.term_info("text", b"word")
    assert (about.doc_frequency(), about.weight()) == (len(drawn), sum(weight for _, weight, _ in postings))
    assert (about.min_id(), about.max_id()) == (postings[0][0], postings[-1][0])
    assert about.max_weight() == max(weight for _, weight, _ in postings)
    sizes = [byte_to_length(int(lengths[document])) for document, _, _ in postings]
    assert (about.min_length(), about.max_length()) == (min(sizes), max(sizes))
    with pytest.raises(TermNotFound):
        reader.postings("text", b"absent")


@pytest.mark.parametrize("count", [0, 1, 2, 9, 5_000])
def test_whoosh_finds_each_of_many_terms(count: int) -> None:
    """Many want the same slot of the table, and some go on at its beginning where its end is full."""
    storage = RamStorage()
    keys = [b"%05d" % number for number in range(0, 2 * count, 2)]
    table = codec.TermsWriter(storage.create_file("table"))
    if keys:
        table.add_terms(keys, [key[::-1] for key in keys])
    table.close()
    reader = OrderedHashReader(storage.open_file("table"), storage.file_length("table"))
    assert [reader[key] for key in keys] == [key[::-1] for key in keys]
    assert not any(b"%05d" % number in reader for number in range(1, 2 * count, 2))
    assert list(reader.keys()) == keys


def test_terms_out_of_order_are_refused() -> None:
    ours, storage = codec.Codec(), RamStorage()
    writer = ours.field_writer(storage, ours.new_segment(storage, "MAIN"))
    writer.start_field("text", fields.TEXT())
    with pytest.raises(ValueError, match="terms must rise"):
        writer.add_terms(encode(columns({b"b": [(1, 1.0, [7])], b"a": [(1, 1.0, [7])]}), np.zeros(2, np.uint8)))


def test_postings_that_begin_otherwise_are_damage() -> None:
    with pytest.raises(CorruptIndexError):
        blocks.decode(b"nothing of the kind")


def test_a_word_is_looked_up_under_all_forms_it_was_posted_under(tmp_path: Path) -> None:
    """Its folded form finds all that fold to it, its stem all that have it, its exact form itself alone."""
    posted = {"eleve": [1], "élevé": [4], "élève": [1, 2], "élèves": [2, 3], "mot": [9]}
    terms = sorted(
        (f"fr {form}".encode(), held) for text, held in posted.items() for form in analysis.analyse(text, "fr").terms
    )
    gathering = words.Gathering()
    for some in (terms[:3], terms[3:]):
        documents = np.array([document for _, held in some for document in held])
        gathering.add(words.lists([term for term, _ in some], [len(held) for _, held in some], documents))
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
