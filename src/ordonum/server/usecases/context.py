"""What a use case works with: the database, the keys, the roots, the clock and chance. Made once, by `main`."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from msgspec import Struct, field

from ordonum.knowledge.drugs.contents import contents_of
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.knowledge.drugs.law import conditions_of
from ordonum.knowledge.drugs.loaded import LoadedBase
from ordonum.knowledge.interactions import Interactions, at_hand
from ordonum.model.conditions import Table
from ordonum.model.course import Contents
from ordonum.server.identity.sites import Sites
from ordonum.server.identity.tokens import Held
from ordonum.server.identity.trust import Trust
from ordonum.server.metrics import Metrics
from ordonum.server.settings import Settings
from ordonum.server.store.database import Pool
from ordonum.server.vault.vault import Vault


class Context(Struct, kw_only=True):
    """Everything outside the model. `vault` is replaced when a new year's keys are added, `sites` when the register
    is written anew; `published` keeps the lists of keys of days that are over, `tokens` those verified lately; `drugs` is the
    drug base, `interactions` the thesaurus, that were opened at the start."""

    pool: Pool
    vault: Vault
    trust: Trust
    sites: Sites
    settings: Settings
    now: Callable[[], datetime]
    draw_id: Callable[[], UUID]
    draw_salt: Callable[[], str]
    draw_delay: Callable[[int], float]
    published: dict[str, str] = field(default_factory=dict)
    tokens: dict[bytes, Held] = field(default_factory=dict)
    metrics: Metrics = field(default_factory=Metrics)
    drugs: LoadedBase = field(default_factory=formulary)
    interactions: Interactions = field(default_factory=lambda: at_hand(None))

    @property
    def conditions(self) -> Table:
        """The conditions of the medicines, as the drug base tells them to the rules of law."""
        return conditions_of(self.drugs)

    @property
    def contents(self) -> Contents:
        """What the boxes of the medicines hold, as the drug base tells it to the rules of law."""
        return contents_of(self.drugs)


class Answer(Struct, frozen=True):
    """What a writing act is answered with: bytes, and whether they are those of the first time."""

    body: bytes
    replayed: bool
