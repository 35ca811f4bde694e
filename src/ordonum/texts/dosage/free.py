"""Reading of what stays words: conditions, ends, routes, sites, instructions. No number, unit, moment nor negation in them.

A word that looks like one of the language (a misspelt «matin») is no free word: the whole text is then not understood.
"""

from decimal import Decimal
from functools import lru_cache

from rapidfuzz.distance import OSA

from ordonum.texts.dosage.amounts import Tokens, key, skip, span, whole
from ordonum.texts.dosage.days import days
from ordonum.texts.dosage.facts import Words
from ordonum.texts.dosage.moments import takes
from ordonum.texts.dosage.tokens import NUMBER, SIGN, WORD, Phrases, fold, plain
from ordonum.texts.dosage.vocabulary import AS_NEEDED, COMMON, LONG, OURS, ROUTES, SETTLED, SMALL

FREE_MOST = 12  # words
_CONDITIONS = Phrases(dict.fromkeys(("si", "s'", "en cas de", "en cas d'"), ""))
_INSTRUCTIONS = Phrases(dict.fromkeys(SETTLED, ""))
_STOPS = Phrases(dict.fromkeys(("stop si", "stop en cas de", "stop en cas d'", "stop des"), ""))
_ACCORDING = Phrases(dict.fromkeys(
    ("selon l'intensite", "selon la douleur", "selon les douleurs", "selon la gene", "selon les symptomes",
     "selon l'evolution", "selon la tolerance", "selon tolerance", "en fonction de l'intensite", "en fonction de la gene",
     "en fonction de la douleur", "en fonction des douleurs", "en fonction des symptomes", "en fonction de la tolerance"), "",
))  # fmt: skip
_UNTIL = Phrases(dict.fromkeys(("jusqu'a", "jusqu'au", "jusqu'aux", "jusque", "tant que", "tant qu'"), ""))
_SITES = Phrases(dict.fromkeys(
    ("dans chaque", "dans l'", "dans les", "au niveau de", "au niveau du", "au niveau des", "dans les deux", "dans le",
    "dans la", "sur l'", "sur le", "sur la", "sur les", "dans les 2"), "",
))  # fmt: skip
_NOSTRIL = Phrases(dict.fromkeys(("/narine", "par narine"), ""))
_REMOVED = Phrases(dict.fromkeys(
    ("a retirer", "a enlever", "a oter", "le retirer", "l'enlever", "retirer", "enlever", "a laisser en place", "a garder",
     "a garder en place", "laisser en place"), "",
))  # fmt: skip


def _removed(tokens: Tokens, at: int) -> int | None:
    """«à retirer le soir», «le retirer au bout de 12 heures»: the place after it."""
    led = _REMOVED.at(tokens, at)
    if led is None:
        return None
    found = takes(tokens, led[1]) or span(tokens, skip(tokens, led[1], "au", "bout", "apres", "de", "pendant"))
    return None if found is None else found[1]


@lru_cache(maxsize=4096)
def _free(said: str) -> bool:
    """Whether a folded word may stand in a field of free words."""
    if said in COMMON:
        return True
    if said in OURS or len(said) < 3 or not any(each in "aeiouy" for each in said):
        return False
    return not any(OSA.distance(said, each, score_cutoff=1) <= 1 for each in LONG if abs(len(each) - len(said)) < 2)


def _run(tokens: Tokens, at: int, *, to_moment: bool = False, ends: bool = False) -> int | None:
    """The place after the free words that begin here; none where there are none, too many, or a word that may not be there."""
    end, last = at, at
    while end < len(tokens) and tokens[end].kind in (WORD, SIGN) and end - at <= FREE_MOST:
        said = tokens[end].key
        if ends and said == "stop" and key(tokens, end + 1) in ("de", "des", "du"):  # «jusqu'à l'arrêt de la diarrhée»
            end += 1
            continue
        if tokens[end].kind == SIGN:
            if said == "-" and end > at and _joins(tokens, end):
                end += 1
                continue
            break
        if starts(tokens, end) or (end > at and _HEAT.at(tokens, end) is not None and _heated(tokens, end)):
            break
        if to_moment and end > at and (takes(tokens, end) or days(tokens, end)):
            break
        if said in SMALL:
            joined = tokens[end - 1].key == "-" and end > at
            end += 1
            last = end if joined else last
            continue
        if not _free(said):
            return None
        end += 1
        last = end
    return last if last > at and last == end else None


def _heated(tokens: Tokens, at: int) -> bool:
    """Whether a number follows the comparison that begins here."""
    found = _HEAT.at(tokens, at)
    return found is not None and found[1] < len(tokens) and tokens[found[1]].kind == NUMBER


def _joins(tokens: Tokens, at: int) -> bool:
    """A hyphen inside a word («post-prandial»)."""
    return at + 1 < len(tokens) and tokens[at - 1].end == tokens[at].start and tokens[at].end == tokens[at + 1].start


_STARTS = frozenset(
    {"max", "pendant", "puis", "stop", "toutes", "chaque", "sans", "voie", "jusqu'", "jusqu", "tant", "si", "qsp", "x"}
)


