"""Certificates shaped like those of IGC-Santé: the path to a trusted root, the usage, and whom they name.

- Professional: `C=FR, title=…, CN=8<RPPS>+SN=…+GN=…` (one relative name of three values), the profession in extension
  1.2.250.1.71.1.2.7 (DER INTEGER), the specialty in 1.2.250.1.71.4.2.5 (DER SEQUENCE OF UTF8String).
- Employee (CPE): `C=FR, O=…, OU=…, CN=<national id of the employee>+SN=…+GN=…`; SN and GN are absent from a card that
  does not name its holder: O and CN then stand for the name, as fiche PDT-INF-617 (GIE SESAM-Vitale, 25/09/2024) has it.
- Insurer's agent: `C=FR, O=<organisation>, OU=<scheme and fund>, CN=<agent's id>`, the mission in the extension
  2.25.147686692442698937377907376353728957073 (UTF8String), no name. All of it is ours: no national form is public.
- Structure: `C=FR, ST=…, O=<its name>, OU=<its national id>, CN=<what the applicant chose>`, no profession.

The forms of professionals and structures were read in the certificates of the published DMP samples (v02.05.00). Assumed:
the extension that carries an employee's role (that of the profession). See docs/divergences.md.
"""

import asyncio
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from asn1crypto import core
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID, ObjectIdentifier
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathError, ValidationError

from ordonum.model.actors import Agent, Employee, Professional, Structure, Who
from ordonum.model.identifiers import EmployeeId, SpecialtyCode
from ordonum.wire.native import make_identifier

PROFESSION_OID = ObjectIdentifier("1.2.250.1.71.1.2.7")
SPECIALTY_OID = ObjectIdentifier("1.2.250.1.71.4.2.5")
MISSION_OID = ObjectIdentifier("2.25.147686692442698937377907376353728957073")  # made from a UUID, as X.667 allows
PERSON_PREFIX = "8"  # type of national identifier 1.2.250.1.71.4.2.1: 8 is RPPS
TEST_MARK = "TEST"
FOR_PERSONS, FOR_STRUCTURES = "PERSONNES", "ORGANISATIONS"  # last word of the issuers' names in IGC-Santé
CERTIFICATES_KEPT = 1_024  # of the cards seen lately: reading one costs as much as verifying a signature
T = TypeVar("T", bound=Who)


# What hostile bytes make the two libraries raise.
_UNREADABLE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    UserWarning,  # what cryptography warns of (serial numbers, lengths of names), where warnings are errors
)


class Usage(Enum):
    """What a key of the card is for; one key, one use."""

    AUTHENTICATE = "digital_signature"
    SIGN = "non_repudiation"


class Untrusted(Exception):
    """No valid path from the certificate to a trusted root for this usage."""


class NotAProfessional(Exception):
    """The certificate names no health professional (or, for `holder`, nobody at all) that we can read."""


