"""docs/medicaments.md: the drug base and the prescribing assistance in figures. What ships is counted here; what needs the whole
public data was measured by scripts/measure_medicines.py and is read from docs/medicaments.json.
"""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ordonum.knowledge import codes
from ordonum.knowledge.assistance import tables
from ordonum.knowledge.codes import CodeFamily
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.knowledge.interactions import at_hand
from ordonum.model.alert import AlertKind
from ordonum.server.api.reference import LOOKUPS
from ordonum.texts import french

MEASURED = Path(__file__).parents[1] / "docs" / "medicaments.json"
WIDTH = 150
_FAULTS = {
    "deletion": "une lettre oubliée",
    "transposition": "deux lettres interverties",
    "azerty": "une touche voisine (AZERTY)",
    "doubled": "une lettre doublée",
}
_LISTS = {
    "has": "phrases des cas de la HAS",
    "examples": "posologies des exemples du dépôt",
    "by_hand": "liste du dépôt, structures écrites à la main (`tests/dosage_sentences.py`, `tests/dosage_town.py`)",
    "shown": "phrases attendues, une à une (`tests/dosage_town.py`)",
}
_STATES = {
    "linked": "reliées à une substance de la base",
    "absent": "absentes de la base : non commercialisées, la recherche qui le montre est dite",
    "not-found": "non trouvées",
}


def medicines_page() -> str:
    """The page, whole."""
    measured: dict[str, Any] = json.loads(MEASURED.read_text())
    parts = [
        "# Les médicaments et l'aide à la prescription, en chiffres",
        "",
        *_said(
            "*Page produite par `scripts/write_docs.py` ; ne pas la modifier à la main. Ce qui est livré est compté ;",
            f"ce qui demande les données publiques entières a été mesuré le {_day(measured['on'])}",
            "par `scripts/measure_medicines.py` (`docs/medicaments.json`).*",
        ),
        "",
        *_base(measured["base"], measured["memory_mb"]),
        *_conditions(measured["conditions"]),
        *_search(measured["search"]),
        *_dosage(measured["dosage"]),
        *_interactions(measured["interactions"]),
        *_checks(),
        *_codes(),
        *_lookups(),
        *_limits(),
    ]
    return "\n".join(parts)


def _base(of: dict[str, Any], memory: int) -> Iterator[str]:
    shipped = formulary().edition
    rows = (
        ("spécialités", "specialities"),
        ("dont commercialisées", "specialities_sold"),
        ("présentations", "presentations"),
        ("dont commercialisées", "presentations_sold"),
        ("dont la contenance est lue", "packs_read"),
        ("présentations qui ont un prix publié", "priced"),
        ("spécialités avec un code ATC", "with_atc"),
        ("spécialités dans un groupe générique", "in_groups"),
        ("groupes génériques", "groups"),
        ("substances", "substances"),
        ("conditions de prescription", "conditions"),
        ("ruptures, tensions, arrêts annoncés", "shortages"),
    )
    yield from ("## La base", "")
    yield from _said(
        f"`ordonum drugs import DOSSIER` lit les fichiers officiels ({of['source']}), données du {_day(of['of'])}, en un",
        f"fichier de {_number(of['bytes'] // 1000)} ko ; le charger prend {of['load_ms']} ms, et un processus qui y cherche",
        f"tient {memory} Mo. Sans import, le formulaire livré sert : {shipped.source},",
        f"données du {french.day(shipped.of)}.",
    )
    yield from ("", "| | base entière | formulaire livré |", "|---|---|---|")
    for label, name in rows:
        yield f"| {label} | {_number(of['counts'][name])} | {_number(shipped.counts.get(name, 0))} |"
    yield ""


def _conditions(of: dict[str, Any]) -> Iterator[str]:
    rows, unread = of["rows"], of["unclassified"]
    labelled = of["labelled"]
    yield from ("## Conditions de prescription", "")
    yield from _said(
        f"Sur {_number(rows)} lignes de texte libre, {_number(of['conditions'])} donnent un champ que lit une règle de",
        f"droit, {_number(of['asides'])} sont d'une classe nommée sans effet, {_number(unread)} ne sont pas comprises, gardées",
        f"et comptées : {_share(rows - unread, rows)} classées. Sur {labelled['rows']} lignes tirées au sort (graine",
        f"{labelled['seed']}) et étiquetées à la main, {labelled['right']} sont justes",
        f"({_share(labelled['right'], labelled['rows'])}).",
    )
    yield ""


def _search(of: dict[str, Any]) -> Iterator[str]:
    part = "de toute la base" if of["one_in"] == 1 else f"d'un nom sur {of['one_in']} de la base"
    yield from ("## Recherche", "")
    yield from _said(
        f"Fautes faites par règle (graine {of['seed']}) sur les noms de six lettres et plus {part} :",
        f"{_number(of['names'])} marques et noms communs, {_number(of['substances'])} substances,",
        f"{_number(of['tried'])} essais. Le bon nom est parmi les trois premiers : {_share(of['found'], of['tried'])}",
        f"({_share(of['found_strictly'], of['tried'])} si une faute qui fait un autre vrai nom compte comme manquée). Durée",
        f"médiane {_decimal(of['p50_ms'])} ms, 95ᵉ centile {_decimal(of['p95_ms'])} ms.",
    )
    yield from ("", "| faute | trouvés | essais | |", "|---|---|---|---|")
    for name, (found, tried) in of["by_fault"].items():
        yield f"| {_FAULTS.get(name, name)} | {_number(found)} | {_number(tried)} | {_share(found, tried)} |"
    yield ""


