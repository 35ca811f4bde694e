"""What the pieces of a dosage say, one fact each, before they are put together. `place` is not kept: their order is."""

from decimal import Decimal

from msgspec import Struct

from ordonum.model.dosage import Cycle, DoseUnit, PerBody, Rate, Span, TimeUnit, Weekday, When


class Unclear(Exception):
    """The text has no reading, or more than one; `why`, in French."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Amount(Struct, frozen=True, kw_only=True):
    """How much of one take; `unit` None: not written here, another amount of the text may tell it."""

    amount: Decimal
    high: Decimal | None = None
    unit: DoseUnit | None = None
    per: PerBody | None = None
    graduation: Decimal | None = None


class Often(Struct, frozen=True, kw_only=True):
    """How often: `times` None: «par jour», where only the amount before it tells."""

    times: int | None = None
    times_high: int | None = None
    every: int = 1
    every_high: int | None = None
    period: TimeUnit = TimeUnit.DAY
    some_days: bool = False  # «un jour sur deux»: may stand beside a frequency of those days


class Days(Struct, frozen=True, kw_only=True):
    """The days: of the week, of the month, of a cycle, or counted from a procedure."""

    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    cycle: Cycle | None = None
    cycle_days: tuple[int, ...] = ()
    cycle_length: int | None = None
    procedure_days: tuple[int, ...] = ()
    but: bool = False  # «sauf le dimanche», «du lundi au vendredi»: may stand beside «tous les jours»
    others: bool = False  # «les autres jours»: those of the week that the text does not name
    weeks: int = 1  # «un mardi sur deux»
    by_weeks: bool = False  # «3 semaines sur 4»: each day of them, or once in each?
    alternating: bool = False
    next_day: bool = False
    daily: bool = False


class Takes(Struct, frozen=True, kw_only=True):
    """The moments or the hours of the takes of a day."""

    when: tuple[When, ...] = ()
    at: tuple[str, ...] = ()
    every_one: bool = False  # «avant les repas»: of all the takes, not of one
    each: bool = False  # «avant chaque repas»: three of them


class Pattern(Struct, frozen=True):
    """«1-0-1»: amounts of morning, noon, evening, bedtime."""

    amounts: tuple[Decimal, ...]
    unit: DoseUnit | None = None


class InTakes(Struct, frozen=True):
    """«en 3 prises»: what an amount of the whole day is shared between; 1: taken at once."""

    takes: int


class Once(Struct, frozen=True):
    """A single take."""


class Lasting(Struct, frozen=True, kw_only=True):
    """For how long; `at_most`: «maximum 7 jours»; `first`: «le premier jour»."""

    span: Span
    at_most: bool = False
    first: bool = False


class Label(Struct, frozen=True, kw_only=True):
    """«J1 à J5»: the days, or the weeks, of what stands beside it; `first` 0: a cycle of `last` days."""

    first: int
    last: int
    unit: TimeUnit


class Multiplied(Struct, frozen=True):
    """«3 x» before a dose: so many times in the period that follows it."""

    times: int


class Whole(Struct, frozen=True):
    """«le tout pendant 3 mois»."""

    span: Span


class AfterPause(Struct, frozen=True):
    """«puis 7 jours d'arrêt»."""

    span: Span


class Giving(Struct, frozen=True):
    """How fast it is given."""

    rate: Rate


class Words(Struct, frozen=True):
    """Words kept in a field of their own: `until`, `as_needed`, `route`, `site` or `instruction`."""

    field: str
    text: str


class Ceiling(Struct, frozen=True, kw_only=True):
    """A limit: the field of `Limits` it goes to, and an amount, a number of takes, or a span."""

    field: str
    amount: Amount | None = None
    takes: int | None = None
    span: Span | None = None


class Equal(Struct, frozen=True):
    """«(soit 2 gélules)»: the amount before it, said another way; `of` where it is told."""

    same: Amount
    of: Amount | None = None
    bare: bool = False  # between brackets, without «soit»
    day: bool = False  # «soit 3 comprimés par jour»: what the takes of a day make


class Count(Struct, frozen=True):
    """So many takes in all."""

    takes: int


class Again(Struct, frozen=True):
    """«à renouveler une fois dans 15 jours»."""

    span: Span


class Change(Struct, frozen=True):
    """«diminuer de 5 mg tous les 3 jours jusqu'à arrêt»; `up_to` where it rises to an amount."""

    by: Amount
    each: Span
    up_to: Amount | None = None


class Then(Struct, frozen=True):
    """What follows begins when what is before it is over."""


class Also(Struct, frozen=True):
    """What follows goes together with what is before it, with conditions of its own («;»)."""


class End(Struct, frozen=True):
    """«puis arrêt»."""


Fact = (
    Amount | Often | Days | Takes | Pattern | InTakes | Once | Lasting | Label | Multiplied | Whole | AfterPause | Giving | Words
    | Ceiling | Equal | Count | Again | Change | Then | Also | End
)  # fmt: skip
