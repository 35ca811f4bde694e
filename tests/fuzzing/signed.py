"""What a test card signs, and its certificates, under fuzz: JWS of each use, assertions, DER."""

import base64
import contextlib
import json
import warnings
from pathlib import Path
from random import Random

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.jwk import ECKey

from factories import NOON
from fuzzing.jsons import CLAIMS, DELEGATION, ORDER
from fuzzing.mutators import mutate_bytes, mutate_json, mutate_text
from fuzzing.playing import Target, must
from fuzzing.texts import KEY
from ordonum.client import Card
from ordonum.model.refusals import Refusal, Refused
from ordonum.sandbox.authority import Authority
from ordonum.sandbox.people import issue_test_cards
from ordonum.wire import certificates, delegation, jws, native
from ordonum.wire.assertion import AssertionClaims
from ordonum.wire.certificates import NotAProfessional, Untrusted, Usage
from ordonum.wire.jws import BadSignature

_CLAIMS_PLAIN = json.loads(native.write(CLAIMS))


class Signed:
    """Targets that start from what a test card signs: JWS of each use, certificates."""

    def __init__(self, card: Card, text: str, roots: tuple[bytes, ...]) -> None:
        order, asked = native.write(ORDER), native.write(DELEGATION)
        delegated = card.sign_delegation(asked)
        self.texts = [
            card.sign_order(order),
            card.sign_assertion(native.write(CLAIMS)),
            delegated,
            jws.sign_delegated(order, ECKey.import_key(KEY), delegated),
        ]
        self.chain, self.roots = list(jws.take_apart(text, typ=jws.ORDER_TYP).chain), roots

    def targets(self) -> tuple[Target, ...]:
        """The three of them."""
        return (
            Target("jws", self._jws_input, _take_apart),
            Target("assertion", self._assertion_input, _assertion),
            Target("certificate", lambda chance: mutate_bytes(chance, self.chain), self._certificate),
        )

    def _jws_input(self, chance: Random) -> str:
        """A mutated text, or the parts of one mutated and encoded again."""
        text = chance.choice(self.texts)
        if chance.random() < 0.4:
            return mutate_text(chance, self.texts)
        header, payload, signature = (_decoded(each) for each in text.split("."))
        made = json.loads(header)
        if chance.random() < 0.7:
            header = mutate_json(chance, [made])
        if chance.random() < 0.5:
            payload = mutate_bytes(chance, [payload])
        return ".".join(map(_encoded, (header, payload, signature)))

    def _assertion_input(self, chance: Random) -> str:
        header, _, signature = self.texts[1].split(".")
        return f"{header}.{_encoded(mutate_json(chance, [_CLAIMS_PLAIN]))}.{signature}"

    def _certificate(self, der: bytes) -> bool:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # as the tests have it: what a library warns of is caught too
            try:
                certificate = certificates.load(der)
            except Untrusted:
                return False
        with contextlib.suppress(NotAProfessional):
            certificates.national_id(certificates.holder(certificate))
        with contextlib.suppress(BadSignature):
            jws.public_key(certificate)
        assert certificates.issuer_and_serial(certificate)
        assert certificates.names_test(certificate.issuer) in (True, False)
        if der[-1] % 8 == 0:  # some milliseconds each
            with contextlib.suppress(Untrusted):
                certificates.validate_chain((der, *self.chain[1:]), self.roots, at=NOON, usage=Usage.SIGN)
        return certificates.load(certificate.public_bytes(Encoding.DER)) == certificate


def _take_apart(text: str) -> bool:
    accepted = False
    for typ in (jws.ORDER_TYP, jws.ASSERTION_TYP, jws.DELEGATION_TYP):
        try:
            signed = jws.take_apart(text, typ=typ)
            assert signed.compact == text
            assert jws.take_apart(signed.compact, typ=typ) == signed
            accepted = True
            assert jws.payload_of(text) == signed.payload
            above, _ = delegation.verify_order(signed)
            jws.verify(above)
            delegation.read(above)
        except BadSignature as error:
            must(text not in str(error) and bool(str(error)), "a cause is a sentence of ours")
    return accepted


def _assertion(text: str) -> bool:
    try:
        signed = jws.take_apart(text, typ=jws.ASSERTION_TYP)
    except BadSignature:
        return False
    try:
        claims = native.read(signed.payload, AssertionClaims)
        native.refuse_duplicate_keys(signed.payload, at="$")
    except Refused as refused:
        must(refused.refusal is Refusal.UNREADABLE, refused.refusal.code)
        return False
    return native.read(native.write(claims), AssertionClaims) == claims


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed_by_a_card(home: Path) -> Signed:
    """The targets that start from what a card of a new test authority signs."""
    authority = Authority(home)
    issue_test_cards(authority)
    card = Card.load(authority.cards / "dr-martin.json")
    roots = [x509.load_pem_x509_certificate(file.read_bytes()) for file in authority.trust.glob("*.pem")]
    return Signed(card, card.sign_order(b"{}"), tuple(each.public_bytes(Encoding.DER) for each in roots))
