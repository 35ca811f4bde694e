"""The certificates of the test authority, shaped like IGC-Santé's (forms and sources: `wire.certificates`). No files."""

from datetime import datetime, timedelta

from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from msgspec import Struct

from ordonum.model.actors import Agent, Employee, Professional, Structure, Who
from ordonum.wire.certificates import MISSION_OID, PERSON_PREFIX, PROFESSION_OID, SPECIALTY_OID

POLICY = ObjectIdentifier("1.2.250.1.213.1.7.2.1.1.1.1")
AUTHORITY_LASTS = timedelta(days=10 * 365)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Issuer(Struct, frozen=True):
    """An authority that signs: its certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def __repr__(self) -> str:
        return "Issuer(…)"


class Span(Struct, frozen=True):
    """From when to when a certificate stands."""

    start: datetime
    end: datetime


def authority(common: str, start: datetime, *, above: Issuer | None = None) -> Issuer:
    """A new authority of this common name, signed by the one above; by itself, a root, without one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _authority_name(common)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(above.certificate.subject if above else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_key_usage(certify=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(above.key if above else key, hashes.SHA256())
    )
    return Issuer(certificate, key)


def of_holder(who: Who, key: Key, span: Span, *, signs: bool, organisation: str, issuer: Issuer) -> x509.Certificate:
    """A certificate that names `who`, to sign or to authenticate; `organisation` is where an employee works."""
    extended = ExtendedKeyUsageOID.EMAIL_PROTECTION if signs else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = (
        x509.CertificateBuilder()
        .subject_name(_subject(who, organisation))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(span.start)
        .not_valid_after(span.end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(sign=signs, authenticate=not signs), critical=True)
        .add_extension(x509.ExtendedKeyUsage([extended]), critical=False)
        .add_extension(x509.CertificatePolicies([x509.PolicyInformation(POLICY, None)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_authority_key(issuer.certificate), critical=False)
    )
    for oid, value in private_extensions(who):
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, value), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def private_extensions(who: Who) -> list[tuple[ObjectIdentifier, bytes]]:
    """What the certificate says besides the name: profession or role (INTEGER), specialty (SEQUENCE OF UTF8String), mission."""
    if isinstance(who, Structure):
        return []
    if isinstance(who, Agent):
        return [(MISSION_OID, core.UTF8String(who.mission.value).dump())]
    role = who.profession.value if isinstance(who, Professional) else who.role.value
    found = [(PROFESSION_OID, core.Integer(int(role)).dump())]
    if isinstance(who, Professional) and who.specialty is not None:
        found.append((SPECIALTY_OID, _Codes([str(who.specialty)]).dump()))
    return found


class _Codes(core.SequenceOf):  # type: ignore[misc]  # asn1crypto has no types
    _child_spec = core.UTF8String


_NOBODYS_NAME = (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.COMMON_NAME)


def _subject(who: Who, organisation: str) -> x509.Name:
    """Relative names in the order of IGC-Santé; what names a person is one of three values."""
    if isinstance(who, (Structure, Agent)):
        own = (who.name, who.id, who.name) if isinstance(who, Structure) else (who.organisation, who.id.insurer, who.id)
        named = zip(_NOBODYS_NAME, own, strict=True)
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in ((NameOID.COUNTRY_NAME, "FR"), *named)])
    before = [x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")]
    if isinstance(who, Employee):
        before.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
        before.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, who.id.structure))
    else:
        before.append(x509.NameAttribute(NameOID.TITLE, who.profession.label.capitalize()))
    person = [
        x509.NameAttribute(NameOID.COMMON_NAME, PERSON_PREFIX + who.rpps if isinstance(who, Professional) else who.id),
        x509.NameAttribute(NameOID.SURNAME, who.surname),
        x509.NameAttribute(NameOID.GIVEN_NAME, who.given_name),
    ]
    return x509.Name([*(x509.RelativeDistinguishedName([each]) for each in before), _several(person)])


def _several(values: list[x509.NameAttribute[str]]) -> x509.RelativeDistinguishedName:
    return x509.RelativeDistinguishedName(values)


def _authority_name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ORDONUM"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "ORDONUM TEST"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _authority_key(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    subject_key = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(subject_key)


def _key_usage(*, sign: bool = False, authenticate: bool = False, certify: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=authenticate,
        content_commitment=sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certify,
        crl_sign=certify,
        encipher_only=False,
        decipher_only=False,
    )
