"""The OpenAPI 3.1 document of the service, made from the table of operations and the model's own schemas."""

from typing import Any

from ordonum import __version__
from ordonum.model.refusals import Refusal
from ordonum.server.api.operations import OPERATIONS, Operation
from ordonum.wire import native
from ordonum.wire.assertion import GRANT_TYPE, AssertionClaims, TokenAnswer
from ordonum.wire.problem import MEDIA_TYPE, Problem

_REF = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """The whole document."""
    kinds = [each for operation in OPERATIONS for each in (operation.reads, operation.answers)]
    extra = (Problem, TokenAnswer, AssertionClaims)
    references, components = native.schemas((*dict.fromkeys(kinds), *extra), _REF)
    by_kind = dict(zip((*dict.fromkeys(kinds), *extra), references, strict=True))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ordonum — Ordonnance numérique",
            "version": __version__,
            "description": "Enregistrer, consulter, exécuter, annuler, relire. Les refus sont des documents RFC 9457 ; "
            "`effect` dit si quelque chose a été enregistré, `retry` ce qu'un logiciel peut faire seul.",
        },
        "paths": {"/v1/token": _token(by_kind), **{each.path: {"post": _post(each, by_kind)} for each in OPERATIONS}},
        "components": {
            "schemas": components,
            "securitySchemes": {"jeton": {"type": "http", "scheme": "bearer"}},
        },
    }


def _post(operation: Operation, by_kind: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    said = {"application/json": {"schema": by_kind[operation.answers]}}
    return {
        "operationId": operation.name,
        "summary": f"{operation.french} — {operation.summary}",
        "security": [{"jeton": []}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": by_kind[operation.reads]}}},
        "responses": {
            "201" if operation.writes else "200": {"description": "Fait", "content": said},
            **(
                {"200": {"description": "Déjà fait : la première réponse, octet pour octet", "content": said}}
                if operation.writes
                else {}
            ),
            **_problems(by_kind),
        },
    }


def _token(by_kind: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    form = {
        "type": "object",
        "required": ["grant_type", "assertion"],
        "properties": {"grant_type": {"const": GRANT_TYPE}, "assertion": {"type": "string"}},
    }
    return {
        "post": {
            "operationId": "token",
            "summary": "S'authentifier — une assertion JWT signée par la carte (RFC 7523, x5c) contre un jeton",
            "description": "L'assertion porte les champs de AssertionClaims et ne sert qu'une fois.",
            "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}},
            "responses": {
                "200": {"description": "Jeton", "content": {"application/json": {"schema": by_kind[TokenAnswer]}}},
                **_problems(by_kind),
            },
        }
    }


def _problems(by_kind: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    codes = ", ".join(f"`{each.code}`" for each in Refusal)
    content = {MEDIA_TYPE: {"schema": by_kind[Problem]}}
    return {"default": {"description": f"Refus. Codes : {codes}", "content": content}}
