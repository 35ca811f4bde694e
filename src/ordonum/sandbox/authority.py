"""A test authority shaped like the one of the CPS cards: a root, an issuer for persons and one for structures, their lists.

Made at the first start, in a directory 0700, never part of the project. Its names say TEST, as IGC-Santé's do: a service
that is not a sandbox refuses them.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ordonum.client.card import CardFile, KeyWithChain
from ordonum.model.actors import Place, Structure, Who
from ordonum.model.identifiers import Rpps
from ordonum.sandbox import issuing
from ordonum.sandbox.issuing import Issuer, Key, Span
from ordonum.wire import native

CARD_LASTS = timedelta(days=3 * 365)
LIST_LASTS = timedelta(days=30)
ROOT = "TEST AC RACINE ORDONUM"
PERSONS = "TEST AC ORDONUM ELEMENTAIRE PERSONNES"
STRUCTURES = "TEST AC ORDONUM ELEMENTAIRE ORGANISATIONS"
_SKEW = timedelta(hours=1)
_OLDER = timedelta(days=2 * 365)  # an authority is older than its cards, even those that have expired
_END = b"-----END X509 CRL-----\n"


class Authority:
    """The test authority of a directory; `trust` inside it is what services and clients are pointed at.

    One made by an older version is completed: the issuer for structures is made where it is missing.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.trust = directory / "trust"
        self.cards = directory / "cards"
        self.revocation_list = directory / "revocations.pem"
        self.register = directory / "register.json"
        new = not (directory / "ready").exists()
        if new:
            self._found()
        self._root = self._load("root")
        self._persons = self._load("issuer")
        if new or not (self.trust / "issuer-organisations.pem").exists():  # one left by an unfinished start has no root
            start = max(datetime.now(UTC) - _OLDER, self._root.certificate.not_valid_before_utc)
            self._save("issuer-organisations", issuing.authority(STRUCTURES, start, above=self._root))
        self._structures = self._load("issuer-organisations")
        if new:
            self.renew_list()
            (directory / "ready").touch()

    def issue(
        self,
        name: str,
        who: Who,
        place: Place,
        *,
        since: datetime | None = None,
        lasts: timedelta = CARD_LASTS,
        rsa_keys: bool = False,
        rsa_padding: Literal["pss", "pkcs1v15"] = "pss",
        under: Rpps | None = None,
    ) -> CardFile:
        """A new card for this holder: a certificate to authenticate and one to sign (one key, one use).

        `under` answers for an employee: the card file says it for the workstation, the certificate does not.
        """
        start = (since or datetime.now(UTC)) - _SKEW
        issuer = self._structures if isinstance(who, Structure) else self._persons
        chain = _pem_of(issuer.certificate).decode()
        made = []
        for signs in (False, True):
            key: Key = rsa.generate_private_key(65537, 2048) if rsa_keys else ec.generate_private_key(ec.SECP256R1())
            span = Span(start, start + lasts)
            certificate = issuing.of_holder(who, key, span, signs=signs, organisation=place.name, issuer=issuer)
            made.append(KeyWithChain(_private_pem(key).decode(), (_pem_of(certificate).decode(), chain)))
        authentication, signature = made
        return CardFile(
            name=name,
            place=place,
            authentication=authentication,
            signature=signature,
            under=under,
            rsa_padding=rsa_padding,
        )

    def write(self, card: CardFile) -> Path:
        """Put a card where the workstations find it."""
        file = self.cards / f"{card.name}.json"
        write_private(file, native.write(card))
        return file

    def revoke(self, card: CardFile, reason: x509.ReasonFlags | None = x509.ReasonFlags.key_compromise) -> None:
        """Add the card's certificates to the list of their issuer; all lists are signed anew."""
        now = datetime.now(UTC)
        lists = self._lists()
        for held in (card.authentication, card.signature):
            certificate = x509.load_pem_x509_certificate(held.chain[0].encode())
            lists.setdefault(certificate.issuer, {})[certificate.serial_number] = _entry(certificate, now, reason)
        self._write_lists(lists, now)

    def revoke_issuer(self) -> None:
        """Have the root revoke the issuer of the persons' cards itself: the worst day."""
        now = datetime.now(UTC)
        lists = self._lists()
        issuer = self._persons.certificate
        lists.setdefault(self._root.certificate.subject, {})[issuer.serial_number] = _entry(issuer, now, None)
        self._write_lists(lists, now)

    def renew_list(self) -> None:
        """Sign the revocation lists anew, so that none is overdue."""
        self._write_lists(self._lists(), datetime.now(UTC))

    def _found(self) -> None:
        for each in (self.directory, self.trust, self.cards):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
        start = datetime.now(UTC) - _OLDER
        root = issuing.authority(ROOT, start)
        self._save("root", root)
        self._save("issuer", issuing.authority(PERSONS, start, above=root))

    def _save(self, name: str, made: Issuer) -> None:
        """The key first: an issuer's certificate in `trust` always has its key."""
        write_private(self.directory / f"{name}.key", _private_pem(made.key))
        (self.trust / f"{name}.pem").write_bytes(_pem_of(made.certificate))

    def _load(self, name: str) -> Issuer:
        certificate = x509.load_pem_x509_certificate((self.trust / f"{name}.pem").read_bytes())
        key = serialization.load_pem_private_key((self.directory / f"{name}.key").read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return Issuer(certificate, key)

    def _lists(self) -> dict[x509.Name, dict[int, x509.RevokedCertificate]]:
        """What each authority has revoked so far, by serial number."""
        raw = self.revocation_list.read_bytes() if self.revocation_list.exists() else b""
        lists = [x509.load_pem_x509_crl(each + _END) for each in raw.split(_END) if each.strip()]
        return {each.issuer: {entry.serial_number: entry for entry in each} for each in lists}

    def _write_lists(self, lists: dict[x509.Name, dict[int, x509.RevokedCertificate]], now: datetime) -> None:
        """The lists of both issuers, and the root's once it has revoked something, in one file."""
        signers = [self._persons, self._structures]
        if self._root.certificate.subject in lists:
            signers.append(self._root)
        made = b""
        for signer in signers:
            builder = x509.CertificateRevocationListBuilder().issuer_name(signer.certificate.subject)
            builder = builder.last_update(now).next_update(now + LIST_LASTS)
            for entry in lists.get(signer.certificate.subject, {}).values():
                builder = builder.add_revoked_certificate(entry)
            made += builder.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        side = self.revocation_list.with_suffix(".new")
        side.write_bytes(made)
        side.replace(self.revocation_list)


def _entry(certificate: x509.Certificate, now: datetime, reason: x509.ReasonFlags | None) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(now)
    if reason is not None:
        builder = builder.add_extension(x509.CRLReason(reason), critical=False)
    return builder.build()


def _pem_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private_pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write_private(file: Path, content: bytes) -> None:
    """Write a file that its owner alone reads (0600), whole or not at all."""
    side = file.with_suffix(".new")
    side.unlink(missing_ok=True)
    with os.fdopen(os.open(side, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(content)
    side.replace(file)
