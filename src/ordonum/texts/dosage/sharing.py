"""The dose of one take out of the dose of a day; the total of a day that its takes make."""

from decimal import Decimal

from msgspec.structs import replace

from ordonum.model.dosage import Dose
from ordonum.texts.dosage.facts import Amount, Fact, InTakes, Often, Takes, Unclear
from ordonum.texts.dosage.tokens import plain
from ordonum.texts.dosage.units import COUNTED


def dose_of(amount: Amount) -> Dose:
    """The amount, its unit known, as a dose of the model."""
    assert amount.unit is not None
    return Dose(
        amount=plain(amount.amount), high=None if amount.high is None else plain(amount.high), unit=amount.unit,
        per=amount.per, graduation=None if amount.graduation is None else plain(amount.graduation),
    )  # fmt: skip


def divided(dose: Dose, takes: int) -> Dose | None:
    """The dose of one take of a day's dose; nothing where it is not exact («80 mg/kg par jour en 3 prises»)."""
    low = dose.amount / takes
    high = None if dose.high is None else dose.high / takes
    whole = dose.unit in COUNTED and not dose.amount % 1  # three tablets in two takes: 1½ and 1½, or 2 and 1?
    if any(each is not None and each != round(each, 0 if whole else 4) for each in (low, high)):
        if dose.unit in COUNTED:
            raise Unclear("la dose du jour ne se partage pas exactement en autant de prises")
        return None
    return replace(dose, amount=plain(low), high=None if high is None else plain(high))


def without_total(timing: list[Fact]) -> list[Fact]:
    """«3 cp par jour : 1 le matin, 2 le soir»: the total of the day said first is what the takes make, or a contradiction;
    «4 cp par jour en 2 prises, matin et soir»: each take its share.
    """
    if not timing or not isinstance(timing[0], Amount) or len(timing) < 3 or timing[1] != Often():
        return timing
    total, shared = timing[0], isinstance(timing[2], InTakes)
    rest = timing[3:] if shared else timing[2:]
    takes = [len(each.when) + len(each.at) for each in rest if isinstance(each, Takes)]
    if shared and len(takes) == len(rest) > 0 and isinstance(timing[2], InTakes) and timing[2].takes == sum(takes) > 1:
        share = divided(dose_of(total), sum(takes))
        return timing if share is None else [replace(total, amount=share.amount, high=share.high), *rest]
    if len(rest) < 2 or not isinstance(rest[0], Amount) or not all(isinstance(each, (Amount, Takes)) for each in rest):
        return timing
    units = {each.unit for each in rest if isinstance(each, Amount)}
    if _made(rest) != total.amount or total.high is not None or units != {total.unit}:
        raise Unclear("le total du jour n'est pas celui des prises")
    return rest


def _made(facts: list[Fact]) -> Decimal:
    """What the takes make, each of the amount that stands before it."""
    made = amount = Decimal(0)
    for each in facts:
        if isinstance(each, Amount):
            amount = each.amount
        elif isinstance(each, Takes):
            made += amount * (len(each.when) + len(each.at))
    return made
