"""The file of the drug base: one compact file, written by an import, read whole by services and workstations. Pure: bytes only.

    ORDONUM-DRUGS <format>\\n ‖ SHA-256 of all that follows (32) ‖ length of the head (4, big endian) ‖ head ‖ records ‖ search

The head (zlib of msgpack) has the edition, the index, the dictionary of the records and where each begins; a record is the
msgpack of a Speciality, compressed with that dictionary; the index of the search (zlib of msgpack) comes last. Specialities
come in the order of their CIS codes: the same data gives the same edition digest (SHA-256 of the records before compression),
and the same file where zlib is the same.
"""

import hashlib
import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import accumulate

import msgspec
from msgspec import Struct

from ordonum.knowledge.drugs.base import Edition
from ordonum.knowledge.drugs.loaded import Index, LoadedBase, indexed
from ordonum.knowledge.drugs.search.index import SearchIndex, build
from ordonum.model.drug import Speciality

FORMAT = 1
_MAGIC = b"ORDONUM-DRUGS "
_DICTIONARY_BYTES = 32_000
_AGAIN = "Importez-la de nouveau : ordonum drugs import DOSSIER."

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Speciality)
_searched = msgspec.msgpack.Decoder(SearchIndex)


class BaseUnusable(Exception):
    """A file of the drug base that is damaged, or of another format; the message says in French what to do."""


class _Head(Struct, frozen=True):
    edition: Edition
    index: Index
    dictionary: bytes
    ends: list[int]


def edition_of(specialities: Sequence[Speciality], *, source: str, of: date, whole: bool) -> Edition:
    """The edition of specialities that are in the order of their CIS codes: what names and counts this very content."""
    digest = hashlib.sha256()
    for each in specialities:
        digest.update(_encoder.encode(each))
    return Edition(source=source, of=of, digest=digest.hexdigest(), counts=_counts(specialities), whole=whole)


def write(specialities: Sequence[Speciality], edition: Edition) -> bytes:
    """The bytes of the file."""
    plain = [_encoder.encode(each) for each in specialities]
    dictionary = _dictionary(plain)
    records = [_deflated(each, dictionary) for each in plain]
    head = _Head(edition, indexed(specialities), dictionary, list(accumulate(map(len, records))))
    packed = zlib.compress(_encoder.encode(head), 9)
    searched = zlib.compress(_encoder.encode(build(specialities)), 9)
    rest = len(packed).to_bytes(4, "big") + packed + b"".join(records) + searched
    return _MAGIC + b"%d\n" % FORMAT + hashlib.sha256(rest).digest() + rest


def read(raw: bytes) -> LoadedBase:
    """The base of a file, checked whole; records are decoded when they are asked for. Raises BaseUnusable."""
    line, newline, _ = raw[:40].partition(b"\n")
    if not (line.startswith(_MAGIC) and newline):
        raise BaseUnusable(f"Ce fichier n'est pas une base des médicaments d'ordonum. {_AGAIN}")
    if line[len(_MAGIC) :] != b"%d" % FORMAT:
        told = line[len(_MAGIC) :].decode("ascii", "replace")
        raise BaseUnusable(
            f"Cette base des médicaments est au format {told}, ce logiciel lit le format {FORMAT}. {_AGAIN}"
        )
    view = memoryview(raw)[len(line) + 1 :]
    if len(view) < 36 or hashlib.sha256(view[32:]).digest() != view[:32]:
        raise BaseUnusable(f"La base des médicaments est abîmée (son empreinte ne tient pas). {_AGAIN}")
    length = int.from_bytes(view[32:36], "big")
    head = msgspec.msgpack.decode(zlib.decompress(view[36 : 36 + length]), type=_Head)
    records, ends, dictionary = view[36 + length :], head.ends, head.dictionary

    def record(place: int) -> Speciality:
        begin = ends[place - 1] if place else 0
        inflated = zlib.decompressobj(zdict=dictionary).decompress(records[begin : ends[place]])
        return _decoder.decode(inflated)

    def searched() -> SearchIndex:
        return _searched.decode(zlib.decompress(records[ends[-1] if ends else 0 :]))

    return LoadedBase(head.edition, head.index, record, searched)


def _deflated(plain: bytes, dictionary: bytes) -> bytes:
    packer = zlib.compressobj(9, zdict=dictionary)
    return packer.compress(plain) + packer.flush()


def _dictionary(plain: Sequence[bytes]) -> bytes:
    """What records have in common, by example: some drawn evenly from the whole, as many as fit."""
    step = max(1, len(plain) // 64)
    return b"".join(plain[::step])[-_DICTIONARY_BYTES:]


def _counts(specialities: Sequence[Speciality]) -> dict[str, int]:
    """What the base holds, by kind."""
    counted: Counter[str] = Counter()
    for each in specialities:
        boxes = each.presentations
        counted["specialities"] += 1
        counted["specialities_sold"] += each.sold
        counted["presentations"] += len(boxes)
        counted["presentations_sold"] += sum(box.sold for box in boxes)
        counted["packs_read"] += sum(box.sold and box.pack is not None for box in boxes)
        counted["priced"] += sum(box.public_price is not None for box in boxes)
        counted["components"] += len(each.components)
        counted["conditions"] += len(each.conditions)
        counted["with_atc"] += each.atc is not None
        counted["in_groups"] += bool(each.groups)
        counted["shortages"] += len(each.shortages)
    counted["groups"] = len({place.group for each in specialities for place in each.groups})
    counted["substances"] = len({component.code for each in specialities for component in each.components})
    return dict(counted)
