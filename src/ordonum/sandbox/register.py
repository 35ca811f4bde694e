"""The sandbox's register of software and sites."""

from datetime import date
from pathlib import Path

from ordonum.model.identifiers import Nie, Nil
from ordonum.model.sites import Activation, Register, RegisteredSoftware, Role, Site, SiteKind, SoftwareStatus
from ordonum.sandbox.people import TEST_CARDS
from ordonum.wire import native

SINCE = date(2020, 1, 1)
ORDONUM = Nil("ORDONUM-1")


def sandbox_register() -> Register:
    """The sandbox's register."""
    product = RegisteredSoftware(
        nie=Nie("ORDONUM"),
        nil=ORDONUM,
        publisher="ordonum",
        product="ordonum",
        versions=("*",),
        roles=tuple(Role),
        status=SoftwareStatus.AUTHORISED,
        since=SINCE,
    )
    active = (Activation(nil=ORDONUM, since=SINCE),)
    sites = {p.key: Site(key=p.key, name=p.name, kind=SiteKind.PRACTICE, activations=active) for _, _, p in TEST_CARDS}
    return Register(software=(product,), sites=tuple(sites.values()), any_site_for=(ORDONUM,))


def write_register(file: Path, extra_sites: tuple[Site, ...] = ()) -> None:
    """Write it."""
    file.write_bytes(native.write(sandbox_register()))
