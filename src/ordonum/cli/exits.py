"""Exit codes of the command, and how an error is told: a French sentence on standard error, or one JSON object."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, ParamSpec

import msgspec
import typer

from ordonum.client import (
    CannotPrint,
    ClientError,
    Declined,
    NotAuthentic,
    NotKept,
    Unconfirmed,
    UnusableCard,
    UnusableOutbox,
)
from ordonum.knowledge.drugs.file import BaseUnusable
from ordonum.knowledge.interactions.file import TableUnusable
from ordonum.model.refusals import Effect, Refused, Retry
from ordonum.server.identity.sites import RegisterRefused
from ordonum.server.identity.trust import RootsRefused
from ordonum.server.store.backup import BackupRefused
from ordonum.server.store.migrate import CannotMigrate
from ordonum.server.store.postgres_process import CannotStart
from ordonum.server.vault.key_backup import KeyBackupRefused
from ordonum.server.vault.keys import KeysRefused
from ordonum.server.vault.ledger import LedgerRefused
from ordonum.wire import native
from ordonum.wire.bdpm import BdpmRefused
from ordonum.wire.problem import Problem, problem
from ordonum.wire.qr import NotOurCode
from ordonum.wire.thesaurus_blocks import NotAThesaurus

P = ParamSpec("P")


class ProofRefused(Exception):
    """A proof of deletion that does not hold; the message says why, in French."""


class FileProblem(Exception):
    """A file that cannot be read or written; the message is French."""


DONE, BUG, USAGE, UNREADABLE, DECLINED, UNCONFIRMED, NOT_AUTHENTIC, CARD, CANNOT_START, BACKUP = range(10)
CODES = {
    DONE: "fait",
    BUG: "erreur du programme",
    USAGE: "commande mal formée",
    UNREADABLE: "fichier, numéro ou code illisible ; rien n'est parti",
    DECLINED: "refusé par le service, qui dit pourquoi",
    UNCONFIRMED: "pas de réponse sûre du service : l'acte est gardé sur le poste, ordonum resend le renverra",
    NOT_AUTHENTIC: "réponse, ordonnance ou preuve non authentique",
    CARD: "carte inutilisable",
    CANNOT_START: "le service ne peut pas démarrer",
    BACKUP: "sauvegarde ou restauration refusée ; rien n'a été écrasé",
}
_BY_ERROR: tuple[tuple[type[Exception], int], ...] = (
    (Declined, DECLINED),
    (Unconfirmed, UNCONFIRMED),
    (NotAuthentic, NOT_AUTHENTIC),
    (UnusableCard, CARD),
    (NotKept, UNREADABLE),
    (CannotPrint, UNREADABLE),
    (UnusableOutbox, UNREADABLE),
    (ClientError, BUG),
    (NotOurCode, UNREADABLE),
    (FileProblem, UNREADABLE),
    (BdpmRefused, UNREADABLE),
    (BaseUnusable, UNREADABLE),
    (NotAThesaurus, UNREADABLE),
    (TableUnusable, UNREADABLE),
    (Refused, UNREADABLE),
    (CannotStart, CANNOT_START),
    (CannotMigrate, CANNOT_START),
    (KeysRefused, CANNOT_START),
    (LedgerRefused, CANNOT_START),
    (ProofRefused, NOT_AUTHENTIC),
    (RootsRefused, CANNOT_START),
    (RegisterRefused, CANNOT_START),
    (BackupRefused, BACKUP),
    (KeyBackupRefused, BACKUP),
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
    """One JSON object on standard output; dates in RFC 3339."""
    typer.echo(msgspec.json.encode(value, enc_hook=native.plain).decode())


def code_of(error: Exception) -> int:
    """The exit code of a known error."""
    return next(each for kind, each in _BY_ERROR if isinstance(error, kind))


def _exit(error: Exception, *, as_json: bool) -> NoReturn:
    code = code_of(error)
    told = described(error)
    if as_json:
        show({"ok": False, "exit": code, **told})
    else:
        typer.echo(f"{told['detail']}", err=True)
        for fault in told["errors"]:
            said = "" if fault["detail"] in told["detail"] else f" : {fault['detail']}"
            typer.echo(f"  {fault['at']}{said}", err=True)
    raise typer.Exit(code)


def described(error: Exception) -> dict[str, Any]:
    """An error as --json tells it: code, detail, effect, retry, errors; and what it brings besides."""
    if isinstance(error, Declined):
        return _of_problem(error.problem)
    if isinstance(error, Refused):
        return _of_problem(problem(error, reference="local"))
    code, effect, retry = "cannot-start", Effect.NONE, Retry.NEVER
    detail = str(error)
    if isinstance(error, ClientError):
        code, effect, retry = error.code, error.effect, error.retry
    elif isinstance(error, NotOurCode):
        code, detail = "not-our-code", f"Aucun numéro d'ordonnance lu : {error.seen}."
    elif isinstance(error, FileProblem):
        code = "file-problem"
    elif isinstance(error, (BdpmRefused, BaseUnusable)):
        code = "drug-base-refused"
    elif isinstance(error, (NotAThesaurus, TableUnusable)):
        code = "thesaurus-refused"
    elif isinstance(error, (BackupRefused, KeyBackupRefused)):
        code = "backup-refused"
    told: dict[str, Any] = {"code": code, "detail": detail, "effect": effect.value, "retry": retry.value, "errors": []}
    return told | getattr(error, "brings", {})


def _of_problem(source: Problem) -> dict[str, Any]:
    faults = [{"at": each.at, "code": each.code, "detail": each.detail} for each in source.errors]
    return {
        "code": source.code,
        "detail": source.detail,
        "effect": source.effect.value,
        "retry": source.retry.value,
        "errors": faults,
    }
