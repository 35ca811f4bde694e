"""What a person reads in the terminal of a medicine, of the drug base, of an update of it."""

import unicodedata
from decimal import Decimal

import typer

from ordonum.knowledge.drugs.base import DrugBase, Edition
from ordonum.knowledge.drugs.changes import Change, Changes, euros
from ordonum.model.dosage import DoseUnit
from ordonum.model.drug import Nature, Pack, Presentation, Shortage, Speciality
from ordonum.texts import french

KINDS = {
    "specialities_added": "Spécialités nouvelles ou de nouveau commercialisées",
    "specialities_withdrawn": "Spécialités retirées ou arrêtées",
    "presentations_added": "Présentations nouvelles ou de nouveau commercialisées",
    "presentations_withdrawn": "Présentations retirées ou arrêtées",
    "prices": "Prix changés",
    "conditions": "Spécialités dont les conditions de prescription changent",
    "shortages_begun": "Ruptures, tensions ou arrêts nouveaux",
    "shortages_ended": "Ruptures, tensions ou arrêts finis",
}
ROLES = {0: "princeps", 1: "générique", 2: "générique par complémentarité posologique", 4: "générique substituable"}


def plain(text: str) -> str:
    """A text without case, accents nor marks, to compare."""
    spread = unicodedata.normalize("NFKD", text).casefold()
    letters = (each for each in spread if not unicodedata.combining(each))
    return " ".join("".join(each if each.isalnum() else " " for each in letters).split())


def source(of: Edition) -> str:
    """«Source : Base de données publique des médicaments…, données du 4 juillet 2025.»"""
    return f"Source : {of.source}, données du {french.day(of.of)}."


def edition(of: Edition) -> str:
    """The source, and how much of everything."""
    counts = of.counts
    read = counts["packs_read"] / max(1, counts["presentations_sold"])
    return (
        f"{source(of)}\n"
        f"  {counts['specialities']} spécialités, dont {counts['specialities_sold']} commercialisées ; "
        f"{counts['presentations']} présentations, dont {counts['presentations_sold']} commercialisées "
        f"(contenance lue pour {f'{read:.1%}'.replace('.', ',').replace('%', ' %')}).\n"
        f"  {counts['substances']} substances, {counts['groups']} groupes génériques, {counts['conditions']} conditions de "
        f"prescription, {counts['shortages']} disponibilités annoncées.\n"
        f"  Empreinte : {of.digest[:16]}."
    )


def changes(changed: Changes | None, shown: int) -> None:
    """What an update changes: of each kind how many, and the first ones."""
    if changed is None:
        typer.echo("Aucune version précédente à comparer.")
        return
    kinds: dict[str, tuple[Change, ...]] = {name: getattr(changed, name) for name in KINDS}
    if not any(kinds.values()):
        typer.echo("Rien n'a changé depuis la version précédente.")
    for name, found in kinds.items():
        if found:
            typer.echo(f"{KINDS[name]} : {len(found)}")
        for each in found[:shown]:
            typer.echo(f"  {each.code}  {each.name}{_both(each)}")
        if len(found) > shown:
            typer.echo(f"  … et {len(found) - shown} autres.")


def _both(each: Change) -> str:
    return "" if each.before is None and each.after is None else f" : {each.before or 'rien'} → {each.after or 'rien'}"


def show(base: DrugBase, speciality: Speciality, box: Presentation | None) -> None:
    """A speciality with its boxes, or with the one that was asked for."""
    of = speciality
    typer.echo(f"{of.name}  (CIS {of.cis})")
    typer.echo(f"  {of.form} ; voie {', '.join(of.routes) or 'non dite'}")
    typer.echo(
        f"  {of.status}, {of.procedure} ; {of.marketing.lower()}"
        + (f" ; {', '.join(of.holders)}" if of.holders else "")
    )
    for each in of.components:
        amount = f" {each.amount}" if each.amount else ""
        per = f" pour {each.reference}" if each.reference else ""
        kind = "" if each.nature is Nature.SUBSTANCE else " (fraction thérapeutique)"
        typer.echo(f"  {each.name}{amount}{per}{kind}")
    if of.atc:
        typer.echo(f"  code ATC {of.atc}")
    for place in of.groups:
        members = f"{len(base.of_group(place.group))} spécialités"
        typer.echo(f"  {ROLES.get(place.type, 'membre')} du groupe {place.group} : {place.label} ({members})")
    if of.watched:
        typer.echo("  surveillance renforcée")
    for said in of.conditions:
        typer.echo(f"  condition : {said}")
    for lacking in of.shortages:
        typer.echo(f"  ! {_lacking(lacking)}")
    for each_box in of.presentations if box is None else (box,):
        _box(each_box)


def _box(box: Presentation) -> None:
    typer.echo(f"  CIP13 {box.cip13} : {box.label}" + ("" if box.sold else "  (non commercialisée)"))
    told = [f"contient {_pack(box.pack)}" if box.pack is not None else "contenance non lue"]
    told.append(f"prix {euros(box.public_price)}" if box.public_price is not None else "prix libre")
    if box.rates:
        told.append("remboursé à " + ", ".join(f"{rate} %" for rate in box.rates))
    if box.hospital:
        told.append("agréé aux collectivités")
    typer.echo(f"    {' ; '.join(told)}")
    if box.indications:
        typer.echo("    " + box.indications.replace("\n", "\n    "))


def _pack(pack: Pack) -> str:
    held = _counted(pack.amount, pack.unit)
    if pack.other is not None:
        return f"{held} ({_counted(*pack.other)})"
    return held if pack.containers in (None, 1) else f"{held} (en {pack.containers})"


def _lacking(said: Shortage) -> str:
    since = f", depuis le {french.day(said.since)}" if said.since else ""
    back = f", retour le {french.day(said.back_on)}" if said.back_on else ""
    return f"{said.label}{since}{back}" + (f" (CIP13 {said.cip13})" if said.cip13 else "")


def _counted(amount: Decimal, unit: DoseUnit) -> str:
    """«30 comprimés», «1,5 ml», «4 dispositifs transdermiques»."""
    symbol = len(unit.label) < 4 or unit.label[0].isupper()
    words = unit.label if symbol or amount < 2 else " ".join(f"{each}s" for each in unit.label.split())
    return f"{amount:f} {words}".replace(".", ",", 1)
