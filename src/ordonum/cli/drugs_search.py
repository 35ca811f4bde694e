"""`ordonum drugs search`: names, strengths and forms that a few typed words may mean."""

import re
from collections import defaultdict
from typing import Annotated

import typer
from msgspec import to_builtins

from ordonum.cli import drug_sheet, exits
from ordonum.cli.desk import JsonOption, drug_base
from ordonum.knowledge.drugs.search import NAMES_SHOWN, Found, FoundName, Offer, search
from ordonum.knowledge.drugs.search.lookalike import told_apart

_STRENGTH = re.compile(r"(?<![^\W\d_])\d|,")

WordsArgument = Annotated[
    list[str], typer.Argument(help="Marque, substance ou forme courte, dosage, forme ; ou un code CIP13, CIP7, CIS.")
]
MostOption = Annotated[int, typer.Option("--most", min=1, max=200, help="Nombre de noms, au plus.")]
AllOption = Annotated[bool, typer.Option("--all", help="Chaque spécialité, une par ligne.")]


@exits.telling
def find(
    words: WordsArgument, most: MostOption = NAMES_SHOWN, every: AllOption = False, as_json: JsonOption = False
) -> None:
    """Chercher un médicament : marque, substance, abréviation, dosage, une faute de frappe par mot."""
    base = drug_base()
    found = search(base, " ".join(words), most)
    if as_json:
        exits.show({"ok": True, "edition": to_builtins(base.edition), "found": to_builtins(found)})
        return
    for each in found.names:
        _tell(each, every=every)
    for said in _totals(found, base.edition.whole):
        typer.echo(said)
    typer.echo(drug_sheet.source(base.edition))


def _tell(name: FoundName, *, every: bool) -> None:
    """A name, what it holds, then its strengths and forms: what fits first."""
    substances = tuple(dict.fromkeys(each for offer in name.offers for each in _substances(offer)))
    kind = "dénomination commune" if name.common else "homéopathie" if name.homeopathic else "marque"
    typer.echo(f"{name.name}  ({kind} ; {' + '.join(substances) or 'substance non dite par la base'})")
    for other in name.alike:
        apart = f"{told_apart(name.name, other.name)} / {told_apart(other.name, name.name)}"
        typer.echo(f"  ! à ne pas confondre avec {other.name} ({' + '.join(other.substances)}) : {apart}")
    if name.unmet:
        typer.echo(f"  ! sans {', '.join(name.unmet)} sous ce nom")
    for fits, before in ((True, "  "), (False, "  · ")):
        offers = [each for each in name.offers if each.fits is fits]
        for said in _each(offers) if every else _together(offers):
            typer.echo(f"{before}{said}")


def _substances(offer: Offer) -> tuple[str, ...]:
    """The names alone, in small letters: «paracétamol»."""
    return tuple(re.split(r" \d", each)[0].lower() for each in offer.substances)


def _each(offers: list[Offer]) -> list[str]:
    return [f"CIS {each.cis}  {each.name}{_marks([each])}" for each in offers]


def _together(offers: list[Offer]) -> list[str]:
    """Specialities of the same strength and form on one line, with their number where there are several."""
    alike: defaultdict[str, list[Offer]] = defaultdict(list)
    for each in offers:
        match = _STRENGTH.search(each.name)
        alike[each.name[match.start() :].lstrip(", ") if match else each.form].append(each)
    return [
        f"{said}  ({len(some)} spécialités{_marks(some)})"
        if len(some) > 1
        else f"{said}  (CIS {some[0].cis}{_marks(some)})"
        for said, some in alike.items()
    ]


def _marks(offers: list[Offer]) -> str:
    """State of what is on sale, place in the generic group, rate, shortage, as far as they are the same."""
    sold = [each for each in offers if each.sold]
    said = [] if sold else ["non commercialisé"]
    if sold and len(sold) < len(offers):
        said.append(f"dont {len(sold)} commercialisées")
    roles = sorted({drug_sheet.ROLES.get(each.generic, "") for each in sold if each.generic is not None} - {""})
    said += ["/".join(roles)] if roles else []
    rates = sorted({each.rate for each in sold if each.rate is not None})
    said += [f"remboursé à {'/'.join(map(str, rates))} %"] if rates else ["non remboursé"] if sold else []
    short = sorted({each.shortage for each in sold if each.shortage is not None})
    said += [f"! {each.lower()}" for each in short]
    return "".join(f", {each}" for each in said)


def _totals(found: Found, whole: bool) -> list[str]:
    """How many in all, what was not read, what to do where nothing is found."""
    said = [f"{found.total_names} noms, {found.total_specialities} spécialités."]
    if found.total_names > len(found.names):
        said[0] += f" Les {len(found.names)} premiers noms sont montrés (--most)."
    if found.ignored:
        said.append(f"Mots non compris : {', '.join(found.ignored)}.")
    if found.cut:
        said.append("Texte trop long : seul son début a été cherché.")
    if not found.names:
        said[0] = "Aucun médicament trouvé."
        said += (
            [] if whole else ["La base de ce poste est le formulaire : ordonum drugs import en apporte une entière."]
        )
    return said
