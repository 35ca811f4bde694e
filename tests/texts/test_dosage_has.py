"""The sixteen cases of the HAS, in the twenty-five files where the ANS gives their structure (CC0, as HL7's examples are).

The sentences are typed here, each with its structure written by hand; where the files are at hand (the shared data), the
sentence and the facts of the structure are those of the file.
"""

import os
import re
from decimal import Decimal
from pathlib import Path

import pytest

from dosage_sentences import (
    AMP,
    APP,
    CP,
    GEL,
    HOUR,
    MG,
    MONTH,
    START,
    TUE,
    XA,
    a,
    at,
    by,
    d,
    most,
    on,
    s,
    times,
    whole,
)
from ordonum.model.dosage import Cycle, Dosage, Dose, DoseUnit, Limits, Moment, Step, TimeUnit, Timing
from ordonum.texts.dosage import read, say

SHARED = Path(os.environ.get("ORDONUM_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data") / "has-posologies"
_MTX = "20 mg, 1 fois par semaine, le mardi"
_CREAM = "1 à 2 applications par jour en couche mince et uniforme sur la zone à traiter"
_EVEN = "en couche mince et uniforme"

# By the number of the case, the sentence and its structure.
CASES: dict[str, tuple[str, Step]] = {
    "01": ("40 mg le soir", s(a("40", MG), at("evening"))),
    "02": ("0,5 comprimé par jour", s(a("0.5"), times(1))),
    "03": (
        "12 000UI anti-Xa (soit 170UI anti-Xa /kg) , 1 fois/jour - voie sous-cutanée",
        s(a("12000", XA), times(1), route="sous-cutanée",
          instruction="12\u00a0000 UI anti-Xa équivalant à 170 UI anti-Xa par kg de poids"),
    ),
    "04a": (
        "2 gélules toutes les 6 h pendant 10 jours si douleurs",
        s(a("2", GEL), times(1, period=HOUR, every=6), duration=d(10), as_needed="douleurs"),
    ),
    "04b": (
        "un à deux comprimés toutes les 12 h pendant 10 jours, selon l’intensité de la douleur, avec un maximum à 2 comprimés "
        "par prise et de 4 comprimés par jour. STOP SI NAUSEES",
        s(
            a("1", CP, "2"), times(1, period=HOUR, every=12), duration=d(10), limits=most("4", per_take=a("2")),
            instruction="selon l'intensité de la douleur, STOP SI NAUSEES",
        ),
    ),
    "05a": ("3/4 cpr par jour (trois-quart de comprimé)", s(a("0.75"), times(1))),
    "05b": ("dix milligrammes par jour pendant sept jours", s(a("10", MG), whole(), duration=d(7))),
    "06-1": ("2 comprimés, 1 fois par semaine, le mardi", s(a("2"), on(TUE))),
    "06-2": (_MTX, s(a("20", MG), on(TUE))),
    "07": (
        "Si douleur -dose max/prise de 1000 mg (soit 2 gélules) -4000 mg maximum par jour (soit 8 gélules)",
        s(
            as_needed="douleur", limits=most("4000", MG, per_take=a("1000", MG)),
            instruction="1000 mg équivalant à 2 gélules, 4000 mg équivalant à 8 gélules",
        ),
    ),
    "08-1": (_CREAM, s(a("1", APP), times(1, 2), site="sur la zone à traiter", instruction=_EVEN)),
    "08-2": (
        "1 dose correspondant à la graduation de 7 kg, toutes les 6 heures - Si température supérieure ou égale à 38,5°C",
        s(a("7", DoseUnit.DOSE_KG), times(1, period=HOUR, every=6), as_needed="température supérieure ou égale à 38,5 °C"),
    ),
    "09": ("1 comprimé à 7h, 12h 18h", s(a("1"), Timing(at=("07:00", "12:00", "18:00")))),
    "10": ("1 comprimé 1 fois par semaine, le mardi", s(a("1"), on(TUE))),
    "11-1": ("1 ampoule, le premier jour de chaque mois", s(a("1", AMP), Timing(times=1, period=MONTH, month_days=(1,)))),
    "11-2": (
        "Pendant 6 mois poser/remplacer un dispositif aux 1er, 8e et 15e jours du cycle ; La quatrième semaine à partir du 22ème "
        "jour est un intervalle libre sans dispositif transdermique",
        s(a("1", DoseUnit.PATCH), Timing(cycle=Cycle(length=28, days=(1, 8, 15))), duration=d(6, MONTH)),
    ),
    "12-1": ("1 application, 2 fois par jour, en couche mince", s(a("1", APP), times(2), instruction="en couche mince")),
    "12-2": (_MTX, s(a("20", MG), on(TUE))),
    "12-3": (
        "1 seringue, 1 fois toutes les 12 heures - voie sous-cutanée",
        s(a("1", DoseUnit.SYRINGE), times(1, period=HOUR, every=12), route="sous-cutanée"),
    ),
    "13": (
        "1 comprimé « 1 à  2 fois par jour » en fonction de la gêne allergique",
        s(a("1"), times(1, 2), instruction="en fonction de la gêne allergique"),
    ),
    "14-1": (
        "1 comprimé si douleur, avec un maximum de 2 cp/prise, avec un maximum de 8 cp/jour, en respectant 4 heures minimales "
        "entre 2 prises",
        s(a("1"), as_needed="douleur", limits=most("8", per_take=a("2"), apart=d(4, HOUR))),
    ),
    "14-2": (
        f"{_CREAM}. Ne pas dépasser 2 applications par jour",
        s(a("1", APP), times(1, 2), site="sur la zone à traiter", instruction=_EVEN, limits=most("2", APP)),
    ),
    "15": (
        "une gélule le soir (à 20h) pendant huit jours",
        s(a("1", GEL), Timing(when=at("evening").when, at=("20:00",)), duration=d(8)),
    ),
    "16": (
        "1 gélule 3 fois par jour au début de chaque repas. A poursuivre tant que la diarrhée persiste avec "
        "un maximum de 7 jours.",
        s(a("1", GEL), by(START, "meal", times=3, period=TimeUnit.DAY), until="tant que la diarrhée persiste", duration=d(7)),
    ),
}  # fmt: skip

# Where the file says otherwise than its own sentence, or less: why ours differs.
ODD = {
    "08-1": {"frequency"},  # «1 à 2»: the file has frequencyMax alone
    "08-2": {"dose"},  # a unit made of words, «dose correspondant à la graduation de 7 kg»: ours is 7 doses-kg
    "11-2": {
        "frequency",
        "period",
        "periodUnit",
    },  # three a month; the sentence says the days of a cycle of 28
    "14-1": {
        "frequencyMax",
        "period",
        "periodUnit",
    },  # one each 4 h at most: ours is the least time between takes
    "14-2": {"frequency"},
}


@pytest.mark.parametrize("case", CASES)
def test_an_official_case_is_read_said_and_read_back(case: str) -> None:
    text, step = CASES[case]
    expected = Dosage(steps=(step,))
    assert read(text).dosage == expected
    for in_words in (False, True):
        assert read(say(expected, in_words=in_words)).dosage == expected


def _field(text: str, name: str) -> str | None:
    """The value of a field of `dosageInstruction`, in any of the ways that the files write it."""
    found = re.search(rf'^\* dosageInstruction\.{name}(?:\.value)? = "?#?([^"\s]+)', text, re.MULTILINE)
    return None if found is None else found[1]


def _facts_of_the_file(text: str) -> dict[str, object]:
    repeat = "timing\\.repeat\\."
    known = {
        "frequency": _field(text, repeat + "frequency"),
        "frequencyMax": _field(text, repeat + "frequencyMax"),
        "period": _field(text, repeat + "period"),
        "periodUnit": _field(text, repeat + "periodUnit"),
        "day": _field(text, repeat + "dayOfWeek"),
        "when": _field(text, repeat + "when"),
        "duration": _field(text, repeat + "boundsDuration"),
        "dose": _field(text, "doseAndRate\\.doseQuantity") or _field(text, "doseAndRate\\.doseRange\\.low"),
        "doseHigh": _field(text, "doseAndRate\\.doseRange\\.high"),
        "perTake": _field(text, "maxDosePerAdministration"),
        "perDay": _field(text, "maxDosePerPeriod\\.numerator"),
    }
    hours = re.findall(r'timeOfDay(?:\[.\])? = "(\d\d:\d\d)', text)
    numbers = {
        name: Decimal(value) if value and re.fullmatch(r"[\d.]+", value) else value for name, value in known.items()
    }
    return {**numbers, "at": tuple(hours), "needed": "asNeeded" in text, "route": "dosageInstruction.route" in text}


def _amount(dose: Dose | None) -> Decimal | None:
    return None if dose is None else dose.amount


_UNITS = {TimeUnit.HOUR: "h", TimeUnit.DAY: "d", TimeUnit.WEEK: "wk", TimeUnit.MONTH: "mo", None: None}
_WHENS = {Moment.EVENING: "EVE", Moment.MEAL: "AC"}


def _facts_of(step: Step) -> dict[str, object]:
    """The same facts of a structure of ours."""
    timing, limits = step.timing, step.limits or Limits()
    return {
        "frequency": None if timing.times is None else Decimal(timing.times),
        "frequencyMax": None if timing.times_high is None else Decimal(timing.times_high),
        "period": None if timing.period is None else Decimal(timing.every),
        "periodUnit": _UNITS[timing.period],
        "day": timing.weekdays[0].value[:3] if timing.weekdays else None,
        "when": _WHENS[timing.when[0].moment] if timing.when else None,
        # Racecadotril: 21 takes at most, that are 7 days of 3.
        "duration": None if step.duration is None or step.until else Decimal(step.duration.value),
        "dose": _amount(step.dose),
        "doseHigh": None if step.dose is None else step.dose.high,
        "perTake": _amount(limits.per_take),
        "perDay": _amount(limits.per_day),
        "at": timing.at,
        "needed": step.as_needed is not None,
        "route": step.route is not None,
    }


@pytest.mark.skipif(not SHARED.is_dir(), reason="the files of the HAS cases are not at hand")
def test_the_cases_are_those_of_the_files() -> None:
    files = sorted(SHARED.glob("*.fsh"))
    assert len(files) == 25
    for file in files:
        text = file.read_text(encoding="utf-8")
        said = re.search(r'valueMarkdown = "(.*)"', text)
        assert said is not None
        case = re.sub(r"^HAS-(\d+[ab]?(?:-\d)?)-.*", r"\1", file.stem)
        sentence, step = CASES[case]
        assert said[1] == sentence, file.name
        theirs, ours = _facts_of_the_file(text), _facts_of(step)
        odd = ODD.get(case, set()) | ({"needed"} if case == "08-2" else set())  # the file: an instruction
        assert {name for name in theirs if theirs[name] != ours[name]} == odd, file.name
