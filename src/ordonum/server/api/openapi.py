"""The OpenAPI 3.1 document of the service, made from the table of operations and the model's own schemas.

What is signed (order, assertion, acknowledgement) is described too: a publisher writes a client in any language from
this and docs/protocole.md.
"""

from collections.abc import Iterator
from typing import Any

from ordonum import __version__
from ordonum.model.acts import Acknowledgement, Receipt
from ordonum.model.delegation import Delegation, KeyList
from ordonum.model.labels import Labelled
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Refusal
from ordonum.server.api.operation import Operation
from ordonum.server.api.operations import EVERYWHERE, OPERATIONS, TOKEN_REFUSALS
from ordonum.server.api.reference import LOOKUP_REFUSALS, LOOKUPS, Lookup
from ordonum.wire import native
from ordonum.wire.assertion import GRANT_TYPE, AssertionClaims, TokenAnswer
from ordonum.wire.problem import MEDIA_TYPE, STATUS, Problem

_REF = "#/components/schemas/{name}"
RESENT = (Refusal.NOT_RESTORED_YET, Refusal.ACKNOWLEDGES_ANOTHER)  # of an act sent again to a restored service
_PROOF = {
    "name": "Acknowledged",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "Acte renvoyé à un service restauré d'une sauvegarde : l'accusé (JWS) que l'acte avait reçu, une espace, son "
    "sel. Il est enregistré de nouveau au moment de cet accusé (docs/client.md).",
}
_SIGNED = (SignedOrder, Acknowledgement, AssertionClaims, Delegation, KeyList)
_ABOUT = (
    "Enregistrer, consulter, exécuter, annuler, relire. Les refus sont des documents RFC 9457 : `effect` dit si quelque chose "
    "a été enregistré, `retry` ce qu'un logiciel peut faire seul. Un acte renvoyé (même auteur, même identifiant, même "
    "contenu) reçoit la première réponse, octet pour octet, avec l'en-tête `Replayed: true`. Ce qui se signe, et comment "
    "vérifier ce qui revient, est décrit pas à pas, avec des vecteurs d'essai, dans docs/protocole.md."
)


def document() -> dict[str, Any]:
    """The whole document."""
    spoken = [kind for each in OPERATIONS for kind in (each.reads, each.answers)]
    spoken += [kind for each in LOOKUPS for kind in (each.reads, each.answers)]
    kinds = tuple(dict.fromkeys((*spoken, *_SIGNED, Problem, TokenAnswer)))
    references, components = native.schemas(kinds, _REF)
    by_kind = dict(zip(kinds, references, strict=True))
    _label(components)
    components["Problem"]["properties"]["code"] = {"enum": [each.code for each in Refusal]}
    components["RegisterRequest"]["properties"]["jws"]["description"] = (
        "JWS compact, en-tête {alg: ES256 ou PS256, typ: ordonum-order+jws, x5c}, signé par la clé de signature de la carte ; "
        "sa charge est un SignedOrder."
    )
    components["Receipt"]["properties"]["acknowledgement"]["description"] = (
        "JWS compact Ed25519 (typ: ordonum-ack+jws), clé de /v1/acknowledgement-keys ; sa charge est un Acknowledgement."
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "ordonum — Ordonnance numérique", "version": __version__, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": {
            "/v1/token": _token(by_kind),
            "/v1/acknowledgement-keys": _keys(),
            "/v1/keys/{day}": _published(by_kind),
            **{each.path: {"post": _post(each, by_kind)} for each in OPERATIONS},
            **{each.path: {each.method.lower(): _lookup(each, by_kind)} for each in LOOKUPS},
        },
        "components": {"schemas": components, "securitySchemes": {"jeton": {"type": "http", "scheme": "bearer"}}},
    }


def _label(components: dict[str, Any]) -> None:
    """Beside each code its French label."""
    for kind in _labelled(Labelled):
        if kind.__name__ in components:
            components[kind.__name__]["description"] = " ; ".join(f"`{each.value}` : {each.label}" for each in kind)


def _labelled(kind: type[Labelled]) -> list[type[Labelled]]:
    return [each for child in kind.__subclasses__() for each in (child, *_labelled(child))]


