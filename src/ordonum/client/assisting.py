"""The prescribing assistance at the prescriber's: what it finds is told before anything is signed. Pure; all of it stays here.

The patient's facts and treatments are looked at and forgotten: nothing of them is in what is signed or kept. What leaves is only
what the prescriber writes on a line: the alerts that were passed over, each with its reason.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from ordonum.model.alert import Alert, AlertLevel, Assessment, Subject, Treatment
from ordonum.model.lines import Overridden
from ordonum.model.prescription import Line, Measures, Patient, Prescription
from ordonum.model.products import MedicineLine, PreparationLine
from ordonum.model.refusals import Fault, Refusal, Refused
from ordonum.texts import alerts

_TAKEN = (MedicineLine, PreparationLine)  # the lines that alerts are about

REASON_LETTERS_MIN = 3
NO_REASON = f"Un motif de passer outre dit pourquoi, en {REASON_LETTERS_MIN} lettres au moins."


def subject_of(said: Subject, patient: Patient | None, measures: Measures | None) -> Subject:
    """The patient as the checks look: what was said for them, else what the prescription itself says."""
    known = {
        "birth_date": patient.birth_date if patient is not None else None,
        "sex": patient.sex if patient is not None else None,
        "weight_g": measures.weight_g if measures is not None else None,
        "height_cm": measures.height_cm if measures is not None else None,
    }
    return replace(said, **{name: value for name, value in known.items() if getattr(said, name) is None})


def taken_beside(prescriptions: Sequence[Prescription], one: Prescription) -> tuple[Treatment, ...]:
    """The medicines of the other sheets of a consultation, which the patient will take too."""
    return tuple(
        Treatment(
            label=line.label,
            substances=line.substances,
            cip13=line.cip13,
            ucd13=line.ucd13,
            cis=line.cis,
            virtual=line.virtual,
            form=line.form,
            route=line.route,
            dosage=line.dosage,
            structured_dosage=line.structured_dosage,
        )
        for other in prescriptions
        if other is not one
        for line in other.lines
        if isinstance(line, MedicineLine)
    )


def stopping(found: Assessment) -> tuple[Alert, ...]:
    """The alerts that stop: those that a line passes over are not among them."""
    return tuple(each for each in found.alerts if each.level is AlertLevel.STOP)


def passed_over_nothing(lines: Sequence[Line], found: Assessment) -> tuple[str, ...]:
    """What is told of each key that a line passes over and that is none of its alerts: a word misspelt, or a fact of the patient
    that is not known here. It stops nothing.
    """
    known = {(rank, each.key) for each in (*found.overridden, *found.alerts) for rank in each.lines}
    return tuple(
        f"« {each.alert} » n'est pas une alerte de la ligne {line.rank} : le motif part tel quel"
        for line in lines
        if isinstance(line, _TAKEN)
        for each in line.overridden
        if (line.rank, each.alert) not in known
    )


def refuse_short_reasons(lines: Sequence[Line], *, at: str = "$") -> None:
    """Refuse a reason that says nothing: of fewer than three letters. Raises Refused with every one."""
    faults = tuple(
        Fault(f"{at}.lines[{place}].overridden[{rank}].reason", "too-short", NO_REASON)
        for place, line in enumerate(lines)
        if isinstance(line, _TAKEN)
        for rank, each in enumerate(line.overridden)
        if not says_why(each.reason)
    )
    if faults:
        raise Refused(Refusal.UNREADABLE, faults=faults)


def says_why(reason: str) -> bool:
    """Whether a reason has three letters at least."""
    return sum(each.isalpha() for each in reason) >= REASON_LETTERS_MIN


def passing_over(prescription: Prescription, reasons: Mapping[str, str], found: Assessment) -> Prescription:
    """The prescription in which these alerts, by their keys, are passed over: each on the first line that it is about."""
    added: dict[int, list[Overridden]] = {}
    for each in found.alerts:
        lines = [line for line in _concerned(prescription.lines, each) if isinstance(line, _TAKEN)]
        if each.key in reasons and lines:
            added.setdefault(lines[0].rank, []).append(Overridden(alert=each.key, reason=reasons[each.key]))
    return replace(
        prescription,
        lines=tuple(
            replace(line, overridden=(*line.overridden, *added[line.rank]))
            if isinstance(line, _TAKEN) and line.rank in added
            else line
            for line in prescription.lines
        ),
    )


def refuse_stops(found: Assessment, *, at: str = "$") -> None:
    """Refuse, before anything is signed, what an alert stops and nobody passed over. Raises Refused, telling how to go on."""
    stops = stopping(found)
    if stops:
        faults = tuple(
            Fault(
                f"{at}.lines[{each.lines[0] - 1 if each.lines else 0}].overridden", Refusal.ALERT_STOPS.code, _how(each)
            )
            for each in stops
        )
        raise Refused(Refusal.ALERT_STOPS, faults=faults, sentence=stops[0].sentence)


def _how(alert: Alert) -> str:
    return f"{alerts.sentence(alert)} Pour passer outre : {alerts.how_to_go_on(alert)}."


def _concerned(lines: Sequence[Line], alert: Alert) -> tuple[Line, ...]:
    return tuple(each for each in lines if each.rank in alert.lines)
