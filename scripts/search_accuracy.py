"""How often the search of medicines finds a name that is typed with one fault, over a whole base. Faults are made by rule.

    python scripts/search_accuracy.py FILE_OF_THE_BASE [--one-in N]

For every name of six letters or more (that of a brand or common name, and that of each active substance), one fault of each
kind, at a place drawn by the seed: a letter left out, two letters the other way round, a letter that is its neighbour on an
AZERTY keyboard, a letter doubled. Right: the name is among the first three distinct names shown; for a substance, one of
those three holds it. A fault may make another real name: those are counted, and the stricter figure takes each for a miss.
"""

import random
from collections.abc import Callable, Iterator
from statistics import quantiles
from time import thread_time

from msgspec import Struct

from ordonum.knowledge.drugs.base import DrugBase
from ordonum.knowledge.drugs.search import Finder, Found
from ordonum.knowledge.drugs.search.index import substance_words
from ordonum.knowledge.drugs.search.words import plain_words

SEED = 20261122
LETTERS_MIN = 6
FIRST = 3
_KEYBOARD = ("azertyuiop", "qsdfghjklm", "wxcvbn")


class Accuracy(Struct, frozen=True, kw_only=True):
    """What was tried and found. `real`: misspellings that are another real name; `misses`: the first of them, to read.

    `found_strictly` takes each of the `real` for a miss. Times are of processor, of one search, in milliseconds.
    """

    seed: int
    names: int
    substances: int
    tried: int
    found: int
    real: int
    found_strictly: int
    by_fault: dict[str, tuple[int, int]]
    misses: tuple[tuple[str, str], ...]
    p50_ms: float
    p95_ms: float
    max_ms: float

    @property
    def rate(self) -> float:
        """The share that is found."""
        return self.found / self.tried

    @property
    def strict_rate(self) -> float:
        """The share that is found, where a misspelling that is another real name is a miss."""
        return self.found_strictly / self.tried


def neighbours(letter: str) -> str:
    """The letters beside one on an AZERTY keyboard: on its row, and where the rows above and below touch it."""
    for row, keys in enumerate(_KEYBOARD):
        if letter in keys:
            at = keys.index(letter)
            beside = [(row, at - 1), (row, at + 1), (row - 1, at), (row - 1, at + 1), (row + 1, at - 1), (row + 1, at)]
            return "".join(
                _KEYBOARD[r][c] for r, c in beside if 0 <= r < len(_KEYBOARD) and 0 <= c < len(_KEYBOARD[r])
            )
    return ""


def _without(name: str, at: int, _: random.Random) -> str:
    return name[:at] + name[at + 1 :]


def _swapped(name: str, at: int, _: random.Random) -> str:
    if at + 1 >= len(name) or not name[at + 1].isalpha():
        at -= 1
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :] if at >= 0 and name[at].isalpha() else name


def _beside(name: str, at: int, chance: random.Random) -> str:
    return name[:at] + chance.choice(neighbours(name[at]) or name[at]) + name[at + 1 :]


def _doubled(name: str, at: int, _: random.Random) -> str:
    return name[:at] + name[at] + name[at:]


FAULTS: dict[str, Callable[[str, int, random.Random], str]] = {
    "deletion": _without,
    "transposition": _swapped,
    "azerty": _beside,
    "doubled": _doubled,
}


def faulty(name: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """The name with one fault of each kind; a fault that changes nothing (two like letters) is drawn again."""
    letters = [at for at, letter in enumerate(name) if letter.isalpha()]
    for kind, make in FAULTS.items():
        for _ in range(20):
            made = make(name, chance.choice(letters), chance)
            if made != name:
                yield kind, made
                break


def wanted(base: DrugBase, finder: Finder) -> dict[str, frozenset[str]]:
    """By what is typed, the CIS codes of which one must be shown: brand and common names first, then substances."""
    by_name: dict[str, set[str]] = {}
    by_substance: dict[str, set[str]] = {}
    for named in finder.index.names:
        cis = {each.cis for each in finder.index.entries[named.begin : named.end]}
        by_name.setdefault(" ".join(named.words), set()).update(cis)
    for each in base.specialities():
        for part in each.active:
            by_substance.setdefault(" ".join(substance_words(part.name)), set()).add(each.cis)
    both = {name: by_name.get(name, set()) | by_substance.get(name, set()) for name in (*by_name, *by_substance)}
    return {name: frozenset(cis) for name, cis in both.items() if sum(each.isalpha() for each in name) >= LETTERS_MIN}


def accuracy(base: DrugBase, finder: Finder, one_in: int = 1, seed: int = SEED) -> Accuracy:
    """Tries one name in so many of a base, each with every kind of fault."""
    chance = random.Random(seed)
    right = wanted(base, finder)
    names = {" ".join(each.words) for each in finder.index.names}
    chosen = [name for name in sorted(right) if chance.randrange(one_in) == 0]
    counted = {kind: [0, 0] for kind in FAULTS}
    misses, times, real, strictly = list[tuple[str, str]](), list[float](), 0, 0
    for name in chosen:
        for kind, typed in faulty(name, chance):
            begun = thread_time()
            found = finder.find(typed)
            times.append((thread_time() - begun) * 1000)
            good, other = _shows(found, right[name]), typed in right or typed in names
            counted[kind][0] += good
            counted[kind][1] += 1
            real += other
            strictly += good and not other
            if not good:
                misses.append((name, typed))
    cuts = quantiles(times, n=100)
    return Accuracy(
        seed=seed,
        names=sum(each in names for each in chosen),
        substances=sum(each not in names for each in chosen),
        tried=len(times),
        found=sum(good for good, _ in counted.values()),
        real=real,
        found_strictly=strictly,
        by_fault={kind: (good, tried) for kind, (good, tried) in counted.items()},
        misses=tuple(misses),
        p50_ms=cuts[49],
        p95_ms=cuts[94],
        max_ms=max(times),
    )


def _shows(found: Found, cis: frozenset[str]) -> bool:
    """Whether one of the first three distinct names has one of them."""
    distinct: dict[tuple[str, ...], bool] = {}
    for name in found.names:
        shown = any(offer.cis in cis for offer in name.offers)
        words = plain_words(name.name)
        distinct[words] = distinct.get(words, False) or shown
        if len(distinct) > FIRST:
            break
    return any(list(distinct.values())[:FIRST])
