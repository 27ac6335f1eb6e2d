"""How fast docindex builds and searches, and what memory and disk it takes, beside its peers in the
same run.

    python tests/benchmarks/speed.py [FOLDER | SET ...] [--rounds N] [--sizes N,N] [--markdown |
    --write]

FOLDER holds texts (.txt, .md); a SET is one below DOCINDEX_CORPORA (default ../shared/corpora), its
`docs.jsonl` written out as files. Of those behind the first only the builds are measured, a line
each. Peers that are installed take part: the `whoosh` command, SQLite's FTS5, tantivy (in the extra
`bench`) and Recoll (Debian's `recollcmd`). All take turns. What is shown are docindex's medians,
and for each peer how many times as long it takes, or as much: the median of the ratios of each
round. Memory is the largest sum of PSS over a command's processes (Linux). What each finds is held
against a reading of all the texts: nobody is to be fast by finding something else. `--write`
writes the tables into docindex/docs/performance.md.
"""

from __future__ import annotations

import argparse
import compileall
import gc
import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

import peers
import texts
from processes import Runs, Way, ratio, size, turns
from tables import Table, megabytes, seconds, times

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from peers import Peer
    from texts import Query, Texts

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 340_000)
SEARCHES = 3  # times the rounds of a build: a search is short
WARM = 100  # queries
PAGE = Path(__file__).parents[2] / "docindex/docs/performance.md"
BEGIN = "<!-- speed: written by tests/benchmarks/speed.py -->"
END = "<!-- end of speed -->"


class Bench:
    """One folder, an index of it by each that is installed, and the tables of what is measured."""

    def __init__(self, folder: Path, place: Path, rounds: int) -> None:
        self.rounds = rounds
        self.ours = peers.Docindex(folder, place / "docindex")
        others = (peer for peer in peers.installed() if peer is not peers.Docindex)
        self.peers = [self.ours, *(peer(folder, place / peer.name) for peer in others)]
        self.bytes = size(self.ours.files)
        self.documents = len(texts.files(self.ours.files))
        names = [peer.name for peer in self.peers]
        self.costs = Table(("", *names))
        self.answers = Table(("documents found", "query", "in the texts", "docindex --exact", *names))

    def row(self, what: str, ours: str, all_times: Mapping[str, Sequence[float]]) -> None:
        """A line of the table: what is ours, and how many times as much each peer takes."""
        own = all_times[self.ours.name]
        others = (times(ratio(all_times[p.name], own)) if p.name in all_times else "" for p in self.peers[1:])
        self.costs.add(what, ours, *others)

    def timed(self, what: str, ways: Mapping[Peer, Way], rounds: int) -> None:
        """A line of the table: what all take, in turn."""
        found = turns({peer.name: way for peer, way in ways.items()}, rounds)
        self.row(what, seconds(found[self.ours.name].typical), _seconds(found))

    def first(self) -> dict[str, Runs]:
        """First builds by all, in turn."""
        return turns({peer.name: Way(peer.build(), peer.clear) for peer in self.peers}, self.rounds, memory=True)

    def build(self) -> None:
        """From nothing; then with nothing to do; then with one file changed."""
        found = self.first()
        runs = found[self.ours.name]
        speed = f"{self.bytes / runs.typical / 1e6:.1f} MB, {self.documents / runs.typical:,.0f} documents a second"
        self.row("build", f"{seconds(runs.typical)}: {speed}", _seconds(found))
        if runs.memory:
            self.row("memory of a build", megabytes(runs.most), {name: [one.most] for name, one in found.items()})
        disk = times(size(self.ours.index) / self.bytes)
        self.row("index", f"{disk} the texts", {peer.name: [size(peer.index)] for peer in self.peers})
        updates = {peer: command for peer in self.peers if (command := peer.update())}
        self.timed("build, nothing changed", {peer: Way(command) for peer, command in updates.items()}, self.rounds)
        listed = self.ours.listed()
        subprocess.run(listed.build(), check=False)
        others = {peer: Way(command) for peer, command in updates.items() if peer is not self.ours}
        self.timed("build of a manifest, nothing changed", {listed: Way(listed.build()), **others}, self.rounds)
        changed = {peer: Way(command, partial(texts.change, peer.files)) for peer, command in updates.items()}
        self.timed("build, one file changed", changed, self.rounds)

    def search(self, held: Texts) -> None:
        """Each kind of query as a process of its own, passages and all; then many with the index
        open.
        """
        starts = {peer: Way(command) for peer in self.peers if (command := peer.help())}
        self.timed("start (--help)", starts, self.rounds * SEARCHES)
        for query in texts.drawn(held, _year(self.ours)):
            ways = {peer: Way(peer.search(query)) for peer in self.peers if peer.asks(query)}
            self.timed(f"search: {query.kind}", ways, self.rounds * SEARCHES)
            self.memory(query, ways)
            if query.form != "dated":
                self.compare(query, held.matching(query))
        gc.freeze()  # all the texts: they are no matter of those that are measured
        trusting = self.ours.trusts()
        found = warm([*self.peers, trusting], [query.text for query in texts.many(held, WARM)], self.rounds)
        for share, name in ((0.5, "half"), (0.95, "95 of 100")):
            within = {peer: [quantile(taken, share)] for peer, taken in found.items()}
            self.row(f"index open: {name} within", seconds(within[self.ours.name][0]), within)
            within[self.ours.name] = within.pop(trusting.name)
            self.row(f"index open, files not looked at: {name}", seconds(within[self.ours.name][0]), within)

    def memory(self, query: Query, ways: Mapping[Peer, Way]) -> None:
        """A line of the table: the memory of a search."""
        found = turns({peer.name: way for peer, way in ways.items()}, 1, memory=True)
        if any(not runs.memory for runs in found.values()):
            return  # ended before it was looked at
        most = {name: [runs.most] for name, runs in found.items()}
        self.row(f"memory of it: {query.kind}", megabytes(most[self.ours.name][0]), most)

    def compare(self, query: Query, right: set[str]) -> None:
        """A line of the other table: how many documents each finds, and how far that is what the
        texts hold.
        """
        listing = {"docindex --exact": self.ours.exact(), **{peer.name: peer for peer in self.peers}}
        cells = (
            difference(peer.found(query), right, stems=peer.stems) if peer.asks(query) else ""
            for peer in listing.values()
        )
        self.answers.add(query.kind, query.text, f"{len(right):,}", *cells)


