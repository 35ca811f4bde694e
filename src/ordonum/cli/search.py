"""`ordonum search`: the care team looks for what was executed for a patient. Who they are comes from their Vitale card, a file
or the standard input, never by argument.
"""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from msgspec import to_builtins
from msgspec.structs import replace

from ordonum.cli import asking, exits, files, saying
from ordonum.cli.desk import (
    DEFAULT_SERVICE,
    CardOption,
    JsonOption,
    ServiceOption,
    VitaleOption,
    open_client,
    open_vitale,
)
from ordonum.client import Client
from ordonum.knowledge.timezones import zone_of
from ordonum.model.beneficiary import Beneficiary, NoIdentity
from ordonum.model.care_team import Care, FoundPrescription, Relation, SearchPurpose, SearchRequest, Sought
from ordonum.model.prescription import YEAR_MAX, YEAR_MIN
from ordonum.texts import french
from ordonum.wire import native
from ordonum.wire.native import plain

PATIENT_BYTES_MAX = 4_000


@exits.telling
def search(
    card: CardOption,
    relation: Annotated[
        str,
        typer.Option(
            "--relation", help=f"Votre relation de soins avec le patient, tracée : {asking.offered(Relation)}."
        ),
    ],
    purpose: Annotated[
        str, typer.Option("--purpose", help=f"Pourquoi : {asking.offered(SearchPurpose)}.")
    ] = "continuity",
    service: ServiceOption = DEFAULT_SERVICE,
    vitale: VitaleOption = None,
    beneficiary: Annotated[
        int | None, typer.Option("--beneficiary", help="Numéro du bénéficiaire sur la carte.")
    ] = None,
    patient: Annotated[
        Path | None,
        typer.Option("--patient-file", help="Le patient en JSON (docs/fichiers.md) ; sinon : entrée standard."),
    ] = None,
    declaration: Annotated[
        Path | None,
        typer.Option("--declaration-file", help="Fichier d'une précision sur votre relation, gardée scellée."),
    ] = None,
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="Rédigées depuis ce jour (AAAA-MM-JJ).")
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, max=1000, help="Nombre d'ordonnances, au plus.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Chercher ce qui a été exécuté pour un patient que vous prenez en charge. La recherche est tracée, et dite au patient."""
    if since is not None and not YEAR_MIN <= since.year <= YEAR_MAX:
        raise typer.BadParameter(f"de {YEAR_MIN} à {YEAR_MAX}", param_hint="--since")
    declared = Care(
        relation=asking.chosen(Relation, relation, "--relation"),
        purpose=asking.chosen(SearchPurpose, purpose, "--purpose"),
        declaration=files.read_bytes(declaration).decode("utf-8", "replace").strip() if declaration else None,
    )
    with open_client(card, service) as client:
        read = open_vitale(vitale, beneficiary, client.now().astimezone(zone_of(client.card.place)).date())
        sought = _sought(read) if read is not None else _read_patient(patient)
        found, more = _search(client, sought, declared, since.date() if since else None, most)
        if as_json:
            exits.show({"ok": True, "more": more, "items": to_builtins(found, enc_hook=plain)})
            return
        for each in found:
            _tell(client, each)
        if not found:
            typer.echo("Rien n'est trouvé pour ce patient sous cette relation.")
        if more:
            typer.echo("D'autres ordonnances, plus anciennes, existent (--most).")


def _search(
    client: Client, sought: Sought, declared: Care, since: date | None, most: int
) -> tuple[list[FoundPrescription], bool]:
    """At most so many, page after page; whether there may be more."""
    asked, found = SearchRequest(patient=sought, care=declared, since=since), list[FoundPrescription]()
    while True:
        page = client.search(asked)
        found += page.items
        if page.after is None or len(found) >= most:
            return found[:most], page.after is not None or len(found) > most
        asked = replace(asked, after=page.after)


def _sought(read: Beneficiary) -> Sought:
    identity = read.identity
    assert not isinstance(identity, NoIdentity)  # a card names by a number
    return Sought(identity=identity, first_name=read.first_name, birth_date=read.birth_date, birth_rank=read.birth_rank)


def _read_patient(file: Path | None) -> Sought:
    """The patient of a file or of the standard input. Raises FileProblem, Refused."""
    if file is None and sys.stdin.isatty():
        raise exits.FileProblem("Donnez le patient : --vitale, --patient-file ou l'entrée standard.")
    raw = files.read_bytes(file) if file is not None else sys.stdin.buffer.read(PATIENT_BYTES_MAX)
    return native.read(raw, Sought)


def _tell(client: Client, each: FoundPrescription) -> None:
    zone, who = zone_of(client.card.place), each.prescriber
    typer.echo(
        f"Ordonnance du {french.day(each.written_on)} ({each.family.label}), {each.status.label} d'après la base, "
        f"de {who.given_name} {who.surname} ({who.profession.label}), {who.place_name}, {who.city}"
    )
    for line in each.lines:
        saying.line(line)
    for made in each.executions:
        saying.execution(made, zone)
