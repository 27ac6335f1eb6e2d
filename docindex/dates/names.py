"""The words of dates in the languages of archives, folded: lower case, without accents, Arabic letters unified."""

from __future__ import annotations


def _table(rows: str) -> dict[str, int]:
    """`1 january janvier ...`, a row a number -> each word's number. A low line stands for a blank."""
    return {
        word.replace("_", " "): int(number)
        for row in rows.strip().splitlines()
        for number, *words in (row.split(),)
        for word in words
    }


MONTHS = _table(
    """
 1 january jan janvier janv januar jaenner janner jan enero ene gennaio gen janeiro januari يناير جانفي كانون_الثاني
 2 february feb fevrier fevr fev februar febrero febbraio fevereiro februari فبراير فيفري شباط
 3 march mar mars marz maerz mrz marzo marco maart مارس اذار
 4 april apr avril avr abril abr aprile ابريل افريل نيسان
 5 may mai mayo maggio mag maio mei مايو ماي ايار
 6 june jun juin juni junio giugno giu junho يونيو يونيه جوان حزيران
 7 july jul juillet juil juli julio luglio lug julho يوليو يوليه جويليه تموز
 8 august aug aout august agosto ago augustus اغسطس اوت اب
 9 september sep sept septembre septiembre settembre set setembro سبتمبر ايلول
10 october oct octobre oktober okt octubre ottobre ott outubro out اكتوبر تشرين_الاول
11 november nov novembre noviembre novembro نوفمبر تشرين_الثاني
12 december dec decembre dezember dez diciembre dic dicembre dezembro december ديسمبر كانون_الاول
"""
)

SEASONS = _table(
    """
21 spring printemps fruhling fruhjahr primavera lente voorjaar ربيع الربيع
22 summer ete sommer verano estate verao zomer صيف الصيف
23 autumn fall automne herbst otono autunno outono herfst خريف الخريف
24 winter hiver winter invierno inverno شتاء الشتاء
"""
)
"""EDTF's numbers of seasons without a hemisphere."""

SEASON_MONTHS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 2)}
"""First and last month in the north, as the meteorologists count; winter ends in the year after."""

ABOUT = frozenset(
    "c ca circa about around approximately approx vers environ autour etwa gegen ungefahr um hacia "
    "alrededor verso intorno omstreeks rond حوالي نحو قرابه "
    "early late mid begin debut fin mi anfang ende mitte principios finales "
    "mediados inicio fine inizio اوائل اواخر منتصف".split()
)

SILENT = frozenset(
    "the of on in at le la les l en au du de del dell des d a an am den der dem im het op di da do dia uhr h "
    "في من عام سنه يوم شهر م الموافق st nd rd th er eme ieme "
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so "
    "lunes martes miercoles jueves viernes sabado domingo lunedi martedi mercoledi giovedi venerdi sabato domenica "
    "segunda terca quarta quinta sexta feira maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
    "الاثنين الثلاثاء الاربعاء الخميس الجمعه السبت الاحد اثنين ثلاثاء اربعاء خميس جمعه سبت احد".split()
)
"""Words that say nothing the rest does not: articles, prepositions, days of the week."""

DECADES = frozenset("s annees decennie jahre er decade decada anos anni anos سنوات عقد".split())
CENTURIES = frozenset("century siecle jahrhundert jh jhd siglo secolo seculo eeuw قرن القرن".split())
QUARTERS = {"q1": 1, "q2": 2, "q3": 3, "q4": 4, "t1": 1, "t2": 2, "t3": 3, "t4": 4}
