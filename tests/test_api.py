"""The Python API: what programs and notebooks get from `import docindex`."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

import docindex
from docindex import errors
from docindex.api.argument_types import ReadingArguments, SearchArguments
from docindex.api.index import Index
from docindex.cli import options

PUBLIC = """
Answer BuildReport Collocates Concordance Date DocindexError Expansion Explanation Finding Hit Index Matrix Metadata
Passage Person Record Results ShownRecord Span Staleness Status TimelineAnswer Verification build open
""".split()
QUESTIONS = """
answer check_integrity close collocates count explain folder freshness ids_with_prefix kwic languages last_ranks matrix
names people save_last_ranks search show state status thread timeline trusted values verify
""".split()


@pytest.fixture
def folder(archive: Path) -> Path:
    """The index of an archive with three records."""
    (archive / "press/a.txt").write_text("A <b>bold</b> word & Belmokhtar.\n")
    docindex.build(archive / "INDEX.md")
    return archive / ".docindex"


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """An index of 95 records that hold one word each, less often the later they are."""
    for number in range(95):
        (tmp_path / f"{number:02}.txt").write_text("accord " * (100 - number) + f"n{number} " * number)
    docindex.build(tmp_path)
    return tmp_path / ".docindex"


def python(code: str, folder: Path) -> str:
    """Return what a process of its own prints. It must print nothing else."""
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def test_the_public_names_are_these() -> None:
    assert docindex.__all__ == PUBLIC
    assert all(getattr(docindex, name) for name in PUBLIC)
    assert set(PUBLIC) <= set(dir(docindex))
    assert sorted(name for name in vars(Index) if not name.startswith("_")) == QUESTIONS
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        docindex.opne  # noqa: B018


def test_importing_docindex_loads_nothing_but_itself(tmp_path: Path) -> None:
    code = "import docindex, sys; print(*sorted(name for name in sys.modules if name.startswith('docindex')))"
    assert python(code, tmp_path) == "docindex\n"


def test_a_search_loads_no_library_of_the_command_line_and_no_numpy(folder: Path) -> None:
    code = """
import docindex, sys
with docindex.open() as index:
    print(index.search("Belmokhtar")[0].title)
