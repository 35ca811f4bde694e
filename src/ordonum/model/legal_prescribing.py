"""What the rules of a prescription look for, when it is registered: the facts of a sentence, or None. Pure.

Also who may begin a restricted medicine, which is looked at when it is first delivered.
"""

from datetime import date, timedelta

from ordonum.model.case import Case, Said
from ordonum.model.conditions import Trait
from ordonum.model.course import duration_of, months_of
from ordonum.model.days import age_on, months_after
from ordonum.model.lines import BaseLine
from ordonum.model.prescription import SignedOrder
from ordonum.model.products import MedicineLine, NoSubstitution, PreparationLine
from ordonum.model.rule import Rule

MONTH_DAYS = range(28, 32)  # a delivery of four weeks to thirty-one days is a month, and twelve of them a year
ADULT_FORM_AGE = 6  # from that age on, no child is «sans forme galénique adaptée»


def end_of_treatment(line: BaseLine, start: date) -> date | None:
    """The first day after the whole treatment if it begins that day, renewals included; None where no duration is written."""
    days, months = duration_of(line), months_of(line)
    if days is None:
        return None
    if months is not None:
        return months_after(start, months)
    if days in MONTH_DAYS and line.renewals:
        return months_after(start, 1 + line.renewals)
    return start + timedelta(days=days * (1 + line.renewals))


def always(rule: Rule, case: Case) -> Said | None:
    """What is in its scope is enough."""
    return {}


def lasts(rule: Rule, case: Case) -> Said | None:
    """A treatment longer than `months`; or than `days`, or the medicine's own limit where that is shorter."""
    line, start = case.line, case.around.order.written_on
    if (days := duration_of(line)) is None:
        return None
    total = days * (1 + line.renewals)
    if rule.months:
        end = end_of_treatment(line, start)
        return {"asked": total} if end is not None and end > months_after(start, rule.months) else None
    most = min(rule.days or total, case.known.max_days or total)
    return {"asked": total, "most": most} if total > most else None


def words(rule: Rule, case: Case) -> Said | None:
    """Not written in words."""
    written = isinstance(case.line, (MedicineLine, PreparationLine)) and case.line.in_words
    return None if written else {}


def marked(rule: Rule, case: Case) -> Said | None:
    """Not marked as needing a secured prescription."""
    return None if case.line.secured else {}


def nurse(rule: Rule, case: Case) -> Said | None:
    """A nurse who is not in advanced practice (specialties SI0x of the CI-SIS)."""
    specialty = case.around.order.prescriber.specialty
    return None if specialty is not None and str.__str__(specialty).startswith("SI") else {}


def in_hospital(order: SignedOrder) -> bool:
    """Whether it was written in an establishment: its place has a FINESS, or it was written inside one."""
    return order.establishment is not None or order.place.finess is not None


def hospital(rule: Rule, case: Case) -> Said | None:
    """Written outside any establishment."""
    return None if in_hospital(case.around.order) else {}


def renewed(rule: Rule, case: Case) -> Said | None:
    """To be delivered more than once."""
    return {"renewals": case.line.renewals} if case.line.renewals else None


def contradicted(rule: Rule, case: Case) -> Said | None:
    """The codes of the line and its substances are not of one product."""
    return {} if case.known.contradicted else None


def specialist(rule: Rule, case: Case) -> Said | None:
    """Written by somebody who has none of the specialties that it is reserved to, as far as they are known."""
    wanted, own = case.known.specialties, case.around.order.prescriber.specialty
    return None if not wanted or own in wanted else {}


def entitled(case: Case) -> bool:
    """Whether who wrote it may begin the medicine: in a hospital, or of the specialty, as the medicine wants."""
    if Trait.INITIAL_HOSPITAL in case.known.traits:  # of its specialists, where both are wanted: a service has no card
        return in_hospital(case.around.order)
    if Trait.INITIAL_SPECIALISTS not in case.known.traits:
        return False
    return not case.known.specialties or case.around.order.prescriber.specialty in case.known.specialties


def initial_missing(rule: Rule, case: Case) -> Said | None:
    """Renewed by somebody who may not begin it, and no initial prescription is cited."""
    if not isinstance(case.line, MedicineLine) or case.line.initial is not None or entitled(case):
        return None
    return {}


def initial_over(rule: Rule, case: Case) -> Said | None:
    """The initial prescription that is cited is older than it is good for."""
    line, months = case.line, case.known.initial_months
    if not isinstance(line, MedicineLine) or line.initial is None or months is None or entitled(case):
        return None
    last = months_after(line.initial.on, months)
    return {"day": f"{last:%d/%m/%Y}"} if last < case.around.day else None


def renewed_by(rule: Rule, case: Case) -> Said | None:
    """Renewed, an initial prescription being cited, by somebody who has none of the specialties that may."""
    line, own = case.line, case.around.order.prescriber.specialty
    may = case.known.renewal_specialties
    renews = isinstance(line, MedicineLine) and line.initial is not None
    return {} if renews and may and own not in may and own not in case.known.specialties else None


def mention_age(rule: Rule, case: Case) -> Said | None:
    """«EFG» for a patient of six or more."""
    line, birth = case.line, case.around.birth
    if not isinstance(line, MedicineLine) or line.no_substitution is not NoSubstitution.EFG or birth is None:
        return None
    age = age_on(birth, case.around.order.written_on)
    return {"age": age} if age >= ADULT_FORM_AGE else None


def mention_narrow(rule: Rule, case: Case) -> Said | None:
    """«MTE» for a substance that is not on the list."""
    line = case.line
    wanted = isinstance(line, MedicineLine) and line.no_substitution is NoSubstitution.MTE
    return {} if wanted and Trait.NARROW not in case.known.traits else None


def common_name(rule: Rule, case: Case) -> Said | None:
    """Prescribed by substance, or for another state of the Union, without all that a common name wants."""
    line = case.line
    if not isinstance(line, MedicineLine):
        return None
    branded = line.cip13 is not None or line.cis is not None or line.ucd13 is not None
    if branded and not line.abroad:
        return None
    # No word of the line: what is told is kept in answers that show no prescription.
    without = sum(each.strength is None for each in line.substances)
    missing = [f"le dosage de {without} substance{'s' if without > 1 else ''}"] if without else []
    missing += [noun for noun, value in (("la forme", line.form), ("la voie", line.route)) if value is None]
    return {"missing": ", ".join(missing)} if missing else None


def not_paid(rule: Rule, case: Case) -> Said | None:
    """Said to be paid in whole, and not to be paid."""
    return {} if case.line.ald and case.line.not_reimbursable else None


def accident(rule: Rule, case: Case) -> Said | None:
    """Related to a work accident whose day is not written."""
    return {} if case.line.atmp and case.around.order.accident_on is None else None
