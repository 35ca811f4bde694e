"""A medicine is found as doctors type it: the hand-written list, codes, faults, hostile texts; nothing is cut in silence."""

from pathlib import Path
from time import thread_time

import pytest

from ordonum.knowledge.drugs.formulary import formulary
from ordonum.knowledge.drugs.loaded import LoadedBase
from ordonum.knowledge.drugs.search import Found, FoundName, search
from search_accuracy import accuracy
from whole_base import whole_base

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "drug_queries.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
FORMULARY = formulary()
NAMES = {each.written for each in FORMULARY.finder.index.names}


def _named(found: Found, name: str) -> FoundName | None:
    return next((each for each in found.names if each.name == name), None)


def _fails(base: LoadedBase, row: list[str]) -> bool:
    """Whether a row of the list is not answered as it says."""
    typed, within, name, has = row
    found = search(base, typed)
    shown = _named(found, name)
    if shown is None or name not in [each.name for each in found.names[: int(within)]]:
        return True
    return bool(has) and (has not in shown.offers[0].name or bool(shown.unmet) or not shown.offers[0].fits)


def test_what_doctors_type_comes_first_over_the_whole_base() -> None:
    base = whole_base()
    assert len(ROWS) >= 100
    assert [row[0] for row in ROWS if _fails(base, row)] == []


def test_what_the_formulary_has_comes_among_the_first_three_there_too() -> None:
    rows = [[typed, "3", name, ""] for typed, _, name, has in ROWS if name in NAMES and not has]
    assert len(rows) >= 30
    assert [row[0] for row in rows if _fails(FORMULARY, row)] == []


def test_single_faults_in_the_names_of_the_formulary_are_found() -> None:
    found = accuracy(FORMULARY, FORMULARY.finder)
    assert found.tried > 1_000
    assert found.rate >= 0.99
    assert found.strict_rate >= 0.98


def test_single_faults_in_a_sample_of_the_whole_base_are_found_in_time() -> None:
    base = whole_base()
    found = accuracy(base, base.finder, one_in=12)
    assert found.tried > 2_000
    assert found.rate >= 0.98
    assert found.p95_ms <= 20


@pytest.mark.parametrize(
    "typed",
    [
        "3400949497294",
        "34009 494 972 9 4",
        "03400949497294",
        "CIP13 3400949497294",
        "4949729",
        "CIS 60002283",
        "6000 2283",
    ],
)
def test_a_code_is_found_at_once(typed: str) -> None:
    found = search(whole_base(), typed)
    assert [each.cis for name in found.names for each in name.offers if each.fits] == ["60002283"]
    assert found.total_names == 1


@pytest.mark.parametrize("typed", ["3400949497295", "99999999", "1234567"])
def test_a_code_that_nothing_bears_finds_nothing(typed: str) -> None:
    assert search(whole_base(), typed).total_names == 0


def test_every_speciality_of_a_name_is_shown_and_what_fits_comes_first() -> None:
    base = whole_base()
    shown = search(base, "doliprane 1 g").names[0]
    every = {each.cis for each in base.specialities() if each.name.startswith("DOLIPRANE ")}
    assert {each.cis for each in shown.offers} == every
    fits = [each.fits for each in shown.offers]
    assert fits == sorted(fits, reverse=True)
    assert all("1000 mg" in each.name or "1 g" in each.name for each in shown.offers if each.fits)
    assert all(each.substances for each in shown.offers)


def test_what_is_not_shown_is_counted() -> None:
    found = search(whole_base(), "a", limit=5)
    assert len(found.names) == 5
    assert found.total_names > 500
    assert found.total_specialities > found.total_names


def test_every_speciality_of_the_base_is_found_by_its_own_name() -> None:
    base = whole_base()
    lost = []
    for at, each in enumerate(base.specialities()):
        if at % 16 == 0:
            found = search(base, each.name.split(",")[0])
            fitting = {offer.cis for name in found.names[:3] for offer in name.offers if offer.fits}
            if each.cis not in fitting:
                lost.append(each.name)
    assert len(lost) <= 5, lost


def test_the_substance_is_always_known_the_state_too() -> None:
    base = whole_base()
    for entry in base.finder.index.entries:
        assert entry.substances or "CONTROLE NEGATIF" in entry.full
    shown = search(base, "metformine").names[0]
    sold = [each.sold for each in shown.offers]
    assert sold == sorted(sold, reverse=True)
    assert False in sold
    assert {each.generic for each in shown.offers} >= {1}
    assert {each.rate for each in shown.offers} >= {65}


def test_names_that_are_taken_for_one_another_are_marked_and_say_what_they_hold() -> None:
    base = whole_base()
    for one, other, holds in (("previscan", "PERMIXON", "SERENOA"), ("lamictal", "LAMISIL", "TERBINAFINE")):
        alike = search(base, one).names[0].alike
        told = next(each for each in alike if each.name == other)
        assert any(holds in each for each in told.substances)
    assert search(base, "doliprane").names[0].alike == ()
    assert sum(bool(each.alike) for each in base.finder.index.names) < 0.2 * len(base.finder.index.names)


def test_a_strength_that_a_name_does_not_have_is_said_and_leads_to_no_other_name() -> None:
    found = search(whole_base(), "lamisil 100 mg")
    assert found.names[0].name == "LAMISIL"
    assert found.names[0].unmet == ("100 mg",)
    assert _named(found, "LAMICTAL") is None
    assert search(whole_base(), "doliprane zzzxqk").ignored == ("zzzxqk",)


def test_names_appear_as_they_are_typed() -> None:
    base = whole_base()
    for typed in ("doliprane", "levothyrox", "amoxicilline", "metformine"):
        for letters in range(4, len(typed) + 1):
            assert typed.upper() in [each.name for each in search(base, typed[:letters]).names[:3]], typed[:letters]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "\x00\x1f\ufeff",
        "é" * 10_000,
        "doliprane " * 2_000,
        " ".join("abcdefghijklmnopqrstuvwxyz"),
        "1 " * 5_000,
        "1/" * 5_000,
        "1000000000000000000000000000000 mg/0 ml",
        "５００ ｍｇ ｄｏｌｉｐｒａｎｅ",
        "\u202edoliprane\u202c",
        "d̷̢͓̓o̵͇̐l̸̰̈́i̶̯͌p̴̳̈́r̵͔̀",
        "ﷺ" * 200,
        "(" * 300 + ")" * 300,
        "'; DROP TABLE act; --",
        "🧪💊" * 100,
        "solution injectable poudre comprime gelule creme gel sirop orale cutanee iv",
        "mg ml g % ui / + (((",
        "-1 mg 0 mg 00,00 mg ,5",
    ],
)
def test_hostile_texts_are_bounded_and_never_slow(typed: str) -> None:
    base = whole_base()
    search(base, "ready")
    begun = thread_time()
    found = search(base, typed)
    assert thread_time() - begun < 0.25
    assert len(found.names) <= 20
    assert found.cut == (len(typed) > 200) or found.cut


def test_full_width_letters_and_direction_marks_are_read_like_any() -> None:
    base = whole_base()
    assert search(base, "ｄｏｌｉｐｒａｎｅ ５００ ｍｇ").names[0].name == "DOLIPRANE"
    assert search(base, "DOLIPRANE\u00a0500\u202fmg").names[0].unmet == ()
