"""A line of a prescription as a person reads it: its title, what is said under it, its marks."""

import unicodedata

from ordonum.model.care import (
    BiologyLine,
    Correction,
    NursingLine,
    OpticsLine,
    OrthopticsLine,
    PhysiotherapyLine,
    PodiatryLine,
    SpeechTherapyLine,
)
from ordonum.model.course import by_deliveries
from ordonum.model.lines import AgreementState, Frequency, Period, Unit
from ordonum.model.prescription import Line
from ordonum.model.products import DeviceLine, MedicineLine, PreparationLine, Supply
from ordonum.texts import words
from ordonum.texts.dosage import say
from ordonum.texts.french import counted, day, quantity

URGENT = "URGENT"
NO_EQUIVALENT = "Prescription à but thérapeutique en l'absence de spécialités équivalentes disponibles"


def title(line: Line) -> str:
    """The first words of a line: the medicine and its substances, the device, the act, or the text."""
    if isinstance(line, MedicineLine):
        return _medicine(line)
    if isinstance(line, (SpeechTherapyLine, OrthopticsLine)):
        return f"{_capital(line.act.label)} : {line.label}"
    if isinstance(line, PodiatryLine):
        return _capital(line.act.label) + (f" : {line.label}" if line.label else "")
    if isinstance(line, OpticsLine):
        return _capital(line.equipment.label)
    if isinstance(line, (PreparationLine, DeviceLine, BiologyLine, NursingLine, PhysiotherapyLine)):
        return line.label
    return line.text


def details(line: Line) -> tuple[str, ...]:
    """What is said under the title, a line each: formula, corrections, dosage as written and as understood, amount, codes."""
    found = (*described(line), *eyes(line), dosage(line), dosage_said(line), amount_written(line))
    return tuple(said for said in found if said)


def described(line: Line) -> tuple[str, ...]:
    """What is said of the thing itself, before how it is taken: strength in words, formula, form, size, codes, place."""
    if isinstance(line, PreparationLine):
        formula = [f"{each.name} : {_worded(line, each.amount)}" for each in line.formula]
        return (*formula, *([f"Forme : {line.form}"] if line.form else []))
    if isinstance(line, MedicineLine):
        said = ", ".join(each for each in (line.form, f"voie {line.route}" if line.route else None) if each)
        return tuple(each for each in (_strength_in_words(line), _capital(said)) if each)
    if isinstance(line, DeviceLine):
        said = ", ".join(each for each in (line.size, f"code LPP {line.lpp}" if line.lpp else None) if each)
        return (_capital(said),) if said else ()
    if isinstance(line, OpticsLine):
        return (f"Écart pupillaire : {line.pupillary_distance_mm} mm",) if line.pupillary_distance_mm else ()
    return tuple(_care(line))


def eyes(line: Line) -> tuple[str, ...]:
    """«Œil droit : −2,25 (−0,50 à 90°)», an eye each; empty for what is no glasses."""
    if not isinstance(line, OpticsLine):
        return ()
    both = (("Œil droit", line.right), ("Œil gauche", line.left))
    return tuple(f"{name} : {correction(eye)}" for name, eye in both if eye is not None)


EYE_TABLE = ("Œil", "Sphère", "Cylindre", "Axe", "Addition", "Prisme")


def eye_rows(line: Line) -> tuple[tuple[str, ...], ...]:
    """The corrections as rows under `EYE_TABLE`; an eye that is not corrected and a value that is absent say «—»."""
    if not isinstance(line, OpticsLine):
        return ()
    return tuple((name, *_eye_row(eye)) for name, eye in (("Droit", line.right), ("Gauche", line.left)))


def dosage(line: Line) -> str:
    """How it is taken or done, in the prescriber's words; in words where the law wants them; empty if not written."""
    return _capital(_worded(line, line.dosage)) if line.dosage else ""


def dosage_said(line: Line) -> str:
    """How it is taken, in one sentence for the patient, where its structure is known and its own words are others; in words where
    the law wants them.
    """
    if not isinstance(line, (MedicineLine, PreparationLine)) or line.structured_dosage is None:
        return ""
    said = say(line.structured_dosage, in_words=line.in_words)
    return "" if _bare(said) == _bare(_worded(line, line.dosage)) else _capital(said)


def amount_written(line: Line) -> str:
    """`amount` as it is written on the sheet: in words where the law wants them."""
    return _worded(line, amount(line))


def marks(line: Line) -> tuple[str, ...]:
    """What the law or the prescriber adds to a line: urgent, not reimbursable, not to be substituted, prior agreement."""
    said = (
        (line.urgent, URGENT),
        (line.atmp, "En rapport avec un accident du travail ou une maladie professionnelle"),
        (line.prevention, "Au titre de la prévention"),
        (line.not_reimbursable, "Non remboursable (NR)"),
        (isinstance(line, (MedicineLine, PreparationLine)) and line.off_label, "Hors AMM"),
        (isinstance(line, PreparationLine) and line.no_equivalent, NO_EQUIVALENT),
    )
    found = [words for holds, words in said if holds]
    if isinstance(line, MedicineLine):
        found += _of_medicine(line)
    if line.prior_agreement is not None:
        found.append(_agreement(line))
    if line.override is not None:
        found.append(f"Prescrit en connaissance de cause : {line.override}")
    return tuple(found)


def _of_medicine(line: MedicineLine) -> list[str]:
    """What is said of medicines alone."""
    found = []
    if line.no_substitution is not None:
        found.append(f"Non substituable ({line.no_substitution.value} : {line.no_substitution.label})")
    if line.exceptional:
        found.append("Médicament d'exception")
    return found + _express(line)


