"""What the service says of itself, in its log and its figures, comes from closed lists: nothing a caller writes can enter."""

import ast
from collections.abc import Iterator
from pathlib import Path

import httpx2
from prometheus_client.parser import text_string_to_metric_families as families

from factories import a_prescription
from ordonum import __version__
from ordonum.cli.system import System
from ordonum.client import Client
from ordonum.model.refusals import Refusal
from ordonum.server import metrics
from ordonum.server.api.operations import OPERATIONS
from ordonum.server.api.reference import LOOKUPS
from ordonum.server.events import FIELDS, Event
from raw import post, token

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PAGE = ROOT / "docs/exploitation.md"

_OPERATIONS = {each.name for each in OPERATIONS}
_LOOKUPS = {each.name for each in LOOKUPS}
_CODES = {each.code for each in Refusal}
LABELS = {
    "operation": _OPERATIONS | _LOOKUPS | {"health", "metrics", "token", "acknowledgement-keys", "published-keys"},
    "outcome": _CODES | {metrics.DONE, metrics.REPLAYED, metrics.BUG, metrics.GONE, "recorded"},
    "act": _OPERATIONS,
    "code": _CODES,
    "state": {"used", "idle"},
    "version": {__version__},
    "le": {str(each) for each in (*metrics.BUCKETS, "+Inf")},
}


def _calls_of_log() -> Iterator[tuple[Path, ast.Call]]:
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and (
                (isinstance(node.func, ast.Name) and node.func.id == "log")
                or (isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "events.log")
            ):
                yield file, node


def _events_named(node: ast.AST) -> set[str]:
    return {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and ast.unparse(each.value).endswith("Event")
    }


def test_a_line_of_the_log_bears_an_event_and_fields_of_the_closed_lists_only() -> None:
    calls = list(_calls_of_log())
    assert len(calls) > 15
    for file, call in calls:
        assert _events_named(call.args[0]) <= {each.name for each in Event}, (file, call.lineno)
        assert _events_named(call.args[0]), (file, call.lineno)
        assert {each.arg for each in call.keywords} <= set(FIELDS), (file, call.lineno)
        for text in [*call.args[1:], *(each.value for each in call.keywords)]:
            assert not any(isinstance(each, ast.JoinedStr) for each in ast.walk(text)), (file, call.lineno)


def test_every_event_and_every_field_is_used_and_means_something() -> None:
    calls = [call for _, call in _calls_of_log()]
    assert set().union(*(_events_named(each.args[0]) for each in calls)) == {each.name for each in Event}
    assert {keyword.arg for each in calls for keyword in each.keywords} == set(FIELDS)
    assert all(each.meaning.endswith(".") for each in Event)


def test_the_page_for_those_who_run_the_service_lists_events_fields_figures_and_settings() -> None:
    page = PAGE.read_text()
    for event in Event:
        assert f"| `{event.value}` | {event.meaning} |" in page
    for name in FIELDS:
        assert f"| `{name}` |" in page
    settings = (ROOT / "src/ordonum/server/settings.py").read_text()
    for each in ast.walk(ast.parse(settings)):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.startswith("ORDONUM_"):
            assert f"`{each.value}`" in page, each.value


def test_labels_and_their_values_come_from_closed_lists(system: System, doctor: Client) -> None:
    doctor.prescribe(a_prescription())
    bearer = token(doctor, system)
    for operation in OPERATIONS:
        for body in (b"{}", b"ZQ", b'{"number": "BCDEFGHJKLNPRSTUVX"}'):
            post(system, operation.path, body, bearer=bearer)
    httpx2.get(f"{system.url}/v1/keys/tomorrow")
    seen = set()
    for family in families(httpx2.get(f"{system.url}/metrics").text):
        for sample in family.samples:
            for label, value in sample.labels.items():
                assert value in LABELS[label], (sample.name, label, value)
                seen.add(label)
    assert seen == set(LABELS)
