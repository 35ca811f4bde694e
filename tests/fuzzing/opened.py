"""Our document with what is signed laid open, and the small parts of a body that is signed again."""

import base64
import copy
import json
from typing import Any

import msgspec
from msgspec import Struct

from fuzzing.mending import Body
from ordonum.model.identifiers import Malformed
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity
from ordonum.wire import commitment, native

_OPENED = (("RegisterRequest", "jws", "SignedOrder"), ("DelegateRequest", "jws", "Delegation"))


class Known(Struct, frozen=True, kw_only=True):
    """A prescription that the service has acknowledged, as its prescriber knows it."""

    number: str
    card: str
    order: Body
    identity: Body
    scanned: str | None


def opened(document: Body) -> Body:
    """The service's own document, with what is signed in the place of what carries it."""
    made = copy.deepcopy(document)
    for kind, field, payload in _OPENED:
        made["components"]["schemas"][kind]["properties"][field] = {"$ref": f"#/components/schemas/{payload}"}
    form = made["paths"]["/v1/token"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    form["schema"]["properties"]["assertion"] = {"$ref": "#/components/schemas/AssertionClaims"}
    return made


def as_json(value: Any) -> bytes:
    """The value as JSON, whatever it is."""
    return json.dumps(value).encode()


def payload_of(compact: str) -> bytes:
    """The payload of a compact JWS."""
    encoded = compact.split(".")[1]
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def is_number(text: str) -> bool:
    """Whether a text is a well-formed number."""
    try:
        EpuId(text)
    except Malformed:
        return False
    return True


def committed(body: Body) -> str:
    """The commitment to what the body says; any other where that cannot be read."""
    try:
        identity = msgspec.convert(body["identity"], Identity, dec_hook=native.make_identifier)
        return str(commitment.commit(EpuId(body["number"]), identity, body["opening"]))
    except (msgspec.ValidationError, ValueError):
        return "0" * 64
