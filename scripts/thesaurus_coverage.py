"""How much of the interactions thesaurus the drug base answers for: every substance of its index, linked, not sold, or not found.

    python scripts/thesaurus_coverage.py DIR_THESAURUS DIR_BDPM [--json]

(a) linked: a component of the base (whatever its marketing) leads to it by the path that the checks take; (b) not in the base:
the stems of its words are searched together in every component and every name of the whole base, homeopathy apart, and found
nowhere; (c) not found: the search has results, and none is linked. Then what the editions hold, compared with one another.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from ordonum.knowledge.interactions import Interactions
from ordonum.knowledge.interactions.names import homeopathic, key
from ordonum.knowledge.interactions.table import Entry, Table
from ordonum.wire import bdpm, thesaurus
from ordonum.wire.thesaurus_blocks import entry
from ordonum.wire.thesaurus_text import blocks

# Words that do not tell a substance from another.
_COMMON = "acide sodium potassium calcium magnesium recombinante toxine de d la le l du des et"
COMMON = frozenset(_COMMON.split())


def covered(
    interactions: Interactions, names: Iterable[str], specialities: Iterable[str]
) -> dict[str, dict[str, object]]:
    """By substance of the index: `state` linked, absent or not-found, with the components that link it, or the search made."""
    components = sorted({each for each in names if not homeopathic(each)})
    by: dict[str, list[str]] = {}
    for each in components:
        for substance in interactions.linked(each):
            by.setdefault(substance, []).append(each)
    haystack = [f" {key(each)} " for each in (*components, *specialities)]
    told: dict[str, dict[str, object]] = {}
    for name in interactions.table.substances:
        if linked := by.get(key(name)):
            told[name] = {"state": "linked", "by": linked[:3]}
            continue
        stems = searched(name)
        wanted = [f" {stem}" if len(stem) > 3 else f" {stem} " for stem in stems]  # a short word is to be whole
        results = [each.strip() for each in haystack if all(stem in each for stem in wanted)]
        query = " + ".join(f"{stem}…" for stem in stems)
        told[name] = {"state": "not-found" if results else "absent", "query": query, "results": results[:3]}
    return told


def searched(name: str) -> list[str]:
    """What is searched for: the words that say something, each without its last two letters (four are kept)."""
    words = [each for each in key(name).split() if each not in COMMON] or key(name).split()
    return [each[: max(4, len(each) - 2)] for each in words]


def compared(old: Table, new: Table) -> dict[str, object]:
    """How two editions agree on the pairs that both have."""
    one, two = ({_pair(each): each for each in table.entries} for table in (old, new))
    both = one.keys() & two.keys()
    other = sorted(pair for pair in both if _levels(one[pair]) != _levels(two[pair]))
    listed = [f"{' + '.join(pair)} : {_levels(one[pair])} → {_levels(two[pair])}" for pair in other]
    return {"pairs": [len(one), len(two)], "both": len(both), "same": len(both) - len(other), "other": listed}


def _pair(each: Entry) -> tuple[str, str]:
    return each.pair


def _levels(each: Entry) -> str:
    return "/".join(degree.gravity.label for degree in each.degrees)


def headings(text: str) -> Counter[str]:
    """How many blocks of a text have each heading (before both directions of a pair are put together)."""
    made = [entry(block) for block in blocks(text, "texte")[1]]
    return Counter("/".join(degree.gravity.label for degree in each.degrees) for each in made if each is not None)


def main(folder: Path, base: Path, *, as_json: bool) -> None:
    """Print the figures and the lists."""
    files = {each.name: each.read_bytes() for each in sorted(folder.iterdir())}
    table = thesaurus.read(files)
    reading = bdpm.read({name: (base / name).read_bytes() for name in bdpm.FILES})
    names = {component.name for each in reading.specialities for component in each.components}
    told = covered(
        Interactions(table), names, (each.name for each in reading.specialities if "homéo" not in each.procedure)
    )
    editions = _editions(files)
    if as_json:
        print(
            json.dumps(
                {"edition": table.title, "substances": told, "compared": _all_compared(editions)}, ensure_ascii=False
            )
        )
        return
    print(f"{table.title} : {len(told)} substances à l'index, base de {len(reading.specialities)} spécialités")
    _say(told)
    for words, found in _all_compared(editions).items():
        print(f"{words} : {found['pairs']} paires, {found['both']} communes, {found['same']} de même niveau")
        print("".join(f"  {each}\n" for each in found["other"]), end="")  # type: ignore[attr-defined] # a list of sentences
    for name, data in files.items():
        if name.endswith(".txt"):
            print(f"{name} : {dict(headings(data.decode()))}")


def _say(told: Mapping[str, Mapping[str, object]]) -> None:
    states = Counter(str(each["state"]) for each in told.values())
    for state in ("linked", "absent", "not-found"):
        print(f"  {state} : {states[state]} ({states[state] / len(told):.1%})")
    for name, each in told.items():
        if each["state"] == "absent":
            print(f"  absente de la base : {name} (recherche « {each['query']} », 0 résultat)")
        elif each["state"] == "not-found":
            print(f"  non trouvée : {name} (recherche « {each['query']} » : {each['results']})")


def _editions(files: Mapping[str, bytes]) -> dict[str, Table]:
    """Every thesaurus of the folder, each read alone, by its file."""
    read = {name: thesaurus.recognised(name, data) for name, data in files.items()}
    wholes = sorted((each.of, name) for name, each in read.items() if each.kind is thesaurus.Kind.PAIRS)
    return {name: thesaurus.read({name: files[name]}) for _, name in wholes}


def _all_compared(editions: Mapping[str, Table]) -> dict[str, dict[str, object]]:
    found = list(editions.items())
    return {f"{a} et {b}": compared(one, two) for n, (a, one) in enumerate(found) for b, two in found[n + 1 :]}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), as_json="--json" in sys.argv[3:])
