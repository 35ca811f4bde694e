"""A name or a query in plain words: no case, accents nor punctuation, amounts apart, words of grammar left out. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from ordonum.knowledge.drugs.search.amounts import Amount, amounts

_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "’": "'", "´": "'", "`": "'", "μ": "µ", "\xa0": " ", "\u202f": " "}
)
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")
_ELIDED = re.compile(r"\b(?:qu|[dl])'(?=[a-z])")
_WORD = re.compile(r"[a-z0-9]+")
_OF_GRAMMAR = "a au aux avec contenant dans de des du en et la le les ou par pour soit un une"
GRAMMAR = frozenset(_OF_GRAMMAR.split())


class Read(Struct, frozen=True):
    """Words in their order, each with where it ends in the folded text, and the amounts that stood among them."""

    plain: str
    words: tuple[str, ...]
    ends: tuple[int, ...]
    amounts: tuple[Amount, ...]


def folded(text: str) -> str:
    """Lower case, no accents, ligatures opened, «U.I.» as «ui», «d'» and «l'» dropped."""
    plain = text.casefold()
    if not plain.isascii():
        kept = unicodedata.normalize("NFKD", plain).casefold()
        plain = "".join(each for each in kept if not unicodedata.combining(each)).translate(_LETTERS)
    dotted = _DOTTED.sub(lambda found: found[0].replace(".", ""), plain)
    return _ELIDED.sub("", dotted)


@lru_cache(maxsize=4096)
def plain_words(name: str) -> tuple[str, ...]:
    """The words of a name that has no amounts, without those of grammar."""
    return tuple(match[0] for match in _said(folded(name)))


def _said(plain: str) -> Iterator[re.Match[str]]:
    """The words of a folded text but those of grammar; a last «a» is that of «vitamine A»."""
    end = len(plain.rstrip())
    for match in _WORD.finditer(plain):
        if match[0] not in GRAMMAR or (match[0] == "a" and match.start() and match.end() == end):
            yield match


def written_words(name: str) -> tuple[str, ...]:
    """Every word and number of a name."""
    return tuple(_WORD.findall(folded(name)))


def read(text: str) -> Read:
    """The words and amounts of a text that is not folded yet."""
    plain = folded(text)
    found = amounts(plain)
    masked = list(plain)
    for each in found:
        masked[each.begin : each.end] = " " * (each.end - each.begin)
    words = list(_said("".join(masked)))
    return Read(plain, tuple(each[0] for each in words), tuple(each.end() for each in words), found)
