"""`ordonum rules`: the legal rules that the service applies, each with its dates, its effect and where it was read."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from ordonum.cli import exits
from ordonum.cli.desk import JsonOption
from ordonum.knowledge.rules import RULES, counted
from ordonum.knowledge.timezones import PARIS
from ordonum.model.rule import Rule


@exits.telling
def show(
    article: Annotated[str, typer.Option(help="Seulement les règles dont l'article contient ce texte.")] = "",
    on: Annotated[datetime | None, typer.Option(help="Les règles en vigueur ce jour.", formats=["%Y-%m-%d"])] = None,
    as_json: JsonOption = False,
) -> None:
    """Lire les règles de droit que le service applique, et combien sont lues ou à valider."""
    day = on.date() if on is not None else datetime.now(UTC).astimezone(PARIS).date()
    chosen = [rule for rule in RULES if article.casefold() in (rule.article or "").casefold() and rule.in_force(day)]
    read, to_validate = counted()
    if as_json:
        exits.show({"ok": True, "read": read, "to_validate": to_validate, "rules": [_told(rule) for rule in chosen]})
        return
    for rule in chosen:
        told = _told(rule)
        typer.echo(f"{told['article'] or 'article à trouver'}  [{rule.effect.label}, {rule.when.label}]  {rule.name}")
        typer.echo(f"    {rule.read}")
        source = f"{rule.source.title}, {rule.source.on} : {rule.source.at}" if rule.source else "à valider"
        typer.echo(f"    depuis le {rule.since:%d/%m/%Y} ; source : {source}")
    typer.echo(f"{read} règles lues dans un document, {to_validate} à valider (celles-ci informent seulement).")
    typer.echo(f"{len(chosen)} en vigueur et montrées, au {day:%d/%m/%Y}.")


def _told(rule: Rule) -> dict[str, Any]:
    source = rule.source
    return {
        "name": rule.name,
        "article": rule.article,
        "sentence": rule.sentence,
        "since": rule.since.isoformat(),
        "until": _day(rule.until),
        "effect": rule.effect.value,
        "when": rule.when.value,
        "check": rule.check.value,
        "source": {"title": source.title, "on": source.on, "at": source.at} if source else None,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
