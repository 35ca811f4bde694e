"""The engine of the legal rules: which rows a prescription or a delivery meets, what each says, which days they make. Pure.

A row names one of the checks below; the rest of it is values. What is only possible, because the table does not know the
medicine, is told and never refused.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from ordonum.model import legal_delivery, legal_exceptional, legal_prescribing
from ordonum.model.case import Around, Case, Said, applies
from ordonum.model.conditions import NO_TABLE, Table, known_of
from ordonum.model.course import Contents, no_contents, with_duration
from ordonum.model.legal_delivery import french, last_day
from ordonum.model.measure import one_delivery
from ordonum.model.rule import Check, Effect, Rule, When
from ordonum.model.state import State
from ordonum.model.supply import amount_for, covered_until, days_of, supplies, total_days

BY_HAND = 0  # the rank of what the prescriber added by hand on the paper
PARIS = ZoneInfo("Europe/Paris")
_MODULES = (legal_delivery, legal_exceptional, legal_prescribing)
# Each check is the function of its name: `since-writing` is `since_writing`. What the act itself refuses has none.
CHECKS: Mapping[Check, Callable[[Rule, Case], Said | None]] = {
    check: next(vars(module)[name] for module in _MODULES if name in vars(module))
    for check in Check
    if (name := check.value.replace("-", "_")) != Check.ELSEWHERE.value
}
TO_VALIDATE = "règle à valider"
OVER = "la durée prescrite court jusqu'au {day}, présentée ou non"
UNKNOWN_MEDICINE = "si ce médicament, que la table ne connaît pas, en relève"


class Met(Struct, frozen=True):
    """A rule that is met: by which line, with which effect, and its French sentence without its article."""

    rule: Rule
    effect: Effect
    line: int
    said: str
    sure: bool

    @property
    def article(self) -> str:
        """The article, as it is cited."""
        return self.rule.article or "article à trouver"

    @property
    def said_of_line(self) -> str:
        """The sentence with its line."""
        return f"{of_lines([self.line])} : {self.said}"


_KEPT_MAX = 256
_KEPT: dict[tuple[object, ...], tuple[tuple[Rule, ...], tuple[Rule, ...]]] = {}


def of_lines(ranks: Sequence[int]) -> str:
    """«Ligne 2», «Lignes 1, 3», as a sentence begins."""
    if BY_HAND in ranks:
        return "Ajout à la main"
    return f"Ligne{'s' if len(ranks) > 1 else ''} {', '.join(map(str, ranks))}"


def in_question(rules: tuple[Rule, ...], around: Around) -> tuple[Rule, ...]:
    """The rules that look at this act at all: of its family, in force on its day, of a registration or of a delivery."""
    key = (id(rules), around.order.family, around.day, around.registering, around.exceptional)
    kept = _KEPT.get(key)
    if kept is None or kept[0] is not rules:  # the acts of a day ask the same of the same rules
        if len(_KEPT) >= _KEPT_MAX:
            _KEPT.clear()
        kept = _KEPT[key] = (rules, _in_question(rules, around))
    return kept[1]


def _in_question(rules: tuple[Rule, ...], around: Around) -> tuple[Rule, ...]:
    family, day, registering = around.order.family, around.day, around.registering
    return tuple(
        rule
        for rule in rules
        if rule.check is not Check.ELSEWHERE
        and registering is (rule.when is When.REGISTRATION)
        and (around.exceptional or rule.when is not When.EXCEPTIONAL)
        and family in rule.scope.families
        and rule.in_force(day)
    )


def met(asked: tuple[Rule, ...], case: Case) -> Iterator[Met]:
    """The rules that a line meets, among those in question for its act."""
    for rule in asked:
        if (sure := applies(rule, case)) is False:
            continue
        found = CHECKS[rule.check](rule, case)
        if found is not None:
            certain = sure is True
            effect = rule.effect if certain else Effect.INFORMS
            yield Met(rule, effect, case.line.rank, _said(rule, found, sure=certain), certain)


def _said(rule: Rule, found: Said, *, sure: bool) -> str:
    said = rule.sentence.format_map(found)
    if not sure:
        said = f"{said}, {UNKNOWN_MEDICINE}"
    return said if rule.source is not None else f"{said} ({TO_VALIDATE})"


class LineDates(Struct, frozen=True, kw_only=True):
    """The legal days of a line, each with the French sentence of its reason: the last day on which it may first be
    delivered (None once something was), the last of any delivery, the first of the next one (None where nothing delays it).
    """

    line: int
    first_until: date | None = None
    first_until_reason: str | None = None
    until: date | None = None
    until_reason: str | None = None
    next_from: date | None = None
    next_from_reason: str | None = None


def deadlines(
    state: State,
    rules: tuple[Rule, ...],
    day: date,
    *,
    conditions: Table = NO_TABLE,
    contents: Contents = no_contents,
    zone: ZoneInfo = PARIS,
) -> tuple[LineDates, ...]:
    """The legal days of each line, as the rules in force on `day` make them; rules that only inform make none.

    `zone` is that of the place where one looks; `conditions` the table of medicines, `contents` what their boxes hold.
    """
    given = supplies(state, zone, contents)
    around = Around(order=state.order, day=day, contents=contents)
    rules = in_question(rules, around)
    return tuple(
        _dates(
            Case(around=around, line=line, known=known_of(line, conditions, day), given=given.get(line.rank, ())), rules
        )
        for line in (with_duration(each, contents, state.order.written_on) for each in state.order.lines)
    )


def _dates(case: Case, rules: tuple[Rule, ...]) -> LineDates:
    first: tuple[date, str] | None = None
    until: tuple[date, str] | None = None
    later: tuple[date, str] | None = None
    for rule in rules:
        if not rule.makes_days or applies(rule, case) is not True:
            continue
        found = _bound(rule, case)
        if found is None:
            continue
        sentence = OVER if rule.check is Check.PRESENTED_LATE else rule.sentence
        kept = (found, f"{sentence.format_map({'day': french(found)})} ({rule.article})")
        if rule.check is Check.TOO_SOON:
            later = max(later, kept) if later else kept
        elif rule.when is When.FIRST:
            first = min(first, kept) if first else kept
        else:
            until = min(until, kept) if until else kept
    return LineDates(
        line=case.line.rank,
        first_until=first and first[0],
        first_until_reason=first and first[1],
        until=until and until[0],
        until_reason=until and until[1],
        next_from=later and later[0],
        next_from_reason=later and later[1],
    )


def _bound(rule: Rule, case: Case) -> date | None:
    """The day that a rule makes for a line, if it is of those that make days."""
    written = case.around.order.written_on
    if rule.check is Check.SINCE_WRITING or (rule.check is Check.GLASSES and legal_delivery.are_glasses(case)):
        return last_day(rule, written)
    if rule.check is Check.PRESENTED_LATE and (days := total_days(case.line)) is not None:
        used = sum(days_of(each.amount, case.line) or 0 for each in case.given)
        start = (covered_until(case.given, case.line) if case.given else None) or written
        return start + timedelta(days=max(1, days - used) - 1)  # the last day of which anything remains to run
    if rule.check is Check.TOO_SOON and case.given:
        # In the middle of a delivery its rest waits for nothing.
        days = legal_delivery.fraction_days(case)
        block = max(1, amount_for(days, case.line)) if days else one_delivery(case.line)
        whole = sum(each.amount for each in case.given) % block == 0
        return covered_until(case.given, case.line) if whole else None
    return None
