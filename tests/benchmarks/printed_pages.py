"""Ten documents of our own, printed by Chromium, LibreOffice and groff, read back by docindex: the
share of their words that come in reading order.

    python tests/benchmarks/printed_pages.py [FOLDER for the PDFs]

A program that is not installed leaves its documents out, which is said.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import LCSseq

from docindex.model.documents import Source
from docindex.readers import read

TEXTS = {
    path.stem: path.read_text("utf-8").splitlines() for path in Path(__file__).with_name("own_texts").glob("*.txt")
}
"""The paragraphs of one text of our own in each language, the title first."""
TIMES = 4  # a text is repeated, so that it fills several pages
GOAL_PERCENT = 99.0


@dataclass(frozen=True)
class Print:
    """A document to print: by which program, in which language and layout."""

    program: str
    language: str
    layout: str
    style: str

    @property
    def name(self) -> str:
        return f"{self.program}-{self.language}-{self.layout.replace(' ', '-')}"


PRINTS = (
    Print("chromium", "ar", "naskh", "font-family: 'Noto Naskh Arabic'"),
    Print("chromium", "ar", "two columns", "font-family: 'DejaVu Sans'; columns: 2; text-align: justify"),
    Print("chromium", "fr", "two columns", "font-family: serif; columns: 2"),
    Print("chromium", "en", "hyphens", "columns: 3; hyphens: auto; text-align: justify"),
    Print("libreoffice", "ar", "plain", "font-family: 'Noto Naskh Arabic'"),
    Print("libreoffice", "de", "plain", "font-family: 'DejaVu Serif'"),
    Print("libreoffice", "fr", "table", "font-family: 'DejaVu Sans'"),
    Print("groff", "en", "two columns", ".2C"),
    Print("groff", "de", "plain", ".1C"),
    Print("groff", "fr", "plain", ".1C"),
)


def paragraphs(printed: Print) -> list[str]:
    """Return the paragraphs of a document. groff's fonts lack Arabic, so it prints none."""
    text = TEXTS[printed.language] * TIMES
    if printed.program == "groff":
        text = [re.sub(r" \([\u0600-\u06ff ]+\)", "", paragraph) for paragraph in text]
    return text


def page(printed: Print) -> str:
    """Return a document as HTML."""
    direction = "rtl" if printed.language == "ar" else "ltr"
    inside = [f"<p>{html.escape(text)}</p>" for text in paragraphs(printed)]
    if printed.layout == "table":
        inside = ["<table border=1>", *(f"<tr><td>{text}</td></tr>" for text in inside), "</table>"]
    return (
        f'<!DOCTYPE html><html lang="{printed.language}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{html.escape(TEXTS[printed.language][0])}</title>"
        f"<style>body {{ font-size: 12pt; {printed.style} }}</style></head><body>{''.join(inside)}</body></html>"
    )


def print_by_chromium(printed: Print, folder: Path) -> None:
    source = folder / f"{printed.name}.html"
    source.write_text(page(printed), encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    target = folder / f"{printed.name}.pdf"
    run([*command, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}", source.as_uri()])


def print_by_libreoffice(printed: Print, folder: Path) -> None:
    source = folder / f"{printed.name}.html"
    source.write_text(page(printed), encoding="utf-8")
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    run(
        [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "pdf:writer_web_pdf_Export",
            "--outdir",
            str(folder),
            str(source),
        ]
    )


def print_by_groff(printed: Print, folder: Path) -> None:
    lines = [printed.style]
    for text in paragraphs(printed):
        lines += [".PP", text.replace("\\", "\\e")]
    source = folder / f"{printed.name}.ms"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = run(["groff", "-K", "utf8", "-ms", "-Tpdf", str(source)])
    (folder / f"{printed.name}.pdf").write_bytes(made)


PROGRAMS: dict[str, tuple[str, Callable[[Print, Path], None]]] = {
    "chromium": ("chromium", print_by_chromium),
    "libreoffice": ("soffice", print_by_libreoffice),
    "groff": ("groff", print_by_groff),
}


def run(command: Sequence[str]) -> bytes:
    return subprocess.run(command, check=True, capture_output=True, timeout=120).stdout


def words(text: str) -> list[str]:
    """Return the words of a text. Hyphens join, whether in a word or at a line's end."""
    return re.findall(r"\w+", re.sub(r"(?<=\w)[-\u2010\xad]\s*(?=\w)", "", text))


def share_in_order(printed: Print, folder: Path) -> float:
    """Return the percentage of a document's words that are read in its order."""
    data = (folder / f"{printed.name}.pdf").read_bytes()
    (record,) = read.read(Source(f"{printed.name}.pdf"), data)
    wanted = words("\n".join(paragraphs(printed)))
    found = words(f"{record.metadata.title or ''}\n{record.body}")
    return 100 * LCSseq.similarity(wanted, found) / len(wanted)


def main(folder: Path) -> None:
    for printed in PRINTS:
        program, make = PROGRAMS[printed.program]
        if not shutil.which(program):
            print(f"{printed.name:<32} left out: no {program} here")
            continue
        make(printed, folder)
        share = share_in_order(printed, folder)
        print(f"{printed.name:<32} {share:6.2f} %{'' if share >= GOAL_PERCENT else '   below the goal'}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(Path(made))
