"""The hook of the API fuzzer: whom each generated case comes from, and what their test card signs of it.

The document that the generator sees has the payloads in the place of what carries them signed: SignedOrder for the JWS of a
registration, Delegation, AssertionClaims. The hook puts them in order, signs them, and puts the signed text back.
"""

import json
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from schemathesis import Case, GenerationMode, HookContext
from schemathesis.core.parameters import ParameterLocation

from fuzzing.mending import Body, Mender
from fuzzing.opened import Known, as_json, committed, is_number, payload_of
from ordonum.cli.system import System
from ordonum.client import Card
from ordonum.client.keys import HeldKey, HeldKeys
from ordonum.client.prepare import assertion
from ordonum.client.workstation import SOFTWARE
from ordonum.knowledge.rights import may_execute
from ordonum.model.actors import Actor, Professional
from ordonum.model.acts import CancelRequest, ConsultRequest, ExecuteRequest, InvoiceRequest, ReadBackRequest
from ordonum.model.delegation import DelegateRequest, KeyUse
from ordonum.model.identifiers import BirthDate
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity, SignedOrder
from ordonum.wire import delegation as delegations
from ordonum.wire import native, qr
from ordonum.wire.assertion import GRANT_TYPE, AssertionClaims
from raw import ask_token, post

PRESCRIBERS = ("dr-martin", "dr-leroy", "dr-rey", "cardiologue-faure", "sage-femme-morel", "dentiste-garcia")
EXECUTANTS = (
    "pharmacie-centre",
    "pharmacie-gare",
    "infirmiere-diallo",
    "kine-bernard",
    "orthophoniste-lefevre",
    "orthoptiste-mercier",
    "podologue-blanc",
    "opticien-dupuis",
    "biologiste-henry",
    "manipulateur-perez",
)
OTHERS = ("preparatrice-lemoine", "secretaire-marchand", "structure-pharmacie-centre")
AnyCase = Case[Any]
TOKEN_LASTS = timedelta(minutes=20)
KNOWN_MAX, KEYS, SHEETS = 200, 12, 8
SHEET_SHARE = 0.12  # how many acts are on a printed sheet that was never registered


