"""Anonymity is proposed from the content, asked every time, and only on a ground that holds."""

from datetime import date
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from factories import a_medicine, a_text, an_order
from ordonum.knowledge.anonymity import is_minor, proposed
from ordonum.model.identifiers import BirthDate
from ordonum.model.prescription import Line, SignedOrder
from ordonum.model.products import Substance
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.wish_decisions import check_wishes
from ordonum.model.wishes import Anonymity, AnonymityGround, CopyChannel, Paperless

DAY = date(2026, 11, 16)
GROWN, MINOR = BirthDate("1990-05-05"), BirthDate("2010-05-05")
IVG, CONTRACEPTION = AnonymityGround.IVG, AnonymityGround.MINOR_CONTRACEPTION


def of(name: str) -> Line:
    return msgspec.structs.replace(a_medicine(), substances=(Substance(name),))


@pytest.mark.parametrize(
    ("name", "birth", "ground"),
    [
        ("MIFÉPRISTONE", GROWN, IVG),
        ("misoprostol", MINOR, IVG),
        ("Lévonorgestrel", MINOR, CONTRACEPTION),
        ("ACÉTATE D'ULIPRISTAL", MINOR, CONTRACEPTION),
        ("Lévonorgestrel", GROWN, None),
        ("AMOXICILLINE TRIHYDRATÉE", MINOR, None),
    ],
)
def test_the_content_and_the_age_say_whether_anonymity_is_proposed(
    name: str, birth: BirthDate, ground: AnonymityGround | None
) -> None:
    assert proposed((a_medicine(), of(name)), birth, DAY) is ground
    assert proposed((a_text(),), birth, DAY) is None


@pytest.mark.parametrize(
    ("birth", "minor"),
    [
        ("2008-11-15", False),
        ("2008-11-16", False),
        ("2008-11-17", True),
        ("2008-00-00", False),
        ("2009-00-00", True),
        ("2008-12-00", True),
    ],
)
def test_one_is_a_minor_until_the_day_one_is_eighteen(birth: str, minor: bool) -> None:
    assert is_minor(BirthDate(birth), DAY) is minor


def _asked(order: SignedOrder, **facts: Any) -> str | None:
    known = {"proposed": None, "minor": False, "paper_replaced": True} | facts
    try:
        check_wishes(order, **known)
    except Refused as refused:
        return refused.refusal.code if refused.faults[0].at.startswith("$.jws.") else "nowhere"
    return None


def _answered(ground: AnonymityGround, *, requested: bool) -> SignedOrder:
    return msgspec.structs.replace(an_order(), anonymity=Anonymity(ground=ground, requested=requested))


def test_what_is_proposed_must_be_answered_yes_or_no() -> None:
    assert _asked(an_order(), proposed=IVG) == Refusal.ANONYMITY_ANSWER_WANTED.code
    assert _asked(an_order()) is None
    for requested in (True, False):
        assert _asked(_answered(IVG, requested=requested), proposed=IVG) is None


def test_anonymity_is_asked_on_a_ground_that_holds() -> None:
    assert _asked(_answered(CONTRACEPTION, requested=True), minor=False) == Refusal.ANONYMITY_NOT_FOUNDED.code
    assert _asked(_answered(CONTRACEPTION, requested=True), minor=True) is None
    assert _asked(_answered(CONTRACEPTION, requested=True), minor=True, proposed=IVG) == (
        Refusal.ANONYMITY_NOT_FOUNDED.code
    )
    assert _asked(_answered(IVG, requested=True)) is None  # an examination, a free text: only the woman knows


def test_a_copy_replaces_the_paper_only_when_it_could() -> None:
    order = msgspec.structs.replace(
        an_order(), act_id=uuid4(), paperless=Paperless(channel=CopyChannel.DMP, requested_on=DAY)
    )
    assert _asked(order, paper_replaced=False) == Refusal.PAPERLESS_NOT_THEN.code
    assert _asked(order) is None
