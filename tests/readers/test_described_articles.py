"""HTML: articles of pages that scripts build, as the page describes them in JSON-LD."""

from __future__ import annotations

import json

from packages import Reading

TEXT = "The harbour master kept a ledger of ships for eleven years.\nNobody had asked him to do so, and nobody read it."


def page(visible: str = "", **article: object) -> str:
    described = json.dumps({"@graph": [{"@type": "NewsArticle", **article}]})
    return f'<html><head><script type="application/ld+json">{described}</script></head><body>{visible}</body></html>'


def test_the_text_of_a_page_without_any_is_its_described_article(read: Reading) -> None:
    (record,) = read("a.html", page('<div id="app"></div>', articleBody=TEXT, headline="A ledger"))
    assert record.title == "A ledger"
    assert record.body.split("\n\n") == TEXT.split("\n")


def test_a_page_with_only_a_menu_shows_its_described_article(read: Reading) -> None:
    (record,) = read("a.html", page("<ul><li>Home</li><li>News</li></ul>", articleBody=TEXT))
    assert "harbour master" in record.body


def test_visible_text_counts_more_than_a_short_description(read: Reading) -> None:
    (record,) = read("a.html", page(f"<p>{TEXT} And more than that is written on the page.</p>", articleBody=TEXT))
    assert "And more than that" in record.body


def test_markup_in_a_described_article_makes_paragraphs(read: Reading) -> None:
    (record,) = read("a.html", page(articleBody="<p>One <b>bold</b> word.</p><p>Another line.</p>"))
    assert record.body == "One bold word.\n\nAnother line."


def test_the_author_is_taken_from_the_description_where_the_page_names_none(read: Reading) -> None:
    (record,) = read("a.html", page(articleBody=TEXT, author=[{"name": "Anna Weber"}, {"name": "Jean Dupont"}]))
    assert record.metadata.creator == "Anna Weber; Jean Dupont"


def test_broken_descriptions_say_nothing(read: Reading) -> None:
    visible = "<p>Some words on the page.</p>"
    for broken in ('{"articleBody": 3}', '{"articleBody": ["x"]}', "{", '[[["x"]]]', '{"author": 7, "publisher": []}'):
        text = f'<script type="application/ld+json">{broken}</script>{visible}'
        assert read("a.html", f"<html><body>{text}</body></html>")[0].body == "Some words on the page."
