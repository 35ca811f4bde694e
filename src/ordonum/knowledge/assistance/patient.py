"""What a check looks at: the medicines, the patient as far as known, the day. Pure."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from ordonum.knowledge.assistance.doses import Taken, taken
from ordonum.knowledge.assistance.products import Product, Substance
from ordonum.knowledge.drugs.base import DrugBase
from ordonum.model.alert import Alert, AlertKind, Subject, Unchecked
from ordonum.model.plan_units import Body


class Case(Struct, frozen=True, kw_only=True):
    """A prescription and its patient. `lines` come first among `products`, then the treatments that go on.

    `age`: the least and the most it may be, in months (the civil registry may not know the month); None: not known.
    """

    lines: tuple[Product, ...]
    treatments: tuple[Product, ...]
    subject: Subject
    day: date
    age: tuple[Decimal, Decimal] | None
    base: DrugBase

    @property
    def products(self) -> tuple[Product, ...]:
        """Lines, then treatments."""
        return (*self.lines, *self.treatments)

    @property
    def body(self) -> Body:
        """Weight and height."""
        return Body(self.subject.weight_g, self.subject.height_cm)

    def taken(self, product: Product, substance: Substance) -> Taken:
        """What the patient takes of a substance by a medicine."""
        return taken(product.dosage, substance.strength, self.body, self.day, alone=len(product.substances) == 1)


class Findings(Struct):
    """What checks found, and what they could not look at."""

    alerts: list[Alert]
    unchecked: list[Unchecked]

    def not_done(self, kind: AlertKind, product: Product, why: str) -> None:
        """«contrôle non fait, parce que…», of one medicine."""
        because = not_done_because(why)
        self.unchecked.append(Unchecked(kind=kind, lines=product.lines, treatments=product.treatments, because=because))


def not_done_because(why: str) -> str:
    """«contrôle non fait, parce que l'âge n'est pas renseigné»."""
    link = "'" if why[:1] in "aeiouy" else "e "
    return f"contrôle non fait, parce qu{link}{why}"


def age_in_months(birth_date: str | None, day: date) -> tuple[Decimal, Decimal] | None:
    """The least and the most months of age that day; an unborn is newly born, an unknown month is any."""
    if birth_date is None:
        return None
    year, month, of_month = (int(part) for part in birth_date.split("-"))
    latest, earliest = (month or 12, of_month or 31), (month or 1, of_month or 1)
    least, most = (_months(year, born, day) for born in (latest, earliest))
    return Decimal(max(0, least)), Decimal(max(0, most))


def _months(year: int, born: tuple[int, int], day: date) -> int:
    return (day.year - year) * 12 + day.month - born[0] - (day.day < born[1])
