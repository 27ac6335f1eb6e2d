"""Postings on their way into the files: put in order whatever the memory, and read as they were
written.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from datetime import date
from itertools import accumulate, chain, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from contract import ABOUT, RECORDS, fill, indexed, record
from hypothesis import given
from hypothesis import strategies as st
from whoosh.query import And, ColumnQuery, Phrase, Prefix, Term
from whoosh.searching import Searcher

from docindex.analysis import analyzer, folding
from docindex.analysis.stemming import STEM
from docindex.engines.whoosh.codec.postings_batch import Postings, PostingsBatch, merge_batches, split_at
from docindex.engines.whoosh.codec.postings_reader import decode_postings
from docindex.engines.whoosh.codec.postings_writer import encode
from docindex.engines.whoosh.codec.term_dictionary_reader import SEPARATOR, SegmentTermList, TermDictionary
from docindex.engines.whoosh.codec.term_dictionary_writer import TermDictionaryWriter, encode_terms, word_lists
from docindex.engines.whoosh.codec.whoosh_seam import whoosh_reader
from docindex.engines.whoosh.directory import Directory
from docindex.engines.whoosh.engine import WhooshEngine
from docindex.engines.whoosh.external_sort import PostingsSorter
from docindex.errors import IndexDamaged

if TYPE_CHECKING:
    from whoosh.query import Query

TERM = st.sampled_from([b"a", b"ab", b"ab\x1fa", b"ab\x1fb", b"b", "é".encode(), b"\xff", b"z"])
WEIGHT = st.sampled_from([0.25, 0.5, 1.0, 3.0, 300.0])
PLACE = st.sampled_from([0, 1, 300, 65_535, 65_536, 1 << 28, (1 << 32) - 1])
PLACES = st.lists(PLACE, min_size=1, unique=True).map(sorted)
DOCUMENT = st.dictionaries(TERM, st.tuples(WEIGHT, PLACES), max_size=6)
POSTINGS = st.lists(st.tuples(st.integers(1, 300), WEIGHT, PLACES), min_size=1, max_size=400)

Rows = list[tuple[int, float, list[int]]]


def columns(terms: dict[bytes, Rows]) -> PostingsBatch:
    """Terms and their postings: documents, weights and positions."""
    rows = [row for held in terms.values() for row in held]
    return PostingsBatch(
        SEPARATOR.join(terms),
        Postings(
            np.array([len(held) for held in terms.values()], np.intp),
            np.array([document for document, _, _ in rows], np.uint32),
            np.array([weight for _, weight, _ in rows], np.float32),
            np.array([len(places) for _, _, places in rows], np.uint32),
            np.array([place for _, _, places in rows for place in places], np.uint32),
        ),
    )


def rows(packed: PostingsBatch) -> dict[bytes, Rows]:
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
        for name, value in (("CHUNK_POSTINGS", share), ("RUN_BLOCK_POSTINGS", piece), ("MAX_RUNS_PER_LEVEL", most)):
            patch.setattr(f"docindex.engines.whoosh.external_sort.{name}", value)
        gathered, paths = PostingsSorter(Path(), memory), PostingsSorter(Path(), memory)
        expected: defaultdict[bytes, Rows] = defaultdict(list)
        base = 0
        for documents in batches:
            terms: defaultdict[bytes, Rows] = defaultdict(list)
            for number, document in enumerate(documents):
                paths.add(columns({b"x%d" % (base + number): [(base + number, 1.0, [])]}), 0)
                for term, held in document.items():
                    terms[term].append((number, *held))
                    expected[term].append((base + number, *held))
            gathered.add(columns(dict(sorted(terms.items()))), base)
            base += len(documents)
        if more:
            late: Rows = [(base, 3.0, [1, 2]), (base + 2, 1.0, [5])]
            gathered.add(columns({b"ab": late}), 0)
            expected[b"ab"] += late
        chunks = list(gathered.chunks())
        held = [rows(merge_batches(share.parts)) for share in chunks]
        found = put_together([rows(merge_batches(share.parts)) for share in paths.chunks()])
        gathered.close()
        paths.close()
    assert put_together(held) == sorted(expected.items())
    assert found == sorted((b"x%d" % number, [(number, 1.0, [])]) for number in range(base))
    # What folds to the same is not torn apart, but where chunks have nothing else.
    forms = [{term.partition(b"\x1f")[0] for term in terms} for terms in held]
    for one, own in zip(chunks, forms, strict=True):
        assert not one.is_partial_fold_group or len(own) == 1
    for (one, terms, own), (other, more_terms, more_own) in pairwise(zip(chunks, held, forms, strict=True)):
        assert own.isdisjoint(more_own) == (one.ends_fold_group or not one.is_partial_fold_group)
        assert one.continues_next == other.continues_previous == (not terms.keys().isdisjoint(more_terms))
    assert not chunks or (chunks[-1].ends_fold_group, chunks[-1].continues_next, chunks[0].continues_previous) == (
        True,
        False,
        False,
    )
    # None is the larger for the number of documents that a term is in.
    largest = max((1 + len(places) for own in expected.values() for _, _, places in own), default=0)
    runs = len(batches) + more
    for terms in held:
        size = sum(1 + len(places) for own in terms.values() for _, _, places in own)
        assert size <= share + (runs + 1) * (piece + largest)


def put_together(chunks: list[dict[bytes, Rows]]) -> list[tuple[bytes, Rows]]:
    """Terms with their postings, in the order in which they came."""
    found: list[tuple[bytes, Rows]] = []
    for term, own in chain.from_iterable(share.items() for share in chunks):
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
    encoded = encode(columns(terms).postings)
    data, positions = memoryview(encoded.postings), memoryview(encoded.positions)
    read = {}
    sizes = zip(encoded.postings_sizes.tolist(), encoded.positions_sizes.tolist(), strict=True)
    for term, (size, positions_size) in zip(terms, sizes, strict=True):
        found = decode_postings(data[:size], positions[:positions_size], 200_000)
        places = found.positions()
        read[term] = [
            (document, weight, places[document].tolist())
            for document, weight in zip(found.documents, found.weights(), strict=True)
        ]
        wanted = list(found.documents[:: len(found.documents) // 3 + 1])
        assert found.positions(wanted) == {document: places[document] for document in wanted}
        data, positions = data[size:], positions[positions_size:]
    assert read == terms
    assert (len(data), len(positions)) == (0, 0)


@given(data=st.binary(max_size=60), doc_count=st.sampled_from([1, 300, 1 << 31]))
def test_any_bytes_are_postings_or_damage(data: bytes, doc_count: int) -> None:
    try:
        found = decode_postings(memoryview(data), memoryview(data), min(doc_count, 100_000))
        found.weights()
        found.positions()
    except IndexDamaged:
        pass


def dictionary(folder: Path, batches: list[tuple[str, PostingsBatch, bool, bool]], doc_count: int) -> TermDictionary:
    """Terms in parts, each with its field: whether it continues the last part, and whether the
    next continues it.
    """
    directory = Directory(folder)
    names = ("terms", "postings", "positions")
    with closing(TermDictionaryWriter(folder, [directory.create_checked(name) for name in names], doc_count)) as writer:
        last = None
        for field, batch, is_begun, goes_on in batches:
            if last and last != field:
                writer.finish_field(last)
            last = field
            writer.add(encode_terms(field, batch, is_begun=is_begun, goes_on=goes_on))
            if field == "words":
                writer.add_words(word_lists(batch))
        if last:
            writer.finish_field(last)
        stamps = writer.finish()
    files = [directory.open_mapped(name, stamp) for name, stamp in zip(names, stamps, strict=True)]
    return TermDictionary(files[0], files[1], files[2], doc_count)


@given(drawn=POSTINGS, cuts=st.sets(st.integers(1, 403), max_size=4))
def test_a_terms_postings_may_come_in_parts(
    drawn: Rows, cuts: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The first with other terms before it, the last with others behind it."""
    postings = rising(drawn)
    one: Rows = [(1, 1.0, [7])]
    terms = {b"before": one, b"inside": one, b"word": postings, b"x": one}
    places = sorted(cut for cut in cuts if cut < len(postings) + 3)
    within = [2 < place < len(postings) + 2 for place in places]  # whether it is in the word's postings
    parts = zip(split_at(columns(terms), places), [False, *within], [*within, False], strict=True)
    batches = [("path", part, is_begun, goes_on) for part, is_begun, goes_on in parts]
    found = dictionary(tmp_path_factory.mktemp("segment"), batches, postings[-1][0] + 2)
    assert found.names("path") == list(terms)
    assert [found.doc_freq("path", term) for term in terms] == list(map(len, terms.values()))
    read = {}
    for term, own in found.items("path"):
        held = own.positions()
        read[term] = [
            (document, weight, held[document].tolist())
            for document, weight in zip(own.documents, own.weights(), strict=True)
        ]
    assert read == terms
    assert found.postings("path", b"absent") is None
    assert found.postings("words", b"word") is None


@pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 5_000])
def test_each_of_many_terms_is_found(tmp_path: Path, count: int) -> None:
    keys = [b"%05d" % number for number in range(0, 2 * count, 2)]
    terms: dict[bytes, Rows] = {key: [(number, 1.0, [number])] for number, key in enumerate(keys)}
    found = dictionary(tmp_path, [("path", columns(terms), False, False)], count)
    for number in range(0, count, 1 + count // 300):
        own = found.postings("path", keys[number])
        assert own is not None
        assert (list(own.documents), own.positions()[number].tolist()) == ([number], [number])
    assert not any(found.find("path", b"%05d" % number) for number in range(1, 2 * count, 2 + count // 150 * 2))
    assert found.names("path") == keys
    assert found.names("path", b"0001") == [key for key in keys if key.startswith(b"0001")]


def test_a_word_is_looked_up_under_all_forms_it_was_posted_under(tmp_path: Path) -> None:
    """Its folded form finds all that fold to it, its stem all that have it, its exact form
    itself alone.
    """
    posted = {"eleve": [1], "élevé": [4], "élève": [1, 2], "élèves": [2, 3], "mot": [9]}
    terms = sorted(
        (f"fr {form}".encode(), held) for text, held in posted.items() for form in analyzer.analyze(text, "fr").terms
    )
    batches = [
        ("words", columns({term: [(one, 1.0, [7]) for one in held] for term, held in some}), False, False)
        for some in (terms[:3], terms[3:])
    ]
    found = dictionary(tmp_path, batches, 10)
    listed = SegmentTermList(found, "fr")
    exact = {word: folding.fold(word) + folding.EXACT + word for word in ("élève", "élevé", "élèves")}
    assert listed.with_prefix("") == "eleve\neleves\nmot\n"
    assert listed.with_prefix("eleves") == "eleves\n"
    assert SegmentTermList(found, "en").with_prefix("") == ""
    assert {form: listed.doc_freq(form) for form in ("eleve", "eleves", "mot", "absent")} == {
        "eleve": 3, "eleves": 2, "mot": 1, "absent": 0,
    }  # fmt: skip
    assert listed.doc_freqs({"eleve", "eleves"}, "el") == {"eleve": 3, "eleves": 2}
    assert {form: held for form, _, held in listed.within_edits("elev", 4)} == {"eleve": 3, "eleves": 2, "mot": 1}

    def forms(term: str) -> list[str]:
        return [name.decode().removeprefix("fr ") for name in found.exact_forms("fr", term)]

    assert forms("eleve") == ["eleve", exact["élevé"], exact["élève"]]
    assert forms(exact["élève"]) == [exact["élève"]]
    stem = analyzer.stems(["élèves"], "fr")[0]
    assert set(forms(STEM + stem)) >= {exact["élèves"], exact["élève"]}
    assert forms("absent") == ["absent"]
    assert forms(STEM + "absent") == []


@given(data=st.binary(max_size=40_000), pieces=st.lists(st.integers(0, 9_000), max_size=6))
def test_a_file_with_checksums_is_read_as_it_was_written(
    data: bytes, pieces: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = Directory(tmp_path_factory.mktemp("files"))
    file = directory.create_checked("file")
    rest = data
    for piece in pieces:
        file.write(rest[:piece])
        rest = rest[piece:]
    file.write(rest)
    stamp = file.finish()
    found = directory.open_mapped("file", stamp)
    assert bytes(found.view(0, len(data))) == data
    for start, length in ((0, len(data) + 1), (-1, 1), (len(data) + 1, 0), (1, -1)):
        with pytest.raises(IndexDamaged):
            found.view(start, length)


def test_whoosh_itself_finds_the_same(tmp_path: Path) -> None:
    """Two segments, one with a deletion, through Whoosh's own readers, searcher and queries."""
    engine = WhooshEngine(tmp_path)
    fill(engine, [*RECORDS, *(record(f"{number}.txt", f"common word{number}") for number in range(40))])
    with engine.writer(ABOUT) as writer:
        writer.replace_source("g.txt", indexed(1))
        writer.add_documents(engine.invert([record("g.txt", "the sahara accord", day=date(2013, 1, 17))]))
        writer.delete_source("7.txt")
    first, last = date(2013, 1, 1).toordinal(), date(2013, 1, 31).toordinal()
    expected: list[tuple[Query, set[str]]] = [
        (Term("words", b"fr accord"), {"a.txt", "dir/f.txt", "g.txt"}),
        (And([Term("words", b"fr accord"), Term("words", b"fr secret")]), {"a.txt", "dir/f.txt"}),
        (Phrase("words", [b"fr accord", b"fr secret"]), {"a.txt"}),
        (Prefix("words", "fr belmo"), {"a.txt", "b.txt"}),
        (Term("words", b"fr common"), {f"{number}.txt" for number in range(40) if number != 7}),
        (Term("path", b"e.txt"), {"e.txt#one", "e.txt#two"}),
        (ColumnQuery("latest", lambda day: first <= day <= last), {"b.txt", "dir/f.txt", "g.txt"}),
    ]
    with engine.searcher() as index:
        assert len(index.segments) == 2
        reader = whoosh_reader(index.segments)
        ids = reader.column_reader("id")
        with Searcher(reader) as searcher:
            for query, wanted in expected:
                found = {ids[document].decode() for document in query.docs(searcher)}
                assert found == wanted
                if not isinstance(query, ColumnQuery):  # Whoosh gives it no scores
                    assert {ids[hit.docnum].decode() for hit in searcher.search(query, limit=None)} == wanted
