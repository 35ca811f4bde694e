"""What a search looks in: names, the specialities under each, the words that lead to them. Built once from a base. Pure data.

A name groups the specialities that bear it, whatever the strength, form and laboratory. Texts that many specialities have
in common stand once, in `texts`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from importlib import resources
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from ordonum.knowledge.drugs.search import lookalike
from ordonum.knowledge.drugs.search.entries import Entry, Texts, entry, homeopathic, order
from ordonum.knowledge.drugs.search.naming import Name, name_of, sellers
from ordonum.knowledge.drugs.search.words import plain_words
from ordonum.model.drug import Speciality

# Where a word stands in a name or its substances, the best first: it begins the name, is further in it, is of an active
# substance, is of a salt or an older name. A posting is (place of the name) * ROLES + role.
FIRST, INSIDE, SUBSTANCE, BESIDE = range(4)
ROLES = 4
ALIASES = "aliases.tsv"
_SHORT_WORD = 4
# Words that two substances may have in common without being the same: they make no substance alone.
_OF_COMMON = """
acide base anhydre monohydrate monohydratee dihydrate dihydratee trihydrate trihydratee hemihydrate hydrate hydratee sodique
disodique potassique calcique sodium potassium magnesium calcium chlorhydrate dichlorhydrate sulfate phosphate acetate citrate
maleate mesilate besilate tartrate bitartrate fumarate succinate nitrate bromhydrate bromure chlorure iodure oxyde hydroxyde
carbonate bicarbonate gluconate lactate lysine arginine sel micronise micronisee recombinant recombinante humain humaine
homeopathiques preparations extrait sec solution poudre feuille liquide mou p h
"""
_COMMON = frozenset(_OF_COMMON.split())


class Named(Struct, frozen=True, array_like=True):
    """A name: its words, its specialities (from `begin` to `end` in `entries`), the words of each of its active substances.

    `common`: made of names of substances only. `weight`: how many marketed specialities have the same substances.
    """

    written: str
    words: tuple[str, ...]
    begin: int
    end: int
    actives: tuple[tuple[str, ...], ...]
    common: bool
    homeopathic: bool
    sold: bool
    weight: int
    alike: tuple[int, ...] = ()


class Alias(Struct, frozen=True, array_like=True):
    """A short form: the words that it stands for, and its postings."""

    words: tuple[str, ...]
    postings: tuple[int, ...]


class SearchIndex(Struct, frozen=True):
    """All of it; `words` in alphabetical order, with their postings at the same place. `aliases`: what short forms stand for."""

    texts: list[str]
    names: list[Named]
    entries: list[Entry]
    words: list[str]
    postings: list[tuple[int, ...]]
    aliases: dict[str, Alias]


def build(specialities: Iterable[Speciality]) -> SearchIndex:
    """The index of a base: about three seconds for the whole of it."""
    everything = list(specialities)
    by_name = _grouped(everything)
    sold = Counter(_substances(each) for each in everything if each.sold)
    texts, entries, names = Texts(), list[Entry](), list[Named]()
    postings: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for (words, apart), under in sorted(by_name.items()):
        _post(postings, len(names), words, [each for _, each in under])
        begin = len(entries)
        entries += [entry(each, words, texts) for _, each in sorted(under, key=lambda pair: order(pair[1]))]
        alone = Counter(_substances(each) for _, each in under).most_common(1)[0][0]
        names.append(
            Named(
                written=Counter(name.written for name, _ in under).most_common(1)[0][0],
                words=words,
                begin=begin,
                end=len(entries),
                actives=tuple(sorted(alone)),
                common=_of_substances(words, under),
                homeopathic=apart,
                sold=any(each.sold for _, each in under),
                weight=sold[alone],
            )
        )
    ordered = sorted(postings)
    placed = [tuple(place * ROLES + role for place, role in sorted(postings[word].items())) for word in ordered]
    return SearchIndex(list(texts.places), _marked(names), entries, ordered, placed, _aliases(postings, names))


def _grouped(everything: list[Speciality]) -> dict[tuple[tuple[str, ...], bool], list[tuple[Name, Speciality]]]:
    """The specialities by the words of their name; homeopathic medicines apart from others of the same name."""
    sold_by = sellers(everything)
    found: defaultdict[tuple[tuple[str, ...], bool], list[tuple[Name, Speciality]]] = defaultdict(list)
    for each in everything:
        apart = homeopathic(each)
        parts = () if apart else each.components  # «ACONIT COMPLEXE N° 47» is another thing than aconite
        name = name_of(each.name, sold_by, frozenset(word for part in parts for word in plain_words(part.name)))
        found[name.words, apart].append((name, each))
    return found


def substance_words(name: str) -> tuple[str, ...]:
    """The words that tell a substance from another; all of them where only common ones are left."""
    words = plain_words(name)
    return tuple(each for each in words if each not in _COMMON) or words


def _substances(speciality: Speciality) -> frozenset[tuple[str, ...]]:
    return frozenset(substance_words(each.name) for each in speciality.active)


def _of_substances(words: tuple[str, ...], under: list[tuple[Name, Speciality]]) -> bool:
    """Whether a name is made of words of its substances only: a common name (DC), not a brand."""
    known = {word for _, each in under for part in each.components for word in plain_words(part.name)}
    return all(word in known for word in words)


def _post(
    postings: defaultdict[str, dict[int, int]], place: int, words: tuple[str, ...], under: list[Speciality]
) -> None:
    """Ties the words of a name and of its substances to it, each by its best role."""
    roles: dict[str, int] = {}
    for each in under:
        for part in each.components:
            roles |= dict.fromkeys(plain_words(part.name), BESIDE)
    for each in under:
        for part in each.active:
            roles |= dict.fromkeys(substance_words(part.name), SUBSTANCE)
    roles |= dict.fromkeys(words[1:], INSIDE)
    for at, (one, other) in enumerate(pairwise(words)):
        if at == 0 or len(other) < _SHORT_WORD:  # «solumedrol», «vitamined3»
            roles[one + other] = INSIDE if at else FIRST
    roles[words[0]] = FIRST
    for word, role in roles.items():
        postings[word][place] = role


def _aliases(postings: Mapping[str, Mapping[int, int]], names: list[Named]) -> dict[str, Alias]:
    """Short forms lead where all their words lead; they stand for the common name itself, unless they name another."""
    stands: defaultdict[str, list[str]] = defaultdict(list)
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for line in resources.files(__package__).joinpath(ALIASES).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            short, long = line.split("\t")
            together = [postings.get(word, {}) for word in plain_words(long)]
            stands[short] += plain_words(long)
            names_another = FIRST in postings.get(short, {}).values()
            for place in set(together[0]).intersection(*together[1:]):
                role = max(each[place] for each in together)
                itself = names[place].common and role <= INSIDE and not names_another
                found[short][place] = FIRST if itself else max(role, SUBSTANCE)
    return {
        short: Alias(tuple(stands[short]), tuple(place * ROLES + role for place, role in sorted(found[short].items())))
        for short in sorted(found)
    }


def _marked(names: list[Named]) -> list[Named]:
    """The names, each with those that it is taken for."""
    alike = lookalike.alike(
        (place, _telling(each), frozenset(word for active in each.actives for word in active), not each.common)
        for place, each in enumerate(names)
        if each.sold and not each.homeopathic
    )
    return [replace(each, alike=alike[place]) if place in alike else each for place, each in enumerate(names)]


def _telling(named: Named) -> str:
    """The word of a name that it is known by."""
    words = [each for each in named.words if each not in _COMMON] or list(named.words)
    return words[0] if len(words[0]) >= lookalike.LETTERS_MIN else "".join(words[:2])
