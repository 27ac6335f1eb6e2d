"""Dates: what is written means an interval of days and no more; what is no date means nothing."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docindex.metadata import dates
from docindex.model.documents import Date

# Each line: as written | value | first day | last day | precision. Left out: the last day where it
# is the first, both where the value says them, and the precision where it is `day`, or `minute` for
# a value with a time.
WRITTEN = """
ISO 8601
2013-01-17                        | 2013-01-17
2013/01/17                        | 2013-01-17
2013.01.17                        | 2013-01-17
2013/1/7                          | 2013-01-07
20130117                          | 2013-01-17
2012-02-29                        | 2012-02-29
2013                              | 2013             | 2013-01-01 | 2013-12-31 | year
2013-01                           | 2013-01          | 2013-01-01 | 2013-01-31 | month
2012-02                           | 2012-02          | 2012-02-01 | 2012-02-29 | month
2013-W03                          | 2013-01-14/2013-01-20 | 2013-01-14 | 2013-01-20 | interval
2009W01                           | 2008-12-29/2009-01-04 | 2008-12-29 | 2009-01-04 | interval
2013-W03-4                        | 2013-01-17
2013W034                          | 2013-01-17
2013-017                          | 2013-01-17
2012-366                          | 2012-12-31
2013-01-17T23:15                  | 2013-01-17T23:15
2013-01-17 23:15                  | 2013-01-17T23:15
2013-01-17T23:15:02               | 2013-01-17T23:15
2013-01-17T23:15:02Z              | 2013-01-17T23:15
2013-01-17T23:15:02.123456+01:00  | 2013-01-17T23:15
2013-01-17 23:15:02,123           | 2013-01-17T23:15
2013-01-17T23:15:02+05            | 2013-01-17T23:15
2013-01-17T23:15-0500             | 2013-01-17T23:15
2013-01-17T23                     | 2013-01-17T23:00
20130117T2315                     | 2013-01-17T23:15
20130117T231502Z                  | 2013-01-17T23:15
20130117T231502+0100              | 2013-01-17T23:15

EDTF, levels 0 and 1
2012?                             | 2012?            | 2012-01-01 | 2012-12-31 | year
2012-03~                          | 2012-03~         | 2012-03-01 | 2012-03-31 | month
2012-03-15%                       | 2012-03-15%      | 2012-03-15
2013-01-17T23:15~                 | 2013-01-17T23:15~ | 2013-01-17
199X                              | 199X             | 1990-01-01 | 1999-12-31 | decade
199u~                             | 199X~            | 1990-01-01 | 1999-12-31 | decade
18XX?                             | 18XX?            | 1800-01-01 | 1899-12-31 | century
19XX                              | 19XX             | 1900-01-01 | 1999-12-31 | century
2004-XX                           | 2004-XX          | 2004-01-01 | 2004-12-31 | year
2004-XX-XX                        | 2004-XX-XX       | 2004-01-01 | 2004-12-31 | year
2004-02-XX                        | 2004-02-XX       | 2004-02-01 | 2004-02-29 | month
2012-21                           | 2012-21          | 2012-03-01 | 2012-05-31 | season
2012-22                           | 2012-22          | 2012-06-01 | 2012-08-31 | season
2012-23                           | 2012-23          | 2012-09-01 | 2012-11-30 | season
2011-24~                          | 2011-24~         | 2011-12-01 | 2012-02-29 | season
2012/2013                         | 2012/2013        | 2012-01-01 | 2013-12-31 | interval
2012-06/2013-02                   | 2012-06/2013-02  | 2012-06-01 | 2013-02-28 | interval
2013-01-16/2013-01-20             | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
2004-02-01/2005                   | 2004-02-01/2005  | 2004-02-01 | 2005-12-31 | interval
2004-06~/2006-08?                 | 2004-06~/2006-08? | 2004-06-01 | 2006-08-31 | interval
2012..2013                        | 2012/2013        | 2012-01-01 | 2013-12-31 | interval
2012-03 .. 2012-05                | 2012-03/2012-05  | 2012-03-01 | 2012-05-31 | interval
2012/..                           | 2012/..          | 2012-01-01 | 9999-12-31 | interval
2012..                            | 2012/..          | 2012-01-01 | 9999-12-31 | interval
2012-03-15/                       | 2012-03-15/..    | 2012-03-15 | 9999-12-31 | interval
../2012-03                        | ../2012-03       | 0001-01-01 | 2012-03-31 | interval
..2012                            | ../2012          | 0001-01-01 | 2012-12-31 | interval
2013-01-17T10:00/2013-01-18T11:30 | 2013-01-17T10:00/2013-01-18T11:30 | 2013-01-17 | 2013-01-18 | interval

