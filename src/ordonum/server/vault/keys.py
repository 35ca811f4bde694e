"""The key file: 0600, outside the database, written whole or not at all, and on the disk before anything relies on it.

Epoch keys `look`, `blind`, `ack`; year keys `seal`, `data`, `nir` (the year in which the number's first act arrived);
`tok` for access tokens; `opposition` for the standing oppositions. Next year's keys exist from 1 December. A key that the
ledger beside the file says destroyed is not read from it, and leaves it at the next start.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from ordonum.model.retention import NOTHING_BEFORE, YEAR_KINDS, Destroyed
from ordonum.server.vault import ledger
from ordonum.server.vault.whole import alone, write_whole

EPOCH = "1"
KEY_BYTES = 32


class KeysRefused(Exception):
    """The key file and the database do not belong together, or the file is unsafe. The message is French, no key."""


class KeyFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All the keys. Values are 32 bytes; those of `ack` are Ed25519 seeds."""

    v: int = 1
    look: dict[str, bytes]
    blind: dict[str, bytes]
    ack: dict[str, bytes]
    tok: bytes
    opposition: bytes
    seal: dict[str, bytes]
    data: dict[str, bytes]
    nir: dict[str, bytes]

    def __repr__(self) -> str:
        return "KeyFile(…)"

    def named(self) -> Iterator[tuple[str, bytes]]:
        """Every key with its name, as `look[1]` or `data[2026]`."""
        for kind in ("look", "blind", "ack", *YEAR_KINDS):
            for which, key in getattr(self, kind).items():
                yield f"{kind}[{which}]", key
        yield "tok", self.tok
        yield "opposition", self.opposition


def fingerprint(name: str, key: bytes) -> bytes:
    """What the database knows of a key: SHA-256 of 256 random bits under a domain tells nothing of them."""
    return hashlib.sha256(b"ordonum/fingerprint/1" + name.encode() + b"\0" + key).digest()


def years_wanted(today: date) -> tuple[str, ...]:
    """The years whose keys must exist: this one, and from 1 December the next."""
    return (str(today.year), str(today.year + 1)) if today.month == 12 else (str(today.year),)


def new_keys(today: date) -> KeyFile:
    """A first set of keys."""

    def draw() -> bytes:
        return secrets.token_bytes(KEY_BYTES)

    years = years_wanted(today)
    return KeyFile(
        look={EPOCH: draw()},
        blind={EPOCH: draw()},
        ack={EPOCH: draw()},
        tok=draw(),
        opposition=draw(),
        seal={year: draw() for year in years},
        data={year: draw() for year in years},
        nir={year: draw() for year in years},
    )


def with_years(keys: KeyFile, today: date) -> KeyFile:
    """The same keys, with those of the years wanted today; the same object when none is missing."""
    missing = [year for year in years_wanted(today) if year not in keys.data]
    if not missing:
        return keys
    fresh = {
        kind: {**getattr(keys, kind), **{year: secrets.token_bytes(KEY_BYTES) for year in missing}}
        for kind in YEAR_KINDS
    }
    return msgspec.structs.replace(keys, **fresh)


def read_file(file: Path) -> KeyFile:
    """The keys of a file, without those that its ledger says destroyed.

    Raises KeysRefused when it is readable by others, or is not a key file; LedgerRefused.
    """
    return without(_whole(file), ledger.destroyed(file))


def _whole(file: Path) -> KeyFile:
    """All that the file holds."""
    mode = file.stat().st_mode & 0o777
    if mode & 0o077:
        raise KeysRefused(f"Le fichier de clés {file} est lisible par d'autres (mode {mode:o}) : chmod 600 {file}")
    try:
        keys = msgspec.json.decode(file.read_bytes(), type=KeyFile)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise KeysRefused(f"Le fichier de clés {file} est abîmé. Restaurez-le depuis sa sauvegarde.") from None
    if any(len(key) != KEY_BYTES for _, key in keys.named()):
        raise KeysRefused(f"Le fichier de clés {file} est abîmé. Restaurez-le depuis sa sauvegarde.")
    return keys


