"""The register of software and sites as the service asks it: who may call, from where, with what, on that day."""

from datetime import datetime
from pathlib import Path

from ordonum.knowledge.rights import may_call, may_prescribe
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Actor, Professional
from ordonum.model.identifiers import Nil
from ordonum.model.refusals import Refused
from ordonum.model.sites import (
    Activation,
    Register,
    RegisteredSoftware,
    Site,
    SiteKind,
    check_site,
    check_software,
    role_of,
)
from ordonum.wire import native


class RegisterRefused(Exception):
    """The register's file cannot be used; the message says why, in French."""


class Sites:
    """A register, indexed. What it says holds from the next request on."""

    def __init__(self, register: Register) -> None:
        self._software = {each.nil: each for each in register.software}
        self._sites = {each.key: each for each in register.sites}
        self._any_site_for = frozenset(register.any_site_for)

    def software(self, nil: Nil | None) -> RegisteredSoftware | None:
        """The product of this number."""
        return self._software.get(nil) if nil is not None else None

    def site(self, actor: Actor) -> Site | None:
        """The site where an actor's software works; in a sandbox, one that nobody declared is open to named products."""
        known = self._sites.get(actor.site)
        if known is None and actor.software.nil in self._any_site_for:
            product = self._software[actor.software.nil]
            activation = Activation(nil=product.nil, since=product.since)
            return Site(key=actor.site, name="bac à sable", kind=SiteKind.PRACTICE, activations=(activation,))
        return known


def load(file: Path, *, sandbox: bool) -> Sites:
    """The register of a file. Raises RegisterRefused."""
    try:
        register = native.read(file.read_bytes(), Register)
    except FileNotFoundError:
        raise RegisterRefused(
            f"Le registre des logiciels et des sites manque : {file} (ORDONUM_REGISTER). Sans lui, personne ne peut appeler."
        ) from None
    except Refused as refused:
        places = ", ".join(each.at for each in refused.faults[:5])
        raise RegisterRefused(f"Le registre {file} n'est pas lisible ({places}).") from None
    if register.any_site_for and not sandbox:
        raise RegisterRefused(f"Le registre {file} ouvre tous les sites (any_site_for) : un service réel le refuse.")
    if unknown := set(register.any_site_for) - {each.nil for each in register.software}:
        raise RegisterRefused(
            f"Le registre {file} ouvre les sites à un produit inconnu ({', '.join(sorted(unknown))})."
        )
    for what, keys in (
        ("produit", [each.nil for each in register.software]),
        ("site", [each.key for each in register.sites]),
    ):
        if len(set(keys)) != len(keys):
            raise RegisterRefused(f"Le registre {file} nomme deux fois le même {what}.")
    return Sites(register)


def admit(sites: Sites, actor: Actor, now: datetime, *, prescribes: bool | None = None) -> None:
    """Refuse a software that is not authorised for the role, or a site not active that day, by the calendar of the place.

    Without `prescribes` (a token is asked), one of the roles that the actor can play is enough; the first is told.
    """
    today = now.astimezone(zone_of(actor.place)).date()
    product = sites.software(actor.software.nil)
    wanted = (prescribes,) if prescribes is not None else _could(actor)
    refusals = []
    for each in wanted:
        try:
            check_software(actor, product, role_of(actor, prescribes=each), today=today)
            break
        except Refused as refused:
            refusals.append(refused)
    else:
        raise refusals[0]
    check_site(actor, sites.site(actor), today=today)


def _could(actor: Actor) -> tuple[bool, ...]:
    """What the actor could do: prescribe, execute, or both, the first first."""
    if isinstance(actor.who, Professional):
        prescribes, executes = bool(may_prescribe(actor.who.profession)), True
    else:
        prescribes, executes = may_call(actor, "register"), may_call(actor, "consult")
    return tuple(each for each, can in ((True, prescribes), (False, executes)) if can) or (False,)
