"""Whatever people do around a sheet, in any order, the real service answers as the naive reference does."""

from contextlib import ExitStack
from pathlib import Path

from machine import play
from service_driver import ServiceDriver, clients_of

from ordonum.cli.system import System
from ordonum.client.keys import HeldKeys

RUNS, STEPS = 10, 25


def test_ten_stories_of_twenty_five_steps_go_as_the_reference_says(own_system: System, tmp_path: Path) -> None:
    with ExitStack() as stack:
        clients = {who: stack.enter_context(client) for who, client in clients_of(own_system).items()}
        play(ServiceDriver(own_system, clients, HeldKeys(tmp_path / "keys")), runs=RUNS, steps=STEPS)
