"""What somebody who holds a dump, and a list of first names and birth dates, would try: every hash of what can be guessed."""

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from ordonum.model.identifiers import BirthDate
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity
from ordonum.wire import commitment

WINDOWS_MAX = 600_000
_ZEROS = bytes(32)
DIGESTS: dict[str, Callable[[bytes], bytes]] = {
    "SHA-256": lambda text: hashlib.sha256(text).digest(),
    "SHA-1": lambda text: hashlib.sha1(text).digest(),
    "MD5": lambda text: hashlib.md5(text).digest(),
    "SHA-512": lambda text: hashlib.sha512(text).digest(),
    "SHA-384": lambda text: hashlib.sha384(text).digest(),
    "SHA3-256": lambda text: hashlib.sha3_256(text).digest(),
    "BLAKE2b": lambda text: hashlib.blake2b(text).digest(),
    "BLAKE2b-256": lambda text: hashlib.blake2b(text, digest_size=32).digest(),
    "BLAKE2s": lambda text: hashlib.blake2s(text).digest(),
    "SHA-256 twice": lambda text: hashlib.sha256(hashlib.sha256(text).digest()).digest(),
    "HMAC, key empty or of zeros": lambda text: hmac.digest(b"", text, "sha256"),
    "HMAC, own name as key": lambda text: hmac.digest(b"ordonum", text, "sha256"),
    "commitment, r of zeros": lambda text: hashlib.sha256(b"ordonum/commit/1" + _ZEROS + text).digest(),
    "commitment without r": lambda text: hashlib.sha256(b"ordonum/commit/1" + text).digest(),
    "salt of zeros": lambda text: hashlib.sha256(_ZEROS + text).digest(),
}


def _hmac(key: bytes, domain: bytes) -> Callable[[bytes], bytes]:
    """The service's own HMAC, as it would be under a key that anybody can guess."""
    return lambda text: hmac.digest(key, len(domain).to_bytes(2, "big") + domain + text, "sha256")


for _domain in ("number/1", "own-act/1", "author/1", "patient/nir/1", "patient/nia/1", "patient/test/1"):
    DIGESTS[f"HMAC {_domain}, empty key"] = _hmac(b"", _domain.encode())
QUICK = ("SHA-256", "SHA-1", "MD5", "BLAKE2b-256", "HMAC, key empty or of zeros", "commitment, r of zeros")
SEPARATORS = ("", " ", "|", ",", ";", ":", "/", "-", "_", "\0", "\n")


class Known(Struct, frozen=True):
    """What can be guessed or learned of one person."""

    first_name: str
    birth_date: str
    surname: str
    number: str
    nir: str


class Held(Struct):
    """What the dump holds, by the first eight bytes: each short value, each decoded run of a text, windows of the rest."""

    prefixes: set[bytes]
    values: list[bytes]

    @classmethod
    def of(cls, tables: dict[str, list[tuple[Any, ...]]]) -> "Held":
        """All the values of these rows."""
        prefixes, values, windows = set(), [], 0
        for value in (each for rows in tables.values() for row in rows for each in row):
            if isinstance(value, str):
                found = list(_decoded(value.encode()))
            elif isinstance(value, bytes):
                found = [value, *_decoded(value)]
            else:
                continue
            for each in found:
                values += [each] if len(each) == 32 else []
                prefixes.add(each[:8])
                if len(each) > 64 and windows < WINDOWS_MAX:
                    windows += len(each)
                    prefixes.update(each[i : i + 8] for i in range(len(each) - 15))
        return cls(prefixes, values)

    def holds(self, digest: bytes) -> bool:
        """Whether a value of the dump begins as this digest does."""
        return digest[:8] in self.prefixes


def _decoded(text: bytes) -> Iterator[bytes]:
    for run in re.findall(rb"[0-9a-fA-F]{32,}", text):
        yield bytes.fromhex(run[: len(run) // 2 * 2].decode())
    for run in re.findall(rb"[A-Za-z0-9+/_-]{20,}", text):
        yield base64.urlsafe_b64decode(run.translate(bytes.maketrans(b"+/", b"-_"))[: len(run) // 4 * 4])


def found_of(known: Known, held: Held) -> Iterator[tuple[str, bytes]]:
    """Each (function, text) of what is known of this person whose digest the dump holds."""
    for text in spellings(_texts(known)):
        for name, digest in DIGESTS.items():
            if held.holds(digest(text)):
                yield name, text


def found_in_dictionary(names: Iterable[str], births: Iterable[str], held: Held) -> Iterator[tuple[str, bytes]]:
    """Each (function, text) whose digest the dump holds, of all the first names with all the birth dates."""
    dates = [(birth.encode(), len(birth).to_bytes(2, "big") + birth.encode()) for birth in births]
    quick = [(name, DIGESTS[name]) for name in QUICK]
    for first_name in names:
        name = first_name.encode()
        long = len(name).to_bytes(2, "big") + name
        for date, long_date in dates:
            for text in (name + date, name + b"|" + date, long + long_date):
                for function, digest in quick:
                    if digest(text)[:8] in held.prefixes:
                        yield f"dictionary, {function}", text


def openings_found(commitments: dict[str, Known], held: Held) -> Iterator[Known]:
    """Whom a commitment of theirs opens to, each value of 32 bytes in the dump being tried as r, with the true number."""
    for committed, known in commitments.items():
        for value in held.values:
            identity = Identity(known.first_name, BirthDate(known.birth_date))
            if commitment.opens(committed, EpuId(known.number), identity, value.hex()):
                yield known


def spellings(texts: Iterable[str]) -> set[bytes]:
    """Each text in the ways in which a program may write it before hashing it."""
    found = set()
    for text in texts:
        bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
        for form in (text, text.upper(), text.lower(), bare.upper(), bare.lower(), unicodedata.normalize("NFD", text)):
            found |= {form.encode(), form.encode("utf-16-le"), form.encode("latin-1", "replace")}
    return found


def _texts(known: Known) -> Iterator[str]:
    name, birth, surname = known.first_name, known.birth_date, known.surname
    compact, french = birth.replace("-", ""), "/".join(reversed(birth.split("-")))
    yield from (name, birth, compact, french, surname, known.number, known.nir, known.nir[:13])
    for date in (birth, compact, french):
        for between in SEPARATORS:
            yield from (name + between + date, date + between + name, surname + between + name + between + date)
            yield from (known.number + between + name + between + date, known.nir + between + date)
    yield json.dumps({"first_name": name, "birth_date": birth}, separators=(",", ":"), ensure_ascii=False)
    yield json.dumps({"birth_date": birth, "first_name": name}, separators=(",", ":"), ensure_ascii=False)
    yield "".join(chr(0) + chr(len(each)) + each for each in (known.number, name, birth))
    yield "".join(chr(0) + chr(len(each.encode())) + each for each in (name, birth))