def _post(operation: Operation, by_kind: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    said = {"application/json": {"schema": by_kind[operation.answers]}}
    replayed = {"Replayed": {"schema": {"const": "true"}, "description": "La première réponse, rendue de nouveau"}}
    answers: dict[str, Any] = {"200": {"description": "Fait", "content": said}}
    resent = operation.answers is Receipt
    if operation.writes:
        again = {
            "description": "Déjà fait : la première réponse, octet pour octet",
            "headers": replayed,
            "content": said,
        }
        answers = {"201": {"description": "Enregistré", "content": said}, "200": again}
    return {
        "operationId": operation.name,
        "tags": ["Actes"],
        "summary": f"{operation.french} — {operation.summary}",
        "security": [{"jeton": []}],
        **({"parameters": [_PROOF]} if resent else {}),
        "requestBody": {"required": True, "content": {"application/json": {"schema": by_kind[operation.reads]}}},
        "responses": {**answers, **_refusals((*operation.refusals, *(RESENT if resent else ()), *EVERYWHERE), by_kind)},
    }


def _lookup(lookup: Lookup, by_kind: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": by_kind[lookup.reads]}}}
    asked = {"requestBody": body} if lookup.method == "POST" else {"parameters": list(_parameters(lookup))}
    return {
        "operationId": lookup.name,
        "tags": ["Aide à la prescription"],
        "summary": lookup.summary,
        "description": "Rien de ce qui est demandé n'est gardé ni journalisé.",
        "security": [{"jeton": []}],
        **asked,
        "responses": {
            "200": {"description": "Fait", "content": {"application/json": {"schema": by_kind[lookup.answers]}}},
            **_refusals((*lookup.refusals, *LOOKUP_REFUSALS), by_kind),
        },
    }


def _parameters(lookup: Lookup) -> Iterator[dict[str, Any]]:
    """The fields that an address is read as: in its path where it names them, else in its query."""
    ((_, shape),) = native.schemas((lookup.reads,), _REF)[1].items()
    for name, schema in shape["properties"].items():
        inside = f"{{{name}}}" in lookup.path
        needed = inside or name in shape.get("required", ())
        yield {"name": name, "in": "path" if inside else "query", "required": needed, "schema": schema}


def _token(by_kind: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    form = {
        "type": "object",
        "required": ["grant_type", "assertion"],
        "properties": {"grant_type": {"const": GRANT_TYPE}, "assertion": {"type": "string"}},
    }
    return {
        "post": {
            "operationId": "token",
            "tags": ["Authentification"],
            "summary": "S'authentifier — une assertion JWT signée par la carte (RFC 7523, x5c) contre un jeton",
            "description": "JWT {alg: ES256 ou PS256, typ: JWT, x5c} signé par la clé d'authentification de la carte ; sa charge "
            "est un AssertionClaims : `iss` et `sub` valent 8 suivi du RPPS, `aud` l'adresse de ce service, `exp` au plus 60 s "
            "après `iat`, `jti` ne sert qu'une fois. Cinq minutes d'écart d'horloge sont tolérées.",
            "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}},
            "responses": {
                "200": {"description": "Jeton", "content": {"application/json": {"schema": by_kind[TokenAnswer]}}},
                **_refusals(TOKEN_REFUSALS, by_kind),
            },
        }
    }


def _keys() -> dict[str, Any]:
    return {
        "get": {
            "operationId": "acknowledgementKeys",
            "tags": ["Authentification"],
            "summary": "Clés publiques des accusés du service (JWK, Ed25519), datées (from, until) ; les anciennes restent",
            "responses": {"200": {"description": "Un ensemble de JWK", "content": {"application/json": {}}}},
        }
    }


def _published(by_kind: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    day = {"name": "day", "in": "path", "required": True, "schema": {"type": "string", "format": "date"}}
    content = {"application/jose": {"schema": {"type": "string"}}}
    return {
        "get": {
            "operationId": "publishedKeys",
            "tags": ["Authentification"],
            "summary": "Les clés de QR code reçues et révoquées ce jour-là (UTC), signées par le service",
            "description": "JWS compact Ed25519 (typ: ordonum-keys+jws), clé de /v1/acknowledgement-keys ; sa charge est un "
            "KeyList. Un jour passé ne change plus ; gardez treize mois de listes pour vérifier un QR code sans le service.",
            "parameters": [day],
            "responses": {
                "200": {"description": "La liste signée", "content": content},
                **_refusals((Refusal.UNKNOWN_DAY, Refusal.UNAVAILABLE), by_kind),
            },
        }
    }


def _refusals(refusals: tuple[Refusal, ...], by_kind: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    """One answer a status code, naming the codes that bear it; any other status is a Problem too."""
    content = {MEDIA_TYPE: {"schema": by_kind[Problem]}}
    codes: dict[str, list[str]] = {}
    for each in dict.fromkeys(refusals):
        codes.setdefault(str(STATUS[each.value.kind]), []).append(f"`{each.code}`")
    named = {status: {"description": ", ".join(some), "content": content} for status, some in sorted(codes.items())}
    return {**named, "default": {"description": "Tout autre refus (docs/refus.md)", "content": content}}