def starts(tokens: Tokens, at: int) -> bool:
    """Whether the words of another piece begin here."""
    return (
        tokens[at].key in _STARTS
        or any(each.at(tokens, at) for each in (AS_NEEDED, ROUTES, _INSTRUCTIONS, _ACCORDING))
        or (key(tokens, at) == "avec" and key(tokens, at + 1) in ("un", "1") and key(tokens, at + 2) == "max")
    )


_HEAT = Phrases(dict.fromkeys(
    ("superieure ou egale a", "superieure a", "sup a", ">", "≥", "> ou = a", ">=", "a partir de", "au-dessus de",
    "au dessus de", "> a",
     "a plus de", "de plus de", "depassant", "a", "superieur a", "superieur ou egal a", "de"), "",
))  # fmt: skip
_DEGREES = Phrases(dict.fromkeys(("°c", "° c", "°", "c", "degres", "degres celsius", "degre"), ""))


class Reader:
    """Reads pieces of words out of one cleaned text."""

    def __init__(self, text: str, tokens: Tokens) -> None:
        self.text, self.tokens = text, tokens

    def said(self, start: int, end: int) -> str:
        """The words as they were written, between two places."""
        return " ".join(self.text[self.tokens[start].start : self.tokens[end - 1].end].split())

    def figured(self, start: int, end: int) -> str:
        """The same with its numbers in figures, as they are read again from words."""
        tokens = self.tokens[start:end]
        if all(each.value is None or each.value == 1 for each in tokens):
            return self.said(start, end)
        spaced = [not place or each.start > tokens[place - 1].end for place, each in enumerate(tokens)]
        said = [str(each.value) if each.value is not None else self.text[each.start : each.end] for each in tokens]
        return (
            "".join(f" {one}" if space else one for one, space in zip(said, spaced, strict=True))
            .strip()
            .replace(".", ",")
        )

    def words(self, at: int) -> tuple[Words, int] | None:
        """The condition, the end, the route, the site or the instruction that begins here."""
        return self._settled(at) or self._led(at)

    def _settled(self, at: int) -> tuple[Words, int] | None:
        for field, phrases in (("as_needed", AS_NEEDED), ("route", ROUTES)):
            found = phrases.at(self.tokens, at)
            if found is not None:
                return Words(field, found[0]), found[1]
        if _NOSTRIL.at(self.tokens, at) is not None:
            return Words("site", "dans chaque narine"), at + 2
        removed = _removed(self.tokens, at)
        if removed is not None:
            return Words("instruction", self.figured(at, removed)), removed
        settled = _INSTRUCTIONS.at(self.tokens, at)
        return None if settled is None else (Words("instruction", self.figured(at, settled[1])), settled[1])

    def _led(self, at: int) -> tuple[Words, int] | None:
        for field, phrases, kept in (
            ("instruction", _STOPS, True),
            ("instruction", _ACCORDING, True),
            ("until", _UNTIL, True),
            ("as_needed", _CONDITIONS, False),
            ("site", _SITES, True),
        ):
            led = phrases.at(self.tokens, at)
            if led is None:
                continue
            if field == "as_needed" and (warm := self._warm(led[1])) is not None:
                return warm
            end = _run(self.tokens, led[1], to_moment=field == "site", ends=field == "until")
            if end is None:
                return (Words(field, self.said(at, led[1])), led[1]) if phrases is _ACCORDING else None
            if field == "as_needed":
                return self._condition(led[1], end)
            return Words(field, self.said(at if kept else led[1], end)), end
        return None

    def _warm(self, at: int) -> tuple[Words, int] | None:
        """«T° > 38,5»."""
        end = at + 1 + (key(self.tokens, at + 1) == "°")
        if key(self.tokens, at) not in ("t", "temp") or not _heated(self.tokens, end):
            return None
        found, after = self._condition(at, end)
        return None if "°C" not in found.text else (found, after)

    def _condition(self, start: int, end: int) -> tuple[Words, int]:
        """«température supérieure ou égale à 38,5 °C»: the only number that a condition may hold."""
        heat = _HEAT.at(self.tokens, end)
        first = fold(self.said(start, start + 1))
        if first not in ("temperature", "fievre", "t", "temp"):
            return Words("as_needed", self.said(start, end)), end
        place = end if heat is None else heat[1]
        degrees = self.tokens[place].value if place < len(self.tokens) else None
        if degrees is None or not 35 <= degrees <= 42:
            return Words("as_needed", self.said(start, end)), end
        after = _DEGREES.at(self.tokens, place + 1)
        tenth = whole(self.tokens, place + 2, 9) if key(self.tokens, place + 1) == "°" else None
        if tenth is not None and self.tokens[place + 1].end == self.tokens[place + 2].start:  # «38°5»
            degrees, after = degrees + Decimal(tenth) / 10, _DEGREES.at(self.tokens, place + 3) or ("", place + 3)
        said = self.said(start, place)
        if first in ("t", "temp"):
            said = f"température {self.said(end, place)}"
        figure = str(plain(degrees)).replace(".", ",")
        return Words("as_needed", f"{said} {figure} °C"), place + 1 if after is None else after[1]


__all__ = ["NUMBER", "Reader", "plain"]
