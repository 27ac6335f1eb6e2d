"""Chinese, Japanese and Thai: the parts of a text without blanks match and rank like words."""

from __future__ import annotations

from pathlib import Path

import pytest

from docindex.engines import registry
from docindex.errors import QueryError
from docindex.indexing.build import build
from docindex.manifest import load
from docindex.query.clause_reader import MAX_LEAVES
from docindex.query.parser import parse
from docindex.query.printer import canonical, describe
from docindex.search.search import SearchOptions, search

TEXTS = {
    "dam.txt": "三峡大坝在长江上，2006年建成。",
    "river.txt": "长江很长。大坝还没有。",
    "phone.txt": "苹果公司发布iPhone手机，在北京开会。",
    "tower.txt": "東京タワーは高い塔です。",
    "thai.txt": "กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย",
    "far.txt": "长城。大山大河。坝上草原有江水。",
}

Found = list[str]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Return a function that gives the paths that a query finds, the best first."""
    folder = tmp_path_factory.mktemp("unspaced")
    for name, text in TEXTS.items():
        Path(folder, name).write_text(text, encoding="utf-8")
    engine = registry.open_engine(folder / ".docindex")
    build(load.load(folder), engine)

    def paths(text: str, **options: bool) -> Found:
        with engine.searcher() as index:
            return [hit.record.path for hit in search(text, index, SearchOptions(**options)).hits]

    return paths


def test_all_parts_of_a_text_without_blanks_must_match_and_need_not_stand_together(found) -> None:  # type: ignore[no-untyped-def]
    assert found("大坝长江") == []  # 坝长 stands nowhere
    assert found("长江大坝", any=True)[:2] == ["river.txt", "dam.txt"]
    assert set(found("三峡大坝")) == {"dam.txt"}


def test_a_question_ranks_by_any_of_its_parts(found) -> None:  # type: ignore[no-untyped-def]
    assert found("三峡大坝在哪里？") == []
    assert found("三峡大坝在哪里？", any=True)[0] == "dam.txt"
    assert found("三峡大坝在哪里？", any=True, literal=True)[0] == "dam.txt"
    assert found("タワーの高さ", any=True) == ["tower.txt"]
    assert found("เมืองหลวงของไทยคือที่ไหน", any=True) == ["thai.txt"]


def test_quotes_make_a_phrase_of_it(found) -> None:  # type: ignore[no-untyped-def]
    assert found('"大坝在长江"') == ["dam.txt"]
    assert found('"长江大坝"') == found('"长江大坝"', any=True) == []


def test_latin_words_within_it_are_words(found) -> None:  # type: ignore[no-untyped-def]
    assert found("iphone手机") == ["phone.txt"]
    assert found("iphone") == ["phone.txt"]
    assert found("北京iPhone", any=True) == ["phone.txt"]


def test_matches_are_marked_wherever_the_parts_stand(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("大坝在这里。长江在那里。", encoding="utf-8")
    engine = registry.open_engine(tmp_path / ".docindex")
    build(load.load(tmp_path), engine)
    with engine.searcher() as index:
        (hit,) = search("长江大坝", index, SearchOptions(any=True)).hits
    passage = hit.passages[0]
    assert [passage.text[mark.start : mark.stop] for mark in passage.marks] == ["大坝", "长江"]


def test_an_explanation_says_what_the_parts_must_do() -> None:
    assert describe(parse("大坝长江").query) == "all parts of '大坝长江'"
    assert describe(parse("大坝长江", any=True).query) == "any part of '大坝长江'"
    assert canonical(parse("大坝长江").query) == "大坝长江"


def test_a_long_text_without_blanks_is_as_many_words() -> None:
    with pytest.raises(QueryError, match="more than"):
        parse("大" * (MAX_LEAVES + 1))
