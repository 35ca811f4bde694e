"""The examples are what they say: read, sourced code by code, printed, registered, read by the right profession, executed."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from msgspec import inspect

from ordonum.cli import consultation, files
from ordonum.cli.system import System
from ordonum.client import EpuId, Origin, Prescription
from ordonum.client.dosing import dosed
from ordonum.knowledge.drugs.contents import contents_of
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.model.actors import Profession
from ordonum.model.lines import IN_SCOPE, Family
from ordonum.model.prescription import FAMILY_OF
from ordonum.wire import scan

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SHARED = Path(os.environ.get("ORDONUM_SHARED_DATA") or ROOT.parent / "shared" / "data")
BODIES: dict[str, Any] = {
    str(each.relative_to(EXAMPLES).with_suffix("")): json.loads(each.read_text()) for each in EXAMPLES.rglob("*.json")
}
WRITTEN = sorted(each for each in BODIES if "patient" in BODIES[each] and not each.startswith("refusees/"))
REFUSED = {
    "refusees/transport": "transport-out-of-scope",
    "refusees/faite-et-executee-dedans": "made-and-executed-inside",
}
EXECUTIONS = sorted(each for each in BODIES if "given" in BODIES[each])
SHEETS = [(name, rank) for name in WRITTEN for rank in range(1, len(BODIES[name].get("sheets", [None])) + 1)]

# Whose test card reads a sheet of each family, or addressed to each profession. A card that the sandbox does not have
# (yet) is skipped, and said.
READER: dict[Family, str] = {
    Family.HEALTH_PRODUCTS: "pharmacie-centre",
    Family.NURSING: "infirmiere-diallo",
    Family.PHYSIOTHERAPY: "kine-bernard",
    Family.BIOLOGY: "biologiste-henry",
    Family.SPEECH_THERAPY: "orthophoniste-lefevre",
    Family.ORTHOPTICS: "orthoptiste-mercier",
    Family.PODIATRY: "podologue-blanc",
    Family.OPTICS: "opticien-dupuis",
}
ADDRESSED: dict[Profession, str] = {Profession.RADIOGRAPHER: "manipulateur-perez"}

# The files of before the numbered ones: what is executed of what.
OF = {
    "delivrance": ("ordonnance", 1),
    "deja-remis": ("renouvellement", 1),
    "seance": ("soins-infirmiers", 1),
    "08-delivrance-pansements": ("08-pansements-consultation", 2),
}
CODES = ("cip13", "cis", "ucd13", "virtual", "lpp", "nabm", "code")


def _prescriptions(system: System, name: str) -> tuple[Prescription, ...]:
    raw = (EXAMPLES / f"{name}.json").read_bytes()
    return files.read_prescription(raw, system.card("dr-martin"), system.now()).prescriptions


def _register(system: System, name: str, rank: int) -> tuple[Prescription, UUID, EpuId]:
    prescription = _prescriptions(system, name)[rank - 1]
    with system.client("remplacante-simon" if prescription.replaced else "dr-martin") as doctor:
        done = doctor.prescribe(prescription)
        assert done.number is not None
        assert scan.find_code(doctor.sheet(done.act_id)).content.number == done.number
        return prescription, done.act_id, done.number


def _reader(system: System, prescription: Prescription) -> str:
    to = prescription.addressed_to
    return READER[prescription.family] if to is None else ADDRESSED[to]


def _of(execution: str) -> tuple[str, int]:
    if execution in OF:
        return OF[execution]
    (name,) = (each for each in WRITTEN if each.startswith(execution[:3]))
    return name, 1


def _coded(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every code of a body: the field, the code. A speech therapist's `act` is a choice, an execution's a code."""
    if isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, str) and (name in CODES or (name == "act" and each.isupper())):
                yield name, each
            yield from _coded(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _coded(each, key)


def test_every_family_and_every_kind_of_line_has_its_example(system: System) -> None:
    assert len(WRITTEN) >= 28
    found = [each for name in WRITTEN for each in _prescriptions(system, name)]
    assert {each.family for each in found} == set(IN_SCOPE)
    assert {type(line) for each in found for line in each.lines} >= set(FAMILY_OF)


@pytest.mark.parametrize(("name", "rank"), SHEETS)
def test_an_example_is_printed_registered_and_read_by_the_right_profession(
    system: System, name: str, rank: int
) -> None:
    prescription, _, number = _register(system, name, rank)
    with system.client(_reader(system, prescription)) as reader:
        signed = dosed(prescription, contents_of(formulary()))  # dosages that are understood get their structure
        assert reader.consult(number, Origin.PAPER).order.lines == signed.lines


@pytest.mark.parametrize("name", sorted({_of(each) for each in EXECUTIONS}))
def test_the_executions_of_an_example_are_recorded_in_their_order(system: System, name: tuple[str, int]) -> None:
    prescription, _, number = _register(system, *name)
    executions = [each for each in EXECUTIONS if _of(each) == name]
    with system.client(_reader(system, prescription)) as executant:
        for each in executions:
            _, execution = files.read_execution((EXAMPLES / f"{each}.json").read_bytes(), system.now())
            done = executant.execute(number, execution)
            assert done.acknowledgement.in_conflict == (), each
        assert len(executant.consult(number, Origin.PAPER).view.executions) == len(executions)


@pytest.mark.parametrize(("name", "code"), REFUSED.items())
def test_what_the_circuit_does_not_carry_is_refused_before_it_is_sent(system: System, name: str, code: str) -> None:
    (prescription,) = _prescriptions(system, name)
    refused = consultation.out_of_scope(prescription)
    assert refused is not None
    assert refused.problem.code == code


def _fields(kind: Any, seen: set[Any]) -> Iterator[str]:
    """The names of all fields below a type, and the values of its enumerations of what is prescribed and done."""
    if isinstance(kind, inspect.StructType) and kind.cls not in seen:
        seen.add(kind.cls)
        yield from (field.encode_name for field in kind.fields)
        yield from ([str(kind.tag)] if kind.tag else [])
        for field in kind.fields:
            yield from _fields(field.type, seen)
    elif isinstance(kind, inspect.EnumType) and kind.cls is not Profession:
        yield from (str(each.value) for each in kind.cls)
    elif isinstance(kind, inspect.UnionType):
        for each in kind.types:
            yield from _fields(each, seen)
    elif isinstance(kind, (inspect.VarTupleType, inspect.Metadata)):
        yield from _fields(kind.item_type if isinstance(kind, inspect.VarTupleType) else kind.type, seen)


@pytest.mark.parametrize("kind", [files.PrescriptionFile, files.ConsultationFile, files.ExecutionFile])
def test_the_page_of_files_names_every_field_and_every_choice(kind: type) -> None:
    page = (ROOT / "docs" / "fichiers.md").read_text()
    named = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`]+)`", page))))
    assert set(_fields(inspect.type_info(kind), set())) - named == set()


def test_every_example_stands_in_the_page_of_examples() -> None:
    page = (EXAMPLES / "README.md").read_text()
    for name in BODIES:
        assert f"`{name}.json`" in page, name


def test_every_code_of_an_example_has_its_source_and_none_is_left_over() -> None:
    rows = [line for line in (EXAMPLES / "SOURCES.md").read_text().splitlines() if line.startswith("|")]
    used = {(code, name) for name, body in BODIES.items() for _, code in _coded(body)}
    for code, name in used:
        assert any(f"| {code} |" in row and f"`{name}`" in row for row in rows), f"{name} : {code}"
    named = {(row.split(" | ")[1], name) for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert named == used


# What the public base of medicines says, where it is at hand ----------------------------------------------------------


def _table(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a file of the BDPM. Skips, saying so, where it is not there."""
    file = SHARED / "bdpm" / name
    if not file.exists():
        pytest.skip(f"la base publique des médicaments n'est pas là ({file.name}) : les codes ne sont pas revus")
    return tuple(tuple(line.split("\t")) for line in file.read_text().splitlines() if line.strip())


def _products(value: Any) -> Iterator[dict[str, Any]]:
    """Every object that names a product by its codes."""
    if isinstance(value, dict):
        if not value.keys().isdisjoint(("cip13", "cis", "virtual")):
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _products(each)


def _all_products() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, body in BODIES.items():
        for product in _products(body):
            yield name, product


def test_a_medicine_is_marketed_and_named_as_in_the_public_base() -> None:
    presentations = {row[6]: row for row in _table("CIS_CIP_bdpm.txt")}
    labels = {row[0]: row[1].strip() for row in _table("CIS_bdpm.txt")}
    for name, product in _all_products():
        cis = product.get("cis")
        if "cip13" in product:
            row = presentations[product["cip13"]]
            assert row[4].startswith("Déclaration de commercialisation"), (name, product["cip13"])
            assert cis in (None, row[0]), (name, product["cip13"])
            cis = row[0]
        said = product.get("label") or product.get("product")
        if said is not None and cis is not None:
            assert said == labels[cis], (name, said)


def test_a_substance_has_the_code_and_name_of_the_public_base() -> None:
    known = {(row[0], row[2], row[3].strip().casefold()) for row in _table("CIS_COMPO_bdpm.txt")}
    for name, product in _all_products():
        for each in product.get("substances", []):
            if "code" in each:
                assert (product["cis"], each["code"], each["name"].casefold()) in known, (name, each)


def test_a_virtual_medicine_is_named_as_in_the_posology_cases() -> None:
    cases = sorted((SHARED / "has-posologies").glob("*.fsh"))
    if not cases:
        pytest.skip("les cas de posologie de la HAS ne sont pas là : les codes Medicabase ne sont pas revus")
    text = "\n".join(each.read_text() for each in cases)
    for name, product in _all_products():
        if "virtual" in product:
            assert f'#{product["virtual"]} "{product["label"]}"' in text, (name, product["label"])
