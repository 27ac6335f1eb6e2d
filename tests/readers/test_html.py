"""HTML: the main text of a page on the lines of its file, what the page says of itself,
encodings, hostile pages.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import date as Day
from pathlib import Path

import pytest
from lxml import etree
from lxml.html import document_fromstring

from docindex.errors import ReaderError
from docindex.model.documents import Date, Metadata, Record, Source
from docindex.readers import detection
from docindex.readers import read as readers_read

pytest.importorskip("trafilatura", reason="trafilatura and lxml are not installed")

Reading = Callable[..., list[Record]]
Outline = Callable[[list[Record]], list[tuple[str, str, list[tuple[int, str]]]]]

FIRST = "The ministry announced on Tuesday that the talks had come to an end after three long days of bargaining."
SECOND = "Observers in the capital doubt that the agreement will hold, as two of the parties have not yet signed it."
THIRD = "The president is to address the parliament on Thursday, and an election may follow before the year is out."

ARTICLE = f"""\
<!DOCTYPE html>
<html lang="en"><head>
<title>Talks end | The Daily Paper</title>
<meta property="og:title" content="Talks end">
<meta property="og:site_name" content="The Daily Paper">
<meta name="author" content="Jane Doe">
<meta name="keywords" content="talks, ministry">
<meta property="article:published_time" content="2016-03-20T23:15:00+01:00">
<script>var words = "not shown";</script>
</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/w">World news</a></li><li><a href="/s">Sport</a></li></ul></nav>
<!-- a comment
of two lines -->
<article><h1>Talks end</h1>
<p
 class="lead">{FIRST}</p>
<h2>Doubts</h2>
<p>{SECOND}
<br>{THIRD}</p>
</article>
<aside><a href="/1">Ten pictures of cats</a> <a href="/2">Read more of this</a></aside>
<footer><a href="/imprint">Imprint</a> and <a href="/privacy">privacy policy</a></footer>
</body></html>
"""


def test_an_article_is_its_main_text_on_the_lines_of_the_file(read: Reading, outline: Outline) -> None:
    assert outline(read("a.html", ARTICLE)) == [
        ("a.html", "Talks end", [(16, FIRST), (16, ""), (17, "Doubts"), (17, ""), (18, SECOND), (19, THIRD)])
    ]


def test_what_an_extraction_leaves_out_within_an_article_is_kept_but_for_links(read: Reading) -> None:
    lost = "<select><option>Not seen</select><button>Terms that nobody has read</button>"
    menu = "<ul><li><a href=x>Read more of this today</a></li></ul>"
    (made,) = read("a.html", ARTICLE.replace("<h2>", f"{lost}{menu}<h2>"))
    assert made.body.split("\n") == [FIRST, "", "Terms that nobody has read", "", "Doubts", "", SECOND, THIRD]


def test_a_page_says_its_title_author_site_date_and_subjects(read: Reading) -> None:
    (made,) = read("a.html", ARTICLE, language=None)
    assert made.metadata == Metadata(
        title="Talks end",
        creator="Jane Doe",
        publisher="The Daily Paper",
        date=Date("2016-03-20T23:15", Day(2016, 3, 20), Day(2016, 3, 20), "minute", "header"),
        language="en",
        subject=("talks", "ministry"),
    )


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ('<meta itemprop="datePublished" content="2016-03-20">', "2016-03-20"),
        ('<meta name="DC.date" content="2016-03">', "2016-03"),
        ('<script type="application/ld+json">{"@graph": [{"datePublished": "2016-03-20"}]}</script>', "2016-03-20"),
        ('<script type="application/ld+json">{"datePublished": </script>', None),
        ('<time datetime="2016-03-20">in March</time>', "2016-03-20"),
        ('<time datetime="2016-03-20">in March</time><time datetime="2016-04-01">in April</time>', None),
        ("<p>On 20 March 2016 it began.</p>", None),
        ('<meta name="date" content="yesterday">', None),
    ],
)
def test_a_date_is_only_what_the_page_says_is_its_date(read: Reading, statement: str, value: str | None) -> None:
    (made,) = read("a.html", f"<html><body>{statement}<p>{FIRST}</p></body></html>")
    assert (made.metadata.date and made.metadata.date.value) == value


def test_a_pages_language_is_its_texts_and_the_declared_one_only_where_that_cannot_be_told(read: Reading) -> None:
    def language(text: str) -> str | None:
        return read("a.html", f'<html lang="fr-DZ"><body><p>{text}</p></body></html>', language=None)[
            0
        ].metadata.language

    assert (language(FIRST), language("12 345")) == ("en", "fr")


def test_a_page_that_is_no_article_keeps_all_its_text(read: Reading, outline: Outline) -> None:
    page = """\
