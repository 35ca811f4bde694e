"""The words of an index that a typed word may stand for: itself, as the beginning of them, with one typing fault. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

EXACT, PREFIX, FAULT, FAULT_PREFIX = range(4)
_FAULT_LETTERS = 4
_FAULT_LETTERS_ALONE = 3
_PREFIX_LETTERS = 5
_NO_LIMIT = None


class Vocabulary:
    """The sorted words, by length too, and their beginnings (made when a length is first asked for)."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for each in words:
            self._by_length[len(each)].append(each)
        self._begun: dict[int, list[str]] = {}

    def __contains__(self, word: str) -> bool:
        return self._at(word) is not None

    def near(self, word: str) -> list[tuple[int, str]]:
        """How near, and the word; a word may come twice, the nearer first. Faults in beginnings only if nothing else is found."""
        found = list(self._begins(word))
        if len(word) >= _FAULT_LETTERS or not found:
            found += self._with_fault(word)
        if not found and len(word) >= _PREFIX_LETTERS:
            found = [(FAULT_PREFIX, each) for each in self._begins_with_fault(word)]
        return found

    def place(self, word: str) -> int:
        """Where a word of the vocabulary stands."""
        return bisect_left(self.words, word)

    def _at(self, word: str) -> int | None:
        place = bisect_left(self.words, word)
        return place if place < len(self.words) and self.words[place] == word else None

    def _begins(self, word: str) -> Iterator[tuple[int, str]]:
        for place in range(bisect_left(self.words, word), len(self.words)):
            each = self.words[place]
            if not each.startswith(word):
                return
            yield (EXACT if each == word else PREFIX), each

    def _with_fault(self, word: str) -> Iterator[tuple[int, str]]:
        """At one fault: a letter too many, too few, another, or two the other way round."""
        if len(word) < _FAULT_LETTERS_ALONE:
            return
        for length in (len(word) - 1, len(word), len(word) + 1):
            for each, distance, _ in extract(
                word, self._by_length[length], scorer=OSA.distance, score_cutoff=1, limit=_NO_LIMIT
            ):
                if distance:
                    yield FAULT, each

    def _begins_with_fault(self, word: str) -> set[str]:
        """Words that begin, but for one fault, by what is typed."""
        found: set[str] = set()
        for length in (len(word) - 1, len(word), len(word) + 1):
            near = extract(word, self._beginnings(length), scorer=OSA.distance, score_cutoff=1, limit=_NO_LIMIT)
            for beginning, _, _ in near:
                found.update(each for _, each in self._begins(beginning))
        return found

    def _beginnings(self, length: int) -> list[str]:
        if length not in self._begun:
            self._begun[length] = sorted({each[:length] for each in self.words if len(each) > length})
        return self._begun[length]