Figures, the day first
17-01-2013                        | 2013-01-17
17/01/2013                        | 2013-01-17
17.01.2013                        | 2013-01-17
jeudi 17/01/2013                  | 2013-01-17
vers le 17/01/2013                | 2013-01-17~      | 2013-01-17
le 17.01.2013 à 23h15             | 2013-01-17T23:15
Thu, 2013-01-17                   | 2013-01-17
17. 1. 2013                       | 2013-01-17
17 / 1 / 2013                     | 2013-01-17
7.1.2013                          | 2013-01-07
03/04/2016                        | 2016-04-03
03/20/2016                        | 2016-03-20
12/31/1999 11:59 PM               | 1999-12-31T23:59
03/2016                           | 2016-03          | 2016-03-01 | 2016-03-31 | month
3.2016                            | 2016-03          | 2016-03-01 | 2016-03-31 | month
03-2016                           | 2016-03          | 2016-03-01 | 2016-03-31 | month
2013-01-17/2013-01-17             | 2013-01-17/2013-01-17 | 2013-01-17 | 2013-01-17 | interval
2010-2014                         | 2010/2014        | 2010-01-01 | 2014-12-31 | interval
2010–2014                         | 2010/2014        | 2010-01-01 | 2014-12-31 | interval
16/01/2013 - 20/01/2013           | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
31.12.2012/01.01.2013             | 2012-12-31/2013-01-01 | 2012-12-31 | 2013-01-01 | interval
du 16/01/2013 au 20/01/2013       | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
2013-01-16 to 2013-01-20          | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
١٧/١/٢٠١٣                         | 2013-01-17
۱۷/۰۱/۲۰۱۳                        | 2013-01-17
２０１３-０１-１７                  | 2013-01-17

Times
20-03-2016 23:15                  | 2016-03-20T23:15
20-03-2016 23.15                  | 2016-03-20T23:15
20/03/2016 23h15                  | 2016-03-20T23:15
20/03/2016 à 23 h 15              | 2016-03-20T23:15
20-03-2016 kl 23:15               | 2016-03-20T23:15
20-03-2016 om 23:15               | 2016-03-20T23:15
20 de março de 2016 às 23h15      | 2016-03-20T23:15
20/03/2016, 8h                    | 2016-03-20T08:00
20.03.2016, 23.15 Uhr             | 2016-03-20T23:15
20.03.2016 23 Uhr                 | 2016-03-20T23:00
2016-03-20 11:15 PM               | 2016-03-20T23:15
2016-03-20 12:05 a.m.             | 2016-03-20T00:05
2016-03-20 12pm                   | 2016-03-20T12:00
23:15 20/03/2016                  | 2016-03-20T23:15
23h15, dimanche 20 mars 2016      | 2016-03-20T23:15
11:15 PM - 20 Mar 2016            | 2016-03-20T23:15
17 janvier 2013 à 23h15           | 2013-01-17T23:15
17 janvier 2013 vers 23h15        | 2013-01-17T23:15~ | 2013-01-17
17 January 2013 at 11:15 p.m. EST | 2013-01-17T23:15
17. Januar 2013 um 23:15 Uhr      | 2013-01-17T23:15
17 de enero de 2013 a las 23:15   | 2013-01-17T23:15
17 gennaio 2013 alle ore 23:15    | 2013-01-17T23:15
17 يناير 2013 الساعة 23:15        | 2013-01-17T23:15

RFC 5322 and what mail programs write
Thu, 17 Jan 2013 23:15:02 +0100   | 2013-01-17T23:15
17 Jan 2013 23:15 GMT             | 2013-01-17T23:15
Thu, 3 Jan 2013 03:15:02 -0800 (PST) | 2013-01-03T03:15
Thu, 17 Jan 2013 23:15:02 +0100 (Central European Time) | 2013-01-17T23:15
Thu Jan 17 23:15:02 2013          | 2013-01-17T23:15
Thu Jan 17 23:15:02 CET 2013      | 2013-01-17T23:15
Thursday, January 17, 2013 11:15 PM | 2013-01-17T23:15
Sent 17 Jan 2013                  | no date

English
17 January 2013                   | 2013-01-17
January 17, 2013                  | 2013-01-17
Jan. 17, 2013                     | 2013-01-17
Thursday, 17th of January, 2013   | 2013-01-17
1st May 2013                      | 2013-05-01
2nd of June 2013                  | 2013-06-02
June 3rd, 2013                    | 2013-06-03
the first of May 2013             | 2013-05-01
2013 January 17                   | 2013-01-17
17-Jan-2013                       | 2013-01-17
2013-Jan-17                       | 2013-01-17
Sept 2012                         | 2012-09          | 2012-09-01 | 2012-09-30 | month
May 2013                          | 2013-05          | 2013-05-01 | 2013-05-31 | month
2013, May                         | 2013-05          | 2013-05-01 | 2013-05-31 | month
in 2013                           | 2013             | 2013-01-01 | 2013-12-31 | year
circa 1990                        | 1990~            | 1990-01-01 | 1990-12-31 | year
c. 1990                           | 1990~            | 1990-01-01 | 1990-12-31 | year
around 17 January 2013            | 2013-01-17~      | 2013-01-17
early March 2012                  | 2012-03~         | 2012-03-01 | 2012-03-31 | month
late 2012                         | 2012~            | 2012-01-01 | 2012-12-31 | year
early-2012                        | 2012~            | 2012-01-01 | 2012-12-31 | year
late-2012                         | 2012~            | 2012-01-01 | 2012-12-31 | year
early Q1 2013                     | 2013-01~/2013-03~ | 2013-01-01 | 2013-03-31 | interval
January 16, 2013-January 20, 2013 | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
mid-January 2013                  | 2013-01~         | 2013-01-01 | 2013-01-31 | month
spring 2012                       | 2012-21          | 2012-03-01 | 2012-05-31 | season
Fall of 2012                      | 2012-23          | 2012-09-01 | 2012-11-30 | season
the 1990s                         | 199X             | 1990-01-01 | 1999-12-31 | decade
late 1990's                       | 199X~            | 1990-01-01 | 1999-12-31 | decade
20th century                      | 19XX             | 1900-01-01 | 1999-12-31 | century
early nineteenth century          | 18XX~            | 1800-01-01 | 1899-12-31 | century
Q1 2013                           | 2013-01/2013-03  | 2013-01-01 | 2013-03-31 | interval
2013Q4                            | 2013-10/2013-12  | 2013-10-01 | 2013-12-31 | interval
second quarter of 2013            | 2013-04/2013-06  | 2013-04-01 | 2013-06-30 | interval
Q1 2012 - Q2 2013                 | 2012-01/2013-06  | 2012-01-01 | 2013-06-30 | interval
16-20 January 2013                | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
January 16-20, 2013               | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
January 30 to February 2, 2013    | 2013-01-30/2013-02-02 | 2013-01-30 | 2013-02-02 | interval
2004 and 2005                     | 2004/2005        | 2004-01-01 | 2005-12-31 | interval
between January and June 1998     | 1998-01/1998-06  | 1998-01-01 | 1998-06-30 | interval
from 2010 to 2012                 | 2010/2012        | 2010-01-01 | 2012-12-31 | interval
between 2010 and 2012             | 2010/2012        | 2010-01-01 | 2012-12-31 | interval
December 2011-September 2013      | 2011-12/2013-09  | 2011-12-01 | 2013-09-30 | interval
30 January 2013–2 February 2013   | 2013-01-30/2013-02-02 | 2013-01-30 | 2013-02-02 | interval
Friday, April 22, 2011.7:03 AM    | 2011-04-22T07:03
Dec. 1, 2009:                     | 2009-12-01
March 2012 – May 2013             | 2012-03/2013-05  | 2012-03-01 | 2013-05-31 | interval

