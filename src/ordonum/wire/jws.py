"""Compact JWS: the prescriber's order, the authentication assertion, the service's acknowledgement (RFC 7515, joserfc).

`typ` separates the uses, so that what was signed for one can never be shown as another.
"""

import base64
import binascii
import json
from functools import lru_cache
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter
from msgspec import Struct

from ordonum.wire import certificates

ORDER_TYP = "ordonum-order+jws"
ASSERTION_TYP = "JWT"
DELEGATION_TYP = "ordonum-delegation+jws"
ACK_TYP = "ordonum-ack+jws"
KEYS_TYP = "ordonum-keys+jws"
RETENTION_TYP = "ordonum-retention+jws"
RSA_BITS_MIN = 2048
CHAIN_MAX = 6
HEADER_LENGTH_MAX, PAYLOAD_LENGTH_MAX = 24_000, 128_000  # characters
HEADERS_KEPT = 512  # of cards seen lately: all the orders of a card have the same header, most of their bytes
_CARD_ALGORITHMS = ("ES256", "PS256", "RS256")
RsaAlgorithm = Literal["PS256", "RS256"]


_TO_BASE64 = str.maketrans("-_", "+/")


class _WithCertificates(JWSRegistry):
    """joserfc's rules, with room in the header for a chain of certificates."""

    max_header_length = HEADER_LENGTH_MAX


_CARDS = _WithCertificates(
    algorithms=list(_CARD_ALGORITHMS),
    header_registry={"delegation": HeaderParameter("The card's delegation of the key that signs", "str")},
)


class BadSignature(Exception):
    """The text is not a JWS of this use, or its signature does not hold. The message is a cause in French, no value."""


class SignedText(Struct, frozen=True):
    """A JWS taken apart, not yet verified: header, payload, and the DER certificates of the card, its own first.

    `delegation`: the card did not sign itself, but delegated the key that did; the chain is then the delegation's.
    """

    compact: str
    header: dict[str, Any]
    payload: bytes
    chain: tuple[bytes, ...]
    delegation: "SignedText | None" = None


def take_apart(compact: str, *, typ: str) -> SignedText:
    """Read a compact JWS that carries its certificates. Raises BadSignature; verifies nothing but the shape."""
    try:
        encoded, payload, _ = _segments(compact)
        header, chain = _card_header(encoded)
        if header.get("typ") != typ:
            raise BadSignature(f"l'en-tête typ devrait être {typ}")
        if typ == ORDER_TYP and "delegation" in header and chain is None:
            return _by_delegation(compact, header, payload)
        if header.get("alg") not in _CARD_ALGORITHMS or "crit" in header or "b64" in header:
            raise BadSignature("algorithme ou en-tête non admis")
        if chain is None:
            raise BadSignature("l'en-tête x5c manque")
        return SignedText(compact, header, payload, chain)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, binascii.Error, RecursionError):
        raise BadSignature("ce n'est pas un JWS lisible") from None


def _segments(compact: str) -> tuple[str, bytes, bytes]:
    """The header as written, the payload and the signature. Raises ValueError (binascii.Error is one)."""
    encoded, payload, signature = compact.split(".")
    if max(len(encoded), len(signature)) > HEADER_LENGTH_MAX or len(payload) > PAYLOAD_LENGTH_MAX:
        raise ValueError("too long")
    return encoded, _bytes_of(payload), _bytes_of(signature)


def _bytes_of(segment: str) -> bytes:
    """Base64url without padding, strictly: neither padding nor a foreign character. Raises ValueError."""
    if "=" in segment or "+" in segment or "/" in segment:
        raise ValueError("not base64url")
    return base64.b64decode(segment.translate(_TO_BASE64) + "=" * (-len(segment) % 4), validate=True)


