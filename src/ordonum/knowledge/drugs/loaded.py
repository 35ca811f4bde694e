"""A drug base in memory: an index, and the records it leads to, decoded when they are asked for. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache

from msgspec import Struct

from ordonum.knowledge.drugs.base import Edition
from ordonum.knowledge.drugs.search.finding import Finder
from ordonum.knowledge.drugs.search.index import SearchIndex, build
from ordonum.model.conditions import bare_substance, plain_words
from ordonum.model.drug import Presentation, Speciality

KEPT = 2_048
"""How many decoded specialities are kept at hand (about 3 kB each)."""


class Index(Struct, frozen=True):
    """Where everything is: CIS codes in their order; by CIP13, by name of a component and by group, places in that order."""

    cis: tuple[str, ...]
    presentations: dict[str, int]
    substances: dict[str, tuple[int, ...]]
    groups: dict[int, tuple[int, ...]]


def indexed(specialities: Iterable[Speciality]) -> Index:
    """The index of specialities that are in the order of their CIS codes."""
    cis: list[str] = []
    presentations: dict[str, int] = {}
    substances: defaultdict[str, list[int]] = defaultdict(list)
    ranked: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for place, each in enumerate(specialities):
        cis.append(each.cis)
        for box in each.presentations:
            presentations[box.cip13] = place
        for name in sorted({component.name for component in each.components}):
            substances[name].append(place)
        for group in each.groups:
            ranked[group.group].append((group.rank, place))
    groups = {group: tuple(place for _, place in sorted(ranked[group])) for group in sorted(ranked)}
    return Index(tuple(cis), presentations, {name: tuple(substances[name]) for name in sorted(substances)}, groups)


class LoadedBase:
    """A DrugBase: its edition, its index, and how the record at a place is read. At most KEPT records stay decoded."""

    def __init__(
        self,
        edition: Edition,
        index: Index,
        record: Callable[[int], Speciality],
        searched: Callable[[], SearchIndex] | None = None,
    ) -> None:
        self.edition = edition
        self._searched = searched
        self._index = index
        self._record = record
        self._kept = lru_cache(maxsize=KEPT)(record)
        self._places = {cis: place for place, cis in enumerate(index.cis)}

    @cached_property
    def finder(self) -> Finder:
        """What finds names in it, made ready when it is first asked for."""
        return Finder(self._searched() if self._searched is not None else build(self.specialities()))

    def speciality(self, cis: str) -> Speciality | None:
        """The speciality of this CIS code."""
        place = self._places.get(cis)
        return None if place is None else self._kept(place)

    def presentation(self, cip13: str) -> tuple[Speciality, Presentation] | None:
        """The presentation of this CIP13 code, with its speciality."""
        place = self._index.presentations.get(cip13)
        if place is None:
            return None
        found = self._kept(place)
        return found, next(each for each in found.presentations if each.cip13 == cip13)

    @property
    def records_kept(self) -> int:
        """How many decoded records are at hand."""
        return self._kept.cache_info().currsize

    def by_cip7(self, cip7: str) -> tuple[Speciality, Presentation] | None:
        """The presentation of this CIP7 code, with its speciality: a CIP13 is 34009, the CIP7 and a key."""
        if len(cip7) != 7:
            return None
        return next((found for key in range(10) if (found := self.presentation(f"34009{cip7}{key}")) is not None), None)

    def of_substance(self, name: str) -> tuple[str, ...]:
        """The CIS codes of the specialities with that active substance, named as `bare_substance` gives it.

        A substance is found by its own bare name and by that of the therapeutic fraction it brings.
        """
        return tuple(self._index.cis[place] for place in sorted(self._bare.get(name, ())))

    def of_brand(self, name: str) -> tuple[str, ...]:
        """The CIS codes of the specialities of that very brand; none for a common name, or a name that is not whole."""
        found = next(iter(self.finder.find(name, 1).names), None)
        if found is None or found.common or plain_words(found.name) != plain_words(name):
            return ()
        return tuple(each.cis for each in found.offers)

    @cached_property
    def _bare(self) -> dict[str, set[int]]:
        """By bare substance, worked out here: what `bare_substance` leaves out may change after a file was written."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for name, places in self._index.substances.items():
            found[bare_substance(name)].update(places)
        return dict(found)

    def of_group(self, group: int) -> tuple[str, ...]:
        """The CIS codes of a generic group, in the order of their ranks."""
        return tuple(self._index.cis[place] for place in self._index.groups.get(group, ()))

    def specialities(self) -> Iterator[Speciality]:
        """Every speciality, in the order of the CIS codes; what is passed over is not kept."""
        return map(self._record, range(len(self._index.cis)))


def holding(specialities: Sequence[Speciality], edition: Edition) -> LoadedBase:
    """The base of specialities already in memory, in the order of their CIS codes."""
    return LoadedBase(edition, indexed(specialities), specialities.__getitem__)
