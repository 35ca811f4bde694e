"""What contradicts itself in a dosage put together, and what its amounts are equal to."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from ordonum.model.dosage import Dose, DoseUnit, Span, Step, TimeUnit, Timing, When
from ordonum.texts.dosage.day import order
from ordonum.texts.dosage.facts import Amount, Ceiling, Equal, Fact, Unclear
from ordonum.texts.dosage.saying_amounts import said_amount
from ordonum.texts.dosage.units import COUNTED

# Units of one quantity, in the smallest of them.
_SAME = {
    DoseUnit.NANOGRAM: (DoseUnit.NANOGRAM, 1), DoseUnit.MICROGRAM: (DoseUnit.NANOGRAM, 1_000),
    DoseUnit.MILLIGRAM: (DoseUnit.NANOGRAM, 1_000_000), DoseUnit.GRAM: (DoseUnit.NANOGRAM, 1_000_000_000),
    DoseUnit.MILLILITRE: (DoseUnit.MILLILITRE, 1), DoseUnit.LITRE: (DoseUnit.MILLILITRE, 1_000),
}  # fmt: skip
_DAYS = {TimeUnit.DAY: 1, TimeUnit.WEEK: 7}


def in_days(span: Span | None) -> int | None:
    """The number of days of an exact span of days or weeks."""
    if span is None or span.high is not None or span.unit not in _DAYS:
        return None
    return span.value * _DAYS[span.unit]


def of_the_day(whens: tuple[When, ...]) -> tuple[When, ...]:
    """Moments in the order of the day; twice the same is a contradiction."""
    if len(set(whens)) != len(whens):
        raise Unclear("deux fois la même prise")
    return tuple(sorted(whens, key=order))


def apart(steps: Sequence[Step]) -> None:
    """Several doses of a day must have takes of their own."""
    seen: set[tuple[object, ...]] = set()
    for step in steps:
        timing = step.timing
        days = (timing.weekdays, timing.cycle, timing.month_days, timing.procedure_days)
        own: set[tuple[object, ...]] = {(take, *days) for take in (*timing.when, *timing.at)} or {days}
        if own & seen:
            raise Unclear("deux doses au même moment")
        seen |= own


def of_like_days(steps: Sequence[Step]) -> None:
    """Several doses of one turn are each told when, all on days of one kind: else the days of one may be those of all."""
    if len(steps) < 2:
        return
    timings = [step.timing for step in steps]
    kinds = {
        (bool(t.weekdays), bool(t.month_days), bool(t.cycle), bool(t.procedure_days), t.every > 1) for t in timings
    }
    if len(kinds) > 1:
        raise Unclear("les jours valent-ils pour toutes les doses ?")
    for timing in timings:
        paced = timing.period is not None and not (timing.weekdays or timing.month_days or timing.every > 1)
        if timing == Timing() or paced or timing.period is TimeUnit.HOUR:
            raise Unclear("une dose sans son moment")


def check(steps: Sequence[Step]) -> None:
    """Refuses a dose or a day above the limit that the same text sets."""
    for step in steps:
        limits, dose = step.limits, step.dose
        if limits is None or dose is None:
            continue
        if _over(dose, limits.per_take, 1) and step.as_needed is None:
            raise Unclear("une dose au-dessus de son maximum par prise")
        if _over(dose, limits.per_day, 1) or _over(dose, limits.per_take, 1):
            raise Unclear("une dose au-dessus de son maximum")
        takes = _takes_of_a_day(step)
        if step.as_needed is None and _over(dose, limits.per_day, takes):
            raise Unclear("plus par jour que le maximum")
        if step.as_needed is None and limits.takes_per_day is not None and takes > limits.takes_per_day:
            raise Unclear("plus de prises par jour que le maximum")


def _kind(unit: DoseUnit | None) -> DoseUnit | None:
    return unit if unit not in _SAME else _SAME[unit][0]


def _in_kind(dose: Dose | Amount) -> Decimal:
    return dose.amount * (1 if dose.unit not in _SAME else _SAME[dose.unit][1])


def _over(dose: Dose, limit: Dose | None, takes: int) -> bool:
    """Whether so many takes of the least dose pass the limit."""
    if limit is None or (_kind(dose.unit), dose.per) != (_kind(limit.unit), limit.per):
        return False
    return _in_kind(dose) * takes > _in_kind(limit)


def _takes_of_a_day(step: Step) -> int:
    timing = step.timing
    if timing.in_all:
        return 1
    if timing.period is TimeUnit.HOUR and timing.every_high is None:
        return max(1, 24 // timing.every) * (timing.times or 1)
    if timing.period is TimeUnit.DAY and timing.every == 1 and timing.times is not None:
        return timing.times
    return max(1, len(timing.when), len(timing.at))


def equals(facts: Sequence[Fact]) -> list[str]:
    """«1000 mg équivalant à 2 gélules», for each amount said another way; the same again in the same unit says nothing."""
    found: list[str] = []
    ratios: dict[tuple[object, ...], Fraction] = {}
    last: Amount | None = None
    for before, each in zip((None, *facts), facts, strict=False):
        if isinstance(each, Amount):
            last = each
        elif isinstance(each, Ceiling) and each.amount is not None:
            last = each.amount
        elif isinstance(each, Equal) and not each.day:
            of = _of(each, last, before)
            if of is None:
                continue
            _agree(ratios, of, each.same)
            _agree(ratios, each.same, of)
            found.append(f"{said_amount(of)} équivalant à {said_amount(each.same)}")
    return found


def _of(equal: Equal, last: Amount | None, before: Fact | None) -> Amount | None:
    """What is said another way; nothing where it is the same amount in the same unit."""
    of, same = equal.of or last, equal.same
    if of is None or of.high is not None or same.high is not None:
        raise Unclear("«soit» sans la dose dont il parle")
    if (_kind(of.unit), of.per) == (_kind(same.unit), same.per):
        if _in_kind(of) != _in_kind(same):
            raise Unclear("deux doses pour une même prise")
        if of.unit is same.unit:
            return None
    if equal.of is None and not isinstance(before, (Amount, Ceiling, Equal)):
        raise Unclear("«soit» : de quelle dose ?")
    if equal.bare and of.amount != 1 and of.unit in COUNTED:
        raise Unclear("la dose entre parenthèses est-elle de chaque unité ou de la prise ?")
    return of


def _agree(ratios: dict[tuple[object, ...], Fraction], of: Amount, same: Amount) -> None:
    """«1 g (soit 3 comprimés de 500 mg)» contradicts itself."""
    ratio = Fraction(_in_kind(of)) / Fraction(_in_kind(same))
    if ratios.setdefault((_kind(of.unit), of.per, _kind(same.unit), same.per), ratio) != ratio:
        raise Unclear("deux équivalences qui ne s'accordent pas")


def of_a_day(steps: Sequence[Step], facts: Sequence[Fact]) -> None:
    """«soit 3 comprimés par jour»: what the takes make, and nothing more."""
    for each in facts:
        if not isinstance(each, Equal) or not each.day:
            continue
        doses = [(step.dose, _takes_of_a_day(step)) for step in steps if step.dose is not None]
        alike = all((dose.unit, dose.per, dose.high) == (each.same.unit, each.same.per, None) for dose, _ in doses)
        if not alike or sum(dose.amount * takes for dose, takes in doses) != each.same.amount:
            raise Unclear("le total du jour n'est pas celui des prises")
