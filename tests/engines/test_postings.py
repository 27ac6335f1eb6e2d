"""Postings on their way into Whoosh's files: put in order whatever the memory, and read by Whoosh as we wrote them."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from functools import partial
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

from docindex.analysis import analyzer, folding, stemming
from docindex.engines.whoosh.codec import codec, postings_reader, term_dictionary_reader, term_dictionary_writer
from docindex.engines.whoosh.codec.postings_batch import NEXT, Packed, Postings, merged, parted
from docindex.engines.whoosh.codec.postings_writer import encode
from docindex.engines.whoosh.external_sort import Gathered
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
            patch.setattr(f"docindex.engines.whoosh.external_sort.{name}", value)
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
        shares = list(gathered.shares())
        held = [rows(merged(share.parts)) for share in shares]
        found = put_together([rows(merged(share.parts)) for share in paths.shares()])
        gathered.close()
        paths.close()
    assert put_together(held) == sorted(expected.items())
    assert found == sorted((b"x%d" % number, [(number, 1.0, [])]) for number in range(base))
    # What folds to the same is not torn apart, but where shares have nothing else.
    forms = [{term.partition(b"\x1f")[0] for term in terms} for terms in held]
    for one, own in zip(shares, forms, strict=True):
        assert not one.is_one or len(own) == 1
    for (one, terms, own), (other, more_terms, more_own) in pairwise(zip(shares, held, forms, strict=True)):
        assert own.isdisjoint(more_own) == (one.is_last or not one.is_one)
        assert one.goes_on == other.is_begun == (not terms.keys().isdisjoint(more_terms))
    assert not shares or (shares[-1].is_last, shares[-1].goes_on, shares[0].is_begun) == (True, False, False)
    # None is the larger for the number of documents that a term is in.
    largest = max((1 + len(places) for own in expected.values() for _, _, places in own), default=0)
    runs = len(batches) + more
    for terms in held:
        size = sum(1 + len(places) for own in terms.values() for _, _, places in own)
        assert size <= share + (runs + 1) * (piece + largest)


def put_together(shares: list[dict[bytes, Rows]]) -> list[tuple[bytes, Rows]]:
    """Terms with their postings, in the order in which they came."""
    found: list[tuple[bytes, Rows]] = []
    for term, own in chain.from_iterable(share.items() for share in shares):
        if found and found[-1][0] == term:
            found[-1][1].extend(own)
        else:
            found.append((term, [*own]))
    return found


def rising(drawn: Rows) -> Rows:
    """Postings whose documents are so far apart."""
    documents = accumulate(step for step, _, _ in drawn)
    return [(document, *held) for document, (_, *held) in zip(documents, drawn, strict=True)]


@given(drawn=POSTINGS, more=POSTINGS)
def test_what_was_written_is_read(drawn: Rows, more: Rows) -> None:
    terms = {b"a": rising(drawn), b"b": rising(more)}
    encoded = encode(columns(terms), np.arange(200_000).astype(np.uint8))
    read = {}
    for term, about in zip(encoded.names.split(NEXT), encoded.about, strict=True):
        found = postings_reader.decode(encoded.postings[about["offset"] : about["offset"] + about["length"]])
        places = [postings_reader.places(value).tolist() for value in found.values]
        read[term] = list(zip(found.documents, found.weights, places, strict=True))
    assert read == terms


@given(one=PLACES, other=PLACES)
def test_the_places_of_two_forms_are_put_together(one: list[int], other: list[int]) -> None:
    written = encode(columns({b"a": [(1, 1.0, one), (2, 1.0, other)]}), np.zeros(3, np.uint8)).postings
    values = postings_reader.decode(written).values
    assert postings_reader.places(postings_reader.merged(*values)).tolist() == sorted(one + other)


@given(drawn=POSTINGS, cuts=st.sets(st.integers(1, 402), max_size=4))
def test_whoosh_reads_what_we_write(drawn: Rows, cuts: set[int]) -> None:
    """A term's postings may come in parts, the first with other terms before it, the last with others behind it."""
    postings = rising(drawn)
    schema = fields.Schema(text=fields.FieldType(format=Positions(), analyzer=None, scorable=True))
    storage = RamStorage()
    ours = codec.Codec(Path())
    segment = ours.new_segment(storage, "MAIN")
    perdoc = ours.per_document_writer(storage, segment)
    perdoc.close()
    writer = ours.field_writer(storage, segment)
    writer.start_field("text", schema["text"])
    lengths = np.arange(200_000).astype(np.uint8)
    one: Rows = [(1, 1.0, [7])]
    whole = columns({b"before": one, b"inside": one, b"word": postings, b"x": one})
    places = sorted(cut for cut in cuts if cut < len(postings) + 3)
    within = [2 < place < len(postings) + 2 for place in places]  # whether it is in the word's postings
    parts = zip(parted(whole, places), [False, *within], [*within, False], strict=True)
    for part, is_begun, goes_on in parts:
        writer.add_terms(encode(part, lengths, is_begun=is_begun, goes_on=goes_on), goes_on=goes_on)
    writer.finish_field()
    writer.close()
    segment.set_doc_count(postings[-1][0] + 1)
    assert type(segment.codec()) is W3Codec
    reader = SegmentReader(storage, schema, segment)
    assert list(reader.lexicon("text")) == [b"before", b"inside", b"word", b"x"]
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
    table = codec.TermsWriter(storage.create_file("table"), Path())
    if keys:
        table.add_terms(keys, [key[::-1] for key in keys])
    table.close()
    reader = OrderedHashReader(storage.open_file("table"), storage.file_length("table"))
    assert [reader[key] for key in keys] == [key[::-1] for key in keys]
    assert not any(b"%05d" % number in reader for number in range(1, 2 * count, 2))
    assert list(reader.keys()) == keys


