"""How fast docindex builds and searches, and what memory and disk it takes, beside its peers in the same run.

    python tests/benchmarks/speed.py [FOLDER | SET] [--rounds N] [--sizes N,N] [--markdown]

FOLDER holds text files; a SET is one below DOCINDEX_CORPORA (default ../shared/corpora), its `docs.jsonl` written out
as files. The peers are the `whoosh` command of whoosh3 and SQLite's FTS5 (Porter stems, unaccented), each a process of
its own that reads the same files. All take turns; what is shown are medians and ratios. Memory is the largest sum of
PSS over a command's processes (Linux). The numbers of matches of single words are shown too: nobody is to be fast by
finding something else.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CORPORA = Path(os.environ.get("DOCINDEX_CORPORA", "../shared/corpora"))
OURS = [sys.executable, "-m", "docindex"]
WHOOSH = [str(Path(sys.executable).with_name("whoosh"))]
FTS_BUILD = """
import pathlib, sqlite3, sys
base = sqlite3.connect(sys.argv[2])
base.execute("create virtual table texts using fts5(path unindexed, body, tokenize='porter unicode61')")
files = sorted(path for path in pathlib.Path(sys.argv[1]).rglob('*.txt'))
base.executemany("insert into texts values (?, ?)", ((str(path), path.read_text('utf-8', 'replace')) for path in files))
base.commit()
"""
FTS_SEARCH = """
import sqlite3, sys
query = "select path, snippet(texts, 1, '*', '*', '', 30) from texts where texts match ? order by rank limit 10"
for row in sqlite3.connect(sys.argv[1]).execute(query, [sys.argv[2]]):
    print(*row)
"""
FTS_COUNT = """
import sqlite3, sys
print(*sqlite3.connect(sys.argv[1]).execute("select count(*) from texts where texts match ?", [sys.argv[2]]).fetchone())
"""
PACE = 0.05  # seconds between two looks at memory


@dataclass(frozen=True, slots=True)
class Way:
    """A command to be timed, and what is to be done before each run of it."""

    command: Sequence[str]
    before: Callable[[], object] = int


def written_out(name: str, folder: Path) -> Path:
    """A judged set as a folder of text files."""
    folder.mkdir()
    with (CORPORA / name / "docs.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            document = json.loads(line)
            text = "\n".join(filter(None, (document.get("title"), document["text"])))
            (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
    return folder


def part(folder: Path, count: int, place: Path) -> Path:
    """A copy of a folder's first texts, so that what a peer leaves beside them does no harm."""
    texts = sorted(path for path in folder.rglob("*.txt") if path.stat().st_size)[:count]
    for path in texts:
        copy = place / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    return place


def run(command: Sequence[str]) -> tuple[float, int]:
    """Seconds that a command takes, and the largest sum of its processes' memory in bytes."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(memory, family(process.pid))))
        time.sleep(PACE if time.perf_counter() - began > PACE else 0.002)
    taken = time.perf_counter() - began
    assert process.stderr is not None
    said = process.stderr.read().decode()
    if process.returncode not in (0, 1) or "Traceback" in said:  # 1: nothing found, or a source that failed
        raise SystemExit(f"{' '.join(command)}: {said}")
    return taken, most


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        below = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in
                 (task / "children").read_text().split()]  # fmt: skip
    except OSError:  # it has ended since
        return [pid]
    return [pid, *(one for child in below for one in family(child))]


def memory(pid: int) -> int:
    """A process's proportional set size, in bytes: what it shares with others counts by halves, thirds ..."""
    try:
        found = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def size(place: Path) -> int:
    """Bytes of a file, or of all in a folder."""
    return sum(path.stat().st_size for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file())


def words(folder: Path) -> dict[str, str]:
    """Queries of several kinds, drawn from the texts themselves."""
    held: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for path in folder.rglob("*.txt"):
        text = re.findall(r"[a-z]{5,}", path.read_text("utf-8", "replace").lower())
        held.update(set(text))
        pairs.update({f"{left} {right}" for left, right in pairwise(text)})
    ranked = [word for word, _ in sorted(held.items(), key=lambda item: (-item[1], item[0]))]
    rare = next((word for word in ranked if held[word] == 3 and len(word) > 7), ranked[-1])
    common = ranked[min(20, len(ranked) - 1)]
    return {
        "a rare word": rare,
        "a common word": common,
        "two common words": " ".join(ranked[20:22]),
        "a phrase": f'"{pairs.most_common(1)[0][0]}"',
        "a prefix": f"{common[:4]}*",
        "a fuzzy word": f"{common}~",
        "a date range": f"{common} date:2009..2012",
    }


