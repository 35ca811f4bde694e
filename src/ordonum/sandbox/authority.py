"""A test authority shaped like the one of the CPS cards: root, issuer of personal certificates, cards, revocation list.

Made at the first start, in a directory 0700, never part of the project. Its names say TEST, as IGC-Santé's do: a service
that is not a sandbox refuses them.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from ordonum.client.card import CardFile, KeyWithChain
from ordonum.model.actors import Place, Professional
from ordonum.wire import native
from ordonum.wire.certificates import PERSON_PREFIX, PROFESSION_OID

POLICY = ObjectIdentifier("1.2.250.1.213.1.7.2.1.1.1.1")
CARD_LASTS = timedelta(days=3 * 365)
AUTHORITY_LASTS = timedelta(days=10 * 365)
LIST_LASTS = timedelta(days=30)
_SKEW = timedelta(hours=1)
_OLDER = timedelta(days=2 * 365)  # an authority is older than its cards, even those that have expired
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Authority:
    """The test authority of a directory; `trust` inside it is what services and clients are pointed at."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.trust = directory / "trust"
        self.cards = directory / "cards"
        self.revocation_list = directory / "revocations.pem"
        self.register = directory / "register.json"
        if not (directory / "ready").exists():
            self._found()
        self._issuer = x509.load_pem_x509_certificate((self.trust / "issuer.pem").read_bytes())
        self._issuer_key = _load_key(directory / "issuer.key")

    def issue(
        self,
        name: str,
        professional: Professional,
        place: Place,
        *,
        since: datetime | None = None,
        lasts: timedelta = CARD_LASTS,
        rsa_keys: bool = False,
    ) -> CardFile:
        """A new card for this professional: a certificate to authenticate and one to sign (one key, one use)."""
        start = (since or datetime.now(UTC)) - _SKEW
        chain = self._issuer.public_bytes(serialization.Encoding.PEM).decode()
        made = []
        for usage in ("authentication", "signature"):
            key: Key = rsa.generate_private_key(65537, 2048) if rsa_keys else ec.generate_private_key(ec.SECP256R1())
            certificate = self._certificate(professional, key, start, start + lasts, usage)
            pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
            made.append(KeyWithChain(_pem(key).decode(), (pem, chain)))
        return CardFile(name=name, place=place, authentication=made[0], signature=made[1])

    def write(self, card: CardFile) -> Path:
        """Put a card where the workstations find it."""
        file = self.cards / f"{card.name}.json"
        _write_private(file, native.write(card))
        return file

    def revoke(self, card: CardFile, reason: x509.ReasonFlags | None = x509.ReasonFlags.key_compromise) -> None:
        """Add the card's certificates to the revocation list, signed anew."""
        now = datetime.now(UTC)
        previous = list(x509.load_pem_x509_crl(self.revocation_list.read_bytes()))
        revoked = {each.serial_number: each for each in previous}
        for held in (card.authentication, card.signature):
            serial = x509.load_pem_x509_certificate(held.chain[0].encode()).serial_number
            builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
            if reason is not None:
                builder = builder.add_extension(x509.CRLReason(reason), critical=False)
            revoked[serial] = builder.build()
        self._write_list(list(revoked.values()), now)

    def revoke_issuer(self) -> None:
        """Have the root revoke the issuer itself: the worst day. Its list joins the other in the file."""
        now = datetime.now(UTC)
        root = x509.load_pem_x509_certificate((self.trust / "root.pem").read_bytes())
        entry = x509.RevokedCertificateBuilder().serial_number(self._issuer.serial_number).revocation_date(now).build()
        builder = x509.CertificateRevocationListBuilder().issuer_name(root.subject).last_update(now)
        signed = builder.next_update(now + LIST_LASTS).add_revoked_certificate(entry)
        made = signed.sign(_load_key(self.directory / "root.key"), hashes.SHA256())
        with self.revocation_list.open("ab") as out:
            out.write(made.public_bytes(serialization.Encoding.PEM))

    def renew_list(self) -> None:
        """Sign the revocation list anew, so that it is not overdue."""
        self._write_list(list(x509.load_pem_x509_crl(self.revocation_list.read_bytes())), datetime.now(UTC))

    def _found(self) -> None:
        for each in (self.directory, self.trust, self.cards):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
        now = datetime.now(UTC) - _OLDER
        root_key, issuer_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root_name = _authority_name("TEST AC RACINE ORDONUM")
        root = _authority_certificate(root_name, root_key.public_key(), root_name, root_key, now)
        issuer_name = _authority_name("TEST AC ORDONUM ELEMENTAIRE PERSONNES")
        issuer = _authority_certificate(issuer_name, issuer_key.public_key(), root_name, root_key, now)
        (self.trust / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
        (self.trust / "issuer.pem").write_bytes(issuer.public_bytes(serialization.Encoding.PEM))
        _write_private(self.directory / "root.key", _pem(root_key))
        _write_private(self.directory / "issuer.key", _pem(issuer_key))
        self._issuer, self._issuer_key = issuer, issuer_key
        self._write_list([], datetime.now(UTC))
        (self.directory / "ready").touch()

    def _certificate(
        self, professional: Professional, key: Key, start: datetime, end: datetime, usage: str
    ) -> x509.Certificate:
        signs = usage == "signature"
        extended = ExtendedKeyUsageOID.EMAIL_PROTECTION if signs else ExtendedKeyUsageOID.CLIENT_AUTH
        code = professional.profession.value.encode()
        return (
            x509.CertificateBuilder()
            .subject_name(_personal_name(professional))
            .issuer_name(self._issuer.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(sign=signs, authenticate=not signs), critical=True)
            .add_extension(x509.ExtendedKeyUsage([extended]), critical=False)
            .add_extension(x509.CertificatePolicies([x509.PolicyInformation(POLICY, None)]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(_authority_key(self._issuer), critical=False)
            .add_extension(x509.UnrecognizedExtension(PROFESSION_OID, bytes([0x13, len(code)]) + code), critical=False)
            .sign(self._issuer_key, hashes.SHA256())
        )

    def _write_list(self, revoked: list[x509.RevokedCertificate], now: datetime) -> None:
        builder = x509.CertificateRevocationListBuilder().issuer_name(self._issuer.subject)
        builder = builder.last_update(now).next_update(now + LIST_LASTS)
        for each in revoked:
            builder = builder.add_revoked_certificate(each)
        signed = builder.sign(self._issuer_key, hashes.SHA256())
        side = self.revocation_list.with_suffix(".new")
        side.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        side.replace(self.revocation_list)


def _authority_name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ORDONUM"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "ORDONUM TEST"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _personal_name(professional: Professional) -> x509.Name:
    """C, title, then one relative name of three values: CN (8 and the RPPS), SN, GN."""
    return x509.Name(
        [
            x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")]),
            x509.RelativeDistinguishedName(
                [x509.NameAttribute(NameOID.TITLE, professional.profession.label.capitalize())]
            ),
            x509.RelativeDistinguishedName(
                [
                    x509.NameAttribute(NameOID.COMMON_NAME, PERSON_PREFIX + professional.rpps),
                    x509.NameAttribute(NameOID.SURNAME, professional.surname),
                    x509.NameAttribute(NameOID.GIVEN_NAME, professional.given_name),
                ]
            ),
        ]
    )


def _authority_certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_key_usage(certify=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .sign(signer, hashes.SHA256())
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


def _pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _load_key(file: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _write_private(file: Path, content: bytes) -> None:
    side = file.with_suffix(".new")
    side.unlink(missing_ok=True)
    with os.fdopen(os.open(side, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(content)
    side.replace(file)