def test_terms_out_of_order_are_refused() -> None:
    ours, storage = codec.Codec(Path()), RamStorage()
    writer = ours.field_writer(storage, ours.new_segment(storage, "MAIN"))
    writer.start_field("text", fields.TEXT())
    with pytest.raises(ValueError, match="terms must rise"):
        writer.add_terms(encode(columns({b"b": [(1, 1.0, [7])], b"a": [(1, 1.0, [7])]}), np.zeros(2, np.uint8)))
    writer.close()


def test_postings_that_begin_otherwise_are_damage() -> None:
    with pytest.raises(CorruptIndexError):
        postings_reader.decode(b"nothing of the kind")


def test_a_word_is_looked_up_under_all_forms_it_was_posted_under(tmp_path: Path) -> None:
    """Its folded form finds all that fold to it, its stem all that have it, its exact form itself alone."""
    posted = {"eleve": [1], "élevé": [4], "élève": [1, 2], "élèves": [2, 3], "mot": [9]}
    terms = sorted(
        (f"fr {form}".encode(), held) for text, held in posted.items() for form in analyzer.analyze(text, "fr").terms
    )
    with closing(term_dictionary_writer.Gathering(tmp_path)) as gathering:
        for some in (terms[:3], terms[3:]):
            documents = [document for _, held in some for document in held]
            frequencies = [len(held) for _, held in some]
            holders = partial(lambda documents, start, stop: len(set(documents[start:stop])), documents)
            gathering.add(term_dictionary_writer.lists([term for term, _ in some], frequencies, holders))
        gathering.write(term_dictionary_reader.path_of(tmp_path, "MAIN_1"))
    with term_dictionary_reader.path_of(tmp_path, "MAIN_1").open("rb") as file:
        held = term_dictionary_reader.read(file)["fr"]
    exact = {word: folding.fold(word) + folding.EXACT + word for word in ("élève", "élevé", "élèves")}
    assert {form: held.folded.doc_freq(form) for form in held.folded.terms} == {"eleve": 3, "eleves": 2, "mot": 1}
    assert held.posted("eleve") == ["eleve", exact["élevé"], exact["élève"]]
    assert held.posted(exact["élève"]) == [exact["élève"]]
    stem = analyzer.stems(["élèves"], "fr")[0]
    assert set(held.posted(stemming.STEM + stem)) >= {exact["élèves"], exact["élève"]}
    assert held.posted("absent") == ["absent"]
    assert held.posted(stemming.STEM + "absent") == []
