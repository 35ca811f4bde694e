"""From the names of a prescription to the interactions between them: the index of a table, made once. Pure.

A substance is found by its name, its salt-free names, then the aliases; it brings itself, its classes, and the classes that
its route makes. Two medicines are compared term by term; what a medicine holds inside itself is never told.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from ordonum.knowledge.interactions.aliases import BY_ROUTE, FAMILIES, PATTERNS, PREFIXES, SYNONYMS
from ordonum.knowledge.interactions.names import cores, key
from ordonum.knowledge.interactions.scope import Scope, asked, kept, local, scopes
from ordonum.knowledge.interactions.table import Degree, Entry, Table

# Words that order puts first in an index and last in a base: «sodium (bicarbonate de)», «bicarbonate de sodium».
_Side = tuple[str, str, Sequence[str], frozenset[str]]  # substance, the term that is met, all of its terms, routes
_GRAMMAR = frozenset({"de", "d", "du", "des", "la", "le", "l", "et"})


class Found(Struct, frozen=True):
    """An entry that holds between two substances: its degrees that hold, the class (empty: itself) by which each is met.

    `cover`: how many pairs those classes make, the fewer the closer; `local`: one of them is only put where it acts.
    """

    entry: Entry
    degrees: tuple[Degree, ...]
    a: str
    b: str
    cover: int
    local: bool


class Index:
    """A table, ready to be asked."""

    def __init__(self, table: Table) -> None:
        """Everything that does not depend on a prescription: names, classes of each substance, entries of each pair."""
        self._names: dict[str, set[str]] = {}
        self._classes: dict[str, set[str]] = {}
        self._sizes: dict[str, int] = {}
        self._pairs: dict[str, dict[str, list[int]]] = {}
        self._linked: dict[str, tuple[str, ...]] = {}
        self._terms: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {}
        families = {key(name): members for name, members in table.classes.items()}
        for family, members in families.items():
            self._sizes[family] = len(members)
            for each in members:
                self._classes.setdefault(key(each), set()).add(family)
        for union, parts in FAMILIES.items():
            if union not in families:
                covered = {substance for substance, of in self._classes.items() if of & set(parts)}
                self._sizes[union] = len(covered)
                for each in covered:
                    self._classes[each].add(union)
        sides = {side for entry in table.entries for side in entry.pair}
        inside = (each for family in table.classes.values() for each in family)
        for name in (
            *table.substances,
            *inside,
            *(each for each in sides if each not in self._sizes and each not in BY_ROUTE),
        ):
            self._named(name)
        self._entries: list[tuple[Entry, tuple[Scope, ...]]] = []
        for place, entry in enumerate(table.entries):
            a, b = entry.pair
            self._pairs.setdefault(a, {}).setdefault(b, []).append(place)
            if a != b:
                self._pairs.setdefault(b, {}).setdefault(a, []).append(place)
            self._entries.append((entry, self._scopes(entry, families) if len(entry.degrees) > 1 else ()))
        self._printed = {key(each): each for entry in table.entries for each in (entry.b, entry.a)}

    def _scopes(self, entry: Entry, families: Mapping[str, Sequence[str]]) -> tuple[Scope, ...]:
        """What the conduct of an entry of several degrees may name: members of its classes, and the other classes of these."""
        members = {key(each) for side in entry.pair for each in families.get(side, ())}
        return scopes(entry, members, {family for each in members for family in self._classes[each]})

    def _named(self, name: str) -> None:
        substance = key(name)
        for each in filter(None, (substance, _unordered(substance), *cores(name)[:2])):  # a class may have no member
            self._names.setdefault(each, set()).add(substance)

    def linked(self, name: str) -> tuple[str, ...]:
        """The substances of the table that a name is; none if it is not there."""
        known = self._linked.get(name)
        if known is None:
            if len(self._linked) > 20_000:
                self._linked.clear()
            known = self._linked[name] = tuple(sorted(self._search(name)))
        return known

    def _search(self, name: str) -> Iterable[str]:
        plain = key(name)
        tried = (plain, _unordered(plain), *cores(name))
        for each in tried:
            if each in self._names:
                return self._names[each]
            if each in SYNONYMS:
                return self._names.get(key(SYNONYMS[each][0]), ())
        prefix = next((whole for start, whole in PREFIXES.items() if plain.startswith(f"{start} ")), None)
        if prefix is not None and (prefix in self._pairs or prefix in self._names):
            return (prefix,)
        living = next((named for pattern, named in PATTERNS.items() if re.search(pattern, plain)), "")
        return self._names.get(key(living), ())

    def terms(self, substance: str, routes: frozenset[str]) -> tuple[str, ...]:
        """A linked substance, its classes, and what its routes make of it, without those that ask for another route."""
        known = self._terms.get((substance, routes))
        if known is None:
            if len(self._terms) > 20_000:
                self._terms.clear()
            made = [family for family, wanted in BY_ROUTE.items() if wanted & routes]
            all_of_them = (substance, *sorted(self._classes.get(substance, ())), *made)
            known = tuple(each for each in all_of_them if asked(each, substance, routes))
            self._terms[substance, routes] = known
        return known

    def between(self, a: str, b: str, routes_a: frozenset[str], routes_b: frozenset[str]) -> list[Found]:
        """The entries that hold between two linked substances, each once; none between a substance and itself."""
        if a == b:
            return []
        of_a, of_b = self.terms(a, routes_a), self.terms(b, routes_b)
        found: dict[int, Found] = {}
        for term in of_a:
            partners = self._pairs.get(term)
            if partners is None:
                continue
            for other in of_b:
                if other not in partners:
                    continue
                for place in partners[other]:
                    if place not in found:
                        found[place] = self._found(place, (a, term, of_a, routes_a), (b, other, of_b, routes_b))
        return list(found.values())

    def _found(self, place: int, one: _Side, other: _Side) -> Found:
        entry, scoped = self._entries[place]
        degrees = entry.degrees
        if scoped:
            degrees = kept(scoped, (one[2], other[2]), (one[3], other[3]))
        return Found(
            entry,
            degrees,
            self._shown(one),
            self._shown(other),
            self._sizes.get(one[1], 1) * self._sizes.get(other[1], 1),
            local(one[0], one[1], one[3]) or local(other[0], other[1], other[3]),
        )

    def _shown(self, side: _Side) -> str:
        return "" if side[0] == side[1] else self._printed.get(side[1], side[1])


def _unordered(name: str) -> str:
    return " ".join(sorted(each for each in name.split() if each not in _GRAMMAR))
