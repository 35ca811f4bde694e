"""`ordonum office`: what the insurer's office does for a patient. Their NIR comes from a file or the standard input, never by
argument."""

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer
from msgspec import to_builtins

from ordonum.cli import exits, files
from ordonum.cli.desk import (
    DEFAULT_SERVICE,
    CardOption,
    FromOption,
    JsonOption,
    NumberFileOption,
    ServiceOption,
    open_client,
)
from ordonum.client import Acknowledged, Client
from ordonum.knowledge.timezones import zone_of
from ordonum.model.acts import ByNumber
from ordonum.model.beneficiary import Nir
from ordonum.model.identifiers import Malformed, NirKey
from ordonum.model.insurer import FileReference, Purpose, PurposeCode
from ordonum.model.office import ByPatient, Opposition, Subject, Traces, TracesRequest
from ordonum.model.refusals import Fault, Refusal, Refused
from ordonum.texts import french
from ordonum.wire import native
from ordonum.wire.faults import HINTS
from ordonum.wire.native import plain

app = typer.Typer(help="La caisse, pour un patient : opposition, levée, qui a fait quoi.", no_args_is_help=True)

PatientOption = Annotated[
    Path | None,
    typer.Option(
        "--patient-file",
        help="Fichier qui nomme le patient : son NIR avec la clé, ou un objet JSON (docs/fichiers.md). "
        "Sinon : entrée standard, ou question.",
    ),
]
ReferenceOption = Annotated[
    str | None, typer.Option("--reference", help="Référence de votre dossier : ni nom ni NIR (tracée).")
]
ForOption = Annotated[
    bool, typer.Option("--representative", help="À la demande du représentant légal, et non du patient lui-même.")
]
ActOption = Annotated[
    UUID | None, typer.Option("--act", help="Identifiant de l'acte, pour renvoyer le même après une panne.")
]


@app.command()
@exits.telling
def oppose(
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    patient: PatientOption = None,
    reference: ReferenceOption = None,
    representative: ForOption = False,
    act: ActOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enregistrer l'opposition d'un patient à la relecture par les prescripteurs, jusqu'à sa levée."""
    made = _opposition(patient, reference, act, representative=representative)
    with open_client(card, service) as client:
        _acknowledged(client, client.oppose(made), "Opposition enregistrée", as_json=as_json)


@app.command()
@exits.telling
def lift(
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    patient: PatientOption = None,
    reference: ReferenceOption = None,
    representative: ForOption = False,
    act: ActOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lever l'opposition d'un patient, à sa demande : les prescripteurs relisent de nouveau."""
    made = _opposition(patient, reference, act, representative=representative)
    with open_client(card, service) as client:
        _acknowledged(client, client.lift(made), "Opposition levée", as_json=as_json)


@app.command()
@exits.telling
def traces(
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    patient: PatientOption = None,
    picture: FromOption = None,
    number_file: NumberFileOption = None,
    reference: ReferenceOption = None,
    representative: ForOption = False,
    as_json: JsonOption = False,
) -> None:
    """Dire à un patient qui a fait quoi sur ses données, et quand : sous son NIR, ou sur l'ordonnance dont il donne le numéro."""
    purpose = _purpose(reference, representative=representative)
    by_number = number_file is not None or picture is not None
    if by_number and patient is not None:
        raise exits.FileProblem("Donnez --patient-file, ou le numéro (--from, --number-file), pas les deux.")
    if by_number:
        presented = files.read_presented(number_file, picture)
        asked = TracesRequest(about=ByNumber(presented.number), purpose=purpose, qr=presented.scanned)
    else:
        asked = TracesRequest(about=ByPatient(_subject(patient)), purpose=purpose)
    with open_client(card, service) as client:
        found = client.traces(asked)
        if as_json:
            exits.show({"ok": True, **to_builtins(found, enc_hook=plain)})
        else:
            _tell(client, found)


def _tell(client: Client, found: Traces) -> None:
    zone = zone_of(client.card.place)
    for each in found.entries:
        who = f" [{each.who}]" if each.who else ""
        typer.echo(f"{french.moment(each.at, zone)}  {each.sentence}{who}")
    if not found.entries:
        typer.echo("Rien n'a été fait sur ces données.")
    if found.opposed_since is not None:
        typer.echo(f"Opposition en vigueur depuis le {french.moment(found.opposed_since, zone)}.")
    for notice in found.notices:
        typer.echo(f"À savoir : {notice}.")


def _acknowledged(client: Client, done: Acknowledged, said: str, *, as_json: bool) -> None:
    at = done.acknowledgement.recorded_at
    if as_json:
        exits.show({"ok": True, "act_id": done.act_id, "recorded_at": at, "replayed": done.replayed})
        return
    typer.echo(f"{said} le {french.moment(at, zone_of(client.card.place))} (acte {done.act_id}).")
    for notice in done.notices:
        typer.echo(f"À savoir : {notice}.")


def _opposition(patient: Path | None, reference: str | None, act: UUID | None, *, representative: bool) -> Opposition:
    purpose = _purpose(reference, representative=representative)
    return Opposition(act_id=act or uuid4(), patient=_subject(patient), purpose=purpose)


def _purpose(reference: str | None, *, representative: bool) -> Purpose:
    code = PurposeCode.REPRESENTATIVE_REQUEST if representative else PurposeCode.PATIENT_REQUEST
    try:
        return Purpose(code, FileReference(reference) if reference is not None else None)
    except Malformed:
        raise typer.BadParameter(
            "capitales, chiffres et tirets, un chiffre au moins ; ni nom ni NIR", param_hint="--reference"
        ) from None


def _subject(file: Path | None) -> Subject:
    """The patient: a NIR with its key or a Subject in JSON, by file, standard input or question. Raises Refused."""
    if file is not None:
        raw = files.read_bytes(file)
    elif not sys.stdin.isatty():
        raw = sys.stdin.buffer.read(4000)
    else:
        raw = str(typer.prompt("NIR du patient, avec sa clé", hide_input=True)).encode()
    if raw.lstrip().startswith(b"{"):
        return native.read(raw, Subject)
    try:
        return Subject(identity=Nir(NirKey("".join(raw.decode("utf-8", "replace").split())), "self"))
    except Malformed as error:
        hint = HINTS[error.reason].format(expected=NirKey.title)
        raise Refused(Refusal.UNREADABLE, faults=(Fault("patient", error.reason, hint),)) from None
