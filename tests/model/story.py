"""A sheet as the machine plays it: what may be on it, who may come with it, what was asked, and the ledger that judges."""

from collections import Counter
from typing import Any, NamedTuple
from uuid import UUID

from gestures import Ask, Doctor, Order, Person, Wanted
from hypothesis import strategies as st
from reference import Ledger

EARLY_OF_A_PLACE_MAX, EARLY_MAX = 5, 18  # the service keeps six, and twenty: those bounds have their own tests
AGES_HOURS = (0, 0, 0, 2, 23, 25, 72, -1)
PRODUCTS = (
    (Wanted("boxes", 2),),
    (Wanted("boxes", 1, 2), Wanted("boxes", 1, secured=True)),
    (Wanted("days", 30, 1), Wanted("boxes", 3)),
    (Wanted("times", 1, 1), Wanted("boxes", 2, 1, secured=True)),
)
CARE = ((Wanted("visits", 10),), (Wanted("open"), Wanted("visits", 3, 1)), (Wanted("times"), Wanted("open")))
LINES = st.sampled_from((*PRODUCTS, PRODUCTS[2], *CARE))
SHAPES = (
    "whole",
    "part",
    "rest",
    "rest",
    "more",
    "more-with-reason",
    "twice",
    "withheld",
    "handwritten",
    "beside",
    "unsaid",
)
LINES_OF = st.sampled_from(((), (), (), (1,), (1,), (2,), (1, 2), (9,)))
STOPPERS = st.sampled_from(("author", "author", "author", "leroy", "simon", "martin"))
DOERS = ("entitled", "entitled", "entitled", "other-entitled", "other-entitled", "colleague", "foreign")
CODES = ("author", "author", "leroy", None)


class Wishes(NamedTuple):
    """What is beside the lines of an order."""

    opposed: bool = False
    instead_of: Doctor | None = None
    anonymous: bool = False
    paperless: bool = False


WISHES = st.sampled_from(
    (
        Wishes(),
        Wishes(paperless=True),
        Wishes(opposed=True),
        Wishes(instead_of="leroy"),
        Wishes(anonymous=True),
        Wishes(instead_of="leroy", opposed=True, paperless=True),
    )
)


class Story:
    """A sheet: its number for the driver, what may be registered, what was asked, and the ledger that judges."""

    def __init__(self, key: Any, orders: tuple[Order, ...]) -> None:
        self.key, self.orders, self.ledger = key, orders, Ledger()
        self.asked: list[Ask] = []
        self.answers: dict[UUID, Any] = {}
        self.billed: Counter[tuple[str, int]] = Counter()

    @property
    def order(self) -> Order:
        """The order that was registered, or the one on the paper."""
        return self.ledger.order if self.ledger.here else self.orders[0]

    @property
    def reader(self) -> Person:
        """Somebody who may read it."""
        return "nurse" if self.order.family == "care" else "rival"

    def person(self, role: str) -> Person:
        """Who plays this part before this sheet: those who may execute it, or who may not."""
        if self.order.family == "care":
            return "rival" if role == "foreign" else "nurse"
        cast: dict[str, Person] = {"entitled": "pharmacist", "other-entitled": "rival", "colleague": "assistant"}
        return cast.get(role, "nurse")

    def doctor(self, role: Any) -> Doctor:
        """Who plays this part: the author of the order, or the one who is named."""
        return self.order.doctor if role == "author" else role

    def code(self, role: str | None) -> Doctor | None:
        """Whose code comes with what is asked."""
        return None if role is None else self.doctor(role)
