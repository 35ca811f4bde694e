"""`ordonum sandbox`: the test cards, and what one does to them."""

from typing import Annotated

import typer

from ordonum.cli import exits
from ordonum.cli.desk import JsonOption, home
from ordonum.client.card import CardFile
from ordonum.client.errors import UnusableCard
from ordonum.sandbox.authority import Authority
from ordonum.sandbox.people import TEST_CARDS
from ordonum.wire import native

app = typer.Typer(help="Le bac à sable : cartes de test et leur révocation.", no_args_is_help=True)


@app.command()
@exits.telling
def cards(as_json: JsonOption = False) -> None:
    """Les cartes de test."""
    if as_json:
        exits.show({"ok": True, "cards": [{"card": name, "rpps": str(who.rpps)} for name, who, _ in TEST_CARDS]})
        return
    for name, who, place in TEST_CARDS:
        typer.echo(f"{name:<18} {who.given_name} {who.surname}, {who.profession.label}, {place.name}")


@app.command()
@exits.telling
def revoke(name: Annotated[str, typer.Argument(help="Nom de la carte.")]) -> None:
    """Révoquer une carte de test : le service qui tourne l'apprend dans la seconde, et la refuse dès la demande suivante."""
    authority = Authority(home() / "authority")
    file = authority.cards / f"{name}.json"
    if not file.exists():
        raise UnusableCard(f"Aucune carte de test « {name} ».")
    authority.revoke(native.read(file.read_bytes(), CardFile))
    typer.echo(f"Carte {name} révoquée. Pour en refaire une : supprimez {file} et relancez le service.")
