"""A structured dosage: what to take, how much, when, for how long. The model of the HAS and ANS work on dosage. Pure.

Source: the sixteen cases of the HAS and the element `Posologie` of the ANS business model; FHIR `Dosage` and `Timing` carry
the same facts. The prescriber's own words stand beside it and are never replaced by it.
"""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from ordonum.model.actors import Name, Text
from ordonum.model.labels import Labelled

STEPS_MAX = 30


class DoseUnit(Labelled):
    """What a dose counts; the label is its French singular."""

    TABLET = "tablet", "comprimé"
    CAPSULE = "capsule", "gélule"
    SOFT_CAPSULE = "soft-capsule", "capsule"
    SACHET = "sachet", "sachet"
    AMPOULE = "ampoule", "ampoule"
    VIAL = "vial", "flacon"
    BAG = "bag", "poche"
    SYRINGE = "syringe", "seringue"
    PEN = "pen", "stylo"
    INJECTION = "injection", "injection"
    DROP = "drop", "goutte"
    SPOONFUL_SMALL = "teaspoon", "cuillère à café"
    SPOONFUL_DESSERT = "dessertspoon", "cuillère à dessert"
    SPOONFUL = "tablespoon", "cuillère à soupe"
    MEASURE = "measure", "cuillère-mesure"
    DOSE = "dose", "dose"
    DOSE_KG = "dose-kg", "dose-kg"
    PUFF = "puff", "bouffée"
    SPRAY = "spray", "pulvérisation"
    INHALATION = "inhalation", "inhalation"
    NEBULISATION = "nebulisation", "nébulisation"
    APPLICATION = "application", "application"
    PATCH = "patch", "dispositif transdermique"
    PLASTER = "plaster", "emplâtre"
    SUPPOSITORY = "suppository", "suppositoire"
    PESSARY = "pessary", "ovule"
    LOZENGE = "lozenge", "pastille"
    GUM = "gum", "gomme"
    FILM = "film", "film"
    LYOPHILISATE = "lyophilisate", "lyophilisat"
    IMPLANT = "implant", "implant"
    RING = "ring", "anneau"
    ENEMA = "enema", "lavement"
    MOUTHWASH = "mouthwash", "bain de bouche"
    SINGLE_DOSE = "single-dose", "unidose"
    TUBE = "tube", "tube"
    UNIT = "unit", "unité"  # of the medicine: what a text leaves unnamed («1-0-1»), and the «unités» of a pen
    GRAM = "g", "g"
    MILLIGRAM = "mg", "mg"
    MICROGRAM = "ug", "µg"
    NANOGRAM = "ng", "ng"
    MILLILITRE = "ml", "ml"
    LITRE = "l", "l"
    IU = "iu", "UI"
    IU_ANTI_XA = "iu-anti-xa", "UI anti-Xa"
    MEGA_IU = "mega-iu", "MUI"
    MILLIMOLE = "mmol", "mmol"
    MILLIEQUIVALENT = "meq", "mEq"


class TimeUnit(Labelled):
    """A length of time."""

    MINUTE = "minute", "minute"
    HOUR = "hour", "heure"
    DAY = "day", "jour"
    WEEK = "week", "semaine"
    MONTH = "month", "mois"
    YEAR = "year", "an"


class Moment(Labelled):
    """A moment of the day, or an event, that a take is tied to."""

    WAKING = "waking", "au réveil"
    FASTING = "fasting", "à jeun"
    MORNING = "morning", "le matin"
    BREAKFAST = "breakfast", "petit déjeuner"
    MID_MORNING = "mid-morning", "en milieu de matinée"
    NOON = "noon", "le midi"
    LUNCH = "lunch", "déjeuner"
    AFTERNOON = "afternoon", "l'après-midi"
    SNACK = "snack", "goûter"
    EVENING = "evening", "le soir"
    DINNER = "dinner", "dîner"
    BEDTIME = "bedtime", "au coucher"
    NIGHT = "night", "la nuit"
    MEAL = "meal", "repas"
    PROCEDURE = "procedure", "l'examen ou l'intervention"
    INTERCOURSE = "intercourse", "le rapport"
    EFFORT = "effort", "l'effort"
    STOOL = "stool", "la selle"
    LOOSE_STOOL = "loose-stool", "la selle liquide"


class Relation(Labelled):
    """Where a take stands from its moment."""

    AT = "at", "à"
    BEFORE = "before", "avant"
    AFTER = "after", "après"
    DURING = "during", "pendant"
    BETWEEN = "between", "entre"
    START = "start", "au début de"
    END = "end", "à la fin de"


class Weekday(Labelled):
    """A day of the week, in its order."""

    MONDAY = "monday", "lundi"
    TUESDAY = "tuesday", "mardi"
    WEDNESDAY = "wednesday", "mercredi"
    THURSDAY = "thursday", "jeudi"
    FRIDAY = "friday", "vendredi"
    SATURDAY = "saturday", "samedi"
    SUNDAY = "sunday", "dimanche"


class PerBody(Labelled):
    """What a dose is multiplied by."""

    KILOGRAM = "kg", "kg"
    SQUARE_METRE = "m2", "m²"


class Span(Struct, frozen=True, forbid_unknown_fields=True):
    """A length of time, or a range of it («5 à 7 jours»)."""

    value: Annotated[int, Meta(ge=1, le=9_999)]
    unit: TimeUnit
    high: Annotated[int, Meta(ge=1, le=9_999)] | None = None

    def __post_init__(self) -> None:
        if self.high is not None and self.high <= self.value:
            raise ValueError("range-upside-down")


_LEAST, _MOST, _DIGITS_MOST = Decimal("0.000001"), 100_000_000, 40


