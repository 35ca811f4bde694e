"""Certificates shaped like the CPS ones: the path to a trusted root, the usage, and the professional they name.

Subject `C=FR, title=…, CN=8<RPPS>+SN=…+GN=…` (multi-valued), profession in extension 1.2.250.1.71.1.2.7 (IGC-Santé).
The DER form of that extension is not public: a string of two digits is assumed (docs/divergences.md).
"""

import asyncio
from datetime import datetime
from enum import Enum

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID, ObjectIdentifier
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathError, ValidationError

from ordonum.model.actors import Profession, Professional, Who
from ordonum.model.identifiers import Malformed, Rpps

PROFESSION_OID = ObjectIdentifier("1.2.250.1.71.1.2.7")
PERSON_PREFIX = "8"  # type of national identifier 1.2.250.1.71.4.2.1: 8 is RPPS
TEST_MARK = "TEST"


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
)


class Usage(Enum):
    """What a key of the card is for; one key, one use."""

    AUTHENTICATE = "digital_signature"
    SIGN = "non_repudiation"


class Untrusted(Exception):
    """No valid path from the certificate to a trusted root for this usage."""


class NotAProfessional(Exception):
    """The certificate names no health professional that we can read."""


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
    """The professional that a personal certificate names. Raises NotAProfessional."""
    try:
        common = _one(certificate, NameOID.COMMON_NAME)
        if not common.startswith(PERSON_PREFIX):
            raise NotAProfessional("CN")
        extension = certificate.extensions.get_extension_for_oid(PROFESSION_OID).value
        assert isinstance(extension, x509.UnrecognizedExtension)
        return Professional(
            rpps=Rpps(common[1:]),
            surname=_one(certificate, NameOID.SURNAME),
            given_name=_one(certificate, NameOID.GIVEN_NAME),
            profession=Profession(extension.value[2:].decode("ascii")),
        )
    except (Malformed, ValueError, LookupError, x509.ExtensionNotFound, AssertionError):
        raise NotAProfessional("sujet") from None


def holder(certificate: x509.Certificate) -> Who:
    """Whom a certificate names. Raises NotAProfessional."""
    return professional(certificate)


def national_id(who: Who) -> str:
    """The national identifier of a holder, as their certificate and their assertions write it."""
    return PERSON_PREFIX + who.rpps if isinstance(who, Professional) else str(who.id)


def is_test_root(certificate: x509.Certificate) -> bool:
    """Whether this root belongs to a test authority: its name says so, as IGC-Santé's do (OU=IGC-SANTE TEST)."""
    return names_test(certificate.subject)


def names_test(name: x509.Name) -> bool:
    """Whether a name says that its bearer is of a test authority."""
    return any(TEST_MARK in str(each.value).upper().split() for each in name)


def issuer_and_serial(certificate: x509.Certificate) -> tuple[bytes, str]:
    """What names a certificate in a revocation list: its issuer's name (DER) and its serial number (hexadecimal)."""
    return certificate.issuer.public_bytes(), f"{certificate.serial_number:x}"


def _one(certificate: x509.Certificate, oid: ObjectIdentifier) -> str:
    return str(certificate.subject.get_attributes_for_oid(oid)[0].value)