print([name for name in ("typer", "click", "rich", "numpy", "whoosh", "pandas") if name in sys.modules])
"""
    assert python(code, folder.parent) == "Un accord\n[]\n"


def test_nothing_is_printed(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    docindex.build(folder.parent, full=True)
    with docindex.open(folder) as index:
        index.search("belmoktar").to_text("json")
        index.verify("« un accord secret »")
        index.status()
    assert capfd.readouterr() == ("", "")


def test_the_arguments_are_named_as_the_flags() -> None:
    """Every flag that narrows, orders or reads a query is an argument of the same name."""
    flags = {
        option.flag.names.split()[-1].removeprefix("--").replace("-", "_")
        for option in options.flags(options.SearchFlags)
    }
    arguments = set(SearchArguments.__annotations__)
    assert arguments <= flags
    output = {"format", "json", "jsonl", "template", "bom", "files_with_matches", "null", "count", "quiet", "color"}
    others = {"hyperlink", "no_pager", "record", "file", "query", "explain_query", "index", "refresh", "require_fresh"}
    assert flags - arguments - output - others == {"QUERY..."}


@pytest.mark.parametrize(
    ("command", "method"), [("kwic", Index.kwic), ("timeline", Index.timeline), ("show", Index.show)]
)
def test_the_own_arguments_of_a_method_are_flags_of_its_command(command: str, method: Any) -> None:
    flags = {
        option.flag.names.split()[-1].removeprefix("--").replace("-", "_").lower().removesuffix("...")
        for option in options.flags(options.COMMANDS[command].flags)
    }
    own = {name for name in inspect.signature(method).parameters if name not in ("self", "arguments", "ranks")}
    assert own - {"queries"} <= flags


def test_an_answer_is_a_lazy_sequence(many: Path) -> None:
    with docindex.open(many) as index:
        whole = index.search("accord").results.hits
        assert len(whole) == 95
        answer = index.search("accord")
        assert (len(answer), answer.total, bool(answer)) == (95, 95, True)
        assert [answer[place] for place in (0, 9, 10, 94, -1, -95)] == [
            whole[place] for place in (0, 9, 10, 94, -1, -95)
        ]
        for part in (slice(5), slice(20, 43), slice(-3, None), slice(80, 10, -7), slice(200, 300), slice(1, 90, 30)):
            assert answer[part] == whole[part]
        assert tuple(answer) == whole
        for place in (95, -96, 1000):
            with pytest.raises(IndexError):
                answer[place]


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (7, 0), (7, 5), (30, 80), (0, 90), (5, 200)])
def test_a_limit_and_an_offset_bound_an_answer(many: Path, limit: int, offset: int) -> None:
    with docindex.open(many) as index:
        whole = tuple(index.search("accord"))
        answer = index.search("accord", limit=limit, offset=offset)
        expected = whole[offset : offset + limit if limit else None]
        assert (tuple(answer), len(answer), answer[:]) == (expected, len(expected), expected)
        assert answer.total == 95
        assert answer.results.hits == expected


def test_a_slice_reads_only_its_hits(many: Path) -> None:
    with docindex.open(many) as index:
        answer = index.search("accord")
        asked = []
        read = answer._read
        answer._read = lambda offset, limit: asked.append((offset, limit)) or read(offset, limit)  # type: ignore[func-returns-value,method-assign]
        assert answer[40:43][0].id == "40.txt"
        assert [answer[place].id for place in (11, 12, 19)] == ["11.txt", "12.txt", "19.txt"]
        assert asked == [(0, 0), (40, 3), (10, 10)]


@pytest.mark.parametrize("alike", ["fold", "only"])
def test_groups_of_near_duplicates_are_a_sequence_too(tmp_path: Path, alike: str) -> None:
    text = " ".join(f"word{number}" for number in range(300))
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text(f"{text} accord x{number // 3} {'y' * (number // 3)}\n")
    docindex.build(tmp_path)
    with docindex.open(tmp_path / ".docindex") as index:
        answer = index.search("accord", alike=alike)
        assert tuple(answer) == answer.results.hits == answer[:]
        assert len(answer) == len(answer.results.hits)
        assert answer.listed == answer.results.groups.count  # type: ignore[union-attr]


def test_an_answer_says_what_the_command_line_says(folder: Path) -> None:
    with docindex.open(folder) as index:
        answer = index.search("belmokhtar", facets="language,year", why=True)
        assert answer.facets == {"language": {"fr": 1, "en": 1}, "year": {"": 1, "2013": 1}}
        assert answer.diagnosis is not None
        assert [part.text for part in answer.diagnosis.parts] == ["belmokhtar"]
        assert (answer.parsed, answer.repairs, answer.index_state.records) == ("belmokhtar", (), 3)
        nothing = index.search("Belmokhtra")
        assert nothing.corrections == {"Belmokhtra": "Belmokhtar"}
        assert nothing.correct('"Belmokhtra" talks') == '"Belmokhtar" talks'
        assert index.search("talks nowhere").any_word_total == 1
        assert index.search("belmokhtar", since="2012").undated == 1
        assert len(index.search("(talks").repairs) == 1


def test_results_are_frozen_and_typed(folder: Path) -> None:
    with docindex.open(folder) as index:
        hit = index.search("belmokhtar")[0]
        assert (type(hit), hit.id, hit.title, hit.passages[0].line) == (docindex.Hit, "press/a.txt", "Un accord", 1)
        with pytest.raises(AttributeError):
            hit.score = 1.0  # type: ignore[misc]
        for value in (index.kwic("belmokhtar"), index.status(), index.show("press/a.txt"), index.timeline("x")):
            assert isinstance(value, msgspec.Struct)
            assert value.__struct_config__.frozen


def test_an_answer_stays_that_of_its_snapshot_while_a_build_changes_the_index(folder: Path) -> None:
    with docindex.open(folder) as index:
        answer = index.search("belmokhtar")
        (folder.parent / "press/a.txt").write_text("Nothing of that.\n")
        docindex.build(folder.parent)
        assert (answer.total, answer[0].id) == (2, "press/a.txt")
        assert index.show("press/a.txt").text.startswith("A <b>bold")
    with docindex.open(folder) as index:
        assert index.search("belmokhtar").total == 1


def test_freshness_is_told(folder: Path) -> None:
    with docindex.open(folder) as index:
        assert (index.freshness.fresh, bool(index.search("belmokhtar").freshness)) == (True, False)
    (folder.parent / "press/a.txt").unlink()
    with docindex.open(folder) as index:
        answer = index.search("belmokhtar")
        assert (answer.freshness.fresh, answer.freshness.gone, answer[0].stale) == (False, ("press/a.txt",), True)
        assert index.show("press/a.txt").stale


def test_dicts_and_tables_are_those_of_the_command_line(folder: Path, run: Any) -> None:
    with docindex.open(folder) as index:
        answer = index.search("belmokhtar")
        assert answer.to_dicts() == json.loads(run("search", "belmokhtar", "--json").out)["hits"]
        assert answer.to_text("csv") == run("search", "belmokhtar", "--format", "csv").out
        assert index.kwic("belmokhtar").to_dicts() == json.loads(run("kwic", "belmokhtar", "--json").out)["lines"]
        assert index.timeline("belmokhtar").to_dict() == json.loads(run("timeline", "belmokhtar", "--json").out)
        assert index.show("press/a.txt").to_dict() == json.loads(run("show", "press/a.txt", "--json").out)
        told = {**json.loads(run("status", "--json").out), "index": str(folder)}
        assert {**index.status().to_dict(), "index": str(folder)} == told


def test_a_data_frame_has_the_columns_of_csv(folder: Path) -> None:
    pandas = pytest.importorskip("pandas")
    with docindex.open(folder) as index:
        frame = index.search("belmokhtar").to_pandas()
        assert isinstance(frame, pandas.DataFrame)
        header = index.search("belmokhtar").to_text("csv").splitlines()[0]
        assert ",".join(frame.columns) == header
        assert frame["rank"].tolist() == [1, 2]
        assert frame["score"].is_monotonic_decreasing
        assert frame["title"].tolist() == ["Un accord", "Secret talks"]
        assert index.search("nowhere").to_pandas().empty


def test_without_pandas_one_line_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with docindex.open(folder) as index, pytest.raises(errors.ExtraMissing) as raised:
        index.search("belmokhtar").to_pandas()
    assert raised.value.message == "to_pandas needs pandas, which is not installed"
    assert str(raised.value.hint).endswith("pip install pandas")


def test_a_notebook_shows_escaped_html_without_styles_of_its_own(folder: Path) -> None:
    with docindex.open(folder) as index:
        shown = index.search("belmokhtar <script>", any=True)._repr_html_()
    assert "A &lt;b&gt;bold&lt;/b&gt; word &amp; <mark>Belmokhtar</mark>." in shown
    assert "<script" not in shown
    assert "<style" not in shown
    assert "<body" not in shown


def test_a_notebook_shows_the_first_hits_and_counts_the_rest(many: Path) -> None:
    with docindex.open(many) as index:
        shown = index.search("accord")._repr_html_()
        assert (shown.count("<article>"), "85 more" in shown) == (10, True)
        assert index.search("accord", limit=3)._repr_html_().count("more") == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sort": "dat"}, "unknown sort 'dat'"),
        ({"facets": ["lang"]}, "unknown facet 'lang'"),
        ({"since": "soon"}, "--since 'soon' is no date"),
        ({"limit": -1}, "limit -1 is below 0"),
        ({"offset": -1}, "offset -1 is below 0"),
        ({"passages": "few"}, "unknown number of passages 'few'"),
        ({"alike": "hide"}, "unknown alike 'hide'"),
        ({"variants": "far"}, "unknown spread of variants 'far'"),
        ({"aliases": "nowhere.txt"}, "the aliases in nowhere.txt cannot be read: No such file or directory"),
    ],
)
def test_a_wrong_argument_is_named(folder: Path, arguments: Any, message: str) -> None:
    with docindex.open(folder) as index, pytest.raises(errors.UsageError) as raised:
        index.search("x", **arguments)
    assert raised.value.message == message


def test_failures_are_docindex_errors(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.IndexMissing):
        docindex.open(tmp_path / "nowhere")
    with pytest.raises(errors.ManifestError):
        docindex.build(tmp_path / "nowhere")
    with docindex.open(folder) as index:
        with pytest.raises(errors.QueryError):
            index.search("")
        with pytest.raises(errors.QueryError):
            index.search("(talks", strict=True)
        with pytest.raises(errors.RecordError):
            index.show("nowhere")
        with pytest.raises(errors.RecordError, match="has no lines 90"):
            index.show("press/a.txt", lines="90")


def test_an_index_can_be_read_in_another_thread(folder: Path) -> None:
    found = []

    def look() -> None:
        with docindex.open(folder) as index:
            found.append(index.search("belmokhtar").total)

    (folder.parent / "notes/new.txt").write_text("new")  # its folder has changed, so the manifest is read again
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [2]


def test_a_script_without_a_guard_builds_with_worker_processes(tmp_path: Path) -> None:
    for number in range(8):
        words = " ".join(f"w{number}x{other}" for other in range(60_000))
        (tmp_path / f"{number}.txt").write_text(words)
    script = tmp_path / "script.py"
    script.write_text(
        "import docindex\nopen('ran', 'a').write('once')\nprint(len(docindex.build('.', jobs=2).added))\n"
    )
    ran = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "10\n", "")
    assert (tmp_path / "ran").read_text() == "once"


CLIENT = """
from datetime import date
from pathlib import Path

