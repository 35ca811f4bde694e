"""The workstation that a command acts from: card, service, home; each by option or environment."""

import os
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple
from uuid import UUID

import typer

from ordonum.cli.exits import FileProblem
from ordonum.client import Card, Client, UnusableCard
from ordonum.client import drug_base as on_disk
from ordonum.client import vitale as vitale_card
from ordonum.knowledge.drugs.file import BaseUnusable
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.knowledge.drugs.loaded import LoadedBase
from ordonum.knowledge.drugs.prices import counted_in
from ordonum.knowledge.interactions import Interactions, at_hand
from ordonum.model.beneficiary import Beneficiary
from ordonum.model.dosage import DoseUnit

DEFAULT_SERVICE = f"http://127.0.0.1:{os.environ.get('ORDONUM_PORT') or 8420}"

CardOption = Annotated[
    str,
    typer.Option(
        "--card",
        envvar="ORDONUM_CARD",
        help="Carte : son nom dans le bac à sable (dr-martin, pharmacie-centre… ; ordonum sandbox cards), ou son fichier.",
    ),
]
ServiceOption = Annotated[
    str,
    typer.Option("--service", envvar="ORDONUM_SERVICE", help="Adresse du service (ORDONUM_PORT en change le port)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Répondre par un objet JSON.")]
NumberFileOption = Annotated[
    Path | None,
    typer.Option("--number-file", help="Fichier qui contient le numéro (sinon : entrée standard, ou question)."),
]
ActOption = Annotated[
    UUID | None, typer.Option("--act", help="Identifiant de l'acte qui a enregistré l'ordonnance, au lieu du numéro.")
]
LineOption = Annotated[
    list[int] | None, typer.Option("--line", min=1, max=40, help="Une ligne seulement (à répéter) ; sinon le tout.")
]
WordsOption = Annotated[
    Path | None,
    typer.Option("--words", help="Fichier texte des mots à joindre (« - » : entrée standard), jamais en argument."),
]
ColleagueOption = Annotated[
    Path | None,
    typer.Option("--for-colleague", help="Fichier texte : pourquoi vous agissez pour un confrère du même lieu."),
]
VitaleOption = Annotated[
    str | None,
    typer.Option("--vitale", help="Carte Vitale du patient : son nom dans le bac à sable, ou son fichier."),
]
FromOption = Annotated[Path | None, typer.Option("--from", help="PDF ou image dont le QR code donne le numéro.")]


AT_NEXT_START = (
    "Un service en marche la lira à son prochain démarrage."  # the base, the edition: read once, at its start
)


def utc_now() -> datetime:
    """The clock of this machine, for what no client does."""
    return datetime.now(UTC)


def home() -> Path:
    """Where this machine keeps everything of ordonum."""
    return Path(os.environ.get("ORDONUM_HOME") or ".ordonum").absolute()


def trust() -> Path:
    """The roots that orders are verified with."""
    chosen = os.environ.get("ORDONUM_TRUST")
    return Path(chosen) if chosen else home() / "authority" / "trust"


def drugs_file() -> Path:
    """Where the drug base of this machine is, or would be."""
    return on_disk.file_of(home(), os.environ)


def drug_base() -> LoadedBase:
    """The drug base of this machine: the imported one, else the formulary. Raises BaseUnusable, FileProblem."""
    try:
        return on_disk.opened(drugs_file())
    except BaseUnusable as error:
        raise BaseUnusable(f"{drugs_file()} : {error} Rien n'a été enregistré.") from None
    except OSError as error:
        raise FileProblem(f"La base {drugs_file()} ne peut pas être lue ({error.strerror}).") from None


def drug_base_or_formulary() -> LoadedBase:
    """The drug base of this machine; one that cannot be read is said, and stops nobody: the formulary that ships serves."""
    try:
        return on_disk.opened(drugs_file())
    except (BaseUnusable, OSError) as error:
        why = str(error.strerror if isinstance(error, OSError) else error).removesuffix(".")
        _say_once(f"La base des médicaments {drugs_file()} ne peut pas être lue ({why}) : le formulaire livré sert.")
        return formulary()


@cache
def _say_once(said: str) -> None:
    """On standard error, once for a command, which opens the base for its checks, then for what it signs."""
    typer.echo(said, err=True)


def interactions_file() -> Path:
    """Where the imported thesaurus of interactions of this machine is, or would be."""
    chosen = os.environ.get("ORDONUM_INTERACTIONS")
    return Path(chosen) if chosen else home() / "interactions.base"


def interactions() -> Interactions:
    """The interactions that this machine knows: the imported thesaurus, else the table that ships. Raises TableUnusable."""
    file = interactions_file()
    return at_hand(file.read_bytes() if file.exists() else None)


class Assistance(NamedTuple):
    """What the prescribing assistance of this machine looks in."""

    base: LoadedBase
    interactions: Interactions

    def unit_of(self, cip13: str | None, cis: str | None) -> DoseUnit | None:
        """What a medicine counts in."""
        return counted_in(self.base, cip13, cis)


def assistance() -> Assistance:
    """The drug base and the interactions of this machine. Raises BaseUnusable, TableUnusable, OSError."""
    return Assistance(drug_base(), interactions())


def open_card(named: str) -> Card:
    """A card by file, or by its name in the sandbox. Raises UnusableCard."""
    file = Path(named)
    if not file.exists():
        file = home() / "authority" / "cards" / f"{named}.json"
    if not file.exists():
        there = sorted(each.stem for each in (home() / "authority" / "cards").glob("*.json"))
        known = f" Cartes de test : {', '.join(there)}." if there else " Lancez d'abord le bac à sable : make run."
        raise UnusableCard(f"Aucune carte « {named} ».{known}")
    return Card.load(file)


def open_client(card: str, service: str) -> Client:
    """A client with this card before this service."""
    opened = open_card(card)
    audience = os.environ.get("ORDONUM_AUDIENCE")
    return Client(
        service,
        opened,
        home=home() / "postes" / opened.name,
        trust=trust(),
        audience=audience,
        drugs=drug_base_or_formulary,
    )


def open_vitale(named: str | None, number: int | None, today: date) -> Beneficiary | None:
    """Who the Vitale card in the reader names; None without a card. What its rights call for is told on standard error.

    Raises UnusableCard, also when the card has several beneficiaries and none was chosen.
    """
    if named is None:
        if number is not None:
            raise typer.BadParameter("se dit avec --vitale", param_hint="--beneficiary")
        return None
    file = Path(named)
    if not file.exists():
        file = home() / "authority" / "vitale" / f"{named}.json"
    card = vitale_card.read(file)
    if number is None and len(card.beneficiaries) > 1:
        known = ", ".join(f"{n} {each.quality.label}" for n, each in card.numbered)
        raise UnusableCard(f"Cette carte Vitale porte plusieurs bénéficiaires ; précisez --beneficiary : {known}.")
    chosen = 1 if number is None else number
    for notice in card.notices(chosen, today):
        typer.echo(f"À savoir : {notice}.", err=True)
    return card.beneficiary(chosen)
