"""Every fault of a body at once, by path, without any value that was sent.

msgspec stops at the first fault and prints unknown keys and enum values; so its text is never shown. After a failed
decode the untyped body is walked along the type.
"""

import difflib
import json
import re
from collections.abc import Callable, Hashable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from msgspec import inspect

from ordonum.model.identifiers import Identifier, Malformed
from ordonum.model.refusals import Fault

FAULTS_MAX = 50
Hook = Callable[[type, Any], Any]

HINTS = {
    "not-json": "Ce n'est pas un document JSON en UTF-8 : {expected}.",
    "missing-field": "Ce champ est obligatoire.",
    "unknown-field": "Le champ n° {position} de cet objet est inconnu{meant} ; champs admis : {fields}.",
    "unknown-value": "Valeur hors de la liste admise : {fields}.",
    "unknown-kind": "Le champ « {field} » dit de quelle sorte il s'agit ; valeurs admises : {fields}.",
    "clearance-from-0-to-500": "La clairance (clearance) est un nombre de ml/min, de 0 à 500.",
    "wrong-type": "Type attendu : {expected}.",
    "wrong-format": "La valeur n'a pas le format attendu.",
    "out-of-range": "Il faut un nombre {expected}.",
    "empty": "Ce texte est vide.",
    "forbidden-characters": "Ce texte a un caractère qui n'est pas admis ici ({expected}).",
    "wrong-shape": "Ce n'est pas un identifiant de cette sorte ({expected}).",
    "wrong-check-digit": "La clé ou le chiffre de contrôle ne convient pas ({expected}).",
    "wrong-check-symbol": "Le symbole de contrôle ne convient pas ({expected}).",
    "unknown-number-version": "Ce numéro est d'une version inconnue de ce service.",
    "too-short": "Il en faut au moins {expected}.",
    "too-long": "Il en faut au plus {expected}.",
    "one-of-numero_am-finess": "Il faut un N° AM ou un FINESS, l'un des deux seulement.",
    "lines-are-numbered-from-1": "Les lignes se numérotent 1, 2, 3… dans l'ordre.",
    "line-outside-its-family": "Cette sorte de ligne est d'une autre famille que l'ordonnance : faites-en une feuille à part.",
    "secured-is-for-health-products": "Seule une ligne de produits de santé peut être sécurisée.",
    "addressed-to-goes-with-other": "La famille « other », et elle seule, nomme la profession qui lit (addressed_to).",
    "rental-wants-its-duration": "Une location dit sa durée (duration_days).",
    "active-substance-wanted": "Une préparation a au moins une substance active (active: true).",
    "cylinder-with-axis": "Un cylindre va avec son axe, et un axe avec son cylindre.",
    "prism-with-base": "Un prisme va avec sa base, et une base avec son prisme.",
    "one-eye-at-least": "Il faut la correction d'un œil au moins.",
    "weight-or-height": "Il faut le poids ou la taille.",
    "replaces-oneself": "On ne se remplace pas soi-même.",
    "modification-wants-its-reason": "Une modification dit sa raison (reason).",
    "seen-on-paper-is-a-past-delivery": "Une délivrance lue sur le papier est « already » et délivre quelque chose.",
    "duration-or-quantity-wanted": "Un médicament demande une durée ou une quantité (CSP R.5123-1).",
    "date-out-of-range": "Cette date est hors de toute vraisemblance.",
    "born-after-written": "La date de naissance est postérieure à la rédaction.",
    "same-line-twice": "Une même ligne est dite deux fois non délivrée, ou délivrée et non délivrée.",
    "beneficiary-wanted": "Une délivrance dit pour qui elle est faite (beneficiary).",
    "other-reason-wants-its-words": "« other » se dit avec des mots (detail, ou note).",
    "as-prescribed-has-no-reason": "Ce qui est fait comme prescrit n'a ni raison ni accord.",
    "sub-reason-does-not-fit": "Cette sous-raison ne va pas sous cette raison (docs/fichiers.md).",
    "protocol-wants-its-name": "Un ajout dit par quel protocole ou quel texte (detail).",
    "corrects-itself": "Une exécution en corrige une autre, non elle-même.",
    "no-delivery-has-no-bearer": "Un acte qui ne remet rien ne nomme pas de porteur (bearer).",
    "birth-date-wanted": "Qui n'a pas de numéro à soi est nommé par celui de l'assuré et sa date de naissance (birth_date).",
    "no-delivery-attaches-nobody": "Un acte qui ne délivre rien ne nomme personne (beneficiary).",
}