<table><tr><th>Name<th>Date</tr>
<tr><td>In <b>Ame</b>nas</td><td>2013</td></tr></table>
<pre>
one
  two  three
</pre>
<ul><li>an item<li>another<ul><li>&eacute;t&eacute; &lt;3</ul></ul>
<div hidden>and <a href="x">a link</a></div>tail
<select><option>Alabama</select><style>p {}</style><noscript>no</noscript>
"""
    assert outline(read("a.html", page)) == [
        (
            "a.html",
            "a.html",
            [
                (1, "Name · Date"),
                (2, "In Amenas · 2013"),
                (3, ""),
                (4, "one"),
                (5, "  two  three"),
                (6, ""),
                (7, "an item"),
                (7, "another"),
                (7, ""),
                (7, "été <3"),
                (7, ""),
                (8, "and a link"),
                (8, "tail"),
            ],
        )
    ]


def test_running_text_that_the_extraction_leaves_out_makes_a_page_no_article(read: Reading) -> None:
    margins = "".join(f'<div class="sidebar"><p>{text}</p></div>' for text in (FIRST, THIRD, FIRST[::-1]))
    (made,) = read("a.html", f"<html><body><div><p>{SECOND}</p></div>{margins}</body></html>")
    assert made.body.split("\n\n") == [SECOND, FIRST, THIRD, FIRST[::-1]]


def test_lines_are_told_behind_the_65535th(read: Reading) -> None:
    (made,) = read("a.html", "<p>one two</p>" + "\n" * 70_000 + "<p>three four</p>\n<!--\n--><p>five six</p>")
    assert list(made.lines) == [1, 70_000, 70_001, 70_002, 70_003]


TEXT = "Le président a été reçu à l'Élysée, où l'on s'attend à une déclaration."


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="utf-8">', "utf-8"),
        ("", "utf-8"),
        ("", "utf-16"),
        ('<meta charset="iso-8859-1">', "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', "cp1252"),
        ("<?xml version='1.0' encoding='macintosh'?>", "mac_roman"),
        ("", "cp1252"),
        ('<meta charset="iso-8859-1">', "utf-8"),
        ('<meta charset="nonsense">', "cp1252"),
        ('<meta charset="windows-9999">', "cp1252"),
    ],
)
def test_an_encoding_is_believed_if_the_page_can_be_in_it(read: Reading, head: str, encoding: str) -> None:
    (made,) = read("a.html", f"{head}<p>{TEXT} €</p>".encode(encoding, "ignore"))
    assert made.body.removesuffix(" €") == TEXT


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("", "empty"),
        ("<!-- only a comment -->", "empty"),
        ("<html><head><title>only a title</title></head><body></body></html>", "empty"),
        ("<div>" * 1_000_000 + "word", "is nested more than 2048 tags deep"),
        ("\n<p " + " ".join(f"a{n}=1" for n in range(1_001)) + ">word", "line 2: a tag with more than 1000 attributes"),
        ('<a "' * 100_000, "line 1: a tag with more than 1000 attributes"),
        ("P\3\4\0\0\0", "holds NUL bytes, so it is not text"),
    ],
)
def test_a_page_that_cannot_be_read_says_why(read: Reading, page: str, message: str) -> None:
    with pytest.raises(ReaderError) as failure:
        read("a.html", page)
    assert (failure.value.message, bool(failure.value.hint)) == (message, True)


@pytest.mark.parametrize(
    "page",
    [
        f'<p title="{"a" * 11_000_000}">word</p>',
        "<p " + " ".join(f"a{n}=1" for n in range(1_000)) + ">word</p>",
        "<section>" * 1_500 + "word",
        f'<script type="application/ld+json">{"[" * 100_000}</script><p>word</p>',
        "<p>word<p hidden>" * 100_001,
    ],
)
def test_a_page_with_large_parts_is_read_all_the_same(read: Reading, page: str) -> None:
    (made,) = read("a.html", page)
    assert set(made.body.split()) == {"word"}


def test_nothing_is_fetched_and_no_entity_is_taken_from_a_file(read: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    (made,) = read(
        "a.html",
        '<!DOCTYPE html SYSTEM "http://example.org/a.dtd" [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        '<html><head><base href="http://example.org/"><link rel="stylesheet" href="a.css"></head>'
        '<body><img src="http://example.org/a.png"><iframe src="http://example.org/"></iframe><p>word &e;</p></body>',
    )
    assert made.body.endswith("word &e;")


def test_a_page_without_text_to_extract_prints_nothing() -> None:
    program = (
        "from docindex.readers.html import read; from docindex.model.documents import Source; from pathlib import Path;"
        "print(*[made.body for made in read(Source('a'), b'<select>a</select><p>b')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("b\n", "")


@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_page_cut_short_gives_the_text_up_to_there(tenth: int, read: Reading) -> None:
    part = ARTICLE[: len(ARTICLE) * tenth // 10]
    if "<nav>" not in part:
        with pytest.raises(ReaderError, match="empty"):
            read("a.html", part)
        return
    (made,) = read("a.html", part)
    assert [text for text in (FIRST, SECOND, THIRD) if text in part and text not in made.body] == []


def test_a_page_is_told_by_its_content_where_the_name_says_text() -> None:
    def name(path: str, text: str) -> str | None:
        found = detection.format_of(path, text.encode())
        return found and found.name

    assert (
        name("a.txt", ARTICLE) == name("page", f"\ufeff<!-- saved -->\n{ARTICLE}") == name("a.xyz", ARTICLE) == "html"
    )
    assert name("a.txt", f"<?xml version='1.0'?><HTML>{FIRST}") == "html"
    assert (name("a.md", ARTICLE), name("a.pdf", ARTICLE), name("a.html", FIRST)) == ("html", "html", "html")
    assert name("a.txt", f"A note on <html> and <!DOCTYPE html>: {FIRST}") == "text"
    assert name("a.txt", "<!---->" * 1_000 + "x") == "text"


@pytest.mark.skipif("DOCINDEX_CORPORA" not in os.environ, reason="DOCINDEX_CORPORA names no folder of corpora")
def test_real_press_pages_give_what_a_reader_sees_of_the_article() -> None:
    pages = sorted(Path(os.environ["DOCINDEX_CORPORA"], "formats", "press-html").glob("*.html"))
    assert len(pages) == 30
    dated = paragraphs = 0
    for page in pages:
        (made,) = readers_read.read(Source(page.name), page.read_bytes())
        tree = document_fromstring(page.read_bytes())
        etree.strip_elements(tree, "script", with_tail=False)
        assert (page.name, made.title) == (
            page.name,
            tree.xpath('normalize-space(//meta[@property="og:title"]/@content)'),
        )
        assert (page.name, made.metadata.language) == (page.name, "fr")
        seen = re.search(r"publié le \w+ (\d\d) juillet (2020) à (\d\d)h(\d\d)", tree.text_content())
        if seen:
            dated += 1
            day, year, hour, minute = seen.groups()
            assert made.metadata.date
            assert (page.name, made.metadata.date.value) == (page.name, f"{year}-07-{day}T{hour}:{minute}")
        texts = (found.text_content() for found in tree.xpath('//*[@itemprop="articleBody"]//p'))
        long = [text for text in texts if len(text) > 80]
        paragraphs += len(long)
        body = "".join(made.body.split())
        assert [text for text in long if "".join(text.split()) not in body] == [], page.name
    assert (dated, paragraphs) == (18, 273)


def test_a_script_with_many_signs_is_no_tag_with_too_many_attributes(read: Reading) -> None:
    script = "for (i=0;i<names.length; i++)\n" + "a = b; " * 2_000
    (record,) = read("a.html", f"<html><body><script>{script}</script><p>Some words.</p></body></html>")
    assert record.body == "Some words."
