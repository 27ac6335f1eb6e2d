"""Records that say nearly the same: what makes two alike, what stands for what, and what each
format says of it.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docindex.model.documents import Metadata, Record
from docindex.ranking import near_duplicates
from docindex.ranking.near_duplicates import (
    MAX_BUCKET,
    MIN_EQUAL_HASHES,
    MIN_TERMS,
    NUM_HASHES,
    are_near_duplicates,
    group_documents,
    signature,
)

LONG = [f"mot{number}" for number in range(200)]


def words(common: int, own: int, name: str) -> set[str]:
    """So many words that all have, and so many of one's own."""
    return {*LONG[:common], *(f"{name}{number}" for number in range(own))}


# Signatures


def test_a_signature_stays_what_it_was() -> None:
    """Else indexes of two builds could not be compared: a change wants a new VERSION."""
    assert signature(LONG, "")[:12].hex() == "682bde31c6b57e756b0b7e65"
    assert len(signature(LONG, "")) == NUM_HASHES
    assert signature((), "Un  mot\n").hex() == "e34a6dea3e1b706f797e04b5519c8902"


@given(st.permutations(LONG[:60]))
def test_the_order_of_the_words_decides_nothing(mixed: list[str]) -> None:
    assert signature(mixed, "") == signature(LONG[:60], "")


@pytest.mark.parametrize(("common", "own", "expected"), [(200, 0, True), (196, 2, True), (180, 20, False)])
def test_records_are_alike_that_share_nine_words_in_ten(common: int, own: int, expected: bool) -> None:
    assert (
        are_near_duplicates(signature(words(common, own, "a"), ""), signature(words(common, own, "b"), "")) is expected
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Un mot.", "Un mot.", True),
        ("Un mot.", "  UN\nmot. ", True),
        ("Un mot.", "Un mot", False),
        ("", "", False),
    ],
)
def test_of_few_words_all_must_be_the_same(one: str, other: str, expected: bool) -> None:
    few = LONG[: MIN_TERMS - 1]
    assert are_near_duplicates(signature(few, one), signature(few, other)) is expected
    assert not are_near_duplicates(signature(few, one), signature(LONG[:MIN_TERMS], one))


def test_a_short_text_under_another_title_is_another() -> None:
    told = [
        near_duplicates.duplicate_text(Record("a.txt", None, Metadata(title), None, body, range(1, 2)))
        for title, body in [("A", "x"), ("B", "x"), (None, "x"), ("A", " ")]
    ]
    assert told == ["A\nx", "B\nx", "\nx", ""]


# Groups


SIGNATURES = st.lists(
    st.one_of(
        st.binary(min_size=16, max_size=16),
        st.just(b""),
        # Near to one of few: some within 12 places of another, some not.
        st.tuples(st.sampled_from(range(3)), st.sets(st.integers(0, NUM_HASHES - 1), max_size=20)).map(
            lambda drawn: bytes(200 if place in drawn[1] else drawn[0] for place in range(NUM_HASHES))
        ),
    ),
    max_size=12,
)


@given(SIGNATURES)
def test_each_stands_with_the_first_that_it_is_like(drawn: list[bytes]) -> None:
    groups = group_documents(enumerate(drawn))
    assert sorted(document for group in groups for document in group) == list(range(len(drawn)))
    firsts = [group[0] for group in groups]
    assert firsts == sorted(firsts)
    assert all(group == sorted(group) for group in groups)
    assert all(are_near_duplicates(drawn[first], drawn[one]) for first, *more in groups for one in more)
    assert not any(are_near_duplicates(drawn[one], drawn[other]) for one in firsts for other in firsts if one != other)
    assert group_documents(enumerate(drawn), only=True) == [group for group in groups if len(group) > 1]


@given(st.binary(min_size=NUM_HASHES, max_size=NUM_HASHES), st.permutations(range(NUM_HASHES)))
def test_two_that_agree_in_enough_places_are_found_wherever_these_are(one: bytes, places: list[int]) -> None:
    def changed(count: int) -> bytes:
        return bytes(value ^ 1 if place in places[:count] else value for place, value in enumerate(one))

    assert group_documents([(7, one), (3, changed(NUM_HASHES - MIN_EQUAL_HASHES))]) == [[7, 3]]
    assert group_documents([(7, one), (3, changed(NUM_HASHES - MIN_EQUAL_HASHES + 1))]) == [[7], [3]]


