"""Markdown: text without markup on the lines of the file, front matter, titles and sections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as Day

import pytest

from docindex.model.documents import Date, Metadata, Record
from docindex.readers.markdown import slug

Reading = Callable[..., list[Record]]
Outline = Callable[[list[Record]], list[tuple[str, str, list[tuple[int, str]]]]]

PAGE = """\
---
title: Front
author: [A. Writer, B. Editor]
source: A Paper
date: 2016-03-20
lang: FR-dz
tags: gas, In Amenas
layout: post
---
# A *first* heading

One **bold**
`code
span` and [a link
text](http://dropped.example) &amp; <http://kept.example>,\\
![the picture's
words](p.png) <b>in</b>side<br>out <!-- gone -->
> A quotation

- item
- other

  its paragraph
1. ~~gone~~ kept
   ```python
   for x in y:

       pass
   ```

| Name | Date |
|------|------|
| `A`  | 2016 |
|      | 2017 |

<div><!-- not
shown --><p>one &eacute;</p><td>two</td>
</div>

[ref]: http://dropped.example

Last
----
"""


def test_the_text_is_kept_without_markup_and_with_the_files_line_numbers(read: Reading, outline: Outline) -> None:
    assert outline(read("a.md", PAGE)) == [
        (
            "a.md",
            "Front",
            [
                (10, "A first heading"),
                (11, ""),
                (12, "One bold"),
                (13, "code span and a link"),
                (15, "text & http://kept.example,"),
                (16, "the picture's words inside out"),
                (17, ""),
                (18, "A quotation"),
                (19, ""),
                (20, "item"),
                (20, ""),
                (21, "other"),
                (22, ""),
                (23, "its paragraph"),
                (24, "gone kept"),
                (25, ""),
                (26, "for x in y:"),
                (27, ""),
                (28, "    pass"),
                (30, ""),
                (31, "Name · Date"),
                (33, "A · 2016"),
                (34, "2017"),
                (36, ""),
                (37, "one é two"),
                (41, ""),
                (42, "Last"),
            ],
        )
    ]


def test_front_matter_gives_metadata(read: Reading) -> None:
    day = Day(2016, 3, 20)
    (made,) = read("a.md", PAGE, language=None)
    assert made.metadata == Metadata(
        title="Front",
        creator="A. Writer; B. Editor",
        publisher="A Paper",
        date=Date("2016-03-20", day, day, "day", "front matter"),
        language="fr",
        subject=("gas", "In Amenas"),
    )


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("---\ntitle: T\n---\nText", "T", "Text"),
        ("---\nTitle: T\nauthor:\n...\n\nText", "T", "Text"),
        ("---\ntitle: {a: b}\ntags:\n---\nText", "a.md", "Text"),
        ("---\n---\nText", "a.md", "Text"),
        ("---\ntitle: [broken\n---\n# T\n\nText", "T", "title: [broken\n\nT\n\nText"),
        ("---\na: &a [*a]\n---\nText", "a.md", "a: &a [*a]\n\nText"),
        ("---\na: " + "[" * 9_000 + "\n---\nText", "a.md", "a: " + "[" * 9_000 + "\n\nText"),
        ("---\nA heading\n---\n\nText", "A heading", "Text"),
        ("---\ntitle: never closed\n\nText", "a.md", "title: never closed\n\nText"),
        ("---\ntitle: T\n---\n", "T", "---\ntitle: T\n---"),
    ],
)
def test_front_matter_that_says_nothing_is_kept_as_text(read: Reading, text: str, title: str, body: str) -> None:
    assert [(made.title, made.body) for made in read("a.md", text)] == [(title, body)]


@pytest.mark.parametrize(
    ("text", "declared", "title", "body"),
    [
        ("# T\n\nText", None, "T", "Text"),
        ("T\nu\n===\nText", None, "T u", "Text"),
        ("# T", None, "T", "T"),
        ("# T\n\nText", "T", "T", "Text"),
        ("# T\n\nText", "Other", "Other", "T\n\nText"),
        ("Text\n\n### T\n\nmore", None, "T", "Text\n\nT\n\nmore"),
        ("> # quoted\n\nText", None, "a.md", "quoted\n\nText"),
        ("#\n\nText", None, "a.md", "Text"),
    ],
)
def test_the_first_heading_is_the_title_and_does_not_count_twice(
    read: Reading, text: str, declared: str | None, title: str, body: str
) -> None:
    assert [(made.title, made.body) for made in read("a.md", text, title=declared)] == [(title, body)]


@pytest.mark.parametrize(
    "text",
    [
        "<!-- nothing -->",
        "![](a.png)",
        "[a]: b",
        "***",
        ">" * 150 + " words",
        "- " * 150 + "words",
        "text\n\n" + "> " * 99 + "words",
    ],
)
def test_a_file_that_shows_no_text_or_is_nested_too_deeply_keeps_its_source(read: Reading, text: str) -> None:
    assert [made.body for made in read("a.md", text)] == [text]


def test_breaks_within_a_line_stay_on_that_line(read: Reading, outline: Outline) -> None:
    assert outline(read("a.md", "one\n\ntwo\u2028three&#10;four\\\nfive  \nsix")) == [
        ("a.md", "a.md", [(1, "one"), (2, ""), (3, "two"), (3, "three"), (3, "four"), (4, "five"), (5, "six")])
    ]


SECTIONS = """\
---
creator: A
---
Before.

# The *Note*

## Actors & others

Text one.

### Deeper

Text two.

## Empty

## Actors & others
Text three.

# Last
"""


def test_a_file_is_split_into_sections_where_the_manifest_says_so(read: Reading, outline: Outline) -> None:
    records = read("a.md", SECTIONS, split="sections", title="Declared")
    assert outline(records) == [
        ("a.md", "Declared", [(4, "Before.")]),
        (
            "a.md#actors--others",
            "Actors & others",
            [(6, "The Note"), (9, ""), (10, "Text one."), (11, ""), (12, "Deeper"), (13, ""), (14, "Text two.")],
        ),
        (
            "a.md#actors--others-2",
            "Actors & others",
            [(16, "Empty"), (18, ""), (19, "Text three."), (20, ""), (21, "Last")],
        ),
    ]
    assert {made.metadata.creator for made in records} == {"A"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Text only", [("a.md", "a.md", [(1, "Text only")])]),
        ("# A\n## B", [("a.md#a", "A", [(1, "A"), (1, ""), (2, "B")])]),
        ("Text\n# A\nmore", [("a.md", "A", [(1, "Text")]), ("a.md#a", "A", [(3, "more")])]),
        ("# ?!\ntext", [("a.md#section", "?!", [(2, "text")])]),
    ],
)
def test_a_file_of_few_sections_loses_nothing(
    read: Reading, outline: Outline, text: str, expected: list[tuple[str, str, list[tuple[int, str]]]]
) -> None:
    assert outline(read("a.md", text, split="sections")) == expected


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Sources and notes", "sources-and-notes"),
        ("L'Élysée: 3 questions?", "lélysée-3-questions"),
        ("بِلْمُخْتار والجزائر", "بِلْمُخْتار-والجزائر"),
        ("a_b - c", "a_b---c"),
        ("…", "section"),
    ],
)
def test_a_sections_name_is_its_headings_anchor(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor
