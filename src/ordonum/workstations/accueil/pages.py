"""What is sent: pages made from templates that escape by themselves, and the headers that go with each."""

import unicodedata
from collections.abc import Iterable
from importlib import resources
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from ordonum import __version__
from ordonum.model.actors import Profession, Professional
from ordonum.model.lines import Family
from ordonum.workstations.accueil import examples
from ordonum.workstations.accueil.desk import Desk, ShownCard
from ordonum.workstations.accueil.examples import FIRST, REFUSED, SEVERAL, UNREADABLE, Example, NoSuchExample

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# «same-origin» and not «no-referrer»: with the latter a browser hides from a form's request where it comes from.
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FOLDER = resources.files("ordonum.workstations.accueil").joinpath("static")
_STATIC = {
    name: (_FOLDER.joinpath(name).read_bytes(), kind)
    for name, kind in (("accueil.css", "text/css"), ("ordonum.svg", "image/svg+xml"))
}
_templates = Environment(
    loader=PackageLoader("ordonum.workstations.accueil"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ORDER = (FIRST, *(each.label for each in Family), SEVERAL, REFUSED, UNREADABLE)
# Who prescribes by trade (CSP, fourth part, first book); the others execute, whatever little they may prescribe.
_PRESCRIBERS = frozenset({Profession.DOCTOR, Profession.DENTIST, Profession.MIDWIFE})
_KINDS = ("Prescrivent", "Délivrent et soignent", "Travaillent pour eux", "Structures", "Assurance Maladie")


def html(page: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A page that loads nothing from elsewhere, runs nothing, and that nobody keeps or frames."""
    return Response(
        page, status, {**HEADERS, **(headers or {}), "Content-Security-Policy": CSP}, media_type="text/html"
    )


def static(name: str) -> Response:
    """The stylesheet or the drawing. Raises NoSuchExample."""
    if name not in _STATIC:
        raise NoSuchExample
    content, kind = _STATIC[name]
    return Response(content, headers={**HEADERS, "Content-Security-Policy": CSP}, media_type=kind)


def written(raw: bytes) -> Response:
    """The file of an example, as it is."""
    return Response(raw, headers={**HEADERS, "Content-Security-Policy": CSP}, media_type="application/json")


def pdf(sheet: bytes, name: str, *, download: bool = False) -> Response:
    """A sheet; its name in ASCII, so that any browser keeps it. A reader of PDF is no page: it has rules of its own."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    kept = "".join(each if each.isalnum() or each in "-_." else "-" for each in plain)
    disposition = f'{"attachment" if download else "inline"}; filename="{kept}"'
    headers = {**HEADERS, "Content-Disposition": disposition, "X-Frame-Options": "DENY"}
    return Response(sheet, headers=headers, media_type="application/pdf")


def told(title: str, sentences: Iterable[str]) -> str:
    """A page that says one thing: not found, refused, later."""
    return _templates.get_template("told.html").render(title=title, sentences=tuple(sentences), version=__version__)


def front(desk: Desk, *, alive: bool) -> str:
    """The front page, of the examples as they are now."""
    found = examples.every(desk)
    shown = [each for each in found if each.execution is None]
    executions = [each for each in found if each.execution is not None]
    return _templates.get_template("front.html").render(
        version=__version__,
        alive=alive,
        address=None if desk.default_address else desk.address,
        kinds=_by_kind(desk.cards),
        has_folder=desk.examples is not None,
        groups=_by_group(shown),
        played=[examples.played(desk, each, tuple(shown)) for each in executions],
        sheets=sum(len(each.prescriptions) for each in shown),
    )


def _by_group(shown: list[Example]) -> list[tuple[str, list[Example]]]:
    ordered = sorted(shown, key=lambda each: (_ORDER.index(each.group), each.name))
    return [(_capital(group), list(inside)) for group, inside in groupby(ordered, key=lambda each: each.group)]


def _by_kind(cards: tuple[ShownCard, ...]) -> list[tuple[str, list[ShownCard]]]:
    ordered = sorted(cards, key=_kind)
    return [(_KINDS[kind], list(inside)) for kind, inside in groupby(ordered, key=_kind)]


def _kind(card: ShownCard) -> int:
    if isinstance(card.who, Professional):
        return 0 if card.who.profession in _PRESCRIBERS else 1
    return 2 if hasattr(card.who, "role") else 4 if hasattr(card.who, "mission") else 3


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
