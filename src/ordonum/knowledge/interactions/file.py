"""The file of an imported thesaurus: one compact file, read whole by services and workstations. Pure: bytes only.

ORDONUM-INTERACTIONS <format>\\n ‖ SHA-256 of all that follows (32) ‖ zlib of the msgpack of a Table
"""

import hashlib
import zlib

import msgspec

from ordonum.knowledge.interactions.table import Table

FORMAT = 1
BYTES_MAX = 64_000_000  # of the table, unpacked
_MAGIC = b"ORDONUM-INTERACTIONS "
_AGAIN = "Importez le thésaurus de nouveau : ordonum thesaurus import DOSSIER."
_decoder = msgspec.msgpack.Decoder(Table)


class TableUnusable(Exception):
    """A file of interactions that is damaged, or of another format; the message says in French what to do."""


def write(table: Table) -> bytes:
    """The bytes of the file."""
    rest = zlib.compress(msgspec.msgpack.encode(table), 9)
    return _MAGIC + b"%d\n" % FORMAT + hashlib.sha256(rest).digest() + rest


def read(raw: bytes) -> Table:
    """The table of a file, checked whole. Raises TableUnusable."""
    line, newline, rest = raw.partition(b"\n")
    if not (line.startswith(_MAGIC) and newline):
        raise TableUnusable(f"Ce fichier n'est pas une table d'interactions d'ordonum. {_AGAIN}")
    if line[len(_MAGIC) :] != b"%d" % FORMAT:
        told = line[len(_MAGIC) : len(_MAGIC) + 10].decode("ascii", "replace")
        raise TableUnusable(f"Cette table est au format {told}, ce logiciel lit le format {FORMAT}. {_AGAIN}")
    if hashlib.sha256(rest[32:]).digest() != rest[:32]:
        raise TableUnusable(f"La table des interactions est abîmée (son empreinte ne tient pas). {_AGAIN}")
    try:
        return _decoder.decode(zlib.decompressobj().decompress(rest[32:], BYTES_MAX))
    except (zlib.error, msgspec.DecodeError):
        raise TableUnusable(f"La table des interactions est abîmée. {_AGAIN}") from None
