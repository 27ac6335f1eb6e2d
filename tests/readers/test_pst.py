"""Mailboxes of Outlook are read by readpst, where it is installed; else one line says what to
install. A small program stands in for readpst: it writes what that writes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from docindex.errors import ReaderError
from docindex.model.documents import Source
from docindex.readers import pst
from docindex.readers.read import read

MAILBOX = b"!BDN" + bytes(600)
MESSAGE = "From: Jane <jane@mail.example>\nSubject: {}\nDate: Mon, 3 Jan 2011 09:15:00 +0000\n\nThe envoy.\n"
WRITES = f"""
import pathlib, sys
folder = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
assert pathlib.Path(sys.argv[-1]).read_bytes().startswith(b"!BDN")
for place, subject in [("Top/Inbox/10.eml", "Tenth"), ("Top/Inbox/9.eml", "Ninth"), ("Top/Sent/1.eml", "Sent")]:
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    (folder / place).write_text({MESSAGE!r}.format(subject))
(folder / "Top/Inbox/11.eml").symlink_to("/etc/hostname")
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="readpst is a program of Unix")


def install(folder: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "readpst"
    program.write_text(f"#!{sys.executable}\n{code}")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_each_message_is_a_record_with_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, WRITES, monkeypatch)
    found = read(Source("box.ost"), MAILBOX)
    assert [(record.id, record.metadata.title) for record in found] == [
        ("box.ost#Top/Inbox/9", "Ninth"),
        ("box.ost#Top/Inbox/10", "Tenth"),
        ("box.ost#Top/Sent/1", "Sent"),
    ]
    assert {record.metadata.creator for record in found} == {"Jane <jane@mail.example>"}


def test_without_the_program_a_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReaderError) as error:
        read(Source("box.pst"), MAILBOX)
    assert error.value.hint == pst.INSTALL_HINT


def test_a_program_that_fails_gives_a_reader_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "import sys; sys.exit('no such item')", monkeypatch)
    with pytest.raises(ReaderError, match="readpst ended with code 1: no such item"):
        read(Source("box.pst"), MAILBOX)


def test_the_content_tells_a_mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, WRITES, monkeypatch)
    assert len(read(Source("mailbox"), MAILBOX)) == 3
