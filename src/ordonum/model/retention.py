"""How long prescriptions are kept, and the proof that they went (CSP R.4071-1, 2°: five years from writing). Pure.

A prescription is kept until `ends_on`, five years after it was written, and that day still. What nothing registered ever
joined (an early act, the trace of an unknown number) has no day of writing: it dies with its declared year.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from ordonum.model.identifiers import Moment
from ordonum.model.registration import KEPT_MONTHS

YEARS_KEPT = KEPT_MONTHS // 12
UNJOINED_YEARS_KEPT = 6  # a registration may come a year after the writing, and is then kept its five years
YEAR_KINDS = ("seal", "data", "nir")  # the keys that every year has its own of
Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
NOTHING_BEFORE = "0" * 64


class Over(Struct, frozen=True, kw_only=True):
    """What is over on a day (of Paris): registered prescriptions whose `ends_on` lies before `today`, what nothing
    registered joined of the years under `unjoined_before`, and all that is left of the years in `destroyed`, whose keys
    are gone.
    """

    today: date
    unjoined_before: int
    destroyed: tuple[int, ...] = ()


def over(today: date, destroyed: Iterable[int] = ()) -> Over:
    """What is over today: a year is, by six full ones, from the first of January of the seventh year after it."""
    return Over(
        today=today, unjoined_before=today.year - UNJOINED_YEARS_KEPT, destroyed=tuple(sorted(frozenset(destroyed)))
    )


def may_die(years: Iterable[int], left: frozenset[int], today: date) -> tuple[int, ...]:
    """The years whose keys may be destroyed: five full ones have passed since, and no row of theirs is left."""
    return tuple(sorted(year for year in years if today.year > year + YEARS_KEPT and year not in left))


class Gone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What went of the prescriptions of one declared year: how many, and how many rows of each table."""

    year: int
    prescriptions: int
    rows: dict[str, int]


def added(*several: Iterable[Gone]) -> tuple[Gone, ...]:
    """The sums by year."""
    found: dict[int, Gone] = {}
    for one in (each for some in several for each in some):
        before = found.get(one.year) or Gone(year=one.year, prescriptions=0, rows={})
        rows = {table: before.rows.get(table, 0) + one.rows.get(table, 0) for table in before.rows | one.rows}
        found[one.year] = Gone(year=one.year, prescriptions=before.prescriptions + one.prescriptions, rows=rows)
    return tuple(found[year] for year in sorted(found))


class Destroyed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the ledger: a key that is no more. `prescriptions` are those of its year that went, in all; `before` is
    the SHA-256 of the line before. A key cannot be made again from its fingerprint.
    """

    v: Literal[1]
    name: str
    fingerprint: Hex
    at: Moment
    prescriptions: int
    before: Hex


class BrokenChain(Exception):
    """A ledger that is not the one that was written: a line is missing, changed, or of a newer version."""


def digest(line: str) -> str:
    """What the line after names this one by."""
    return hashlib.sha256(line.encode()).hexdigest()


def chained(lines: Sequence[str]) -> tuple[Destroyed, ...]:
    """The keys that a ledger's lines say destroyed, oldest first. Raises BrokenChain."""
    found, before = [], NOTHING_BEFORE
    for line in lines:
        try:
            read = msgspec.json.decode(line, type=Destroyed)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise BrokenChain from None
        if read.before != before or written(read) != line:
            raise BrokenChain
        found.append(read)
        before = digest(line)
    return tuple(found)


def written(line: Destroyed) -> str:
    """The line as the ledger holds it, without its end."""
    return msgspec.json.encode(line).decode()


class Proof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the service says under its signature of one deletion. It names nobody and holds no look-up.

    `gone` went now, `gone_in_all` since the base exists (the keeper deletes every day); `destroyed` are the keys that died
    now; `ledger` are all the lines of the ledger, `ledger_digest` the SHA-256 of the last.
    """

    v: Literal[1]
    made_at: Moment
    today: date
    gone: tuple[Gone, ...]
    gone_in_all: tuple[Gone, ...]
    destroyed: tuple[Destroyed, ...]
    ledger: tuple[str, ...]
    ledger_digest: Hex


class SignedProof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A proof, readable, and the compact JWS of the service over its bytes."""

    proof: Proof
    signature: str
