"""The model check at full size, on the model alone and on the real service; and planted faults, each of which is found."""

import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from machine import ANSWERS, play
from msgspec.structs import replace
from pure_driver import PureDriver
from scale import SCALE, scaled
from service_driver import ServiceDriver, clients_of

from ordonum.cli.system import System
from ordonum.client.keys import HeldKeys
from ordonum.model import decisions, early, executant_acts, justification, measure, prescriber_acts, registration, views
from ordonum.model import state as states
from ordonum.model.invoice import ScanReason
from ordonum.model.kept import Cancelled, Executed, Replaced, Withdrawn
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.state import Remainder
from ordonum.model.stopping import CancelOutcome

AMENDED, OUTCOME = executant_acts.amended, prescriber_acts.outcome
SEED = random.SystemRandom().randrange(2**32)


def test_two_thousand_stories_of_fifty_steps_on_the_model() -> None:
    begun = time.monotonic()
    machine = play(PureDriver(), runs=scaled(2400), steps=50, seed=SEED)
    assert SCALE < 1 or ANSWERS - set(machine.played) == set()
    print(f"{time.monotonic() - begun:.1f} s")


def test_a_hundred_and_fifty_stories_of_fifty_steps_on_the_real_service(own_system: System, tmp_path: Path) -> None:
    begun = time.monotonic()
    with ExitStack() as stack:
        clients = {who: stack.enter_context(client) for who, client in clients_of(own_system).items()}
        play(ServiceDriver(own_system, clients, HeldKeys(tmp_path / "keys")), runs=scaled(150), steps=50, seed=SEED)
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


def _without_refusal(refusal: Refusal, right: Callable[..., Any]) -> Callable[..., Any]:
    """The decision without one of its refusals, wherever that stands in the column."""

    def wrong(*args: Any, **named: Any) -> Any:
        try:
            return right(*args, **named)
        except Refused as refused:
            if refused.refusal is not refusal:
                raise
        return CancelOutcome.NOTHING_GIVEN

    return wrong


def _as_if_it_had_never_been(actor: Any, execution: Any, now: states.State, acts: Any) -> states.State | None:
    if execution.corrects is None:
        return now
    executant_acts.amended(actor, execution.corrects.execution, now, states.joined(acts, now.order), at="$")
    return states.state([act for act in acts if act.act_id != execution.corrects.execution])


def _by_its_author(actor: Any, execution: Any, state: Any, executions: Any, *, at: str) -> Any:
    return AMENDED(
        next((each.by for each in executions if each.act_id == execution), actor), execution, state, executions, at=at
    )


def _standing_or_not(actor: Any, execution: Any, state: Any, executions: Any, *, at: str) -> Any:
    return AMENDED(actor, execution, replace(state, executions=executions), executions, at=at)


def _any_cancellation(cancelled: Cancelled, order: SignedOrder) -> bool:
    return True


def _lines_stop_the_whole(right: Callable[..., states.State | None]) -> Callable[..., states.State | None]:
    return lambda acts: right([replace(each, lines=()) if isinstance(each, Cancelled) else each for each in acts])


def _only_whole(right: Callable[..., states.State | None]) -> Callable[..., states.State | None]:
    return lambda acts: right([replace(each, lines=()) if isinstance(each, Withdrawn) else each for each in acts])


def _dropping(kind: type, right: Callable[..., states.State | None]) -> Callable[..., states.State | None]:
    return lambda acts: right([each for each in acts if not isinstance(each, kind)])


def _uncorrected(right: Callable[..., states.State | None]) -> Callable[..., states.State | None]:
    return lambda acts: right([replace(each, corrects=None) if isinstance(each, Executed) else each for each in acts])


def _of_no_place(actor: Any, *args: Any, **named: Any) -> None:
    if actor.rpps != args[1].prescriber.rpps:
        raise Refused(Refusal.NOT_YOUR_PRESCRIPTION)


