"""Whom a certificate names: three kinds of holders, and whatever else bytes may say."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier
from hypothesis import example, given
from hypothesis import strategies as st

from factories import DOCTOR, NOON, PLACE
from ordonum.model.actors import Agent, Employee, EmployeeRole, Profession, Structure, Who
from ordonum.model.identifiers import EmployeeId, StructureId
from ordonum.sandbox import issuing, people, places
from ordonum.wire import certificates
from ordonum.wire.certificates import MISSION_OID, PROFESSION_OID, SPECIALTY_OID, NotAProfessional, Untrusted

KEY = ec.generate_private_key(ec.SECP256R1())
PERSONS = issuing.authority("TEST AC ORDONUM ELEMENTAIRE PERSONNES", NOON)
STRUCTURES = issuing.authority("TEST AC ORDONUM ELEMENTAIRE ORGANISATIONS", NOON)
CARDIOLOGIST = people.professional(7, "FAURE", "Hélène", Profession.DOCTOR, specialty="SM04")
ASSISTANT = people.EMPLOYEE_CARDS[0][1]
PHARMACY = people.STRUCTURE_CARDS[0][1]
AGENTS = [who for _, who, _ in people.AGENT_CARDS]
AN_AGENT = [
    (NameOID.ORGANIZATION_NAME, "CAISSE"),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "01691"),
    (NameOID.COMMON_NAME, "01691/AGT1"),
]
OFFICE = b"\x0c\x06office"
DOCTOR_CODE, SM26 = b"\x02\x01\x0a", b"\x30\x06\x0c\x04SM26"  # the very bytes of the samples of IGC-Santé
Named = list[tuple[ObjectIdentifier, str]]


def _certificate(
    named: Named, extensions: dict[ObjectIdentifier, bytes], *, issuer: str = "TEST AC"
) -> x509.Certificate:
    """A certificate that says this; whether anybody signed it is judged elsewhere."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(oid, value) for oid, value in named]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
    )
    for oid, value in extensions.items():
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, value), critical=False)
    return builder.sign(KEY, hashes.SHA256())


def _person(common: str, surname: str = "LIBRE", given_name: str = "Max") -> Named:
    return [(NameOID.COMMON_NAME, common), (NameOID.SURNAME, surname), (NameOID.GIVEN_NAME, given_name)]


DOCTOR_SUBJECT = _person("8" + DOCTOR.rpps)


@pytest.mark.parametrize("who", [DOCTOR, CARDIOLOGIST, ASSISTANT, PHARMACY], ids=lambda who: who.author)
def test_a_certificate_names_whom_it_was_made_for(who: Who) -> None:
    issuer = STRUCTURES if isinstance(who, Structure) else PERSONS
    span = issuing.Span(NOON, NOON + timedelta(days=1))
    made = issuing.of_holder(who, KEY, span, signs=True, organisation=PLACE.name, issuer=issuer)
    read = certificates.load(made.public_bytes(serialization.Encoding.DER))
    assert certificates.holder(read) == who


def test_the_private_extensions_are_those_of_the_published_samples() -> None:
    generalist = people.professional(1, "LIBRE", "MAX", Profession.DOCTOR, specialty="SM26")
    assert dict(issuing.private_extensions(generalist)) == {PROFESSION_OID: DOCTOR_CODE, SPECIALTY_OID: SM26}
    read = certificates.professional(_certificate(DOCTOR_SUBJECT, {PROFESSION_OID: DOCTOR_CODE, SPECIALTY_OID: SM26}))
    assert (read.profession, read.specialty) == (Profession.DOCTOR, "SM26")


@pytest.mark.parametrize("value", [b"\x13\x0210", b"\x0c\x0210", DOCTOR_CODE])
def test_a_profession_written_as_a_text_is_read_too(value: bytes) -> None:
    assert (
        certificates.professional(_certificate(DOCTOR_SUBJECT, {PROFESSION_OID: value})).profession is Profession.DOCTOR
    )


@pytest.mark.parametrize("value", [b"\x30\x00", b"\x30\x06\x0c\x04sm26", b"\x05\x00", b"", b"\xff"])
def test_a_specialty_that_cannot_be_read_takes_no_card_away(value: bytes) -> None:
    certificate = _certificate(DOCTOR_SUBJECT, {PROFESSION_OID: DOCTOR_CODE, SPECIALTY_OID: value})
    assert certificates.professional(certificate).specialty is None


def test_a_card_that_does_not_name_its_holder_is_named_by_its_structure() -> None:
    named = [(NameOID.ORGANIZATION_NAME, "PHARMACIE DU CENTRE"), (NameOID.COMMON_NAME, str(ASSISTANT.id))]
    who = certificates.holder(_certificate(named, {PROFESSION_OID: b"\x02\x01\x27"}))
    assert who == Employee(ASSISTANT.id, "PHARMACIE DU CENTRE", str(ASSISTANT.id), EmployeeRole.PHARMACY_ASSISTANT)


def test_a_structure_is_named_by_its_organisation_whatever_common_name_it_chose() -> None:
    named = [
        (NameOID.ORGANIZATION_NAME, "CENTRE DE SANTE"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "10B0127189"),
        (NameOID.COMMON_NAME, "8" + DOCTOR.rpps),
    ]
    certificate = _certificate(named, {})
    assert certificates.holder(certificate) == Structure(StructureId("10B0127189"), "CENTRE DE SANTE")
    with pytest.raises(NotAProfessional):
        certificates.professional(certificate)


