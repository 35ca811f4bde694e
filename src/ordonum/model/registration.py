"""The decision to register, and what the circuit carries at all: a column of named refusals, in order of precedence. Pure."""

from datetime import timedelta

from ordonum.model.actors import Actor, Establishment, Professional
from ordonum.model.days import months_after
from ordonum.model.facts import RegisterFacts
from ordonum.model.judging import prescribing_told
from ordonum.model.lines import IN_SCOPE, Family
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Refusal, Refused

CLOCK_TOLERANCE = timedelta(minutes=5)
KEPT_MONTHS = 60  # CSP R.4071-1: five years from writing
REGISTRATION_MONTHS = 12  # design: an order written more than a year ago is written again


def check_registration(order: SignedOrder, facts: RegisterFacts) -> tuple[str, ...]:
    """Refuse a registration, or say what its prescriber is told. Signature and certificate were verified before; they come
    first.
    """
    if not _may_send(facts.actor, facts.signer, order):
        raise Refused(Refusal.SIGNER_NOT_CALLER)
    if order.prescriber != facts.signer:
        raise Refused(Refusal.SIGNER_NOT_PRESCRIBER, at="$.jws.prescriber")
    check_scope(order.family, order.establishment)
    if not _same_place(order, facts.actor):
        raise Refused(Refusal.PLACE_DIFFERS, at="$.jws.place")
    if order.family not in facts.may_prescribe:
        raise Refused(Refusal.NOT_ENTITLED, profession=facts.signer.profession.label, family=order.family.label)
    if not facts.may_secure and any(line.secured for line in order.lines):
        raise Refused(Refusal.NOT_ENTITLED_SECURED, at="$.jws.lines", profession=facts.signer.profession.label)
    if not facts.commitment_opens:
        raise Refused(Refusal.COMMITMENT_DIFFERS, at="$.jws.commitment")
    _check_dates(order, facts)
    if facts.taken:
        raise Refused(Refusal.NUMBER_TAKEN, at="$.number")
    return prescribing_told(order, facts.rules, facts.conditions, facts.birth, contents=facts.contents)


def _check_dates(order: SignedOrder, facts: RegisterFacts) -> None:
    """Not written in the future, nor too long ago, nor after the end of the key that signed."""
    today = facts.now.astimezone(facts.zone).date()
    latest = (facts.now + CLOCK_TOLERANCE).astimezone(facts.zone).date()
    if order.written_on > latest:
        raise Refused(Refusal.WRITTEN_IN_FUTURE, at="$.jws.written_on")
    if facts.signed_until is not None and order.written_on > facts.signed_until.astimezone(facts.zone).date():
        raise Refused(Refusal.CERTIFICATE_EXPIRED, at="$.jws.written_on")
    if months_after(order.written_on, REGISTRATION_MONTHS) < today:
        raise Refused(Refusal.WRITTEN_TOO_LONG_AGO, at="$.jws.written_on")


def check_scope(family: Family, establishment: Establishment | None) -> None:
    """Refuse what the circuit does not carry: transport, and what an establishment both makes and executes."""
    if family not in IN_SCOPE:
        raise Refused(Refusal.TRANSPORT_OUT_OF_SCOPE)
    if establishment is not None and establishment.executed_inside:
        raise Refused(Refusal.MADE_AND_EXECUTED_INSIDE)


def _may_send(actor: Actor, signer: Professional, order: SignedOrder) -> bool:
    """The signer, or the employees and the software of the place that the order names, sending what was signed there."""
    if isinstance(actor.who, Professional):
        return actor.rpps == signer.rpps
    return actor.place.key == order.place.key


def _same_place(order: SignedOrder, actor: Actor) -> bool:
    """Whether the order was written where its sender stands: same place, inside the same establishment if any."""
    written = order.establishment.finess if order.establishment else None
    stands = actor.inside.finess if actor.inside else None
    return order.place.key == actor.place.key and written == stands
