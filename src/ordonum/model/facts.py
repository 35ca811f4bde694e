"""What a decision is made on: gathered by the use case, handed to a pure function of `decisions`."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from ordonum.model.actors import Actor, Professional
from ordonum.model.labels import Labelled
from ordonum.model.lines import Family
from ordonum.model.prescription import Identity
from ordonum.model.refusals import Refusal
from ordonum.model.state import State


class Effect(Labelled):
    """What a legal rule does when its condition is met. One whose article was not found never refuses."""

    REFUSES = "refuses", "refuse"
    ASKS = "asks", "demande une raison"
    INFORMS = "informs", "informe"


class When(Labelled):
    """Which deliveries a rule looks at."""

    FIRST = "first-delivery", "première délivrance"
    ANY = "any-delivery", "toute délivrance"


class Rule(Struct, frozen=True, kw_only=True):
    """A legal rule as dated data: in force from `since` (included) to `until` (excluded).

    It is met by a delivery that comes more than `months` after the order was written.
    """

    name: str
    article: str | None
    sentence: str
    since: date
    until: date | None = None
    effect: Effect
    when: When
    families: frozenset[Family]
    months: int
    source: str | None

    def __post_init__(self) -> None:
        if self.source is None and self.effect is not Effect.INFORMS:
            raise ValueError(f"{self.name}: a rule whose article was not read only informs")


class Finding(Struct, frozen=True, kw_only=True):
    """A reason found by a decision: where, and the facts of its sentence."""

    refusal: Refusal
    at: str
    facts: dict[str, Any]


class Facts(Struct, frozen=True, kw_only=True):
    """What `check_execution` looks at. `now` is aware; `zone` is the executant's place's."""

    state: State
    actor: Actor
    sealed: Identity
    may_execute: frozenset[Family]
    rules: tuple[Rule, ...]
    now: datetime
    zone: ZoneInfo


class RegisterFacts(Struct, frozen=True, kw_only=True):
    """What `check_registration` looks at. `signed_until`: when the key that signed ended, if it is over."""

    actor: Actor
    signer: Professional
    may_prescribe: frozenset[Family]
    may_secure: bool = True
    signed_until: datetime | None = None
    commitment_opens: bool
    taken: bool
    now: datetime
    zone: ZoneInfo
