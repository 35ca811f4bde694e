"""The table of conditions says what the public drug base says, where its files are at hand (BDPM, July 2025)."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from msgspec.structs import asdict
from ruled import medicine

from ordonum.knowledge.conditions import CONDITIONS, SOURCE
from ordonum.knowledge.drugs.law import conditions_of
from ordonum.model.conditions import Trait, bare_substance, known_of
from ordonum.model.products import Substance
from whole_base import official_files, whole_base

NEARLY_ALL = 0.75
WORDS = {
    Trait.LIST_I: "liste I",
    Trait.LIST_II: "liste II",
    Trait.NARCOTIC: "stupéfiants",
    Trait.IN_WORDS: "prescription en toutes lettres sur ordonnance sécurisée",
    Trait.NO_OVERLAP: "chevauchement interdit sauf mention expresse du prescripteur portée sur l'ordonnance",
    Trait.HOSPITAL: "prescription hospitalière",
    Trait.WATCHED: "médicament nécessitant une surveillance particulière pendant le traitement",
}
ELSEWHERE = {("buprenorphine", Trait.NO_OVERLAP)}  # read on Meddispar, not in the base
WHOLESALE = re.compile(r"HOSPITALIER|assistance médicale|réservé à l'usage en situation d'urgence")
LIMIT = re.compile(r"prescription limitée à (\d+) (semaines|jours)")


def _rows(name: str) -> Iterator[list[str]]:
    for line in official_files()[name].decode().splitlines():
        yield line.split("\t")


def _conditions() -> dict[str, list[set[str]]]:
    """By bare substance, the conditions of each of the presentations that speak for it."""
    said: dict[str, set[str]] = defaultdict(set)
    for cis, *text in _rows("CIS_CPD_bdpm.txt"):
        said[cis] |= {each.strip() for each in text if each.strip()}
    routes = {row[0]: row[3] for row in _rows("CIS_bdpm.txt") if "oméopath" not in row[5]}
    of: dict[str, set[str]] = defaultdict(set)
    for row in _rows("CIS_COMPO_bdpm.txt"):
        of[row[0]].add(bare_substance(row[3]))
    having: dict[str, list[str]] = defaultdict(list)
    for cis, substances in of.items():
        if cis in routes:
            for each in substances:
                having[each].append(cis)
    found = {}
    for substance, all_of_it in having.items():
        town = [cis for cis in all_of_it if not any(WHOLESALE.search(each) for each in said[cis])] or all_of_it
        oral = [cis for cis in town if "orale" in routes[cis]] or town
        alone = [cis for cis in oral if len(of[cis]) == 1]
        chosen = alone if len(alone) > 1 else [cis for cis in oral if len(of[cis]) <= 2] or oral
        found[substance] = [said[cis] for cis in chosen]
    return found


def test_the_table_says_what_the_public_drug_base_says() -> None:
    base = _conditions()
    wrong = []
    for substance, (row,) in CONDITIONS.items():
        told = base.get(substance)
        if not told:
            wrong.append(f"{substance}: not in the base")
            continue
        share = Counter(each for one in told for each in one)
        for trait, words in WORDS.items():
            mostly = share[words] / len(told) >= NEARLY_ALL
            if (substance, trait) not in ELSEWHERE and mostly != (trait in row.traits) and trait is not Trait.WATCHED:
                wrong.append(f"{substance}: {words} {share[words]}/{len(told)}")
        limits = [int(m[1]) * (7 if m[2] == "semaines" else 1) for each in share if (m := LIMIT.fullmatch(each))]
        if row.max_days is not None and row.max_days not in limits:
            wrong.append(f"{substance}: {row.max_days} days, the base says {limits}")
    assert not wrong


# Where the table made of the base says more than the one written by hand: which fields, and why both stand.
_NAMED = "the base names those it is reserved to; the table by hand left them out of hospital medicines"
ARGUED = {
    "carbamazepine": ({"traits"}, "watched since the warnings on pregnancy; nothing was refused for it"),
    "pregabaline": ({"max_days"}, "six months, which its own rule counts in months"),
    "topiramate": ({"specialties"}, "also those competent in pain, named by some of its specialities"),
    "acide valproique": (
        {"specialties"},
        "psychiatrists for its salts of bipolar disorder, neurologists for the others",
    ),
    "donepezil": ({"specialties"}, "also the general practitioners who hold the capacity of gerontology"),
    "rivastigmine": ({"specialties"}, "also the general practitioners who hold the capacity of gerontology"),
    "clozapine": ({"traits", "renewal_specialties"}, "its renewal is reserved, which no table said before"),
    "everolimus": ({"traits"}, "watched in cancers, not in grafts: all of them must say it"),
    "bosentan": ({"traits", "specialties"}, _NAMED),
    "lenalidomide": ({"traits", "specialties"}, _NAMED),
    "thalidomide": ({"traits", "specialties"}, _NAMED),
    "rituximab": ({"traits", "specialties"}, _NAMED),
}
ADDED = {Trait.WATCHED, Trait.SPECIALISTS, Trait.INITIAL_SPECIALISTS, Trait.RENEWAL_SPECIALISTS}


def test_the_table_made_of_the_whole_base_agrees_with_the_one_written_by_hand() -> None:
    table, found = conditions_of(whole_base()), {}
    for substance, (row,) in CONDITIONS.items():
        (made,) = table.get(substance, ())
        found[substance] = {name for name, value in asdict(row).items() if value != getattr(made, name)}
        assert made.traits ^ row.traits <= ADDED, substance
        assert row.specialties <= made.specialties, substance
    different = {substance: names for substance, names in found.items() if names}
    print(f"{len(CONDITIONS) - len(different)} of {len(CONDITIONS)} substances the same")  # the figure
    assert different == {substance: names for substance, (names, _) in ARGUED.items()}


def test_a_substance_is_the_same_however_its_salt_is_written() -> None:
    for written in ("CHLORHYDRATE DE TRAMADOL", "tramadol (chlorhydrate)", "Tramadol", "tramadol chlorhydrate"):
        assert Trait.TRAMADOL in known_of(medicine(written), CONDITIONS, CONDITIONS["tramadol"][0].since).traits
    assert bare_substance("chlorure de sodium") == "chlorure de sodium"  # nothing else would be left


def test_the_strictest_of_the_substances_of_a_medicine_speaks_for_it() -> None:
    line = medicine("paracétamol", "phosphate de codéine")
    known = known_of(line, CONDITIONS, CONDITIONS["codeine"][0].since)
    assert Trait.LIST_I in known.traits
    assert Trait.UNLISTED not in known.traits
    assert (known.max_days, known.partly) == (84, False)
    half = line.__class__(
        **{name: getattr(line, name) for name in line.__struct_fields__ if name != "substances"},
        substances=(Substance("codéine"), Substance("inconnue")),
    )
    assert known_of(half, CONDITIONS, CONDITIONS["codeine"][0].since).partly
    assert SOURCE == "BDPM, juillet 2025"
