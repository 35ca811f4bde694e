"""The search itself: what a prescriber types, and the names that it may mean, the likeliest first. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from ordonum.knowledge.drugs.search.asked import Asked, Hit, Reader, Strength, Word
from ordonum.knowledge.drugs.search.entries import Entry
from ordonum.knowledge.drugs.search.found import NOTHING, Found, FoundName, LookAlike, Offer
from ordonum.knowledge.drugs.search.index import FIRST, INSIDE, Named, SearchIndex
from ordonum.knowledge.drugs.search.matching import FAULT

NAMES_SHOWN = 20
# What a speciality has of what was typed weighs: a strength more than a word of its form.
_STRENGTH, _DETAIL = 3, 2
_NO_NAME = 4  # the kind of what is found by its form or seller only

Rank = tuple[int | str, ...]


class Finder:
    """Searches an index."""

    def __init__(self, index: SearchIndex) -> None:
        self.index = index
        self._reader = Reader(index)
        self._under: defaultdict[int, set[int]] = defaultdict(set)
        for place, named in enumerate(index.names):
            for each in index.entries[named.begin : named.end]:
                self._under[each.details].add(place)

    def find(self, text: str, limit: int = NAMES_SHOWN) -> Found:
        """The names that a text may mean, the likeliest first. Never raises; a long text is cut.

        First those that lose the fewest letters; then by fewer faults; by strengths and form; brands and whole common names
        before mere substances; the exact before the begun; the marketed before others; the commonest substances first.
        """
        asked = self._reader.read(text)
        judged = sorted((*self._lacks(place, asked), place) for place in self._places(asked.words))
        least_lost, least_unmet = min(((lost, unmet) for lost, _, unmet, _, _ in judged[:1]), default=(0, 0))
        kept = [
            place
            for lost, _, unmet, (of_substance, near, *_), place in judged
            if lost == least_lost and (unmet <= least_unmet or not (of_substance or near))  # the very name typed stays
        ]
        return Found(
            names=tuple(self._shown(place, asked) for place in kept[:limit]),
            total_names=len(kept),
            total_specialities=sum(len(self._entries(place)) for place in kept),
            ignored=tuple(each.typed for each in asked.words if not each.names and not each.details),
            cut=asked.cut,
        )

    def bearing(self, cis: str) -> Found:
        """The name of a speciality, found by its code: it alone fits."""
        at = next((at for at, each in enumerate(self.index.entries) if each.cis == cis), None)
        if at is None:
            return NOTHING
        named = next(each for each in self.index.names if each.begin <= at < each.end)
        entries = self.index.entries[named.begin : named.end]
        fitting = [each for each in entries if each.cis == cis]
        name = self._named(named, (), (), fitting, [each for each in entries if each.cis != cis])
        return Found(names=(name,), total_names=1, total_specialities=len(entries), ignored=(), cut=False)

    def _entries(self, place: int) -> Sequence[Entry]:
        return self.index.entries[self.index.names[place].begin : self.index.names[place].end]

    def _places(self, words: Sequence[Word]) -> list[int]:
        """The names to judge: those that, with their specialities, have the most letters of what is typed.

        A single letter counts for nothing; a detail at one fault only beside another word.
        """
        letters: Counter[int] = Counter()
        for each in words:
            texts = each.details if len(words) > 1 or not (each.guessed and each.names) else ()
            having = set(each.names).union(*(self._under[text] for text in texts))
            letters.update(dict.fromkeys(having, len(each.typed) if len(each.typed) > 1 else 0))
        most = max(letters.values(), default=0)
        return [place for place, count in letters.items() if count == most]

    def _lacks(self, place: int, asked: Asked) -> tuple[int, int, int, Rank]:
        """How many letters a name loses, its faults, the weight of strengths and details unmet, then what sorts it further."""
        named = self.index.names[place]
        hits = [each.names[place] for each in asked.words if place in each.names]
        others = [each for each in asked.words if place not in each.names]
        details = [each for each in others if each.details]
        brief, lost, unmet, sold = 0, 0, len(details) * _DETAIL + len(asked.strengths) * _STRENGTH, named.sold
        if unmet:
            entries = self._entries(place)
            best, sold = max((_fit(entry, details, asked.strengths), entry.sold) for entry in entries)
            unmet -= best
        faults = sum(hit.near >= FAULT for hit in hits)
        for each in others:
            if any(entry.details in each.details for entry in self._entries(place)):
                faults += each.guessed and not hits
            elif each.names:
                lost += len(each.typed) if len(each.typed) > 1 else 0
                brief += len(each.typed) == 1
        return lost, faults, unmet, self._rank(named, hits, sold, brief)

    def _rank(self, named: Named, hits: list[Hit], sold: bool, brief: int) -> Rank:
        if not hits:
            return True, 0, not sold, _NO_NAME, named.homeopathic, 0, brief, 0, -named.weight, named.written
        own = {hit.word for hit in hits}
        own.update(word for hit in hits for word in self._reader.stands_for(hit.word))
        missing = sum(own.isdisjoint(active) for active in named.actives)
        beside = sum(word not in own for word in named.words)
        kind = _kind(named, min(hit.role for hit in hits), missing)
        near = sum(hit.near for hit in hits)
        return (
            kind > 0,
            near if kind == 0 else 0,
            not sold,
            kind,
            named.homeopathic,
            near,
            brief,
            missing + beside if named.common else beside,
            -named.weight,
            named.written,
        )

    def _shown(self, place: int, asked: Asked) -> FoundName:
        entries = self._entries(place)
        details = [each for each in asked.words if place not in each.names and (each.names or each.details)]
        counted = [_fit(each, details, asked.strengths) for each in entries]
        best = max(counted)
        fitting = [each for each, count in zip(entries, counted, strict=True) if count == best]
        unmet = [each.typed for each in asked.strengths if not any(entry.keys in each.keys for entry in fitting)]
        unmet += [each.typed for each in details if not any(entry.details in each.details for entry in fitting)]
        hits = [each.names[place] for each in asked.words if place in each.names]
        others = [each for each, count in zip(entries, counted, strict=True) if count < best]
        return self._named(self.index.names[place], hits, tuple(unmet), fitting, others)

    def _named(
        self,
        named: Named,
        hits: Sequence[Hit],
        unmet: tuple[str, ...],
        fitting: Sequence[Entry],
        others: Sequence[Entry],
    ) -> FoundName:
        return FoundName(
            name=named.written,
            common=named.common,
            homeopathic=named.homeopathic,
            faults=sum(hit.near >= FAULT for hit in hits),
            near=max((hit.near for hit in hits), default=None),
            named=any(hit.role <= INSIDE for hit in hits),
            unmet=unmet,
            offers=tuple(self._offer(each, at < len(fitting)) for at, each in enumerate((*fitting, *others))),
            alike=tuple(_alike(self.index.names[each]) for each in named.alike),
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


def _fit(entry: Entry, details: Sequence[Word], strengths: Sequence[Strength]) -> int:
    """The weight of the details and strengths that a speciality has."""
    has = sum(entry.details in each.details for each in details) * _DETAIL
    has += sum(entry.keys in each.keys for each in strengths) * _STRENGTH
    return has + sum(entry.keys in each.keys and entry.keys in each.written for each in strengths)


def _alike(named: Named) -> LookAlike:
    return LookAlike(name=named.written, substances=tuple(" ".join(each).upper() for each in named.actives))


def _kind(named: Named, best: int, missing: int) -> int:
    """0: it is this name (a brand, or all the substances of a common name); 1: all its substances; 2, 3: a part of them."""
    if named.common:
        return 0 if best <= INSIDE and not missing else 2 if best == FIRST else 3
    if best == FIRST:
        return 0
    if not missing:
        return 1
    return 2 if best <= INSIDE else 3
