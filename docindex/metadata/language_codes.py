"""Languages that a manifest may declare: codes of ISO 639 and the names that people write. Pure."""

from __future__ import annotations

import re

from docindex.metadata.folding import fold

_NAMES = {
    "ar": "arabic arabe arabisch العربية عربي", "ber": "berber berbere tamazight amazigh ⵜⴰⵎⴰⵣⵉⵖⵜ",
    "bg": "bulgarian bulgare български", "ca": "catalan catala", "cs": "czech tcheque cestina",
    "da": "danish danois dansk", "de": "german allemand deutsch", "el": "greek grec ελληνικά",
    "en": "english anglais englisch", "es": "spanish espagnol spanisch español castellano",
    "fa": "persian persan farsi فارسی فارسي", "fi": "finnish finnois suomi", "fr": "french français französisch",
    "ha": "hausa haoussa", "he": "hebrew hébreu עברית", "hi": "hindi हिन्दी", "hu": "hungarian hongrois magyar",
    "id": "indonesian indonésien", "it": "italian italien italiano", "ja": "japanese japonais 日本語",
    "kab": "kabyle taqbaylit", "ko": "korean coréen 한국어", "nl": "dutch néerlandais nederlands",
    "no": "norwegian norvégien norsk", "pl": "polish polonais polski", "pt": "portuguese portugais português",
    "ro": "romanian roumain română", "ru": "russian russe русский", "so": "somali soomaali",
    "sv": "swedish suédois svenska", "sw": "swahili kiswahili", "tr": "turkish turc türkçe",
    "uk": "ukrainian ukrainien українська", "und": "unknown inconnu mixed mixte", "ur": "urdu ourdou اردو",
    "vi": "vietnamese vietnamien", "zh": "chinese chinois 中文 汉语 漢語",
}  # fmt: skip
_BY_NAME = {fold(name): code for code, names in _NAMES.items() for name in names.split()}

# ISO 639-1 and ISO 639-2, terminological and bibliographic.
_CODES = """
aa aar, ab abk, ae ave, af afr, ak aka, am amh, an arg, ar ara, as asm, av ava, ay aym, az aze, ba bak, be bel, bg bul,
bi bis, bm bam, bn ben, bo bod tib, br bre, bs bos, ca cat, ce che, ch cha, co cos, cr cre, cs ces cze, cu chu, cv chv,
cy cym wel, da dan, de deu ger, dv div, dz dzo, ee ewe, el ell gre, en eng, eo epo, es spa, et est, eu eus baq,
fa fas per, ff ful, fi fin, fj fij, fo fao, fr fra fre, fy fry, ga gle, gd gla, gl glg, gn grn, gu guj, gv glv, ha hau,
he heb, hi hin, ho hmo, hr hrv, ht hat, hu hun, hy hye arm, hz her, ia ina, id ind, ie ile, ig ibo, ii iii, ik ipk,
io ido, is isl ice, it ita, iu iku, ja jpn, jv jav, ka kat geo, kg kon, ki kik, kj kua, kk kaz, kl kal, km khm, kn kan,
ko kor, kr kau, ks kas, ku kur, kv kom, kw cor, ky kir, la lat, lb ltz, lg lug, li lim, ln lin, lo lao, lt lit, lu lub,
lv lav, mg mlg, mh mah, mi mri mao, mk mkd mac, ml mal, mn mon, mr mar, ms msa may, mt mlt, my mya bur, na nau, nb nob,
nd nde, ne nep, ng ndo, nl nld dut, nn nno, no nor, nr nbl, nv nav, ny nya, oc oci, oj oji, om orm, or ori, os oss,
pa pan, pi pli, pl pol, ps pus, pt por, qu que, rm roh, rn run, ro ron rum, ru rus, rw kin, sa san, sc srd, sd snd,
se sme, sg sag, si sin, sk slk slo, sl slv, sm smo, sn sna, so som, sq sqi alb, sr srp, ss ssw, st sot, su sun, sv swe,
sw swa, ta tam, te tel, tg tgk, th tha, ti tir, tk tuk, tl tgl, tn tsn, to ton, tr tur, ts tso, tt tat, tw twi, ty tah,
ug uig, uk ukr, ur urd, uz uzb, ve ven, vi vie, vo vol, wa wln, wo wol, xh xho, yi yid, yo yor, za zha, zh zho chi,
zu zul
"""
# What ISO 639-1 has no code for, as far as texts here are likely to be in it; varieties go by the
# language before them.
_OTHERS = """
ar arb aeb ajp apc apd arq ary arz acm afb ayl, no nb nn, fa pes prs, zh cmn yue wuu, hbs sh, und mul mis zxx,
ast, ber, ceb, ckb, diq, gsw, haw, ilo, kab, nap, nds, pnb, rif, scn, sco, shi, shy, syr, taq, thv, tmh, ttq, tzm, war,
zgh
"""
_BY_CODE = {
    name: row[0] for table in (_CODES, _OTHERS) for names in table.split(",") if (row := names.split()) for name in row
}


def code(text: str) -> str | None:
    """Return a language's code for a code of two or three letters or a name, or None.

    A region is ignored. `FR`, `fr-FR`, `fre`, `French` and `français` are all `fr`. A mix of
    several (`mul`) is `und`.
    """
    name = fold(text).strip(" .")
    return _BY_NAME.get(name) or _BY_CODE.get(re.split("[-_]", name, maxsplit=1)[0])


def three_letters(code: str) -> str | None:
    """Return the terminological code of ISO 639-2 for one of ISO 639-1, or None."""
    return next((row[1] for names in _CODES.split(",") if (row := names.split())[0] == code), None)


def from_tag(tag: str) -> str | None:
    """Return the language of a tag such as `fr` or `fr-FR` (BCP 47), or None."""
    found = re.fullmatch(r"([A-Za-z]{2,3})([-_].*)?", tag)
    return found[1].lower() if found else None