French
17 janvier 2013                   | 2013-01-17
jeudi 17 janvier 2013             | 2013-01-17
JEUDI 17 JANVIER 2013             | 2013-01-17
le 1er août 2013                  | 2013-08-01
au 17 janvier 2013                | 2013-01-17
premier mai 2013                  | 2013-05-01
mar. 15 janvier 2013              | 2013-01-15
17 janv. 2013                     | 2013-01-17
3 déc. 2012                       | 2012-12-03
15 févr. 2012                     | 2012-02-15
avril 2012                        | 2012-04          | 2012-04-01 | 2012-04-30 | month
d’avril 2012                      | 2012-04          | 2012-04-01 | 2012-04-30 | month
vers mars 2012                    | 2012-03~         | 2012-03-01 | 2012-03-31 | month
vers 1990                         | 1990~            | 1990-01-01 | 1990-12-31 | year
début janvier 2013                | 2013-01~         | 2013-01-01 | 2013-01-31 | month
mi-janvier 2013                   | 2013-01~         | 2013-01-01 | 2013-01-31 | month
fin 2012                          | 2012~            | 2012-01-01 | 2012-12-31 | year
l'année 2013                      | 2013             | 2013-01-01 | 2013-12-31 | year
l’été 2012                        | 2012-22          | 2012-06-01 | 2012-08-31 | season
fin de l’été 2012                 | 2012-22~         | 2012-06-01 | 2012-08-31 | season
vers l’hiver 2012-2013            | 2012-24~         | 2012-12-01 | 2013-02-28 | season
hiver 2012                        | 2012-24          | 2012-12-01 | 2013-02-28 | season
hiver 2012-2013                   | 2012-24          | 2012-12-01 | 2013-02-28 | season
les années 1990                   | 199X             | 1990-01-01 | 1999-12-31 | decade
XXe siècle                        | 19XX             | 1900-01-01 | 1999-12-31 | century
fin du XIXème siècle              | 18XX~            | 1800-01-01 | 1899-12-31 | century
XIVe siècle                       | 13XX             | 1300-01-01 | 1399-12-31 | century
XVIIIième siècle                  | 17XX             | 1700-01-01 | 1799-12-31 | century
20ème siècle                      | 19XX             | 1900-01-01 | 1999-12-31 | century
19e siècle                        | 18XX             | 1800-01-01 | 1899-12-31 | century
1er trimestre 2013                | 2013-01/2013-03  | 2013-01-01 | 2013-03-31 | interval
T2 2013                           | 2013-04/2013-06  | 2013-04-01 | 2013-06-30 | interval
16-20 janvier 2013                | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
du 16 au 20 janvier 2013          | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
du mercredi 16 au dimanche 20 janvier 2013 | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
16 et 17 janvier 2013             | 2013-01-16/2013-01-17 | 2013-01-16 | 2013-01-17 | interval
30 janvier - 2 février 2013       | 2013-01-30/2013-02-02 | 2013-01-30 | 2013-02-02 | interval
30 décembre 2012 au 2 janvier 2013 | 2012-12-30/2013-01-02 | 2012-12-30 | 2013-01-02 | interval
avril-mai 2012                    | 2012-04/2012-05  | 2012-04-01 | 2012-05-31 | interval
de mars à mai 2012                | 2012-03/2012-05  | 2012-03-01 | 2012-05-31 | interval
de mars 2012 à mai 2013           | 2012-03/2013-05  | 2012-03-01 | 2013-05-31 | interval
vers avril-mai 2012               | 2012-04~/2012-05~ | 2012-04-01 | 2012-05-31 | interval
vers les 16-20 janvier 2013       | 2013-01-16~/2013-01-20~ | 2013-01-16 | 2013-01-20 | interval
vers 2012-2013                    | 2012~/2013~      | 2012-01-01 | 2013-12-31 | interval