_FRENCH = {
    inspect.IntType: "nombre entier",
    inspect.DecimalType: 'nombre, seul et sans unité, avec ou sans guillemets : 22 ou "22.5"',
    inspect.StrType: "texte",
    inspect.BoolType: "true ou false",
    inspect.DateType: "date AAAA-MM-JJ",
    inspect.DateTimeType: "date et heure avec fuseau (RFC 3339)",
    inspect.UUIDType: "UUID",
}


def collect(body: bytes, kind: Any, hook: Hook, at: str) -> list[Fault]:
    """The faults of `body` as a `kind`, at most FAULTS_MAX; at least one."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [_fault(at, "not-json", expected=_where(body))]
    found = list(islice(_walk(_described(kind), value, at, hook), FAULTS_MAX))
    return found or [_fault(at, "wrong-format")]


@cache
def _described(kind: Hashable) -> inspect.Type:
    """The description of a type, made once: it takes up to two milliseconds, and anybody may send what is refused."""
    return inspect.type_info(kind)


def _where(body: bytes) -> str:
    """Where and why a text is no JSON: a line and a column, never what stands there."""
    if body.startswith(b"\xef\xbb\xbf"):
        return "il commence par une marque d'ordre des octets (BOM), à retirer"
    if not body.strip():
        return "il est vide"
    try:
        json.loads(body.decode())
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        return f"l'octet {error.start + 1} (ligne {line}) n'est pas de l'UTF-8"
    except json.JSONDecodeError as error:
        return f"erreur à la ligne {error.lineno}, colonne {error.colno}"
    except RecursionError:
        return "il est trop imbriqué"
    except ValueError:
        return "un nombre y est démesuré"
    return "un nombre ou un caractère n'y est pas admis"


def _fault(at: str, code: str, **words: str) -> Fault:
    hint = HINTS.get(code, HINTS["wrong-format"])
    return Fault(
        at,
        code if code in HINTS else "wrong-format",
        hint.format_map({"expected": "…", "fields": "…", "position": "", "meant": "", **words}),
    )


def _walk(info: inspect.Type, value: Any, at: str, hook: Hook) -> Iterator[Fault]:
    if isinstance(info, inspect.Metadata):
        info = info.type
    if isinstance(info, inspect.UnionType):
        yield from _walk_union(info, value, at, hook)
    elif isinstance(info, inspect.StructType):
        yield from _walk_struct(info, value, at, hook)
    elif isinstance(info, inspect.VarTupleType):
        yield from _walk_list(info, value, at, hook)
    else:
        yield from _leaf(info, value, at)


def _walk_list(info: inspect.VarTupleType, value: Any, at: str, hook: Hook) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield _fault(at, "wrong-type", expected="liste")
        return
    if info.min_length is not None and len(value) < info.min_length:
        yield _fault(at, "too-short", expected=str(info.min_length))
    if info.max_length is not None and len(value) > info.max_length:
        yield _fault(at, "too-long", expected=str(info.max_length))
        return
    for place, each in enumerate(value):
        yield from _walk(info.item_type, each, f"{at}[{place}]", hook)


def _walk_union(info: inspect.UnionType, value: Any, at: str, hook: Hook) -> Iterator[Fault]:
    kinds = [each for each in info.types if not isinstance(each, inspect.NoneType)]
    if value is None:
        if len(kinds) == len(info.types):
            yield _fault(at, "wrong-type", expected="objet")
        return
    if len(kinds) == 1:
        yield from _walk(kinds[0], value, at, hook)
        return
    structs = [each for each in kinds if isinstance(each, inspect.StructType)]
    field = structs[0].tag_field or "type"
    if not isinstance(value, dict):
        yield _fault(at, "wrong-type", expected="objet")
        return
    chosen = [each for each in structs if each.tag == value.get(field)]
    if not chosen:
        yield _fault(f"{at}.{field}", "unknown-kind", field=field, fields=", ".join(str(each.tag) for each in structs))
        return
    yield from _walk(chosen[0], value, at, hook)


def _walk_struct(info: inspect.StructType, value: Any, at: str, hook: Hook) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield _fault(at, "wrong-type", expected="objet")
        return
    known = {field.encode_name: field for field in info.fields}
    for position, key in enumerate(value, start=1):
        if key not in known and key != info.tag_field:
            near = difflib.get_close_matches(key[:50], known, n=1)
            meant = f" (vouliez-vous dire « {near[0]} » ?)" if near else ""
            yield _fault(at, "unknown-field", position=str(position), meant=meant, fields=", ".join(known))
    inside = False
    for name, field in known.items():
        if name in value:
            for fault in _walk(field.type, value[name], f"{at}.{name}", hook):
                inside = True
                yield fault
        elif field.required:
            inside = True
            yield _fault(f"{at}.{name}", "missing-field")
    if not inside:
        yield from _whole(
            info, {key: each for key, each in value.items() if key in known or key == info.tag_field}, at, hook
        )


def _whole(info: inspect.StructType, value: dict[str, Any], at: str, hook: Hook) -> Iterator[Fault]:
    """What the struct itself says of fields that are each right (its __post_init__)."""
    try:
        msgspec.convert(value, info.cls, dec_hook=hook)
    except msgspec.ValidationError as error:
        cause = error.__cause__
        code = str(cause) if isinstance(cause, ValueError) and str(cause) in HINTS else "wrong-format"
        yield _fault(at, code)


def _leaf(info: inspect.Type, value: Any, at: str) -> Iterator[Fault]:
    if isinstance(info, inspect.CustomType) and issubclass(info.cls, Identifier):
        try:
            info.cls(value)
        except Malformed as error:
            yield _fault(at, error.reason, expected=info.cls.title)
        return
    if isinstance(info, inspect.EnumType):
        values = [each.value for each in info.cls]
        if value not in values:
            yield _fault(at, "unknown-value", fields=", ".join(map(str, values)))
        return
    if isinstance(info, inspect.LiteralType):
        if value not in info.values:
            yield _fault(at, "unknown-value", fields=", ".join(map(str, info.values)))
        return
    yield from _scalar(info, value, at)


def _scalar(info: inspect.Type, value: Any, at: str) -> Iterator[Fault]:
    expected = _FRENCH.get(type(info), "autre")
    if isinstance(info, inspect.DecimalType):
        if not _is_decimal(value):
            yield _fault(at, "wrong-type", expected=expected)
        return
    right = isinstance(value, bool) if isinstance(info, inspect.BoolType) else not isinstance(value, bool)
    right = right and isinstance(value, int if isinstance(info, inspect.IntType) else (str, bool))
    if not right:
        yield _fault(at, "wrong-type", expected=expected)
    elif isinstance(info, inspect.StrType):
        yield from _text(info, value, at)
    elif isinstance(info, inspect.IntType) and not _int_fits(info, value):
        low = "" if info.ge is None else f"d'au moins {info.ge}"
        high = "" if info.le is None else f"d'au plus {info.le}"
        yield _fault(at, "out-of-range", expected=" et ".join(each for each in (low, high) if each))
    elif isinstance(info, (inspect.DateType, inspect.DateTimeType, inspect.UUIDType)) and not _converts(info, value):
        yield _fault(at, "wrong-type", expected=expected)


def _text(info: inspect.StrType, value: str, at: str) -> Iterator[Fault]:
    if info.min_length and not value.strip():
        yield _fault(at, "empty")
    elif info.max_length is not None and len(value) > info.max_length:
        yield _fault(at, "too-long", expected=f"{info.max_length} caractères")
    elif info.pattern is not None and re.search(info.pattern, value) is None:
        code = "forbidden-characters" if info.min_length else "wrong-format"
        yield _fault(at, code, expected="caractères de commande, invisibles ou qui changent le sens de lecture")


def _is_decimal(value: Any) -> bool:
    """Whether it is read as a decimal: a number, or a text that is one."""
    try:
        msgspec.convert(value, Decimal)
    except msgspec.ValidationError:
        return False
    return True


def _int_fits(info: inspect.IntType, value: int) -> bool:
    return (info.ge is None or value >= info.ge) and (info.le is None or value <= info.le)


def _converts(info: inspect.Type, value: str) -> bool:
    try:
        if isinstance(info, inspect.DateTimeType):
            return msgspec.convert(value, datetime).tzinfo is not None
        msgspec.convert(value, date if isinstance(info, inspect.DateType) else UUID)
    except msgspec.ValidationError:
        return False
    return True
