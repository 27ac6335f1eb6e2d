"""The query language: what each text means, how it is mended, and that its canonical form means
the same.
"""

from __future__ import annotations

from datetime import date as Day

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from docindex.errors import QueryError
from docindex.model.documents import Span
from docindex.query.ast import (
    And,
    AndMaybe,
    DateRange,
    Fuzzy,
    MatchAll,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Wildcard,
    Word,
    leaves,
)
from docindex.query.clause_reader import MAX_LEAVES
from docindex.query.lexer import MAX_SLOP_WORDS
from docindex.query.parser import MAX_QUERY_CHARACTERS, MAX_TREE_LEVELS, parse
from docindex.query.printer import canonical, describe
from docindex.query.repairs import MAX_REPAIRS
from docindex.query.term_clauses import MAX_PATTERN_CHARACTERS, MAX_PATTERNS

a, b, c, d = Word("a"), Word("b"), Word("c"), Word("d")


TREES = [
    ("a", a),
    ("a b", And((a, b))),
    ("a OR b", Or((a, b))),
    ("a b OR c", Or((And((a, b)), c))),
    ("a OR b c", Or((a, And((b, c))))),
    ("a (b OR c)", And((a, Or((b, c))))),
    ("NOT a", Not(a)),
    ("a NOT b", And((a, Not(b)))),
    ("a OR NOT b c", Or((a, And((Not(b), c))))),
    ("-(a b)", Not(And((a, b)))),
    ("(a (b c)) d", And((a, b, c, d))),
    ("a OR (b OR c)", Or((a, b, c))),
    ("NOT (NOT a)", a),
    ('"a b"', Phrase("a b")),
    ('"a b"~5', Phrase("a b", None, 5)),
    ('"a b"~', Phrase("a b", any_form=True)),
    ('title:"a b"~0', Phrase("a b", "title", any_form=True)),
    ('"Mali"', Phrase("Mali")),
    ("pre*", Prefix("pre")),
    ("w?ld*", Wildcard("w?ld*")),
    ("*ing", Wildcard("*ing")),
    (r"a\*b*c\?\.d", Wildcard(r"a\*b*c\?.d")),
    ("ship~", Fuzzy("ship")),
    ("ship~1", Fuzzy("ship", None, 1)),
    ("ship~2", Fuzzy("ship", None, 2)),
    ("*", MatchAll()),
    ("title:*", Wildcard("*", "title")),
    ("title:ship", Word("ship", "title")),
    ("title:(a OR b*)", Or((Word("a", "title"), Prefix("b", "title")))),
    ("title:(a publisher:(b c) d)", And((Word("a", "title"), Word("b", "publisher"), Word("c", "publisher"),
                                         Word("d", "title")))),
    ('title:"a b"~2', Phrase("a b", "title", 2)),
    ("path:press/*", Prefix("press/", "path")),
    ("path:*/2013-01.txt", Wildcard("*/2013-01.txt", "path")),
    ('path:"my (old) file*.txt"', Word("my (old) file*.txt", "path")),
    (r"path:my\ file.txt", Word("my file.txt", "path")),
    ("path:C:/x~", Word("C:/x~", "path")),
    ("path:-x", Word("-x", "path")),
    ("path:(a/* OR b.txt,)", Or((Prefix("a/", "path"), Word("b.txt,", "path")))),
    ("id:press/a.txt#2", Word("press/a.txt#2", "id")),
    ("language:OR", Word("OR", "language")),
    ("date:2013", DateRange(Day(2013, 1, 1), Day(2013, 12, 31))),
    ("date:*", DateRange(None, None)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_a_text_means_its_tree(text: str, tree: Query) -> None:
    parsed = parse(text)
    assert (parsed.query, parsed.text, parsed.repairs) == (tree, text, ())


READ = [
    # operators, and words that look like them
    ("a AND b", "a AND b"),
    ("a && b || c", "(a AND b) OR c"),
    ("Johnson & Johnson", "Johnson AND Johnson"),
    ("a | b", "a OR b"),
    ("a and b or not c", "a AND and AND b AND or AND not AND c"),
    ("a AND NOT b", "a AND NOT b"),
    ("NOT NOT a", "a"),
    ("-NOT a", "a"),
    ("-a", "NOT a"),
    ("!a", "NOT a"),
    ("+a -b", "a AND NOT b"),
    ("-a OR b", "NOT a OR b"),
    ("a OR(b)AND(c)", "a OR (b AND c)"),
    ("a(b)c", "a AND b AND c"),
    ("((((a))))", "a"),
    (r"a \AND b", r"a AND \AND AND b"),
    (r"\-a", r"\-a"),
    ("ANDREA NOTHING", "ANDREA AND NOTHING"),
    ("OU ET", "OU AND ET"),
    # words that hold signs
    ("Al-Qaïda", "Al-Qaïda"),
    ("F-2014-20439", "F-2014-20439"),
    ("l’Algérie aujourd'hui", "l’Algérie AND aujourd'hui"),
    ("--verbose", r"\--verbose"),
    ("C++ a@b.org", "C++ AND a@b.org"),
    ("Mali, Niger; Tchad.", "Mali AND Niger AND Tchad"),
    ("wow! U.S.", "wow AND U.S"),
    ("12:30", "12:30"),
    ("http://x.org/a", "http://x.org/a"),
    (r"path:\//x", r"path:\//x"),
    ("x-y:z", "x-y:z"),
    (r"titel\:ship", r"\titel:ship"),
    (r"AT\&T", "AT&T"),
    ("a\x00b\x85c\nd", "a AND b AND c AND d"),
    # patterns
    ("terror*, x~1.", "terror* AND x~1"),
    ("pre**", "pre**"),
    ("***", "*"),
    (r"a\*", r"a\*"),
    (r"AND*", r"AND*"),
    (r"a*b\.", r"a*b\."),
    ("w?ld?", "w?ld?"),
    ("path:a?", "path:a?"),
    (r"Mali\?", r"Mali\?"),
    ("l’Algé*", "l’Algé*"),
    ("a~b~", r"a\~b~"),
    (r"a\~1", r"a\~1"),
    # quotes of all kinds
    ("“a b”", '"a b"'),
    ("„a b“", '"a b"'),
    ("”a b”", '"a b"'),
    ('“a b"', '"a b"'),
    ("« a b »", '"a b"'),
    ("»a b«", '"a b"'),
    ("‹a b›", '"a b"'),
    ("＂a b＂", '"a b"'),
    ('"a « b » c"', '"a « b » c"'),
    ('"a"b"c"', '"a" AND b AND "c"'),
    (r'"say \"a\" \\ b"', r'"say \"a\" \\ b"'),
    ('-"a b"', 'NOT "a b"'),
    ('"a"-b', r'"a" AND \-b'),
    # the full-width forms and points of other scripts
    ("（a ＯＲ b）", "a AND ＯＲ AND b"),
    ("title：（a）", "title:a"),
    ("船～1", "船~1"),
    ("船＊", "船*"),
    ("什么？中国。", "什么 AND 中国"),
    ("محمد،علي؟", "محمد AND علي"),
    # fields
    ("TITLE:a", "title:a"),
    ("titre:a author:b from:c", "title:a AND creator:b AND creator:c"),
    ("newspaper:a langue:fr tags:c", "publisher:a AND language:fr AND subject:c"),
    ("fichier:a.txt texte:b", "path:a.txt AND body:b"),
    ("titel:a autor:b auteur:c", "title:a AND creator:b AND creator:c"),
    ("topic:a mots-clés:b Thema:c", "subject:a AND subject:b AND subject:c"),
    ("العنوان:a الكاتب:b", "title:a AND creator:b"),
    ("ti\u0301tulo:a EDITEUR:b", "title:a AND publisher:b"),
    ("datum:2013 data:2014-01", "date:2013 AND date:2014-01"),
    ("Al-Qaida:a", "Al-Qaida:a"),
    ("title: ship", "title:ship"),
    ("title: (a b)", "title:a AND title:b"),
    ("-title:a", "NOT title:a"),
    ("title:-a", "NOT title:a"),
    ("title:AND", "title:AND"),
    ("title:publisher:b", "title:publisher:b"),
    ("title:(a -b) c", "title:a AND NOT title:b AND c"),
    ("title:a~1 title:b?c", "title:a~1 AND title:b?c"),
    ('path:"a b"', r"path:a\ b"),
    ("path:(a title:b)", "path:a AND title:b"),
    ("path:(C:/x)", "path:C:/x"),
    # dates
    ("date:2013-01", "date:2013-01"),
    ("date:2013-01-17", "date:2013-01-17"),
    ("date:2012-02", "date:2012-02"),
    ("date:2012..2013", "date:2012..2013"),
    ("date:2012…2013", "date:2012..2013"),
    ("date:2012...2013-05-04", "date:2012-01-01..2013-05-04"),
    ("date:2012-01-01..2012-12-31", "date:2012"),
    ("date:2012-03..2013-01", "date:2012-03..2013-01"),
    ("date:..2013", "date:..2013"),
    ("date:2012-06..", "date:2012-06.."),
    ("date:>=2012-06", "date:2012-06.."),
    ("date:>= 2012", "date:2012.."),
    ("date:≥2012 date:≤2013", "date:2012.. AND date:..2013"),
    ("date:>2012", "date:2013.."),
    ("date:<2013-03-01", "date:..2013-02"),
    ("date:<=2013", "date:..2013"),
    ("date:=2013", "date:2013"),
    ("date:[2012 TO 2013-06]", "date:2012-01..2013-06"),
    ("date:[2012 TO *]", "date:2012.."),
    ("date:[* TO 2012]", "date:..2012"),
    ("date:[2012]", "date:2012"),
    ("date:[TO]", "date:*"),
    ("date:..", "date:*"),
    ('date:"2013-01"', "date:2013-01"),
    ("date: 2013, a", "date:2013 AND a"),
    ("date:2013. a", "date:2013 AND a"),
    ("-date:2013", "NOT date:2013"),
    ("date:(2012 OR 2014-02 OR [2016 TO 2017])", "date:2012 OR date:2014-02 OR date:2016..2017"),
    ("date:17/01/2013", "date:2013-01-17"),
    ('date:"mars 2012"', "date:2012-03"),
    ("date:[mars 2012 TO avril 2012]", "date:2012-03..2012-04"),
    ("date:9999", "date:9999"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), READ)
def test_a_text_is_read_without_repair(text: str, meant: str) -> None:
    parsed = parse(text, strict=True)
    assert (canonical(parsed.query), parsed.repairs) == (meant, ())


REPAIRS = [
    ('a "b c', 'a AND "b c"', "the quote is never closed; closed at the end", '"'),
    ("a « b", 'a AND "b"', "the quote is never closed; closed at the end", "«"),
    ("(a b", "a AND b", "the bracket is never closed; closed at the end", "("),
    ("a ((b OR (c", "a AND (b OR c)", "3 brackets are never closed; closed at the end", "("),
    ("a) b", "a AND b", "')' closes no bracket; left out", ")"),
    ("a () b", "a AND b", "the brackets hold nothing; left out", "()"),
    ("a OR () b", "a OR b", "the brackets hold nothing; left out", "()"),
    ("NOT ( ) b", "b", "the brackets hold nothing; left out", "( )"),
    ("title:() b", "b", "the brackets hold nothing; left out", "()"),
    ("AND a", "a", "'AND' has nothing before it; left out", "AND"),
    ("a (|| b)", "a AND b", "'||' has nothing before it; left out", "||"),
    ("a OR", "a", "'OR' has nothing after it; left out", "OR"),
    ("(a AND NOT) b", "a AND b", "'AND NOT' has nothing after it; left out", "AND NOT"),
    ("a AND AND b", "a AND b", "'AND' follows another operator; left out", "AND"),
    ("a OR AND b", "a OR b", "'AND' follows another operator; left out", "AND"),
    ("NOT OR a", "NOT a", "'OR' follows another operator; left out", "OR"),
    ("a – b", "a AND b", "'–' holds no letter or digit; left out", "–"),
    ("a OR - b", "a OR b", "'-' holds no letter or digit; left out", "-"),
    ("où est Mali ?", "où AND est AND Mali", "'?' holds no letter or digit; left out", "?"),
    ("où est Mali?", "où AND est AND Mali", "a ? at a word's end is no pattern; read as a question mark", "?"),
    ("Mali?~1", "Mali~1", "a ? at a word's end is no pattern; read as a question mark", "?"),
    ("quoi?!.", "quoi", "a ? at a word's end is no pattern; read as a question mark", "?"),
    ("quoi!? Mali", "quoi AND Mali", "a ? at a word's end is no pattern; read as a question mark", "!?"),
    ('a ""', "a", "'\"\"' holds no letter or digit; left out", '""'),
    ("title:… a", "a", "'…' holds no letter or digit; left out", "…"),
    ("date:[] a", "a", "'[]' holds no letter or digit; left out", "[]"),
    ("date:. a", "a", "'.' holds no letter or digit; left out", "."),
    ('path:" " a', "a", "'\" \"' holds no letter or digit; left out", '" "'),
    ("tittel:ship", "tittel AND ship", "'tittel' is no field; did you mean title? searched as words", "tittel"),
    ("Langauge:fr", "Langauge AND fr", "'Langauge' is no field; did you mean language? searched as words", "Langauge"),
    ("newspapers:a", "newspapers AND a", "'newspapers' is no field; did you mean newspaper? searched as words",
     "newspapers"),
    ("note: the ship", "note AND the AND ship", "'note' is no field; searched as words", "note"),
    ("-foo:b", "NOT (foo AND b)", "'foo' is no field; searched as words", "foo"),
    ("foo:(a OR b)", "foo AND (a OR b)", "'foo' is no field; searched as words", "foo"),
    ("foo:", "foo", "'foo' is no field; searched as words", "foo"),
    ("title:(foo:b)", "title:foo AND title:b", "'foo' is no field; searched as words", "foo"),
    ("a title:", "a AND title", "'title:' has nothing after it; searched as a word", "title:"),
    ("title: OR b", "title OR b", "'title:' has nothing after it; searched as a word", "title:"),
    ("title: path:b", "title AND path:b", "'title:' has nothing after it; searched as a word", "title:"),
    ("ship~3", "ship~2", "a fuzzy word differs by 1 or 2 letters, not by '3'; read as ~2", "~3"),
    ("ship~0.8", "ship~2", "a fuzzy word differs by 1 or 2 letters, not by '0.8'; read as ~2", "~0.8"),
    ("pre*~1", "pre*", "a pattern cannot be fuzzy too; '~1' left out", "~1"),
    ('"a b"~1001', '"a b"~1000', "at most 1,000 words may stand among those of a phrase; read as ~1000", "~1001"),
    ("a\\", "a", "the backslash at the end stands before nothing; left out", "\\"),
    ("date:2013-02-30", "2013-02-30", "'2013-02-30' is no date; searched as words", "2013-02-30"),
    ("title:a date:(foo)", "title:a AND foo", "'foo' is no date; searched as words", "foo"),
    ('-date:"foo bar"', "NOT (foo AND bar)", "'foo bar' is no date; searched as words", "foo bar"),
    ("date:mars 2012 a", "date:2012-03 AND a", "'mars' is no date; read as \"mars 2012\"", "mars"),
    ("date:17 janvier 2013, a", "date:2013-01-17 AND a", "'17' is no date; read as \"17 janvier 2013\"", "17"),
    ("date:mars OR 2012", "mars OR 2012", "'mars' is no date; searched as words", "mars"),
    ("date:(foo:b)", r"\foo:b", "'foo:b' is no date; searched as words", "foo:b"),
    ("date:2012..2013..2014", "2012..2013..2014", "'2012..2013..2014' is no date; searched as words",
     "2012..2013..2014"),
    ("date:(2013 title:)", "date:2013 AND title", "'title:' has nothing after it; searched as a word", "title:"),
    ("date:>9999", ">9999", "'>9999' is no date; searched as words", ">9999"),
    ("date:<0001", "<0001", "'<0001' is no date; searched as words", "<0001"),
    ("date:0000", "0000", "'0000' is no date; searched as words", "0000"),
    ("date:2013..2012-05", "date:2012-05..2013-12",
     "'2013..2012-05' runs backwards; its ends were swapped", "2013..2012-05"),
    ("date:[2013 TO 2012]", "date:2012..2013",
     "'2013 TO 2012' runs backwards; its ends were swapped", "[2013 TO 2012]"),
    ("date:{2012 TO 2013]", "date:2012..2013", "a range of dates includes both its ends; read so", "{2012 TO 2013]"),
    ("date:[2012 TO", "date:2012..", "the range is never closed; closed after '2012 TO'", "["),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant", "message", "place"), REPAIRS)
def test_a_mistake_is_mended_and_said(text: str, meant: str, message: str, place: str) -> None:
    parsed = parse(text)
    said = [(repair.message, text[repair.place.start : repair.place.stop]) for repair in parsed.repairs]
    assert (canonical(parsed.query), said) == (meant, [(message, place)])


@pytest.mark.parametrize(("text", "message"), [(text, message) for text, _, message, _ in REPAIRS])
def test_under_strict_the_mistake_is_an_error_at_its_place(text: str, message: str) -> None:
    repair = parse(text).repairs[0]
    with pytest.raises(QueryError) as caught:
        parse(text, strict=True)
    error = caught.value
    assert (error.text, error.position, message.startswith(f"{error.message}; ")) == (text, repair.place.start, True)
    assert error.hint


ERRORS = [
    ('a "b', "the quote is never closed", 'a " at the end', "  ^"),
    ("a OR (b (c", "2 brackets are never closed", ")) at the end", "     ^"),
    ("tittl:ship", "'tittl' is no field", "title:", "^"),
    ("a foo:b", "'foo' is no field",
     "title, creator, publisher, date, language, subject, collection, path, id, body, to, cc, bcc, "
     "reply_to, resent, with", "  ^"),
    ("date:x AND", "'x' is no date",
     "date:2013, date:2013-01, date:2013-01-17, date:2012..2013, date:>=2012-06", "     ^"),
    ("a AND\tOR b", "'OR' follows another operator", "one operator", "      ^"),
    ("«a» »", "the quote is never closed", 'a " at the end', "    ^"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "hint", "caret"), ERRORS)
def test_a_strict_error_says_what_and_where_and_what_to_do(text: str, message: str, hint: str, caret: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, strict=True)
    assert (caught.value.message, caught.value.hint) == (message, hint)
    assert " " * caught.value.position + "^" == caret


@pytest.mark.parametrize(
    ("text", "meant", "repairs"),
    [
        (
            'tittl:(a OR "b – c',
            'tittl AND (a OR "b – c")',
            [
                ("'tittl' is no field; did you mean title? searched as words", Span(0, 5)),
                ("the quote is never closed; closed at the end", Span(12, 13)),
                ("the bracket is never closed; closed at the end", Span(6, 7)),
            ],
        ),
        (
            "foo:() b",
            "foo AND b",
            [("'foo' is no field; searched as words", Span(0, 3)), ("the brackets hold nothing; left out", Span(4, 6))],
        ),
        (
            "a OR ()",
            "a",
            [("the brackets hold nothing; left out", Span(5, 7)), ("'OR' has nothing after it; left out", Span(2, 4))],
        ),
    ],
)
def test_several_mistakes_are_said_in_the_order_they_were_found(
    text: str, meant: str, repairs: list[tuple[str, Span]]
) -> None:
    parsed = parse(text)
    assert canonical(parsed.query) == meant
    assert [(repair.message, repair.place) for repair in parsed.repairs] == repairs


def test_a_message_quotes_a_long_text_only_in_part() -> None:
    message = parse(f"a {'%$' * 500}").repairs[0].message
    assert message == f"'{'%$' * 19}%…' holds no letter or digit; left out"


EMPTY = ["", "  ", '"', "---", "()", "« »", "? !", "\x00", "🙂 (-)"]


@pytest.mark.parametrize(
    ("text", "literal"),
    [*((text, literal) for text in EMPTY for literal in (False, True)), ("AND", False), ("title:()", False)],
)
def test_a_query_without_a_word_is_an_error(text: str, literal: bool) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, literal=literal)
    error = caught.value
    assert (error.message, error.hint, error.text, error.position) == (
        "the query holds no word",
        "a word, or * for every record",
        text,
        0,
    )


ANY = [
    ("a b", Or((a, b))),
    ("a b AND c", Or((a, And((b, c))))),
    ("a OR b c", Or((a, b, c))),
    ("+a b c", AndMaybe(a, Or((b, c)))),
    ("b +a", AndMaybe(a, b)),
    ("+a +b c", AndMaybe(And((a, b)), c)),
    ("+a +b", And((a, b))),
    ("+a AND b c", AndMaybe(And((a, b)), c)),
    ("+a b -c", And((AndMaybe(a, b), Not(c)))),
    ("a b -c NOT d", And((Or((a, b)), Not(c), Not(d)))),
    ("-a -b", And((Not(a), Not(b)))),
    ("-a", Not(a)),
    ("a OR NOT b", Or((a, Not(b)))),
    ("-a OR b", Or((Not(a), b))),
    ("a (NOT b)", Or((a, Not(b)))),
    ("a AND NOT b c", Or((And((a, Not(b))), c))),
    ("-a AND b c", Or((And((Not(a), b)), c))),
    ("+(a b) c", AndMaybe(Or((a, b)), c)),
    ("title:(+a b)", AndMaybe(Word("a", "title"), Word("b", "title"))),
    ("foo:a", Or((Word("foo"), a))),
]


@pytest.mark.parametrize(("text", "tree"), ANY)
def test_with_any_words_side_by_side_are_alternatives(text: str, tree: Query) -> None:
    assert parse(text, any=True).query == tree
    assert parse(canonical(tree), any=True, strict=True).query == tree


def test_literal_knows_no_operators() -> None:
    text = '-a OR "titel:b* – (c'
    words = (Word("-a"), Word("OR"), Word('"titel:b*'), Word("(c"))
    assert parse(text, literal=True, strict=True).query == And(words)
    assert parse(text, literal=True, any=True).query == Or(words)
    assert [leaf.place for leaf in leaves(parse(text, literal=True).query)] == [
        Span(0, 2), Span(3, 5), Span(6, 15), Span(18, 20),
    ]  # fmt: skip
    assert canonical(And(words)) == r"\-a AND \OR AND \"titel:b\* AND \(c"


def test_each_leaf_knows_its_place() -> None:
    text = r'-title:"a b"~3 Mali, (lang:fr* OR x~1) path:"c d" date:[2012 TO 2013] « e » * f:g w?\ d'
    places = [leaf.place for leaf in leaves(parse(text.replace("-", "+", 1)).query)]
    assert [text[place.start : place.stop] for place in places if place] == [
        '"a b"~3', "Mali", "fr*", "x~1", '"c d"', "[2012 TO 2013]", "« e »", "*", "f", "g", r"w?\ d",
    ]  # fmt: skip


def test_places_make_no_difference_between_leaves() -> None:
    near, far = parse("a").query, parse("   a").query
    assert (near, hash(near), repr(near)) == (
        far,
        hash(far),
        "Word(text='a', field=None, variants=False, any_part=False)",
    )


def test_leaves_leave_out_what_must_not_match() -> None:
    query = parse('"b c" -d +a -(e OR f*) *', any=True).query
    assert list(leaves(query)) == [a, Phrase("b c"), MatchAll()]


def test_a_query_is_told_in_plain_english() -> None:
    text = '+(a "b c" title:"b c"~1) d~ e~1 f~2 OR pre* path:x/* language:fr id:? date:2013 date:2012.. date:..2012'
    text += " date:* date:2012-02-29 body:w?ld * -(a AND b) -body:c"
    assert (
        describe(parse(text, any=True).query)
        == """\
all of these:
  must match:
    any of these:
      the word 'a'
      the phrase 'b c', as typed
      the words 'b c' in any order, at most 1 other word among them in the title
  ranks higher with:
    any of these:
      a word spelt nearly like 'd'
      a word at most 1 letter from 'e'
      a word at most 2 letters from 'f'
      a word that begins with 'pre'
      a path that begins with 'x/'
      the language 'fr'
      an id like '?'
      dated 2013-01-01 to 2013-12-31
      dated 2012-01-01 or later
      dated 2012-12-31 or earlier
      dated at all
      dated 2012-02-29
      a word like 'w?ld' in the body
      every record
  not all of these:
    the word 'a'
    the word 'b'
  not the word 'c' in the body"""
    )


# Hostile texts


def nested(levels: int) -> str:
    """A query whose innermost word stands below so many operators."""
    text = "a"
    for level in range(levels):
        text = f"(b {'OR' if level % 2 else 'AND'} {text})"
    return text


def test_a_tree_at_its_deepest_can_be_walked_by_recursion() -> None:
    query = parse(nested(MAX_TREE_LEVELS)).query
    assert parse(canonical(query)).query == query
    assert hash(query) == hash(parse(nested(MAX_TREE_LEVELS)).query)
    assert len(describe(query).split("\n")) == repr(query).count("=(") + repr(query).count("Word(")


HOSTILE = [
    ("a" * (MAX_QUERY_CHARACTERS + 1), f"the query is longer than {MAX_QUERY_CHARACTERS:,} characters", 0),
    ("a " * (MAX_LEAVES + 1), f"the query holds more than {MAX_LEAVES:,} words", 2 * MAX_LEAVES),
    (nested(MAX_TREE_LEVELS + 1), f"the query is more than {MAX_TREE_LEVELS} levels deep", 657),
    ("(a OR (b AND NOT " * 900, "the query holds more than 1,024 words", 8705),
    ("x " + ")" * 9000, f"the query holds more than {MAX_REPAIRS} mistakes", MAX_REPAIRS + 2),
    ("a*" * MAX_PATTERN_CHARACTERS, f"a pattern is longer than {MAX_PATTERN_CHARACTERS:,} characters", 0),
    ("a* b?c d~ " * MAX_PATTERNS, f"the query holds more than {MAX_PATTERNS} patterns", 333),
]


@pytest.mark.parametrize(("text", "message", "position"), HOSTILE)
def test_a_text_beyond_a_limit_is_an_error(text: str, message: str, position: int) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert (caught.value.message, caught.value.position) == (message, position)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("(" * 20_000 + "a" + ")" * 20_000, "a"),
        ("(" * 20_000 + "a", "a"),
        ("NOT " * 20_001 + "a", "NOT a"),
        ("*" * MAX_PATTERN_CHARACTERS, "*"),
        ("a" + "\\" * (MAX_QUERY_CHARACTERS - 2), "a" + "\\" * (MAX_QUERY_CHARACTERS - 2)),
        ("a~" + "9" * 50_000, "a~2"),
        ('"a"~' + "9" * 50_000, f'"a"~{MAX_SLOP_WORDS}'),
        ("date:" + " " * 90_000 + "2013", "date:2013"),
        ("a" + "," * 90_000 + "b", "a" + "," * 90_000 + "b"),
        ("12-" * 30_000 + ":a", "12-" * 30_000 + ":a"),
    ],
    ids=str.__len__,
)
def test_a_long_text_is_no_trap(text: str, meant: str) -> None:
    assert canonical(parse(text).query) == meant


