"""Generated JSON made coherent: what a schema cannot say (check digits, fields that go together) is put right, the rest kept.

The generator knows the published document only; without this nearly every body would stop at its first check digit.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from msgspec import inspect

from fuzzing.samples import SAMPLES
from ordonum.model.actors import Place
from ordonum.model.acts import Execution
from ordonum.model.care import Correction, OpticsLine
from ordonum.model.identifiers import Finess, Identifier
from ordonum.model.lines import Family
from ordonum.model.outcomes import Intervention
from ordonum.model.prescription import FAMILY_OF, Measures, SignedOrder
from ordonum.model.products import DeviceLine, MedicineLine, PreparationLine

Body = dict[str, Any]
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
A_TEXT = "Zyxantème"  # a word that no sentence of ours has
_FAMILY_OF_TAG = {kind.__struct_config__.tag: family for kind, family in FAMILY_OF.items()}


class Mender:
    """Chance and the moment that mended values lie around."""

    def __init__(self, chance: Random, now: Callable[[], datetime]) -> None:
        self.chance, self.now = chance, now

    def mend(self, kind: type, value: Any) -> Any:
        """The value made as right as a `kind` can be."""
        return self._mend(inspect.type_info(kind), value)

    def day(self) -> str:
        """A day of the last three weeks."""
        return (self.now() - timedelta(days=self.chance.choice((0, 0, 0, 1, 3, 20)))).date().isoformat()

    def moment(self) -> str:
        """A moment of the last days."""
        return (self.now() - timedelta(minutes=self.chance.choice((0, 0, 1, 90, 3000)))).isoformat()

    def new_id(self) -> str:
        """The id of a new act."""
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def _mend(self, info: inspect.Type, value: Any) -> Any:
        if isinstance(info, inspect.Metadata):
            info = info.type
        if isinstance(info, inspect.UnionType):
            return None if value is None else self._mend(_chosen(info, value), value)
        if isinstance(info, inspect.StructType) and isinstance(value, dict):
            fields = {field.encode_name: field.type for field in info.fields}
            mended = {key: self._mend(fields[key], each) if key in fields else each for key, each in value.items()}
            _FIXES.get(info.cls, _as_it_is)(self, mended)
            return mended
        if isinstance(info, inspect.VarTupleType) and isinstance(value, list):
            return [self._mend(info.item_type, each) for each in value]
        return self._leaf(info, value)

    def _leaf(self, info: inspect.Type, value: Any) -> Any:
        if isinstance(info, inspect.CustomType) and issubclass(info.cls, Identifier):
            return self.chance.choice(SAMPLES[info.cls])
        if isinstance(info, inspect.DateType):
            return self.day()
        if isinstance(info, inspect.DateTimeType):
            return self.moment()
        if isinstance(info, inspect.IntType) and isinstance(value, float):
            return int(value)
        if isinstance(info, inspect.StrType) and isinstance(value, str):
            return _readable(info, value)
        return value


def _chosen(info: inspect.UnionType, value: Any) -> inspect.Type:
    """The member of the union that the value says it is; the first when it says nothing."""
    kinds = [each for each in info.types if not isinstance(each, inspect.NoneType)]
    for each in kinds:
        if (
            isinstance(each, inspect.StructType)
            and isinstance(value, dict)
            and value.get(str(each.tag_field)) == each.tag
        ):
            return each
    return kinds[0]


def _readable(info: inspect.StrType, value: str) -> str:
    kept = _HIDDEN.sub("", value)[: info.max_length or 200]
    if info.pattern is None or re.search(info.pattern, kept):
        return kept
    return A_TEXT if re.search(info.pattern, A_TEXT) else value


def _as_it_is(_: Mender, __: Body) -> None:
    """Most structs say nothing that a schema cannot."""


def _place(_: Mender, place: Body) -> None:
    if place.get("numero_am") and place.get("finess"):
        del place["finess"]
    elif not place.get("numero_am") and not place.get("finess"):
        place["finess"] = SAMPLES[Finess][0]


def _correction(_: Mender, eye: Body) -> None:
    for one, other in (("cylinder", "axis"), ("prism", "base")):
        if (eye.get(one) is None) != (eye.get(other) is None):
            eye.pop(one, None)
            eye.pop(other, None)


def _optics(_: Mender, line: Body) -> None:
    if not line.get("right") and not line.get("left"):
        line["right"] = {"sphere": "-01.25"}


def _measures(_: Mender, measures: Body) -> None:
    if measures.get("weight_g") is None and measures.get("height_cm") is None:
        measures["weight_g"] = 61_000


def _intervention(_: Mender, done: Body) -> None:
    if done.get("kind") == "modified" and not done.get("reason"):
        done["reason"] = "shortage"


def _lasting(_: Mender, line: Body) -> None:
    if line.get("duration_days") is None:
        line["duration_days"] = 30


def _preparation(_: Mender, line: Body) -> None:
    for each in (line.get("formula") or [])[:1]:
        each["active"] = True


def _order(mender: Mender, order: Body) -> None:
    """Lines of one family, numbered; an address where there is no family; a new act."""
    order["act_id"] = mender.new_id()
    lines = [each for each in order.get("lines") or [] if isinstance(each, dict)]
    families = [_FAMILY_OF_TAG[each["kind"]].value for each in lines if each.get("kind") in _FAMILY_OF_TAG]
    if families:
        order["family"] = families[0]
    kept = [each for each in lines if _FAMILY_OF_TAG.get(each.get("kind"), order.get("family")) in _same(order)]
    order["lines"] = kept
    for rank, line in enumerate(kept, start=1):
        line["rank"] = rank
        if order.get("family") != Family.HEALTH_PRODUCTS.value:
            line.pop("secured", None)
    if order.get("family") == Family.OTHER.value:
        order.setdefault("addressed_to", "98")
        order["addressed_to"] = order["addressed_to"] or "98"
    else:
        order.pop("addressed_to", None)


def _same(order: Body) -> tuple[Any, ...]:
    """The family of an order, as its value and as its member."""
    return (order.get("family"), *(each for each in Family if each.value == order.get("family")))


def _execution(mender: Mender, done: Body) -> None:
    """A new act; no line both delivered and not; a beneficiary exactly where something left the counter."""
    done["act_id"] = mender.new_id()
    seen: set[Any] = set()
    kept = []
    for each in done.get("lines") or []:
        if isinstance(each, dict) and each.get("outcome") in ("delivered", "not-delivered"):
            if each.get("line") in seen:
                continue
            seen.add(each.get("line"))
        kept.append(each)
    done["lines"] = kept
    outcomes = {each.get("outcome") for each in kept if isinstance(each, dict)}
    if done.get("seen_on_paper"):
        done["given"] = "already"
        if "delivered" not in outcomes:
            del done["seen_on_paper"]
    if done.get("seen_on_paper") or outcomes == {"not-delivered"}:
        done.pop("beneficiary", None)
    elif not done.get("beneficiary"):
        identity = {"kind": "none", "reason": "not-shown"}
        done["beneficiary"] = {
            "identity": identity,
            "surname": "DURAND",
            "first_name": "Éloïse",
            "birth_date": "1979-03-14",
        }


_FIXES: dict[type, Callable[[Mender, Body], None]] = {
    Place: _place,
    Correction: _correction,
    OpticsLine: _optics,
    Measures: _measures,
    Intervention: _intervention,
    MedicineLine: _lasting,
    DeviceLine: _lasting,
    PreparationLine: _preparation,
    SignedOrder: _order,
    Execution: _execution,
}
