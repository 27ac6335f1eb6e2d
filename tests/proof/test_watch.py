"""Only what is new: three runs of a watched list, runs that are killed, and the formats of news."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import feedparser
import jsonschema
import pytest

import docindex.render
from docindex.errors import UsageError
from docindex.query.name_list import read_queries

SCHEMA = json.loads((Path(docindex.render.__file__).parent / "schema.json").read_text(encoding="utf-8"))
WATCH = {**SCHEMA, "anyOf": [{"$ref": "#/$defs/watch"}]}
LETTERS = {
    "a.txt": "Anna Keller met Bruno Weiss at the harbour.\n",
    "b.txt": "Carla Roth stayed at home.\n",
    "mail.eml": "From: Carla Roth <roth@example.org>\nSubject: Ships\n"
    "Date: Tue, 11 Sep 2012 10:00:00 +0000\n\nSee below.\n",
}


@pytest.fixture
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run) -> Path:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    Path("letters").mkdir()
    for name, text in LETTERS.items():
        Path("letters", name).write_text(text, encoding="utf-8")
    Path("names.csv").write_text('Anna Keller\n"Roth, Carla","Carla Roth"\nNemo\n', encoding="utf-8")
    rebuild(run)
    return tmp_path / "letters"


def rebuild(run, *flags: str) -> None:  # type: ignore[no-untyped-def]
    assert run("build", "-q", "letters", "--index", ".docindex", *flags).code == 0


def news(run, *flags: str) -> tuple[int, dict[str, list[str]]]:  # type: ignore[no-untyped-def]
    """Return the exit code of a run, and the ids that it shows for each line of the list."""
    ran = run("watch", "names.csv", "--json", *flags)
    answer = json.loads(ran.out)
    jsonschema.validate(answer, WATCH)
    return ran.code, {one["query"]: [hit["id"] for hit in one["hits"]] for one in answer["queries"]}


def test_three_runs_show_what_was_added_and_what_was_changed_and_nothing_else(letters: Path, run) -> None:  # type: ignore[no-untyped-def]
    everything = {"Anna Keller": ["a.txt"], "Roth, Carla": ["mail.eml", "b.txt"]}
    assert news(run) == (0, everything)
    assert news(run) == (1, {})

    (letters / "b.txt").unlink()  # removed
    (letters / "deeper").mkdir()
    (letters / "a.txt").rename(letters / "deeper" / "z.txt")  # moved
    (letters / "new.txt").write_text("Anna Keller wrote again.\n", encoding="utf-8")  # added
    mail = letters / "mail.eml"
    mail.write_text(mail.read_text(encoding="utf-8").replace("below", "above"), encoding="utf-8")  # changed
    rebuild(run, "--full")
    ran = run("watch", "names.csv")
    assert ran.code == 0
    assert ran.out.startswith("== Anna Keller · 1 new of 2 matches\n\n 1  new.txt\n")
    assert "== Roth, Carla · 1 new of 1 match · 1 of them shown before and changed since\n" in ran.out
    assert "2 new records for 2 of 3 lines of the list" in ran.err

    assert list(run("watch", "names.csv"))[:2] == [1, ""]


def test_a_copy_is_no_news_and_a_message_of_another_day_is(letters: Path, run) -> None:  # type: ignore[no-untyped-def]
    news(run)
    (letters / "copy.txt").write_text(LETTERS["a.txt"], encoding="utf-8")
    (letters / "later.eml").write_text(LETTERS["mail.eml"].replace("11 Sep", "12 Sep"), encoding="utf-8")
    rebuild(run)
    assert news(run) == (0, {"Roth, Carla": ["later.eml"]})


def test_what_was_seen_is_sorted_text_and_holds_elsewhere(letters: Path, run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    news(run)
    seen = tmp_path / "names.csv.docindex-seen"
    lines = seen.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# docindex watch 1:")
    assert lines[1:] == sorted(lines[1:])
    shown = {tuple(json.loads(line)[::2]) for line in lines[1:]}
    assert shown == {("Anna Keller", "a.txt"), ("Roth, Carla", "mail.eml"), ("Roth, Carla", "b.txt")}
    before = os.stat(seen).st_mtime_ns
    other = tmp_path / "other"
    other.mkdir()
    for name in ("letters", "names.csv", "names.csv.docindex-seen"):
        os.rename(tmp_path / name, other / name)
    os.chdir(other)
    rebuild(run)
    assert news(run) == (1, {})
    assert os.stat(other / "names.csv.docindex-seen").st_mtime_ns == before


def test_from_now_shows_only_what_comes_later(letters: Path, run) -> None:  # type: ignore[no-untyped-def]
    ran = run("watch", "names.csv", "--from-now")
    assert list(ran) == [1, "", "3 matches taken for shown; news begin from now\n"]
    (letters / "new.txt").write_text("Anna Keller wrote again.\n", encoding="utf-8")
    rebuild(run)
    assert news(run) == (0, {"Anna Keller": ["new.txt"]})


def test_what_is_not_printed_is_not_seen(letters: Path, run) -> None:  # type: ignore[no-untyped-def]
    assert list(run("watch", "names.csv", "-q")) == [0, "", ""]
    assert news(run, "-n", "1") == (0, {"Anna Keller": ["a.txt"], "Roth, Carla": ["mail.eml"]})
    assert news(run, "-n", "1") == (0, {"Roth, Carla": ["b.txt"]})
    assert run("watch", "names.csv", "-q").code == 1


def test_saved_searches_and_queries_are_watched_too(letters: Path, run) -> None:  # type: ignore[no-untyped-def]
    Path("docindex.toml").write_text("[searches]\nport = 'harbour OR ships'\n", encoding="utf-8")
    Path("names.csv").write_text("query\n@port\nhome Carla\nAnna AND NOT Bruno\n", encoding="utf-8")
    assert news(run) == (0, {"@port": ["mail.eml", "a.txt"], "home Carla": ["b.txt"]})


def test_the_flags_of_a_search_narrow_the_news(letters: Path, run) -> None:  # type: ignore[no-untyped-def]
    assert news(run, "--since", "2012") == (0, {"Roth, Carla": ["mail.eml"]})


@pytest.mark.parametrize(
    ("content", "queries"),
    [
        ("Anna Keller\n", ['"Anna Keller"']),
        ("Keller\n", ["Keller"]),
        ('name,alias\n"Weiss, Bruno",Bruno Weiss\n', ['"Weiss, Bruno" OR "Bruno Weiss"']),
        ("Keller AND harbour\n", ["(Keller AND harbour)"]),
        ("name,query\nKeller,accord secret\n", ["(accord secret)"]),
        ("@port\n", ["harbour"]),
    ],
)
def test_a_line_is_a_name_unless_it_has_operators(content: str, queries: list[str], tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(content, encoding="utf-8")
    found = read_queries(path, None, lambda text: text.replace("@port", "harbour"))
    assert [one.query for one in found] == queries


def test_atom_is_read_back_by_a_feed_reader(letters: Path, run) -> None:  # type: ignore[no-untyped-def]
    (letters / "odd.txt").write_text("Anna Keller <b>&</b> \x01 \ufffe ]]> ends.\n", encoding="utf-8")
    rebuild(run)
    feed = feedparser.parse(run("watch", "names.csv", "--format", "atom").out.encode())
    assert (feed.bozo, feed.version, feed.feed.title) == (False, "atom10", "names.csv")
    assert Counter(entry.tags[0].term for entry in feed.entries) == {"Anna Keller": 2, "Roth, Carla": 2}
    assert len({entry.id for entry in feed.entries}) == 4
    for one in (feed.feed, *feed.entries):
        assert one.id.startswith("urn:uuid:")
        assert one.title
        assert one.updated_parsed
    assert [entry.get("author") for entry in feed.entries if entry.title == "Ships"] == [
        "Carla Roth <roth@example.org>"
    ]
    odd = next(entry for entry in feed.entries if "odd.txt" in entry.content[0].value)
    assert "<b>Anna Keller</b> &lt;b&gt;&amp;&lt;/b&gt;" in odd.content[0].value
    empty = feedparser.parse(run("watch", "names.csv", "--format", "atom").out.encode())
    assert (empty.bozo, empty.entries) == (False, [])
    assert empty.feed.id == feed.feed.id


def test_markdown_has_a_heading_for_each_line(letters: Path, run) -> None:  # type: ignore[no-untyped-def]
    out = run("watch", "names.csv", "--format", "md").out
    assert out.startswith("# Anna Keller\n\n1 new of 1 match\n\n## 1. a.txt\n\n")
    assert "> line 1: **Anna Keller** met Bruno Weiss" in out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nonsense\n", ":1: is no line of seen records"),
        ("# docindex watch 9: query\n", ":1: is of another version of docindex"),
        ('# docindex watch 1: q\n["Nemo","0","a"]\n<<<<<<< mine\n', ":3: is no line of seen records"),
    ],
)
def test_a_damaged_file_of_seen_records_is_told_and_left(letters: Path, run, content: str, message: str) -> None:  # type: ignore[no-untyped-def]
    seen = Path("names.csv.docindex-seen")
    seen.write_text(content, encoding="utf-8")
    ran = run("watch", "names.csv")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"docindex: names.csv.docindex-seen{message}")
    assert seen.read_text(encoding="utf-8") == content


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["absent.csv"], 2, "docindex: absent.csv cannot be read"),
        (["names.csv", "--column", "nom"], 2, "docindex: names.csv has no column 'nom'"),
        (["names.csv", "--index", "absent"], 3, "docindex: "),
        (["broken.csv", "--strict"], 2, "docindex: broken.csv: '(Anna': "),
    ],
)
def test_trouble_costs_a_line_and_marks_nothing(
    letters: Path, run, arguments: list[str], code: int, message: str
) -> None:  # type: ignore[no-untyped-def]
    Path("broken.csv").write_text("Keller\n(Anna\n", encoding="utf-8")
    ran = run("watch", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(message)
    assert not list(Path().glob("*.docindex-seen*"))


def test_the_file_of_seen_records_is_no_document(letters: Path, run) -> None:  # type: ignore[no-untyped-def]
    os.rename("names.csv", letters / "names.csv")
    rebuild(run)
    run("watch", str(letters / "names.csv"))
    rebuild(run)
    assert run("search", "Nemo", "-l").out == "names.csv\n"


COMMAND = [sys.executable, "-m", "docindex", "watch", "names.csv", "--json"]


def test_a_run_that_cannot_keep_what_was_seen_shows_it_again(letters: Path, run) -> None:  # type: ignore[no-untyped-def]
    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    ended = subprocess.run(COMMAND, capture_output=True, text=True, check=False, preexec_fn=no_room)
    assert ended.returncode == 2
    assert "names.csv.docindex-seen: cannot be written" in ended.stderr
    assert not Path("names.csv.docindex-seen").exists()
    assert news(run) == (0, {"Anna Keller": ["a.txt"], "Roth, Carla": ["mail.eml", "b.txt"]})


def test_only_one_run_at_a_time_watches_a_list(letters: Path, run) -> None:  # type: ignore[no-untyped-def]
    for number in range(300):
        (letters / f"{number}.txt").write_text(f"Anna Keller, {number}. {'Long. ' * 100}\n", encoding="utf-8")
    rebuild(run)
    first = subprocess.Popen(COMMAND, stdout=subprocess.PIPE)
    assert first.stdout is not None
    first.stdout.read(1)  # it waits until the rest is read
    ran = run("watch", "names.csv")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("docindex: names.csv: is watched by another run now")
    first.stdout.read()
    assert first.wait() == 0
    first.stdout.close()
    assert news(run) == (1, {})


@pytest.mark.slow
def test_a_run_that_is_killed_loses_no_news_and_leaves_a_whole_file(letters: Path, run) -> None:  # type: ignore[no-untyped-def]
    """Whenever the kill comes, what the next run leaves out was printed before."""
    for number in range(300):
        (letters / f"{number}.txt").write_text(f"Anna Keller, {number}. {'Long. ' * 100}\n", encoding="utf-8")
    rebuild(run)
    everything = {f"{number}.txt" for number in range(300)} | {"a.txt"}
    seen = Path("names.csv.docindex-seen")
    for count in (0, 1, 5_000, 60_000, 150_000, 200_000, None):
        seen.unlink(missing_ok=True)
        process = subprocess.Popen(COMMAND, stdout=subprocess.PIPE)
        assert process.stdout is not None
        printed = process.stdout.read() if count is None else process.stdout.read(count)
        process.send_signal(signal.SIGKILL)
        printed += process.stdout.read()
        process.wait()
        process.stdout.close()
        code, found = news(run)
        left_out = everything - {*found.get("Anna Keller", ())}
        assert all(f'"id": "{name}"'.encode() in printed for name in left_out)
        assert code == (0 if found else 1)
        assert news(run) == (1, {})
        assert all(json.loads(line) for line in seen.read_text(encoding="utf-8").splitlines()[1:])


def test_a_list_that_is_no_csv_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xff\xfe\n")
    with pytest.raises(UsageError, match="is not UTF-8"):
        read_queries(path, None, str)
