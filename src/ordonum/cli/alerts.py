"""`ordonum alerts`: what the insurer is alerted of, read beside the service, with its database and its key file."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from ordonum.cli import exits
from ordonum.cli.desk import JsonOption
from ordonum.knowledge.timezones import PARIS
from ordonum.model.actors import Employee, Professional
from ordonum.model.rates import FLOOR, TIMES
from ordonum.server import main
from ordonum.server.settings import Settings, from_environment
from ordonum.server.store.database import open_pool
from ordonum.server.store.embedded import APPLICATION, EmbeddedPostgres
from ordonum.server.store.postgres_process import CannotStart
from ordonum.server.usecases.alerts import Alert, alerts
from ordonum.server.vault.keys import read_file
from ordonum.server.vault.vault import Vault
from ordonum.texts import french

SAID = {
    "guessing-professional": "a demandé trop de numéros inconnus (vingt en dix minutes)",
    "guessing-place": "a demandé le centième numéro inconnu en dix minutes de ce lieu",
    "searching-professional": "a cherché trop de patients dont rien n'est trouvé (cent en vingt-quatre heures)",
    "searching-place": "a cherché le deux millième patient dont rien n'est trouvé, en vingt-quatre heures, de ce lieu",
    "suspected-forgery": "a signalé une ordonnance soupçonnée d'être falsifiée ou volée",
    "unusual-rate": f"enregistre inhabituellement beaucoup : plus de {FLOOR} ordonnances en vingt-quatre heures, et plus de "
    f"{TIMES} fois son jour le plus chargé des quatre semaines précédentes (carte volée ? logiciel emballé ?)",
}


@exits.telling
def show(
    days: Annotated[int, typer.Option(help="Nombre de jours à relire.", min=1, max=400)] = 30,
    as_json: JsonOption = False,
) -> None:
    """Lire les alertes du service (exploitant) : recherches vaines, falsifications signalées, débits inhabituels."""
    settings = from_environment(dict(os.environ))
    found = asyncio.run(_alerts(settings, datetime.now(UTC) - timedelta(days=days)))
    if as_json:
        exits.show({"ok": True, "alerts": [_told(each) for each in found]})
        return
    for each in found:
        told = _told(each)
        when = french.moment(each.at, PARIS)
        typer.echo(f"{when}  {told['who']}, {told['place']} : {SAID[each.kind]}.")
    if not found:
        typer.echo(f"Aucune alerte depuis {days} jour(s).")


def _told(alert: Alert) -> dict[str, str]:
    who = alert.actor.who
    if isinstance(who, Professional):
        named = f"{who.given_name} {who.surname}, {who.profession.label} (RPPS {who.rpps})"
    elif isinstance(who, Employee):
        named = f"{who.given_name} {who.surname}, {who.role.label} ({who.id})"
    else:
        named = f"{who.name} ({who.id})"
    return {"at": alert.at.isoformat(), "kind": alert.kind, "who": named, "place": alert.actor.place.name}


async def _alerts(settings: Settings, since: datetime) -> tuple[Alert, ...]:
    if not settings.key_file.exists():
        raise CannotStart(f"Le fichier de clés {settings.key_file} manque : lancez la commande là où est le service.")
    vault = Vault(read_file(settings.key_file))
    if settings.database_url is None and not (settings.home / "db" / "pg").is_dir():
        raise CannotStart(
            f"Aucune base dans {settings.home} (ORDONUM_HOME), et ORDONUM_DATABASE_URL n'en donne pas d'autre."
        )
    url = settings.database_url or EmbeddedPostgres(settings.home / "db").url(APPLICATION, main.DATABASE)
    pool = await open_pool(url, 2)
    try:
        return await alerts(pool, vault, since)
    finally:
        await pool.close()