# Properties

LETTERS = st.sampled_from("abéжبO") | st.sampled_from(' ()"“«\\*?~:-+!.,；＊9AND')
TEXTS = st.text(LETTERS, min_size=1, max_size=8).map(lambda text: f"{text}x")
WORD_FIELDS = st.sampled_from([None, "title", "body"])
ANY_FIELDS = WORD_FIELDS | st.sampled_from(["path", "language", "id"])
DAYS = st.none() | st.dates()
PATTERN = st.lists(st.sampled_from(["a", "é", "\\*", "\\?", "\\\\", " ", "*", "?", ":", "-", "("]), max_size=6)


def ordered(days: tuple[Day | None, Day | None]) -> DateRange:
    first, last = days
    return DateRange(last, first) if first and last and last < first else DateRange(first, last)


def phrase(text: str, field: str | None, slop: int | None) -> Phrase:
    """Return a phrase of any form of its words if there is no slop."""
    return Phrase(text.strip(), field, slop or 0, any_form=slop is None)


LEAVES = st.one_of(
    st.builds(Word, TEXTS, ANY_FIELDS),
    st.builds(phrase, TEXTS, WORD_FIELDS, st.sampled_from([None, 0, 1, MAX_SLOP_WORDS])),
    st.builds(Prefix, TEXTS, ANY_FIELDS),
    st.builds(Wildcard, PATTERN.map(lambda parts: f"x?y{''.join(parts)}"), ANY_FIELDS),
    st.builds(Fuzzy, TEXTS, WORD_FIELDS, st.sampled_from([None, 1, 2])),
    st.tuples(DAYS, DAYS).map(ordered),
    st.just(MatchAll()),
)