def _express(line: MedicineLine) -> list[str]:
    """What the law lets a prescriber say expressly of a medicine (CSP R.5132-22, R.5132-30, R.5132-33)."""
    found = ["À ne pas renouveler"] if line.renewal_forbidden else []
    if line.fraction_days is not None:
        found.append(f"Délivrance fractionnée : {_worded(line, counted(line.fraction_days, Unit.DAYS))} à la fois")
    if line.single_delivery:
        found.append("Délivrance en une seule fois")
    if line.overlap is not None:
        found.append(f"Chevauchement avec une autre ordonnance : {line.overlap}")
    if line.initial is not None:
        found.append(f"Prescription initiale de {line.initial.by}, le {day(line.initial.on)}")
    if line.abroad:
        found.append("Pour une délivrance dans un autre État de l'Union européenne")
    return found


def amount(line: Line) -> str:
    """«pendant 30 jours, 2 boîtes, à renouveler 3 fois»; empty where nothing was written. «délivré par 30 jours» where the dosage
    itself says how long the whole treatment is: three months renewed twice would be nine.
    """
    parts = []
    if line.duration_days is not None:
        rented = isinstance(line, DeviceLine) and line.supply is Supply.RENTED
        how = "délivré par" if by_deliveries(line) else f"{'location ' if rented else ''}pendant"
        parts.append(f"{how} {counted(line.duration_days, Unit.DAYS)}")
    if line.quantity is not None:
        parts.append(quantity(line.quantity))
    if line.renewals:
        parts.append(f"à renouveler {line.renewals} fois")
    return ", ".join(parts)


def frequency(every: Frequency) -> str:
    """«2 fois par jour», «1 fois tous les 2 jours», «3 fois par semaine»."""
    times = f"{every.times} fois"
    if every.every == 1:
        return f"{times} par {every.period.label}"
    articles = {
        Period.DAY: "tous les {} jours",
        Period.WEEK: "toutes les {} semaines",
        Period.MONTH: "tous les {} mois",
    }
    return f"{times} {articles[every.period].format(every.every)}"


def correction(eye: Correction) -> str:
    """«−2,25 (−0,50 à 90°) add. +1,50», as opticians write it: sphere (cylinder at axis) addition, prism."""
    parts = [_dioptres(eye.sphere)]
    if eye.cylinder is not None:
        parts.append(f"({_dioptres(eye.cylinder)} à {eye.axis}°)")
    if eye.addition is not None:
        parts.append(f"add. {_dioptres(eye.addition)}")
    if eye.prism is not None and eye.base is not None:
        parts.append(f"prisme {eye.prism.replace('.', ',')} base {eye.base.label}")
    return " ".join(parts)


def _medicine(line: MedicineLine) -> str:
    """The label, and between brackets the substances (and their strengths) that it does not name already."""
    missing = [each for each in line.substances if _bare(each.name) not in _bare(line.label)]
    if not missing:
        return line.label
    said = [" ".join(part for part in (each.name, each.strength) if part) for each in line.substances]
    return f"{line.label} ({' + '.join(said)})"


def _strength_in_words(line: MedicineLine) -> str:
    """«Dosage : dix milligrammes» (CSP R.5132-29: the strength of a speciality too); from the label without strengths."""
    if not line.in_words:
        return ""
    several = len(line.substances) > 1
    said = [
        f"{each.name} {words.spelled(each.strength)}" if several else words.spelled(each.strength)
        for each in line.substances
        if each.strength
    ]
    if said:
        return f"Dosage : {' + '.join(said)}"
    spelled = words.spelled(line.label)
    return f"En toutes lettres : {spelled}" if spelled != line.label else ""


def _care(line: Line) -> list[str]:
    found = []
    if isinstance(line, (NursingLine, BiologyLine)) and line.frequency is not None:
        found.append(_capital(frequency(line.frequency)))
    if isinstance(line, BiologyLine):
        found += [f"Code NABM {line.nabm}"] if line.nabm else []
        found += ["À jeun"] if line.fasting else []
        found += [f"Renseignements cliniques : {line.context}"] if line.context else []
    if isinstance(line, (NursingLine, PhysiotherapyLine, SpeechTherapyLine)) and line.at_home:
        found.append("À domicile")
    if isinstance(line, NursingLine) and line.sundays_holidays:
        found.append("Dimanches et jours fériés compris")
    if isinstance(line, PodiatryLine) and line.grade is not None:
        found.append(f"Grade {line.grade}")
    return found


def _eye_row(eye: Correction | None) -> tuple[str, ...]:
    if eye is None:
        return ("—",) * (len(EYE_TABLE) - 1)
    return (
        _dioptres(eye.sphere),
        _dioptres(eye.cylinder) if eye.cylinder else "—",
        f"{eye.axis}°" if eye.axis is not None else "—",
        _dioptres(eye.addition) if eye.addition else "—",
        f"{eye.prism.replace('.', ',')} base {eye.base.label}" if eye.prism and eye.base else "—",
    )


def _agreement(line: Line) -> str:
    agreement = line.prior_agreement
    assert agreement is not None
    when = f" le {day(agreement.since)}" if agreement.since and agreement.state is not AgreementState.TO_ASK else ""
    reference = f" (référence {agreement.reference})" if agreement.reference else ""
    return f"Accord préalable : {agreement.state.label}{when}{reference}"


def _worded(line: Line, text: str) -> str:
    """The text with its numbers in words, where the law wants them."""
    return words.spelled(text) if isinstance(line, (MedicineLine, PreparationLine)) and line.in_words else text


def _dioptres(text: str) -> str:
    return text.replace("-", "−").replace(".", ",")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _bare(text: str) -> str:
    """Without case nor accents: the labels of the drug base have none."""
    return "".join(each for each in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(each))
