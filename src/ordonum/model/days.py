"""Legal days: months that clamp at their end, ages, and the day that a moment has in a place. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ordonum.model.identifiers import BirthDate


def months_after(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month where there is no such day (31 January + 1)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


def legal_day(moment: datetime, zone: ZoneInfo) -> date:
    """The day of a moment where the professional works: La Réunion is not Paris."""
    return moment.astimezone(zone).date()


def age_on(birth: BirthDate, day: date) -> int:
    """Whole years of age on that day. Cards write dates of no calendar (31 February, month 00): compared as they are written."""
    year, month, dom = (int(part) for part in birth.split("-"))
    return day.year - year - ((day.month, day.day) < (month, dom))
