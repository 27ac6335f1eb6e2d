"""docindex and those it is held against: how each builds, searches, and lists all that it finds.

Each is run as a process of its own. Whoosh's own command, Recoll's, and two short programs for
SQLite's FTS5 and for tantivy, neither of which has a command for folders.
"""

from __future__ import annotations

import copy
import importlib.util
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from texts import Query

HERE = Path(__file__).parent
Answer = object


class Peer:
    """One that indexes a folder of texts."""

    name = ""
    stems = False  # whether it lists other forms of a word too
    fuzzy = False

    def __init__(self, folder: Path, place: Path) -> None:
        self.files = texts.part(folder, sys.maxsize, place / "files")  # its own: some leave something among them
        self.index = place / "index"
        self._open = ExitStack()  # until the process ends

    @staticmethod
    def version() -> str | None:
        """None: it is not installed."""
        raise NotImplementedError

    def build(self) -> list[str]:
        """The command that indexes the folder."""
        raise NotImplementedError

    def update(self) -> list[str] | None:
        """The command that indexes what has changed."""
        return None

    def clear(self) -> None:
        """Make ready for a first build."""
        shutil.rmtree(self.index, ignore_errors=True)

    def search(self, query: Query) -> list[str]:
        """The command that prints the ten best with their passages."""
        raise NotImplementedError

    def list_all(self, query: Query) -> list[str]:
        """The command that prints the path of each document found, a line each; of the word as
        it stands, if it can.
        """
        raise NotImplementedError

    def found(self, query: Query) -> set[str]:
        """The documents that it finds."""
        said = subprocess.run(self.list_all(query), capture_output=True, text=True, check=False)
        return {self.path(line) for line in said.stdout.splitlines() if line}

    def path(self, line: str) -> str:
        """A document's path in the folder, of a line that names it."""
        return line

    def asks(self, query: Query) -> bool:
        """Whether such a query can be put to it."""
        return query.form in {"words", "phrase", "prefix"} or (query.form == "fuzzy" and self.fuzzy)

    def help(self) -> list[str] | None:
        """The command that only starts it."""
        return None

    def opened(self) -> Callable[[str], Answer] | None:
        """What answers queries in this process, its index open."""
        return None


class Docindex(Peer):
    name = "docindex"
    stems = True
    flags: tuple[str, ...] = ()
    trusting = False
    command = (str(Path(sys.executable).with_name("docindex")),)

    @staticmethod
    def version() -> str | None:
        import docindex

        return f"docindex {docindex.__version__}"

    def build(self) -> list[str]:
        return [*self.command, "build", "-q", str(self.files), "--index", str(self.index)]

    def update(self) -> list[str] | None:
        return self.build()

    def search(self, query: Query) -> list[str]:
        # As people type it, where the index is known from where they are: without flags.
        return ["env", f"DOCINDEX_INDEX={self.index}", *self.command, "search", query.text]

    def list_all(self, query: Query) -> list[str]:
        return [*self.command, "search", "--index", str(self.index), "-l", "-n", "0", *self.flags, query.text]

    def asks(self, query: Query) -> bool:
        return True

    def help(self) -> list[str] | None:
        return [*self.command, "--help"]

    def opened(self) -> Callable[[str], Answer] | None:
        from docindex.engines import registry
        from docindex.indexing import freshness
        from docindex.search import search

        index = self._open.enter_context(registry.open_engine(self.index).searcher())
        staleness = freshness.staleness(index, self.index) if self.trusting else None
        return lambda text: search.search(text, index, staleness=staleness)

    def look(self) -> float:
        """Seconds that it takes to see whether any file has changed since the index was built."""
        from docindex.engines import registry
        from docindex.indexing import freshness

        with registry.open_engine(self.index).searcher() as index:
            began = time.perf_counter()
            freshness.staleness(index, self.index)
            return time.perf_counter() - began

    def listed(self) -> Docindex:
        """The same files, each an entry of a manifest."""
        other = copy.copy(self)
        other.index = self.index.with_name("listed")
        manifest = self.files.with_name("INDEX.md")
        names = (path.relative_to(manifest.parent).as_posix() for path in texts.files(self.files))
        entries = (f"- [Document {number}](<{name}>) — publisher: The Archive\n" for number, name in enumerate(names))
        manifest.write_text("".join(entries), encoding="utf-8")
        other.files = manifest
        return other

    def trusts(self) -> Docindex:
        """The same, but that it does not look at the files before each answer, as its peers do
        not.
        """
        other = copy.copy(self)
        other.name, other.trusting = "docindex, files not looked at", True
        return other

    def exact(self) -> Docindex:
        """The same, but that it lists only what holds the words as they are written."""
        other = copy.copy(self)
        other.stems, other.flags = False, ("--exact",)
        return other


