"""The tables of the prescribing assistance, read once from the .tsv files beside: classes, warnings, maximum doses, excipients.

Each row names the document in which it was really read (`sources.tsv`), with the phrase that says it. One without a document is
«à valider»: it only informs, whatever it says. A row stands from the day of its document where that day is known.
"""

import re
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from msgspec import Struct

from ordonum.model.alert import AlertKind, AlertLevel
from ordonum.model.rule import Source

_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_TERRAIN = ("terrain.tsv", "conduct.tsv")


class Class(Struct, frozen=True, kw_only=True):
    """A class of substances; `twice`: two of its members together are worth a word."""

    id: str
    label: str
    twice: bool
    members: tuple[str, ...]


class Caveat(Struct, frozen=True, kw_only=True):
    """What is to be said of a substance or a class (`about`, «@class») for some patients.

    `low` (reached) to `high` (not reached): weeks of amenorrhoea, months of age, ml/min of clearance. `flags`: «all» any route
    (eye drops excepted), «prevention» a woman of childbearing age, «men» a man, «mg>=500» from that dose a day. `found` and
    `conduct` are French. `quote`: the phrase that was read.
    """

    kind: AlertKind
    about: str
    level: AlertLevel
    low: Decimal | None
    high: Decimal | None
    flags: frozenset[str]
    found: str
    conduct: str
    source: Source | None
    quote: str
    since: date

    @property
    def slug(self) -> str:
        """How keys of alerts name it."""
        return self.about.removeprefix("@").replace(" ", "-")

    def holds(self, least: Decimal, most: Decimal) -> bool:
        """Whether a value known to lie between these two may be within its bounds."""
        return (self.low is None or most >= self.low) and (self.high is None or least < self.high)


class Maximum(Struct, frozen=True, kw_only=True):
    """The most of a substance per take, day, week («mg», «mg/kg»), or in days of treatment, for a population.

    Ages in months, weights in grams, clearance in ml/min: from the first (reached) to the second (not reached).
    """

    about: str
    per: str
    amount: Decimal
    unit: str
    age: tuple[Decimal | None, Decimal | None]
    weight_g: tuple[Decimal | None, Decimal | None]
    clearance_under: Decimal | None
    level: AlertLevel
    conduct: str
    source: Source | None
    quote: str
    since: date


def _rows(name: str) -> list[list[str]]:
    lines = files("ordonum.knowledge.assistance").joinpath(name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@cache
def sources() -> dict[str, Source]:
    """The documents really read, by their short name."""
    return {name: Source(title, on, at) for name, title, on, at in _rows("sources.tsv")}


def source(name: str) -> Source:
    """The document of that short name."""
    return sources()[name]


def _read(name: str) -> tuple[Source | None, date]:
    """The document of a row, and the day from which it stands: that of the document, where it is a day of the calendar."""
    if not name:
        return None, date.min
    found = source(name)
    day = _DAY.fullmatch(found.on)
    return found, date(int(day[3]), int(day[2]), int(day[1])) if day else date.min


def _level(text: str, read: Source | None) -> AlertLevel:
    return AlertLevel(text) if read is not None else AlertLevel.NOTE


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _months(text: str) -> Decimal | None:
    """An age in months: «24m», or «12» (years)."""
    if not text:
        return None
    return Decimal(text[:-1]) if text.endswith("m") else Decimal(text) * 12


@cache
def classes() -> dict[str, Class]:
    """The classes by their id."""
    return {
        name: Class(id=name, label=label, twice=bool(twice), members=tuple(members.split(",")))
        for name, label, twice, members in _rows("classes.tsv")
    }


@cache
def classes_of(substance: str) -> frozenset[str]:
    """The ids of the classes that have this substance."""
    return frozenset(each.id for each in classes().values() if substance in each.members)


@cache
def warnings() -> tuple[Caveat, ...]:
    """Every warning, in the order of the files; a row about several substances is one warning for each."""
    return tuple(
        each
        for name in _TERRAIN
        for row in _rows(name)
        for about in row[1].split(",")
        for each in [_warning(row, about)]
    )


def _warning(row: list[str], about: str) -> Caveat:
    kind, _, level, low, high, flags, found, conduct, document, quote = row
    read, since = _read(document)
    bound = _months if kind == "age" else _number
    return Caveat(
        kind=AlertKind(kind),
        about=about,
        level=_level(level, read),
        low=bound(low),
        high=bound(high),
        flags=frozenset(flags.split(",")) - {""},
        found=found,
        conduct=conduct,
        source=read,
        quote=quote,
        since=since,
    )


@cache
def maxima() -> tuple[Maximum, ...]:
    """Every maximum, in the order of the file."""
    return tuple(_maximum(row) for row in _rows("maximum.tsv"))


def _maximum(row: list[str]) -> Maximum:
    about, per, amount, unit, age_low, age_high, kg_low, kg_high, clearance, level, conduct, document, quote = row
    read, since = _read(document)
    low, high = (None if each is None else each * 1000 for each in (_number(kg_low), _number(kg_high)))
    return Maximum(
        about=about,
        per=per,
        amount=Decimal(amount),
        unit=unit,
        age=(_months(age_low), _months(age_high)),
        weight_g=(low, high),
        clearance_under=_number(clearance),
        level=_level(level, read),
        conduct=conduct,
        source=read,
        quote=quote,
        since=since,
    )


@cache
def excipients() -> dict[str, dict[str, Source]]:
    """The excipients of known effect of the few specialities whose document was read, by CIS; what is not named is not there."""
    found: dict[str, dict[str, Source]] = {}
    for cis, name, document in _rows("excipients.tsv"):
        found.setdefault(cis, {})[name] = source(document)
    return found


@cache
def names() -> frozenset[str]:
    """Every substance that a table speaks of, bare."""
    of_classes = {member for each in classes().values() for member in each.members}
    spoken = {each.about for each in warnings()} | {each.about for each in maxima()}
    return frozenset(of_classes | {each for each in spoken if not each.startswith("@")})


class Count(Struct, frozen=True, kw_only=True):
    """Rows of a table: with a document read, and «à valider»; and the molecules named by a document."""

    read: int
    to_validate: int
    molecules: frozenset[str]


def counts() -> dict[str, Count]:
    """How many rows of each table name a document that was read, and how many are «à valider»."""
    rows: dict[str, list[tuple[str, bool]]] = {}
    for each in warnings():
        rows.setdefault(each.kind.value, []).append((each.about, each.source is not None))
    rows["maximum"] = [(each.about, each.source is not None) for each in maxima()]
    return {
        table: Count(
            read=sum(read for _, read in found),
            to_validate=sum(not read for _, read in found),
            molecules=frozenset(name for about, read in found if read for name in _molecules(about)),
        )
        for table, found in rows.items()
    }


def _molecules(about: str) -> tuple[str, ...]:
    return classes()[about[1:]].members if about.startswith("@") else (about,)


def counts_said() -> tuple[str, ...]:
    """The same, in words: «grossesse : 71 lignes lues, 12 à valider, 111 molécules»."""
    return tuple(
        f"{AlertKind(table).label} : {found.read} lignes lues, {found.to_validate} à valider, {len(found.molecules)} molécules"
        for table, found in counts().items()
    )
