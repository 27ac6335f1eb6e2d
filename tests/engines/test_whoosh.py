"""Whoosh's files: whatever is done to them, an answer is right or the damage is said."""

from __future__ import annotations

import os
import random
import shutil
import zlib
from collections import defaultdict
from contextlib import suppress
from datetime import date
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest
import snapshots
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from test_contract import ABOUT, RECORDS, fill, ids, indexed, record

from docindex.engines.base import SearchRequest
from docindex.engines.registry import open_engine
from docindex.engines.whoosh import schema
from docindex.engines.whoosh.codec import postings_reader
from docindex.engines.whoosh.directory import Store
from docindex.engines.whoosh.merger import sorted_out
from docindex.errors import EngineError, IndexDamaged, IndexMissing, IndexOutdated
from docindex.model import Failure, SourceState, Span
from docindex.query.ast import MatchAll, Word

if TYPE_CHECKING:
    from whoosh.codec.base import Segment

    from docindex.engines.base import Engine
    from docindex.model import Record

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


def test_bits_that_turn_by_themselves_make_no_other_error_than_damage(tmp_path: Path) -> None:
    """No time tells of them, and not each is seen: but what they lead to is called by its name."""
    fill(open_engine(tmp_path))
    names = [path.name for path in tmp_path.iterdir() if path.suffix in {".seg", ".words", ".toc"}]
    chance = random.Random(7)  # noqa: S311
    told = 0
    for _ in range(CASES):
        path = tmp_path / chance.choice(names)
        found, whole = path.stat(), path.read_bytes()
        path.write_bytes(damaged_within(whole, chance))
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
        engine = open_engine(tmp_path)
        try:
            for query in (MatchAll(), Word("belmokhtar", None), Word("accord", "title")):
                snapshots.search(engine, SearchRequest(query, facets=("language",)))
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


