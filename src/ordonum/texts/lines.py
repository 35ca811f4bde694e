"""A line of a prescription as a person reads it: its title, what is said under it, its marks."""

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
from ordonum.model.lines import AgreementState, Frequency, Period, Unit
from ordonum.model.prescription import Line
from ordonum.model.products import DeviceLine, MedicineLine, PreparationLine, Supply
from ordonum.texts import words
from ordonum.texts.french import counted, day, quantity

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
    """What is said under the title, a line each: formula, corrections, dosage or frequency, amount, codes."""
    found = [*_own(line)]
    if line.dosage:
        found.append(_worded(line, line.dosage))
    if said := amount(line):
        found.append(_worded(line, said))
    return tuple(found)


def marks(line: Line) -> tuple[str, ...]:
    """What the law or the prescriber adds to a line: urgent, not reimbursable, not to be substituted, prior agreement."""
    found = []
    if line.urgent:
        found.append("URGENT")
    if isinstance(line, MedicineLine) and line.no_substitution is not None:
        found.append(f"Non substituable ({line.no_substitution.value} : {line.no_substitution.label})")
    if line.atmp:
        found.append("En rapport avec un accident du travail ou une maladie professionnelle")
    if line.prevention:
        found.append("Au titre de la prévention")
    if line.not_reimbursable:
        found.append("Non remboursable (NR)")
    if isinstance(line, (MedicineLine, PreparationLine)) and line.off_label:
        found.append("Hors AMM")
    if isinstance(line, MedicineLine) and line.exceptional:
        found.append("Médicament d'exception")
    if isinstance(line, PreparationLine) and line.no_equivalent:
        found.append(NO_EQUIVALENT)
    if line.prior_agreement is not None:
        found.append(_agreement(line))
    return tuple(found)


def amount(line: Line) -> str:
    """«pendant 30 jours, 2 boîtes, à renouveler 3 fois»; empty where nothing was written."""
    parts = []
    if line.duration_days is not None:
        rented = isinstance(line, DeviceLine) and line.supply is Supply.RENTED
        parts.append(f"{'location ' if rented else ''}pendant {counted(line.duration_days, Unit.DAYS)}")
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
    missing = [each for each in line.substances if each.name.casefold() not in line.label.casefold()]
    if not missing:
        return line.label
    said = [" ".join(part for part in (each.name, each.strength) if part) for each in line.substances]
    return f"{line.label} ({' + '.join(said)})"


def _own(line: Line) -> list[str]:
    """What this kind of line alone says."""
    if isinstance(line, PreparationLine):
        formula = [f"{each.name} : {each.amount}" for each in line.formula]
        return [*formula, *([f"Forme : {line.form}"] if line.form else [])]
    if isinstance(line, MedicineLine):
        said = ", ".join(each for each in (line.form, f"voie {line.route}" if line.route else None) if each)
        return [_capital(said)] if said else []
    if isinstance(line, DeviceLine):
        said = ", ".join(each for each in (line.size, f"code LPP {line.lpp}" if line.lpp else None) if each)
        return [_capital(said)] if said else []
    if isinstance(line, OpticsLine):
        return _optics(line)
    return _care(line)


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
    if isinstance(line, NursingLine):
        found.append("Dimanches et jours fériés compris" if line.sundays_holidays else "Sauf dimanches et jours fériés")
    if isinstance(line, PodiatryLine) and line.grade is not None:
        found.append(f"Grade {line.grade}")
    return found


def _optics(line: OpticsLine) -> list[str]:
    found = [f"Œil droit : {correction(line.right)}"] if line.right else []
    found += [f"Œil gauche : {correction(line.left)}"] if line.left else []
    if line.pupillary_distance_mm is not None:
        found.append(f"Écart pupillaire : {line.pupillary_distance_mm} mm")
    return found


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
