"""Files as people and programs write them: code pages, cut words, labels, slips in metadata and
tables.
"""

from __future__ import annotations

import pytest
from packages import Reading

from docindex.readers import charset


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Başbakan görüşmeyi ertelediğini açıkladı", "cp1254"),
        ("Rząd przyjął ustawę o łączności", "cp1250"),
        ("Premier potwierdził wiadomość", "cp1250"),
        ("Rząd przyjął ustawę o łączności; żołnierze wrócą w październiku, mówi źródło", "cp852"),
        ("Başbakan görüşmeyi ertelediğini açıkladı; İstanbul'da yağış sürüyor", "cp857"),
        ("Η κυβέρνηση ανακοίνωσε τα νέα μέτρα για την οικονομία", "mac_greek"),
        ("Η κυβέρνηση ανακοίνωσε τα νέα μέτρα για την οικονομία", "cp737"),
        ("外務大臣は昨日、記者会見を開いた。", "iso2022_jp"),
        ("Le débat a été reporté à l'été, dit-on à l'Élysée", "cp1252"),
        ("Une surface de 25 m² près du fleuve, a-t-il précisé", "cp1252"),
        ("Forsætisráðherra sagði að málið væri flókið", "cp1252"),
    ],
)
def test_a_short_text_in_an_old_code_page_is_read_by_its_letters(text: str, encoding: str) -> None:
    assert charset.decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    ("labels", "title"),
    [
        ("من: كمال\nتاريخ الإرسال: 21 مارس 2016\nإلى: سعيد\nالموضوع: الميزانية", "الميزانية"),
        ("От: Иван\nОтправлено: 21.03.2016\nКому: Пётр\nТема: Бюджет", "Бюджет"),
        ("Kimden: Ali\nGönderildi: 21.03.2016\nKime: Ece\nKonu: Bütçe", "Bütçe"),
        ("De : Anne\nDate d'envoi : 21 mars 2016\nÀ : Luc\nObjet : Budget", "Budget"),
    ],
)
def test_a_block_of_labels_is_a_mails_header_in_many_languages(read: Reading, labels: str, title: str) -> None:
    (record,) = read("a.txt", f"{labels}\n\nThe text.")
    assert record.title == title
    assert record.metadata.date is not None
    assert record.metadata.date.value == "2016-03-21"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("title: Talks: a summary", "Talks: a summary"),
        ('title: "Talks', "Talks"),
        ("title: 'It's over'", "It's over"),
    ],
)
def test_one_broken_line_of_front_matter_costs_no_other(read: Reading, line: str, title: str) -> None:
    (record,) = read("a.md", f"---\n{line}\ndate: 2016-03-20\ntags: [a, b]\n---\nText")
    assert record.title == title
    assert record.metadata.date is not None
    assert (record.metadata.date.value, record.metadata.subject) == ("2016-03-20", ("a", "b"))


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/ld+json; charset=utf-8">{"@type": "NewsArticle", "datePublished": "2016-03-20"}',
        '<script type="Application/LD+JSON">//<![CDATA[\n{"datePublished": "2016-03-20"}\n//]]>',
        '<script type="application/ld+json">{"headline": "Two\nlines", "datePublished": "2016-03-20"}',
        '<script type="application/ld+json">{"@graph": {"datePublished": "2016-03-20"}}',
    ],
)
def test_data_in_a_page_are_read_with_slips_too(read: Reading, script: str) -> None:
    (record,) = read("a.html", f"<html><head><title>T</title>{script}</script></head><body><p>Text</p></body></html>")
    assert record.metadata.date is not None
    assert record.metadata.date.value == "2016-03-20"


@pytest.mark.parametrize("byline", ["Par Jeanne Petit", "By Jeanne Petit", "Von Jeanne Petit", "Por Jeanne Petit"])
def test_an_author_is_named_without_the_word_before_the_name(read: Reading, byline: str) -> None:
    head = f'<head><title>T</title><meta name="author" content="{byline}"></head>'
    (record,) = read(
        "a.html", f"<html>{head}<body><article><p>{'A text of some words. ' * 20}</p></article></body></html>"
    )
    assert record.metadata.creator == "Jeanne Petit"


@pytest.mark.parametrize(("line", "delimiter"), [("sep=;", ";"), ("SEP=,", ","), ('"sep=|"', "|")])
def test_a_line_that_tells_the_delimiter_is_no_header(read: Reading, line: str, delimiter: str) -> None:
    (record,) = read("a.csv", f"{line}\ntitle{delimiter}place\nOne{delimiter}Oran\n")
    assert (record.title, record.body, list(record.lines)) == ("One", "place: Oran", [3])


def test_the_dates_of_a_column_are_in_one_order(read: Reading) -> None:
    american = read("a.csv", "title,date\nA,12/31/2016\nB,03/04/2016\n")
    assert [str(record.metadata.date and record.metadata.date.value) for record in american] == [
        "2016-12-31",
        "2016-03-04",
    ]
    european = read("a.csv", "title,date\nA,31/12/2016\nB,03/04/2016\n")
    assert [str(record.metadata.date and record.metadata.date.value) for record in european] == [
        "2016-12-31",
        "2016-04-03",
    ]
