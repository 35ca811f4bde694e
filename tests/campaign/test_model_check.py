"""The model check at full size, on the model alone and on the real service; and planted faults, each of which is found."""

import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from machine import play
from pure_driver import PureDriver
from scale import scaled
from service_driver import ServiceDriver, clients_of

from ordonum.cli.system import System
from ordonum.client.keys import HeldKeys
from ordonum.model import decisions, early, executant_acts, justification, registration, views
from ordonum.model import state as states
from ordonum.model.invoice import ScanReason
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Refusal
from ordonum.model.state import Remainder

SEED = random.SystemRandom().randrange(2**32)


def test_two_thousand_stories_of_fifty_steps_on_the_model() -> None:
    begun = time.monotonic()
    play(PureDriver(), runs=scaled(2400), steps=50, seed=SEED)
    print(f"{time.monotonic() - begun:.1f} s")


def test_two_hundred_stories_of_fifty_steps_on_the_real_service(own_system: System, tmp_path: Path) -> None:
    begun = time.monotonic()
    with ExitStack() as stack:
        clients = {who: stack.enter_context(client) for who, client in clients_of(own_system).items()}
        play(ServiceDriver(own_system, clients, HeldKeys(tmp_path / "keys")), runs=scaled(240), steps=50, seed=SEED)
    print(f"{time.monotonic() - begun:.1f} s")


# Faults planted in the model: the machine finds each of them --------------------------------------------------------


def _left(change: Callable[[Remainder], dict[str, Any]]) -> Callable[..., Remainder]:
    right = states._remainder

    def wrong(*args: Any, **named: Any) -> Remainder:
        found = right(*args, **named)
        return Remainder(**{name: getattr(found, name) for name in found.__struct_fields__} | change(found))

    return wrong


def _fewer(found: Remainder) -> dict[str, Any]:
    return {} if found.left is None else {"left": max(0, found.left - 1)}


def _without(refusal: Refusal) -> Callable[..., Any]:
    right = decisions._findings
    return lambda *args: (each for each in right(*args) if each.refusal is not refusal)


def _any_order(execution: Any, order: SignedOrder) -> bool:
    return bool(states.readable(order, execution.may, execution.by.profession))


def _any_family(execution: Any, order: SignedOrder) -> bool:
    return bool(execution.code_of == order.prescriber.rpps)


FAULTS: dict[str, tuple[Any, str, Any]] = {
    "one less is left": (states, "_remainder", _left(_fewer)),
    "more than the total is left": (states, "_remainder", _left(lambda found: {"left": found.total})),
    "a cancellation is ignored": (states, "stops", lambda cancelled, order: False),
    "anybody's early cancellation counts": (states, "stops", lambda cancelled, order: True),
    "a repeat is not recognised as its author's": (executant_acts, "same_author", lambda actor, by: False),
    "a repeat by anybody is recognised": (executant_acts, "same_author", lambda actor, by: True),
    "an early act with another prescriber's code joins": (states, "_joins", _any_order),
    "an early act of another family joins": (states, "_joins", _any_family),
    "an early act never joins": (states, "_joins", lambda act, order: False),
    "an early act is never in conflict": (views, "conflicts", lambda execution, state: ()),
    "more than left is not noticed": (decisions, "_quantity_findings", lambda execution, facts: ()),
    "a cancelled sheet is delivered": (decisions, "_findings", _without(Refusal.CANCELLED)),
    "anybody's name is the patient's": (decisions, "_same_identity", lambda execution, facts: True),
    "a reason opens a secured line": (decisions, "_findings", _without(Refusal.SECURED_MORE_THAN_LEFT)),
    "what does not say how much counts nothing": (states, "one_delivery", lambda line: 0),
    "renewals are not allowed": (states, "allowed", lambda line: line.quantity.value if line.quantity else 1),
    "anybody reads any family": (decisions, "readable", lambda order, may, profession: True),
    "now lasts a week": (decisions, "NOW_LASTS", timedelta(days=7)),
    "the future is accepted": (decisions, "CLOCK_TOLERANCE", timedelta(days=2)),
    "an order lasts for ever": (registration, "REGISTRATION_MONTHS", 24),
    "whatever is billed is justified": (
        justification,
        "_measured",
        lambda *args: ScanReason.JUSTIFIED,
    ),
    "what comes after accuses what came early": (early, "takewhile", lambda met, each: each),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_planted_fault_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, wrong = FAULTS[fault]
    monkeypatch.setattr(where, name, wrong)
    with pytest.raises(BaseException) as found:  # noqa: PT011  # one assertion, or hypothesis's group of several
        play(PureDriver(), runs=2000, steps=50, seed=SEED, shrink=False)
    assert isinstance(found.value, (AssertionError, BaseExceptionGroup))
