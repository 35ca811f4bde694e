"""Native JSON: all the faults, their paths, never a value; canonical bytes that a new field does not move."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import a_beneficiary, a_medicine, a_prescription, a_text, an_execution, boxes, delivered
from ordonum.model.acts import ConsultRequest, ExecuteRequest, RegisterRequest
from ordonum.model.prescription import Prescription
from ordonum.model.refusals import Refusal, Refused
from ordonum.wire import native

SECRET = "DUPONTVALEUR"


def _faults(body: bytes, kind: type) -> set[tuple[str, str]]:
    with pytest.raises(Refused) as raised:
        native.read(body, kind)
    assert raised.value.refusal is Refusal.UNREADABLE
    told = json.dumps([(each.at, each.code, each.detail) for each in raised.value.faults], ensure_ascii=False)
    assert SECRET not in told
    return {(each.at, each.code) for each in raised.value.faults}


def _prescription(**changes: Any) -> bytes:
    return json.dumps(json.loads(native.write(a_prescription())) | changes).encode()


def test_every_fault_is_told_at_once() -> None:
    body = json.loads(native.write(a_prescription(lines=(a_medicine(1), a_medicine(2)))))
    body["patient"]["birth_date"] = SECRET
    body["patient"][SECRET] = SECRET
    del body["patient"]["surname"]
    body["lines"][0]["cip13"] = "3400930000121"
    body["lines"][1]["quantity"] = {"value": 0, "unit": SECRET}
    body["opposed"] = SECRET
    body["written_on"] = SECRET
    assert _faults(json.dumps(body).encode(), Prescription) == {
        ("$.patient.birth_date", "wrong-shape"),
        ("$.patient", "unknown-field"),
        ("$.patient.surname", "missing-field"),
        ("$.lines[0].cip13", "wrong-check-digit"),
        ("$.lines[1].quantity.value", "out-of-range"),
        ("$.lines[1].quantity.unit", "unknown-value"),
        ("$.opposed", "wrong-type"),
        ("$.written_on", "wrong-type"),
    }


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "too-short"),
        ([json.loads(native.write(a_medicine(2)))], "lines-are-numbered-from-1"),
        ([json.loads(native.write(a_medicine(quantity=None, duration_days=None)))], "duration-or-quantity-wanted"),
        ([{"kind": SECRET}], "unknown-kind"),
        ([SECRET], "wrong-type"),
        ({"a": 1}, "wrong-type"),
    ],
)
def test_what_the_lines_say_together_is_checked_too(lines: Any, code: str) -> None:
    assert code in {each for _, each in _faults(_prescription(lines=lines), Prescription)}


def test_a_medicine_outside_health_products_is_named() -> None:
    assert _faults(_prescription(family="nursing"), Prescription) == {("$", "line-outside-its-family")}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"nul",
        b'{"number": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"1e999",
        b'{"number": "N"',
        b'"' + b"a" * 10_000,
    ],
)
def test_what_is_not_json_is_refused_by_name(body: bytes) -> None:
    assert _faults(body, ConsultRequest)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=10), inside, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_any_json_at_all_is_read_or_refused(value: Any) -> None:
    for kind in (Prescription, RegisterRequest, ExecuteRequest):
        with pytest.raises(Refused):
            native.read(json.dumps(value).encode(), kind)


@given(st.data())
def test_one_field_replaced_by_anything_is_read_or_refused(data: st.DataObject) -> None:
    body = json.loads(native.write(an_execution(delivered(1, boxes(1)))))
    spot = data.draw(st.sampled_from(sorted(body)))
    body[spot] = data.draw(json_values)
    with contextlib.suppress(Refused):
        native.read(json.dumps(body).encode(), type(an_execution()))


@pytest.mark.parametrize("value", [a_prescription(), an_execution(), a_beneficiary(), a_text(), a_medicine()])
def test_what_is_written_is_read_back_the_same(value: Any) -> None:
    assert native.read(native.write(value), type(value)) == value


def test_canonical_bytes_have_no_defaults_and_sorted_keys() -> None:
    written = json.loads(native.canonical(a_text()))
    assert list(written) == sorted(written)
    assert "renewals" not in written
    assert written["kind"] == "free-text"


def test_a_key_that_stands_twice_in_a_signed_text_is_refused() -> None:
    native.refuse_duplicate_keys(b'{"a": {"b": 1}, "c": [{"b": 2}]}', at="$")
    with pytest.raises(Refused):
        native.refuse_duplicate_keys(b'{"a": {"b": 1, "b": 2}}', at="$")
