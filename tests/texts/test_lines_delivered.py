"""How long a delivery is, beside a dosage that says how long the whole treatment is."""

from msgspec.structs import replace

from factories import a_medicine
from ordonum.texts import lines
from ordonum.texts.dosage import read


def test_three_months_given_by_thirty_days_are_not_nine_months() -> None:
    text = "1 comprimé le matin pendant 3 mois"
    line = replace(
        a_medicine(1), dosage=text, structured_dosage=read(text).dosage, duration_days=30, quantity=None, renewals=2
    )
    assert lines.amount(line) == "délivré par 30 jours, à renouveler 2 fois"
    assert lines.amount(replace(line, structured_dosage=None)) == "pendant 30 jours, à renouveler 2 fois"