def test_of_a_crowd_that_shares_a_stretch_only_the_first_are_compared() -> None:
    crowd = [bytes(9) + bytes([number + 1] * (NUM_HASHES - 9)) for number in range(MAX_BUCKET + 1)]
    assert group_documents(enumerate([*crowd, crowd[0][:-1] + b"\0"]))[0] == [0, MAX_BUCKET + 1]
    beyond = crowd[MAX_BUCKET][:9] + b"\0" * 12 + crowd[MAX_BUCKET][21:]
    assert len(group_documents(enumerate([*crowd, beyond]))) == MAX_BUCKET + 1


# The command line

ARTICLE = """Le chef {name} aurait conclu un accord secret avec Alger, selon un message que cite le journal. Les deux
parties n'en disent rien. Trois diplomates enlevés au printemps furent relâchés contre rançon, puis les pourparlers
cessèrent quand une brigade franchit la frontière. Depuis, chacune accuse sa voisine ; des observateurs réclament
qu'une enquête indépendante établisse enfin quels intermédiaires ont négocié, où, pendant combien de jours, et pour qui.
{more}
"""
MANIFEST = """
- [Accord, dit-on](a.txt) — publisher: La Gazette; language: fr
- [Reprise](b.txt) — publisher: Le Courrier; language: fr
- [Tout autre chose](c.txt) — language: fr
- [Encore une reprise](d.txt) — publisher: La Dépêche; language: fr
"""


@pytest.fixture
def reprints(archive: Path, run) -> Path:  # type: ignore[no-untyped-def]
    (archive / "INDEX.md").write_text(MANIFEST, encoding="utf-8")
    for name, text in {
        "a.txt": ARTICLE.format(name="Belmokhtar", more="Accord, accord."),
        "b.txt": ARTICLE.format(name="Belmokhtar", more=""),
        "c.txt": "Un accord de musique.\n",
        "d.txt": ARTICLE.format(name="Belmoktar", more=""),
    }.items():
        (archive / name).write_text(text, encoding="utf-8")
    run("build")
    return archive


COUNTED = "4 records from 4 sources, indexed just now · N\n"


def shown(out: str) -> list[str]:
    """The lines of a list but for its passages."""
    return [line for line in out.splitlines() if line and not line.startswith(("    1  ", "    5  "))]


def test_text_shows_one_for_all_that_are_alike(reprints: Path, run) -> None:  # type: ignore[no-untyped-def]
    code, out, err = run("search", "accord")
    assert (code, err) == (0, "2 matches, 4 with those alike; --alike show lists each · " + COUNTED)
    assert shown(out) == [
        " 1  **Accord**, dit-on",
        "    La Gazette · fr · a.txt:1 · +2 alike",
        " 2  Tout autre chose",
        "    fr · c.txt:1",
    ]


def test_only_what_is_alike_can_be_listed(reprints: Path, run) -> None:  # type: ignore[no-untyped-def]
    code, out, err = run("search", "accord", "--alike", "only")
    assert (code, err) == (0, "1 group of alike records, 3 of 4 matches; --alike show lists each · " + COUNTED)
    assert out.count("\n    1  ") == 1
    assert shown(out) == [
        " 1  **Accord**, dit-on",
        "    La Gazette · fr · a.txt:1 · +2 alike",
        " ≈  Reprise",
        "    Le Courrier · fr · b.txt",
        " ≈  Encore une reprise",
        "    La Dépêche · fr · d.txt",
    ]
    assert list(run("search", "musique", "--alike", "only")) == [1, "", "no alike records in 1 match · " + COUNTED]


def test_what_a_later_build_takes_in_is_alike_to_what_was_there(reprints: Path, run) -> None:  # type: ignore[no-untyped-def]
    (reprints / "e.txt").write_text(ARTICLE.format(name="Belmokhtar", more="Fin."), encoding="utf-8")
    (reprints / "INDEX.md").write_text(MANIFEST.replace("(b.txt)", "(e.txt)"), encoding="utf-8")
    run("build")
    answer = json.loads(run("search", "accord", "--json", "--alike", "fold").out)
    assert [(hit["id"], hit["alike"]) for hit in answer["hits"]] == [("a.txt", ["e.txt", "d.txt"]), ("c.txt", [])]


