"""`ordonum retention`: what is kept no longer (five years from writing, CSP R.4071-1), deleted with a proof."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from ordonum.cli import exits, files
from ordonum.cli.backup import owner, settings
from ordonum.cli.desk import JsonOption, utc_now
from ordonum.cli.exits import ProofRefused
from ordonum.knowledge.timezones import PARIS
from ordonum.model.refusals import Refused
from ordonum.model.retention import NOTHING_BEFORE, BrokenChain, Gone, Proof, SignedProof, chained, digest
from ordonum.server.settings import Settings
from ordonum.server.store.backup import BackupRefused
from ordonum.server.store.keeping import CannotTakeAway
from ordonum.server.store.retention import TABLES
from ordonum.server.vault import ledger
from ordonum.server.vault.key_backup import write_new
from ordonum.server.vault.keys import read_file
from ordonum.server.vault.vault import Vault
from ordonum.server.worker.retaining import preview, retain
from ordonum.texts import french
from ordonum.wire import jws, native

T = TypeVar("T")
_FRENCH = {
    "act": "actes",
    "audit": "traces",
    "own_act": "actes propres",
    "prescription_of": "listes",
    "patient_index": "index patients",
    "alert": "alertes",
}
_ORDER = sorted(TABLES, key=list(_FRENCH).index)


@exits.telling
def retention(
    delete: Annotated[bool, typer.Option("--delete", help="Effacer. Sans cette option, rien n'est changé.")] = False,
    to: Annotated[Path | None, typer.Option("--to", help="Fichier nouveau où écrire la preuve.")] = None,
    verify: Annotated[Path | None, typer.Option("--verify", help="Vérifier une preuve ; rien n'est changé.")] = None,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="Pour --verify : la page /v1/acknowledgement-keys du service.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """(Exploitant) Effacer ce qui n'est plus à conserver, cinq ans après la rédaction ; d'abord, voir ce qui partirait."""
    if verify is not None:
        _verify(verify, keys, as_json=as_json)
    elif delete:
        _delete(to, as_json=as_json)
    else:
        _preview(as_json=as_json)


def _preview(*, as_json: bool) -> None:
    chosen = settings()
    with owner(chosen) as owner_url:
        found = _done(preview(chosen, owner_url, utc_now()))
    if as_json:
        exits.show({"ok": True, "deleted": False, "gone": found.gone, "keys": found.keys})
        return
    _table(found.gone, "Rien n'est à effacer aujourd'hui.")
    if found.keys:
        typer.echo(f"Clés qui seraient détruites : {', '.join(found.keys)}")
    typer.echo("Rien n'a été supprimé (ordonum retention --delete efface).")


def _delete(to: Path | None, *, as_json: bool) -> None:
    chosen = settings()
    if to is not None and to.exists():
        raise BackupRefused(f"{to} existe déjà : une preuve s'écrit dans un fichier nouveau. Rien n'a été effacé.")
    with owner(chosen) as owner_url:
        signed = _done(retain(chosen, owner_url, utc_now()))
    if to is not None:
        write_new(to, written(signed))
    if as_json:
        typer.echo(written(signed).decode(), nl=False)
        return
    proof = signed.proof
    _table(proof.gone, "Rien n'était à effacer.")
    if proof.gone_in_all:
        typer.echo("Effacé en tout, depuis que cette base existe :")
        _table(proof.gone_in_all, "")
    for each in proof.destroyed:
        typer.echo(f"Clé détruite : {each.name}, empreinte {each.fingerprint}")
    typer.echo(
        f"Registre des clés détruites : {len(proof.ledger)} ligne(s), empreinte de la dernière {proof.ledger_digest}"
    )
    typer.echo(f"Preuve écrite dans {to}." if to is not None else "Preuve non écrite (--to FICHIER, ou --json).")
    if proof.destroyed:
        typer.echo(
            "  relancez le service, qui a encore ces clés en mémoire ; refaites ordonum keys backup, et détruisez les "
            "sauvegardes des clés plus anciennes : une clé n'est morte qu'avec la dernière."
        )


def _verify(file: Path, keys: Path | None, *, as_json: bool) -> None:
    chosen = settings()
    here = ledger.lines(chosen.key_file)
    proof = verified(files.read_bytes(file), _published(chosen, keys), here)
    if as_json:
        exits.show({"ok": True, "proof": proof})
        return
    typer.echo(f"Preuve authentique, du {french.moment(proof.made_at, PARIS)}.")
    _table(proof.gone, "Rien n'était à effacer.")
    typer.echo(f"Registre des clés détruites : {len(proof.ledger)} ligne(s) enchaînées, {len(here)} ici.")


def written(signed: SignedProof) -> bytes:
    """The one way in which a proof is written."""
    return msgspec.json.format(native.write(signed), indent=1) + b"\n"


def verified(raw: bytes, keys: dict[str, OKPKey], here: Sequence[str] = ()) -> Proof:
    """The proof that these bytes are, signed by one of these keys, its ledger chained, and the beginning of the one that is
    `here` (or all of it, and more). Raises ProofRefused.
    """
    try:
        signed = native.read(raw, SignedProof)
        payload = jws.read_acknowledgement(signed.signature, keys, typ=jws.RETENTION_TYP)
        lines = chained(signed.proof.ledger)
    except (Refused, jws.BadSignature, BrokenChain):
        raise ProofRefused("Ce fichier n'est pas une preuve signée par ce service, ou il a été changé.") from None
    proof = signed.proof
    last = digest(proof.ledger[-1]) if proof.ledger else NOTHING_BEFORE
    whole = written(signed) == raw and native.write(proof) == payload
    if not whole or last != proof.ledger_digest or not set(proof.destroyed) <= set(lines):
        raise ProofRefused("Ce fichier n'est pas une preuve signée par ce service, ou il a été changé.")
    known = min(len(here), len(proof.ledger))
    if tuple(here[:known]) != proof.ledger[:known]:
        raise ProofRefused("Le registre des clés détruites de cette preuve n'est pas celui qui est ici.")
    return proof


def _published(chosen: Settings, page: Path | None) -> dict[str, OKPKey]:
    """The service's public halves: of the page that it publishes, or of the key file that is here."""
    try:
        if page is not None:
            found = msgspec.json.decode(files.read_bytes(page))["keys"]
        else:
            if not chosen.key_file.exists():
                raise ProofRefused("Aucun fichier de clés ici : donnez la page des clés du service (--keys).")
            found = Vault(read_file(chosen.key_file)).public_keys()
        return {str(each["kid"]): OKPKey.import_key(each) for each in found}
    except (JoseError, msgspec.MsgspecError, ValueError, TypeError, KeyError):
        raise ProofRefused("La page des clés du service n'est pas lisible.") from None


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except CannotTakeAway as error:
        raise BackupRefused(
            f"La base n'a pas répondu ({error}) : ce qui a été effacé l'est, le reste est intact ; recommencez."
        ) from None


def _table(gone: Sequence[Gone], otherwise: str) -> None:
    """One line a declared year."""
    if not gone:
        typer.echo(otherwise, nl=bool(otherwise))
        return
    heads = ["année", "ordonnances", *(_FRENCH[each] for each in _ORDER)]
    counted = [(each.year, each.prescriptions, *(each.rows.get(table, 0) for table in _ORDER)) for each in gone]
    for row in (heads, *(map(str, each) for each in counted)):
        cells = [f"{cell:>{max(len(head), 8)}}" for cell, head in zip(row, heads, strict=True)]
        typer.echo("  ".join(cells))
