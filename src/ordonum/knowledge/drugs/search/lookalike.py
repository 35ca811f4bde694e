"""Names that are taken for one another: near in their letters, and of other substances. Pure.

A rule of ours, not an official list.

Two marketed names (homeopathy apart), by their first word of five letters or more, without any active substance in common, when
1. one typing fault turns one into the other, or two do and they begin by the same letter (ACULAR, ACUPAN); or
2. three do, and their first three letters are the same (LAMICTAL, LAMISIL), of seven at least; or
3. both are brands, begin by the same letter, have the same first three letters in another order, the same last letter, and
   lengths that differ by one at most (PREVISCAN, PERMIXON); or
4. one begins the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

LETTERS_MIN = 5
_BEGINNING = 3
_LONG = 7
_NO_LIMIT = None


def alike(named: Iterable[tuple[int, str, frozenset[str], bool]]) -> dict[int, tuple[int, ...]]:
    """By place, the places of the names it is taken for. Each: a place, a word, words of its substances, whether a brand."""
    bearers: defaultdict[str, list[tuple[int, frozenset[str], bool]]] = defaultdict(list)
    for place, word, substances, brand in named:
        if len(word) >= LETTERS_MIN:
            bearers[word].append((place, substances, brand))
    found: defaultdict[int, set[int]] = defaultdict(set)
    for one, other, brands_only in _pairs(sorted(bearers)):
        for place, substances, brand in bearers[one]:
            for at, others, also in bearers[other]:
                if substances.isdisjoint(others) and (not brands_only or (brand and also)):
                    found[place].add(at)
                    found[at].add(place)
    return {place: tuple(sorted(found[place])) for place in sorted(found)}


def told_apart(name: str, other: str) -> str:
    """The name in small letters, what tells it from the other in capitals («lamiCTAL» beside lamisil); accents as they are."""
    one, two = name.lower(), other.lower()
    begin = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    room = min(len(one), len(two)) - begin
    end = next((at for at in range(room) if one[-1 - at] != two[-1 - at]), room)
    return one[:begin] + one[begin : len(one) - end].upper() + one[len(one) - end :]


def _pairs(words: list[str]) -> Iterator[tuple[str, str, bool]]:
    """The pairs of words that are near, and whether that holds of brands only."""
    for at, word in enumerate(words):
        for other, distance, _ in extract(word, words[at + 1 :], scorer=OSA.distance, score_cutoff=3, limit=_NO_LIMIT):
            if _near(word, other, int(distance)):
                yield word, other, False
        for other in words[at + 1 :]:
            if not other.startswith(word):
                break
            yield word, other, False
    yield from ((one, other, True) for one, other in _shuffled(words))


def _near(one: str, other: str, faults: int) -> bool:
    if faults <= 2:
        return faults == 1 or one[0] == other[0]
    return one[:_BEGINNING] == other[:_BEGINNING] and min(len(one), len(other)) >= _LONG


def _shuffled(words: list[str]) -> Iterator[tuple[str, str]]:
    alike_at_ends: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        alike_at_ends[word[0] + "".join(sorted(word[1:_BEGINNING])) + word[-1]].append(word)
    for together in alike_at_ends.values():
        for one, other in combinations(together, 2):
            if abs(len(one) - len(other)) <= 1 and one[:_BEGINNING] != other[:_BEGINNING]:
                yield one, other