class Bench:
    """One folder, three indexes of it, and the medians of what is done with them."""

    def __init__(self, folder: Path, place: Path, rounds: int) -> None:
        self.rounds = rounds
        self.folder = part(folder, sys.maxsize, place / "files")
        self.others = part(folder, sys.maxsize, place / "peer")
        self.index, self.fts = place / "index", place / "fts.db"
        self.rows: list[Sequence[str]] = []

    def turns(self, ways: Mapping[str, Way]) -> dict[str, tuple[float, int]]:
        """The median time and the largest memory of each, all taking turns."""
        found: dict[str, list[tuple[float, int]]] = {name: [] for name in ways}
        for _ in range(self.rounds):
            for name, way in ways.items():
                way.before()
                found[name].append(run(way.command))
        return {name: (median(s for s, _ in runs), max(m for _, m in runs)) for name, runs in found.items()}

    def row(self, what: str, found: dict[str, tuple[float, int]], note: str = "") -> None:
        """A line of the table: our time, and how many times ours each peer takes."""
        ours = found["docindex"][0]
        peers = [f"{found[name][0] / ours:.2f} x" if name in found else "" for name in ("whoosh", "sqlite")]
        self.rows.append((what, f"{ours:.2f} s", *peers, note))
        print(" | ".join(self.rows[-1]), file=sys.stderr, flush=True)

    def build(self) -> None:
        """From nothing; then with nothing to do; then with one file changed."""
        text = size(self.folder)
        build = [*OURS, "build", "-q", str(self.folder), "--index", str(self.index)]
        fts = [sys.executable, "-c", FTS_BUILD, str(self.others), str(self.fts)]
        found = self.turns(
            {
                "docindex": Way(build, partial(shutil.rmtree, self.index, ignore_errors=True)),
                "whoosh": Way([*WHOOSH, "index", str(self.others)]),
                "sqlite": Way(fts, partial(self.fts.unlink, missing_ok=True)),
            }
        )
        seconds, most = found["docindex"]
        speed, disk = text / seconds / 1e6, size(self.index) / text
        self.row("build", found, f"{speed:.2f} MB/s, {most / 1e6:.0f} MB of memory, index {disk:.1f} x text")
        update = [*WHOOSH, "index", "--update", str(self.others)]
        self.row("build, nothing changed", self.turns({"docindex": Way(build), "whoosh": Way(update)}))
        ways = {
            "docindex": Way(build, partial(change, self.folder)),
            "whoosh": Way(update, partial(change, self.others)),
        }
        self.row("build, one file changed", self.turns(ways))

    def search(self) -> None:
        """Each kind of query as a process of its own, passages and all."""
        for kind, query in words(self.folder).items():
            ours = [*OURS, "search", "--index", str(self.index)]
            ways = {"docindex": Way([*ours, query])}
            note = f"{query}: {first([*ours, '-c', query])} matches"
            if "date:" not in query:
                ways["whoosh"] = Way([*WHOOSH, "search", query, str(self.others)])
                note += f", whoosh {first([*WHOOSH, 'search', '--count', query, str(self.others)])}"
            if "fuzzy" not in kind and "date" not in kind:
                ways["sqlite"] = Way([sys.executable, "-c", FTS_SEARCH, str(self.fts), query])
                note += f", SQLite {first([sys.executable, '-c', FTS_COUNT, str(self.fts), query])}"
            self.row(f"search: {kind}", self.turns(ways), note)
        self.row("--help", self.turns({"docindex": Way([*OURS, "--help"]), "whoosh": Way([*WHOOSH, "--help"])}))


def change(folder: Path) -> None:
    """Add a line to a folder's first text."""
    text = min(folder.rglob("*.txt"))
    text.write_text(text.read_text("utf-8", "replace") + "\nchanged\n", "utf-8")


def first(command: Sequence[str]) -> str:
    """The first word that a command prints: a count."""
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return found[0] if found else "0"


def growth(folder: Path, place: Path, sizes: Iterable[int]) -> list[str]:
    """Time and memory of a first build as a collection grows."""
    lines = []
    for number in sizes:
        some = part(folder, number, place / f"first-{number}")
        seconds, most = run([*OURS, "build", "-q", str(some), "--index", str(place / f"index-{number}")])
        each = 1000 * seconds / number
        lines.append(f"{number:>7,} documents  {seconds:6.1f} s  {each:5.2f} ms each  {most / 1e6:5.0f} MB")
    return lines


def table(rows: Sequence[Sequence[str]], *, markdown: bool) -> str:
    head = ("", "docindex", "whoosh", "SQLite FTS5", "")
    if markdown:
        ruled = (head, ("---", "--:", "--:", "--:", "---"), *rows)
        return "\n".join(f"| {' | '.join(line)} |" for line in ruled)
    lines = (head, *rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ((cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join("  ".join(cells).rstrip() for cells in padded)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collection", nargs="?", default="foia-emails", metavar="FOLDER | SET")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--sizes", default="", metavar="N,N", help="first builds of so many documents, too")
    parser.add_argument("--markdown", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder = Path(asked.collection)
        if not folder.is_dir():
            if not (CORPORA / asked.collection / "docs.jsonl").is_file():
                parser.exit(2, f"{asked.collection}: neither a folder nor a set below {CORPORA}\n")
            folder = written_out(asked.collection, place / "set")
        bench = Bench(folder, place, asked.rounds)
        bench.build()
        bench.search()
        print(f"{folder.name}: {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, medians of {asked.rounds}")
        print(table(bench.rows, markdown=asked.markdown))
        for line in growth(folder, place, [int(one) for one in asked.sizes.split(",") if one]):
            print(line)


if __name__ == "__main__":
    main()
