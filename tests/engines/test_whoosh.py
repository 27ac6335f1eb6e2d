"""Whoosh's files: whatever is done to them, an answer is right or the damage is said."""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import zlib
from collections import defaultdict
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import snapshots
from contract import ABOUT, RECORDS, fill, ids, indexed, record
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from docindex.engines.base import SearchRequest
from docindex.engines.registry import open_engine
from docindex.engines.whoosh import schema
from docindex.engines.whoosh.codec.mmap_file import PAGE_BYTES
from docindex.engines.whoosh.codec.term_dictionary_reader import FORMS, SPELLING, STEMS
from docindex.engines.whoosh.directory import Directory
from docindex.engines.whoosh.engine import WhooshEngine
from docindex.engines.whoosh.merge_policy import select
from docindex.errors import EngineError, IndexDamaged, IndexMissing, IndexOutdated
from docindex.model.choices import COLLAPSE_MODES, SORTS
from docindex.model.documents import Failure, SourceState, Span
from docindex.query.ast import Fuzzy, MatchAll, Phrase, Prefix, Word

if TYPE_CHECKING:
    from docindex.engines.base import Engine
    from docindex.model.documents import Record

FOOTER = struct.Struct("<Q8s")
FILES = {".terms", ".postings", ".positions", ".values", ".records", ".jsonl", ".bin"}
CASES = int(os.environ.get("DOCINDEX_DAMAGES", "600"))


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one kind of damage done to them."""
    kind = chance.choice(["truncate", "empty", "zero", "flip", "foreign", "grow"])
    at = chance.randrange(len(data))
    match kind:
        case "truncate":
            return data[:at]
        case "empty":
            return b""
        case "zero":
            return data[:at] + bytes(min(64, len(data) - at)) + data[at + 64 :]
        case "flip":
            return damaged_within(data, chance)
        case "foreign":
            return chance.randbytes(len(data))
        case _:
            return data + b"x"


def damaged_within(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one of them another, and none more or less."""
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def test_a_damaged_file_is_told_or_the_answer_is_right(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    fill(open_engine(whole))
    engine = open_engine(whole)
    with engine.writer(ABOUT) as writer:  # a second segment, and a deletion
        writer.replace_source("g.txt", indexed(1))
        writer.add_documents(engine.invert([record("g.txt", "Belmokhtar encore.")]))
        writer.delete_source("b.txt")
    right = [ids(engine, MatchAll(), sort="path"), ids(engine, Word("belmokhtar", None))]
    names = sorted(path.name for path in whole.iterdir())
    chance = random.Random(42)  # noqa: S311 - the same damages each time
    told, hints = 0, set()
    for _ in range(CASES):
        copy = tmp_path / "copy"
        shutil.copytree(whole, copy, dirs_exist_ok=True)
        name = chance.choice(names)
        data = (whole / name).read_bytes()
        (copy / name).write_bytes(damaged(data, chance) if data else b"x")
        try:
            found = [
                ids(open_engine(copy), MatchAll(), sort="path"),
                ids(open_engine(copy), Word("belmokhtar", None)),
            ]
        except IndexDamaged as error:
            hints.add(error.hint)
            told += 1
        else:
            assert found == right, name
    assert told > CASES // 4
    assert hints == {"docindex build --full"}


def test_bits_that_turn_by_themselves_are_damage_or_change_nothing(tmp_path: Path) -> None:
    """No time and no size tells of them."""
    fill(open_engine(tmp_path))
    queries = (MatchAll(), Word("belmokhtar", None), Word("accord", "title"), Prefix("be"), Phrase("sahara"))
    requests = [SearchRequest(query, facets=("language",), alike="fold") for query in queries]
    right = [snapshots.search(open_engine(tmp_path), request) for request in requests]
    names = [path.name for path in tmp_path.iterdir() if path.suffix in FILES]
    chance = random.Random(7)  # noqa: S311
    told = 0
    for _ in range(CASES):
        path = tmp_path / chance.choice(names)
        found, whole = path.stat(), path.read_bytes()
        path.write_bytes(damaged_within(whole, chance))
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
        engine = open_engine(tmp_path)
        try:
            assert [snapshots.search(engine, request) for request in requests] == right
            with engine.writer(ABOUT) as writer:
                writer.delete_source("b.txt")
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            pass
        except IndexDamaged:
            told += 1
        path.write_bytes(whole)
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert told > CASES // 10
    assert len(ids(open_engine(tmp_path), MatchAll())) == len(RECORDS)


def crafted(data: bytes, chance: random.Random) -> bytes:
    """The file with numbers in it changed, and with checksums that are right."""
    size, magic = FOOTER.unpack(data[-FOOTER.size :])
    own = bytearray(data[:size])
    for _ in range(chance.choice([1, 1, 4])):
        at = chance.randrange(len(own))
        value = chance.choice(
            [b"\xff" * 4, b"\0" * 4, chance.randbytes(4), bytes([own[at] ^ 1 << chance.randrange(8)])]
        )
        own[at : at + len(value)] = value[: len(own) - at]
    pages = (own[start : start + PAGE_BYTES] for start in range(0, len(own), PAGE_BYTES))
    return (
        bytes(own) + b"".join(zlib.crc32(page).to_bytes(4, "little") for page in pages) + FOOTER.pack(len(own), magic)
    )


def test_a_crafted_file_with_right_checksums_makes_no_error_but_damage(tmp_path: Path) -> None:
    """Offsets, lengths and counts of a stranger's index are checked before they are used."""
    whole = tmp_path / "whole"
    many = [record(f"{number}.txt", f"word{number % 7} the of element {number}") for number in range(300)]
    fill(open_engine(whole), [*RECORDS, *many])
    commit = next(whole.glob("commit-*.json"))
    names = sorted(path.name for path in whole.iterdir() if path.suffix in FILES)
    chance = random.Random(11)  # noqa: S311
    told = 0
    for _ in range(CASES):
        copy = tmp_path / "copy"
        shutil.copytree(whole, copy, dirs_exist_ok=True)
        name = chance.choice(names)
        data = crafted((whole / name).read_bytes(), chance)
        (copy / name).write_bytes(data)
        (copy / commit.name).write_bytes(resealed(commit.read_bytes(), name, data))
        engine = open_engine(copy)
        try:
            for query in (MatchAll(), Word("the", None), Phrase("the of"), Prefix("wo"), Fuzzy("elemant")):
                alike = chance.choice(COLLAPSE_MODES)
                request = SearchRequest(query, facets=("language",), sort=chance.choice(SORTS), alike=alike)
                snapshots.search(engine, request)
            with engine.searcher() as index:
                index.similar_terms("elemant", 2)
                list(index.sources())
        except IndexDamaged:
            told += 1
    assert told > CASES // 20


def resealed(commit: bytes, name: str, data: bytes) -> bytes:
    """The commit with the size and checksum that a file has now."""
    size, _ = FOOTER.unpack(data[-FOOTER.size :])
    stamp = [len(data), zlib.crc32(data[size:])]
    _, head, files, state = commit.split(b"\n", 3)
    described = json.loads(files)
    kind = name.partition("-")[0]
    if kind in described:  # sources, families
        described[kind] = stamp
    else:
        described["segments"][0]["files"]["." + name.split(".")[1]] = stamp
    rest = b"\n".join([head, json.dumps(described).encode(), state])
    return b"%08x\n" % zlib.crc32(rest) + rest


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
@pytest.mark.parametrize(
    "pattern", ["commit-*", "sources-*", "families-*", "*.terms", "*.positions", "*.records", "lock"]
)
def test_what_is_no_regular_file_is_neither_followed_nor_waited_for(tmp_path: Path, pattern: str, kind: str) -> None:
    """Neither by a search nor by a build."""
    index = tmp_path / "index"
    fill(open_engine(index))
    outside = tmp_path / "outside"
    outside.write_text("mine")
    path = next(index.glob(pattern))
    path.unlink()
    match kind:
        case "link":
            path.symlink_to(outside)
        case "pipe":
            os.mkfifo(path)
        case _:
            path.mkdir()
    if pattern == "lock":
        with pytest.raises(EngineError):
            fill(open_engine(index), RECORDS[:1])
        assert len(ids(open_engine(index), MatchAll())) == len(RECORDS)
    else:
        with pytest.raises(IndexDamaged):
            snapshots.sources(open_engine(index))
        fill(open_engine(index), RECORDS[:1])
        assert ids(open_engine(index), MatchAll()) == ["a.txt"]
    assert outside.read_text() == "mine"


def test_names_of_files_to_be_written_may_be_taken_by_links(tmp_path: Path) -> None:
    index = tmp_path / "index"
    fill(open_engine(index))
    outside = tmp_path / "outside"
    outside.write_text("mine")
    for name in ("sources.tmp", "commit.tmp", "sources-2.jsonl", "commit-2.json.tmp"):
        (index / name).symlink_to(outside)
    fill(open_engine(index), RECORDS[:2])
    assert outside.read_text() == "mine"
    assert ids(open_engine(index), MatchAll(), sort="path") == ["a.txt", "b.txt"]


def test_an_index_of_the_former_format_is_outdated_and_never_unpickled(tmp_path: Path) -> None:
    head = b'{"recipe":"whoosh 10","version":"0.9.9","files":{}}\n'
    (tmp_path / "state-3.json").write_bytes(b"%08x\n" % zlib.crc32(head) + head)
    ran = tmp_path.parent / f"{tmp_path.name}-ran"
    (tmp_path / "_MAIN_3.toc").write_bytes(b"cos\nsystem\n(S'touch " + os.fsencode(ran) + b"'\ntR.")
    with pytest.raises(IndexOutdated, match=r"0\.9\.9"):
        snapshots.state(open_engine(tmp_path))
    fill(open_engine(tmp_path), RECORDS[:1])
    assert ids(open_engine(tmp_path), MatchAll()) == ["a.txt"]
    assert not ran.exists()
    assert not list(tmp_path.glob("*MAIN*"))


def test_all_of_an_index_can_be_verified(tmp_path: Path) -> None:
    """Also what no search has read."""
    fill(open_engine(tmp_path))
    with open_engine(tmp_path).searcher() as index:
        index.verify()
    for path in tmp_path.glob("segment-*"):
        whole = path.read_bytes()
        for place in range(0, len(whole), len(whole) // 10 + 1):
            data = bytearray(whole)
            data[place] ^= 16
            path.write_bytes(data)
            with pytest.raises(IndexDamaged), open_engine(tmp_path).searcher() as index:
                index.verify()
        path.write_bytes(whole)


def test_what_is_damaged_is_not_merged(tmp_path: Path) -> None:
    """Else the damage would be taken for what was written."""
    engine = fill(open_engine(tmp_path), RECORDS[:1])
    segment = next(tmp_path.glob("segment-*.postings"))
    found, whole = segment.stat(), segment.read_bytes()

    def change() -> None:
        with engine.writer(ABOUT) as writer:
            writer.replace_source("g.txt", indexed(1))
            writer.add_documents(engine.invert([record("g.txt", "Nouveau.")]))

    for place in range(0, len(whole), len(whole) // 40 + 1):
        data = bytearray(whole)
        data[place] ^= 1
        segment.write_bytes(data)
        os.utime(segment, ns=(found.st_atime_ns, found.st_mtime_ns))
        with pytest.raises(IndexDamaged) as told:
            change()
        assert told.value.hint == "docindex build --full"
    segment.write_bytes(whole)
    os.utime(segment, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert ids(open_engine(tmp_path), MatchAll()) == ["a.txt"]


def test_an_index_that_cannot_be_opened_for_a_change_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = fill(open_engine(tmp_path))

    def fails(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    def change() -> None:
        with engine.writer(ABOUT) as writer:
            writer.replace_source("g.txt", indexed(1))
            monkeypatch.setattr(Directory, "create", fails)
            writer.add_documents(engine.invert([record("g.txt", "Nouveau.")]))

    with pytest.raises(EngineError, match="Too many open files"):
        change()
    monkeypatch.undo()
    assert len(ids(open_engine(tmp_path), MatchAll())) == len(RECORDS)


def test_a_failure_is_told_also_where_what_was_begun_cannot_be_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = fill(open_engine(tmp_path))

    def refused(path: str, **_: object) -> None:
        raise PermissionError(13, "Permission denied", path)

    def change() -> None:
        with engine.writer(ABOUT) as writer:
            writer.replace_source("g.txt", indexed(1))
            writer.add_documents(engine.invert([record("g.txt", "Nouveau.")]))
            raise RuntimeError("what went wrong")

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refused)
        with pytest.raises(RuntimeError, match="what went wrong"):
            change()
    assert len(ids(open_engine(tmp_path), MatchAll())) == len(RECORDS)
    fill(engine)


def test_what_a_build_that_was_killed_has_left_goes_with_the_next(tmp_path: Path) -> None:
    engine = fill(open_engine(tmp_path))
    (tmp_path / "sources.tmp").write_text("half a catalog")
    (tmp_path / "segment-0123456789abcdef.terms").write_text("half a segment")
    with engine.writer(ABOUT):
        pass
    left = {path.name for path in tmp_path.iterdir()}
    assert left.isdisjoint({"sources.tmp", "segment-0123456789abcdef.terms"})


@pytest.mark.parametrize(
    "pattern", ["commit-*.json", "segment-*.terms", "segment-*.records", "sources-*.jsonl", "families-*"]
)
def test_a_missing_file_is_damage_and_a_full_build_mends_it(tmp_path: Path, pattern: str) -> None:
    fill(open_engine(tmp_path))
    next(tmp_path.glob(pattern)).unlink()
    with pytest.raises(IndexDamaged):
        snapshots.search(open_engine(tmp_path), SearchRequest(MatchAll()))
    fill(open_engine(tmp_path), RECORDS[:2])
    assert ids(open_engine(tmp_path), MatchAll(), sort="path") == ["a.txt", "b.txt"]


def test_an_index_moved_elsewhere_still_answers(tmp_path: Path) -> None:
    fill(open_engine(tmp_path / "here"))
    shutil.copytree(tmp_path / "here", tmp_path / "there", copy_function=shutil.copyfile)
    assert len(ids(open_engine(tmp_path / "there"), MatchAll())) == len(RECORDS)


def test_an_index_of_another_recipe_is_outdated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(open_engine(tmp_path))
    monkeypatch.setattr("docindex.analysis.analyzer.VERSION", 99)
    with pytest.raises(IndexOutdated):
        snapshots.search(open_engine(tmp_path), SearchRequest(MatchAll()))
    fill(open_engine(tmp_path), RECORDS[:1])
    assert ids(open_engine(tmp_path), MatchAll()) == ["a.txt"]


def test_an_index_whose_state_has_another_shape_is_outdated(tmp_path: Path) -> None:
    fill(open_engine(tmp_path))
    text = b'{"recipe":"whoosh 5","files":{},"built":"2026-01-01T12:00:00Z","version":"0.1.0","sources":{}}'
    next(tmp_path.glob("commit-*.json")).write_bytes(b"%08x\n" % zlib.crc32(text) + text)
    with pytest.raises(IndexOutdated):
        snapshots.state(open_engine(tmp_path))


def test_names_and_texts_that_are_no_utf8_come_back(tmp_path: Path) -> None:
    name = "caf\udce9.txt"  # the byte E9, as Python has it of a file's name
    day = date(2013, 1, 17)
    odd = record(name, "half a pair: \ud83d", title="\udcff", day=day, subject=("a\udc80", "b"))
    odd = replace(odd, lines=(1, 2, 5), quoted=(Span(0, 4), Span(6, 7)))
    failed = SourceState("", "recipe", 0, 5, 0, Failure(name, None, f"{name}: empty"))
    engine = open_engine(tmp_path)
    with engine.writer(ABOUT, full=True) as writer:
        writer.replace_source(name, indexed(1))
        writer.add_documents(engine.invert([odd]))
        writer.replace_source("x.txt", failed)
    found = open_engine(tmp_path)
    assert snapshots.sources(found) == {name: indexed(1), "x.txt": failed}
    assert [one for one, _ in snapshots.search(found, SearchRequest(MatchAll())).hits] == [odd]


def test_a_folder_of_other_things_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(IndexMissing):
        snapshots.state(open_engine(tmp_path))


def test_a_place_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EngineError, match="cannot be written"), open_engine(tmp_path / "file").writer(ABOUT, full=True):
        pass


def test_a_change_leaves_one_generation_and_no_litter(tmp_path: Path) -> None:
    engine = fill(open_engine(tmp_path))
    (tmp_path / "MAIN_0123456789abcdef.trm").write_bytes(b"x")
    (tmp_path / "_MAIN_9.toc.123.4").write_bytes(b"x")
    with engine.writer(ABOUT) as writer:
        writer.delete_source("a.txt")
    names = sorted(path.name.split("-")[0] + path.suffix for path in tmp_path.iterdir())
    endings = ["positions", "postings", "records", "terms", "values"]
    segment = [f"segment.{ending}" for ending in endings]
    assert names == [".gitignore", "commit.json", "families.bin", "lock", *segment, "sources.jsonl"]


class Sized(NamedTuple):
    """All that is asked of a segment, to see whether it is worth merging."""

    live_count: int
    deleted: int

    @property
    def doc_count(self) -> int:
        return self.live_count + self.deleted


@given(
    sizes=st.lists(st.builds(Sized, st.integers(0, 40), st.integers(0, 40)), max_size=12),
    added=st.integers(0, 40),
)
def test_segments_stay_few_and_none_of_them_is_half_deleted(sizes: list[Sized], added: int) -> None:
    merge, stay = select(sizes, added)
    assert sorted((*merge, *stay)) == sorted(one for one in sizes if one.live_count)
    assert all(one.live_count > one.deleted for one in stay)
    new = added + sum(one.live_count for one in merge)
    total = 0
    for size in sorted([new, *(one.live_count for one in stay)]):
        assert size > total or size == 0
        total += size


def held(folder: Path) -> tuple[list[int], dict[object, list[object]]]:
    """How many documents of each segment there are, and all that the index holds of those that
    are not deleted.
    """
    found: defaultdict[object, list[object]] = defaultdict(list)
    with WhooshEngine(folder).searcher() as index:
        for segment in index.segments:
            left = set(segment.live_docs())
            names = list(segment.column("id"))
            columns = [segment.column(name) for name in ("title", "alike", "facets", "record")]
            norms, days = segment.norms()[0], segment.numbers("latest")
            found["documents"] += [
                (names[number], norms[number], days[number], *(column[number] for column in columns)) for number in left
            ]
            for field in schema.INDEXED_FIELDS:
                for term, postings in segment.terms.items(field):
                    places = postings.positions()
                    for number, weight in zip(postings.documents, postings.weights(), strict=True):
                        if number in left:
                            found[field, term].append((names[number], weight, places.get(number)))
        sizes = [segment.info.live_count for segment in index.segments]
    return sizes, {key: sorted(own, key=str) for key, own in found.items()}


def lists(folder: Path) -> list[list[tuple[bytes, int]]]:
    """What the dictionary of an index of one segment lists beside the words."""
    with WhooshEngine(folder).searcher() as index:
        (segment,) = index.segments
        return [
            [pair for block in segment.terms.blocks(field) for pair in zip(block.names, block.doc_freqs, strict=True)]
            for field in (FORMS, STEMS, SPELLING)
        ]


def break_off(engine: Engine, records: list[Record]) -> None:
    """A build that fails when it has taken in some records."""
    with suppress(ZeroDivisionError), engine.writer(ABOUT) as writer:
        writer.replace_source("x.txt", indexed(1))
        writer.add_documents(engine.invert(records))
        _ = 1 / 0


def test_a_build_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    engine = fill(open_engine(tmp_path))
    before = {path.name for path in tmp_path.iterdir()}
    for _ in range(3):
        break_off(engine, RECORDS)
    assert {path.name for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("moment", [
    "codec.mmap_file.ChecksumWriter.finish", "codec.mmap_file.ChecksumWriter.write",
    "codec.segment.DocumentsWriter.finish", "codec.segment.BytesColumnWriter.finish",
    "codec.term_dictionary_writer.copy_into", "codec.term_dictionary_writer.TermDictionaryWriter.finish",
    "codec.term_dictionary_writer.encode", "index_writer.merge_batches", "index_writer.encode_terms",
    "source_catalog.merge", "directory.Directory.sync", "directory.Directory.rename", "directory.Directory.create",
    "engine.write_commit",
])  # fmt: skip
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), MemoryError])
def test_a_build_that_is_broken_off_while_it_writes_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, error: type[BaseException] | OSError
) -> None:
    """Whatever it is broken off by is told, and nothing that comes of that."""
    engine = fill(open_engine(tmp_path), RECORDS[:1])
    before, held_before = {path.name for path in tmp_path.iterdir()}, held(tmp_path)

    def broken(*_: object, **__: object) -> object:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(f"docindex.engines.whoosh.{moment}", broken)
        with pytest.raises((KeyboardInterrupt, MemoryError, EngineError)) as told:
            fill(open_engine(tmp_path), RECORDS)
    assert isinstance(told.value, EngineError) == isinstance(error, OSError)
    assert {path.name for path in tmp_path.iterdir()} == before
    assert held(tmp_path) == held_before
    assert ids(engine, MatchAll(), sort="path") == ["a.txt"]


