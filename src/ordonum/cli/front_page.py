"""The front page plugged in front of a service of the sandbox: its cards, its examples, its workstations."""

import logging
from pathlib import Path

import ordonum
from ordonum.cli import files
from ordonum.client import Card, Client, Execution, Prescription
from ordonum.sandbox.authority import Authority
from ordonum.sandbox.people import AGENT_CARDS, EMPLOYEE_CARDS, STRUCTURE_CARDS, TEST_CARDS
from ordonum.server import events, main
from ordonum.server.settings import Settings
from ordonum.server.store.database import is_alive
from ordonum.server.usecases.context import Context
from ordonum.workstations.accueil import Desk, FrontPage, ShownCard

DEFAULT_PORT = 8420
ANY_ADDRESS = "0.0.0.0"  # noqa: S104  # compared, never listened on


def sandbox_app(context: Context, authority: Authority) -> FrontPage:
    """The service of this context with the front page before it."""
    return FrontPage(main.service(context), desk(context, authority))


def desk(context: Context, authority: Authority) -> Desk:
    """What the page stands on: the cards of this authority, workstations beside those of the commands."""
    settings = context.settings
    address = _address(settings)

    def card(name: str) -> Card:
        return Card.load(authority.cards / f"{name}.json")

    def client(name: str) -> Client:
        return Client(
            address,
            card(name),
            home=settings.home / "postes" / name,
            trust=authority.trust,
            audience=settings.audiences[0],
            now=context.now,
        )

    def prescriptions(raw: bytes, holder: Card) -> tuple[Prescription, ...]:
        return files.read_prescription(raw, holder, context.now()).prescriptions

    def execution(raw: bytes) -> Execution:
        return files.read_execution(raw, context.now())[1]

    async def alive() -> bool:
        return await is_alive(context.pool)

    return Desk(
        address=address,
        default_address=settings.port == DEFAULT_PORT,
        hosts=frozenset({"localhost", settings.host}),
        cards=_cards(),
        examples=_examples(),
        open_card=card,
        open_client=client,
        read_prescriptions=prescriptions,
        read_execution=execution,
        alive=alive,
        bug=_bug,
    )


def _cards() -> tuple[ShownCard, ...]:
    people = [ShownCard(name, who, place) for name, who, place in TEST_CARDS]
    employees = [ShownCard(name, who, place) for name, who, place, _ in EMPLOYEE_CARDS]
    structures = [ShownCard(name, who, place) for name, who, place in STRUCTURE_CARDS]
    return (*people, *employees, *structures, *(ShownCard(name, who, place) for name, who, place in AGENT_CARDS))


def _address(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host == ANY_ADDRESS else settings.host
    return f"http://{host}:{settings.port}"


def _examples() -> Path | None:
    """The folder of the repository that this runs from; None for an installed package, which has none."""
    folder = Path(ordonum.__file__).parents[2] / "examples"
    return folder if folder.is_dir() else None


def _bug(error: Exception) -> None:
    events.log(events.Event.BUG, logging.ERROR, kind=type(error).__name__, where="accueil")
