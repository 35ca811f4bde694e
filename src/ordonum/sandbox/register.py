"""The sandbox's register of software and sites: made-up products, and every place of the test cards."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from ordonum.model.identifiers import Nie, Nil
from ordonum.model.sites import (
    ANY_VERSION,
    Activation,
    Register,
    RegisteredSoftware,
    Role,
    Site,
    SiteKind,
    SoftwareStatus,
)
from ordonum.sandbox import places
from ordonum.sandbox.people import TEST_CARDS
from ordonum.sandbox.places import Situated
from ordonum.wire import native

OPENED = date(2020, 1, 1)
CLOSED_ON = date(2024, 1, 1)
ORDONUM, TRIAL = Nil("ORDONUM-1"), Nil("ESSAI-1")
PRE_SERIES, SUSPENDED, BY_VERSION = Nil("PRESERIE-1"), Nil("SUSPENDU-1"), Nil("VERSIONS-1")

SOFTWARE: tuple[RegisteredSoftware, ...] = (
    RegisteredSoftware(
        nie=Nie("ORDONUM"),
        nil=ORDONUM,
        publisher="ordonum",
        product="ordonum",
        versions=(ANY_VERSION,),
        roles=tuple(Role),
        status=SoftwareStatus.AUTHORISED,
        since=OPENED,
    ),
    RegisteredSoftware(
        nie=Nie("ESSAI"),
        nil=TRIAL,
        publisher="Votre maison",
        product="Logiciel à l'essai",
        versions=(ANY_VERSION,),
        roles=tuple(Role),
        status=SoftwareStatus.AUTHORISED,
        since=OPENED,
    ),
    RegisteredSoftware(
        nie=Nie("EDITEUR-A"),
        nil=PRE_SERIES,
        publisher="Éditeur A (fictif)",
        product="Logiciel en présérie",
        versions=(ANY_VERSION,),
        roles=(Role.PRESCRIBER,),
        status=SoftwareStatus.PRE_SERIES,
        since=OPENED,
    ),
    RegisteredSoftware(
        nie=Nie("EDITEUR-B"),
        nil=SUSPENDED,
        publisher="Éditeur B (fictif)",
        product="Logiciel suspendu",
        versions=(ANY_VERSION,),
        roles=(Role.PRESCRIBER, Role.EXECUTANT),
        status=SoftwareStatus.SUSPENDED,
        since=OPENED,
    ),
    RegisteredSoftware(
        nie=Nie("EDITEUR-B"),
        nil=BY_VERSION,
        publisher="Éditeur B (fictif)",
        product="Logiciel autorisé par version",
        versions=("2.0", "2.1"),
        roles=(Role.PRESCRIBER, Role.EXECUTANT),
        status=SoftwareStatus.AUTHORISED,
        since=OPENED,
    ),
)
"""The products of the sandbox: ours, and one for each way of being refused."""


def site(situated: Situated, *activations: Activation) -> Site:
    """The site of a place, answered for by the professionals whose test card names it."""
    place = situated.place
    return Site(
        key=place.key,
        name=place.name,
        kind=situated.kind,
        structure=situated.structure,
        insurer=situated.insurer,
        responsible=tuple(who.rpps for _, who, theirs in TEST_CARDS if theirs.key == place.key),
        activations=activations,
    )


def sandbox_register(today: date | None = None) -> Register:
    """The register as of `today` (now without one): the places of the test cards, a site of next month, a closed one.

    A place that nobody declared is open to ours and to a software on trial. Every product is active on every open site,
    so that a product alone decides of its own refusal.
    """
    today = today or datetime.now(UTC).date()
    since_opening = tuple(Activation(nil=each.nil, since=OPENED) for each in SOFTWARE)
    coming = Activation(nil=ORDONUM, since=today + timedelta(days=30))
    ended = Activation(nil=ORDONUM, since=OPENED, until=CLOSED_ON)
    return Register(
        software=SOFTWARE,
        sites=(
            *(site(each, *since_opening) for each in places.OPEN),
            site(Situated(places.NOT_YET, SiteKind.PRACTICE), coming),
            site(Situated(places.CLOSED, SiteKind.PHARMACY), ended),
        ),
        any_site_for=(ORDONUM, TRIAL),
    )


def write_register(file: Path, extra_sites: tuple[Site, ...] = ()) -> None:
    """Write the sandbox's register, with more sites if one wants them, as indented native JSON; whole or not at all."""
    register = sandbox_register()
    whole = msgspec.structs.replace(register, sites=(*register.sites, *extra_sites))
    side = file.with_suffix(".new")
    side.write_bytes(msgspec.json.format(native.write(whole), indent=2) + b"\n")
    side.replace(file)