@pytest.mark.parametrize("who", [ASSISTANT, PHARMACY, *AGENTS], ids=lambda who: who.author)
def test_who_is_no_professional_is_not_taken_for_one(who: Employee | Structure | Agent) -> None:
    issuer = STRUCTURES if isinstance(who, Structure) else PERSONS
    span = issuing.Span(NOON, NOON + timedelta(days=1))
    with pytest.raises(NotAProfessional):
        certificates.professional(issuing.of_holder(who, KEY, span, signs=True, organisation="X", issuer=issuer))


def test_an_authority_for_one_kind_does_not_name_the_other() -> None:
    span = issuing.Span(NOON, NOON + timedelta(days=1))
    for who, issuer in ((DOCTOR, STRUCTURES), (ASSISTANT, STRUCTURES), (PHARMACY, PERSONS), (AGENTS[0], STRUCTURES)):
        with pytest.raises(NotAProfessional, match="autorité"):
            certificates.holder(issuing.of_holder(who, KEY, span, signs=False, organisation="X", issuer=issuer))


@pytest.mark.parametrize(
    ("named", "role"),
    [
        (_person("899700366241"), DOCTOR_CODE),  # wrong check digit
        (_person("0691234567"), DOCTOR_CODE),  # ADELI
        (_person("8" + DOCTOR.rpps), b"\x02\x01\x63"),  # profession 99
        (_person("8" + DOCTOR.rpps), b""),
        (_person("8" + DOCTOR.rpps), b"\x01\x01\xff"),
        (_person("8" + DOCTOR.rpps, surname="LI\u202eBRE"), DOCTOR_CODE),
        (_person("8" + DOCTOR.rpps, given_name=" "), DOCTOR_CODE),
        ([*DOCTOR_SUBJECT, (NameOID.COMMON_NAME, "8" + DOCTOR.rpps)], DOCTOR_CODE),
        ([(NameOID.COMMON_NAME, "8" + DOCTOR.rpps)], DOCTOR_CODE),
        (_person("3750000001/CPET00001"), b"\x02\x01\x27"),  # the structure's FINESS has a wrong check digit
        (_person(f"3{places.finess(1)}/"), b"\x02\x01\x27"),
        (_person(f"3{places.finess(1)}/CPET00001"), DOCTOR_CODE),  # no employee's role
        (_person("8" + DOCTOR.rpps), None),
        ([(NameOID.ORGANIZATION_NAME, "X"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "1750512302")], None),
        ([(NameOID.ORGANIZATIONAL_UNIT_NAME, "10B0127189")], None),
    ],
)
def test_what_names_nobody_is_said_to(named: Named, role: bytes | None) -> None:
    certificate = _certificate(named, {} if role is None else {PROFESSION_OID: role})
    with pytest.raises(NotAProfessional):
        certificates.holder(certificate)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_whatever_the_extensions_hold_the_answer_is_a_holder_or_nobody(role: bytes, specialty: bytes) -> None:
    certificate = _certificate(DOCTOR_SUBJECT, {PROFESSION_OID: role, SPECIALTY_OID: specialty})
    try:
        certificates.holder(certificate)
    except NotAProfessional:
        return


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=8))
@example(15, b"\x80")  # a negative serial number
def test_whatever_a_certificate_is_made_of_the_answer_is_a_holder_or_nobody(at: int, hostile: bytes) -> None:
    span = issuing.Span(NOON, NOON + timedelta(days=1))
    made = issuing.of_holder(CARDIOLOGIST, KEY, span, signs=True, organisation="X", issuer=PERSONS)
    der = bytearray(made.public_bytes(serialization.Encoding.DER))
    place = at % len(der)
    der[place : place + len(hostile)] = hostile
    try:
        certificates.holder(certificates.load(bytes(der)))
    except (Untrusted, NotAProfessional):
        return


def test_the_number_of_an_employee_tells_the_structure() -> None:
    assert ASSISTANT.id.structure == PHARMACY.id
    assert EmployeeId(f"5{places.siret(1)}/A1").structure == "3" + places.siret(1)


@pytest.mark.parametrize("agent", AGENTS, ids=lambda who: who.mission.value)
def test_an_agent_is_named_by_organisation_number_and_mission(agent: Agent) -> None:
    span = issuing.Span(NOON, NOON + timedelta(days=1))
    made = issuing.of_holder(agent, KEY, span, signs=False, organisation="X", issuer=PERSONS)
    assert certificates.holder(made) == agent
    assert not made.subject.get_attributes_for_oid(NameOID.SURNAME)


@pytest.mark.parametrize(
    ("named", "extensions"),
    [
        (AN_AGENT, {MISSION_OID: b"\x0c\x04king"}),  # no such mission
        (AN_AGENT, {MISSION_OID: OFFICE, PROFESSION_OID: DOCTOR_CODE}),  # nobody is both
        ([AN_AGENT[0], (NameOID.ORGANIZATIONAL_UNIT_NAME, "01692"), AN_AGENT[2]], {MISSION_OID: OFFICE}),
        ([*AN_AGENT[:2], (NameOID.COMMON_NAME, "8" + DOCTOR.rpps)], {MISSION_OID: OFFICE}),
        (AN_AGENT[1:], {MISSION_OID: OFFICE}),
        ([*AN_AGENT, (NameOID.COMMON_NAME, "01691/AGT2")], {MISSION_OID: OFFICE}),
    ],
)
def test_what_names_no_agent_is_said_to(named: Named, extensions: dict[ObjectIdentifier, bytes]) -> None:
    assert isinstance(certificates.holder(_certificate(AN_AGENT, {MISSION_OID: OFFICE})), Agent)
    with pytest.raises(NotAProfessional):
        certificates.holder(_certificate(named, extensions))
