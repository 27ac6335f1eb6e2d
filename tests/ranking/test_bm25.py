"""The scores of BM25F, each computed by hand from the formula: a wrong factor fails here in
numbers.
"""

from __future__ import annotations

from math import log

import pytest
from tiny_index import TinyIndex

from docindex.query.ast import And, AndMaybe, DateRange, Fuzzy, MatchAll, Not, Or, Phrase, Prefix, Query, Word
from docindex.ranking.bm25 import RankingLimits, Scorer


def idf(share: float, records: int) -> float:
    """Return the idf of a word that this share of so many records contains."""
    half = 0.5 / records
    return float(log(1 + (1 - share + half) / (share + half)) ** 1.2)


def saturated(freq: float, relative_length: float = 1.0) -> float:
    """Return the saturated frequency, with k1 = 1.2 and b = 0.75."""
    return freq * 2.2 / (freq + 1.2 * (0.25 + 0.75 * relative_length))


def scores(index: TinyIndex, query: Query, **options: object) -> dict[int, float]:
    return dict(Scorer(index, **options).scores(query))  # type: ignore[arg-type]


def words(*texts: str) -> tuple[Word, ...]:
    return tuple(map(Word, texts))


def test_the_idf_is_written_out_once() -> None:
    """One of four records: log(1 + (0.75 + 0.125) / (0.25 + 0.125)), to the power of 1.2."""
    index = TinyIndex({"body": "bank x"}, {"body": "x x"}, {"body": "x x"}, {"body": "x x"})
    assert scores(index, Word("bank")) == {0: pytest.approx(log(10 / 3) ** 1.2)}
    assert scores(index, Word("bank"))[0] == pytest.approx(1.249511, rel=1e-6)


@pytest.mark.parametrize(("times", "expected"), [(1, 2.2 / 2.2), (2, 4.4 / 3.2), (4, 8.8 / 5.2)])
def test_occurrences_saturate(times: int, expected: float) -> None:
    index = TinyIndex({"body": "bank " * times + "x " * (8 - times)}, {"body": "x " * 8})
    assert scores(index, Word("bank"))[0] == pytest.approx(idf(1 / 2, 2) * expected)


def test_a_long_record_counts_less() -> None:
    index = TinyIndex({"body": "bank " + "x " * 5}, {"body": "bank x"}, {"body": "x " * 4})  # 4 words on average
    found = scores(index, Word("bank"))
    assert found == {
        0: pytest.approx(idf(2 / 3, 3) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 6 / 4))),
        1: pytest.approx(idf(2 / 3, 3) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 4))),
    }


def test_fields_weigh_before_they_saturate() -> None:
    index = TinyIndex(
        {"title": "bank", "body": "x x"},
        {"title": "x", "body": "bank x"},
        {"title": "bank", "body": "bank x"},
        {"title": "x", "quoted": "bank x"},
        {"title": "x", "body": "x x"},
    )
    weight = idf(4 / 5, 5)
    assert scores(index, Word("bank")) == {
        0: pytest.approx(weight * 2 * 2.2 / 3.2),
        1: pytest.approx(weight * 1 * 2.2 / 2.2),
        2: pytest.approx(weight * 3 * 2.2 / 4.2),
        3: pytest.approx(weight * 0.25 * 2.2 / 1.45),
    }


def test_a_field_of_the_query_counts_that_field_alone_and_the_body_has_its_quotations() -> None:
    index = TinyIndex({"title": "bank", "body": "bank x", "quoted": "bank"}, {"title": "bank", "body": "x x x"})
    assert scores(index, Word("bank", "title")) == {
        0: pytest.approx(idf(1, 2) * saturated(2)),
        1: pytest.approx(idf(1, 2) * saturated(2)),
    }
    assert scores(index, Word("bank", "body")) == {0: pytest.approx(idf(1 / 2, 2) * saturated(1.25))}


def test_the_form_as_typed_counts_whole_and_another_of_its_stem_six_tenths() -> None:
    index = TinyIndex({"body": "wars"}, {"body": "war"}, {"body": "warring"}, {"body": "peace"})
    weight = idf(3 / 4, 4)
    assert scores(index, Word("wars")) == {
        0: pytest.approx(weight * saturated(1.0)),
        1: pytest.approx(weight * saturated(0.6)),
        2: pytest.approx(weight * saturated(0.6)),
    }
    assert scores(index, Word("wars"), exact=True) == {0: pytest.approx(idf(1 / 4, 4) * saturated(1.0))}