Arabic
17 يناير 2013                     | 2013-01-17
١٧ يناير ٢٠١٣                     | 2013-01-17
\u200f17 يناير 2013\u200f         | 2013-01-17
الخميس 17 يناير 2013م             | 2013-01-17
17 جانفي 2013                     | 2013-01-17
5 فيفري 2013                      | 2013-02-05
9 أفريل 2013                      | 2013-04-09
3 جويلية 2013                     | 2013-07-03
12 أوت 2013                       | 2013-08-12
20 غشت 2013                       | 2013-08-20
7 دجنبر 2013                      | 2013-12-07
17 كانون الثاني 2013              | 2013-01-17
17 كانون الثاني/يناير 2013        | 2013-01-17
حزيران/يونيو 2013                 | 2013-06          | 2013-06-01 | 2013-06-30 | month
تشرين الأول 2012                  | 2012-10          | 2012-10-01 | 2012-10-31 | month
آذار ٢٠١٢                         | 2012-03          | 2012-03-01 | 2012-03-31 | month
حوالي مارس 2012                   | 2012-03~         | 2012-03-01 | 2012-03-31 | month
أوائل عام 2012                    | 2012~            | 2012-01-01 | 2012-12-31 | year
منتصف يناير 2013                  | 2013-01~         | 2013-01-01 | 2013-01-31 | month
عام 2013                          | 2013             | 2013-01-01 | 2013-12-31 | year
صيف 2012                          | 2012-22          | 2012-06-01 | 2012-08-31 | season
القرن العشرين                     | 19XX             | 1900-01-01 | 1999-12-31 | century
الربع الأول من 2013               | 2013-01/2013-03  | 2013-01-01 | 2013-03-31 | interval
من 16 إلى 20 يناير 2013           | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
من مارس 2012 إلى مايو 2013        | 2012-03/2013-05  | 2012-03-01 | 2013-05-31 | interval

German
17. Januar 2013                   | 2013-01-17
Donnerstag, den 17. Jänner 2013   | 2013-01-17
Mi, 16. Januar 2013               | 2013-01-16
3. März 2012                      | 2012-03-03
MÄRZ 2012                         | 2012-03          | 2012-03-01 | 2012-03-31 | month
um 1990                           | 1990~            | 1990-01-01 | 1990-12-31 | year
Mitte Januar 2013                 | 2013-01~         | 2013-01-01 | 2013-01-31 | month
im Jahr 2013                      | 2013             | 2013-01-01 | 2013-12-31 | year
Frühjahr 2012                     | 2012-21          | 2012-03-01 | 2012-05-31 | season
die 1990er Jahre                  | 199X             | 1990-01-01 | 1999-12-31 | decade
20. Jahrhundert                   | 19XX             | 1900-01-01 | 1999-12-31 | century
3. Quartal 2013                   | 2013-07/2013-09  | 2013-07-01 | 2013-09-30 | interval
16.-20. Januar 2013               | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
vom 16. bis 20. Januar 2013       | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval

