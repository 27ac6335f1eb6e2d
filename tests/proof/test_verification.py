"""Verdicts on quotations: verbatim, altered, nearest, not found; alarms in five languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from docindex.engines import registry
from docindex.engines.base import Searcher
from docindex.indexing.build import build
from docindex.manifest import load
from docindex.proof.quotations import quotations
from docindex.proof.verdicts import Verdict
from docindex.proof.verification import verify
from docindex.proof.word_lists import numbers

FILES = {
    "fr.txt": "Le port fut fermé pendant 17 jours, dit le capitaine Moreau à Brest. Les pêcheurs n'ont pas reçu la "
    "lettre du préfet, et personne ne leur a rien dit des deux navires qui attendaient au large.\n",
    "en.txt": "The harbour was closed for 17 days, Captain Moreau said in Brest. The fishermen did not receive the "
    "prefect's letter, and nobody told them about the two ships that waited off the coast in the fog.\n",
    "ar.txt": "أغلق الميناء سبعة عشر يوما وفق ما قاله القبطان مورو في مدينة بريست عام 2012. لم يستلم الصيادون رسالة "
    "المحافظ ولا أحد أخبرهم عن السفينتين اللتين كانتا تنتظران قرب الساحل.\n",
    "de.txt": "Der Hafen war 17 Tage lang geschlossen, sagte Kapitän Moreau in Brest. Die Fischer haben den Brief des "
    "Präfekten nicht erhalten, und niemand erzählte ihnen von den zwei Schiffen vor der Küste.\n",
    "es.txt": "El puerto estuvo cerrado durante 17 días, dijo el capitán Moreau en Brest. Los pescadores no recibieron "
    "la carta del prefecto, y nadie les habló de los dos barcos que esperaban frente a la costa.\n",
    "cut.txt": "The lighthouse keep-\ner wrote every even-\ning in a ledger that the\nharbour master burned.\n",
    "compound.txt": "The raid was claimed by the al-\nQaida of the coast before the harbour was closed.\n",
    "pages.txt": "First page.\n\fThe second page tells of a lantern that burned the whole winter.\n",
    "copy-a.txt": "The ledger lists nine barrels of oil for the lighthouse.\n\nA page is torn out here.\n",
    "copy-b.txt": "The ledger lists nine barrels of oil for the lighthouse.\n\nNothing more was written until May.\n",
    "scan.txt": "The cornrnittee met on the third of May and the rninister signed thc letter of the keeper.\n",
    "plain.txt": "The committee and the minister. " * 3 + "\n",
    **{f"minister-{n}.txt": f"The committee of the minister, session {n}, opened the meeting.\n" for n in range(40)},
}
FILES["headline.md"] = "---\ntitle: Keeper of the northern beacon retires after long service\n---\nHe leaves in May.\n"
FILES["refrain.txt"] = (
    "The mill stands by the old stone bridge, ten miles from town. "
    + "Somebody walked along the quiet river path today. " * 9
    + "Then the lamp of the ferry went out, and somebody walked along the quiet river path until the morning came.\n"
)
LANGUAGES = {name: name for name in ("fr", "en", "ar", "de", "es")}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    root = tmp_path_factory.mktemp("archive")
    for name, text in FILES.items():
        (root / name).write_text(text, encoding="utf-8")
    lines = [f"- `{name}` — language: {LANGUAGES.get(name[:2], 'en')}" for name in FILES]
    (root / "INDEX.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    engine = registry.open_engine(root / ".docindex")
    build(load.load(root / "INDEX.md"), engine)
    with engine.searcher() as searcher:
        yield searcher


@pytest.fixture
def judge(index: Searcher) -> Callable[[str], Verdict]:
    def judge(text: str) -> Verdict:
        (found,) = quotations(f"« {text} »")
        return verify(found, index)

    return judge


def changes(verdict: Verdict) -> list[tuple[str, str, str]]:
    return [(change.kind, change.quoted, change.source) for change in verdict.changes]


Judge = Callable[[str], Verdict]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Les pêcheurs n'ont pas reçu la lettre du préfet", "fr.txt"),
        ("LES PECHEURS N’ONT PAS RECU LA LETTRE", "fr.txt"),
        ("the fishermen did not receive the prefect’s letter", "en.txt"),
        ("لم يستلم الصيادون رسالة المحافظ", "ar.txt"),
        ("لَمْ يَسْتَلِم الصيّادون رسالة المحافظ", "ar.txt"),
        ("في مدينة بريست عام ٢٠١٢", "ar.txt"),
        ("Die Fischer haben den Brief des Präfekten nicht erhalten", "de.txt"),
        ("Los pescadores no recibieron la carta del prefecto", "es.txt"),
        ("The lighthouse keeper wrote every evening in a ledger that the harbour master burned", "cut.txt"),
    ],
)
def test_the_sources_words_in_its_order_are_verbatim(judge: Judge, text: str, path: str) -> None:
    verdict = judge(text)
    assert (verdict.verdict, verdict.score, verdict.alarms) == ("verbatim", 1.0, ())
    assert verdict.record is not None
    assert verdict.record.path == path


def test_a_compound_cut_at_its_hyphen_is_verbatim(judge: Judge) -> None:
    verdict = judge("claimed by the al-Qaida of the coast before the harbour")
    assert (verdict.verdict, verdict.changes) == ("verbatim", ())


def test_typographic_differences_are_told(judge: Judge) -> None:
    assert judge("LES PECHEURS N’ONT PAS RECU LA LETTRE").typographic
    assert not judge("Les pêcheurs n'ont pas reçu la lettre").typographic


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("Le port fut fermé pendant 18 jours, dit le capitaine", ("number", "18", "17")),
        ("rien dit des trois navires qui attendaient au large", ("number", "trois", "deux")),
        ("The harbour was closed for 71 days, Captain Moreau said", ("number", "71", "17")),
        ("nobody told them about the three ships that waited", ("number", "three", "two")),
        ("القبطان مورو في مدينة بريست عام 2013", ("number", "2013", "2012")),
        ("أغلق الميناء ثمانية عشر يوما وفق ما قاله القبطان", ("number", "ثمانية", "سبعة")),
        ("Der Hafen war 27 Tage lang geschlossen, sagte Kapitän", ("number", "27", "17")),
        ("erzählte ihnen von den drei Schiffen vor der Küste", ("number", "drei", "zwei")),
        ("El puerto estuvo cerrado durante 16 días, dijo", ("number", "16", "17")),
        ("les habló de los tres barcos que esperaban frente", ("number", "tres", "dos")),
    ],
)
def test_a_changed_number_is_an_alarm_in_each_language(judge: Judge, text: str, change: tuple[str, str, str]) -> None:
    verdict = judge(text)
    assert verdict.verdict == "altered"
    assert [(alarm.kind, alarm.quoted, alarm.source) for alarm in verdict.alarms] == [change]


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("Les pêcheurs ont reçu la lettre du préfet", {"n", "pas"}),
        ("The fishermen did receive the prefect's letter", {"not"}),
        ("2012 يستلم الصيادون رسالة المحافظ ولا أحد أخبرهم", {"لم"}),
        ("Die Fischer haben den Brief des Präfekten erhalten", {"nicht"}),
        ("Los pescadores recibieron la carta del prefecto", {"no"}),
    ],
)
def test_a_lost_negation_is_an_alarm_in_each_language(judge: Judge, text: str, lost: set[str]) -> None:
    verdict = judge(text)
    assert verdict.verdict == "altered"
    alarms = [alarm for alarm in verdict.alarms if alarm.kind == "negation"]
    assert {word for alarm in alarms for word in alarm.source.replace("'", " ").split()} == lost


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("Le port ne fut pas fermé pendant 17 jours", {"ne", "pas"}),
        ("The harbour was never closed for 17 days, Captain Moreau said", {"never"}),
        ("Der Hafen war nicht 17 Tage lang geschlossen, sagte Kapitän Moreau", {"nicht"}),
        ("El puerto no estuvo cerrado durante 17 días", {"no"}),
        ("ما أغلق الميناء سبعة عشر يوما وفق", {"ما"}),
    ],
)
def test_an_added_negation_is_an_alarm_in_each_language(judge: Judge, text: str, added: set[str]) -> None:
    verdict = judge(text)
    assert verdict.verdict == "altered"
    assert {alarm.quoted for alarm in verdict.alarms if alarm.kind == "negation"} == added


def test_changed_words_are_shown_word_by_word(judge: Judge) -> None:
    verdict = judge("The harbour was blocked for 17 days, Captain Moreau wrote in Brest")
    assert verdict.verdict == "altered"
    assert changes(verdict) == [("words", "blocked", "closed"), ("words", "wrote", "said")]
    assert not verdict.alarms


def test_letters_that_a_scanner_confuses_are_no_alteration_but_told(judge: Judge) -> None:
    verdict = judge("The committee met on the third of May and the minister signed the letter")
    assert verdict.verdict == "verbatim"
    assert {kind for kind, _, _ in changes(verdict)} == {"ocr"}
    assert ("ocr", "minister", "rninister") in changes(verdict)


def test_a_word_that_is_another_word_is_no_misreading(judge: Judge) -> None:
    verdict = judge("The two ships that waited off the coast in the frog")
    assert verdict.verdict == "altered"


def test_an_ellipsis_stands_for_words_of_one_copy(judge: Judge) -> None:
    verdict = judge("The harbour was closed for 17 days […] nobody told them about the two ships")
    assert verdict.verdict == "verbatim"
    assert [piece.line for piece in verdict.pieces] == [1, 1]


def test_pieces_in_another_order_are_not_verbatim(judge: Judge) -> None:
    assert judge("nobody told them about the two ships […] The harbour was closed for 17 days").verdict != "verbatim"


def test_pieces_of_two_records_are_not_verbatim(judge: Judge) -> None:
    assert judge("The harbour was closed for 17 days […] burned the whole winter").verdict != "verbatim"


def test_pieces_are_taken_from_the_copy_that_holds_them_all(judge: Judge) -> None:
    verdict = judge("nine barrels of oil for the lighthouse […] Nothing more was written until May")
    assert verdict.verdict == "verbatim"
    assert verdict.record is not None
    assert verdict.record.path == "copy-b.txt"


def test_words_in_brackets_are_the_writers_own(judge: Judge) -> None:
    assert judge("[T]he fishermen [of the town] did not receive [sic] the prefect's letter").verdict == "verbatim"


def test_other_records_with_the_same_words_are_counted(judge: Judge) -> None:
    assert judge("The ledger lists nine barrels of oil for the lighthouse").other_records == 1


def test_line_and_page_are_those_of_the_file(judge: Judge) -> None:
    verdict = judge("a lantern that burned the whole winter")
    assert [(piece.line, piece.page) for piece in verdict.pieces] == [(2, 2)]


def test_fewer_than_four_words_are_not_judged(judge: Judge) -> None:
    assert judge("the two ships").verdict == "short"
    assert judge("the two ships that").verdict == "verbatim"


def test_words_of_no_record_are_not_found(judge: Judge) -> None:
    verdict = judge("Umbrellas and violins grow under purple moonlight every other Thursday")
    assert (verdict.verdict, verdict.record) == ("not found", None)


def test_the_words_of_a_source_in_any_order_are_not_called_verbatim_or_altered(judge: Judge) -> None:
    verdict = judge("fog them fishermen days nobody two prefect's closed Captain harbour letter waited told coast")
    assert verdict.verdict in ("nearest", "not found")


def test_a_translated_quotation_gets_records_that_share_its_names_and_numbers(judge: Judge) -> None:
    verdict = judge("Il porto rimase chiuso 17 giorni, disse Moreau quando parlò di Brest")
    assert verdict.verdict in ("nearest", "not found")
    assert {"17", "Moreau", "Brest"} <= set(verdict.shared)
    assert verdict.translations


def test_the_passage_is_the_sources_own_text(judge: Judge) -> None:
    (piece,) = judge("les pecheurs n’ont pas recu la lettre").pieces
    assert piece.text == "Les pêcheurs n'ont pas reçu la lettre"


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("quatre vingt dix sept", "97"),
        ("mille neuf cent quatre vingt quatre", "1984"),
        ("two hundred and five", "205"),
        ("three thousand two hundred", "3200"),
        ("einundzwanzig", "21"),
        ("diecisiete", "17"),
        ("خمسه عشر", "15"),
        ("17", "17"),
    ],
)
def test_numbers_are_the_same_in_digits_and_in_words(words: str, number: str) -> None:
    assert numbers(words.split()) == {number: 1}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Le port fut fermé pendant dix-sept jours, dit le capitaine Moreau à Brest", {"words"}),
        ("Le port fut fermé pendant dix-huit jours, dit le capitaine Moreau à Brest", {"number"}),
        ("The harbour was closed for seventeen days, Captain Moreau said in Brest", {"words"}),
        ("The harbour was closed for seventy days, Captain Moreau said in Brest", {"number"}),
        ("nobody told them about the three ships that waited off the coast", {"number"}),
        ("Der Hafen war siebzehn Tage lang geschlossen, sagte Kapitän Moreau", {"words"}),
    ],
)
def test_a_number_in_words_is_an_alarm_only_if_it_is_another(text: str, kinds: set[str], judge: Judge) -> None:
    verdict = judge(text)
    assert verdict.verdict == "altered"
    assert {change.kind for change in verdict.changes} == kinds


def test_a_piece_that_a_record_repeats_is_found_in_order_with_the_others(judge: Judge) -> None:
    verdict = judge(
        "Then the lamp of the ferry went out […] walked along the quiet river path […] until the morning came"
    )
    assert (verdict.verdict, verdict.record and verdict.record.path) == ("verbatim", "refrain.txt")


def test_a_headline_is_quoted_like_the_text_below_it(judge: Judge) -> None:
    verdict = judge("Keeper of the northern beacon retires after long service")
    assert (verdict.verdict, [piece.line for piece in verdict.pieces]) == ("verbatim", [4])
