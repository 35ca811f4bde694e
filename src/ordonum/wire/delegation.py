"""Delegated keys on the wire: a card signs a JWS that names a P-256 key, its use and its dates; keys as JWK (RFC 7638)."""

from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from ordonum.model.delegation import Delegation, KeyUse, PublicKey
from ordonum.model.refusals import Refused
from ordonum.wire import jws, native
from ordonum.wire.jws import BadSignature, SignedText


def read(signed: SignedText, *, use: KeyUse | None = None) -> Delegation:
    """The delegation of a JWS taken apart, for this use if one is given. Verifies no signature. Raises BadSignature."""
    try:
        native.refuse_duplicate_keys(signed.payload, at="$")
        delegation = native.read(signed.payload, Delegation)
        key_of(delegation.jwk)
    except Refused:
        raise BadSignature("la délégation n'a pas la forme attendue") from None
    if use is not None and delegation.use is not use:
        raise BadSignature("la clé est déléguée pour un autre usage")
    return delegation


def key_of(public: PublicKey) -> ECKey:
    """The key of a JWK. Raises BadSignature when it is no point of the curve."""
    try:
        return ECKey.import_key({"kty": public.kty, "crv": public.crv, "x": public.x, "y": public.y})
    except (JoseError, ValueError, TypeError):
        raise BadSignature("la clé déléguée n'est pas une clé P-256") from None


def public_key(public: PublicKey) -> ec.EllipticCurvePublicKey:
    """The same key for `cryptography`, which verifies QR codes."""
    key = key_of(public).get_op_key("verify")
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


def thumbprint(public: PublicKey) -> str:
    """What names a key (RFC 7638)."""
    return str(key_of(public).thumbprint())


def make(key: ec.EllipticCurvePrivateKey, use: KeyUse, *, since: datetime, lasts: timedelta) -> Delegation:
    """The delegation of this key, for a card to sign."""
    jwk = ECKey.import_key(key).as_dict(private=False)
    public = PublicKey(x=str(jwk["x"]), y=str(jwk["y"]))
    return Delegation(v=1, jwk=public, use=use, nbf=int(since.timestamp()), exp=int((since + lasts).timestamp()))


def verify_order(signed: SignedText) -> tuple[SignedText, Delegation | None]:
    """What the card itself signed (the order, or the delegation of the key that signed it) and the delegation if any.

    The signature of the order by the delegated key is verified here; the card's is the caller's. Raises BadSignature.
    """
    if signed.delegation is None:
        return signed, None
    delegation = read(signed.delegation, use=KeyUse.ORDER)
    jws.verify_delegated(signed, key_of(delegation.jwk))
    return signed.delegation, delegation
