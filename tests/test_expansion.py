"""Other spellings and aliases: what a query is widened to, what it is not, and what is marked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from memory import MemoryEngine, MemorySearcher
from msgspec.structs import replace

from docindex.errors import UsageError
from docindex.model.documents import IndexState, Metadata, Record, SourceState
from docindex.model.results import Results
from docindex.query.aliases import Aliases, contradictions, parse
from docindex.query.aliases import read as read_aliases
from docindex.query.parser import parse as parse_query
from docindex.query.printer import canonical
from docindex.search.expansion import ExpansionOptions
from docindex.search.search import SearchOptions, match_finder, search
from docindex.search.spellings import respellings

ABOUT = IndexState(built="", version="1", records=0, root="/archive", manifest=None)
TEXTS = [
    ("de", "Tschaikowsky sprach in Berlin."),
    ("fr", "Le maître Tchaïkovski arrive."),
    ("en", "Maestro Tchaikovsky and Maestro Rimsky; the zoo."),
    ("ru", "Маэстро Чайковский и Римский."),
    ("en", "Hussein ben Othman wrote to Benothman, and Hussain answered."),
    ("ar", "كتب حسين إلى عثمان"),
    ("en", "He is putting the patina on a routine; Mr Putin was there."),
    ("en", "The Nightingale is what they called Laila Haddad."),
    ("en", "Laila Hadad sang."),
]


@pytest.fixture(scope="module")
def index() -> Iterator[MemorySearcher]:
    engine = MemoryEngine()
    with engine.writer(ABOUT, full=True) as writer:
        for number, (language, text) in enumerate(TEXTS):
            record = Record(f"{number}.txt", None, Metadata(title="-", language=language), None, text, range(1, 2))
            writer.replace_source(record.path, SourceState("", "", 1, 1, 1))
            writer.add_documents([record])
    with engine.searcher() as index:
        yield index


def found(index: MemorySearcher, text: str, level: str | None = "usual", **more: object) -> Results:
    options = ExpansionOptions(level=level, **more)  # type: ignore[arg-type]
    return search(text, index, SearchOptions(expansion=options, advice=False))


def numbers(results: Results) -> set[int]:
    return {int(hit.record.path.removesuffix(".txt")) for hit in results.hits}


def forms(results: Results) -> set[str]:
    return {variant.form for expansion in results.expanded for variant in expansion.variants}


def marked(results: Results) -> set[str]:
    return {
        passage.text[mark.start : mark.stop]
        for hit in results.hits
        for passage in hit.passages
        for mark in passage.marks
    }


@pytest.mark.parametrize("typed", ["Tschaikowsky", "Tchaïkovski", "Tchaikovsky", "Чайковский"])
def test_one_spelling_finds_them_all_and_marks_them(index: MemorySearcher, typed: str) -> None:
    answer = found(index, typed)
    assert numbers(answer) == {0, 1, 2, 3}
    assert marked(answer) == {"Tschaikowsky", "Tchaïkovski", "Tchaikovsky", "Чайковский"}


def test_nothing_is_widened_unasked(index: MemorySearcher) -> None:
    answer = found(index, "Tschaikowsky", None)
    assert (numbers(answer), answer.expanded) == ({0}, ())


def test_one_word_is_marked_to_be_widened(index: MemorySearcher) -> None:
    answer = found(index, "Tschaikowsky^ OR Hussein", None)
    assert numbers(answer) == {0, 1, 2, 3, 4}
    assert answer.parsed == "Tschaikowsky^ OR Hussein"


@pytest.mark.parametrize("text", ["name^", r"name\^", r"\AND^", "title:name^", "a^b", "^"])
def test_the_sign_is_read_as_it_is_printed(text: str) -> None:
    if text == "^":
        with pytest.raises(Exception, match="no word"):
            parse_query(text)
        return
    query = parse_query(text).query
    assert parse_query(canonical(query)).query == query


def test_a_form_is_dropped_by_its_name(index: MemorySearcher) -> None:
    answer = found(index, "Tschaikowsky", not_forms=frozenset({"tchaikovski"}))
    assert numbers(answer) == {0, 2, 3}
    typed = found(index, "Tschaikowsky", not_forms=frozenset({"tschaikowsky"}))
    assert numbers(typed) == {1, 2, 3}
    assert typed.expanded[0].dropped


def test_one_form_alone_can_be_asked_for(index: MemorySearcher) -> None:
    assert numbers(found(index, "Tschaikowsky", only="tchaikovski")) == {1}
    assert numbers(found(index, "Tschaikowsky", only="tschaikowsky")) == {0}


def test_words_that_are_no_names_are_left_as_they_are(index: MemorySearcher) -> None:
    assert forms(found(index, "putin")) == set()
    answer = found(index, "routine Putin")
    assert forms(answer) == set()
    assert "putting" in forms(found(index, "putin", "wide"))


def test_each_form_is_told_with_its_count_and_its_reason(index: MemorySearcher) -> None:
    (expansion,) = found(index, "Hussein").expanded
    assert (expansion.word, expansion.form, expansion.records) == ("Hussein", "hussein", 1)
    told = {one.form: (one.written, one.records, one.by) for one in expansion.variants}
    assert told == {"hussain": ("Hussain", 1, "sound"), "حسين": ("حسين", 1, "sound")}


@pytest.mark.parametrize("typed", ["Benothman", "ben Othman", '"ben Othman"'])
def test_a_particle_is_found_joined_and_apart(index: MemorySearcher, typed: str) -> None:
    answer = found(index, typed)
    assert numbers(answer) == {4}
    assert {"Benothman"} <= marked(answer)
    assert any("Othman" in mark and mark != "Benothman" for mark in marked(answer))


def test_the_words_of_a_phrase_are_widened_in_their_places(index: MemorySearcher) -> None:
    assert numbers(found(index, '"Maestro Tschaikowsky"', "wide")) >= {2}
    assert numbers(found(index, '"Tschaikowsky Maestro"', "wide")) == set()


def test_aliases_are_searched_like_spellings(index: MemorySearcher) -> None:
    aliases = Aliases(list(parse('"Laila Haddad" Nightingale\nTchaïkovski, Tschaikowsky')))
    answer = found(index, "Nightingale", None, aliases=aliases)
    assert numbers(answer) == {7}
    assert marked(answer) == {"Nightingale", "Laila Haddad"}
    assert [(one.written, one.by) for one in answer.expanded[0].variants] == [("Laila Haddad", "alias")]
    assert numbers(found(index, "Laila Haddad", None, aliases=aliases)) == {7}
    assert numbers(found(index, "tschaikowsky berlin", None, aliases=aliases)) == {0}
    assert numbers(found(index, "tschaikowsky", None, aliases=aliases)) == {0, 1, 2}  # stems too
    assert numbers(found(index, "tschaikowsky", None, aliases=aliases, not_forms=frozenset({"tchaikovski"}))) == {0}


def test_the_match_finder_marks_what_the_search_found(index: MemorySearcher) -> None:
    options = SearchOptions(expansion=ExpansionOptions(level="usual"))
    (hit,) = (hit for hit in search("Tschaikowsky", index, options).hits if hit.record.path == "1.txt")
    spans = match_finder("Tschaikowsky", options, index)(hit.record, "body")
    assert [hit.record.body[span.start : span.stop] for span in spans] == ["Tchaïkovski"]


@pytest.mark.parametrize(
    ("line", "names", "targets"),
    [
        ('a "b c" d', ("a", "b c", "d"), ()),
        ("a, b c, d", ("a", "b c", "d"), ()),
        ("a, b c => d e", ("a", "b c"), ("d e",)),
        ("“b c” حسين", ("b c", "حسين"), ()),
        ("a b \\\n c", ("a", "b", "c"), ()),
    ],
)
def test_both_formats_of_aliases_are_read(line: str, names: tuple[str, ...], targets: tuple[str, ...]) -> None:
    (group,) = parse(f"# names\n\n{line}\n")
    assert (group.line, group.names, group.targets) == (3, names, targets)


@pytest.mark.parametrize(
    ("line", "message"),
    [("alone", "two names"), ('a "b', "never closed"), ("=> a", "two names"), ("a =>", "two names")],
)
def test_a_group_that_says_nothing_is_refused_with_its_line(line: str, message: str) -> None:
    with pytest.raises(UsageError, match=rf"names\.txt:2: .*{message}"):
        list(parse(f"a b\n{line}\n", "names.txt"))


def test_an_arrow_points_one_way() -> None:
    aliases = Aliases(list(parse("a, b => c")))
    assert aliases.others(["a"]) == ("c",)
    assert aliases.others(["c"]) == ()


def test_groups_that_contradict_each_other_are_told() -> None:
    aliases = Aliases(list(parse("a b\nc d\nB e\nc d\n")))
    assert list(contradictions(aliases)) == [
        (3, "'B' stands in another group too, line 1"),
        (4, "the same group as line 2"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rasputin", "raspoutine"),
        ("pugachev", "pougatchev"),
        ("zhukovsky", "zhoukovsky"),
        ("shchepkin", "schtschepkin"),
        ("sakharov", "sacharow"),
    ],
)
def test_habits_of_transliteration_lead_both_ways(one: str, other: str) -> None:
    assert other in respellings(one)
    assert one in respellings(other)


PARTICLE_TEXTS = [
    "Sheikh al-Qaddoumi spoke.",
    "Mr Alqaddoumi spoke.",
    "Ibn Battar travelled.",
    "Benbattar stayed.",
    "Ould Sidati left.",
    "Mr Ouldsidati left.",
    "Herr von Brentz schrieb.",
    "Frau Vonbrentz las.",
    "Bel Moktari and Belmoktari.",
]


@pytest.fixture(scope="module")
def particles() -> Iterator[MemorySearcher]:
    engine = MemoryEngine()
    with engine.writer(ABOUT, full=True) as writer:
        for number, text in enumerate(PARTICLE_TEXTS):
            record = Record(f"{number}.txt", None, Metadata(title="-", language="en"), None, text, range(1, 2))
            writer.replace_source(record.path, SourceState("", "", 1, 1, 1))
            writer.add_documents([record])
    with engine.searcher() as index:
        yield index


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("al-Qaddoumi", {0, 1}),
        ("Alqaddoumi", {0, 1}),
        ("ibn Battar", {2, 3}),
        ("Benbattar", {2, 3}),
        ("bin Battar", {2, 3}),
        ("Ould Sidati", {4, 5}),
        ("Ouldsidati", {4, 5}),
        ("von Brentz", {6, 7}),
        ("Vonbrentz", {6, 7}),
        ("Belmoktari", {8}),
        ("Bel Moktari", {8}),
    ],
)
def test_names_with_particles_are_found_however_they_are_joined(
    particles: MemorySearcher, typed: str, expected: set[int]
) -> None:
    assert numbers(found(particles, typed)) == expected


def test_a_spelling_that_no_record_holds_is_offered_in_another() -> None:
    engine = MemoryEngine()
    state = replace(ABOUT, records=200)
    with engine.writer(state, full=True) as writer:
        for number in range(200):
            text = "Maestro Tchaikovsky spoke." if number < 7 else f"Nothing of note, day {number}."
            record = Record(f"{number}.txt", None, Metadata(title="-", language="en"), None, text, range(1, 2))
            writer.replace_source(record.path, SourceState("", "", 1, 1, 1))
            writer.add_documents([record])
    with engine.searcher() as index:
        for typed in ("Чайковский", "Chaykowskij"):
            (offered,) = search(typed, index, SearchOptions()).expanded
            assert (offered.searched, [one.form for one in offered.variants]) == (False, ["tchaikovsky"])
        assert search("Nothing", index, SearchOptions()).expanded == ()


def test_a_file_of_aliases_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "aliases.txt"
    path.write_text("Laouar Nightingale\n", encoding="utf-8")
    first = read_aliases(path)
    assert read_aliases(path) is first
    path.write_text("Laouar Lark Wren\n", encoding="utf-8")
    assert read_aliases(path).others(["laouar"]) == ("Lark", "Wren")


def test_words_in_lower_case_and_longer_names_are_no_spellings() -> None:
    engine = MemoryEngine()
    texts = ["Victoria came.", "Viktoria left.", "Vicktoria slept.", *["After the victory they sang."] * 4]
    texts += ["A Victorian house.", "Karim Abdulla and Sami Abdullah.", "Tehran and Mr Tehrani."]
    with engine.writer(ABOUT, full=True) as writer:
        for number, text in enumerate(texts):
            record = Record(f"{number}.txt", None, Metadata(title="-", language="en"), None, text, range(1, 2))
            writer.replace_source(record.path, SourceState("", "", 1, 1, 1))
            writer.add_documents([record])
    with engine.searcher() as index:
        assert forms(found(index, "Victoria")) == {"viktoria", "vicktoria"}
        assert forms(found(index, "Abdulla")) == {"abdullah"}
        assert forms(found(index, "Tehrani")) == set()
