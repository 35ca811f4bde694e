"""`ordonum line`: a line of prescription as it is typed, and what it becomes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer
from msgspec import to_builtins

from ordonum.cli import assist, drug_sheet, exits
from ordonum.cli.desk import JsonOption, assistance
from ordonum.client.composed import Boxes, Composed
from ordonum.client.composing import compose
from ordonum.knowledge.timezones import PARIS
from ordonum.texts import lines as line_texts
from ordonum.wire.native import plain

WordsArgument = Annotated[list[str], typer.Argument(help="«metformine 1 g 1 matin et soir 3 mois».")]
ChooseOption = Annotated[
    str | None, typer.Option("--choose", help="Code CIS du dosage et de la forme choisis, parmi ceux qui sont montrés.")
]


@exits.telling
def compose_line(words: WordsArgument, choose: ChooseOption = None, as_json: JsonOption = False) -> None:
    """Composer une ligne d'ordonnance : médicament codé, posologie lue, boîtes, prix, conditions, alertes de la ligne seule ;
    ce qui manque est dit.
    """
    held, day = assistance(), datetime.now(UTC).astimezone(PARIS).date()
    made = compose(held.base, " ".join(words), day, choose)
    alerts = assist.alerts_of(held, made.line, day) if made.line is not None else ()
    if as_json:
        told = to_builtins(made, enc_hook=plain)
        line = told.pop("line")
        found = {"line": line, "composed": told, "alerts": to_builtins(alerts)}
        exits.show({"ok": True, "edition": to_builtins(held.base.edition), **found})
        return
    _tell(made)
    assist.tell(alerts)
    typer.echo(drug_sheet.source(held.base.edition))


def _tell(made: Composed) -> None:
    if made.name:
        by = "par sa dénomination commune" if made.common else "par sa marque"
        typer.echo(f"« {made.product} » : {made.name}, prescrit {by}")
    for each in made.alike:
        typer.echo(f"  ! à ne pas confondre avec {each}")
    if made.line is not None:
        typer.echo(line_texts.title(made.line))
        for said in (*line_texts.details(made.line), *line_texts.marks(made.line)):
            typer.echo(f"  {said}")
    for said in _said(made):
        typer.echo(f"  {said}")
    for choice in made.choices:
        typer.echo(f"    {choice.cis}  {choice.variant}")


def _said(made: Composed) -> Iterator[str]:
    """What was understood, the boxes, the legal conditions, what is lacking."""
    if made.understood:
        yield f"Compris : {made.understood}"
    if made.boxes is not None:
        yield _boxes(made.boxes)
    if made.conditions:
        yield f"Conditions : {' ; '.join(made.conditions)}"
    for each in made.needs:
        yield f"! {each}"
    if made.choices:
        yield "Dosages et formes (--choose CIS) :" if made.line is None else "Autres formes (--choose CIS) :"


def _boxes(boxes: Boxes) -> str:
    """«2 boîtes de 30 comprimés (CIP13 …) : 6,16 €, remboursé à 65 %»."""
    price = f"{boxes.price // 100},{boxes.price % 100:02} €" if boxes.price is not None else "prix libre"
    rate = f", remboursé à {boxes.rate} %" if boxes.rate is not None else ", non remboursé"
    many = "boîte" if boxes.count == 1 else "boîtes"
    whole = f" au plus, {boxes.whole} en tout" if boxes.whole != boxes.count else ""
    return f"{boxes.count} {many} par délivrance{whole}, « {boxes.label} » (CIP13 {boxes.cip13}) : {price}{rate}"
