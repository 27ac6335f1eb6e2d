"""Words of dates in eight languages, folded: lower case, without accents, Arabic letters
unified.
"""

from __future__ import annotations


def _table(rows: str) -> dict[str, int]:
    """Return each word's number from rows such as `1 january janvier`.

    A low line stands for a blank.
    """
    return {
        word.replace("_", " "): int(number)
        for row in rows.strip().splitlines()
        for number, *words in (row.split(),)
        for word in words
    }


MONTHS = _table(
    """
 1 january jan janvier janv januar jaenner janner enero ene gennaio gen janeiro januari يناير جانفي كانون_الثاني
 2 february feb fevrier fevr fev februar febrero febbraio fevereiro februari فبراير فيفري شباط
 3 march mar mars marz maerz mrz marzo marco maart mrt مارس اذار
 4 april apr avril avr abril abr aprile ابريل افريل نيسان
 5 may mai mayo maggio mag maio mei مايو ماي ايار
 6 june jun juin juni junio giugno giu junho يونيو يونيه جوان حزيران
 7 july jul juillet juill juil juli julio luglio lug julho يوليو يوليه يوليوز جويليه تموز
 8 august aug aout agosto ago augustus اغسطس اوت غشت اب
 9 september sep sept septembre septiembre setiembre settembre set setembro سبتمبر شتنبر ايلول
10 october oct octobre oktober okt octubre ottobre ott outubro out اكتوبر تشرين_الاول
11 november nov novembre noviembre novembro نوفمبر نونبر تشرين_الثاني
12 december dec decembre dezember dez diciembre dic dicembre dezembro ديسمبر دجنبر كانون_الاول
"""
)

SEASONS = _table(
    """
21 spring printemps fruhling fruehling fruhjahr fruehjahr primavera lente voorjaar ربيع الربيع
22 summer ete sommer verano estate verao zomer صيف الصيف
23 autumn fall automne herbst otono autunno outono herfst najaar خريف الخريف
24 winter hiver invierno inverno شتاء الشتاء
"""
)
"""EDTF's numbers of seasons, which name no hemisphere."""

SEASON_MONTHS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 2)}
"""First and last month of the meteorological seasons in the north. Winter ends in the next year."""

QUARTERS = _table(
    """
1 q1 t1 1_quarter first_quarter 1_trimestre premier_trimestre primer_trimestre primo_trimestre primeiro_trimestre
2 q2 t2 2_quarter second_quarter 2_trimestre deuxieme_trimestre segundo_trimestre secondo_trimestre
3 q3 t3 3_quarter third_quarter 3_trimestre troisieme_trimestre tercer_trimestre terzo_trimestre terceiro_trimestre
4 q4 t4 4_quarter fourth_quarter 4_trimestre quatrieme_trimestre cuarto_trimestre quarto_trimestre
1 1_quartal erstes_quartal 1_kwartaal eerste_kwartaal الربع_الاول
2 2_quartal zweites_quartal 2_kwartaal tweede_kwartaal الربع_الثاني
3 3_quartal drittes_quartal 3_kwartaal derde_kwartaal الربع_الثالث
4 4_quartal viertes_quartal 4_kwartaal vierde_kwartaal الربع_الرابع
"""
)

ORDINALS = _table(
    """
 1 first premier primero primo primeiro erster ersten
18 eighteenth
19 nineteenth neunzehnten neunzehntes التاسع_عشر
20 twentieth vingtieme zwanzigsten zwanzigstes العشرين العشرون
21 الحادي_والعشرين الحادي_والعشرون
"""
)
"""Ordinals that are often written out: the first of a month, and centuries."""

ABOUT = frozenset(
    "c ca circa about around approximately approx vers environ autour etwa gegen ungefahr ungefaehr um hacia "
    "alrededor verso intorno omstreeks rond حوالي نحو قرابه "
    "early late mid begin debut fin mi anfang ende mitte principios finales "
    "mediados inicio inicios fine inizio meados اوايل اواخر منتصف".split()
)

SILENT = frozenset(
    "the of on in year le la les l en au du de del dell della d des an annee am den der dem die "
    "im vom von jahr jahres el los las a al dal dia ano il nel anno op het jaar di da do o no em "
    "في من عام سنه يوم شهر م الموافق".split()
)
"""Words without effect on a date: articles, prepositions, `year`."""

WEEKDAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo fr sa so "
    "lunes martes miercoles jueves viernes sabado domingo mie jue vie sab dom "
    "lunedi martedi mercoledi giovedi venerdi domenica gio "
    "segunda terca quarta quinta sexta feira seg ter qua qui sex "
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo "
    "الاثنين الثلاثاء الاربعاء الخميس الجمعه السبت الاحد اثنين ثلاثاء اربعاء خميس جمعه سبت احد".split()
)
"""Weekdays, which need a day: `so 2013` is no date."""

JOINTS = frozenset("to till until through and au a al bis und et y e tot الي حتي".split())
"""Words between the two ends of a range."""

LISTED = frozenset("and und et y e".split())
"""Joints that without an opener may also separate two single dates."""

OPENERS = frozenset("from between entre zwischen desde tra بين".split())
"""Words before the first end of a range, and only there: `from 1981` is not 1981."""

DECADES = frozenset("annees decennie jahre decada decade anni anos jaren سنوات عقد".split())
CENTURIES = frozenset("century siecle jahrhundert jahrhunderts jh jhd siglo secolo seculo eeuw قرن القرن".split())
