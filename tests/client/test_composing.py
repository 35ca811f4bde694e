"""A typed line becomes a coded one: product and dosage told apart, what is not sure asked, what is not understood said."""

import json
from datetime import date
from pathlib import Path
from time import thread_time

import pytest
from msgspec import to_builtins
from typer.testing import CliRunner

from ordonum.cli.app import app
from ordonum.client.composed import Composed
from ordonum.client.composing import compose
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.model.dosage import DoseUnit
from ordonum.model.lines import Quantity, Unit
from ordonum.model.products import MedicineLine
from ordonum.wire import native
from whole_base import whole_base

DAY = date(2026, 11, 22)


def _composed(typed: str, chosen: str | None = None) -> Composed:
    return compose(whole_base(), typed, DAY, chosen)


@pytest.mark.parametrize(
    ("typed", "product", "dosage"),
    [
        ("metformine 1 g 1 matin et soir 3 mois", "metformine 1 g", "1 matin et soir 3 mois"),
        ("doliprane 1000 1 cp 3x/j 5 jours", "doliprane 1000", "1 cp 3x/j 5 jours"),
        ("doliprane 1000 mg cp 1-0-1 30j", "doliprane 1000 mg cp", "1-0-1 30j"),
        ("levothyrox 75 µg 1/j", "levothyrox 75 µg", "1/j"),
        ("previscan 0,5 puis 0,75 un jour sur deux", "previscan", "0,5 puis 0,75 un jour sur deux"),
        ("augmentin 1 g/125 mg 1 sachet 3 fois par jour", "augmentin 1 g/125 mg", "1 sachet 3 fois par jour"),
        ("lantus 20 ui le soir", "lantus", "20 ui le soir"),
        ("amlor 5 le soir", "amlor 5", "le soir"),
        ("symbicort 400/12 1 inhalation matin et soir", "symbicort 400/12", "1 inhalation matin et soir"),
        ("paracetamol 1 matin midi soir", "paracetamol", "1 matin midi soir"),
        ("smecta 1 sachet 3x/j", "smecta", "1 sachet 3x/j"),
    ],
)
def test_the_product_and_the_dosage_are_told_apart(typed: str, product: str, dosage: str) -> None:
    made = _composed(typed)
    assert (made.product, made.dosage) == (product, dosage)
    assert made.understood
    assert made.left == ()


def test_a_common_name_gives_a_line_by_substance_with_boxes_price_and_conditions() -> None:
    made = _composed("metformine 1 g 1 matin et soir 3 mois")
    line = made.line
    assert line is not None
    assert made.common
    assert (line.cis, line.cip13) == (None, None)
    assert line.label.startswith("METFORMINE 1000 mg, comprimé")
    assert [(each.name, each.strength) for each in line.substances] == [("chlorhydrate de metformine", "1000 mg")]
    assert (line.duration_days, line.renewals, line.quantity) == (30, 2, Quantity(2, Unit.BOXES))
    assert line.dosage == "1 matin et soir 3 mois"
    assert line.structured_dosage is not None
    dose = line.structured_dosage.steps[0].dose
    assert dose is not None
    assert dose.unit is DoseUnit.TABLET
    assert made.units == 180
    assert made.conditions == ("liste I",)
    assert made.boxes is not None
    assert made.boxes.price
    assert made.boxes.rate == 65


def test_a_brand_gives_a_line_by_its_speciality_and_a_narcotic_its_secured_words() -> None:
    line = _composed("skenan 10 1 matin et soir 28 jours").line
    assert line is not None
    assert line.cis == "61227030"
    assert line.secured
    assert line.in_words
    assert line.quantity == Quantity(4, Unit.BOXES)
    levothyrox = _composed("levothyrox 75 1/j 3 mois").line
    assert levothyrox is not None
    assert levothyrox.label.startswith("LEVOTHYROX 75 microgrammes")


def test_several_forms_or_strengths_are_shown_and_one_is_chosen_never_guessed() -> None:
    open_ = _composed("doliprane 3/j 5 jours")
    assert open_.line is None
    assert len(open_.choices) > 5
    assert any("Choisissez" in each for each in open_.needs)
    assert _composed("lantus 20 ui le soir").line is None
    picked = _composed("doliprane 3/j 5 jours", "60234100").line
    assert picked is not None
    assert picked.label == "DOLIPRANE 1000 mg, comprimé"
    assert {each.variant for each in _composed("doliprane 1000 1 cp 3x/j").choices} == {
        "1000 mg, comprimé effervescent sécable"
    }


