"""Conversations from the command line: a thread in order, matches folded by it, quotations with
their authors.
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import docindex.render

SCHEMA = json.loads((Path(docindex.render.__file__).parent / "schema.json").read_text(encoding="utf-8"))

FIRST = """From: Jane Doe <jane@mail.example>
To: Max Roe <max@mail.example>
Subject: The talks
Date: Mon, 3 Jan 2011 09:15:00 +0000
Message-ID: <1@mail.example>

The envoy will meet the smugglers in Gao.
"""
ANSWER = """From: Max Roe <max@mail.example>
To: Jane Doe <jane@mail.example>
Subject: Re: The talks
Date: Tue, 4 Jan 2011 10:00:00 +0000
Message-ID: <2@mail.example>
In-Reply-To: <1@mail.example>

Who pays the envoy?

On Mon, 3 Jan 2011 at 09:15, Jane Doe <jane@mail.example> wrote:
> The envoy will meet the smugglers in Gao.
"""
FORWARDED = """From: Jane Doe <jane@mail.example>
To: Ann Poe <ann@mail.example>
Subject: Fw: The talks
Date: Wed, 5 Jan 2011 10:00:00 +0000
Message-ID: <3@mail.example>
References: <1@mail.example> <2@mail.example>

For you.

-----Original Message-----
From: Karl Loe
Sent: Sunday, January 2, 2011 8:00 AM
To: Jane Doe
Subject: The talks

The ransom is in the safe.

-----Original Message-----
From: Max Roe
Sent: Tuesday, January 4, 2011 10:00 AM
To: Jane Doe
Subject: Re: The talks

Who pays the envoy?
"""
OTHER = """From: Karl Loe <karl@mail.example>
To: Ann Poe <ann@mail.example>
Subject: Lunch
Date: Thu, 6 Jan 2011 10:00:00 +0000

With the envoy?
"""


@pytest.fixture
def mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run) -> None:
    for name, text in {"c.eml": FIRST, "a.eml": ANSWER, "b.eml": FORWARDED, "d.eml": OTHER}.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    assert run("build", ".").code == 0


def test_a_conversation_is_shown_in_order_with_what_each_message_adds(mails: None, run) -> None:
    code, out, err = run("thread", "a.eml")
    assert code == 0
    assert out == (
        " 1  The talks\n"
        "    2011-01-03 09:15 · Jane Doe <jane@mail.example> → Max Roe <max@mail.example> · c.eml\n"
        "     7  The envoy will meet the smugglers in Gao.\n"
        "\n"
        " 2  Re: The talks  ← asked for\n"
        "    2011-01-04 10:00 · Max Roe <max@mail.example> → Jane Doe <jane@mail.example> · a.eml\n"
        "     8  Who pays the envoy?\n"
        "    1 quoted line left out\n"
        "\n"
        " 3  Fw: The talks\n"
        "    2011-01-05 10:00 · Jane Doe <jane@mail.example> → Ann Poe <ann@mail.example> · b.eml\n"
        "     8  For you.\n"
        "    quoting Karl Loe, 2011-01-02 08:00\n"
        "    16  The ransom is in the safe.\n"
        "    1 quoted line left out\n"
    )
    assert err == "3 messages · 2011-01-03 to 2011-01-05\n"


def test_a_conversation_as_json_is_as_the_schema_says(mails: None, run) -> None:
    found = json.loads(run("thread", "d.eml", "--json").out)
    assert [message["id"] for message in found["messages"]] == ["d.eml"]
    found = json.loads(run("thread", "c.eml", "--json").out)
    jsonschema.validate(found, {"$ref": "#/$defs/thread", "$defs": SCHEMA["$defs"]})
    assert found["id"] == "c.eml"
    last = found["messages"][-1]
    assert (last["id"], last["left_out"], last["copy_of"]) == ("b.eml", 1, None)
    assert [(adds["quotes"] or {}).get("creator") for adds in last["adds"]] == [None, "Karl Loe"]


def test_matches_of_one_conversation_are_folded(mails: None, run) -> None:
    code, out, err = run("search", "envoy", "--thread", "--sort", "date", "--reverse")
    assert code == 0
    assert "+2 in its conversation" in out
    assert "2 conversations, 4 matches" in err
    found = json.loads(run("search", "envoy", "--thread", "--sort", "date", "--reverse", "--json").out)
    assert (found["total"], found["groups"]) == (4, {"count": 2, "records": 4})
    assert [(hit["id"], hit["thread"], hit["alike"]) for hit in found["hits"]] == [
        ("c.eml", ["a.eml", "b.eml"], []),
        ("d.eml", [], []),
    ]


def test_thread_and_alike_do_not_go_together(mails: None, run) -> None:
    assert run("search", "envoy", "--thread", "--alike", "fold").code == 2


def test_a_timeline_counts_each_conversation_once(mails: None, run) -> None:
    _, out, err = run("timeline", "envoy", "--thread", "--by", "day")
    assert [line.split()[0] for line in out.splitlines() if line.endswith(" 1")] == ["2011-01-03", "2011-01-06"]
    assert "2 conversations, 4 matches" in err


def test_a_concordance_shows_one_message_of_each_conversation(mails: None, run) -> None:
    code, out, err = run("kwic", "envoy", "--thread")
    assert (code, len({line.partition(":")[0] for line in out.splitlines()})) == (0, 2)
    assert "from 2 conversations" in err


def test_a_match_in_quoted_text_is_attributed_to_its_author(mails: None, run) -> None:
    (hit,) = json.loads(run("search", "ransom", "--json").out)["hits"]
    (passage,) = hit["passages"]
    assert passage["quotes"]["creator"] == "Karl Loe"
    assert passage["quotes"]["date"]["value"] == "2011-01-02T08:00"
    assert "16  [quoting Karl Loe, 2011-01-02 08:00] " in run("search", "ransom").out
    (line,) = json.loads(run("kwic", "ransom", "--json").out)["lines"]
    assert line["quotes"]["creator"] == "Karl Loe"
    (own,) = json.loads(run("search", "lunch", "--json").out)["hits"]
    assert not any(passage["quotes"] for passage in own["passages"])
