"""`ordonum backup` and `ordonum restore`: the operator's commands on the database, never on its keys (`ordonum keys`)."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ordonum.cli import exits
from ordonum.cli.desk import JsonOption, utc_now
from ordonum.knowledge.timezones import PARIS
from ordonum.server.main import DATABASE
from ordonum.server.settings import Settings, from_environment
from ordonum.server.store import backup as backups
from ordonum.server.store.backup import BackupRefused, Manifest
from ordonum.server.store.embedded import OWNER, EmbeddedPostgres, InUse
from ordonum.server.store.keeping import CannotTakeAway
from ordonum.server.store.reload import reload, reload_embedded
from ordonum.server.worker.retaining import forget
from ordonum.texts import french


@exits.telling
def backup(
    directory: Annotated[Path, typer.Argument(help="Dossier nouveau où écrire la sauvegarde.")],
    as_json: JsonOption = False,
) -> None:
    """(Exploitant) Sauvegarder la base, pendant que le service travaille. Les clés n'y sont pas : ordonum keys backup."""
    with owner(settings()) as owner_url:
        manifest = backups.take(owner_url, directory, utc_now)
    if as_json:
        exits.show({"ok": True, "directory": str(directory), **_told(manifest)})
        return
    typer.echo(f"Base sauvegardée dans {directory} : {_counted(manifest)}, {manifest.bytes} octets.")
    typer.echo(
        f"  tout ce qui a été enregistré jusqu'au {french.moment(manifest.up_to, PARIS)} y est ; schéma {manifest.schema}"
    )
    typer.echo(f"  empreinte SHA-256 : {manifest.sha256}")
    typer.echo(f"  illisible sans les clés, sauvegardées à part (ordonum keys backup) : {', '.join(manifest.keys)}")


@exits.telling
def restore(
    directory: Annotated[Path, typer.Argument(help="Dossier d'une sauvegarde faite par ordonum backup.")],
    as_json: JsonOption = False,
) -> None:
    """(Exploitant) Remettre une sauvegarde dans une base vide, service arrêté ; rien n'est jamais écrasé."""
    chosen = settings()
    if chosen.owner_url is not None and chosen.database_url is not None:
        manifest = reload(directory, chosen.owner_url, chosen.database_url, utc_now())
    else:
        manifest = reload_embedded(directory, chosen.home / "db", DATABASE, utc_now())
    ended = _ended(chosen)
    if as_json:
        exits.show({"ok": True, "ended": ended, **_told(manifest)})
        return
    typer.echo(f"Base restaurée : {_counted(manifest)}. Tous les comptes sont ceux du manifeste.")
    typer.echo(
        f"  ce qui a été enregistré après le {french.moment(manifest.up_to, PARIS)} peut manquer : les postes le renverront"
    )
    if ended:
        typer.echo(f"  {ended} ordonnance(s) dont la conservation est finie en sont de nouveau effacées")
    if chosen.key_file.exists():
        typer.echo("  lancez le service : il vérifie que le fichier de clés est bien celui de cette base.")
    else:
        typer.echo("  avant de lancer le service, remettez le fichier de clés : ordonum keys restore")


def _ended(chosen: Settings) -> int:
    """What the back-up brought back and is kept no longer goes again; how many prescriptions."""
    try:
        with owner(chosen) as owner_url:
            return asyncio.run(forget(chosen, owner_url, utc_now(), alone=False))
    except CannotTakeAway as error:
        raise BackupRefused(
            f"La base est restaurée, mais ce qui n'est plus à conserver n'a pas pu en être effacé ({error}) : le service le "
            "fera avant de répondre."
        ) from None


def settings() -> Settings:
    """The service's settings, as `ordonum serve` reads them. Raises BackupRefused."""
    try:
        found = from_environment(dict(os.environ))
    except ValueError:
        raise BackupRefused("ORDONUM_PORT doit être un nombre.") from None
    if (found.database_url is None) != (found.owner_url is None):
        raise BackupRefused("Donnez les deux adresses, ORDONUM_DATABASE_URL et ORDONUM_DATABASE_OWNER_URL, ou aucune.")
    return found


@contextlib.contextmanager
def owner(chosen: Settings) -> Iterator[str]:
    """The owner's address of the database; an embedded server that no service runs is started meanwhile.

    Raises BackupRefused, CannotStart.
    """
    if chosen.owner_url is not None:
        yield chosen.owner_url
        return
    server = EmbeddedPostgres(chosen.home / "db")
    if not server.data.exists():
        raise BackupRefused(f"Aucune base dans {chosen.home} (ORDONUM_HOME) : rien à sauvegarder, ni à effacer.")
    try:
        server.start()
    except InUse:
        yield server.url(OWNER, DATABASE)
        return
    try:
        yield server.url(OWNER, DATABASE)
    finally:
        server.stop()


def _counted(manifest: Manifest) -> str:
    return f"{manifest.tables.get('act', 0)} acte(s), {manifest.tables.get('audit', 0)} trace(s)"


def _told(manifest: Manifest) -> dict[str, object]:
    return {
        "made_at": manifest.made_at,
        "restored_to": manifest.up_to,
        "schema": manifest.schema,
        "tables": manifest.tables,
        "bytes": manifest.bytes,
        "sha256": manifest.sha256,
        "keys": manifest.keys,
    }