def _seconds(found: Mapping[str, Runs]) -> dict[str, list[float]]:
    return {name: runs.seconds for name, runs in found.items()}


def difference(found: set[str], right: set[str], *, stems: bool) -> str:
    """How many are found; how many of them are not in the texts (unless other forms of a word
    count), how many lack.
    """
    more = 0 if stems else len(found - right)
    less = len(right - found)
    said = " ".join(f"{sign}{number:,}" for sign, number in (("+", more), ("−", less)) if number)
    return f"{len(found):,} ({said})" if said else f"{len(found):,}"


def warm(asked: Iterable[Peer], queries: Sequence[str], rounds: int) -> dict[str, list[float]]:
    """Seconds that each query takes, its median over the rounds, with an index that is open."""
    opened = {peer.name: answer for peer in asked if (answer := peer.opened())}
    taken: dict[str, dict[str, list[float]]] = {name: {query: [] for query in queries} for name in opened}
    for number in range(rounds + 1):
        for query in queries:
            for name, answer in opened.items():
                began = time.perf_counter()
                answer(query)
                if number:  # the first round reads what later ones find in memory
                    taken[name][query].append(time.perf_counter() - began)
    return {name: [median(each) for each in own.values()] for name, own in taken.items()}


def quantile(values: Sequence[float], share: float) -> float:
    """What that share of the values does not exceed."""
    return quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


def _year(ours: Peer) -> str:
    """The year of most documents, as docindex knows them; none where they have no dates."""
    command = [
        *peers.Docindex.command,
        "search",
        "--index",
        str(ours.index),
        "*",
        "--facets",
        "year",
        "-n",
        "1",
        "--json",
    ]
    counts = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["facets"]["year"]
    return max((year for year in counts if year.isdecimal()), key=counts.__getitem__, default="")


def growth(folder: Path, place: Path, sizes: Iterable[int], rounds: int) -> Table:
    """What docindex takes as a collection grows; beyond the texts that there are, with copies of
    which words differ.
    """
    table = Table(
        (
            "documents",
            "MB",
            "words",
            "build",
            "each",
            "memory",
            "index",
            "rare word",
            "common word",
            "fuzzy word",
            "look at files",
        )
    )
    there = len(texts.files(folder))
    for number in sizes:
        own = place / f"{number}"
        some = (texts.part if number <= there else texts.enlarged)(folder, number, own / "texts")
        held = texts.Texts(some)
        ours = peers.Docindex(some, own)
        runs = turns({ours.name: Way(ours.build(), ours.clear)}, rounds, memory=True)[ours.name]
        asked = {query.kind: query.text for query in texts.drawn(held)}
        kinds = ("a rare word", "a common word", "a fuzzy word")
        gc.freeze()
        trusting = ours.trusts()
        taken = [warm([trusting], [asked[kind]], 5 * rounds)[trusting.name][0] for kind in kinds]
        table.add(
            f"{number:,}",
            f"{size(some) / 1e6:.1f}",
            f"{len(held.held):,}",
            seconds(runs.typical),
            seconds(runs.typical / number),
            megabytes(runs.most) if runs.memory else "",
            f"{times(size(ours.index) / size(some))} the texts",
            *map(seconds, taken),
            seconds(ours.look()),
        )
    return table


