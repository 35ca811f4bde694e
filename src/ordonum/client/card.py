"""The card as the client uses it: two keys with their certificates, whom they name, and the place of exercise.

A card is a professional's, an employee's (CPE), an agent's of the insurer, or a structure's certificates. A test card is
a file (0600) that holds its keys. A real one stays in its reader: `sign` is where PKCS#11 comes in.
"""

from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, RSAKey
from msgspec import Struct

from ordonum.client.errors import UnusableCard
from ordonum.model.actors import Agent, Employee, Place, Professional, Who
from ordonum.model.identifiers import Rpps
from ordonum.model.refusals import Refused
from ordonum.wire import certificates, jws, native
from ordonum.wire.qr import QrContent, SignedQr
from ordonum.wire.qr import sign as sign_qr


class KeyWithChain(Struct, frozen=True, forbid_unknown_fields=True):
    """A private key (PKCS#8 PEM) and its certificates (PEM), its own first."""

    key: str
    chain: tuple[str, ...]

    def __repr__(self) -> str:
        return "KeyWithChain(…)"


class CardFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A test card: one key to authenticate, one to sign, and the place of exercise that the card names.

    `under`: the professional who answers for an employee; no card says it, the workstation does. `rsa_padding`: what an
    RSA card can do (CPS3: PKCS#1 v1.5, hence RS256; CPS4: PSS, hence PS256); of no use to a P-256 one.
    """

    name: str
    place: Place
    authentication: KeyWithChain
    signature: KeyWithChain
    under: Rpps | None = None
    rsa_padding: Literal["pss", "pkcs1v15"] = "pss"


class Card:
    """A card ready to authenticate and sign."""

    def __init__(self, content: CardFile) -> None:
        self.name = content.name
        self.place = content.place
        self.under = content.under
        self._authentication = _loaded(content.authentication)
        self._signature = _loaded(content.signature)
        self._rsa_algorithm: jws.RsaAlgorithm = "PS256" if content.rsa_padding == "pss" else "RS256"
        self.holder: Who = certificates.holder(self._signature[1])
        # Whether a test authority issued it: what it signs is a specimen.
        self.is_test = certificates.names_test(self._signature[1].issuer)

    @classmethod
    def load(cls, file: Path) -> "Card":
        """The card of a file. Raises UnusableCard."""
        try:
            return cls(native.read(file.read_bytes(), CardFile))
        except (OSError, ValueError, Refused, certificates.NotAProfessional):
            raise UnusableCard(f"Cette carte n'est pas lisible : {file}") from None

    @property
    def professional(self) -> Professional:
        """The professional whose card it is. Raises UnusableCard for anybody else's."""
        if isinstance(self.holder, Professional):
            return self.holder
        agent = "d'un agent de l'Assurance Maladie" if isinstance(self.holder, Agent) else "d'une structure"
        whose = "d'un employé" if isinstance(self.holder, Employee) else agent
        raise UnusableCard(f"Cette carte est celle {whose} : il faut ici la carte d'un professionnel de santé.")

    def sign_order(self, payload: bytes) -> str:
        """The compact JWS of an order. Raises UnusableCard: only a professional signs one."""
        _ = self.professional  # or UnusableCard
        return self._sign(self._signature, payload, jws.ORDER_TYP)

    def sign_delegation(self, payload: bytes) -> str:
        """The compact JWS by which the card delegates a key. Raises UnusableCard: only a professional's does."""
        _ = self.professional  # or UnusableCard
        return self._sign(self._signature, payload, jws.DELEGATION_TYP)

    def sign_assertion(self, payload: bytes) -> str:
        """The compact JWT of an authentication."""
        return self._sign(self._authentication, payload, jws.ASSERTION_TYP)

    def sign_qr(self, content: QrContent) -> SignedQr:
        """The signed content of a QR code; a professional's P-256 card only (others delegate a key). Raises UnusableCard."""
        _ = self.professional  # or UnusableCard
        key, _, _ = self._signature
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise UnusableCard("Cette carte ne signe pas de QR code : sa clé n'est pas P-256.")
        return sign_qr(content, key)

    def _sign(self, held: "_Loaded", payload: bytes, typ: str) -> str:
        key, _, chain = held
        return jws.sign(payload, _jose(key), chain, typ=typ, rsa_algorithm=self._rsa_algorithm)

    @property
    def kind(self) -> str:
        """What card it is, never whose: `test` or `professional`, and its signature's algorithm."""
        algorithm = "P-256" if isinstance(self._signature[0], ec.EllipticCurvePrivateKey) else "RSA"
        return f"{'test' if self.is_test else 'professional'}/{algorithm}"

    @property
    def expires_at(self) -> datetime:
        return self._signature[1].not_valid_after_utc

    def __repr__(self) -> str:
        return f"Card({self.name})"


_Loaded = tuple[serialization.SSHPrivateKeyTypes, x509.Certificate, tuple[bytes, ...]]


def _loaded(content: KeyWithChain) -> _Loaded:
    key = serialization.load_pem_private_key(content.key.encode(), password=None)
    chain = tuple(x509.load_pem_x509_certificate(each.encode()) for each in content.chain)
    der = tuple(each.public_bytes(serialization.Encoding.DER) for each in chain)
    return key, chain[0], der  # type: ignore[return-value]  # EC or RSA, as _jose checks


def _jose(key: object) -> ECKey | RSAKey:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return ECKey.import_key(key)
    return RSAKey.import_key(key)  # type: ignore[arg-type]  # refuses anything that is not RSA
