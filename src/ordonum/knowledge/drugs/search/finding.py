"""The search itself: what a prescriber types, and the names that it may mean, the likeliest first. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from ordonum.knowledge.drugs.search.amounts import Amount
from ordonum.knowledge.drugs.search.index import Alias, BESIDE, FIRST, INSIDE, ROLES, SUBSTANCE, Entry, Named, SearchIndex
from ordonum.knowledge.drugs.search.matching import EXACT, FAULT, PREFIX, Vocabulary
from ordonum.knowledge.drugs.search.words import Read, folded, read, written_words

LENGTH_MAX = 200
WORDS_MAX = 12
AMOUNTS_MAX = 8
NAMES_SHOWN = 20
_SALT_LETTERS = 4
_DETAIL_LETTERS = 3
_NO_ALIAS = Alias((), ())
_GLUED = re.compile(r"\b([a-z]{3,})(\d{2,}|\d(?= ?(?:mg|g|ml|µg|ui|%)\b|[.,]\d))")


class Offer(Struct, frozen=True, kw_only=True):
    """A speciality under its name. `fits`: it has the strengths and words that were typed. `rate` in per cent.

    `generic`: type of its place in a generic group (0 princeps, 1 generic…), None outside of any.
    """

    cis: str
    name: str
    form: str
    substances: tuple[str, ...]
    sold: bool
    fits: bool
    generic: int | None
    rate: int | None
    shortage: str | None


class LookAlike(Struct, frozen=True, kw_only=True):
    """Another name that this one is taken for, and what it holds."""

    name: str
    substances: tuple[str, ...]


class FoundName(Struct, frozen=True, kw_only=True):
    """A name that was found, with every speciality that bears it: those that fit, then the others.

    `common`: a common name (DC), not a brand. `faults`: how many of the typed words had to be corrected.
    """

    name: str
    common: bool
    homeopathic: bool
    faults: int
    unmet: tuple[str, ...]
    offers: tuple[Offer, ...]
    alike: tuple[LookAlike, ...]


class Found(Struct, frozen=True, kw_only=True):
    """What a search found: the first names, how many there are in all and how many specialities they have.

    `ignored`: typed words that are in no name, substance, form nor route. `cut`: the text was too long, its end not read.
    """

    names: tuple[FoundName, ...]
    total_names: int
    total_specialities: int
    ignored: tuple[str, ...]
    cut: bool


class _Word(Struct):
    """A typed word: by name (its place), how near it is and by which of the name's own words and role; the details it may be."""

    typed: str
    names: dict[int, tuple[int, int, str]]
    details: frozenset[int]


class _Candidate(Struct):
    """A name in the running, and what sorts it."""

    rank: tuple[int | str, ...]
    place: int


