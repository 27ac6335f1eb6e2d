"""Who stands with whom: lists of names, their counts, and the formats of the answer."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from docindex.errors import UsageError
from docindex.query.name_list import read

LETTERS = {
    "a.txt": "Letter\n\nAnna Keller met Bruno Weiss. Carla Roth was ill.\n\nCarla Roth wrote to Bruno Weiss.\n",
    "b.txt": "Note\n\nBruno Weiss left. Anna Keller stayed.\n",
    "c.txt": "Report\n\nNobody came but Weiss, Bruno, said the clerk.\n",
    "d.txt": "Essay\n\nThe Kellers of Zürich, Anna Keller and her aunt Carla Roth.\n",
}


@pytest.fixture
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run) -> Path:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    Path("letters").mkdir()
    for name, text in LETTERS.items():
        Path("letters", name).write_text(text, encoding="utf-8")
    Path("names.csv").write_text('Anna Keller\n"Bruno Weiss","Weiss, Bruno"\nCarla Roth\nNemo\n', encoding="utf-8")
    run("build", "letters", "--index", ".docindex")
    return tmp_path


def counts(out: str) -> dict[frozenset[str], int]:
    answer = json.loads(out)
    return {frozenset(name.split()[0] for name in pair["names"]): pair["records"] for pair in answer["pairs"]}


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        ("record", {"Anna Bruno": 2, "Bruno Carla": 1, "Anna Carla": 2}),
        ("paragraph", {"Anna Bruno": 2, "Bruno Carla": 1, "Anna Carla": 2}),
        ("sentence", {"Anna Bruno": 1, "Bruno Carla": 1, "Anna Carla": 1}),
        ("2w", {"Anna Bruno": 2, "Bruno Carla": 1}),
    ],
)
def test_names_stand_together_within_a_scope(letters: Path, run, within: str, expected: dict[str, int]) -> None:
    code, out, err = run("matrix", "names.csv", "--within", within, "--json")
    assert code == 0
    assert counts(out) == {frozenset(names.split()): count for names, count in expected.items()}
    assert "found nothing: Nemo" in err


def test_the_counts_are_those_of_plain_searches(letters: Path, run) -> None:
    _, out, _ = run("matrix", "names.csv", "--json")
    for pair in json.loads(out)["pairs"]:
        queries = {"Bruno Weiss": '("Bruno Weiss" OR "Weiss, Bruno")'}
        query = " ".join(queries.get(name, f'"{name}"') for name in pair["names"])
        assert run("search", query, "-c").out == f"{pair['records']}\n"
    assert [name["records"] for name in json.loads(out)["names"]] == [3, 3, 2, 0]


def test_the_matrix_is_symmetric_with_the_records_of_each_name_on_its_diagonal(letters: Path, run) -> None:
    rows = list(csv.reader(io.StringIO(run("matrix", "names.csv", "--format", "csv").out)))
    assert rows == [
        ["", "Anna Keller", "Bruno Weiss", "Carla Roth", "Nemo"],
        ["Anna Keller", "3", "2", "2", "0"],
        ["Bruno Weiss", "2", "3", "1", "0"],
        ["Carla Roth", "2", "1", "2", "0"],
        ["Nemo", "0", "0", "0", "0"],
    ]


def test_edges_name_the_first_record(letters: Path, run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("matrix", "names.csv", "--format", "edges").out)))
    assert {(row["source"], row["target"], row["records"], row["first_id"]) for row in rows} == {
        ("Anna Keller", "Bruno Weiss", "2", "a.txt"),
        ("Bruno Weiss", "Carla Roth", "1", "a.txt"),
        ("Anna Keller", "Carla Roth", "2", "a.txt"),
    }


def test_networkx_reads_the_graph(letters: Path, run) -> None:
    networkx = pytest.importorskip("networkx")
    names = 'name\nAnna Keller\nBruno Weiss\n"<Carla> & ""Roth"""\n'
    Path("odd.csv").write_text(names, encoding="utf-8")
    graph = networkx.parse_graphml(run("matrix", "odd.csv", "--format", "graphml").out)
    assert dict(graph.nodes(data="records")) == {"Anna Keller": 3, "Bruno Weiss": 2, '<Carla> & "Roth"': 2}
    assert graph.edges["Anna Keller", "Bruno Weiss"]["records"] == 2
    assert graph.edges["Anna Keller", '<Carla> & "Roth"']["first_id"] == "a.txt"


def test_filters_narrow_the_records(letters: Path, run) -> None:
    code, out, _ = run("matrix", "names.csv", "--json", "--since", "1900")
    assert (code, json.loads(out)["pairs"], json.loads(out)["searched_records"]) == (1, [], 0)


def test_an_unknown_scope_is_refused(letters: Path, run) -> None:
    code, _, err = run("matrix", "names.csv", "--within", "page")
    assert code == 2
    assert "unknown scope 'page'" in err


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("Anna\nBruno\n", None, [("Anna",), ("Bruno",)]),
        ("Name;Alias\nAnna;Anni|Änne\n", None, [("Anna", "Anni", "Änne")]),
        ('id,name,country\n7,"Weiss, Bruno",CH\n', None, [("Weiss, Bruno",)]),
        ('"Weiss, Bruno",Bruno\n', None, [("Weiss, Bruno", "Bruno")]),
        ("who\tnote\nAnna\tx\n", "who", [("Anna",)]),
        ("7,Anna\n8,Bruno\n", "2", [("Anna",), ("Bruno",)]),
        ("\ufeffname\n\nAnna\n,\nAnna\n", None, [("Anna",)]),
    ],
)
def test_a_list_of_names_is_understood(
    tmp_path: Path, text: str, column: str | None, expected: list[tuple[str, ...]]
) -> None:
    path = tmp_path / "names.csv"
    path.write_text(text, encoding="utf-8")
    assert read(path, column) == expected


@pytest.mark.parametrize(
    ("data", "column", "message"),
    [
        (b"", None, "holds no name"),
        (b"name\n", None, "holds no name"),
        (b"name\nAnna\n", "who", "no column 'who'"),
        (b"Anna\n", "3", "no column 3"),
        (b"\xff\xfe\n", None, "not UTF-8"),
        (b'"' + b"a" * 200_000 + b'"\n', None, "no CSV"),
    ],
)
def test_a_list_that_says_nothing_is_refused(tmp_path: Path, data: bytes, column: str | None, message: str) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=message):
        read(path, column)


def test_the_forms_of_a_name_are_listed(letters: Path, run) -> None:
    Path("letters/e.txt").write_text("Post\n\nAna Kellner and Anna Keler wrote.\n", encoding="utf-8")
    run("build", "letters", "--index", ".docindex")
    code, out, _ = run("names", "Keller")
    assert code == 0
    assert {line.split()[1] for line in out.splitlines()} >= {"Keller", "Keler"}
    answer = json.loads(run("names", "Keller", "--json").out)
    assert answer["expanded"][0]["why"] == "typed"
    assert run("names", "Zyzzogeton").code == 1
