"""The page on the sandbox names everything that is in it, and its code and its card work."""

import re
from pathlib import Path

import pytest

from ordonum.client import Card, vitale
from ordonum.sandbox import people
from ordonum.sandbox.register import SOFTWARE
from ordonum.sandbox.vitale import TEST_VITALE

PAGE = (Path(__file__).parents[2] / "docs/bac-a-sable.md").read_text()


def test_the_page_names_every_card_and_every_product() -> None:
    names = [each[0] for each in (*people.TEST_CARDS, *people.EMPLOYEE_CARDS, *people.STRUCTURE_CARDS, *TEST_VITALE)]
    assert [name for name in (*names, *(each.nil for each in SOFTWARE)) if f"`{name}`" not in PAGE] == []


def test_a_card_is_added_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(code, "bac-a-sable.md", "exec"), {})
    assert Card.load(tmp_path / ".ordonum/authority/cards/dr-essai.json").professional.specialty == "SM40"


def test_the_vitale_card_of_the_page_can_be_read(tmp_path: Path) -> None:
    (card,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "zoe.json").write_text(card)
    assert vitale.read(tmp_path / "zoe.json").beneficiary(2).first_name == "Lou"