class Signing:
    """The hook. `raw_share`: how many well-formed bodies are signed and sent just as they were generated."""

    def __init__(self, system: System, chance: Random, *, raw_share: float = 0.12) -> None:
        self.system, self.chance, self.raw_share = system, chance, raw_share
        self.mender = Mender(chance, system.now)
        self.cards = {name: system.card(name) for name in (*PRESCRIBERS, *EXECUTANTS, *OTHERS)}
        self.known: list[Known] = []
        self.unknown = [str(EpuId.draw(chance.choice)) for _ in range(6)]  # few: a guard counts distinct unknown ones
        self.keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(KEYS)]
        self._tokens: dict[str, tuple[str, Any]] = {}
        self._sent: dict[str, tuple[str, Body]] = {}
        self._qr_keys = {name: self._qr_key(name) for name in PRESCRIBERS[:2]}
        self.sheets = [self._sheet(PRESCRIBERS[rank % 2]) for rank in range(SHEETS)]

    def map_case(self, context: HookContext, case: AnyCase) -> AnyCase:
        """Sign the case as whoever it suits, and give it their token. What was made wrong on purpose stays wrong."""
        case.freeze_metadata()  # what the case is of is said of what was generated, not of what carries it signed
        negative = case.meta is not None and case.meta.generation.mode is GenerationMode.NEGATIVE
        name = str(case.operation.definition.raw.get("operationId"))
        as_made = negative or self.chance.random() < self.raw_share
        makes = getattr(self, f"_{name}", None)
        card = self.chance.choice(PRESCRIBERS)
        if isinstance(case.body, dict) and makes is not None:
            card, made = makes(dict(case.body), as_made=as_made)
            case.body.clear()  # in place: another object would be judged again by the schema
            case.body.update(made)
        elif name == "publishedKeys" and not negative:
            case.path_parameters["day"] = self.mender.day()
        if name not in ("token", "publishedKeys", "acknowledgementKeys") and not _without_token(case):
            case.headers["Authorization"] = f"Bearer {self.token(card)}"
        return case

    def token(self, name: str) -> str:
        """The token of this card's workstation, asked again now and then."""
        held, until = self._tokens.get(name, ("", self.system.now()))
        if self.system.now() >= until:
            card = self.cards[name]
            audience, now = f"{self.system.url}/v1/token", int(self.system.now().timestamp())
            answer = ask_token(self.system, assertion(card, card.place, SOFTWARE, audience=audience, now=now))
            assert answer.status_code == 200, answer.text
            held = str(answer.json()["access_token"])
            self._tokens[name] = (held, self.system.now() + TOKEN_LASTS)
        return held

    def learn(self, number: str) -> None:
        """The service has acknowledged the registration that was sent under this number."""
        if number in self._sent:
            card, parts = self._sent.pop(number)
            self.known = [
                *self.known,
                Known(number=number, card=card, scanned=self._code(number, card, parts["identity"]), **parts),
            ]
            self.known = self.known[-KNOWN_MAX:]

    # Each operation: the card that suits it, and the body to send ----------------------------------------------------

    def _register(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        name = self._card(PRESCRIBERS)
        card, order = self.cards[name], body.get("jws")
        if not as_made and isinstance(order, dict) and isinstance(card.holder, Professional):
            order = self.mender.mend(SignedOrder, order)
            self._names_itself(order, card)
            body = {
                **body,
                "number": str(EpuId.draw(self.chance.choice)),
                "opening": f"{self.chance.getrandbits(256):064x}",
            }
            body["identity"] = self.mender.mend(Identity, body.get("identity"))
            order["commitment"] = committed(body)
            if isinstance(body["identity"], dict):
                self._sent = {body["number"]: (name, {"order": order, "identity": body["identity"]})}
        signed = card.sign_order(as_json(order)) if isinstance(card.holder, Professional) else "a.b.c"
        number = self._few_unknown({"number": body["number"]}) if as_made and "number" in body else {}
        return name, {**body, **number, "jws": signed} if "jws" in body else body

    def _delegate(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        name = self._card(PRESCRIBERS)
        card, asked = self.cards[name], body.get("jws")
        if not as_made and isinstance(asked, dict):
            use = KeyUse.QR if asked.get("use") == "qr" else KeyUse.ORDER
            rank = PRESCRIBERS.index(name) if name in PRESCRIBERS else 0
            key, lasts = self.keys[2 * rank + (use is KeyUse.QR)], timedelta(hours=self.chance.choice((1, 11)))
            asked = msgspec.to_builtins(delegations.make(key, use, since=self.system.now(), lasts=lasts))
        signed = card.sign_delegation(as_json(asked)) if isinstance(card.holder, Professional) else "a.b.c"
        return name, {**body, "jws": signed} if "jws" in body else body

    def _token(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        name = self.chance.choice((*PRESCRIBERS, *EXECUTANTS, *OTHERS))
        card, claims = self.cards[name], body.get("assertion")
        if not as_made and isinstance(claims, dict):
            now = int(self.system.now().timestamp())
            whole = assertion(card, card.place, SOFTWARE, audience=f"{self.system.url}/v1/token", now=now)
            right = native.read(payload_of(whole), dict)
            mended = self.mender.mend(AssertionClaims, claims)
            kept = {key: mended[key] for key in mended if key in ("jti", "inside") and self.chance.random() < 0.3}
            claims = {**right, **kept}
        if "assertion" not in body:
            return name, body
        return name, {**body, "grant_type": GRANT_TYPE, "assertion": card.sign_assertion(as_json(claims))}

    def _consult(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        return self._on_a_prescription(body, ConsultRequest, as_made=as_made)

    def _execute(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        return self._on_a_prescription(body, ExecuteRequest, as_made=as_made)

    def _invoice(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        return self._on_a_prescription(body, InvoiceRequest, as_made=as_made)

    def _on_a_prescription(self, body: Body, kind: type, *, as_made: bool) -> tuple[str, Body]:
        known = self._drawn()
        if known is None or as_made or self.chance.random() < 0.1:
            return self._card(EXECUTANTS), self._few_unknown(body)
        made = self.mender.mend(kind, {**body, "number": known.number})
        made["number"] = known.number
        made["qr"] = known.scanned if known in self.sheets or self.chance.random() < 0.4 else None
        if known in self.sheets and isinstance(made.get("execution"), dict):
            made["execution"]["given"] = "already"
        for each in (made.get("execution"), made.get("invoice")):
            if isinstance(each, dict):
                self._fits(each, known)
        return self._executant_of(known), made

    def _cancel(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        return self._on_ones_own(body, CancelRequest, as_made=as_made)

    def _executions(self, body: Body, *, as_made: bool) -> tuple[str, Body]:
        return self._on_ones_own(body, ReadBackRequest, as_made=as_made)

    def _on_ones_own(self, body: Body, kind: type, *, as_made: bool) -> tuple[str, Body]:
        known = self._drawn()
        if known is None or as_made or self.chance.random() < 0.1:
            return self._card(PRESCRIBERS), self._few_unknown(body)
        made = self.mender.mend(kind, body)
        named = {"by": "number", "number": known.number}
        if known not in self.sheets and self.chance.random() < 0.5:
            named = {"by": "own-act", "register_act_id": known.order["act_id"]}
        made = {**made, "prescription": named}
        made.pop("qr", None)
        if isinstance(made.get("cancellation"), dict):
            made["qr"] = known.scanned
            made["cancellation"]["act_id"] = self.mender.new_id()
        return known.card, made

    def _drawn(self) -> Known | None:
        """A prescription to act on: registered, or on paper only."""
        if self.chance.random() < SHEET_SHARE:
            return self.chance.choice(self.sheets)
        return self.chance.choice(self.known) if self.known else None

    # What makes a body fit ------------------------------------------------------------------------------------------

    def _card(self, suited: tuple[str, ...]) -> str:
        return self.chance.choice(suited if self.chance.random() < 0.9 else (*PRESCRIBERS, *EXECUTANTS, *OTHERS))

    def _names_itself(self, order: Body, card: Card) -> None:
        """The order is by its signer, where the signer is, now and then against the rules."""
        order["prescriber"] = json.loads(native.write(card.professional))
        order["place"] = json.loads(native.write(card.place))
        order["v"] = 1
        if self.chance.random() < 0.9:
            order.pop("establishment", None)
        if isinstance(order.get("replaced"), dict) and order["replaced"].get("rpps") == order["prescriber"]["rpps"]:
            del order["replaced"]

    def _executant_of(self, known: Known) -> str:
        """A card that may execute it, mostly."""
        family = known.order.get("family")
        suited = [
            name
            for name in EXECUTANTS
            if any(
                each.value == family
                for each in may_execute(Actor(self.cards[name].holder, self.cards[name].place, SOFTWARE))
            )
        ]
        return self.chance.choice(suited) if suited and self.chance.random() < 0.85 else self._card(EXECUTANTS)

    def _fits(self, act: Body, known: Known) -> None:
        """Ranks, units and identity those of the prescription, mostly."""
        act["act_id"] = self.mender.new_id()
        lines = known.order["lines"]
        for each in act.get("lines") or []:
            if isinstance(each, dict) and isinstance(each.get("line"), int) and self.chance.random() < 0.9:
                line = lines[each["line"] % len(lines)]
                each["line"] = line["rank"]
                if line.get("quantity") and each.get("quantity"):
                    each["quantity"] = {"value": self.chance.choice((1, 1, 2, 30)), "unit": line["quantity"]["unit"]}
        ranks = [each.get("line") for each in act.get("lines") or [] if isinstance(each, dict)]
        if len(set(map(str, ranks))) != len(ranks):
            act["lines"] = act["lines"][:1]
        if isinstance(act.get("beneficiary"), dict) and self.chance.random() < 0.85:
            act["beneficiary"].update(known.identity)

    def _few_unknown(self, body: Body) -> Body:
        """Well-formed numbers that nobody registered are always the same few."""
        if isinstance(number := body.get("number"), str) and is_number(number):
            return {**body, "number": self.chance.choice(self.unknown)}
        named = body.get("prescription")
        if isinstance(named, dict) and isinstance(named.get("number"), str) and is_number(named["number"]):
            return {**body, "prescription": {**named, "number": self.chance.choice(self.unknown)}}
        return body

    def _qr_key(self, name: str) -> HeldKey:
        """A key that signs QR codes, delegated by this card and registered."""
        held = HeldKeys(self.system.home / "fuzz-keys").make(self.cards[name], KeyUse.QR, self.system.now())
        body = native.write(DelegateRequest(held.delegation))
        answer = post(self.system, "/v1/delegations", body, bearer=self.token(name))
        assert answer.status_code == 201, answer.text
        return held

    def _sheet(self, name: str) -> Known:
        """A sheet that was printed and not registered."""
        number, identity = str(EpuId.draw(self.chance.choice)), {"first_name": "Éloïse", "birth_date": "1979-03-14"}
        order = {"act_id": self.mender.new_id(), "family": "health-products", "lines": [{"rank": 1}, {"rank": 2}]}
        scanned = self._code(number, name, identity)
        return Known(number=number, card=name, order=order, identity=identity, scanned=scanned)

    def _code(self, number: str, name: str, identity: Body) -> str | None:
        """The text of the sheet's QR code, for the prescribers who have a key."""
        if (key := self._qr_keys.get(name)) is None:
            return None
        content = qr.content_for(
            EpuId(number),
            key.rpps,
            self.cards[name].place,
            surname="DURAND",
            first_name=str(identity["first_name"]),
            birth_date=BirthDate(str(identity["birth_date"])),
            written_on=self.system.now().date(),
        )
        return qr.write(key.sign_qr(content))


def _without_token(case: AnyCase) -> bool:
    """Whether the token is what was made wrong on purpose."""
    return (
        case.meta is not None
        and case.meta.is_negative_at(ParameterLocation.HEADER)
        and not case.meta.is_negative_at(ParameterLocation.BODY)
    )
