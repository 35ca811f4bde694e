"""Where a prescription stands on a day, in words: its status and each line's, with the reason, the next day on which something
changes, and the days of treatment left. Pure: the state tells what happened, the legal days when it ends.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from ordonum.model.course import Contents, no_contents, with_duration
from ordonum.model.legal import LineDates
from ordonum.model.legal_delivery import french
from ordonum.model.lines import Family, Unit
from ordonum.model.measure import one_delivery
from ordonum.model.outcomes import Withheld
from ordonum.model.prescription import Line
from ordonum.model.state import DONE, LineStatus, Remainder, State, Status
from ordonum.model.supply import covered_until, days_of, supplies

_DONE_WORDS = (
    ("Délivrée", "Faite"),
    ("délivrée", "faite"),
    ("délivrer", "faire"),
    ("délivrance", "exécution"),
    ("délivré", "fait"),
)


class LineStanding(Struct, frozen=True, kw_only=True):
    """A line on that day. `delivery` is the rank of the delivery to come or under way, of `deliveries` (None: nobody set a
    number); `next_from` the day from which it may be given, if it must wait; `until` the last day on which it may;
    `days_in_hand` how many days of treatment the patient still has, `days_to_give` how many are left to give.
    """

    line: int
    status: LineStatus
    sentence: str
    delivery: int | None = None
    deliveries: int | None = None
    next_from: date | None = None
    until: date | None = None
    days_in_hand: int | None = None
    days_to_give: int | None = None


class Standing(Struct, frozen=True, kw_only=True):
    """The prescription on that day; `next_on` is the next day on which something changes, and `next_reason` what."""

    status: Status
    sentence: str
    next_on: date | None
    next_reason: str | None
    lines: tuple[LineStanding, ...]


def standing(
    state: State, dates: Sequence[LineDates], day: date, zone: ZoneInfo, contents: Contents = no_contents
) -> Standing:
    """Where a prescription stands on this legal day of this zone; `dates` are its legal days, line by line."""
    given = supplies(state, zone, contents)
    timed = [with_duration(each, contents, state.order.written_on) for each in state.order.lines]
    lines = tuple(
        _line(state, line, known, covered_until(before, line) if (before := given.get(line.rank)) else None, day)
        for line, known in zip(timed, dates, strict=True)
    )
    status = _status(state, lines)
    change, family = min(_changes(lines, dates, day), default=None), state.order.family
    return Standing(
        status=status,
        sentence=_worded(_sentence(state, status, lines, zone), family),
        next_on=change[0] if change else None,
        next_reason=_worded(change[1], family) if change else None,
        lines=tuple(msgspec.structs.replace(each, sentence=_worded(each.sentence, family)) for each in lines),
    )


def _worded(sentence: str, family: Family) -> str:
    """The sentence in the words of what it is of: products are delivered, acts are done."""
    if family not in (Family.HEALTH_PRODUCTS, Family.OPTICS):
        for delivered, done in _DONE_WORDS:
            sentence = sentence.replace(delivered, done)
    return sentence


def _line(state: State, line: Line, known: LineDates, covered: date | None, day: date) -> LineStanding:
    """A line on that day; `covered` is the first day that what was given does not cover."""
    remainder = state.remainders[line.rank - 1]
    status = _line_status(remainder, known, day)
    going = status not in DONE | {LineStatus.CANCELLED, LineStatus.EXPIRED}
    waits = going and known.next_from is not None and known.next_from > day
    return LineStanding(
        line=line.rank,
        status=status,
        sentence=_line_sentence(state, line, remainder, status, known, day),
        delivery=_delivery(line, remainder) if going else None,
        deliveries=None if remainder.total is None else 1 + line.renewals,
        next_from=known.next_from if waits else None,
        until=_last(known) if going else None,
        days_in_hand=max(0, (covered - day).days) if covered is not None else None,
        days_to_give=_days_to_give(line, remainder) if going else None,
    )


def _last(known: LineDates) -> date | None:
    """The last day on which something of the line may be given."""
    return found[0] if (found := _last_and_why(known)) else None


def _last_and_why(known: LineDates) -> tuple[date, str | None] | None:
    """The last day on which something of the line may be given, with the reason of that day and not of a later one."""
    days = ((known.first_until, known.first_until_reason), (known.until, known.until_reason))
    return min(((last, why) for last, why in days if last is not None), key=lambda each: each[0], default=None)


def _line_status(remainder: Remainder, known: LineDates, day: date) -> LineStatus:
    over = (last := _last(known)) is not None and day > last
    if over and remainder.status not in DONE and remainder.status is not LineStatus.CANCELLED:
        return LineStatus.EXPIRED
    return remainder.status


def _status(state: State, lines: Iterable[LineStanding]) -> Status:
    """Expired when nothing may be given any more, for the days that passed and no other reason."""
    if state.status not in (Status.REGISTERED, Status.PARTLY_EXECUTED):
        return state.status
    open_ = [each for each in lines if each.status not in DONE and each.status is not LineStatus.CANCELLED]
    return Status.EXPIRED if open_ and all(each.status is LineStatus.EXPIRED for each in open_) else state.status


def _delivery(line: Line, remainder: Remainder) -> int | None:
    if remainder.total is None:
        return None
    return min(1 + line.renewals, 1 + remainder.given // one_delivery(line))


def _days_to_give(line: Line, remainder: Remainder) -> int | None:
    if remainder.left is None:
        return None
    return remainder.left if remainder.unit is Unit.DAYS else days_of(remainder.left, line)


def _changes(lines: Iterable[LineStanding], dates: Sequence[LineDates], day: date) -> Iterable[tuple[date, str]]:
    """The days to come on which something changes, with what."""
    for each in lines:
        if each.next_from is not None:
            yield each.next_from, f"ligne {each.line} : la délivrance suivante devient possible"
        if each.until is not None and each.until >= day:
            yield each.until + timedelta(days=1), f"ligne {each.line} : {_why(dates[each.line - 1])}"


def _why(known: LineDates) -> str:
    """What ends the line on its last day."""
    return ((found := _last_and_why(known)) and found[1]) or "plus rien ne peut être délivré"


def _line_sentence(
    state: State, line: Line, remainder: Remainder, status: LineStatus, known: LineDates, day: date
) -> str:
    """One French sentence: where the line stands, and why."""
    if status is LineStatus.CANCELLED:
        return _cancelled(state, line, remainder)
    if status is LineStatus.EXPIRED:
        return f"Expirée : {_why(known)}."
    if status is LineStatus.EXHAUSTED:
        return f"Épuisée : les {1 + line.renewals} délivrances ont été faites."
    if status is LineStatus.DELIVERED:
        return (
            "Délivrée en entier."
            if not remainder.beyond
            else "Délivrée en entier, et au-delà de ce qui était prescrit."
        )
    said = _going(state, line, remainder, status)
    if known.next_from is not None and known.next_from > day:
        said += f" La suite est possible à partir du {french(known.next_from)}."
    if (last := _last(known)) is not None:
        said += f" Au plus tard le {french(last)}."
    return said


def _going(state: State, line: Line, remainder: Remainder, status: LineStatus) -> str:
    if status is LineStatus.NOT_DELIVERED:
        return f"Non délivrée : {_why_withheld(state, line)}. Reste à délivrer."
    rank = _delivery(line, remainder)
    which = f"délivrance {rank} sur {1 + line.renewals}" if line.renewals and rank is not None else ""
    if status is LineStatus.TO_DELIVER:
        return f"À délivrer ({which})." if which else "À délivrer."
    if remainder.left is None:
        return "En cours."
    unit = remainder.unit.label if remainder.unit else "délivrance"
    left = f"{remainder.left} {_plural(unit, remainder.left)}" + (f" (à suivre : {which})" if which else "")
    return f"Délivrée en partie : d'après la base, il reste {left}."


def _why_withheld(state: State, line: Line) -> str:
    for execution in reversed(state.executions):
        for each in execution.lines:
            if isinstance(each, Withheld) and each.line == line.rank:
                return each.reason.label
    return "sans raison connue"


def _cancelled(state: State, line: Line, remainder: Remainder) -> str:
    stop = state.stops.get(line.rank) or state.stopped
    assert stop is not None
    replaced = state.stops.get(line.rank) is None and state.replaced is not None
    done = " Ce qui a été délivré demeure." if remainder.given else ""
    return f"{'Remplacée' if replaced else 'Annulée'} par le prescripteur : {stop.reason.label}.{done}"


def _sentence(state: State, status: Status, lines: Sequence[LineStanding], zone: ZoneInfo) -> str:
    """One French sentence for the whole."""
    if status is Status.REPLACED and state.replaced is not None:
        on = french(state.replaced.recorded_at.astimezone(zone).date())
        return f"Remplacée le {on} par une autre ordonnance ({state.replaced.reason.label})."
    if status is Status.CANCELLED:
        stop = state.cancelled or next(iter(state.stops.values()))
        return f"Annulée le {french(stop.recorded_at.astimezone(zone).date())} ({stop.reason.label})."
    if status is Status.EXPIRED:
        return "Expirée : plus rien ne peut en être délivré, sauf dispensation exceptionnelle prévue par la loi."
    if status is Status.EXECUTED:
        return "Exécutée : il n'y a plus rien à délivrer, d'après la base."
    if status is Status.REGISTERED:
        return "Enregistrée : rien n'en a encore été délivré, d'après la base."
    left = sum(each.status not in DONE and each.status is not LineStatus.CANCELLED for each in lines)
    return f"Exécutée en partie : il reste {left} {_plural('ligne', left)} à délivrer, d'après la base."


def _plural(noun: str, count: int) -> str:
    return f"{noun}s" if count > 1 and len(noun) > 2 else noun
