"""`ordonum sandbox`: the test cards, the test Vitale cards, and what one does to them."""

from typing import Annotated, Any

import typer

from ordonum.cli import exits
from ordonum.cli.desk import JsonOption, home
from ordonum.client import vitale as vitale_card
from ordonum.client.card import CardFile
from ordonum.client.errors import UnusableCard
from ordonum.knowledge import specialties
from ordonum.model.actors import Professional
from ordonum.sandbox.authority import Authority
from ordonum.sandbox.people import AGENT_CARDS, EMPLOYEE_CARDS, RSA_CARDS, STRUCTURE_CARDS, TEST_CARDS
from ordonum.texts import french
from ordonum.wire import native

app = typer.Typer(help="Le bac à sable : cartes de test, cartes Vitale de test, révocation.", no_args_is_help=True)


@app.command()
@exits.telling
def cards(as_json: JsonOption = False) -> None:
    """Les cartes de test : professionnels, employés, structures, agents de l'Assurance Maladie."""
    if as_json:
        exits.show({"ok": True, "cards": _as_json()})
        return
    typer.echo("Professionnels de santé")
    for name, who, place in TEST_CARDS:
        rsa = " (carte RSA)" if name in RSA_CARDS else ""
        _row(name, f"{who.given_name} {who.surname}, {_profession(who)}{rsa}", f"RPPS {who.rpps}", place.name)
    typer.echo("Employés, sous la responsabilité d'un professionnel")
    for name, employee, place, under in EMPLOYEE_CARDS:
        person = f"{employee.given_name} {employee.surname}, {employee.role.label}"
        _row(name, person, str(employee.id), f"{place.name}, sous le RPPS {under}")
    typer.echo("Structures")
    for name, structure, place in STRUCTURE_CARDS:
        _row(name, structure.name, str(structure.id), place.key)
    typer.echo("Agents de l'Assurance Maladie")
    for name, agent, place in AGENT_CARDS:
        _row(name, f"{agent.organisation}, {agent.mission.label}", str(agent.id), place.key)


def _row(name: str, who: str, number: str, where: str) -> None:
    typer.echo(f"  {name:<26} {who:<70} {number:<27} {where}")


def _profession(who: Professional) -> str:
    more = specialties.label(who.profession, who.specialty)
    if more is None or who.profession.label in more.split():
        return more or who.profession.label
    return f"{who.profession.label}, {more}"


def _as_json() -> list[dict[str, Any]]:
    return [
        *(
            {"card": name, "kind": "professional", "rpps": str(who.rpps), "place": place.key}
            for name, who, place in TEST_CARDS
        ),
        *(
            {"card": name, "kind": "employee", "id": str(employee.id), "under": str(under), "place": place.key}
            for name, employee, place, under in EMPLOYEE_CARDS
        ),
        *(
            {"card": name, "kind": "structure", "id": str(structure.id), "place": place.key}
            for name, structure, place in STRUCTURE_CARDS
        ),
        *(
            {"card": name, "kind": "agent", "id": str(agent.id), "mission": agent.mission.value, "place": place.key}
            for name, agent, place in AGENT_CARDS
        ),
    ]


@app.command()
@exits.telling
def vitale(as_json: JsonOption = False) -> None:
    """Les cartes Vitale de test et leurs bénéficiaires."""
    files = sorted((home() / "authority" / "vitale").glob("*.json"))
    read = [(file.stem, vitale_card.read(file)) for file in files]
    if as_json:
        rows = [
            {"card": name, "beneficiaries": [{"number": n, "quality": each.quality.value} for n, each in card.numbered]}
            for name, card in read
        ]
        exits.show({"ok": True, "cards": rows})
        return
    if not read:
        typer.echo("Aucune carte Vitale de test. Lancez d'abord le bac à sable : make run.")
    for name, card in read:
        typer.echo(name)
        for n, each in card.numbered:
            own = "son propre numéro" if card.has_own_number(n) else "sous le numéro de l'assuré"
            born = french.birth_date(each.birth_date)
            rank = f", rang {each.birth_rank}" if each.birth_rank > 1 else ""
            person = f"{each.first_name} {each.surname}, né(e) le {born}{rank}"
            typer.echo(f"  {n}  {person:<58} {each.quality.label:<12} {own}")


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
