"""A query is answered from one commit of the index, whatever builds do meanwhile."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from contract import ABOUT, fill, indexed, record

from docindex.engines.base import SearchRequest
from docindex.engines.registry import open_engine
from docindex.query.ast import MatchAll, Word

BUILDS, SEARCHES = 200, 500

WRITER = """
import sys
from pathlib import Path
from contract import ABOUT, indexed, record
from docindex.engines.registry import open_engine

engine = open_engine(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    with engine.writer(ABOUT) as writer:
        for own in range(5):
            path = f"{own}.txt"
            writer.replace_source(path, indexed(1, content=f"build {number}"))
            writer.add_documents(engine.invert([record(path, f"word build{number}", publisher=f"build {number}")]))
        if number % 2:
            writer.replace_source("odd.txt", indexed(1, content=f"build {number}"))
            writer.add_documents(engine.invert([record("odd.txt", f"word build{number}", publisher=f"build {number}")]))
        else:
            writer.delete_source("odd.txt")
"""


@pytest.mark.slow
def test_an_answer_never_mixes_two_commits(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    engine = fill(open_engine(folder), [record(f"{own}.txt", "word build", publisher="build") for own in range(5)])
    with engine.writer(ABOUT) as writer:
        for own in range(5):
            writer.keep_source(f"{own}.txt", indexed(1, content="build"))
    seen = set()
    command = [sys.executable, "-c", WRITER, str(folder), str(BUILDS)]
    with subprocess.Popen(command, cwd=Path(__file__).parent) as builds:
        searches = 0
        while builds.poll() is None or searches < SEARCHES:
            with engine.searcher() as index:
                (content,) = {source.content for _, source in index.sources()}
                answer = index.search(SearchRequest(Word("word"), None, facets=("publisher",)))
                assert {found.metadata.publisher for found, _ in answer.hits} == {content}
                assert answer.facets == {"publisher": {content: answer.total}}
                assert answer.total == index.state.records == index.state.sources == sum(index.languages.values())
                assert index.count([SearchRequest(MatchAll()), SearchRequest(Word("build"))])[0] == answer.total
                assert index.doc_freq("word") == answer.total
                assert len(list(index.records(SearchRequest(MatchAll(), None)))) == answer.total
            seen.add(content)
            searches += 1
    assert builds.returncode == 0
    assert len(seen) > 10


@pytest.mark.parametrize(("flags", "lists"), [(["--index", ".docindex"], 1), ([], 2)])
def test_a_search_lists_the_index_folder_once(  # type: ignore[no-untyped-def]
    archive: Path, run, flags: list[str], lists: int
) -> None:
    """An index that is not named is listed once more before, to see whether others may have
    written it.
    """
    run("build")
    code = (
        "import os, sys\n"
        "listed = []\n"
        "def hook(event, arguments):\n"
        "    if event in ('os.listdir', 'os.scandir'):\n"
        "        place = arguments[0]\n"
        "        if isinstance(place, int):\n"
        "            place = os.readlink(f'/proc/self/fd/{place}')\n"
        "        listed.append(os.path.basename(os.path.abspath(place)))\n"
        "sys.addaudithook(hook)\n"
        f"sys.argv = {['docindex', 'search', 'Belmokhtar', *flags]!r}\n"
        "from docindex.cli.main import main\n"
        "try: main()\n"
        "finally: print(listed.count('.docindex'))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == str(lists)