def _dosage(of: dict[str, Any]) -> Iterator[str]:
    yield from ("## Posologie", "")
    yield "Un texte est lu en entier ou reste un texte ; *relus* : la phrase dite de la structure redonne la même structure."
    yield from ("", "| liste | textes | lus | relus |", "|---|---|---|---|")
    for name, found in of.items():
        yield f"| {_LISTS.get(name, name)} | {found['texts']} | {found['read']} | {found['stable']} |"
    by_hand = of["by_hand"]
    yield ""
    yield from _said(
        f"De la liste écrite à la main, {by_hand['right']} textes sur {by_hand['texts']} donnent la structure écrite à côté ;",
        f"des {by_hand['to_keep']} textes qui doivent rester des textes, {by_hand['kept']} le restent.",
        "C'est une liste de tests, corrigée avec la lecture : elle dit ce qui est tenu, non ce que donnerait un texte nouveau.",
    )
    left = [text for found in of.values() for text in found["left"]]
    if left:
        yield from ("", "Restés du texte :", "", *(f"- « {each} »" for each in left))
    yield ""


def _interactions(of: dict[str, Any]) -> Iterator[str]:
    shipped = at_hand(None)
    states, total = of["substances"], sum(of["substances"].values())
    yield from ("## Interactions", "")
    yield from _said(
        f"`ordonum thesaurus import DOSSIER` lit le thésaurus publié : {of['title']}, {_number(of['entries'])} interactions,",
        f"{of['unread']} dont le niveau n'a pas pu être lu. Sans import sert la table livrée,",
        f"{len(shipped.table.entries)} interactions, qui dit qu'elle n'est pas le thésaurus.",
    )
    yield from ("", "| substances de l'index du thésaurus | | |", "|---|---|---|")
    for name, label in _STATES.items():
        yield f"| {label} | {_number(states.get(name, 0))} | {_share(states.get(name, 0), total)} |"
    yield ""


def _checks() -> Iterator[str]:
    found = tables.counts()
    molecules = {each for table in found.values() for each in table.molecules}
    yield from ("## Autres contrôles", "")
    yield from _said(
        "Chaque ligne nomme le document lu ([assistance.md](assistance.md)) ; sans document elle est « à valider » et informe",
        f"seulement. {len(molecules)} molécules ont au moins une ligne lue.",
    )
    yield from ("", "| table | lignes lues | à valider |", "|---|---|---|")
    for name, table in found.items():
        yield f"| {AlertKind(name).label} | {table.read} | {table.to_validate} |"
    yield f"| ensemble | {sum(each.read for each in found.values())} | {sum(each.to_validate for each in found.values())} |"
    yield ""


def _codes() -> Iterator[str]:
    yield from ("## Dispositifs, biologie, soins infirmiers", "")
    yield from _said(
        "Une table à nous par liste (`knowledge/devices.csv`, `biology.csv`, `nursing.csv`) : un code n'y est que s'il a été lu",
        "dans la source publique que sa ligne nomme (titre, jour, adresse) ; sinon le libellé est seul, et la ligne prescrite",
        "sans code. Les codes LPP et NABM viennent surtout de tables publiées en 2020 : à confirmer dans la table nationale du",
        "jour avant tout usage réel. `ordonum codes search MOTS` les cherche.",
    )
    yield from ("", "| liste | avec code | libellé seul | sources |", "|---|---|---|---|")
    for family in CodeFamily:
        table = codes.shipped(family)
        counted = codes.counts(table)
        sources = len({each.source for each in table if each.source is not None})
        yield f"| {family.label} | {counted.coded} | {counted.alone} | {sources} |"
    yield ""


def _lookups() -> Iterator[str]:
    yield from ("## Sans base sur le poste", "")
    yield from _said(
        "Un logiciel sans base des médicaments la consulte au service, avec le jeton de n'importe quelle carte : le service",
        "enregistre des ordonnances et ne travaille que pour qui peut être nommé. Chaque réponse est une fonction pure de ce qui",
        "est demandé : rien n'en est gardé, journalisé ni compté par son contenu ; aucun champ ne nomme le patient (un de",
        "plus est refusé). Deux fils à part, hors de la boucle d'événements ; au-delà de la file, `unavailable`. Formes",
        "exactes : `/docs`.",
    )
    yield from ("", "| | | au plus |", "|---|---|---|")
    for each in LOOKUPS:
        most = f"{each.body_bytes_max // 1024} ko" if each.method == "POST" else ""
        yield f"| `{each.method} {each.path}` | {each.summary} | {most} |"
    yield ""


def _limits() -> Iterator[str]:
    yield from ("## Prix : ce qui est compté, et ce qui ne l'est pas", "")
    yield from _said(
        "Nombre de boîtes × prix public de la BDPM, honoraire de dispensation compris. Remboursé : au taux de la boîte, 100 %",
        "pour une ligne d'ALD quel que soit ce taux, 0 pour une ligne non remboursable. Ni franchise, ni TFR, ni complémentaire.",
        "Un prix que la BDPM ne donne pas est « non publié (libre) ». Un équivalent moins cher est du même groupe générique",
        "(jamais « par complémentarité posologique »), commercialisé, compté dans la même unité, et coûte moins par unité.",
    )
    yield ""


def _said(*parts: str) -> list[str]:
    """A paragraph, in lines that a person can read beside the others of docs/."""
    return textwrap.wrap(" ".join(parts), WIDTH, break_long_words=False, break_on_hyphens=False)


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return (
        f"{int(day)} {french.MONTHS[int(month) - 1]} {year}"
        if int(day) > 1
        else f"1er {french.MONTHS[int(month) - 1]} {year}"
    )


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def _share(part: int, whole: int) -> str:
    """«99,99 %», never rounded up: all but one is not all."""
    hundredths = 10_000 * part // max(1, whole)
    return f"{hundredths // 100},{hundredths % 100:02d} %"
