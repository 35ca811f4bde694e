"""The register of software and sites: which product may play which role, and where it is active since when.

Publishers have a number (NIE), products another (NIL); an authorisation is for a role and a version; a pilot names its
sites by FINESS géographique with an activation date (conditions of the trial in care homes, 2021).
"""

from datetime import date

from msgspec import Struct

from ordonum.model.actors import Actor, Agent, Employee, Name, Structure
from ordonum.model.identifiers import Nie, Nil, Rpps, StructureId
from ordonum.model.insurer import InsurerCode
from ordonum.model.labels import Labelled
from ordonum.model.refusals import Refusal, Refused

ANY_VERSION = "*"


class Role(Labelled):
    """What a software is authorised to be used as."""

    PRESCRIBER = "prescriber", "prescripteur"
    PRESCRIBER_ESMS = "prescriber-esms", "prescripteur en établissement"
    EXECUTANT = "executant", "exécutant"
    INSURER = "insurer", "Assurance Maladie"


class SoftwareStatus(Labelled):
    """Where a product stands with the authority."""

    AUTHORISED = "authorised", "autorisé"
    PRE_SERIES = "pre-series", "en présérie"
    SUSPENDED = "suspended", "suspendu"
    WITHDRAWN = "withdrawn", "retiré"


class SiteKind(Labelled):
    """What a site is."""

    PRACTICE = "practice", "cabinet"
    PHARMACY = "pharmacy", "pharmacie d'officine"
    LPP_SUPPLIER = "lpp-supplier", "fournisseur d'appareillage"
    OPTICIAN = "optician", "opticien"
    LABORATORY = "laboratory", "laboratoire de biologie médicale"
    HEALTH_CENTRE = "health-centre", "centre de santé"
    HOSPITAL = "hospital", "établissement de santé"
    CARE_HOME = "care-home", "établissement médico-social"
    INSURER = "insurer", "organisme d'assurance maladie"


class RegisteredSoftware(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A product: its numbers, the versions («*»: all) and roles authorised, its status, from `since` to `until` (excluded)."""

    nie: Nie
    nil: Nil
    publisher: Name
    product: Name
    versions: tuple[Name, ...]
    roles: tuple[Role, ...]
    status: SoftwareStatus
    since: date
    until: date | None = None

    def stands(self, today: date) -> bool:
        """Whether it may be used at all on that day."""
        usable = self.status in (SoftwareStatus.AUTHORISED, SoftwareStatus.PRE_SERIES)
        return usable and self.since <= today and (self.until is None or today < self.until)


class Activation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A product is active on a site from `since` to `until` (excluded)."""

    nil: Nil
    since: date
    until: date | None = None


class Site(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place where software works. `key` is `am:` or `finess:` and the number; `responsible` answer for its employees;
    `insurer` is the organisation whose agents work there.
    """

    key: str
    name: Name
    kind: SiteKind
    structure: StructureId | None = None
    responsible: tuple[Rpps, ...] = ()
    insurer: InsurerCode | None = None
    activations: tuple[Activation, ...]


class Register(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole register, as its file says it. `any_site_for`: in a sandbox only, products that undeclared sites are open to."""

    software: tuple[RegisteredSoftware, ...]
    sites: tuple[Site, ...]
    any_site_for: tuple[Nil, ...] = ()


def check_software(actor: Actor, product: RegisteredSoftware | None, role: Role, *, today: date) -> None:
    """Refuse a software that is unknown, not usable that day, of another version, or not authorised for that role."""
    if product is None:
        raise Refused(Refusal.SOFTWARE_UNKNOWN)
    if not product.stands(today):
        raise Refused(Refusal.SOFTWARE_NOT_USABLE, product=product.product, status=product.status.label)
    if ANY_VERSION not in product.versions and actor.software.version not in product.versions:
        raise Refused(Refusal.SOFTWARE_VERSION, product=product.product)
    if role not in product.roles:
        raise Refused(Refusal.SOFTWARE_NOT_AUTHORISED, product=product.product, role=role.label)


def check_site(actor: Actor, site: Site | None, *, today: date) -> None:
    """Refuse a site that is unknown or not active that day for this software, and whoever belongs elsewhere."""
    if isinstance(actor.who, (Employee, Structure, Agent)) and actor.inside is not None:
        raise Refused(Refusal.NOT_OF_THIS_SITE)  # they act from their own structure, never inside another
    if site is None:
        raise Refused(Refusal.SITE_UNKNOWN)
    mine = [each for each in site.activations if each.nil == actor.software.nil]
    if not any(each.since <= today and (each.until is None or today < each.until) for each in mine):
        coming = min((each.since for each in mine if each.since > today), default=None)
        when = f" (activation prévue le {coming:%d/%m/%Y})" if coming else ""
        raise Refused(Refusal.SITE_NOT_ACTIVE, when=when)
    if isinstance(actor.who, (Employee, Structure)):
        _check_belongs(actor.who, site)
    if isinstance(actor.who, Agent) and site.insurer != actor.who.id.insurer:
        raise Refused(Refusal.NOT_OF_THIS_SITE)


def _check_belongs(who: Employee | Structure, site: Site) -> None:
    """An employee or a structure acts from its own structure only, an employee under somebody who answers for the site."""
    structure = who.id if isinstance(who, Structure) else who.id.structure
    known = {each for each in (site.structure, _as_structure(site.key)) if each}
    if structure not in known:
        raise Refused(Refusal.NOT_OF_THIS_SITE)
    if isinstance(who, Employee) and (who.under is None or who.under not in site.responsible):
        raise Refused(Refusal.NOBODY_ANSWERS)


def _as_structure(key: str) -> str | None:
    return "1" + key.removeprefix("finess:") if key.startswith("finess:") else None


def role_of(actor: Actor, *, prescribes: bool) -> Role:
    """The role in which an actor prescribes or executes: inside an establishment, prescribing is a role of its own."""
    if isinstance(actor.who, Agent):
        return Role.INSURER
    if not prescribes:
        return Role.EXECUTANT
    return Role.PRESCRIBER_ESMS if actor.inside is not None else Role.PRESCRIBER
