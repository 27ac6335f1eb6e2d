"""Compressed and packed files to the records of the files in them, and what is refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable

import pytest
from packages import docx, p, tarred, zipped

from docindex.errors import ReaderError
from docindex.model.documents import Metadata, Record, Source
from docindex.readers import read
from docindex.readers.containers import DEFAULTS, ContainerLimits


def opened(
    name: str, data: bytes, limits: ContainerLimits = DEFAULTS, **declared: object
) -> tuple[list[Record], list[tuple[str, str]]]:
    """Return the records of a file and its parts that failed."""
    failed: list[tuple[str, str]] = []
    metadata = Metadata(**({"language": "en"} | declared))  # type: ignore[arg-type]
    source = Source(name, metadata, collection="Press")
    return read.read(source, data, lambda part: failed.append((part.part, part.reason)), limits=limits), failed


TEXT = b"20-03-2016 23:15 - The talks ended\n\nNobody knows why.\n"


@pytest.mark.parametrize(
    ("name", "pack"), [("a.txt.gz", gzip.compress), ("a.txt.bz2", bz2.compress), ("a.txt.xz", lzma.compress)]
)
def test_a_compressed_file_gives_the_records_of_what_is_in_it(name: str, pack: Callable[..., bytes]) -> None:
    (record,), failed = opened(name, pack(TEXT), creator="Declared")
    assert (record.id, record.title, record.body, failed) == (name, "The talks ended", "Nobody knows why.", [])
    assert (record.metadata.creator, record.collection, list(record.lines)) == ("Declared", "Press", [3])


MEMBERS = (("one/a.txt", TEXT), ("b.md", b"# Title\n\nText.\n"), ("c.docx", docx(p("Words."))))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("all.zip", zipped(*MEMBERS)),
        ("all.tar", tarred(*MEMBERS)),
        ("all.tar.gz", gzip.compress(tarred(*MEMBERS))),
        ("all.tgz", gzip.compress(tarred(*MEMBERS))),
        ("all.TXZ", lzma.compress(tarred(*MEMBERS))),
        ("misnamed.tar", zipped(*MEMBERS)),
    ],
)
def test_a_packed_file_gives_the_records_of_each_file_in_it(name: str, data: bytes) -> None:
    records, failed = opened(name, data)
    assert [(record.id, record.title, record.body) for record in records] == [
        (f"{name}#one/a.txt", "The talks ended", "Nobody knows why."),
        (f"{name}#b.md", "Title", "Text."),
        (f"{name}#c.docx", "c.docx", "Words."),
    ]
    assert failed == []


def test_what_a_part_says_wins_over_what_is_declared_of_the_whole() -> None:
    records, _ = opened("a.zip", zipped(("a.txt", TEXT), ("b.txt", "words, here.")), title="Leak", publisher="X")
    assert [(record.title, record.metadata.publisher) for record in records] == [
        ("The talks ended", "X"),
        ("b.txt", "X"),
    ]


def test_a_part_is_dated_by_its_name_where_it_says_nothing() -> None:
    records, _ = opened("a.zip", zipped(("x/2013-01-17 note.txt", "words, here."), ("b.txt", "words, here.")))
    assert [record.metadata.date and record.metadata.date.value for record in records] == ["2013-01-17", None]


def test_parts_of_parts_have_ids_of_their_own() -> None:
    digest = TEXT + b"\n" + TEXT.replace(b"20-03", b"21-03")
    inner = zipped(("d.txt", digest), ("e.txt", "again here"))
    records, _ = opened("a.tar", tarred(("in.zip", inner), ("in.zip", inner)))
    assert [record.id for record in records] == [
        "a.tar#in.zip/d.txt/2016-03-20T23:15",
        "a.tar#in.zip/d.txt/2016-03-21T23:15",
        "a.tar#in.zip/e.txt",
        "a.tar#in.zip/d.txt/2016-03-20T23:15-2",
        "a.tar#in.zip/d.txt/2016-03-21T23:15-2",
        "a.tar#in.zip/e.txt-2",
    ]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_path_in_an_archive_is_a_name_and_hidden_files_are_left_out(pack: Callable[..., bytes]) -> None:
    names = ["../../etc/passwd.txt", "/abs.txt", "C:\\x.txt", ".git/a.txt", "__MACOSX/._a.txt", "x/.DS_Store"]
    records, failed = opened("a.zip" if pack is zipped else "a.tar", pack(*((name, b"words") for name in names)))
    assert [record.part for record in records] == names[:3]
    assert failed == []


def test_a_link_in_a_tar_leads_nowhere() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        link = tarfile.TarInfo("passwd.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(ReaderError, match=r"^empty$"):
        opened("a.tar", made.getvalue())


def test_a_part_that_fails_does_not_lose_the_others() -> None:
    inner = zipped(("x.pdf", b"%PDF-no pdf"), ("fine.txt", b"more words"))
    data = zipped(
        ("bad.docx", b"no word\0"), ("a.jpg", b"jpg"), ("ok.txt", b"words"), ("in.zip", inner), ("e.txt", b"")
    )
    records, failed = opened("a.zip", data)
    assert [record.part for record in records] == ["ok.txt", "in.zip/fine.txt"]
    assert failed == [
        ("bad.docx", "is damaged, or no Word document"),
        ("in.zip/x.pdf", "is damaged, or no PDF"),
        ("", "1 file in it left out: .jpg 1"),
    ]


def test_where_nothing_can_be_read_the_first_failure_is_told() -> None:
    with pytest.raises(ReaderError) as failure:
        opened("a.zip", zipped(("a.pdf", b"no pdf\0"), ("b.jpg", b"jpg"), ("c.rtf", b"no rtf\0")))
    assert failure.value.message == "a.pdf: is no PDF (and 1 more cannot be read)"
    assert failure.value.hint


def test_files_that_have_no_reader_are_left_out_as_in_a_folder_and_told_where_there_are_no_others() -> None:
    pictures = [("b.jpg", b"jpg"), ("c.JPG", b"jpg"), ("Makefile.xyz", b"words\0")]
    records, failed = opened("a.zip", zipped(*pictures, ("a.txt", b"words")))
    assert ([record.part for record in records], failed) == (
        ["a.txt"],
        [("", "3 files in it left out: .jpg 2, .xyz 1")],
    )
    with pytest.raises(ReaderError) as failure:
        opened("a.zip", zipped(*pictures))
    assert failure.value.message == "holds only files that docindex does not read: .jpg 2, .xyz 1"


@pytest.mark.parametrize(
    ("size", "lost"),
    [
        (2_000, [("b.txt", "is damaged, or no tar file"), ("the rest", "is damaged, or no tar file")]),  # in its text
        (1_400, [("the rest", "is damaged, or no tar file")]),  # in its header
    ],
)
def test_a_damaged_end_loses_only_itself(size: int, lost: list[tuple[str, str]]) -> None:
    data = tarred(("a.txt", b"first words"), ("b.txt", b"second words" * 100))
    records, failed = opened("a.tar", data[:size])
    assert [record.part for record in records] == ["a.txt"]
    assert failed == lost


ZEROS = bytes(64 << 20)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt.gz", gzip.compress(ZEROS), "unpacks to more than 200 times its size, as a bomb does"),
        ("a.txt.xz", lzma.compress(ZEROS), "unpacks to more than 200 times its size, as a bomb does"),
        (
            "a.zip",
            zipped(("0.txt", ZEROS)),
            "0.txt: unpacks to more than 200 times its size, as a bomb does",
        ),
        ("a.zip", zipped(*((str(n), b"") for n in range(100_001))), "holds more than 100,000 files"),
        ("a.zip", b"PK\x03\x04" + bytes(99), "is damaged, or no zip file"),
        ("a.tar", bytes(600), "is no archive"),
        ("a.gz", gzip.compress(TEXT)[:10], "is damaged, or no gzip file"),
        ("a.xyz.gz", gzip.compress(b"\0\1\2"), "no reader for .xyz"),
    ],
    ids=range(8),
)
def test_what_is_refused_and_why(name: str, data: bytes, message: str) -> None:
    with pytest.raises(ReaderError) as failure:
        opened(name, data)
    assert failure.value.message == message
    assert failure.value.hint


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_file_may_hold_several_streams_and_blanks_behind_them(pack: Callable[[bytes], bytes]) -> None:
    (record,), failed = opened("a.txt", pack(b"Many words.\n") + pack(b"And more.") + bytes(99))
    assert (record.id, record.body, failed) == ("a.txt", "Many words.\nAnd more.", [])


@pytest.mark.parametrize(("pack", "what"), [(gzip.compress, "gzip"), (lzma.compress, "xz")])
def test_a_compressed_file_that_breaks_off_is_read_up_to_there(pack: Callable[[bytes], bytes], what: str) -> None:
    lines = "".join(f"Line {number} of many.\n" for number in range(5_000))
    packed = pack(lines.encode())
    (record,), failed = opened("a.txt.gz", packed[: len(packed) * 9 // 10])
    assert lines.startswith(record.body)
    assert len(record.body) > len(lines) // 2
    assert failed == [("the rest", f"is damaged, or no {what} file")]
    (record,), failed = opened("a.txt.gz", packed + b"garbage")
    assert (record.body, failed) == (lines.rstrip(), [("the rest", f"is damaged, or no {what} file")])


def test_files_in_files_are_read_to_a_depth() -> None:
    data = b"words"
    for depth in range(5):
        data = zipped((f"{depth}.txt" if depth == 0 else "in.zip", data), (f"at{depth}.txt", b"words"))
    records, failed = opened("a.zip", data)
    assert [record.part.rpartition("/")[2] for record in records] == ["at1.txt", "at2.txt", "at3.txt", "at4.txt"]
    assert [message for _, message in failed] == ["lies too deep in other files"] * 2


def test_a_bomb_that_is_spread_over_many_files_is_refused_whole() -> None:
    inner = zipped(*((f"{number}.txt", b"words " * 10_000) for number in range(20)))
    with pytest.raises(ReaderError, match=r"^unpacks to more than"):
        opened("a.zip", zipped(("ok.txt", b"words"), ("in.zip", inner)), ContainerLimits(max_unpacked_bytes=1 << 20))


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("a.zip", zipped(*MEMBERS)),
        ("a.zip", zipped(*MEMBERS, method=zipfile.ZIP_LZMA)),
        ("a.tar", tarred(*MEMBERS)),
        ("a.tar.gz", gzip.compress(tarred(*MEMBERS))),
        ("a.txt.bz2", bz2.compress(TEXT)),
        ("a.txt.xz", lzma.compress(TEXT)),
    ],
)
def test_an_archive_cut_short_or_overwritten_gives_records_or_a_reader_error(name: str, whole: bytes) -> None:
    chance = random.Random(7)  # noqa: S311
    cut = [whole[: len(whole) * tenth // 10] for tenth in range(10)]
    noise = [whole[:8] + chance.randbytes(2_000) for _ in range(5)]
    spoilt = [bytes(byte if chance.random() > 0.01 else chance.randrange(256) for byte in whole) for _ in range(30)]
    failures = 0
    for data in [*cut, *noise, *spoilt]:
        try:
            records, _ = opened(name, data)
            assert len({record.id for record in records}) == len(records)
        except ReaderError:
            failures += 1
    assert failures > 5