def _check_amount(amount: Decimal | None) -> None:
    """Refuse what is no amount of anything; a few more digits than computing makes. Raises ValueError."""
    if amount is None:
        return
    if not (amount.is_finite() and _LEAST <= amount <= _MOST and len(amount.as_tuple().digits) <= _DIGITS_MOST):
        raise ValueError("amount-out-of-range")


class Dose(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An amount of one take, or a range of it; by weight or surface where `per` is told, then rounded to `graduation`."""

    amount: Decimal
    high: Decimal | None = None
    unit: DoseUnit
    per: PerBody | None = None
    graduation: Decimal | None = None

    def __post_init__(self) -> None:
        for each in (self.amount, self.high, self.graduation):
            _check_amount(each)
        if self.high is not None and self.high <= self.amount:
            raise ValueError("range-upside-down")


class Rate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How fast: an amount in a time («50 ml par heure»), or a dose given over a time (`over`)."""

    amount: Decimal | None = None
    unit: DoseUnit | None = None
    per: TimeUnit | None = None
    over: Span | None = None

    def __post_init__(self) -> None:
        _check_amount(self.amount)


class When(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A moment, and how long before or after it: «30 minutes avant le petit déjeuner»."""

    moment: Moment
    relation: Relation = Relation.AT
    offset: Span | None = None


ClockTime = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Cycle(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A cycle of `length` days that starts again, and the days of it, from 1, on which something is taken.

    21 days of 28: length 28, days 1 to 21. One day in two, the second of them: length 2, days (2,).
    """

    length: Annotated[int, Meta(ge=2, le=366)]
    days: Annotated[tuple[Annotated[int, Meta(ge=1, le=366)], ...], Meta(min_length=1, max_length=366)]

    def __post_init__(self) -> None:
        if list(self.days) != sorted(set(self.days)) or self.days[-1] > self.length:
            raise ValueError("days-of-the-cycle")


class Timing(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When it is taken. `times` (to `times_high`) in each `every` `period`s: 3 a day; 1 every 8 hours; 1 a week.

    `weekdays`, `month_days` (1..31) and `cycle` narrow the days; `at` (clock) or `when` (moments) are the takes of a day.
    Both told: the same takes, in pairs («le soir à 20 h»). A moment that comes back in a day (a meal, a stool, fasting) goes
    with `times`: «3 fois par jour, au début du repas». `in_all`: the dose is that of the whole period, in `times` takes
    where more than one is told («3 g par jour»; «80 mg/kg par jour en 3 prises», that no division gives exactly). `count`:
    so many takes in all. `once`: a single take. `procedure_days`: days from a procedure or examination (-1: the day before).
    """

    times: Annotated[int, Meta(ge=1, le=100)] | None = None
    times_high: Annotated[int, Meta(ge=2, le=100)] | None = None
    every: Annotated[int, Meta(ge=1, le=366)] = 1
    every_high: Annotated[int, Meta(ge=2, le=366)] | None = None
    period: TimeUnit | None = None
    weekdays: Annotated[tuple[Weekday, ...], Meta(max_length=7)] = ()
    month_days: Annotated[tuple[Annotated[int, Meta(ge=1, le=31)], ...], Meta(max_length=31)] = ()
    cycle: Cycle | None = None
    at: Annotated[tuple[ClockTime, ...], Meta(max_length=24)] = ()
    when: Annotated[tuple[When, ...], Meta(max_length=12)] = ()
    in_all: bool = False
    count: Annotated[int, Meta(ge=2, le=100)] | None = None
    once: bool = False
    procedure_days: Annotated[tuple[Annotated[int, Meta(ge=-60, le=60)], ...], Meta(max_length=30)] = ()

    def __post_init__(self) -> None:
        times_down = self.times_high is not None and self.times_high <= (self.times or 0)
        if times_down or (self.every_high is not None and self.every_high <= self.every):
            raise ValueError("range-upside-down")


class Limits(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is never passed: in one take, in a day, in another period, in a whole life; and the least time between takes.

    `takes_per_day`: the number of takes, where that and not an amount is limited.
    """

    per_take: Dose | None = None
    per_day: Dose | None = None
    takes_per_day: Annotated[int, Meta(ge=1, le=100)] | None = None
    per_period: Dose | None = None
    period: Span | None = None
    lifetime: Dose | None = None
    apart: Span | None = None


class Step(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One step of a dosage. Steps of the same `turn` go together; those of the next turn begin when it is over.

    `as_needed`: the condition in the prescriber's words («douleur»), empty string: «si besoin». `until`: until what, with its
    first words («jusqu'à disparition de la diarrhée», «tant que…»); `duration`: for how long; both: whichever comes first;
    `at_most`: no longer than that, with nothing told that would end it sooner («ne pas dépasser 3 jours»).
    `site`: with its first words («dans chaque œil»). `instruction`: what is said besides, that is part of no computation
    («en couche mince», «stop si nausées»), parts after commas.
    """

    turn: Annotated[int, Meta(ge=1, le=STEPS_MAX)] = 1
    dose: Dose | None = None
    rate: Rate | None = None
    timing: Timing = Timing()
    duration: Span | None = None
    at_most: bool = False
    until: Text | None = None
    as_needed: Annotated[str, Meta(max_length=300)] | None = None
    route: Name | None = None
    site: Name | None = None
    limits: Limits | None = None
    instruction: Text | None = None


class Dosage(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole dosage: its steps in their order, of turns 1, 2, 3… `duration` is of the whole where steps alternate."""

    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=STEPS_MAX)]
    duration: Span | None = None

    def __post_init__(self) -> None:
        turns = [each.turn for each in self.steps]
        if turns != sorted(turns) or set(turns) != set(range(1, turns[-1] + 1)):
            raise ValueError("turns-in-order")