class Whoosh(Peer):
    name = "whoosh"
    stems = True
    command = str(Path(sys.executable).with_name("whoosh"))

    def __init__(self, folder: Path, place: Path) -> None:
        super().__init__(folder, place)
        self.index = self.files / ".whoosh_index"

    @staticmethod
    def version() -> str | None:
        return f"whoosh3 {version('whoosh3')}" if Path(Whoosh.command).exists() else None

    def build(self) -> list[str]:
        return [self.command, "index", "--ext", ".txt,.md", str(self.files)]

    def update(self) -> list[str] | None:
        return [*self.build(), "--update"]

    def search(self, query: Query) -> list[str]:
        return [self.command, "search", query.text, str(self.files)]

    def list_all(self, query: Query) -> list[str]:
        return [self.command, "search", "-l", "--limit", "10000000", query.text, str(self.files)]

    def help(self) -> list[str] | None:
        return [self.command, "--help"]

    def opened(self) -> Callable[[str], Answer] | None:
        from whoosh import index
        from whoosh.qparser import MultifieldParser

        kept = index.open_dir(str(self.index))
        searcher = kept.searcher()
        parser = MultifieldParser(["title", "body"], schema=kept.schema)
        return lambda text: [hit.highlights("body") for hit in searcher.search(parser.parse(text), limit=10)]


class Program(Peer):
    """One of the programs beside this file."""

    program = ""

    def build(self) -> list[str]:
        return [sys.executable, str(HERE / self.program), "build", str(self.files), str(self.index)]

    def search(self, query: Query) -> list[str]:
        return [sys.executable, str(HERE / self.program), "search", str(self.index), query.text]

    def list_all(self, query: Query) -> list[str]:
        return [sys.executable, str(HERE / self.program), "list", str(self.index), query.text]


class Fts5(Program):
    name = "SQLite FTS5"
    program = "peer_fts5.py"

    @staticmethod
    def version() -> str | None:
        with sqlite3.connect(":memory:") as base:
            holds = base.execute("select count(*) from pragma_compile_options where compile_options = 'ENABLE_FTS5'")
            return f"SQLite {sqlite3.sqlite_version}" if holds.fetchone()[0] else None

    def opened(self) -> Callable[[str], Answer] | None:
        import peer_fts5

        return peer_fts5.opened(self.index)


class Tantivy(Program):
    name = "tantivy"
    program = "peer_tantivy.py"
    fuzzy = True

    @staticmethod
    def version() -> str | None:
        return f"tantivy {version('tantivy')}" if importlib.util.find_spec("tantivy") else None

    def opened(self) -> Callable[[str], Answer] | None:
        import peer_tantivy

        return peer_tantivy.opened(self.index)


class Recoll(Peer):
    name = "Recoll"

    @staticmethod
    def version() -> str | None:
        if not (shutil.which("recollindex") and shutil.which("recollq")):
            return None
        said = subprocess.run(["recollindex", "-h"], capture_output=True, text=True, check=False)
        words = (said.stdout + said.stderr).split("Recoll version: ")[-1].split()
        return " ".join(words[:2])

    def clear(self) -> None:
        super().clear()
        self.index.mkdir()
        # The temporary folder that this is measured in is among those that Recoll passes over.
        settings = f"topdirs = {self.files}\nskippedPaths = \nnoaspell = 1\n"
        (self.index / "recoll.conf").write_text(settings, encoding="utf-8")

    def build(self) -> list[str]:
        return ["recollindex", "-c", str(self.index)]

    def update(self) -> list[str] | None:
        return self.build()

    def search(self, query: Query) -> list[str]:
        return ["recollq", "-c", str(self.index), "-n", "10", "-A", "-p", "3", query.text]

    def list_all(self, query: Query) -> list[str]:
        return ["recollq", "-c", str(self.index), "-b", "-n", "0", "-s", "", query.text]

    def path(self, line: str) -> str:
        return os.path.relpath(line.removeprefix("file://"), self.files)


ALL = (Docindex, Whoosh, Fts5, Tantivy, Recoll)


def installed() -> Mapping[type[Peer], str]:
    """Those that are here, and in which version; docindex is first."""
    return {peer: said for peer in ALL if (said := peer.version())}
