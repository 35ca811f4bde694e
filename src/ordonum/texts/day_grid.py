"""A dosage day by day, as a patient or a nurse ticks it off: a table of days and moments. Pure."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from ordonum.model.dosage import Dosage, Dose, DoseUnit, Moment, When
from ordonum.model.plan import grid, plan
from ordonum.model.plan_shapes import Bounds, Day, Setting, Take
from ordonum.texts.dosage.saying_amounts import said_amount
from ordonum.texts.dosage.saying_times import clock, moment

_WEEKDAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
_ORDER = {each: rank for rank, each in enumerate(Moment)}
_HOUR_OF = {  # where a moment stands among the hours
    Moment.WAKING: 6,
    Moment.FASTING: 7,
    Moment.MORNING: 8,
    Moment.BREAKFAST: 8,
    Moment.MID_MORNING: 10,
    Moment.NOON: 12,
    Moment.LUNCH: 12,
    Moment.AFTERNOON: 15,
    Moment.SNACK: 16,
    Moment.EVENING: 19,
    Moment.DINNER: 19,
    Moment.BEDTIME: 22,
    Moment.NIGHT: 23,
}
OTHER = "dans la journée"


class DayGrid(Struct, frozen=True):
    """The table: its head, its rows (a text a cell, «» where nothing is taken), and what is to be known beside."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def day_grid(dosage: Dosage, setting: Setting, days: int | None = None) -> DayGrid:
    """Each day of a dosage (its first `days`), a column each hour or moment, then the total of the day.

    What cannot be laid out has no rows, and its reasons in the notes.
    """
    found, whole = grid(dosage, setting, days), plan(dosage, setting)
    columns = sorted({each.at for day in found for each in day.takes}, key=_place)
    rows = tuple(_row(each, columns, whole.unit) for each in found)
    head = ("jour", *(_named(each) for each in columns), "total du jour") if rows else ()
    return DayGrid(head, rows, tuple(_notes(dosage, [gap.label for gap in whole.gaps])))


def _place(at: str | When | None) -> tuple[int, int, str]:
    """In the order of the day; what has no moment comes last."""
    if at is None:
        return 99, 0, ""
    if isinstance(at, str):
        return int(at[:2]), int(at[3:]), at
    return _HOUR_OF.get(at.moment, 50 + _ORDER[at.moment]), 0, moment(at)


def _named(at: str | When | None) -> str:
    return OTHER if at is None else moment(at) if isinstance(at, When) else clock(at)


def _row(day: Day, columns: list[str | When | None], unit: DoseUnit | None) -> tuple[str, ...]:
    cells = [" + ".join(_take(each, unit) for each in day.takes if each.at == column) for column in columns]
    return (_day(day), *cells, amount(day.amount, unit) if day.takes else "rien")


def _day(day: Day) -> str:
    """«lun. 23/11/2026»; «la veille de l'examen» has no date."""
    if day.on is not None:
        return written(day.on)
    offset = day.from_procedure or 0
    return "jour de l'examen" if not offset else f"J{'−' if offset < 0 else '+'}{abs(offset)} (jour 0 : l'examen)"


def written(day: date) -> str:
    """«lun. 23/11/2026»."""
    return f"{_WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def _take(take: Take, unit: DoseUnit | None) -> str:
    low, high = take.times
    times = (
        ""
        if low == high == 1
        else f"jusqu'à {high} × "
        if not low
        else f"{low} × "
        if low == high
        else f"{low} à {high} × "
    )
    return times + amount(take.each, unit) + (f" en {take.shared} prises" if take.shared > 1 else "")


def amount(bounds: Bounds, unit: DoseUnit | None, *, in_words: bool = False) -> str:
    """«2 comprimés», «1 à 2 comprimés», «au plus 4 comprimés» where nothing obliges to any."""
    if not bounds.high or unit is None:
        return "rien"
    low, high = (each.quantize(Decimal("0.001")).normalize() if each.as_tuple().exponent else each for each in bounds)
    if low <= 0:
        return f"au plus {said_amount(Dose(amount=high, unit=unit), in_words=in_words)}"
    return said_amount(Dose(amount=low, high=high if high > low else None, unit=unit), in_words=in_words)


def _notes(dosage: Dosage, gaps: list[str]) -> list[str]:
    needed = [f"si {each.as_needed or 'besoin'}" for each in dosage.steps if each.as_needed is not None]
    besides = [each.instruction for each in dosage.steps if each.instruction is not None]
    until = [each.until for each in dosage.steps if each.until is not None]
    return [*dict.fromkeys((*needed, *until, *besides)), *(f"Non calculé : {each}" for each in gaps)]