def combined(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    """Trees one level higher, of the kind that parsing makes: flat, and never Not of Not."""
    several = st.lists(parts, min_size=2, max_size=4)
    return st.one_of(
        several.filter(lambda found: not any(isinstance(part, And) for part in found)).map(lambda f: And(tuple(f))),
        several.filter(lambda found: not any(isinstance(part, Or) for part in found)).map(lambda f: Or(tuple(f))),
        parts.filter(lambda part: not isinstance(part, Not)).map(Not),
    )


TREES_OF_ANY_SHAPE: st.SearchStrategy[Query] = st.recursive(LEAVES, combined, max_leaves=12)


@given(TREES_OF_ANY_SHAPE, st.booleans())
def test_canonical_syntax_gives_the_tree_back(query: Query, any_word: bool) -> None:
    assert parse(canonical(query), any=any_word, strict=True).query == query


@given(TREES_OF_ANY_SHAPE, TREES_OF_ANY_SHAPE)
def test_canonical_syntax_gives_a_ranking_tree_back(required: Query, optional: Query) -> None:
    query = AndMaybe(required, optional)
    assert parse(canonical(query), any=True, strict=True).query == query


PIECES = st.sampled_from([
    *"ab é中ب9()（）\"“”«»*?~-+!:：\\[]{}<>.,،？\x00\u200f",
    " ", " AND ", " OR ", " NOT ", " TO ", "&&", "||", "~1", "~5", "..",
    "title:", "path:", "date:", "titel:", "foo:", "2012", "2013-05-06",
])  # fmt: skip


@settings(max_examples=500)
@example(text="a?\\!?", any_word=False, literal=False)
@example(text="a?\\!.?", any_word=False, literal=False)
@given(st.lists(PIECES, max_size=120).map(lambda pieces: "".join(pieces)[:300]), st.booleans(), st.booleans())
def test_any_text_is_a_query_or_an_error_and_what_is_understood_can_be_typed(
    text: str, any_word: bool, literal: bool
) -> None:
    try:
        parsed = parse(text, any=any_word, literal=literal)
    except QueryError:
        return
    assert all(0 <= repair.place.start < repair.place.stop <= len(text) for repair in parsed.repairs)
    again = parse(canonical(parsed.query), any=any_word, strict=True)
    assert again.query == parsed.query