def test_a_slice_is_one_of_groups(reprints: Path, run) -> None:  # type: ignore[no-untyped-def]
    first = run("search", "accord", "-n", "1")
    assert (shown(first.out)[0], first.err) == (
        " 1  **Accord**, dit-on",
        "1 of 2 matches, 4 with those alike; --alike show lists each; --offset 1 shows more · " + COUNTED,
    )
    second = run("search", "accord", "-n", "1", "--offset", "1")
    assert (shown(second.out)[0], second.err) == (
        " 2  Tout autre chose",
        "2 to 2 of 2 matches, 4 with those alike · " + COUNTED,
    )
    assert run("show", "2").out.splitlines()[0] == "Tout autre chose"


def test_scripts_get_each_match_unless_they_ask(reprints: Path, run) -> None:  # type: ignore[no-untyped-def]
    def asked(*arguments: str) -> tuple[object, ...]:
        answer = json.loads(run("search", "accord", "--json", *arguments).out)
        hits = [(hit["rank"], hit["id"], hit["alike"]) for hit in answer["hits"]]
        return answer["total"], answer["groups"], answer["facets"], hits

    each = [(1, "a.txt", []), (2, "c.txt", []), (3, "b.txt", []), (4, "d.txt", [])]
    assert asked() == (4, None, {}, each)
    counts = {"language": {"fr": 4}}
    assert asked("--alike", "fold", "--facets", "language") == (
        4,
        {"count": 2, "records": 4},
        counts,
        [(1, "a.txt", ["b.txt", "d.txt"]), (2, "c.txt", [])],
    )
    assert asked("--alike", "only", "--facets", "language") == (
        4,
        {"count": 1, "records": 3},
        counts,
        [(1, "a.txt", ["b.txt", "d.txt"]), (1, "b.txt", []), (1, "d.txt", [])],
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-c"], "4\n"),
        (["-c", "--alike", "fold"], "2\n"),
        (["-c", "--alike", "only"], "1\n"),
        (["-l"], "a.txt\nc.txt\nb.txt\nd.txt\n"),
        (["-l", "--alike", "fold"], "a.txt\nc.txt\n"),
        (["-l", "-0", "--alike", "only"], "a.txt\0b.txt\0d.txt\0"),
        (["--template", "{rank} {id} {alike}", "--alike", "fold"], "1 a.txt 2\n2 c.txt \n"),
        (["--sort", "path", "--reverse", "-l", "--alike", "fold"], "d.txt\nc.txt\n"),
        (["-e", "musique", "-c", "--alike", "fold"], "2\taccord\n1\tmusique\n"),
    ],
)
def test_what_is_counted_and_listed_follows(reprints: Path, run, arguments: list[str], expected: str) -> None:  # type: ignore[no-untyped-def]
    assert run("search", "accord", *arguments).out == expected


def test_other_formats_say_for_how_many_a_match_stands(reprints: Path, run) -> None:  # type: ignore[no-untyped-def]
    rows = csv.DictReader(run("search", "accord", "--format", "csv", "--alike", "fold").out.splitlines())
    assert [(row["id"], row["alike"]) for row in rows] == [("a.txt", "2"), ("c.txt", "")]
    text = run("search", "accord", "--format", "md", "--alike", "fold").out.splitlines()
    assert text[2] == "2 matches, 4 with those alike"
    assert text[5:7] == ["", "La Gazette · fr · a.txt:1 · +2 alike"]
    assert (
        '<span class="alike"><bdi>+2 alike</bdi></span>'
        in run("search", "accord", "--format", "html", "--alike", "fold").out
    )


def test_nothing_else_can_be_done_with_what_is_alike(reprints: Path, run) -> None:  # type: ignore[no-untyped-def]
    assert list(run("search", "accord", "--alike", "hide")) == [
        2,
        "",
        "docindex: unknown alike 'hide'\n  try: show, fold, only\n",
    ]
