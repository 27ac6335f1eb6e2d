"""Collections of documents whose golden files show what is hard to draw, by path and text."""

from __future__ import annotations

import unicodedata

COLLECTION = {
    "INDEX.md": "- [Gone](gone.txt)\n- `été.txt`\n- [Copy](copy.txt) — date: 2011; language: en\n- `été.txt`\n",
    "été.txt": "2016-03-20 - Un été\n\nDes élèves et leurs professeurs, réunis dans la cour de l'école.\n",
    "copy.txt": "2016-03-20 - Un été\n\nDes élèves et leurs professeurs, réunis dans la cour de l'école.\n",
    "رسالة.txt": "رسالة لا يذكرها أحد\n",
}


FAILING = {
    "INDEX.md": "- [Gone](gone.txt)\n- [Out of reach](../letter.txt)\n- `été.txt`\n- `empty.txt`\n- `broken.pdf`\n"
    "- [رسالة](رسالة.txt) — date: soon\n",
    "été.txt": COLLECTION["été.txt"],
    "empty.txt": "",
    "broken.pdf": "%PDF-1.7 and no more\n",
    "رسالة.txt": COLLECTION["رسالة.txt"],
}
FOLDER = {
    "été.txt": COLLECTION["été.txt"],
    **{f"photos/{number}.jpg": "\xff\xd8" for number in range(1_200)},
    "film.mkv": "x",
    "a-name-that-goes-on-and-on-and-on-until-no-line-of-a-small-terminal-could-hold-it.zip": "PK\x03\x04 no more",
}

PIECE = """Le directeur a lu un message ancien devant ses élèves. Personne n'y trouvait de preuve ; chacun relisait
la date, la signature, puis l'adresse. Une copie traînait dans un tiroir depuis quatre hivers, avec trois photographies
et le reçu d'un hôtel fermé. On décida de demander au greffe, à la mairie, aux anciens voisins, ce qu'ils savaient. Un
silence poli répondit presque partout, sauf chez la libraire, qui promit d'écrire bientôt tout ce dont elle se souvient.
"""
REPRINTS = {
    "INDEX.md": "- [Un message ancien](a.txt) — publisher: La Gazette; language: fr; date: 2016-03-20\n"
    "- [Un message ancien, lu devant les élèves, que nul n'attendait](b.txt) — publisher: Le Courrier; language: fr\n"
    "- [رسالة](c.txt) — language: ar\n- [رسالة](d.txt) — language: ar\n- [Message](e.txt) — language: en\n",
    "a.txt": PIECE,
    "b.txt": PIECE.replace("élèves", "lecteurs"),
    "c.txt": "قرأ المدير الرسالة أمام التلاميذ\n",
    "d.txt": "قرأ المدير الرسالة أمام التلاميذ\n",
    "e.txt": "No message came.\n",
}


LONG = "2016-03-20 - Un titre qui n'en finit pas de dire que le message, lu et relu, ne dit rien de ce qu'on en dit, "
HARD = {
    "long.txt": LONG + "et rien de plus\n\nLe Courrier - Le message fut lu devant les élèves de toute l'école.\n",
    "rtl.txt": "2013-01-17 - "
    + "رسالة طويلة عن message قديم قرأه المدير أمام التلاميذ " * 3
    + "\n\nقال إن message قديم.\n",
    "none": "message",
    "deep/" * 12 + "a-name-that-goes-on-and-on.txt": "One message far below the others.\n",
    "cjk.txt": "学校からの message\n\n" + "先生は古い message を生徒たちの前で読みました。" * 4 + "\n",
    "marks.txt": unicodedata.normalize("NFD", "Le mélange\n\nUn été passé, un message déchiré à l'école.\n"),
    "pages.txt": "Minutes\n\nThe message was read.\n\f\nThe message was read, this message kept.\n\fNo word.\n",
    "many.txt": "A log\n\n" + "".join(f"Entry {number} tells of the message.\n" for number in range(1, 1_000)),
    "odd.txt": "[red]A message[/red] \u202e=cmd()\n\nA message \x1b[31mthat acts\x07, \u2066so to speak.\n",
}

DRAFTS = {
    "brouillon.md": """# Un brouillon

« C'est WikiLeaks qui a rendu ce message public, quatre jours avant la parution du texte », lit-on. Il parle d'« un
ensemble de 30.522 pièces, conservées sur un serveur privé de Hillary Clinton », gardé « jadis ».

> Il dit que l'accord est établi, il rapporte ce qu'un message en disait.
> — Un lecteur

« du 17 janvier 2013. La veille avait commencé l'affaire […] non loin d'In Amenas », puis « un accord public de
Belmokhtar avec des amis d'Alger qui n'en disaient plus rien à personne » et « des violons sous une lune violette ».
""",
    "مسودة.md": """«ويطرح المقال الأمر في صيغة سؤال، ولا يورد ردًّا من أيّ طرف» و«تغطي الأعوام من ٢٠١١ إلى ٢٠١٤».

«بحسب المقال، كشفت ويكيليكس عن الرسالة […] وهي واحدة من مجموعة صغيرة من الوثائق».
""",
}
