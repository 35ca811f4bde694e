"""The rules as the service applies them: what is asked at registration, and the stupéfiant that another prescription covers."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from ruled import PARIS, medicine

from factories import a_beneficiary, a_patient, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Client, Declined, EpuId
from ordonum.knowledge.drugs.base import Edition
from ordonum.knowledge.drugs.loaded import holding
from ordonum.model.beneficiary import Nir
from ordonum.model.identifiers import Cip13, NirKey
from ordonum.model.prescription import Prescription
from ordonum.model.products import MedicineLine
from ordonum.model.refusals import Refusal

PATIENT = a_patient(first_name="Jeanne", birth_date="1981-05-02")


def _morphine(**rest: Any) -> MedicineLine:
    return medicine("sulfate de morphine", days=28, of=28, secured=True, in_words=True, **rest)


def _registered(doctor: Client, line: MedicineLine) -> EpuId:
    made: Prescription = a_prescription(lines=(line,), patient=PATIENT)
    number = doctor.prescribe(made).number
    assert number is not None
    return number


def _a_nir() -> NirKey:
    """A number that no other test names."""
    body = f"281056912{uuid4().int % 10_000:04}"
    return NirKey(f"{body}{97 - int(body) % 97:02}")


def test_a_stupefiant_already_covered_is_refused_here_and_not_elsewhere(
    doctor: Client, pharmacy: Client, other_pharmacy: Client
) -> None:
    own = msgspec.structs.replace(
        a_beneficiary(first_name="Jeanne", birth_date="1981-05-02"), identity=Nir(_a_nir(), "self")
    )
    first, second = (_registered(doctor, _morphine()) for _ in range(2))
    pharmacy.execute(first, an_execution(delivered(1, boxes(28)), beneficiary=own))
    with pytest.raises(Declined) as raised:
        pharmacy.execute(second, an_execution(delivered(1, boxes(28)), beneficiary=own))
    assert raised.value.refusal is Refusal.RULE_REFUSES
    assert "chevauchement" in str(raised.value)
    last = datetime.now(PARIS).date() + timedelta(days=27)
    assert f"{last:%d/%m/%Y}" in str(raised.value)
    other_pharmacy.execute(second, an_execution(delivered(1, boxes(28)), beneficiary=own))
    meant = _registered(doctor, _morphine(overlap="traitement perdu"))
    pharmacy.execute(meant, an_execution(delivered(1, boxes(28)), beneficiary=own))


def test_the_service_reads_the_drug_base_whatever_the_workstation_reads(system: System, tmp_path: Path) -> None:
    empty = holding((), Edition(source="essai", of=date(2026, 1, 1), digest="", counts={}, whole=False))
    forged = medicine("paracétamol", cip13=Cip13("3400933323523"))  # a box of morphine
    with (
        Client(
            system.url, system.card("dr-martin"), home=tmp_path, trust=system.authority.trust, drugs=lambda: empty
        ) as unknowing,
        pytest.raises(Declined) as raised,
    ):
        _registered(unknowing, forged)
    assert raised.value.refusal is Refusal.RULE_REFUSES_PRESCRIBING
    assert "stupéfiant" in str(raised.value)


def test_what_a_rule_refuses_is_not_registered_and_an_override_answers_what_it_asks(doctor: Client) -> None:
    with pytest.raises(Declined) as raised:
        _registered(doctor, medicine("zopiclone", days=29))
    assert raised.value.refusal is Refusal.RULE_REFUSES_PRESCRIBING
    costly = medicine("bosentan")
    with pytest.raises(Declined) as raised:
        _registered(doctor, costly)
    assert raised.value.refusal is Refusal.RULE_ASKS_PRESCRIBING
    _registered(doctor, msgspec.structs.replace(costly, override="relais de l'hôpital, par téléphone"))
