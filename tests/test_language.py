"""Which language a text is in: told where it is plain, "und" where it is not, and never at the
cost of a failure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docindex.analysis import language_detection

TEXTS = {
    "en": "The committee met again on Thursday to discuss the missing records. Nobody could say who had kept the keys.",
    "fr": "Le conseil municipal s'est réuni jeudi soir dans la salle. Personne ne savait qui avait gardé les clés.",
    "ar": "اجتمع المجلس البلدي مساء الخميس في القاعة الكبرى. ولم يعرف أحد من الذي احتفظ بالمفاتيح.",
    "de": "Der Gemeinderat traf sich am Donnerstag im großen Saal. Niemand wusste, wer die Schlüssel behalten hatte.",
    "es": "El consejo municipal se reunió el jueves por la noche. Nadie sabía quién había guardado las llaves.",
    "it": "Il consiglio comunale si è riunito giovedì sera in sala. Nessuno sapeva chi avesse tenuto le chiavi.",
    "pt": "A câmara municipal reuniu-se na quinta-feira à noite no salão. Ninguém sabia quem tinha guardado as chaves.",
    "nl": "De gemeenteraad kwam donderdagavond bijeen in de grote zaal. Niemand wist wie de sleutels had bewaard.",
    "sv": "Kommunfullmäktige samlades på torsdagskvällen i salen. Ingen visste vem som hade behållit nycklarna.",
    "pl": "Rada miejska zebrała się w czwartek wieczorem w wielkiej sali. Nikt nie wiedział, kto zatrzymał klucze.",
    "ru": "Городской совет собрался в четверг вечером в большом зале. Никто не знал, у кого остались ключи.",
    "uk": "Міська рада зібралася у четвер увечері у великій залі. Ніхто не знав, у кого залишилися ключі.",
    "el": "Το δημοτικό συμβούλιο συνεδρίασε την Πέμπτη στη μεγάλη αίθουσα. Κανείς δεν ήξερε ποιος είχε τα κλειδιά.",
    "tr": "Belediye meclisi perşembe akşamı büyük salonda toplandı. Anahtarların kimde kaldığını kimse bilmiyordu.",
    "fa": "شورای شهر پنجشنبه شب در تالار بزرگ گرد هم آمد. هیچ‌کس نمی‌دانست کلیدها نزد چه کسی مانده است.",
    "he": "מועצת העיר התכנסה ביום חמישי בערב באולם הגדול. איש לא ידע מי שמר את המפתחות.",
    "hi": "नगर परिषद की बैठक गुरुवार की शाम बड़े हॉल में हुई। किसी को नहीं पता था कि चाबियाँ किसके पास थीं।",
    "zh": "市议会星期四晚上在大厅里开会。没有人知道钥匙在谁的手里。",
    "ja": "市議会は木曜日の夜に大広間で開かれました。誰が鍵を持っているのか、誰も知りませんでした。",
    "ko": "시의회는 목요일 저녁에 큰 강당에서 열렸다. 누가 열쇠를 가지고 있는지 아무도 몰랐다.",
    "hu": "A városi tanács csütörtök este ült össze a nagyteremben. Senki sem tudta, kinél maradtak a kulcsok.",
    "fi": "Kaupunginvaltuusto kokoontui torstai-iltana suuressa salissa. Kukaan ei tiennyt, kenellä avaimet olivat.",
    "cs": "Ministr odmítl odpovídat na otázky o zmizelých penězích. Naši sousedé opustili vesnici, než napadl sníh.",
    "ro": "Ministrul nu a vrut să răspundă la întrebările despre bani. Vecinii noștri au plecat înainte de zăpadă.",
    "id": "Menteri itu tidak mau menjawab pertanyaan tentang uang yang hilang. Tetangga kami meninggalkan desa.",
    "vi": "Bộ trưởng không muốn trả lời các câu hỏi về số tiền bị mất. Những người hàng xóm đã rời làng trước đông.",
    "th": "รัฐมนตรีปฏิเสธที่จะตอบคำถามเกี่ยวกับเงินที่หายไป เพื่อนบ้านของเราออกจากหมู่บ้านก่อนฤดูฝนจะมาถึง",
}
HALVES = TEXTS["fr"] * 12 + " " + TEXTS["ar"] * 14


@pytest.mark.parametrize(("code", "text"), TEXTS.items())
def test_two_sentences_tell_their_language(code: str, text: str) -> None:
    assert language_detection.detect(text) == code


@pytest.mark.parametrize(("code", "text"), TEXTS.items())
def test_a_long_text_tells_the_language_of_its_sentences(code: str, text: str) -> None:
    assert language_detection.detect(f"{text}\n\n" * 40) == code


@pytest.mark.parametrize(("code", "text"), TEXTS.items())
def test_capitals_and_accents_apart_tell_the_same(code: str, text: str) -> None:
    assert [language_detection.detect(text.upper()), language_detection.detect(unicodedata.normalize("NFD", text))] == [
        code,
        code,
    ]


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("fr", "Un accord secret avec les ravisseurs"),
        ("fr", "LES DERNIERS RAPPORTS DU RENSEIGNEMENT FRANÇAIS"),
        ("fr", "20-03-2016 23:15 - Ce que contiennent les câbles sur l'accord secret"),
        ("en", "What the leaked cables say about the hostages"),
        ("en", "Re: FW: the hostages are still in the desert, see https://example.org/a/b?c=otages+en+algerie"),
        ("ar", "اتفاق سري بين الحكومة والخاطفين"),
        ("ar", "اِتِّفَاقٌ سِرِّيٌّ بَيْنَ الحُكُومَةِ وَالخَاطِفِين"),
        ("de", "Geheime Verhandlungen über die Geiseln in der Wüste"),
        ("es", "Un acuerdo secreto entre el gobierno y los secuestradores"),
        ("zh", "关于人质的秘密协议"),
        ("zh", "关于人质的秘密协议的文件请寄press@example.org"),
    ],
)
def test_a_title_is_enough_where_it_is_a_sentence(code: str, title: str) -> None:
    assert language_detection.detect(title) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\f\t ",
        "Belmokhtar",
        "Mokhtar",
        "Le Monde",
        "Jean-Pierre Dubois, Maria Rossi",
        "ABDERRAHMANE DROUKDEL",
        "بلمختار",
        "ok",
        "Paris, Tombouctou, Gao",
        "UNCLASSIFIED DEPARTMENT OF STATE",
        "12-2013 / 30.322 + 4.5 %",
        "20-03-2016 23:15",
        "F-2014-20439 C05779642 12/31/2015",
        "https://www.example.org/le-conseil-municipal-de-la-ville",
        "le.conseil.municipal@ville-de-paris.example.fr",
        "\x00" * 100,
        "\ud800" * 100,
        "😀" * 100,
        "\u0301\u200b\u202e" * 50,
        HALVES,
        f"{TEXTS['fr']} {TEXTS['ar']}",
        f"{TEXTS['fr']}\n\n{TEXTS['en']}",
        f"{TEXTS['fr'] * 3}\n\n{TEXTS['de'] * 3}\n\n" * 5,
        "Qui a gardé les clés ? من الذي احتفظ بالمفاتيح؟",
    ],
)
def test_what_tells_no_language_is_undetermined(text: str) -> None:
    assert language_detection.detect(text) == "und"


def test_a_quotation_does_not_change_the_language() -> None:
    assert language_detection.detect(TEXTS["fr"] * 20 + TEXTS["ar"] * 2 + TEXTS["fr"] * 20) == "fr"


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "\u00ad", "\x1b[31m", "\u202e", "😀", "\udcff\udcfe", "\u2028"])
def test_odd_characters_between_the_words_change_nothing(odd: str) -> None:
    assert language_detection.detect(TEXTS["fr"].replace(" ", f" {odd} ")) == "fr"


@pytest.mark.parametrize("unseen", ["\ud800", "\u00ad", "\u200b", "\u200f", "\ufeff"])
def test_what_is_not_seen_within_the_words_changes_nothing(unseen: str) -> None:
    assert language_detection.detect(TEXTS["nl"].replace("e", f"e{unseen}")) == "nl"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("no", "Statsråden ville ikkje svara på spørsmål om pengane som var borte. Naboane våre drog frå bygda."),
        ("zh", "部長拒絕回答有關失蹤資金嘅問題。佢哋喺第一場雪之前已經離開咗條村。"),
    ],
)
def test_varieties_have_the_codes_that_people_filter_by(code: str, text: str) -> None:
    assert language_detection.detect(text) == code


class Measured:
    """A text of which one can ask nothing but its length and pieces of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.seen = 0

    def __len__(self) -> int:
        return len(self.text)

    def __getitem__(self, piece: slice) -> str:
        self.seen += len(self.text[piece])
        return self.text[piece]


