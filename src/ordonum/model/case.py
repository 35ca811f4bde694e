"""What a legal rule is held against: one line, what is known of it, what was given before, what is asked. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from ordonum.model.beneficiary import Bearer
from ordonum.model.conditions import Known
from ordonum.model.course import Contents, Handed, dosage_of, handed, no_contents
from ordonum.model.days import age_on
from ordonum.model.identifiers import BirthDate, Rpps
from ordonum.model.outcomes import Delivered, ExceptionalRule
from ordonum.model.prescription import Line, SignedOrder
from ordonum.model.rule import Rule, Scope, When
from ordonum.model.supply import Supply

Said = Mapping[str, object]  # what a check computed for the sentence of its rule


class Covered(Struct, frozen=True, kw_only=True):
    """A period of another prescription of the same patient, of a medicine that may not overlap (CSP R.5132-33): who wrote it,
    where it was executed, of which substance (bare), its first and last day.
    """

    prescriber: Rpps
    executant: str
    substance: str
    first: date
    last: date


class Around(Struct, frozen=True, kw_only=True):
    """What every line of one act shares: a registration, or a delivery, of which `executant` is the key of the place and
    `exceptional` says whether anything is delivered under an exceptional rule.
    """

    order: SignedOrder
    day: date
    registering: bool = False
    exceptional: bool = False
    birth: BirthDate | None = None
    executant: str | None = None
    bearer: Bearer | None = None
    covered: tuple[Covered, ...] = ()
    contents: Contents = no_contents


class Case(Struct, frozen=True, kw_only=True):
    """One line before the rules. `asked` is what is to be handed over of it, `amount` how much in the line's unit; both
    empty where one only looks (a consultation) or registers.
    """

    around: Around
    line: Line
    known: Known
    given: Sequence[Supply] = ()
    asked: tuple[Delivered, ...] = ()
    amount: int | None = None

    @property
    def out(self) -> Handed | None:
        """What is handed over of the line, by its boxes; None where that of any of them is not known."""
        if dosage_of(self.line) is None:
            return None
        found = [handed(each, self.line, self.around.contents) for each in self.asked]
        same = [each for each in found if each is not None and each.box == (found[0] and found[0].box)]
        return Handed(same[0].box, sum(each.many for each in same)) if same and len(same) == len(found) else None

    @property
    def exceptional(self) -> ExceptionalRule | None:
        """The exceptional rule under which something of the line is delivered."""
        if not self.around.exceptional:
            return None
        return next((each.exceptional for each in self.asked if each.exceptional is not None), None)


def applies(rule: Rule, case: Case) -> bool | None:
    """Whether a rule in question for the act looks at this line; None where the table does not say enough of the medicine."""
    if not _moment(rule, case) or not _line_in(rule.scope, case):
        return False
    return rule.scope.holds(case.known)


def _moment(rule: Rule, case: Case) -> bool:
    when = rule.when
    if when is When.EXCEPTIONAL:
        return case.exceptional is not None and rule.exceptional is case.exceptional
    if (when is When.FIRST and case.given) or (when is When.RENEWAL and not case.given):
        return False
    return not (rule.waived and case.around.exceptional and case.exceptional in rule.waived)


def _line_in(scope: Scope, case: Case) -> bool:
    line, around = case.line, case.around
    if scope.kinds and line.__struct_config__.tag not in scope.kinds:
        return False
    if scope.flag is not None and not getattr(line, scope.flag, False):
        return False
    if scope.reimbursable and line.not_reimbursable:
        return False
    if scope.professions and around.order.prescriber.profession not in scope.professions:
        return False
    if scope.ages is None:
        return True
    return around.birth is not None and scope.ages[0] <= age_on(around.birth, around.order.written_on) <= scope.ages[1]
