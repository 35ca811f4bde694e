"""The workstation that a command acts from: card, service, home; each by option or environment."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ordonum.client import Card, Client, UnusableCard

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
FromOption = Annotated[Path | None, typer.Option("--from", help="PDF ou image dont le QR code donne le numéro.")]


def home() -> Path:
    """Where this machine keeps everything of ordonum."""
    return Path(os.environ.get("ORDONUM_HOME") or ".ordonum").absolute()


def trust() -> Path:
    """The roots that orders are verified with."""
    chosen = os.environ.get("ORDONUM_TRUST")
    return Path(chosen) if chosen else home() / "authority" / "trust"


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
    return Client(service, opened, home=home() / "postes" / opened.name, trust=trust(), audience=audience)
