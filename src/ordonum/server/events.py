"""Logs: one list of events, one list of fields; never a name, number, NIR or token. docs/exploitation.md shows both lists.

A line is written by one system call, before the answer that it tells of leaves; no library stands between, since one is
written at each act.
"""

import logging
import os
import sys
from datetime import UTC, datetime
from enum import Enum

import msgspec

_LOGGER = logging.getLogger("ordonum")


class Event(Enum):
    """Everything that the service ever logs: its code, and what it means to the person who reads the logs."""

    meaning: str

    def __new__(cls, code: str, meaning: str = "") -> "Event":
        """An event whose value is its code."""
        made = object.__new__(cls)
        made._value_ = code
        made.meaning = meaning
        return made

    STARTED = "started", "Le service (ou l'un de ses processus) répond."
    STOPPING = "stopping", "L'arrêt est demandé : les requêtes en cours finissent, plus aucune connexion n'est prise."
    STOPPED = "stopped", "Le service (ou l'un de ses processus) s'est arrêté proprement."
    ACT_RECORDED = "act-recorded", "Un acte est enregistré."
    ACT_REPLAYED = "act-replayed", "Un acte déjà enregistré a été renvoyé : même réponse, aucun effet nouveau."
    REFUSED = "refused", "Une demande est refusée ; la référence est celle que l'appelant a reçue."
    GUESSING = "guessing", "Trop de numéros inconnus : une alerte attend l'exploitant (ordonum alerts)."
    SEARCHING = "searching", "Trop de patients cherchés en vain : une alerte attend l'exploitant (ordonum alerts)."
    UNUSUAL_RATE = (
        "unusual-rate",
        "Des prescripteurs enregistrent anormalement beaucoup : alertes levées (ordonum alerts).",
    )
    BUG = "bug", "Erreur du programme : à signaler, avec `kind` et `where`."
    REVOCATIONS_RECEIVED = "revocations-received", "Une liste de révocation est reçue et tient dès la demande suivante."
    REVOCATIONS_REFUSED = "revocations-refused", "Une liste de révocation illisible ou signée d'un inconnu est écartée."
    REGISTER_RECEIVED = "register-received", "Le registre des logiciels et des sites est relu."
    REGISTER_REFUSED = "register-refused", "Le registre est abîmé : l'ancien reste en vigueur."
    KEYS_ADDED = "keys-added", "Des clés d'année sont ajoutées : sauvegarder le fichier de clés."
    TAKEN_AWAY = "taken-away", "Assertions, numéros inconnus et tours de plus d'un jour sont effacés."
    ENDED = "ended", "Des ordonnances dont la conservation est finie (cinq ans) sont effacées."
    CLOCK_DOUBTED = (
        "clock-doubted",
        "Rien n'est effacé, alors qu'aucune ordonnance n'a été rédigée depuis 35 jours : vérifiez l'horloge, puis, si elle "
        "est juste, lancez `ordonum retention --delete`.",
    )
    WORKER_FAILED = "worker-failed", "Une tâche de fond a échoué ; elle sera tentée de nouveau."
    DATABASE_RELAUNCHED = "database-relaunched", "La base embarquée était morte : elle est relancée."
    PROCESS_STARTED = "process-started", "Un processus de service est lancé par le processus père."
    PROCESS_DIED = "process-died", "Un processus de service est mort ; un autre prend sa place."
    PROCESS_KILLED = "process-killed", "Un processus de service n'a pas fini dans le temps de l'arrêt : il est tué."
    PARENT_GONE = "parent-gone", "Le processus père a disparu : ce processus de service s'arrête de lui-même."
    GIVING_UP = "giving-up", "Les processus de service meurent sans cesse : le service s'arrête tout entier."


FIELDS = {
    "act": "opération (`register`, `execute`…)",
    "code": "code du refus (refus.md)",
    "reference": "référence tirée au hasard, la même que dans la réponse (`instance`)",
    "alerts": "nombre d'alertes levées",
    "kind": "classe de l'erreur du programme",
    "where": "fonction et ligne de l'erreur, ou `accueil`",
    "certificates": "nombre de certificats de la liste",
    "rows": "nombre de lignes effacées",
    "prescriptions": "nombre d'ordonnances effacées",
    "new": "nombre de ceux qui n'étaient pas connus",
    "process": "rang du processus de service, à partir de 1",
    "child": "numéro de ce processus pour le système",
    "status": "code de sortie du processus (négatif : le signal qui l'a tué)",
}
"""Every field that a line may bear besides `at`, `event` and `pid`; tests/house reads the calls of `log` in the source."""

_sink: int | None = None
_end = "}\n"
_opening = {event: f'", "event": "{event.value}"' for event in Event}
_encode = msgspec.json.Encoder().encode


def log(event: Event, level: int = logging.INFO, **fields: str | int | float | bool | None) -> None:
    """One line of JSON: time, event, fields. It raises nothing: a log that cannot be written stops no act."""
    if _sink is None and not _LOGGER.isEnabledFor(level):
        return
    line = f'{{"at": "{datetime.now(UTC).isoformat()}' + _opening[event]
    for name, value in fields.items():
        line += f', "{name}": {_encode(value).decode()}'
    if _sink is None:
        _LOGGER.log(level, "%s", line + "}")
        return
    try:
        os.write(_sink, (line + _end).encode())
    except OSError:  # a closed or full standard error
        return


def configure(*, several: bool = False) -> None:
    """Send the events to standard error; silence the libraries, whose words are not ours to vouch for.

    With `several` service processes each line also says which one wrote it (`pid`).
    """
    global _sink, _end  # noqa: PLW0603  # where this process logs: decided once, at its start
    logging.getLogger().addHandler(logging.NullHandler())
    _LOGGER.propagate = False
    _end = f', "pid": {os.getpid()}}}\n' if several else "}\n"
    _sink = sys.stderr.fileno()