FAULTS: dict[str, tuple[Any, str, Any]] = {
    "one less is left": (states, "_remainder", _left(_fewer)),
    "more than the total is left": (states, "_remainder", _left(lambda found: {"left": found.total})),
    "a cancellation is ignored": (states, "stops", lambda cancelled, order: False),
    "anybody's early cancellation counts": (states, "stops", _any_cancellation),
    "a repeat is not recognised as its author's": (executant_acts, "same_author", lambda actor, by: False),
    "a repeat by anybody is recognised": (executant_acts, "same_author", lambda actor, by: True),
    "an early act with another prescriber's code joins": (states, "_joins", _any_order),
    "an early act of another family joins": (states, "_joins", _any_family),
    "an early act never joins": (states, "_joins", lambda act, order: False),
    "an early act is never in conflict": (views, "conflicts", lambda execution, state: ()),
    "more than left is not noticed": (decisions, "_quantity_findings", lambda *args: ()),
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
    # what is stopped
    "a cancelled line stops the whole": (states, "state", _lines_stop_the_whole(states.state)),
    "a cancelled line is delivered": (decisions, "_findings", _without(Refusal.LINE_CANCELLED)),
    "a line is stopped twice": (
        prescriber_acts,
        "_check_line",
        _without_refusal(Refusal.LINE_ALREADY_STOPPED, prescriber_acts._check_line),
    ),
    "a line that is not there is stopped": (
        prescriber_acts,
        "_check_line",
        _without_refusal(Refusal.UNKNOWN_LINE, prescriber_acts._check_line),
    ),
    "anybody stops anything": (prescriber_acts, "check_may_stop", lambda *args: None),
    "a colleague needs no reason": (
        prescriber_acts,
        "check_may_stop",
        _without_refusal(Refusal.COLLEAGUE_REASON_WANTED, prescriber_acts.check_may_stop),
    ),
    "only the author stops": (prescriber_acts, "check_may_stop", _of_no_place),
    "an opposed patient's prescriber is told": (
        prescriber_acts,
        "outcome",
        lambda lines, state, *, opposed: OUTCOME(lines, state, opposed=False),
    ),
    "the outcome looks at all lines": (
        prescriber_acts,
        "outcome",
        lambda lines, state, *, opposed: OUTCOME((), state, opposed=opposed),
    ),
    # what is replaced
    "a replacement ends nothing": (states, "state", _dropping(Replaced, states.state)),
    "a replaced sheet is replaced again": (prescriber_acts, "_refuse_stopped", lambda *args: None),
    "the new order names any other": (
        prescriber_acts,
        "check_replacement",
        _without_refusal(Refusal.REPLACES_DIFFERS, prescriber_acts.check_replacement),
    ),
    "another patient's order replaces": (
        prescriber_acts,
        "check_replacement",
        _without_refusal(Refusal.REPLACES_ANOTHER_PATIENT, prescriber_acts.check_replacement),
    ),
    "the new order carries what was delivered": (prescriber_acts, "_beyond", lambda new, state: ()),
    # what is taken back
    "a withdrawal brings nothing back": (states, "state", _dropping(Withdrawn, states.state)),
    "a line taken back takes the whole back": (states, "state", _only_whole(states.state)),
    "a correction adds to what it corrects": (states, "state", _uncorrected(states.state)),
    "a correction of a correction counts the first twice": (executant_acts, "judged_on", _as_if_it_had_never_been),
    "a correction is judged with what it corrects": (
        executant_acts,
        "judged_on",
        lambda actor, execution, now, acts: now,
    ),
    "anybody takes back": (executant_acts, "amended", _by_its_author),
    "what was taken back is taken back again": (executant_acts, "amended", _standing_or_not),
    # what the patient asked
    "a number comes in where anonymity was asked for": (decisions, "_check_anonymity", lambda execution, order: None),
    "what is anonymous and over stays open": (decisions, "_closed", lambda actor, state: False),
    "any copy is acknowledged": (prescriber_acts, "check_copy", lambda *args, **named: None),
    # how a line is counted
    "one delivery is the whole": (states, "one_delivery", lambda line: measure.allowed(line) or 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_planted_fault_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, wrong = FAULTS[fault]
    monkeypatch.setattr(where, name, wrong)
    with pytest.raises(BaseException) as found:  # noqa: PT011  # one assertion, or hypothesis's group of several
        play(PureDriver(), runs=2000, steps=50, seed=SEED, shrink=False)
    every = found.value.exceptions if isinstance(found.value, BaseExceptionGroup) else (found.value,)
    assert any(isinstance(each, AssertionError) for each in every), "what was planted is broken, and not found"
