"""Words that are written in two ways: Hebrew acronyms with and without their sign, Korean nouns
with and without particles. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEBREW = "\u05d0-\u05ea"
GERSHAYIM = re.compile(rf"(?<=[{_HEBREW}])[\"“”](?=[{_HEBREW}](?![{_HEBREW}]))")
"""Quote before the last letter of a Hebrew word, which marks an acronym and quotes nothing."""
_ACRONYM = re.compile(rf"([{_HEBREW}]+)\u05f4([{_HEBREW}])")
_HEBREW_WORD = re.compile(rf"[{_HEBREW}]{{2,6}}")

_HANGUL_WORD = re.compile(r"[\uac00-\ud7a3]{2,}")
_PARTICLES = (
    "은 는 이 가 을 를 에 에서 에게 에는 에도 의 와 과 도 만 로 으로 까지 부터 보다 처럼 께서 이나 나 마다 조차 한테 "
    "이라고 라고 이다 입니다 들 들이 들은 들을 들의 에서는 에서도 으로부터"
).split()
_MIN_NOUN_SYLLABLES = 2


def forms(word: str) -> Iterator[tuple[str, ...]]:
    """Yield the other ways to write a word, each as its parts."""
    if acronym := _ACRONYM.fullmatch(word):
        yield (acronym[1] + acronym[2],)
    elif _HEBREW_WORD.fullmatch(word):
        yield word[:-1], word[-1]
    elif _HANGUL_WORD.fullmatch(word):
        noun = _noun(word)
        yield from ((form,) for form in (noun, *(noun + particle for particle in _PARTICLES)) if form != word)


def _noun(word: str) -> str:
    """Return a Korean word without the longest particle that leaves two syllables."""
    endings = [one for one in _PARTICLES if word.endswith(one) and len(word) - len(one) >= _MIN_NOUN_SYLLABLES]
    return word.removesuffix(max(endings, key=len, default=""))