@pytest.mark.parametrize("typed", ["1 cp matin", "sachet 1/j", "sandoz 1/j", "500 mg 1/j", "le soir"])
def test_a_form_or_a_seller_names_no_product(typed: str) -> None:
    made = _composed(typed)
    assert made.line is None
    assert made.left == (typed,)


def test_a_beginning_that_several_names_share_is_not_one_of_them() -> None:
    made = _composed("pre 20 1/j")
    assert made.line is None
    assert any("Précisez" in each for each in made.needs)
    assert any("LANTUS" in each for each in _composed("insuline glargine 20 ui le soir").needs)
    assert _composed("lamisil 1 cp/j").line is None
    assert _composed("amox 500 gel 2 matin et soir 7 jours").line is not None
    assert _composed("doli 1000 cp 3/j").line is not None


def test_what_is_not_understood_is_said_and_the_words_are_kept() -> None:
    made = _composed("metformine 1 g blabla truc")
    assert made.line is not None
    assert made.line.dosage == "blabla truc"
    assert made.line.structured_dosage is None
    assert any("blabla truc" in each for each in made.needs)
    assert _composed("zzz 1/j").left == ("zzz 1/j",)
    assert _composed("doliprane 1000").line is None
    assert any("corrigé" in each for each in _composed("metfromine 850 1-0-1 30j").needs)


@pytest.mark.parametrize(
    "typed", ["", " ", "1 cp matin", "é" * 5_000, "doliprane " * 900, "1-0-1 " * 500, "\x00", "0 0 0 0"]
)
def test_hostile_lines_are_bounded(typed: str) -> None:
    base = formulary()
    compose(base, "doliprane 1/j", DAY)
    begun = thread_time()
    assert compose(base, typed, DAY).line is None
    assert thread_time() - begun < 1


def test_a_line_takes_the_time_of_a_key_press() -> None:
    base = whole_base()
    typed = ["metformine 1 g 1 matin et soir 3 mois", "doliprane 1000 1 cp 3x/j 5 jours", "amlor 5 1 le matin 6 mois"]
    for each in typed:
        compose(base, each, DAY)
    begun = thread_time()
    for each in typed:
        compose(base, each, DAY)
    assert (thread_time() - begun) / len(typed) < 0.06  # 30 ms on a quiet machine


def test_the_command_gives_the_line_to_put_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDONUM_DRUGS", str(tmp_path / "none"))
    run = CliRunner()
    done = run.invoke(app, ["line", "previscan 1 le soir 30 jours", "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 0, done.output
    assert (
        native.read(json.dumps(told["line"]).encode(), MedicineLine)
        == compose(formulary(), "previscan 1 le soir 30 jours", DAY).line
    )
    said = run.invoke(app, ["line", "previscan", "1", "le", "soir", "30", "jours"]).stdout
    assert "Compris : 1 comprimé le soir, pendant 30 jours" in said
    found = run.invoke(app, ["drugs", "search", "doli", "1000"]).stdout
    assert "DOLIPRANE  (marque ; paracétamol)" in found
    assert (
        json.loads(run.invoke(app, ["drugs", "search", "doli", "--json"]).stdout)["found"]["names"][0]["name"]
        == "DOLIPRANE"
    )
    assert to_builtins(told["composed"])["needs"] == []


@pytest.mark.parametrize(
    ("typed", "dosage"),
    [
        ("doliprane 500 2cp x3/j 5j", "2cp x3/j 5j"),
        ("doliprane 1000 1cp x 3 par jour si douleur 5 jours", "1cp x 3 par jour si douleur 5 jours"),
        ("imovane 7,5 1cp au coucher 14j", "1cp au coucher 14j"),
    ],
)
def test_a_dose_glued_to_its_unit_stays_with_the_dosage(typed: str, dosage: str) -> None:
    made = compose(formulary(), typed, DAY)
    assert made.dosage == dosage
    assert made.line is None or made.line.structured_dosage is not None


def test_a_take_without_dose_makes_no_line_and_says_so() -> None:
    made = compose(formulary(), "amlor 5 le soir", DAY)
    assert made.line is None
    assert any("dose d'une prise" in each for each in made.needs)


def test_boxes_that_do_not_come_out_even_leave_the_duration_to_say_how_much() -> None:
    made = compose(formulary(), "seroplex 10 1 le soir pendant 3 mois", DAY)
    assert made.line is not None
    assert made.boxes is not None
    assert made.boxes.whole < made.boxes.count * (1 + made.line.renewals)
    assert made.line.quantity is None