class Finder:
    """Searches an index."""

    def __init__(self, index: SearchIndex) -> None:
        self.index = index
        self._vocabulary = Vocabulary(index.words)
        self._of_detail = _inverted(index, {each.details for each in index.entries})
        self._of_key = _inverted(index, {each.keys for each in index.entries})
        self._details = Vocabulary(sorted(self._of_detail))
        self._under: defaultdict[int, set[int]] = defaultdict(set)
        for place, named in enumerate(index.names):
            for each in index.entries[named.begin : named.end]:
                self._under[each.details].add(place)

    def find(self, text: str, limit: int = NAMES_SHOWN) -> Found:
        """The names that a text may mean, the likeliest first. Never raises; a long text is cut."""
        asked, cut = self._read(text)
        words = self._words(asked.words[:WORDS_MAX])
        needs = [(each.written, self._having(each)) for each in asked.amounts[:AMOUNTS_MAX]]
        having = [each for _, each in needs]
        ranked = sorted((self._candidate(place, words, having) for place in self._places(words)), key=lambda each: each.rank)
        kept = [each for each in ranked if each.rank[0] == ranked[0].rank[0] and each.rank[2] <= ranked[0].rank[2]]
        return Found(
            names=tuple(self._shown(each.place, words, needs) for each in kept[:limit]),
            total_names=len(kept),
            total_specialities=sum(self.index.names[each.place].end - self.index.names[each.place].begin for each in kept),
            ignored=tuple(each.typed for each in words if not each.names and not each.details),
            cut=cut or len(asked.words) > WORDS_MAX or len(asked.amounts) > AMOUNTS_MAX,
        )

    def _read(self, text: str) -> tuple[Read, bool]:
        """The words and amounts typed; «doliprane1000» in two."""
        plain = _GLUED.sub(lambda found: found[0] if found[0] in self._vocabulary else f"{found[1]} {found[2]}", folded(text[:LENGTH_MAX]))
        asked = read(plain[:LENGTH_MAX])
        if not asked.words and not asked.amounts:
            asked = replace(asked, words=written_words(asked.plain))
        return asked, len(text) > LENGTH_MAX

    def _words(self, typed: tuple[str, ...]) -> list[_Word]:
        """What each word may be; two of them together may be one: «solu medrol», «vitamine d»."""
        words = [self._word(each) for each in typed]
        for one, other in pairwise(words):
            joined = one.typed + other.typed
            known = self.index.postings[self._vocabulary.place(joined)] if joined in self._vocabulary else ()
            for posting in (*known, *self._alias(joined).postings):
                place, role = divmod(posting, ROLES)
                for each in (one, other):
                    each.names[place] = min((EXACT, role, joined), each.names.get(place, (FAULT, role, joined)))
        return words

    def _word(self, typed: str) -> _Word:
        """What a typed word may be. A word that is that of a form as it stands is no faulty name, nor the other way round."""
        names = self._named(typed)
        details = self._detailed(typed, faulty=not names)
        if details and all(near >= FAULT for near, _, _ in names.values()):
            names = {}
        return _Word(typed, names, details)

    def _named(self, typed: str) -> dict[int, tuple[int, int, str]]:
        found: dict[int, tuple[int, int, str]] = {}
        for near, word in self._vocabulary.near(typed):
            last = BESIDE if near == EXACT or len(typed) >= _SALT_LETTERS else INSIDE if len(typed) == 1 else SUBSTANCE
            for posting in self.index.postings[self._vocabulary.place(word)]:
                place, role = divmod(posting, ROLES)
                if role <= last and (place not in found or (near, role) < found[place][:2]):
                    found[place] = (near, role, word)
        for posting in self._alias(typed).postings:
            place, role = divmod(posting, ROLES)
            found[place] = min((EXACT, role, typed), found.get(place, (FAULT, role, typed)))
        return found

    def _alias(self, word: str) -> Alias:
        return self.index.aliases.get(word, _NO_ALIAS)

    def _detailed(self, typed: str, *, faulty: bool) -> frozenset[int]:
        """The texts of details that have the word, or one that it begins; at one fault if it is nothing else."""
        if len(typed) < _DETAIL_LETTERS:
            return frozenset(self._of_detail.get(typed, ()))
        near = list(self._details.near(typed))
        words = [word for how, word in near if how <= PREFIX] or [word for _, word in near if faulty]
        return frozenset().union(*(self._of_detail[word] for word in words))

    def _having(self, amount: Amount) -> frozenset[int]:
        return frozenset().union(*(self._of_key.get(key, ()) for key in amount.wanted))

    def _places(self, words: list[_Word]) -> Iterable[int]:
        """The names to judge: those that have as many as can be of the words that only a name can have; else any of the others."""
        letters: Counter[int] = Counter()
        for each in words:
            letters.update(dict.fromkeys(each.names, len(each.typed)))
        most = max((len(each.typed) for each in words if each.names and not each.details), default=0)
        if most:
            return [place for place, count in letters.items() if count >= most]
        together = [each.details for each in words if each.details and not each.names]
        texts = frozenset[int]().union(*(each.details for each in words))
        for each in together:
            texts = texts & each or texts
        return set(letters).union(*(self._under[text] for text in texts))

    def _candidate(self, place: int, words: list[_Word], amounts: list[frozenset[int]]) -> _Candidate:
        met = [each.names[place] for each in words if place in each.names]
        others = [each for each in words if place not in each.names]
        details = [each.details for each in others if each.details]
        unmet, lost, sold = len(details) + len(amounts), 0, self.index.names[place].sold
        if unmet:
            best, sold = max((self._fit(entry, details, amounts), entry.sold) for entry in self._entries(place))
            unmet -= best
        if len(met) < len(words):
            lost = sum(len(each.typed) for each in others if each.names and not self._has(place, each.details))
        return _Candidate((lost, *self._rank(place, met, unmet, sold)), place)

    def _has(self, place: int, details: frozenset[int]) -> bool:
        return any(entry.details in details for entry in self._entries(place)) if details else False

    def _rank(self, place: int, met: list[tuple[int, int, str]], unmet: int, sold: bool) -> tuple[int | str, ...]:
        """What sorts a name, the likeliest first."""
        named = self.index.names[place]
        if not met:
            return 0, unmet, True, 0, not sold, 0, named.homeopathic, 0, 0, -named.weight, named.written
        own = {word for _, _, word in met}
        own.update(word for _, _, short in met for word in self._alias(short).words)
        missing = sum(own.isdisjoint(active) for active in named.actives)
        beside = sum(word not in own for word in named.words)
        kind = _kind(named, min((role for _, role, _ in met), default=BESIDE), missing)
        near = sum(near for near, _, _ in met)
        return (
            sum(near >= FAULT for near, _, _ in met),
            unmet,
            kind > 0,
            near if kind == 0 else 0,
            not sold,
            kind,
            named.homeopathic,
            near,
            missing + beside if named.common else beside,
            -named.weight,
            named.written,
        )

    def _entries(self, place: int) -> list[Entry]:
        return self.index.entries[self.index.names[place].begin : self.index.names[place].end]

    def _fit(self, entry: Entry, details: list[frozenset[int]], amounts: list[frozenset[int]]) -> int:
        """How many of the details and amounts a speciality has."""
        return sum(entry.details in each for each in details) + sum(entry.keys in each for each in amounts)

    def _shown(self, place: int, words: list[_Word], amounts: list[tuple[str, frozenset[int]]]) -> FoundName:
        named, entries = self.index.names[place], self._entries(place)
        details = [(each.typed, each.details) for each in words if place not in each.names and (each.names or each.details)]
        having = [[each for _, each in details], [each for _, each in amounts]]
        counted = [self._fit(each, *having) for each in entries]
        fitting = [each for each, count in zip(entries, counted, strict=True) if count == max(counted)]
        lacking = [typed for typed, texts in details if not any(each.details in texts for each in fitting)]
        lacking += [typed for typed, texts in amounts if not any(each.keys in texts for each in fitting)]
        others = [each for each, count in zip(entries, counted, strict=True) if count < max(counted)]
        return FoundName(
            name=named.written,
            common=named.common,
            homeopathic=named.homeopathic,
            faults=sum(each.names[place][0] >= FAULT for each in words if place in each.names),
            unmet=tuple(lacking),
            offers=(*(self._offer(each, True) for each in fitting), *(self._offer(each, False) for each in others)),
            alike=tuple(self._alike(self.index.names[each]) for each in named.alike),
        )

    def _offer(self, entry: Entry, fits: bool) -> Offer:
        texts = self.index.texts
        return Offer(
            cis=entry.cis,
            name=entry.full,
            form=texts[entry.form],
            substances=tuple(texts[each] for each in entry.substances),
            sold=entry.sold,
            fits=fits,
            generic=entry.generic if entry.generic >= 0 else None,
            rate=entry.rate if entry.rate >= 0 else None,
            shortage=texts[entry.shortage] if entry.shortage >= 0 else None,
        )

    def _alike(self, named: Named) -> LookAlike:
        return LookAlike(name=named.written, substances=tuple(" ".join(each).upper() for each in named.actives))


def _inverted(index: SearchIndex, places: set[int]) -> dict[str, tuple[int, ...]]:
    """By word, the texts that have it."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place in sorted(places):
        for word in index.texts[place].split():
            found[word].append(place)
    return {word: tuple(texts) for word, texts in found.items()}


def _kind(named: Named, best: int, missing: int) -> int:
    """0: it is this name (a brand, or all the substances of a common name); 1: all its substances; 2, 3: a part of them."""
    if named.common:
        return 0 if best <= INSIDE and not missing else 2 if best == FIRST else 3
    if best == FIRST:
        return 0
    if not missing:
        return 1
    return 2 if best == INSIDE else 3
