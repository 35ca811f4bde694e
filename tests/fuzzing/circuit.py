"""What the API fuzzer's hook makes of the acts that come after: replaced, withdrawn, reported, copied, asked about."""

from typing import Any, NamedTuple

from fuzzing.mending import Body
from fuzzing.opened import Known, as_json, committed
from fuzzing.signing import EXECUTANTS, KNOWN_MAX, PRESCRIBERS, Signing
from ordonum.client import Card, EpuId
from ordonum.model.acts import (
    CopyRequest,
    RecordedRequest,
    RegisteredRequest,
    ReplaceRequest,
    ReportRequest,
    WithdrawRequest,
)
from ordonum.model.prescription import SignedOrder
from ordonum.model.wishes import CopyChannel

RIGHT_SHARE = 0.7  # how many of these acts are made to fit what is known


class Done(NamedTuple):
    """An execution that was acknowledged."""

    card: str
    number: str
    act_id: str
    ranks: tuple[Any, ...]


class Circuit(Signing):
    """The hook, for all the acts of the circuit."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self.done: list[Done] = []
        self._asked = ""
        super().__init__(*args, **named)

    def answered(self, name: str, body: Body) -> None:
        """The service has recorded this act."""
        if name == "register":
            self.learn(str(body["number"]))
        elif name == "replace":
            self.learn(str(body["registration"]["number"]))
        elif name == "execute":
            done = body["execution"]
            ranks = tuple(each.get("line") for each in done["lines"] if "line" in each)
            self.done = [*self.done, Done(self._asked, body["number"], done["act_id"], ranks)][-KNOWN_MAX:]

    def _executant_of(self, known: Known) -> str:
        self._asked = super()._executant_of(known)
        return self._asked

    def _card(self, suited: tuple[str, ...]) -> str:
        self._asked = super()._card(suited)
        return self._asked

    def _names_itself(self, order: Body, card: Card) -> None:
        """Without what it replaces, which has its own operation; and often without paper."""
        super()._names_itself(order, card)
        order.pop("replaces", None)
        order.pop("anonymity", None) if self.chance.random() < 0.8 else None
        if self.chance.random() < 0.5:
            order["paperless"] = {"channel": CopyChannel.DMP.value, "requested_on": self.mender.day()}

    def _fits(self, act: Body, known: Known) -> None:
        super()._fits(act, known)
        mine = [each for each in self.done if each.number == known.number]
        if mine and self.chance.random() < 0.2:
            act["corrects"] = {"execution": self.chance.choice(mine).act_id, "reason": "quantity"}
        elif self.chance.random() < 0.9:
            act.pop("corrects", None)

    # Each operation -------------------------------------------------------------------------------------------------

    def _replace(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        if as_made or not self.known or not isinstance(body.get("registration"), dict):
            return self._signed_as_it_is(self._few_unknown(body))
        known = self.chance.choice(self.known)
        made = self.mender.mend(ReplaceRequest, body)
        registration, card = made["registration"], self.cards[known.card]
        order = registration.get("jws") if isinstance(registration.get("jws"), dict) else {}
        if self.chance.random() < RIGHT_SHARE:
            order = {**known.order}
        order = self.mender.mend(SignedOrder, order)
        self._names_itself(order, card)
        order["replaces"] = known.order["act_id"]
        registration["identity"] = dict(known.identity)
        registration["number"] = str(EpuId.draw(self.chance.choice))
        registration["opening"] = f"{self.chance.getrandbits(256):064x}"
        order["commitment"] = committed(registration)
        self._sent = {registration["number"]: (known.card, {"order": order, "identity": registration["identity"]})}
        registration["jws"] = card.sign_order(as_json(order))
        made["prescription"] = self._named(known)
        made.pop("qr", None)
        replacement = made.get("replacement")
        if isinstance(replacement, dict):
            replacement |= {"act_id": self.mender.new_id(), "detail": "autre", "beyond_reason": "boîte perdue"}
        return known.card, made

    def _signed_as_it_is(self, body: Body) -> tuple[str, Body]:
        name, registration = self.chance.choice(PRESCRIBERS), body.get("registration")
        if isinstance(registration, dict) and "jws" in registration:
            signed = self.cards[name].sign_order(as_json(registration["jws"]))
            body = {**body, "registration": {**self._few_unknown(registration), "jws": signed}}
        return name, body

    def _withdraw(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        if as_made or not self.done:
            return self._card(EXECUTANTS), self._few_unknown(body)
        done = self.chance.choice(self.done)
        made = self.mender.mend(WithdrawRequest, body) | {"number": done.number}
        made.pop("qr", None)
        if isinstance(asked := made.get("withdrawal"), dict):
            asked |= {"act_id": self.mender.new_id(), "note": "erreur de saisie"}
            if self.chance.random() < RIGHT_SHARE:
                asked |= {"execution": done.act_id, "lines": list(done.ranks[:1]) if self.chance.random() < 0.5 else []}
        return done.card if self.chance.random() < RIGHT_SHARE else self._card(EXECUTANTS), made

    def _report(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        card, made = self._on_a_prescription(body, ReportRequest, as_made=as_made)
        if not as_made and isinstance(asked := made.get("suspicion"), dict):
            asked |= {"act_id": self.mender.new_id(), "note": "écriture douteuse"}
        return card, made

    def _copy(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        asked = [each for each in self.known if each.order.get("paperless")]
        if as_made or not asked:
            return self._card(PRESCRIBERS), self._few_unknown(body)
        known = self.chance.choice(asked)
        made = self.mender.mend(CopyRequest, body) | {"prescription": self._named(known)}
        if isinstance(copy := made.get("copy"), dict):
            copy["act_id"] = self.mender.new_id()
            if self.chance.random() < RIGHT_SHARE:
                copy |= {"channel": CopyChannel.DMP.value, "acknowledged_at": self.system.now().isoformat()}
        return known.card, made

    def _recorded(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        if as_made or not self.known:
            return self._card((*PRESCRIBERS, *EXECUTANTS)), self._few_unknown(body)
        made = self.mender.mend(RecordedRequest, body)
        made.pop("qr", None)
        if self.done and self.chance.random() < 0.5:
            done = self.chance.choice(self.done)
            named = {"by": "number", "number": done.number}
            return done.card, made | {"prescription": named, "act_id": done.act_id}
        known = self.chance.choice(self.known)
        return known.card, made | {"prescription": self._named(known), "act_id": known.order["act_id"]}

    def _registered(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        return self._card(PRESCRIBERS), body if as_made else self.mender.mend(RegisteredRequest, body)

    def _named(self, known: Known) -> Body:
        if self.chance.random() < 0.5:
            return {"by": "own-act", "register_act_id": known.order["act_id"]}
        return {"by": "number", "number": known.number}