def test_the_accents_as_typed_are_a_tenth_of_an_occurrence() -> None:
    index = TinyIndex(*({"body": text, "language": "fr"} for text in ("élève", "eleve", "élèves", "mot")))
    weight = idf(3 / 4, 4)
    assert scores(index, Word("élève")) == {
        0: pytest.approx(weight * saturated(1.0)),
        1: pytest.approx(weight * saturated(0.9)),
        2: pytest.approx(weight * saturated(0.6)),
    }


def test_a_word_is_as_common_as_in_the_language_that_has_most_of_it() -> None:
    """Each language is smoothed with fifty records of the whole: here 3 of 4 have the word."""
    english = [{"body": "bank"}, {"body": "x"}]
    german = [{"body": "bank", "language": "de"}] * 2
    share = (2 + 50 * 3 / 4) / (2 + 50)
    assert share > (1 + 50 * 3 / 4) / (2 + 50)
    expected = pytest.approx(idf(share, 4))
    assert scores(TinyIndex(*english, *german), Word("bank")) == {0: expected, 2: expected, 3: expected}


def test_function_words_of_the_query_count_two_fifths() -> None:
    index = TinyIndex({"body": "what x"}, {"body": "bank x"}, {"body": "x x"})
    assert scores(index, Or(words("what", "bank"))) == {
        0: pytest.approx(0.4 * idf(1 / 3, 3)),
        1: pytest.approx(idf(1 / 3, 3)),
    }
    assert scores(index, Word("what")) == {0: pytest.approx(0.4 * idf(1 / 3, 3))}


@pytest.mark.parametrize(
    ("text", "closeness"),
    [
        ("bank loan x x x x x x x x x x", 1),
        ("bank x x loan x x x x x x x x", 1 / 3),
        ("loan bank x x x x x x x x x x", 1 / 2),
        ("bank x x x x x x x loan x x x", 1 / 8),
        ("bank x x x x x x x x loan x x", 0),
        ("loan x x x x x x x bank x x x", 0),
    ],
)
def test_words_that_stand_close_add_to_the_score(text: str, closeness: float) -> None:
    index = TinyIndex({"body": text}, {"body": "x " * 12})
    weight = idf(1 / 2, 2)
    bonus = 0.6 * weight * closeness / (closeness + 1)
    assert scores(index, And(words("bank", "loan"))) == {0: pytest.approx(2 * weight + bonus)}


def test_closeness_counts_by_the_more_common_of_two_words_and_not_by_function_words() -> None:
    index = TinyIndex({"body": "bank of loan"}, {"body": "bank x x"}, {"body": "x x x"})
    common, rare = idf(2 / 3, 3), idf(1 / 3, 3)
    assert scores(index, Or(words("bank", "loan")))[0] == pytest.approx(common + rare + 0.6 * common * (1 / 2) / 1.5)
    with_function_word = scores(index, Or(words("bank", "of", "loan")))[0]
    assert with_function_word == pytest.approx(common + rare + 0.4 * rare + 0.6 * common * (1 / 2) / 1.5)


def test_closeness_is_looked_up_for_the_best_records_alone() -> None:
    index = TinyIndex({"body": "bank loan x"}, {"body": "bank bank loan"}, {"body": "x x x"})
    query = And(words("bank", "loan"))
    weight = idf(2 / 3, 3)
    first, second = weight * 2, weight * (saturated(2) + 1)
    bonus = 0.6 * weight / 2
    assert scores(index, query) == {0: pytest.approx(first + bonus), 1: pytest.approx(second + bonus)}
    limits = RankingLimits(rescore_top_k=1)
    assert scores(index, query, limits=limits) == {0: pytest.approx(first), 1: pytest.approx(second + bonus)}


def test_related_terms_count_a_fifth_where_the_word_itself_stands() -> None:
    texts = ("vertrag vertragsbruch", "vertrag x", "vertragsbruch x", "x x")
    index = TinyIndex(*({"body": text, "language": "de"} for text in texts))
    weight = idf(2 / 4, 4)
    assert scores(index, Word("vertrag")) == {
        0: pytest.approx(weight * saturated(1.2)),
        1: pytest.approx(weight * saturated(1.0)),
    }
    assert scores(index, Word("vertragsbruch")) == {
        0: pytest.approx(weight * saturated(1.2)),
        2: pytest.approx(weight * saturated(1.0)),
    }
    for options in ({"exact": True}, {"limits": RankingLimits(max_related_terms=0)}):
        assert scores(index, Word("vertrag"), **options)[0] == pytest.approx(weight)


