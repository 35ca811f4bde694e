"""Exit codes of the command, and how an error is told: a French sentence on standard error, or one JSON object."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, ParamSpec

import typer

from ordonum.client import CannotPrint, ClientError, Declined, NotAuthentic, NotKept, Unconfirmed, UnusableCard
from ordonum.model.refusals import Refused
from ordonum.server.identity.trust import RootsRefused
from ordonum.server.store.migrate import CannotMigrate
from ordonum.server.store.postgres_process import CannotStart
from ordonum.server.vault.keys import KeysRefused
from ordonum.wire.problem import problem
from ordonum.wire.qr import NotOurCode

P = ParamSpec("P")

DONE, BUG, USAGE, UNREADABLE, DECLINED, UNCONFIRMED, NOT_AUTHENTIC, CARD, CANNOT_START = range(9)
CODES = {
    DONE: "fait",
    BUG: "erreur du programme",
    USAGE: "commande mal formée",
    UNREADABLE: "fichier, numéro ou code illisible ; rien n'est parti",
    DECLINED: "refusé par le service, qui dit pourquoi",
    UNCONFIRMED: "pas de réponse sûre ; ce qui écrit est gardé et peut être renvoyé tel quel",
    NOT_AUTHENTIC: "réponse ou ordonnance non authentique",
    CARD: "carte inutilisable",
    CANNOT_START: "le service ne peut pas démarrer",
}
_BY_ERROR: tuple[tuple[type[Exception], int], ...] = (
    (Declined, DECLINED),
    (Unconfirmed, UNCONFIRMED),
    (NotAuthentic, NOT_AUTHENTIC),
    (UnusableCard, CARD),
    (NotKept, UNREADABLE),
    (CannotPrint, UNREADABLE),
    (ClientError, BUG),
    (NotOurCode, UNREADABLE),
    (Refused, UNREADABLE),
    (CannotStart, CANNOT_START),
    (CannotMigrate, CANNOT_START),
    (KeysRefused, CANNOT_START),
    (RootsRefused, CANNOT_START),
)


def telling(command: Callable[P, None]) -> Callable[P, None]:
    """A command whose known errors become a sentence and an exit code; anything else is a bug, and shows."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except tuple(each for each, _ in _BY_ERROR) as error:
            _exit(error, as_json=bool(kwargs.get("as_json")))

    return told


def show(value: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def _exit(error: Exception, *, as_json: bool) -> NoReturn:
    code = next(each for kind, each in _BY_ERROR if isinstance(error, kind))
    told = _told(error)
    if as_json:
        show({"ok": False, "exit": code, **told})
    else:
        typer.echo(f"{told['detail']}", err=True)
        for fault in told.get("errors", []):
            typer.echo(f"  {fault['at']} : {fault['detail'] or fault['code']}", err=True)
    raise typer.Exit(code)


def _told(error: Exception) -> dict[str, Any]:
    if isinstance(error, Declined):
        source = error.problem
    elif isinstance(error, Refused):
        source = problem(error, reference="local")
    elif isinstance(error, NotOurCode):
        return {"code": "not-our-code", "detail": f"Aucun numéro d'ordonnance lu : {error.seen}."}
    else:
        return {"code": type(error).__name__, "detail": str(error)}
    faults = [{"at": each.at, "code": each.code, "detail": each.detail} for each in source.errors]
    return {
        "code": source.code,
        "detail": source.detail,
        "effect": source.effect.value,
        "retry": source.retry.value,
        "errors": faults,
    }
