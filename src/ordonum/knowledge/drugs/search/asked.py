"""What was typed, word by word: the names that each may stand for, the forms, routes and sellers, the strengths. Pure."""

import re
from collections import defaultdict
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from ordonum.knowledge.drugs.search.index import BESIDE, INSIDE, ROLES, SUBSTANCE, Alias, SearchIndex
from ordonum.knowledge.drugs.search.matching import EXACT, PREFIX, Vocabulary
from ordonum.knowledge.drugs.search.words import Read, folded, read, written_words

LENGTH_MAX = 200
WORDS_MAX = 12
AMOUNTS_MAX = 8
_SALT_LETTERS = 4
_DETAIL_LETTERS = 3
_NO_ALIAS = Alias((), ())
_GLUED = re.compile(r"\b([a-z]{3,})(\d{2,}|\d(?= ?(?:mg|g|ml|µg|ui|%)\b|[.,]\d))")


class Hit(Struct, frozen=True, array_like=True, order=True):
    """How a typed word meets a name: how near, in which role, by which word of it. The least is the best."""

    near: int
    role: int
    word: str


class Word(Struct, frozen=True):
    """A typed word: the names that it may meet, by place; the texts of details (form, route, seller…) that have it.

    `guessed`: those details are at one fault of it.
    """

    typed: str
    names: dict[int, Hit]
    details: frozenset[int]
    guessed: bool


class Strength(Struct, frozen=True):
    """A typed strength, the texts of keys that have it, and those that have it written so («4000 UI/0,4 ml»)."""

    typed: str
    keys: frozenset[int]
    written: frozenset[int]


class Asked(Struct, frozen=True):
    """All of what was typed. `cut`: it was too long, its end is not here."""

    words: tuple[Word, ...]
    strengths: tuple[Strength, ...]
    cut: bool


class Reader:
    """Reads what is typed against an index."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._vocabulary = Vocabulary(index.words)
        self._of_detail = _inverted(index, {each.details for each in index.entries})
        self._of_key = _inverted(index, {each.keys for each in index.entries})
        self._details = Vocabulary(sorted(self._of_detail))

    def read(self, text: str) -> Asked:
        """Never raises; a long text is cut."""
        said = self._said(text)
        strengths = tuple(
            Strength(each.written, self._having(each.wanted), self._having(each.undivided))
            for each in said.amounts[:AMOUNTS_MAX]
        )
        cut = len(text) > LENGTH_MAX or len(said.words) > WORDS_MAX or len(said.amounts) > AMOUNTS_MAX
        return Asked(self._words(said.words[:WORDS_MAX]), strengths, cut)

    def _having(self, keys: frozenset[str]) -> frozenset[int]:
        return frozenset().union(*(self._of_key.get(key, ()) for key in keys))

    def stands_for(self, word: str) -> tuple[str, ...]:
        """The words that a short form stands for."""
        return self._alias(word).words

    def _said(self, text: str) -> Read:
        """The words and amounts; «doliprane1000» in two, and words of grammar where there is nothing else."""
        plain = folded(text[:LENGTH_MAX])[:LENGTH_MAX]
        said = read(_GLUED.sub(self._apart, plain))
        return said if said.words or said.amounts else replace(said, words=written_words(plain))

    def _apart(self, glued: re.Match[str]) -> str:
        return glued[0] if glued[0] in self._vocabulary else f"{glued[1]} {glued[2]}"

    def _words(self, typed: tuple[str, ...]) -> tuple[Word, ...]:
        """What each word may be; two of them together may be one: «vitamine d» is a short form, «solu medrol» a name."""
        together = list(typed)
        for at in range(len(typed) - 2, -1, -1):
            if (joined := "".join(together[at : at + 2])) in self._index.aliases:
                together[at : at + 2] = [joined]
        words = tuple(self._word(each) for each in together)
        for one, other in pairwise(words):
            joined = one.typed + other.typed
            for posting in self._index.postings[self._vocabulary.place(joined)] if joined in self._vocabulary else ():
                place, role = divmod(posting, ROLES)
                for each in (one, other):
                    if place not in each.names or each.names[place].near > EXACT:
                        each.names[place] = Hit(EXACT, role, joined)
        return words

    def _word(self, typed: str) -> Word:
        """What a typed word may be. A word of a form as it stands is no faulty name, nor a name as it stands a faulty form."""
        names = self._named(typed)
        certain = any(hit.near <= PREFIX for hit in names.values())
        near = self._near_details(typed, faulty=not certain)
        if near and not certain and near[0][0] <= PREFIX:
            names = {}
        details = frozenset[int]().union(*(self._of_detail[word] for _, word in near))
        return Word(typed, names, details, bool(near) and near[0][0] > PREFIX)

    def _named(self, typed: str) -> dict[int, Hit]:
        """The names that a word may meet, each by its best hit; short beginnings of salts and of substances are left out."""
        found: dict[int, Hit] = {}
        begun = INSIDE if len(typed) == 1 else SUBSTANCE if len(typed) < _SALT_LETTERS else BESIDE
        for near, word in self._vocabulary.near(typed):
            last = BESIDE if near == EXACT else begun
            for posting in self._index.postings[self._vocabulary.place(word)]:
                place, role = divmod(posting, ROLES)
                if role <= last and (place not in found or (near, role) < (found[place].near, found[place].role)):
                    found[place] = Hit(near, role, word)
        for posting in self._alias(typed).postings:
            place, role = divmod(posting, ROLES)
            hit = Hit(EXACT, role, typed)
            found[place] = min(hit, found.get(place, hit))
        return found

    def _alias(self, word: str) -> Alias:
        return self._index.aliases.get(word, _NO_ALIAS)

    def _near_details(self, typed: str, *, faulty: bool) -> list[tuple[int, str]]:
        """The words of details that it is or begins; at one fault if it is none."""
        if len(typed) < _DETAIL_LETTERS:
            return [(EXACT, typed)] if len(typed) > 1 and typed in self._of_detail else []
        near = self._details.near(typed)
        return [each for each in near if each[0] <= PREFIX] or (near if faulty else [])


def _inverted(index: SearchIndex, places: set[int]) -> dict[str, tuple[int, ...]]:
    """By word, the texts that have it."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place in sorted(places):
        for word in index.texts[place].split():
            found[word].append(place)
    return {word: tuple(texts) for word, texts in found.items()}
