"""`ordonum keys backup` and `ordonum keys restore`: the operator's commands on the keys of the service."""

from pathlib import Path
from typing import Annotated

import typer

from ordonum.cli import exits, files
from ordonum.cli.backup import settings
from ordonum.cli.desk import JsonOption
from ordonum.server.vault import key_backup


@exits.telling
def backup(
    file: Annotated[Path, typer.Argument(help="Fichier nouveau où écrire la sauvegarde (JWE).")],
    to: Annotated[
        list[Path],
        typer.Option("--to", help="Certificat (PEM ou DER) de qui pourra l'ouvrir ; deux, de deux clés différentes."),
    ],
    as_json: JsonOption = False,
) -> None:
    """(Exploitant) Sauvegarder les clés du service, chiffrées pour deux certificats : l'une ou l'autre clé privée l'ouvre."""
    whole, names = key_backup.encrypted(settings().key_file, [files.read_bytes(each) for each in to])
    key_backup.write_new(file, whole)
    if as_json:
        exits.show({"ok": True, "file": str(file), "keys": names})
        return
    years = [name[5:-1] for name in names if name.startswith("data[")]
    typer.echo(f"Clés du service sauvegardées dans {file}, années {', '.join(years)} ; à garder loin de la base.")
    typer.echo(
        "  à refaire après chaque 1er décembre (les clés de l'année suivante sont faites), et à essayer : keys restore."
    )


@exits.telling
def restore(
    file: Annotated[Path, typer.Argument(help="Sauvegarde faite par ordonum keys backup.")],
    key: Annotated[
        Path, typer.Option("--key", help="L'une des deux clés privées (PEM) ; sa phrase secrète est demandée.")
    ],
    as_json: JsonOption = False,
) -> None:
    """(Exploitant) Remettre les clés du service, là où il n'y en a pas ; un fichier de clés n'est jamais écrasé."""
    whole, private = files.read_bytes(file), files.read_bytes(key)
    try:
        keys = key_backup.decrypted(whole, private, None)
    except key_backup.PassphraseWanted:
        passphrase = typer.prompt("Phrase secrète de la clé privée", hide_input=True, err=True)
        keys = key_backup.decrypted(whole, private, passphrase)
    target = settings().key_file
    key_backup.put_back(target, keys, keys.ledger)
    if as_json:
        exits.show({"ok": True, "file": str(target), "keys": [name for name, _ in keys.named()]})
    else:
        typer.echo(
            f"Clés du service remises dans {target} (0600). Le service vérifiera qu'elles sont celles de sa base."
        )