def builds(collections: Sequence[Path], place: Path, rounds: int) -> Table:
    """A line for each collection: its first build, and how many times as long peers take."""
    others = [peer.name for peer in peers.installed()][1:]
    table = Table(("collection", "documents", "MB", "build", "MB/s", "memory", "index", *others))
    for folder in collections:
        bench = Bench(folder, place / "measured" / folder.name, rounds)
        found = bench.first()
        runs = found[bench.ours.name]
        table.add(
            folder.name,
            f"{bench.documents:,}",
            f"{bench.bytes / 1e6:.1f}",
            seconds(runs.typical),
            f"{bench.bytes / runs.typical / 1e6:.1f}",
            megabytes(runs.most) if runs.memory else "",
            f"{times(size(bench.ours.index) / bench.bytes)} the texts",
            *(times(ratio(found[name].seconds, runs.seconds)) for name in others),
        )
    return table


def about() -> str:
    """The day, the machine, all that took part, and the command."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GB"
    versions = ", ".join(peers.installed().values())
    command = shlex.join(["python", "tests/benchmarks/speed.py", *sys.argv[1:]])
    return f"{time.strftime('%Y-%m-%d')}, {machine}, Python {platform.python_version()}; {versions}; by `{command}`"


CLAIM = """\
Under docindex stand times and amounts, under its peers how many times as much they take: below 1 they are the faster
or smaller. In the second table stand the documents found, and in brackets how many of them the texts do not hold as
they were asked for (+), and how many they hold that were missed (−). FTS5, tantivy, Recoll (told to) and
`docindex --exact` find words as they are written; docindex and Whoosh also other forms of a word, which are not counted
as wrong. `O'Neill` is one word to docindex and `a.neill` one to Whoosh, where the others cut both. In the third table
what is more than there is, are copies in which of twenty words one is new and three are others."""


def section(tables: Sequence[Table], collection: str, *, markdown: bool) -> str:
    """All that is measured of one collection, under the day and the machine."""
    parts = [f"{collection}: {about()}.", *(table.written(markdown=markdown) for table in tables)]
    return "\n\n".join([*parts, CLAIM] if markdown else parts)


def put(section: str, text: str) -> str:
    """A text with what stands between its two comments replaced."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise SystemExit(f"the text does not hold {BEGIN} and {END} once each")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{section}\n{END}{rest.partition(END)[2]}"


def folder_of(name: str, place: Path) -> Path:
    """A folder as it is, or a set written out."""
    if Path(name).is_dir():
        return Path(name)
    if (texts.CORPORA / name / "docs.jsonl").is_file():
        return texts.written_out(name, place / "sets" / name)
    raise SystemExit(f"{name}: neither a folder nor a set below {texts.CORPORA}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collection", nargs="*", default=["foia-emails"], metavar="FOLDER | SET")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    sizes = "builds of so many documents; more than there are: with copies of which words differ"
    parser.add_argument("--sizes", metavar="N,N", help=sizes)
    parser.add_argument("--only-sizes", action="store_true", help="nothing else")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--write", action="store_true", help="write the tables into docindex/docs/performance.md")
    asked = parser.parse_args()
    # As where it is installed: else each process compiles it again where Python is told to write no
    # bytecode.
    compileall.compile_dir(Path(__file__).parents[2] / "docindex", quiet=1)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folders = [folder_of(one, place) for one in asked.collection]
        folder, *others = folders
        tables = [] if asked.only_sizes else whole(folder, place, asked.rounds, markdown=asked.markdown or asked.readme)
        there = len(texts.files(folder))
        sizes = (
            [int(one) for one in asked.sizes.split(",")] if asked.sizes else [*(s for s in SIZES if s < there), there]
        )
        tables.append(growth(folder, place / "growth", sizes, asked.rounds))
        if others:
            tables.append(builds(others, place, asked.rounds))
        text = section(tables, f"{folder.name}, {there:,} documents", markdown=asked.markdown or asked.readme)
        if asked.readme:
            PAGE.write_text(put(text, PAGE.read_text("utf-8")), "utf-8")
        else:
            print(text)


def whole(folder: Path, place: Path, rounds: int, *, markdown: bool) -> list[Table]:
    """The tables of costs and of answers; in Markdown, which is published, without the words
    that were asked for.
    """
    bench = Bench(folder, place, rounds)
    bench.build()
    bench.search(texts.Texts(folder))
    return [bench.costs, bench.answers.without("query") if markdown else bench.answers]


if __name__ == "__main__":
    main()
