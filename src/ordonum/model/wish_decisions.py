"""Decisions on what the patient asked at prescribing: anonymity, no paper. Pure."""

from ordonum.model.prescription import Prescription, SignedOrder
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.wishes import AnonymityGround


def check_wishes(
    order: SignedOrder | Prescription,
    *,
    proposed: AnonymityGround | None,
    minor: bool,
    paper_replaced: bool,
    at: str = "$.jws",
) -> None:
    """Refuse an order whose content opens anonymity while nobody answered; an anonymity on a ground that does not hold; or a
    copy that could not replace the paper that day. Raises Refused.

    `proposed`: the ground that the content opens; `minor`: the patient is under eighteen; `paper_replaced`: the channel asked
    for could replace the paper on the day of writing; `at`: where the order stands in what was sent.
    """
    answer = order.anonymity
    if proposed is not None and answer is None:
        raise Refused(Refusal.ANONYMITY_ANSWER_WANTED, at=f"{at}.anonymity", ground=proposed.label)
    if answer is not None and answer.requested:
        if answer.ground is AnonymityGround.MINOR_CONTRACEPTION and not minor:
            why = "la patiente n'est pas mineure"
            raise Refused(Refusal.ANONYMITY_NOT_FOUNDED, at=f"{at}.anonymity.ground", ground=why)
        if proposed is not None and answer.ground is not proposed:
            why = f"le contenu relève de : {proposed.label}"
            raise Refused(Refusal.ANONYMITY_NOT_FOUNDED, at=f"{at}.anonymity.ground", ground=why)
    if order.paperless is not None and not paper_replaced:
        raise Refused(Refusal.PAPERLESS_NOT_THEN, at=f"{at}.paperless", channel=order.paperless.channel.label)
