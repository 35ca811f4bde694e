"""Logs: one list of events, fields that are identifiers of requests and codes; never a name, number, NIR or token."""

import json
import logging
import sys
from datetime import UTC, datetime
from enum import Enum

_LOGGER = logging.getLogger("ordonum")


class Event(Enum):
    """Everything that the service ever logs."""

    STARTED = "started"
    STOPPED = "stopped"
    ACT_RECORDED = "act-recorded"
    ACT_REPLAYED = "act-replayed"
    REFUSED = "refused"
    GUESSING = "guessing"
    BUG = "bug"
    REVOCATIONS_RECEIVED = "revocations-received"
    REVOCATIONS_REFUSED = "revocations-refused"
    REGISTER_RECEIVED = "register-received"
    REGISTER_REFUSED = "register-refused"
    KEYS_ADDED = "keys-added"
    WORKER_FAILED = "worker-failed"
    DATABASE_RELAUNCHED = "database-relaunched"


def log(event: Event, level: int = logging.INFO, **fields: str | int | float | bool | None) -> None:
    """One line of JSON: time, event, fields."""
    if _LOGGER.isEnabledFor(level):
        _LOGGER.log(level, json.dumps({"at": datetime.now(UTC).isoformat(), "event": event.value, **fields}))


def configure() -> None:
    """Send the events to standard error; silence the libraries, whose words are not ours to vouch for."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger().addHandler(logging.NullHandler())
    _LOGGER.handlers[:] = [handler]
    _LOGGER.setLevel(logging.INFO)
    _LOGGER.propagate = False
