"""Signatures: which headers, keys and uses are admitted."""

import base64
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws as jose
from joserfc.jwk import OKPKey

from factories import DOCTOR, PLACE
from ordonum.client import Card
from ordonum.sandbox.authority import Authority
from ordonum.wire import certificates, jws
from ordonum.wire.certificates import NotAProfessional
from ordonum.wire.jws import BadSignature


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def card(authority: Authority) -> Card:
    return Card(authority.issue("x", DOCTOR, PLACE))


def _with_header(compact: str, **changes: object) -> str:
    header, payload, signature = compact.split(".")
    read = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4))) | changes
    written = base64.urlsafe_b64encode(json.dumps(read).encode()).decode().rstrip("=")
    return f"{written}.{payload}.{signature}"


def test_what_a_card_signed_is_verified_and_names_it(card: Card) -> None:
    signed = jws.take_apart(card.sign_order(b'{"a":1}'), typ=jws.ORDER_TYP)
    assert certificates.professional(jws.verify(signed)) == DOCTOR


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": "JWT"},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"crit": ["b64"], "b64": False},
        {"crit": []},
        {"x5c": []},
        {"x5c": "abc"},
        {"x5c": ["***"]},
        {"x5c": ["AAAA"] * 7},
        {"x5c": None},
    ],
)
def test_a_header_of_another_kind_is_refused_before_any_key_is_read(card: Card, changes: dict[str, object]) -> None:
    with pytest.raises(BadSignature):
        jws.verify(jws.take_apart(_with_header(card.sign_order(b"{}"), **changes), typ=jws.ORDER_TYP))


def test_a_changed_header_breaks_the_signature(card: Card) -> None:
    with pytest.raises(BadSignature):
        jws.verify(jws.take_apart(_with_header(card.sign_order(b"{}"), extra="x"), typ=jws.ORDER_TYP))


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP384R1())])
def test_a_weak_or_foreign_key_is_refused(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    class Held:
        """A certificate that holds this key."""

        @staticmethod
        def public_key() -> object:
            return key.public_key()

    with pytest.raises(BadSignature, match="clé"):
        jws.public_key(Held())  # type: ignore[arg-type]  # only its key is read


def test_an_acknowledgement_is_of_its_own_use(card: Card) -> None:
    key = OKPKey.import_key(Ed25519PrivateKey.generate())
    assert jws.read_acknowledgement(jws.acknowledge(b"{}", key, "ack-1"), {"ack-1": key}) == b"{}"
    other = jose.serialize_compact({"alg": "Ed25519", "typ": "JWT", "kid": "ack-1"}, b"{}", key, algorithms=["Ed25519"])
    for forged in (other, card.sign_order(b"{}"), "a.b.c", ""):
        with pytest.raises(BadSignature):
            jws.read_acknowledgement(forged, {"ack-1": key})


def test_a_certificate_whose_name_is_no_professionals_is_refused(authority: Authority) -> None:
    issuer = x509.load_pem_x509_certificate((authority.trust / "issuer.pem").read_bytes())
    with pytest.raises(NotAProfessional):
        certificates.professional(issuer)


def test_a_header_that_says_a_name_twice_is_none(card: Card) -> None:
    header, payload, signature = card.sign_order(b"{}").split(".")
    read = base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)).decode()
    twice = base64.urlsafe_b64encode(read.replace("{", '{"typ":"ordonum-order+jws",', 1).encode()).decode().rstrip("=")
    with pytest.raises(BadSignature):
        jws.take_apart(f"{twice}.{payload}.{signature}", typ=jws.ORDER_TYP)
