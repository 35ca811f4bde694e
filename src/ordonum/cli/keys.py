"""Keys that cards delegate: `session` (orders signed without the card), `keys sync`, `verify-qr` without the service."""

from pathlib import Path
from typing import Annotated

import typer

from ordonum.cli import exits, files
from ordonum.cli.desk import DEFAULT_SERVICE, CardOption, JsonOption, ServiceOption, home, open_client, utc_now
from ordonum.client.key_lists import Proof, QrVerdict
from ordonum.client.published import PublishedKeys
from ordonum.knowledge.timezones import zone_of
from ordonum.texts import french
from ordonum.wire import scan
from ordonum.wire.qr import SignedQr

app = typer.Typer(
    help="Les clés : sync, pour les postes (clés publiées, qui vérifient un QR code sans le service) ; backup et restore, pour "
    "l'exploitant du service (ses clés secrètes).",
    no_args_is_help=True,
)

PROVES = (
    "Ce que cela prouve : le logiciel de ce prescripteur, par une clé que sa carte a déléguée, a fait ce numéro pour ce patient "
    "ce jour-là."
)
PROVES_NOT = (
    "Ce que cela ne prouve pas : les lignes imprimées, ce qui a déjà été délivré, ni que l'ordonnance n'a pas été annulée. "
    "Une ligne sécurisée ne se délivre jamais sans que l'ordonnance soit enregistrée et lue."
)
SAID = {
    Proof.PROVEN: "QR code authentique.",
    Proof.NOT_PROVEN: "QR CODE NON PROUVÉ : aucune clé publiée par ce prescripteur n'a signé ce contenu. C'est un faux, ou une "
    "feuille imprimée pendant une panne : consultez la base, ou appelez le prescripteur.",
    Proof.LISTS_MISSING: "On ne peut pas conclure : les listes de clés de ce poste ne vont pas jusqu'à cette ordonnance "
    "(ordonum keys sync, quand le service répond). Une clé a pu être publiée depuis.",
}


def directory() -> Path:
    """Where this machine keeps the published keys."""
    return home() / "published-keys"


@app.command()
@exits.telling
def sync(service: ServiceOption = DEFAULT_SERVICE, as_json: JsonOption = False) -> None:
    """Recevoir les listes de clés publiées qui manquent (treize mois la première fois, puis un jour)."""
    came = PublishedKeys(directory()).sync(service, utc_now())
    if as_json:
        exits.show({"ok": True, "lists": came})
    else:
        typer.echo(f"{came} liste(s) de clés reçue(s).")


@exits.telling
def verify_qr(
    picture: Annotated[Path, typer.Argument(help="PDF ou image de la feuille (« - » : entrée standard).")],
    as_json: JsonOption = False,
) -> None:
    """Vérifier le QR code d'une feuille sans le service : ce que cela prouve, et ce que cela ne prouve pas."""
    signed = scan.find_code(files.read_bytes(picture))
    keys = PublishedKeys(directory())
    verdict = keys.verdict(signed) if keys.known else QrVerdict(proof=Proof.LISTS_MISSING)
    if as_json:
        exits.show({"ok": verdict.proof is Proof.PROVEN, "proof": verdict.proof.value, **_content(signed)})
    else:
        typer.echo(SAID[verdict.proof])
        for said in _content(signed).items():
            typer.echo(f"  {_FRENCH[said[0]]:<22} {said[1]}")
        typer.echo(PROVES if verdict.proof is Proof.PROVEN else "Rien n'est prouvé de ce qui précède.")
        typer.echo(PROVES_NOT)
    if verdict.proof is not Proof.PROVEN:
        raise typer.Exit(exits.NOT_AUTHENTIC if verdict.proof is Proof.NOT_PROVEN else exits.UNCONFIRMED)


@exits.telling
def session(card: CardOption, service: ServiceOption = DEFAULT_SERVICE, as_json: JsonOption = False) -> None:
    """Ouvrir une session : la carte délègue une clé qui signe les ordonnances de ce poste pendant douze heures au plus."""
    with open_client(card, service) as client:
        given = client.open_session()
        zone = zone_of(client.card.place)
    if as_json:
        exits.show({"ok": True, "until": given.until})
    else:
        typer.echo(
            f"Session ouverte jusqu'au {french.moment(given.until, zone)} ; les ordonnances se signent sans la carte."
        )


_FRENCH = {
    "prescriber": "Prescripteur (RPPS)",
    "place": "Lieu",
    "patient": "Patient",
    "birth_date": "Né(e) le",
    "written_on": "Rédigée le",
    "number": "Numéro",
}


def _content(signed: SignedQr) -> dict[str, str]:
    said = signed.content
    return {
        "prescriber": str(said.rpps),
        "place": f"N° AM {said.numero_am}" if said.numero_am else f"FINESS {said.finess}",
        "patient": f"{said.surname} {said.first_name}",
        "birth_date": french.birth_date(said.birth_date),
        "written_on": french.day(said.written_on),
        "number": said.number.grouped,
    }
