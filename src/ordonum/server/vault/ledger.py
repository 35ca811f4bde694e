"""The ledger of destroyed keys: a file beside the key file, each line chained to the one before. No line is a secret.

It is written before the key leaves its file, and read whenever keys are: a copy that still holds a key of the ledger
brings nothing back.
"""

from collections.abc import Iterable
from pathlib import Path

from ordonum.model.retention import NOTHING_BEFORE, BrokenChain, Destroyed, chained, digest, written
from ordonum.server.vault.whole import write_whole

NAME = "destroyed-keys.jsonl"


class LedgerRefused(Exception):
    """The ledger is damaged, or is another one; the message says so in French."""


def lines(key_file: Path) -> tuple[str, ...]:
    """The lines of the ledger beside this key file; none without a file. Raises LedgerRefused."""
    file = key_file.with_name(NAME)
    try:
        found = tuple(file.read_text(encoding="utf-8").splitlines()) if file.exists() else ()
        chained(found)
    except (BrokenChain, UnicodeDecodeError):
        raise LedgerRefused(
            f"Le registre des clés détruites {file} est abîmé : une ligne manque ou a changé. Restaurez-le depuis sa copie."
        ) from None
    return found


def destroyed(key_file: Path) -> dict[str, bytes]:
    """The fingerprints of the keys that are no more, by their names. Raises LedgerRefused."""
    return {each.name: bytes.fromhex(each.fingerprint) for each in chained(lines(key_file))}


def append(key_file: Path, keys: Iterable[Destroyed]) -> tuple[Destroyed, ...]:
    """Add these keys, each chained to the line before (their own `before` is ignored); on the disk when this returns."""
    found = list(lines(key_file))
    already = len(found)
    for each in keys:
        before = digest(found[-1]) if found else NOTHING_BEFORE
        found.append(
            written(
                Destroyed(
                    v=1,
                    name=each.name,
                    fingerprint=each.fingerprint,
                    at=each.at,
                    prescriptions=each.prescriptions,
                    before=before,
                )
            )
        )
    _write(key_file, found)
    return chained(found)[already:]


def put_back(key_file: Path, saved: tuple[str, ...]) -> None:
    """The longer of the ledger that is here and of the one saved with the keys; one must begin with the other.

    Raises LedgerRefused.
    """
    here = lines(key_file)
    if saved[: len(here)] != here and here[: len(saved)] != saved:
        raise LedgerRefused(
            f"Le registre des clés détruites {key_file.with_name(NAME)} n'est pas celui de cette sauvegarde : rien n'a été "
            "écrit. Si c'est bien le même service, gardez le plus récent des deux."
        )
    if len(saved) > len(here):
        try:
            chained(saved)
        except BrokenChain:
            raise LedgerRefused("Le registre des clés détruites de cette sauvegarde est abîmé.") from None
        _write(key_file, saved)


def _write(key_file: Path, found: Iterable[str]) -> None:
    write_whole(key_file.with_name(NAME), "".join(f"{line}\n" for line in found).encode())