def test_of_a_long_text_only_some_pieces_are_looked_at() -> None:
    text = Measured(TEXTS["fr"] * 50_000)
    assert (len(text) > 5_000_000, language_detection.detect(cast("str", text))) == (True, "fr")
    assert text.seen <= language_detection.MAX_PIECES * language_detection.PIECE_CHARACTERS


def test_of_a_text_that_is_plain_a_few_pieces_are_enough() -> None:
    text = Measured(TEXTS["fr"] * 50)
    assert language_detection.detect(cast("str", text)) == "fr"
    pieces = language_detection.PLAIN_PIECES + language_detection.MIN_PIECES
    assert text.seen <= pieces * language_detection.PIECE_CHARACTERS < len(text) / 4


@pytest.mark.parametrize("other", ["en", "de", "es", "ar", "ru"])
@pytest.mark.parametrize("sentences", [2, 10, 40])
def test_paragraphs_of_two_languages_in_turn_are_undetermined(other: str, sentences: int) -> None:
    pair = "".join(f"{TEXTS[code] * sentences}\n\n" for code in ("fr", other))
    assert {language_detection.detect(pair * times) for times in range(2, 13)} == {"und"}


@pytest.mark.parametrize(("code", "other"), [("fr", "ar"), ("en", "fr"), ("de", "en")])
def test_a_long_quotation_at_the_end_is_seen(code: str, other: str) -> None:
    text, quoted = f"{TEXTS[code]}\n" * 60, f"{TEXTS[other]}\n"
    assert language_detection.detect(text + quoted * 12) == code
    assert language_detection.detect(text + quoted * 55) == "und"