def without(keys: KeyFile, destroyed: Mapping[str, bytes]) -> KeyFile:
    """The same keys but the year keys of these names and fingerprints; the same object when it holds none of them."""
    dead = {name for name, key in keys.named() if destroyed.get(name) == fingerprint(name, key)}
    if not dead:
        return keys
    left = {
        kind: {year: key for year, key in getattr(keys, kind).items() if f"{kind}[{year}]" not in dead}
        for kind in YEAR_KINDS
    }
    return msgspec.structs.replace(keys, **left)


def write_file(file: Path, keys: KeyFile) -> None:
    """Write the file whole; it is on the disk when this returns."""
    write_whole(file, msgspec.json.format(msgspec.json.encode(keys), indent=1))


def destroy(file: Path, years: Mapping[int, int], at: datetime) -> tuple[Destroyed, ...]:
    """Destroy the keys of these years, with how many prescriptions of each went: the lines that the ledger has of it.

    The ledger is on the disk first: cut short between the two, the next reading of the file leaves them out all the same.
    Raises KeysRefused, LedgerRefused.
    """
    with alone(file.parent):
        keys = read_file(file)
        dying = [
            Destroyed(
                v=1,
                name=f"{kind}[{year}]",
                fingerprint=fingerprint(f"{kind}[{year}]", key).hex(),
                at=at,
                prescriptions=prescriptions,
                before=NOTHING_BEFORE,
            )
            for year, prescriptions in sorted(years.items())
            for kind in YEAR_KINDS
            if (key := getattr(keys, kind).get(str(year))) is not None
        ]
        gone = ledger.append(file, dying)
        write_file(file, without(keys, ledger.destroyed(file)))
    return gone


def load_or_create(file: Path, known: dict[str, bytes], *, database_empty: bool, now: datetime) -> KeyFile:
    """The keys for a database that knows these fingerprints.

    A missing file is made only for a database that holds nothing; a key whose fingerprint differs, or that the database
    knows and neither the file nor the ledger of destroyed keys has, is a refusal. The file is on the disk when this
    returns, without any key of the ledger. Raises KeysRefused, LedgerRefused.
    """
    with alone(file.parent):
        if not file.exists():
            if known or not database_empty:
                raise KeysRefused(
                    f"Cette base a déjà servi, mais le fichier de clés {file} manque. Rien n'y est lisible sans lui : "
                    "restaurez-le depuis sa sauvegarde. Aucun fichier nouveau n'a été créé."
                )
            write_file(file, new_keys(now.astimezone(UTC).date()))
        today = now.astimezone(UTC).date()
        if any(f"data[{year}]" in ledger.destroyed(file) for year in years_wanted(today)):
            raise KeysRefused(f"Les clés de l'année {today.year} sont déjà détruites : l'horloge est-elle juste ?")
        completed = with_years(judged(file, known), today)
        if completed != _whole(file):
            write_file(file, completed)
        return completed


def judged(file: Path, known: Mapping[str, bytes]) -> KeyFile:
    """The keys of a file that is this database's, by the fingerprints that it knows. Raises KeysRefused, LedgerRefused."""
    keys, destroyed = read_file(file), ledger.destroyed(file)
    named = dict(keys.named())
    for name, expected in known.items():
        if name in named and fingerprint(name, named[name]) != expected:
            raise KeysRefused(f"La clé {name} de {file} n'est pas celle de cette base. Restaurez le bon fichier.")
        if name not in named and destroyed.get(name) != expected:
            raise KeysRefused(
                f"La clé {name}, que la base connaît, manque dans {file}. Restaurez le bon fichier, avec son registre des "
                f"clés détruites ({ledger.NAME})."
            )
    return keys


def public_text(raw: bytes) -> str:
    """Base64url without padding, as JWKs write keys."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
