"""No command opens a network connection, and none of its worker processes does."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
from pathlib import Path

import fpdf
import old_office
import openpyxl
import outlook
import pytest
from packages import docx, epub, line, odf, p, pptx, tarred, xhtml, zipped

from docindex.readers import detection
from docindex.readers.formats import FORMATS

STRACE = shutil.which("strace")
pytestmark = pytest.mark.skipif(not STRACE, reason="no strace here: that the network is left alone is NOT tested")

NETWORK_CALL = re.compile(r"\bsocket\(AF_(?!UNIX\b)\w+|sa_family=AF_(?!UNIX\b|UNSPEC\b)\w+")

PAGE = """<!DOCTYPE html><html><head><title>Harbour</title><link rel="stylesheet" href="http://192.0.2.1/a.css">
<base href="http://192.0.2.1/"><link rel="canonical" href="http://192.0.2.1/page">
<script src="http://192.0.2.1/a.js"></script></head><body><article><h1>Harbour</h1>
<img src="http://192.0.2.1/a.png"><p>{}</p></article></body></html>"""
"""A page that names other resources, which a browser would fetch."""
MAIL = b"""Message-ID: <1@example.org>
From: a@example.org
Date: Sun, 20 Mar 2016 12:00:00 +0000
MIME-Version: 1.0
Content-Type: message/external-body; access-type=URL; URL="http://192.0.2.1/a.txt"

Harbour words.
"""


def traced(log: Path) -> list[str]:
    """Return the start of a command that runs Python and writes its network calls to a log."""
    return [str(STRACE), "-f", "-e", "trace=network", "-o", str(log), sys.executable]


def network_calls(command: list[str], log: Path) -> tuple[int, list[str]]:
    """Run docindex under strace; return its exit code and the calls that concern a network."""
    ended = subprocess.run([*traced(log), "-m", "docindex", *command], capture_output=True, text=True, timeout=300)
    assert "Traceback" not in ended.stderr
    return ended.returncode, [line for line in log.read_text().splitlines() if NETWORK_CALL.search(line)]


def write_all_formats(folder: Path) -> None:
    """Write a document of each format, with the word `harbour` in most of them."""
    running = "The harbour was closed in the night, and all ships had to wait outside until the morning. " * 5
    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.write(5, "The harbour was closed.", link="http://192.0.2.1/")
    book = openpyxl.Workbook()
    book.active["A1"] = "harbour"
    book.active["A2"] = '=WEBSERVICE("http://192.0.2.1/")'
    book.save(folder / "a.xlsx")
    contents = {
        "a.txt": b"The harbour was closed.",
        "a.md": b"# Harbour\n\n![picture](http://192.0.2.1/a.png)",
        "a.html": PAGE.format(running).encode(),
        "a.eml": MAIL,
        "a.csv": b"title,text\nA,harbour",
        "a.pdf": bytes(pdf.output()),
        "a.docx": docx(p("The harbour was closed.")),
        "a.doc": old_office.doc("The harbour was closed.\r"),
        "a.ppt": old_office.ppt([(["The harbour was closed."], "", "")]),
        "a.xls": old_office.xls([["title", "text"], ["A", "harbour"]]),
        "a.pptx": pptx(line("The harbour was closed.")),
        "a.odt": odf("text", "<office:text><text:p>The harbour was closed.</text:p></office:text>"),
        "a.epub": epub(xhtml("<p>The harbour was closed.</p>")),
        "a.msg": outlook.compound_file(outlook.message({0x0037: "Harbour", 0x1000: "The harbour was closed."})),
        "ledger.1": b".TH LEDGER 1\n.SH NAME\nledger \\- a list\n.PP\nThe harbour was closed.\n",
        "feed.xml": b"<?xml version='1.0'?><log><entry>The harbour was closed.</entry></log>",
        "a.rtf": b"{\\rtf1 The harbour was closed.}",
        "a.zip": zipped(("b.html", PAGE.format(running))),
        "a.tar.gz": gzip.compress(tarred(("b.txt", b"harbour"))),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    forms = {getattr(detection.format_of(path.name, path.read_bytes()), "name", "") for path in folder.iterdir()}
    assert forms == {row.name for row in FORMATS} - {"picture", "pst"}, "a format has no document here"


@pytest.mark.slow
def test_neither_a_build_nor_a_search_opens_a_network_connection(archive: Path, tmp_path: Path) -> None:
    folder = archive / "all"
    folder.mkdir()
    write_all_formats(folder)
    for number in range(40):  # enough for worker processes
        (folder / f"{number}.html").write_text(PAGE.format(f"Harbour {number}. " * 200))
    log = tmp_path / "calls"
    build = ["build", "all", "--index", "index", "--jobs", "2"]
    code, calls = network_calls(build, log)
    assert (code, calls) == (0, [])
    assert log.read_text().count("exited with") > 2, "the build started no processes"
    for command in (["search", "harbour"], ["search", "harbuor~", "--json"], ["kwic", "harbour"], ["search", "xyzzy"]):
        code, calls = network_calls([*command, "--index", "index"], log)
        assert (code, calls) == (1 if "xyzzy" in command else 0, [])


def test_a_connection_would_be_noticed(archive: Path, tmp_path: Path) -> None:
    program = "import socket; socket.socket(socket.AF_INET6)"
    log = tmp_path / "calls"
    subprocess.run(
        [str(STRACE), "-f", "-e", "trace=network", "-o", str(log), sys.executable, "-c", program], check=True
    )
    assert any(NETWORK_CALL.search(line) for line in log.read_text().splitlines())
