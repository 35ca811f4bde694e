"""Whatever people do around a sheet, in any order, the model answers as the naive reference does."""

import ast
import os
from pathlib import Path

import reference
from machine import play
from pure_driver import PureDriver

RUNS, STEPS = int(os.environ.get("ORDONUM_STORIES", "400")), 50
STATEMENTS_MAX = 130  # eleven kinds of acts, of which it knows a second time what refuses each and what each adds up to
ANSWERS = {  # what the stories must have met, or they prove little
    "register: recorded again exists-different number-taken signer-not-caller written-too-long-ago replaces-alone",
    "consult: answered not-your-family own-prescription unknown-number not-yet-registered cancelled",
    "read-back: answered not-registered not-your-prescription patient-opposed",
    "cancel: recorded again not-your-prescription colleague-reason-wanted already-cancelled already-executed replaced",
    "cancel: not-registered unknown-line line-already-stopped exists-different",
    "replace: recorded replaced already-cancelled already-executed not-registered not-your-prescription exists-different",
    "replace: colleague-reason-wanted replaces-differs replaces-another-patient replacement-beyond number-taken again",
    "withdraw: recorded again exists-different not-your-execution already-withdrawn unknown-execution unknown-line",
    "withdraw: not-yet-registered",
    "report: recorded again exists-different not-your-family",
    "copy: recorded not-registered not-your-prescription copy-not-asked copy-date copy-already",
    "recorded: answered not-recorded not-registered",
    "invoice: recorded again exists-different not-your-family unknown-number",
    "execute: recorded again exists-different cancelled replaced line-cancelled more-than-left secured-more-than-left",
    "execute: identity-differs anonymity-requested unknown-execution not-your-execution already-withdrawn",
    "execute: quantity-wanted unit-differs unknown-line not-your-family performed-in-future late-needs-already",
    "execute: performed-before-written not-yet-registered unknown-number",
}


def test_hundreds_of_stories_of_fifty_steps_go_as_the_reference_says() -> None:
    machine = play(PureDriver(), runs=RUNS, steps=STEPS)
    if RUNS < 400:
        return
    wanted = {f"{op}: {code}" for op, codes in (each.split(": ") for each in ANSWERS) for code in codes.split()}
    assert wanted - set(machine.played) == set()
    assert machine.steps["steps"] >= 300 * STEPS


def test_the_reference_stays_short_enough_to_be_believed() -> None:
    tree = ast.parse(Path(reference.__file__).read_text())
    headers = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef)
    bodies = [each for each in ast.walk(tree) if isinstance(each, ast.stmt) and not isinstance(each, headers)]
    texts = [each for each in bodies if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)]
    assert len(bodies) - len(texts) <= STATEMENTS_MAX
    assert not any(isinstance(each, ast.ImportFrom) and "ordonum" in (each.module or "") for each in ast.walk(tree))