@lru_cache(maxsize=CERTIFICATES_KEPT)
def load(der: bytes) -> x509.Certificate:
    """A certificate from DER, all of whose parts that we use can be read. Raises Untrusted, whatever the bytes."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        parts = (
            certificate.public_key(),
            certificate.subject,
            certificate.issuer,
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
            list(certificate.extensions),
        )
        if certificate.serial_number <= 0:
            raise ValueError("serial")  # RFC 5280 §4.1.2.2; a revocation list could not name it
    except _UNREADABLE:
        raise Untrusted("ce n'est pas un certificat lisible") from None
    assert parts
    return certificate


def validate_chain(chain: tuple[bytes, ...], roots: tuple[bytes, ...], *, at: datetime, usage: Usage) -> None:
    """Raise Untrusted unless the chain (signer first, DER) leads to a root and stood at `at` for `usage`.

    Revocation is judged elsewhere, by serial number. Takes some milliseconds: never in an event loop.
    """
    try:
        parsed = [asn1.Certificate.load(der, strict=True) for der in chain]
        context = ValidationContext(
            trust_roots=[asn1.Certificate.load(der) for der in roots],
            moment=at,
            allow_fetching=False,
            revocation_mode="soft-fail",
        )
        validator = CertificateValidator(parsed[0], parsed[1:], validation_context=context)
        asyncio.run(validator.async_validate_usage({usage.value}))  # type: ignore[no-untyped-call]  # the library's
    except (ValidationError, PathError, PathBuildingError, *_UNREADABLE):
        raise Untrusted("pas de chemin vers une racine admise") from None


def professional(certificate: x509.Certificate) -> Professional:
    """The professional that a personal certificate names. Raises NotAProfessional, also for an employee or a structure."""
    who = holder(certificate)
    if not isinstance(who, Professional):
        raise NotAProfessional("titulaire")
    return who


def holder(certificate: x509.Certificate) -> Who:
    """Whom a certificate names; an employee's `under` is None, the assertion says it. Raises NotAProfessional.

    The profession tells a person from a structure: the CN of a structure's certificate is what its applicant chose, and
    may look like anybody's. An authority for persons names no structure, nor the other way round. A mission makes an
    agent of the insurer, who has no profession.
    """
    try:
        role, mission = _code(certificate, PROFESSION_OID), _code(certificate, MISSION_OID)
        if (FOR_STRUCTURES if role or mission else FOR_PERSONS) in _words(certificate.issuer):
            raise NotAProfessional("autorité")
        if mission is not None:
            return _agent(certificate, role, mission)
        if role is None:
            return _structure(certificate)
        if _one(certificate, NameOID.COMMON_NAME).startswith(PERSON_PREFIX):
            return _professional(certificate, role)
        return _employee(certificate, role)
    except _UNREADABLE:  # Malformed and msgspec's errors are ValueErrors
        raise NotAProfessional("sujet") from None


def national_id(who: Who) -> str:
    """The national identifier of a holder, as their certificate and their assertions write it."""
    return PERSON_PREFIX + who.rpps if isinstance(who, Professional) else str(who.id)


def _professional(certificate: x509.Certificate, profession: str) -> Professional:
    return _checked(
        Professional,
        rpps=_one(certificate, NameOID.COMMON_NAME).removeprefix(PERSON_PREFIX),
        surname=_one(certificate, NameOID.SURNAME),
        given_name=_one(certificate, NameOID.GIVEN_NAME),
        profession=profession,
        specialty=_specialty(certificate),
    )


def _employee(certificate: x509.Certificate, role: str) -> Employee:
    national = EmployeeId(_one(certificate, NameOID.COMMON_NAME))
    _ = national.structure  # Malformed unless the number of the structure that employs them holds too
    named = bool(certificate.subject.get_attributes_for_oid(NameOID.SURNAME))
    return _checked(
        Employee,
        id=national,
        surname=_one(certificate, NameOID.SURNAME if named else NameOID.ORGANIZATION_NAME),
        given_name=_one(certificate, NameOID.GIVEN_NAME if named else NameOID.COMMON_NAME),
        role=role,
    )


def _agent(certificate: x509.Certificate, role: str | None, mission: str) -> Agent:
    found = _checked(
        Agent,
        id=_one(certificate, NameOID.COMMON_NAME),
        organisation=_one(certificate, NameOID.ORGANIZATION_NAME),
        mission=mission,
    )
    if role is not None or found.id.insurer != _one(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME):
        raise NotAProfessional("agent")
    return found


def _structure(certificate: x509.Certificate) -> Structure:
    if certificate.subject.get_attributes_for_oid(NameOID.SURNAME):
        raise NotAProfessional("personne sans profession")
    return _checked(
        Structure,
        id=_one(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME),
        name=_one(certificate, NameOID.ORGANIZATION_NAME),
    )


def _checked(kind: type[T], **fields: Any) -> T:
    """The value as decoding would have made it: a name with hidden characters is no name."""
    return msgspec.convert(fields, kind, dec_hook=make_identifier)


def _specialty(certificate: x509.Certificate) -> str | None:
    """The first specialty, if it can be read: one that cannot takes nobody's card away."""
    try:
        found = _code(certificate, SPECIALTY_OID)
        return None if found is None else SpecialtyCode(found)
    except (NotAProfessional, *_UNREADABLE):
        return None


def _code(certificate: x509.Certificate, oid: ObjectIdentifier) -> str | None:
    """The code in a private extension, None without it: an INTEGER, a string, or the first of a SEQUENCE of strings."""
    try:
        extension = certificate.extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        return None
    value = core.load(extension.public_bytes(), strict=True).native
    if isinstance(value, dict):  # asn1crypto names the members of a bare SEQUENCE "0", "1"…
        value = value["0"]
    if not isinstance(value, (int, str)):
        raise NotAProfessional("extension")
    return str(value)


def is_test_root(certificate: x509.Certificate) -> bool:
    """Whether this root belongs to a test authority: its name says so, as IGC-Santé's do (OU=IGC-SANTE TEST)."""
    return names_test(certificate.subject)


def names_test(name: x509.Name) -> bool:
    """Whether a name says that its bearer is of a test authority."""
    return TEST_MARK in _words(name)


def _words(name: x509.Name) -> set[str]:
    return {word for each in name for word in str(each.value).upper().split()}


@lru_cache(maxsize=CERTIFICATES_KEPT)
def name_in_lists(der: bytes) -> tuple[bytes, str]:
    """What names this certificate in a revocation list. Raises Untrusted."""
    return issuer_and_serial(load(der))


@lru_cache(maxsize=CERTIFICATES_KEPT)
def holder_of(der: bytes) -> Who:
    """Whom this certificate names, as `holder`. Raises NotAProfessional, Untrusted."""
    return holder(load(der))


def issuer_and_serial(certificate: x509.Certificate) -> tuple[bytes, str]:
    """What names a certificate in a revocation list: its issuer's name (DER) and its serial number (hexadecimal)."""
    return certificate.issuer.public_bytes(), f"{certificate.serial_number:x}"


def _one(certificate: x509.Certificate, oid: ObjectIdentifier) -> str:
    """The only value of an attribute of the subject; two would let two readers read two things."""
    (found,) = certificate.subject.get_attributes_for_oid(oid)
    return str(found.value)
