"""Prescriptions for the tests of the prescribing assistance: lines as a doctor writes them, short dosages, a small thesaurus."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from ordonum.knowledge.assistance.assess import assess
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.knowledge.interactions import Interactions
from ordonum.knowledge.interactions.table import Degree, Entry, Gravity, Table
from ordonum.model.alert import Allergy, AllergyTo, Assessment, Subject, Treatment
from ordonum.model.dosage import Dosage, Dose, DoseUnit, Limits, Moment, PerBody, Step, TimeUnit, Timing, Weekday, When
from ordonum.model.identifiers import BirthDate
from ordonum.model.prescription import Line
from ordonum.model.products import MedicineLine, Substance

DAY = date(2026, 11, 22)
_DAYS = {each.value: each for each in Weekday}
_MOMENTS = {each.value: each for each in Moment}


def dosed(text: str) -> Dosage:
    """«2 tablet 4/day», «1 tablet 1/week tuesday», «1 tablet morning evening», «15 mg/kg 4/day», «1 tablet prn max=8»."""
    amount, unit, *rest = text.split()
    unit, _, per = unit.partition("/")
    dose = Dose(amount=Decimal(amount), unit=DoseUnit(unit), per=PerBody(per) if per else None)
    timing, most, needed = Timing(), None, None
    for word in rest:
        times, slash, period = word.partition("/")
        if slash:
            timing = Timing(times=int(times), period=TimeUnit(period), weekdays=timing.weekdays)
        elif word in _DAYS:
            timing = Timing(times=timing.times, period=timing.period, weekdays=(*timing.weekdays, _DAYS[word]))
        elif word in _MOMENTS:
            timing = Timing(when=(*timing.when, When(moment=_MOMENTS[word])))
        elif word == "prn":
            needed = ""
        else:
            most = Limits(per_day=Dose(amount=Decimal(word.removeprefix("max=")), unit=DoseUnit(unit)))
    return Dosage(steps=(Step(dose=dose, timing=timing, as_needed=needed, limits=most),))


def _parsed(text: str) -> tuple[str, tuple[Substance, ...], str, str]:
    """«label | substance strength + substance strength | dosage | form»; the label alone is its own substance."""
    label, substances, dosage, form = [each.strip() for each in (*text.split("|"), "", "", "")[:4]]
    named = [each.rsplit(":", 1) for each in (substances or label.lower()).split("+")]
    made = tuple(Substance(each[0].strip(), each[1].strip() if len(each) > 1 else None) for each in named)
    return label, made, dosage, form


def line(rank: int, text: str, **more: object) -> MedicineLine:
    """A line: «DOLIPRANE 1 g | paracétamol:1 g | 1 tablet 3/day | comprimé»."""
    label, substances, dosage, form = _parsed(text)
    made = {
        "rank": rank,
        "label": label,
        "substances": substances,
        "form": form or None,
        "dosage": dosage or "selon besoin",
        "structured_dosage": dosed(dosage) if dosage else None,
        "duration_days": 5,
    }
    return MedicineLine(**{**made, **more})  # type: ignore[arg-type]  # the fields are those of a line


def lines(*texts: str) -> tuple[MedicineLine, ...]:
    """Lines numbered from 1."""
    return tuple(line(rank, text) for rank, text in enumerate(texts, start=1))


def treatment(text: str) -> Treatment:
    """What is already taken, written as a line is."""
    label, substances, dosage, form = _parsed(text)
    structured = dosed(dosage) if dosage else None
    return Treatment(label=label, substances=substances, form=form or None, structured_dosage=structured)


def who(birth_date: str | None = None, **known: Any) -> Subject:
    """A patient, born on that day."""
    return Subject(birth_date=BirthDate(birth_date) if birth_date is not None else None, **known)


def allergic(*names: str) -> tuple[Allergy, ...]:
    """Allergies by their names; «*name» a class, «+name» an excipient."""
    kinds = {"*": AllergyTo.CLASS, "+": AllergyTo.EXCIPIENT}
    return tuple(Allergy(to=kinds.get(each[0], AllergyTo.SUBSTANCE), name=each.lstrip("*+")) for each in names)


def _entry(a: str, b: str, gravity: Gravity) -> Entry:
    return Entry(a=a, b=b, degrees=(Degree(gravity),), conduct="Surveiller.")


@cache
def thesaurus() -> Interactions:
    """Five entries shaped like those of the ANSM, with their classes."""
    entries = (
        _entry("LITHIUM", "ANTI-INFLAMMATOIRES NON STEROIDIENS", Gravity.DISCOURAGED),
        _entry("COLCHICINE", "CLARITHROMYCINE", Gravity.CONTRAINDICATED),
        _entry("MORPHINE", "DIAZEPAM", Gravity.CONSIDER),
        _entry("TRAMADOL", "SERTRALINE", Gravity.PRECAUTION),
        _entry("IBUPROFENE", "KETOPROFENE", Gravity.DISCOURAGED),
    )
    of_class = ("IBUPROFENE", "KETOPROFENE", "NAPROXENE")
    single = (
        "LITHIUM",
        "COLCHICINE",
        "CLARITHROMYCINE",
        "MORPHINE",
        "DIAZEPAM",
        "TRAMADOL",
        "SERTRALINE",
        "PARACETAMOL",
    )
    classes: dict[str, tuple[str, ...]] = {"ANTI-INFLAMMATOIRES NON STEROIDIENS": of_class}
    return Interactions(
        Table(
            title="Thésaurus d'essai",
            of=date(2020, 10, 1),
            entries=entries,
            classes=classes,
            substances=(*single, *of_class),
        )
    )


def assessed(
    wanted: tuple[Line, ...], subject: Subject, treatments: tuple[Treatment, ...] = (), day: date = DAY
) -> Assessment:
    """With the formulary that ships and the small thesaurus."""
    return assess(wanted, subject, treatments, base=formulary(), interactions=thesaurus(), day=day)
