"""The professional's card as the client uses it: two keys with their certificates, and the place of exercise.

A test card is a file (0600) that holds its keys. A real one stays in its reader: `sign` is where PKCS#11 comes in.
"""

from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, RSAKey
from msgspec import Struct

from ordonum.client.errors import UnusableCard
from ordonum.model.actors import Place, Professional
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
    """A test card: one key to authenticate, one to sign, and the place of exercise that the card names."""

    name: str
    place: Place
    authentication: KeyWithChain
    signature: KeyWithChain


class Card:
    """A card ready to authenticate and sign."""

    def __init__(self, content: CardFile) -> None:
        self.name = content.name
        self.place = content.place
        self._authentication = _loaded(content.authentication)
        self._signature = _loaded(content.signature)
        self.professional: Professional = certificates.professional(self._signature[1])
        # Whether a test authority issued it: what it signs is a specimen.
        self.is_test = certificates.names_test(self._signature[1].issuer)

    @classmethod
    def load(cls, file: Path) -> "Card":
        """The card of a file. Raises UnusableCard."""
        try:
            return cls(native.read(file.read_bytes(), CardFile))
        except (OSError, ValueError, Refused, certificates.NotAProfessional):
            raise UnusableCard(f"Cette carte n'est pas lisible : {file}") from None

    def sign_order(self, payload: bytes) -> str:
        """The compact JWS of an order."""
        key, _, chain = self._signature
        return jws.sign(payload, _jose(key), chain, typ=jws.ORDER_TYP)

    def sign_assertion(self, payload: bytes) -> str:
        """The compact JWT of an authentication."""
        key, _, chain = self._authentication
        return jws.sign(payload, _jose(key), chain, typ=jws.ASSERTION_TYP)

    def sign_qr(self, content: QrContent) -> SignedQr:
        """The signed content of a QR code; a P-256 card only (others delegate a key)."""
        key, _, _ = self._signature
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise UnusableCard("Cette carte ne signe pas de QR code : sa clé n'est pas P-256.")
        return sign_qr(content, key)

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
