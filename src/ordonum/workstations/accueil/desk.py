"""What the front page is given by whoever plugs it in front of a service: cards, readers of files, clients."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import Struct

from ordonum.client import Card, Client
from ordonum.knowledge.rights import executed_by, may_prescribe
from ordonum.model.actors import Agent, Employee, Place, Profession, Professional, Who
from ordonum.model.acts import Execution
from ordonum.model.lines import Family
from ordonum.model.prescription import Prescription


class ShownCard(Struct, frozen=True):
    """A test card as the page shows it: its name for `--card`, who holds it, where they work."""

    name: str
    who: Who
    place: Place

    @property
    def holder(self) -> str:
        """The person, the structure, or an agent's organisation."""
        who = self.who
        return f"{who.given_name} {who.surname}" if isinstance(who, (Professional, Employee)) else who.name

    @property
    def does(self) -> str:
        """The profession, the role, the mission, or that it is a structure."""
        if isinstance(self.who, Professional):
            return self.who.profession.label
        if isinstance(self.who, Agent):
            return f"agent : {self.who.mission.label}"
        return self.who.role.label if isinstance(self.who, Employee) else "certificat de structure"

    @property
    def profession(self) -> Profession | None:
        """The profession of a professional; None for anybody else."""
        return self.who.profession if isinstance(self.who, Professional) else None


class Desk(Struct, frozen=True, kw_only=True):
    """Everything that the front page stands on.

    `examples` is the folder of the repository, None where there is none; `default_address`: the commands need not name
    the service. `read_prescriptions` and `read_execution` raise Refused with every fault; `bug` is told what was not
    foreseen. `open_client` makes a workstation of the sandbox with this card in its reader.
    """

    address: str
    default_address: bool
    hosts: frozenset[str]
    cards: tuple[ShownCard, ...]
    examples: Path | None
    open_card: Callable[[str], Card]
    open_client: Callable[[str], Client]
    read_prescriptions: Callable[[bytes, Card], tuple[Prescription, ...]]
    read_execution: Callable[[bytes], Execution]
    alive: Callable[[], Awaitable[bool]]
    bug: Callable[[Exception], None]

    def prescribers(self) -> tuple[ShownCard, ...]:
        """The cards that may prescribe something, those that may prescribe most families first."""
        able = [(len(may_prescribe(each.profession)), each) for each in self.cards if each.profession is not None]
        return tuple(card for count, card in sorted(able, key=lambda one: -one[0]) if count)

    def executant(self, family: Family, addressed_to: Profession | None = None) -> str | None:
        """The name of the first card that executes this family, one that does not prescribe it if there is one."""
        able = [each for each in self.cards if isinstance(each.who, Professional) and family in executed_by(each.who)]
        if addressed_to is not None:
            able = [each for each in self.cards if each.profession is addressed_to]
        able.sort(key=lambda each: each.profession is Profession.DOCTOR)
        return able[0].name if able else None