def test_what_is_in_a_folder_that_is_no_index_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    (tmp_path / ".gitignore").write_text("*.pdf\n")
    with pytest.raises(EngineError, match=r"is no index, and holds other files \(thesis.txt\)"):
        fill(open_engine(tmp_path), RECORDS)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "thesis.txt": "years of work",
        ".gitignore": "*.pdf\n",
    }


def test_what_somebody_puts_beside_an_index_stays_there(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.pdf\n")
    engine = open_engine(tmp_path)
    fill(engine, RECORDS)
    own = [
        "thesis.txt",
        "MAIN.txt",
        "state.json",
        "sources.jsonl",
        "commit.json",
        "words",
        "_MAIN_notes.toc",
        "segment-1.terms",
    ]
    for name in own:
        (tmp_path / name).write_text("years of work")
    fill(engine, RECORDS[:1])
    break_off(engine, RECORDS[1:])
    assert [(tmp_path / name).read_text() for name in own] == ["years of work"] * len(own)
    assert (tmp_path / ".gitignore").read_text() == "*.pdf\n"


def test_what_waits_on_disk_comes_to_the_same_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A common word's postings are in several shares, each list in several runs: and nothing of
    it can be seen.
    """
    chance = random.Random(1)  # noqa: S311
    vocabulary = ["élève", "Élève", "eleve", "élèves", "mot", "été", "a", "the", *(f"word{n}" for n in range(60))]
    texts = [" ".join(chance.choices(vocabulary, range(len(vocabulary), 0, -1), k=40)) for _ in range(150)]
    records = [record(f"{chance.random()}.txt", text) for text in texts]
    fill(open_engine(tmp_path / "memory"), records)
    small = {
        "external_sort.CHUNK_POSTINGS": 60, "external_sort.RUN_BLOCK_POSTINGS": 20,
        "external_sort.MAX_RUNS_PER_LEVEL": 3, "index_writer.POSTINGS_MEMORY_BYTES": 2_000,
        "inverter.MAX_RECORDS": 7, "temp_files.MAX_MEMORY_BYTES": 64,
        "codec.term_dictionary_writer.STEMS_MEMORY_BYTES": 64, "source_catalog.RUN_LINES": 7,
        "source_catalog.READ_AHEAD_LINES": 2,
    }  # fmt: skip
    for name, value in small.items():
        monkeypatch.setattr(f"docindex.engines.whoosh.{name}", value)
    fill(open_engine(tmp_path / "disk"), records)
    assert held(tmp_path / "disk") == held(tmp_path / "memory")
    assert lists(tmp_path / "disk") == lists(tmp_path / "memory")
    one, other = (next((tmp_path / place).glob("*.jsonl")).read_bytes() for place in ("memory", "disk"))
    assert one == other
    listed = list(snapshots.sources(open_engine(tmp_path / "disk")))
    assert listed == sorted(record.path for record in records)


@pytest.mark.parametrize("seed", range(6))
def test_an_index_changed_many_times_holds_what_one_made_anew_holds(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)  # noqa: S311
    limits = (
        "merger.MAX_BATCH_DOCS", "merger.MAX_BATCH_POSTINGS", "external_sort.MAX_RUNS_PER_LEVEL",
        "external_sort.CHUNK_POSTINGS", "source_catalog.RUN_LINES",
    )  # fmt: skip
    for name in limits:
        monkeypatch.setattr(f"docindex.engines.whoosh.{name}", chance.choice([3, 20, 1000]))
    engine, archive = open_engine(tmp_path / "changed"), {"0.txt": record("0.txt", "first")}
    fill(engine, list(archive.values()))
    for _ in range(25):
        with engine.writer(ABOUT) as writer:
            for number in chance.sample(range(30), chance.choice([1, 1, 1, 2, 12])):
                path = f"{number}.txt"
                if path in archive and len(archive) > 1 and chance.random() < 0.4:
                    writer.delete_source(path)
                    del archive[path]
                    continue
                body = " ".join(chance.choices(["élève", "eleve", "word", "words", "x", f"own{chance.random()}"], k=9))
                day = date(2000 + chance.randrange(20), 1, 1)
                archive[path] = record(path, body * chance.choice([1, 3]), title=chance.choice("ab"), day=day)
                if chance.random() < 0.2:  # not a word in it
                    archive[path] = replace(record(path, "...", title="?"), collection=None)
                writer.replace_source(path, indexed(1))
                writer.add_documents(engine.invert([archive[path]]))
    fill(open_engine(tmp_path / "anew"), list(archive.values()))
    sizes, left = held(tmp_path / "changed")
    assert left == held(tmp_path / "anew")[1]
    assert len(sizes) <= len(archive).bit_length()
    assert ids(engine, MatchAll(), sort="path") == list(snapshots.sources(engine)) == sorted(archive)
    assert set(ids(engine, Word("words", None))) == set(ids(open_engine(tmp_path / "anew"), Word("words", None)))