import docindex
from docindex import Answer, Hit
from docindex.errors import QueryError

def titles(location: Path) -> list[str]:
    with docindex.open(location) as index:
        answer: Answer = index.search("accord", since=date(2012, 1, 1), lang=["fr"], facets=["year"], limit=20)
        first: Hit = answer[0]
        some: tuple[Hit, ...] = answer[1:3]
        counts: int = answer.facets["year"]["2016"]
        line: int = first.passages[0].line
        try:
            index.kwic("accord", sort="R1", lang="fr")
        except QueryError as error:
            print(error.message, error.hint)
        return [hit.title for hit in answer]

added: tuple[str, ...] = docindex.build("seeds/INDEX.md").added
"""


@pytest.mark.slow
def test_a_client_is_checked_strictly(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(CLIENT)
    bad.write_text('import docindex\n\ndocindex.open().search("x", limt=3)\ndocindex.open().search("x", limit="3")\n')
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache")]
    ran = [
        subprocess.run([*command, str(file)], cwd=tmp_path, capture_output=True, text=True, check=False)
        for file in (good, bad)
    ]
    assert (ran[0].returncode, ran[0].stdout) == (0, "Success: no issues found in 1 source file\n")
    assert 'Unexpected keyword argument "limt"' in ran[1].stdout
    assert 'Argument "limit" to "search" of "Index" has incompatible type "str"' in ran[1].stdout


def test_the_arguments_that_only_read_are_those_of_show() -> None:
    assert set(ReadingArguments.__annotations__) <= set(SearchArguments.__annotations__)