Spanish, Italian, Portuguese, Dutch
17 de enero de 2013               | 2013-01-17
jueves, 17 de enero de 2013       | 2013-01-17
1º de enero de 2013               | 2013-01-01
1ro de mayo de 2013               | 2013-05-01
hacia 1990                        | 1990~            | 1990-01-01 | 1990-12-31 | year
a principios de enero de 2013     | 2013-01~         | 2013-01-01 | 2013-01-31 | month
otoño de 2012                     | 2012-23          | 2012-09-01 | 2012-11-30 | season
los años 1990                     | 199X             | 1990-01-01 | 1999-12-31 | decade
siglo XX                          | 19XX             | 1900-01-01 | 1999-12-31 | century
del 16 al 20 de enero de 2013     | 2013-01-16/2013-01-20 | 2013-01-16 | 2013-01-20 | interval
17 gennaio 2013                   | 2013-01-17
estate 2012                       | 2012-22          | 2012-06-01 | 2012-08-31 | season
anni 1990                         | 199X             | 1990-01-01 | 1999-12-31 | decade
17 de janeiro de 2013             | 2013-01-17
março de 2012                     | 2012-03          | 2012-03-01 | 2012-03-31 | month
17 januari 2013                   | 2013-01-17
do 17 mrt. 2011                   | 2011-03-17
najaar 2012                       | 2012-23          | 2012-09-01 | 2012-11-30 | season
20e eeuw                          | 19XX             | 1900-01-01 | 1999-12-31 | century
"""
NO_DATES = """
31-02-2013
2013-02-29
2013-02-30
2013-13-01
2013-00-10
2013-366
2013-000
2013-W54
2013-25
0999
3000
2999-24
31 février 2013
2013-01-17 25:00
2013-01-17 23:60
2013-01-17 23:15:99
2013-01-17 13:15 PM
2013-01-17 0:15 AM
25:00
23:15
30.322
1.2.3
192.168.1.13
17/01/13
1/2
9/11
+33 1 23 45 67 89
0123456789
(202) 555-2013
555-2013
F-2014-20439
C-2014
s-2010
UNCLASSIFIED U.S. Department of State Case No. F-2014-20439
2013-01/17
2013-1
2013 01 17
2013-
-2013
-1985
2012/2011
2012/..2013
2012/2013/2014
..2012 au 2013
2012-13
2011/12
7-1664
from 1981
between 2010
1943 and 1962
16 et 18 janvier 2013
th 2013
17 janvier 2013 et 3 mai 2013
janvier
May
may
17 janvier
Thursday
2012/janvier 2013
hiver
Q1
XXe siècle avant notre ère
5e siècle
99th century
90er Jahre
les années 90
les années 1995
so 2013 was bad
so 2013
vendredi 2013
vendredi mars 2013
may and 2013
16 et janvier 2013
vers
the
2013 people
hiver 2012-2014
20-16 janvier 2013
5 ربيع الأول 1434
1434 هـ
à 23h15 en 2013
10:00 - 12:00, 17 janvier 2013
2013-01-17 23:15 NOTE
2013-01-17 - Un accord secret
Mars 2012?!
/
..
../..
-
~
X
XXXX
²
"""


def _rows() -> list[tuple[str, Date | None]]:
    rows = [line.replace(r"\u200f", "\u200f").split("|") for line in WRITTEN.splitlines() if "|" in line]
    return [(written.strip(), _expected(*map(str.strip, meaning))) for written, *meaning in rows]


def _expected(value: str, first: str = "", last: str = "", precision: str = "") -> Date | None:
    if value == "no date":
        return None
    earliest = date.fromisoformat(first or value[:10])
    latest = date.fromisoformat(last) if last else earliest
    return Date(value, earliest, latest, precision or ("minute" if "T" in value else "day"))


ROWS = _rows()
VALUES = [meaning.value for _, meaning in ROWS if meaning]
WORDS = sorted({word for written, _ in ROWS for word in written.split()})


@pytest.mark.parametrize(("written", "meaning"), ROWS)
def test_a_date_means_what_is_written_and_no_more(written: str, meaning: Date | None) -> None:
    assert dates.parse(written) == meaning


@pytest.mark.parametrize("written", [written for written, _ in ROWS])
def test_case_accents_apart_and_blanks_around_change_nothing(written: str) -> None:
    apart = unicodedata.normalize("NFD", written)
    forms = [apart, written.upper(), written.lower(), f"\n {written}\u00a0", f"{written},"]
    assert [dates.parse(form) for form in forms] == [dates.parse(written)] * len(forms)


@pytest.mark.parametrize("written", ["", " ", "\x00", "\ud800", *NO_DATES.strip().splitlines()])
def test_what_is_no_date_means_nothing(written: str) -> None:
    assert dates.parse(written) is None


def test_a_zone_changes_nothing() -> None:
    zones = "Z UTC GMT UT TU MSK MEZ MESZ CET CEST WAT EST AKST UTC+2 GMT+01:00 +0530 -03 (CET) (heure-locale)".split()
    meanings = [dates.parse(f"2016-03-20 23:15 {zone}") for zone in zones]
    assert meanings == [Date("2016-03-20T23:15", date(2016, 3, 20), date(2016, 3, 20), "minute")] * len(zones)


def test_a_long_text_is_no_date() -> None:
    longest = "the " * 16 + "17 January, 2013"
    assert (len(longest), dates.parse(longest)) == (dates.MAX_DATE_CHARS, dates.parse("2013-01-17"))
    long = [
        f"the {longest}",
        "17 janvier 2013 " * 6,
        "2" * 81,
        " " * 400 + "2013",
        "\u0301" * 1_000_000,
        "2013 " * 1_000_000,
    ]
    assert [dates.parse(text) for text in long] == [None] * len(long)


def test_the_origin_is_passed_on() -> None:
    assert dates.parse("2013-01-17", origin="manifest") == Date(
        "2013-01-17", date(2013, 1, 17), date(2013, 1, 17), "day", "manifest"
    )


MONTH_NAMES = """
january jan janvier janv januar jänner enero gennaio janeiro januari يناير جانفي كانون\u00a0الثاني
february feb février févr februar febrero febbraio fevereiro februari فبراير فيفري شباط
march mar mars märz maerz marzo março maart مارس آذار
april apr avril avr abril aprile نيسان أبريل أفريل إبريل
may mai mayo maggio maio mei مايو ماي أيار
june jun juin juni junio giugno junho يونيو يونيه جوان حزيران
july jul juillet juil juli julio luglio julho يوليو يوليوز جويلية تموز
august aug août agosto augustus أغسطس أوت غشت آب
september sep sept septembre septiembre settembre setembro سبتمبر شتنبر أيلول
october oct octobre oktober octubre ottobre outubro أكتوبر تشرين\u00a0الأول
november nov novembre noviembre novembro نوفمبر نونبر تشرين\u00a0الثاني
december dec décembre déc dezember dez diciembre dicembre dezembro ديسمبر دجنبر كانون\u00a0الأول
"""


@pytest.mark.parametrize(("month", "names"), list(enumerate(MONTH_NAMES.strip("\n").split("\n"), start=1)))
def test_each_month_has_its_names(month: int, names: str) -> None:
    forms = [f"17 {name} 2013" for name in names.split(" ")]
    day = date(2013, month, 17)
    assert [dates.parse(form) for form in forms] == [Date(day.isoformat(), day, day, "day")] * len(forms)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("2013-01-17_cable.txt", "2013-01-17"),
        ("cable-20130117.txt", "2013-01-17"),
        ("2013_01_17.md", "2013-01-17"),
        ("press/2013.01.17 Un accord.txt", "2013-01-17"),
        ("IMG20130117.jpg", "2013-01-17"),
        ("IMG_20130117_231502.jpg", "2013-01-17"),
        ("20130117T231502Z.eml", "2013-01-17"),
        ("2013-13-45 and 2013-01-17.txt", "2013-01-17"),
        ("2013-01_17.txt", None),
        ("2013-02-30.txt", None),
        ("120130117.txt", None),
        ("201301171.txt", None),
        ("000_d20130117c708d6f.txt", None),
        ("F-2014-20439.txt", None),
        ("2013.txt", None),
        ("", None),
    ],
)
def test_the_date_in_a_name_is_one_written_in_full(name: str, value: str | None) -> None:
    found = dates.from_name(name)
    assert (found and (found.value, found.precision, found.origin)) == (value and (value, "day", "file name"))


# Properties ---------------------------------------------------------------------------------------

_FORMS = st.sampled_from([*(written for written, _ in ROWS), *VALUES])
_RANGES = st.tuples(_FORMS, st.sampled_from(["/", "..", " - ", "-", " to ", " au "]), _FORMS).map("".join)
_PIECES = st.sampled_from([*WORDS, *VALUES, *"/-–.,:~?%XTW 0123456789"])
_TEXTS = (
    st.text()
    | _FORMS
    | _RANGES
    | st.lists(_PIECES, max_size=8).map(" ".join)
    | st.lists(_PIECES, max_size=8).map("".join)
)


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    meaning = Date(day.isoformat(), day, day, "day")
    forms = ["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%d/%m/%Y"]
    assert [dates.parse(day.strftime(form)) for form in forms] == [meaning] * len(forms)
    assert dates.parse(f"{day:%G-W%V-%u}") == (meaning if 1000 <= day.isocalendar().year <= 2999 else None)
    assert dates.parse(f"{day:%Y-%j}") == meaning


@given(_TEXTS)
def test_a_text_of_any_kind_is_a_date_with_a_beginning_and_an_end_or_none(text: str) -> None:
    found = dates.parse(text)
    if found:
        assert found.earliest <= found.latest
        assert found.precision in {"minute", "day", "month", "season", "year", "decade", "century", "interval"}
    dates.from_name(text)


@given(_TEXTS)
@example("vers le 17 janvier 2013 à 23h15")
@example("Q1 2012 - Q2 2013")
@example("late 1990s")
def test_a_value_means_what_it_stands_for(text: str) -> None:
    found = dates.parse(text)
    assert found is None or dates.parse(found.value) == found