@lru_cache(maxsize=HEADERS_KEPT)
def _card_header(encoded: str) -> tuple[dict[str, Any], tuple[bytes, ...] | None]:
    """The header, in which no name stands twice (two readers would read two headers), and the certificates of x5c; None
    where it has none that can be read so. Never changed by who gets it: it is kept. Raises ValueError, JoseError.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a name twice")
        return dict(pairs)

    header = json.loads(_bytes_of(encoded), object_pairs_hook=unique)
    if not isinstance(header, dict):
        raise ValueError("not an object")
    _CARDS.check_header(header)
    chain = header.get("x5c")
    if not isinstance(chain, list) or not 1 <= len(chain) <= CHAIN_MAX:
        return header, None
    return header, tuple(base64.b64decode(each, validate=True) for each in chain)


def _by_delegation(compact: str, header: dict[str, Any], payload: bytes) -> SignedText:
    """An order signed by a delegated key: ES256, the delegation in the header, no other parameter."""
    if set(header) != {"alg", "typ", "delegation"} or header["alg"] != "ES256":
        raise BadSignature("en-tête d'une signature déléguée non admis")
    delegation = take_apart(str(header["delegation"]), typ=DELEGATION_TYP)
    return SignedText(compact, header, payload, delegation.chain, delegation)


def verify_delegated(signed: SignedText, key: ECKey) -> None:
    """Verify the signature of an order by the key that its delegation names. Raises BadSignature."""
    _verify(signed, key)


def verify(signed: SignedText) -> x509.Certificate:
    """The certificate of the card whose key signed; its chain is not judged here. Raises BadSignature."""
    try:
        certificate = certificates.load(signed.chain[0])
        _verify(signed, _key_of(signed.chain[0]))
    except certificates.Untrusted as unreadable:
        raise BadSignature(str(unreadable)) from None
    return certificate


def _verify(signed: SignedText, key: ECKey | RSAKey) -> None:
    """By the library's algorithm, which the header names and the key must be of."""
    try:
        covered, _, signature = signed.compact.rpartition(".")
        algorithm = _CARDS.get_alg(str(signed.header["alg"]))
        algorithm.check_key(key)
        holds = algorithm.verify(covered.encode("ascii"), _bytes_of(signature), key)
    except (JoseError, ValueError, TypeError):
        holds = False
    if not holds:
        raise BadSignature("la signature ne correspond pas")


@lru_cache(maxsize=HEADERS_KEPT)
def _key_of(der: bytes) -> ECKey | RSAKey:
    return public_key(certificates.load(der))


def public_key(certificate: x509.Certificate) -> ECKey | RSAKey:
    """The certificate's key, P-256 or RSA of 2048 bits at least. Raises BadSignature."""
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return ECKey.import_key(key)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_BITS_MIN:
        return RSAKey.import_key(key)
    raise BadSignature("clé de carte non admise")


def sign(
    payload: bytes, key: ECKey | RSAKey, chain: tuple[bytes, ...], *, typ: str, rsa_algorithm: RsaAlgorithm = "PS256"
) -> str:
    """A compact JWS signed by a card, with its certificates: ES256 for P-256; for RSA, what the card can do."""
    algorithm = "ES256" if isinstance(key, ECKey) else rsa_algorithm
    header = {"alg": algorithm, "typ": typ, "x5c": [base64.b64encode(each).decode() for each in chain]}
    return jws.serialize_compact(header, payload, key, registry=_CARDS)


def sign_delegated(payload: bytes, key: ECKey, delegation: str) -> str:
    """A compact JWS of an order signed by a delegated key, with its delegation."""
    header = {"alg": "ES256", "typ": ORDER_TYP, "delegation": delegation}
    return jws.serialize_compact(header, payload, key, registry=_CARDS)


def acknowledge(payload: bytes, key: OKPKey, kid: str, *, typ: str = ACK_TYP) -> str:
    """The service's signature (Ed25519) on an act that it recorded, or on a list of keys that it publishes."""
    covered = _ack_header(typ, kid) + b"." + base64.urlsafe_b64encode(payload).rstrip(b"=")
    signature = JWSRegistry.algorithms["Ed25519"].sign(covered, key)
    return (covered + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode("ascii")


@lru_cache(maxsize=8)
def _ack_header(typ: str, kid: str) -> bytes:
    """The header of all the service's signatures of one kind by one key, as joserfc writes it."""
    header = json.dumps({"alg": "Ed25519", "typ": typ, "kid": kid}, separators=(",", ":"))
    return base64.urlsafe_b64encode(header.encode()).rstrip(b"=")


def read_acknowledgement(compact: str, keys: dict[str, OKPKey], *, typ: str = ACK_TYP) -> bytes:
    """The payload of an acknowledgement signed by one of the service's published keys. Raises BadSignature."""
    try:
        header = jws.extract_compact(compact.encode()).headers()
        if header.get("typ") != typ or header.get("kid") not in keys:
            raise BadSignature("accusé signé par une clé inconnue")
        return jws.deserialize_compact(compact, keys[str(header["kid"])], algorithms=["Ed25519"]).payload
    except (JoseError, ValueError, TypeError, KeyError):
        raise BadSignature("l'accusé du service n'est pas authentique") from None


def payload_of(compact: str) -> bytes:
    """The payload of a JWS that was verified when it came in. Verifies nothing."""
    return _bytes_of(compact.split(".", 2)[1])