@pytest.mark.parametrize("order", ["text neither neither", "neither text neither", "neither neither text"])
def test_the_pieces_reach_from_the_beginning_to_the_end(order: str) -> None:
    parts = {"text": TEXTS["fr"] * 200, "neither": "12-2013 / 30.322 + 4.5 %\n" * 1_000}
    assert language_detection.detect("\n".join(parts[part] for part in order.split())) == "fr"


@given(st.text(st.characters()) | st.lists(st.sampled_from([*TEXTS.values(), *"\ud800\x00\x85😀"])).map("".join))
def test_any_text_has_a_code_and_the_same_one_twice(text: str) -> None:
    code = language_detection.detect(text)
    assert (len(code) in (2, 3), code.isascii(), code.isalpha(), code.islower()) == (True, True, True, True)
    assert language_detection.detect(text) == code


def test_many_threads_come_to_the_same_answers() -> None:
    codes = list(TEXTS) * 20
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(language_detection.detect, [TEXTS[code] for code in codes])) == codes


def test_function_words_alone_tell_a_long_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "The talks of the two sides were not over when the minister said that he would go to the north with them. "
    monkeypatch.setattr(language_detection, "_model", None)  # calling it would fail
    assert language_detection.detect(text * 8) == "en"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Menteri itu mengatakan bahwa mereka tidak bisa pergi karena uang mereka hilang di kota.", "id"),
        ("Menteri itu berkata bahawa mereka tidak boleh pergi kerana wang mereka hilang di bandar.", "ms"),
    ],
)
def test_malay_is_told_from_indonesian_by_its_own_words(text: str, code: str) -> None:
    assert language_detection.detect(text) == code


def test_telling_a_language_loads_no_client_of_the_network() -> None:
    program = (
        f"import sys; from docindex.analysis.language_detection import detect; print(detect({TEXTS['fr']!r}), "
        "sorted({'requests', 'urllib3', 'socket', 'ssl'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-X", "utf8", "-c", program], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("fr []\n", "")


CORPORA = os.environ.get("DOCINDEX_CORPORA")


@pytest.mark.skipif(not CORPORA, reason="DOCINDEX_CORPORA names no folder of collections")
@pytest.mark.parametrize(
    ("collection", "code"),
    [
        ("scifact", "en"),
        ("cisi", "en"),
        ("foia-emails", "en"),
        ("piaf-fr", "fr"),
        ("xquad-ar", "ar"),
        ("xquad-de", "de"),
    ],
)
def test_the_texts_of_a_collection_are_told(collection: str, code: str) -> None:
    lines = (Path(str(CORPORA)) / collection / "docs.jsonl").read_text(encoding="utf-8").splitlines()
    told = Counter(language_detection.detect(json.loads(line)["text"]) for line in lines[:500])
    assert told[code] >= 0.99 * told.total()
    assert told.total() - told[code] - told["und"] <= 0.005 * told.total()


@pytest.mark.skipif(not CORPORA, reason="DOCINDEX_CORPORA names no folder of collections")
@pytest.mark.parametrize(
    ("collection", "code"), [("scifact", "en"), ("cranfield", "en"), ("piaf-fr", "fr"), ("xquad-de", "de")]
)
def test_the_questions_of_a_collection_are_told_or_left_open(collection: str, code: str) -> None:
    lines = (Path(str(CORPORA)) / collection / "queries.tsv").read_text(encoding="utf-8").splitlines()
    told = Counter(language_detection.detect(line.split("\t", 1)[1]) for line in lines[:500])
    assert told[code] >= 0.96 * told.total()
    assert told.total() - told[code] - told["und"] <= 0.01 * told.total()
