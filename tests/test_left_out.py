"""Text is text, whatever its ending, and a build tells of all that it leaves out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docindex.render.layout import fit_lines
from docindex.render.styled_text import Text

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("letter.doc", rb"{\rtf1\ansi A word}"),
        ("memo.doc", b"<html><body><p>A word</p></body></html>"),
        ("sheet.xls", b"<table><tr><td>A word</td></tr></table>"),
        ("page.php", b"<?php $a = 1; ?>\n<!DOCTYPE html><html><body><p>A word</p></body></html>"),
        ("page.jsp", b'<%@ page language="java" %>\n<html><body><p>A word</p></body></html>'),
        ("20160320 The Paper. Mali", b"A word"),
        ("notes.rst", b"Title\n=====\n\nA word"),
        ("notes.org", b"* Title\nA word"),
        ("film.srt", b"1\n00:00:01,000 --> 00:00:02,000\nA word\n"),
        ("main.c", b"/* A word */\nint main(void) {}\n"),
        ("NEWS.Debian.gz", gzip.compress(b"A word in a list of changes")),
        ("utf16.nfo", "A word, and more words".encode("utf-16")),
    ],
)
def test_text_is_read_whatever_its_ending(folder: Path, run: Callable[..., Any], name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)
    assert run("build", ".").code == 0
    assert run("search", "word", "-l").out == f"{name}\n"


@pytest.mark.parametrize(
    "name", ["~$letter.docx", "Thumbs.db", "desktop.ini", "._x.txt", ".~lock.x.odt#", "docindex.toml"]
)
def test_files_that_programs_leave_are_passed_over(folder: Path, run: Callable[..., Any], name: str) -> None:
    (folder / name).write_text("")
    (folder / "a.txt").write_text("A word")
    ran = run("build", ".")
    assert ran.code == 0
    assert name not in ran.err
    assert json.loads(run("status", "--json").out)["left_out"] == []


def test_an_index_among_the_documents_is_none_of_them(folder: Path, run: Callable[..., Any]) -> None:
    (folder / "a.txt").write_text("A word")
    run("build", ".", "--index", "IX")
    assert "= 1 unchanged" in run("build", ".", "--index", "IX").err


def test_what_is_left_out_fails_no_build_and_warns_no_search(folder: Path, run: Callable[..., Any]) -> None:
    (folder / "a.txt").write_text("A word")
    (folder / "empty.txt").write_text(" \n")
    for number in range(5):
        (folder / f"{number}.png").write_bytes(PNG)
    ran = run("build", ".")
    assert ran.code == 0
    assert ran.err.splitlines()[:3] == [
        "6 left out, without text that docindex reads; docindex status --left-out lists them",
        "  .png 5: 0.png, 1.png, 2.png …",
        "  empty 1: empty.txt",
    ]
    assert "could not" not in run("search", "word").err
    listed = run("status", "--left-out").out.splitlines()
    assert [line.partition(":")[0] for line in listed] == ["0.png", "1.png", "2.png", "3.png", "4.png", "empty.txt"]
    assert len(json.loads(run("status", "--json").out)["left_out"]) == 6
    assert json.loads(run("build", ".", "--json").out)["skipped"] == {".png": 5, "empty": 1}


def test_an_empty_file_that_is_filled_is_found(folder: Path, run: Callable[..., Any]) -> None:
    (folder / "a.txt").write_text("")
    run("build", ".")
    (folder / "a.txt").write_text("A word")
    assert run("build", ".").code == 0
    assert run("search", "word", "-l").out == "a.txt\n"


def test_failures_of_one_kind_share_a_line_and_are_listed_on_demand(folder: Path, run: Callable[..., Any]) -> None:
    for number in range(5):
        (folder / f"{number}.docx").write_bytes(b"PK\x03\x04" + bytes(60))
    ran = run("build", ".")
    assert ran.code == 1
    assert ran.err.splitlines()[0].startswith("5 files: is damaged, or no Word document (")
    assert ran.err.splitlines()[1] == "  0.docx, 1.docx, 2.docx …; docindex status --failed lists them"
    assert len(run("status", "--failed").out.splitlines()) == 5


def test_files_in_files_without_a_reader_are_told_with_the_rest_read(folder: Path, run: Callable[..., Any]) -> None:
    import zipfile

    with zipfile.ZipFile(folder / "a.zip", "w") as packed:
        packed.writestr("a.txt", "A word")
        packed.writestr("b.bin", b"\0\1\2")
    ran = run("build", ".")
    assert (ran.code, "a.zip: 1 file in it left out: .bin 1" in ran.err) == (0, True)


@pytest.mark.parametrize("pattern", ["*.log", "/drafts/", "drafts/*"])
def test_a_setting_excludes_what_people_want_left_out(folder: Path, run: Callable[..., Any], pattern: str) -> None:
    (folder / "drafts").mkdir()
    (folder / "drafts/x.log").write_text("A word")
    (folder / "a.txt").write_text("A word")
    (folder / "docindex.toml").write_text(f'exclude = ["{pattern}"]\n')
    assert run("build", ".").code == 0
    assert run("search", "word", "-l").out == "a.txt\n"


def test_a_setting_that_excludes_no_list_is_refused(folder: Path, run: Callable[..., Any]) -> None:
    (folder / "docindex.toml").write_text('exclude = "*.log"\n')
    (folder / "a.txt").write_text("A word")
    ran = run("build", ".")
    assert (ran.code, "'exclude' is not a list" in ran.err) == (2, True)


def test_compound_files_of_other_programs_are_left_out_with_what_to_do(folder: Path, run: Callable[..., Any]) -> None:
    (folder / "a.txt").write_text("A word")
    (folder / "b.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    ran = run("build", ".")
    assert (ran.code, "  .doc 1: b.doc" in ran.err) == (0, True)
    assert "is no document of Word, Excel or PowerPoint" in run("status", "--left-out").out


def test_a_kind_of_files_keeps_its_indentation_where_its_line_is_wrapped() -> None:
    rows = [row.plain for row in fit_lines([Text("  .png 5: " + "a-long-name.png, " * 5)], 50)]
    assert rows[0].startswith("  .png 5: a-long-name.png")
    assert all(row.startswith("    a-long-name.png") and len(row) <= 50 for row in rows[1:])
