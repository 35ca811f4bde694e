"""What the terminal says of an execution that another declared, or that came before its registration."""

from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from factories import NOON, delivered
from ordonum.cli import saying
from ordonum.model.actors import Profession
from ordonum.model.acts import Given
from ordonum.model.outcomes import SeenOnPaper
from ordonum.model.prescription import Measures
from ordonum.model.views import PastExecution


def _past(*, seen: SeenOnPaper | None = None, early: bool = False) -> PastExecution:
    return PastExecution(
        act_id=uuid4(),
        performed_at=NOON,
        recorded_at=NOON,
        given=Given.ALREADY,
        profession=Profession.PHARMACIST,
        role=None,
        place_name="Pharmacie du Centre",
        lines=(delivered(),),
        seen_on_paper=seen,
        early=early,
        in_conflict=("more-than-left",),
    )


def test_a_delivery_read_on_the_paper_names_its_stamp(capsys: pytest.CaptureFixture[str]) -> None:
    saying.execution(_past(seen=SeenOnPaper(stamp="Pharmacie du Port, Marseille")), ZoneInfo("Europe/Paris"))
    said = capsys.readouterr().out
    assert "d'après le papier de Pharmacie du Port, Marseille" in said
    assert "! en conflit : plus que ce qui restait" in said


def test_an_execution_that_came_first_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    saying.execution(_past(early=True), ZoneInfo("Europe/Paris"))
    assert "avant l'enregistrement, d'après le papier" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("grams", "said"),
    [(14000, "poids 14 kg"), (3450, "poids 3,45 kg"), (100_000, "poids 100 kg"), (900, "poids 0,9 kg")],
)
def test_a_weight_is_said_in_kilograms(grams: int, said: str) -> None:
    assert saying.measures(Measures(weight_g=grams)) == said
