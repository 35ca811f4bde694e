"""What a decision is made on: gathered by the use case, handed to a pure function of `decisions`."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from ordonum.model.actors import Actor, Professional
from ordonum.model.case import Covered
from ordonum.model.conditions import NO_TABLE, Table
from ordonum.model.course import Contents, no_contents
from ordonum.model.identifiers import BirthDate
from ordonum.model.lines import Family
from ordonum.model.prescription import Identity
from ordonum.model.refusals import Refusal
from ordonum.model.rule import Rule
from ordonum.model.state import State


class Finding(Struct, frozen=True, kw_only=True):
    """A reason found by a decision: where, and the facts of its sentence."""

    refusal: Refusal
    at: str
    facts: dict[str, Any]


class Facts(Struct, frozen=True, kw_only=True):
    """What `check_execution` looks at. `now` is aware; `zone` is the executant's place's; `covered`, what the patient's other
    prescriptions of what may not overlap cover, as far as it was looked for.
    """

    state: State
    actor: Actor
    sealed: Identity
    may_execute: frozenset[Family]
    rules: tuple[Rule, ...]
    conditions: Table = NO_TABLE
    contents: Contents = no_contents
    covered: tuple[Covered, ...] = ()
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
    rules: tuple[Rule, ...] = ()
    conditions: Table = NO_TABLE
    contents: Contents = no_contents
    birth: BirthDate | None = None
    now: datetime
    zone: ZoneInfo