def test_a_related_term_shares_five_letters() -> None:
    texts = ("markt marktplatz", "mark markstein", "x x")
    index = TinyIndex(*({"body": text, "language": "de"} for text in texts))
    assert scores(index, Word("markt"))[0] == pytest.approx(idf(1 / 3, 3) * saturated(1.2))
    assert scores(index, Word("mark"))[1] == pytest.approx(idf(1 / 3, 3) * saturated(1.0))


def test_function_words_rank_and_need_not_match() -> None:
    index = TinyIndex({"body": "who is huma"}, {"body": "huma x x"}, {"body": "who x x"}, {"body": "x x x"})
    query = And(words("who", "huma"))
    who, huma = 0.4 * idf(2 / 4, 4), idf(2 / 4, 4)
    assert scores(index, query) == {0: pytest.approx(who + huma), 1: pytest.approx(huma)}
    assert set(Scorer(index).matches(query)) == {0, 1}
    assert set(Scorer(index, exact=True).matches(query)) == {0}
    assert set(Scorer(index).matches(And(words("WHO", "huma")))) == {0}
    assert set(Scorer(index).matches(And((Word("who"), Word("en", "language"))))) == {0, 2}
    assert set(Scorer(index).matches(And((And((Word("who"), Word("huma"))), Word("en", "language"))))) == {0, 1}
    assert set(Scorer(index).matches(And((Phrase("who"), Word("huma"))))) == {0}


def test_a_filter_leaves_the_scores_as_they_are() -> None:
    index = TinyIndex({"body": "bank of loan"}, {"body": "bank x x"}, {"body": "x x x"})
    for joined in (And, Or):
        query = joined(words("bank", "of", "loan"))
        assert scores(index, And((query, Word("en", "language")))) == scores(index, query)


def test_a_phrase_is_as_rare_as_its_records_and_counts_by_the_field_it_stands_in() -> None:
    index = TinyIndex(
        {"title": "bank loan", "body": "x"}, {"title": "x x", "body": "bank"}, {"title": "x x", "body": "loan"}
    )
    assert scores(index, Phrase("bank loan")) == {0: pytest.approx(idf(1 / 3, 3) * saturated(2))}


def test_a_term_with_an_edit_counts_half_and_a_prefix_counts_whole() -> None:
    index = TinyIndex({"body": "bank"}, {"body": "bonk"}, {"body": "x"})
    assert scores(index, Fuzzy("bank", distance=1)) == {
        0: pytest.approx(idf(2 / 3, 3) * saturated(1.0)),
        1: pytest.approx(idf(2 / 3, 3) * saturated(0.5)),
    }
    assert scores(index, Prefix("b")) == dict.fromkeys((0, 1), pytest.approx(idf(2 / 3, 3)))


def test_of_too_many_terms_the_most_frequent_are_searched() -> None:
    index = TinyIndex({"body": "bank bark"}, {"body": "bank band"}, {"body": "band x"}, {"body": "bank x"})
    scorer = Scorer(index, limits=RankingLimits(max_expansions=1))
    assert scorer.scores(Prefix("ba")).keys() == {0, 1, 3}
    assert scorer.truncated_expansions == {"ba": 3}
    assert Scorer(index, limits=RankingLimits(max_expansions=2)).matches(Prefix("ba")) == {0, 1, 2, 3}
    complete = Scorer(index, limits=RankingLimits(max_expansions=3))
    assert complete.matches(Prefix("ba")) == {0, 1, 2, 3}
    assert complete.truncated_expansions == {}


def test_scores_of_operands_add_up_and_filters_score_nothing() -> None:
    index = TinyIndex({"body": "bank x"}, {"body": "loan x"}, {"body": "x x"})
    weight = idf(1 / 3, 3)
    bank, loan = words("bank", "loan")
    assert scores(index, Or((bank, loan))) == {0: pytest.approx(weight), 1: pytest.approx(weight)}
    assert scores(index, And((bank, Not(loan)))) == {0: pytest.approx(weight)}
    assert scores(index, And((bank, DateRange(None, None), Word("en", "language")))) == {0: pytest.approx(weight)}
    assert scores(index, AndMaybe(MatchAll(), loan)) == {0: 0.0, 1: pytest.approx(weight), 2: 0.0}
    assert scores(index, Not(bank)) == {1: 0.0, 2: 0.0}
    assert scores(index, And((bank, loan))) == {}


def test_an_empty_index_has_no_scores() -> None:
    index = TinyIndex()
    index._lengths = [0.0]
    assert scores(index, Or(words("bank", "loan"))) == {}