@pytest.mark.parametrize("more", [True, False])
def test_a_damage_that_was_not_seen_is_not_taken_for_granted_by_the_next_build(tmp_path: Path, *, more: bool) -> None:
    """Of a file that it leaves as it is, a build goes on knowing what was written to it."""
    engine = fill(open_engine(tmp_path))
    segment = next(tmp_path.glob("MAIN_*.seg"))
    found = segment.stat()
    data = bytearray(segment.read_bytes())
    data[len(data) // 3] ^= 1
    segment.write_bytes(data)
    os.utime(segment, ns=(found.st_atime_ns, found.st_mtime_ns))
    with engine.writer(ABOUT) as writer:
        writer.keep_source("a.txt", indexed(1, "touched"))
        if more:
            writer.replace_source("g.txt", indexed(1))
            writer.add_documents(engine.invert([record("g.txt", "Nouveau.")]))
    assert snapshots.sources(open_engine(tmp_path))["a.txt"].content == "touched"
    assert segment.exists()
    os.utime(segment)
    with pytest.raises(IndexDamaged):
        snapshots.state(open_engine(tmp_path))


def test_what_is_damaged_is_not_merged(tmp_path: Path) -> None:
    """Else the damage would be taken for what was written."""
    engine = fill(open_engine(tmp_path), RECORDS[:1])
    segment = next(tmp_path.glob("MAIN_*.seg"))
    found, whole = segment.stat(), segment.read_bytes()

    def change() -> None:
        with engine.writer(ABOUT) as writer:
            writer.replace_source("g.txt", indexed(1))
            writer.add_documents(engine.invert([record("g.txt", "Nouveau.")]))

    for place in range(0, len(whole), len(whole) // 40):
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
            monkeypatch.setattr(Store, "open_index", fails)
            writer.add_documents(engine.invert([record("g.txt", "Nouveau.")]))

    with pytest.raises(EngineError, match="Too many open files"):
        change()
    monkeypatch.undo()
    assert len(ids(open_engine(tmp_path), MatchAll())) == len(RECORDS)


def test_a_failure_is_told_also_where_what_was_begun_cannot_be_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = fill(open_engine(tmp_path))

    def refused(path: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    def change() -> None:
        with engine.writer(ABOUT) as writer:
            writer.replace_source("g.txt", indexed(1))
            writer.add_documents(engine.invert([record("g.txt", "Nouveau.")]))
            raise RuntimeError("what went wrong")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        with pytest.raises(RuntimeError, match="what went wrong"):
            change()
    assert len(ids(open_engine(tmp_path), MatchAll())) == len(RECORDS)
    fill(engine)


def test_what_a_build_that_was_killed_has_left_goes_with_the_next(tmp_path: Path) -> None:
    engine = fill(open_engine(tmp_path))
    (tmp_path / "MAIN.tmp").mkdir()
    (tmp_path / "MAIN.tmp" / "x.ctmp").write_text("half a column")
    (tmp_path / "MAIN_0123456789abcdef.seg").write_text("half a segment")
    with engine.writer(ABOUT):
        pass
    assert {path.name for path in tmp_path.iterdir()}.isdisjoint({"MAIN.tmp", "MAIN_0123456789abcdef.seg"})


@pytest.mark.parametrize("pattern", ["_MAIN_*.toc", "MAIN_*.seg", "state-*.json", "sources-*.jsonl"])
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
    next(tmp_path.glob("state-*.json")).write_bytes(b"%08x\n" % zlib.crc32(text) + text)
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
    (tmp_path / "MAIN_leftover.trm").write_bytes(b"x")
    (tmp_path / "_MAIN_9.toc.123.4").write_bytes(b"x")
    with engine.writer(ABOUT) as writer:
        writer.delete_source("a.txt")
    names = sorted(path.name.split("_")[0] + path.suffix for path in tmp_path.iterdir())
    assert names == [
        ".gitignore",
        ".toc",
        "MAIN.seg",
        "MAIN.words",
        "lock",
        "sources-2.jsonl.jsonl",
        "state-2.json.json",
    ]


class Sized(NamedTuple):
    """All that is asked of a segment, to see whether it is worth merging."""

    left: int
    gone: int

    def doc_count(self) -> int:
        return self.left

    def doc_count_all(self) -> int:
        return self.left + self.gone


@given(
    sizes=st.lists(st.builds(Sized, st.integers(0, 40), st.integers(0, 40)), max_size=12),
    added=st.integers(0, 40),
)
def test_segments_stay_few_and_none_of_them_is_half_deleted(sizes: list[Sized], added: int) -> None:
    merge, stay = cast("tuple[list[Sized], list[Sized]]", sorted_out(cast("list[Segment]", sizes), added))
    assert sorted((*merge, *stay)) == sorted(one for one in sizes if one.left)
    assert all(one.left > one.gone for one in stay)
    new = added + sum(one.left for one in merge)
    total = 0
    for size in sorted([new, *(one.left for one in stay)]):
        assert size > total or size == 0
        total += size


def held(folder: Path) -> tuple[list[int], dict[object, list[object]]]:
    """How many documents of each segment there are, and all that the index holds of those that are not deleted."""
    reader = Store(folder).open_index(schema=schema.schema()).reader()
    found: defaultdict[object, list[object]] = defaultdict(list)
    for leaf, _ in reader.leaf_readers():
        left = set(leaf.all_doc_ids())
        names = leaf.column_reader("id", translate=False)
        columns = [
            leaf.column_reader(name, translate=False) for name in ("title", "alike", "facets", "record", "latest")
        ]
        found["documents"] += [
            (names[number], leaf.doc_field_length(number, "words"), *(column[number] for column in columns))
            for number in left
        ]
        for field, term, (documents, weights, values) in postings_reader.every(leaf):
            for number, weight, value in zip(documents, weights, values or repeat(b""), strict=False):
                if number in left:
                    found[field, term].append((names[number], weight, value))
    return [leaf.doc_count() for leaf, _ in reader.leaf_readers()], {key: sorted(own) for key, own in found.items()}


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
    "codec.codec.TermsWriter._write_hashes", "codec.codec.TermsWriter._write_extras",
    "codec.codec.BytesWriter.finish", "codec.codec.copied",
    "codec.term_dictionary_writer.copied", "codec.term_dictionary_writer.Gathering.write", "index_writer.encode",
    "index_writer.merged", "source_catalog.merge", "directory._sync",
    "directory._seal",
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
    own = ["thesis.txt", "MAIN.txt", "state.json", "sources.jsonl", "words", "_MAIN_notes.toc"]
    for name in own:
        (tmp_path / name).write_text("years of work")
    fill(engine, RECORDS[:1])
    break_off(engine, RECORDS[1:])
    assert [(tmp_path / name).read_text() for name in own] == ["years of work"] * len(own)
    assert (tmp_path / ".gitignore").read_text() == "*.pdf\n"


def test_what_waits_on_disk_comes_to_the_same_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A common word's postings are in several shares, each list in several runs: and nothing of it can be seen."""
    chance = random.Random(1)  # noqa: S311
    vocabulary = ["élève", "Élève", "eleve", "élèves", "mot", "été", "a", "the", *(f"word{n}" for n in range(60))]
    texts = [" ".join(chance.choices(vocabulary, range(len(vocabulary), 0, -1), k=40)) for _ in range(150)]
    records = [record(f"{chance.random()}.txt", text) for text in texts]
    fill(open_engine(tmp_path / "memory"), records)
    small = {
        "external_sort.SHARE": 60, "external_sort.PIECE": 20, "external_sort.MOST": 3,
        "index_writer.POSTINGS_MEMORY": 2_000,
        "inverter.MANY": 7, "temp_files.HELD": 64, "codec.term_dictionary_writer.STEMS": 64, "source_catalog.RUN": 7,
        "source_catalog.AT_ONCE": 2,
    }  # fmt: skip
    for name, value in small.items():
        monkeypatch.setattr(f"docindex.engines.whoosh.{name}", value)
    fill(open_engine(tmp_path / "disk"), records)
    assert held(tmp_path / "disk") == held(tmp_path / "memory")
    for ending in (".words", ".jsonl"):
        one, other = (next((tmp_path / place).glob(f"*{ending}")).read_bytes() for place in ("memory", "disk"))
        assert one == other
    listed = list(snapshots.sources(open_engine(tmp_path / "disk")))
    assert listed == sorted(record.path for record in records)


@pytest.mark.parametrize("seed", range(6))
def test_an_index_changed_many_times_holds_what_one_made_anew_holds(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)  # noqa: S311
    limits = (
        "merger.DOCUMENTS", "merger.RECORDS", "merger.POSITIONS", "external_sort.MOST", "external_sort.SHARE",
        "source_catalog.RUN",
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
