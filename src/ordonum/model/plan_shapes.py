"""The shapes of what is computed from a dosage: what it is computed with, what is found, what is missing. Pure."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct

from ordonum.model.dosage import DoseUnit, Step, When
from ordonum.model.labels import Labelled
from ordonum.model.plan_days import Count
from ordonum.model.plan_units import NOBODY, Body, Strength

ZERO = Decimal(0)


class Gap(Labelled):
    """Why something of a dosage cannot be computed."""

    DOSE = "dose", "la dose d'une prise n'est pas dite"
    FREQUENCY = "frequency", "le nombre de prises n'est pas dit"
    CONTRADICTORY = "contradictory", "le nombre de prises et leurs jours ne s'accordent pas"
    NO_MAXIMUM = "no-maximum", "« si besoin », sans maximum"
    EVENT = "event", "autant de prises que l'événement se produit, sans maximum"
    MEASURED = "measured", "la dose dépend d'un résultat"
    WEIGHT = "weight", "le poids du patient n'est pas connu"
    SURFACE = "surface", "le poids et la taille du patient ne sont pas connus"
    UNITS = "units", "les doses ne se comptent pas dans la même unité"
    DURATION = "duration", "la durée n'est pas dite"
    UNTIL = "until", "jusqu'à un événement, sans durée maximale"
    TOO_LONG = "too-long", "la durée dépasse dix ans"
    PROCEDURE = "procedure", "le jour de l'examen ou de l'intervention n'est pas connu"


class Bounds(NamedTuple):
    """The least and the most; the same where nothing is left open."""

    low: Decimal
    high: Decimal


class Setting(Struct, frozen=True, kw_only=True):
    """What a dosage is computed with: its first day, the patient's measures, the medicine's strength, the unit wanted (that of
    its first dose without it), the days where the dosage says none, the day of a procedure.
    """

    start: date
    body: Body = NOBODY
    strength: Strength | None = None
    unit: DoseUnit | None = None
    days: int | None = None
    procedure: date | None = None


class Stretch(Struct, frozen=True, kw_only=True):
    """A step laid on the calendar: from which rank (0: the first day), for how many days at least and at most (None: without
    end), with its doses in the unit of the whole, the most takes and the most of one day; `free`: nothing obliges to any take.
    """

    index: int
    step: Step
    begins: int
    least: int | None
    days: int | None
    dose: Bounds
    takes_most: int | None
    day_most: Decimal | None
    free: bool


class Laid(Struct, frozen=True, kw_only=True):
    """A dosage laid on the calendar; `gaps` names what is missing, and then no amount of it is to be trusted."""

    setting: Setting
    unit: DoseUnit | None
    stretches: tuple[Stretch, ...]
    gaps: tuple[Gap, ...]


class Take(Struct, frozen=True, kw_only=True):
    """A take of a day: by which step (from 0), at which hour or moment where one is named, how many times, how much each.

    `shared`: in how many takes that amount is, where it is not divided exactly between them.
    """

    step: int
    at: str | When | None
    times: Count
    each: Bounds
    shared: int = 1


class Day(Struct, frozen=True, kw_only=True):
    """A day of the grid: its rank from 1 and its date; or, where the day of a procedure is not known, the days from it."""

    rank: int | None
    on: date | None
    from_procedure: int | None
    takes: tuple[Take, ...]
    amount: Bounds


class Plan(Struct, frozen=True, kw_only=True):
    """What follows from a dosage, in `unit`. None is what cannot be computed, for the reasons of `gaps`.

    `units`: in all. `mean` and `most`: a day, over the whole, and of the day on which most is taken. `days`: how long it lasts,
    at least and at most; `last`: its last day at the latest. `open`: only a maximum is known, or it may end before.
    """

    unit: DoseUnit | None
    units: Bounds | None
    mean: Bounds | None
    most: Decimal | None
    first: date
    last: date | None
    days: tuple[int, int] | None
    open: bool
    gaps: tuple[Gap, ...]
