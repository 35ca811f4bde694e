"""What leaves the printer: the sheet, its QR code's key, previews; each print counted. Steps that a face carries out."""

import secrets
from datetime import date
from uuid import UUID, uuid4

from ordonum.client import prepare
from ordonum.client.acting import Acting, declined
from ordonum.client.effects import Steps, Unanswered, work
from ordonum.client.errors import CannotPrint, ClientError, NotKept, UnusableCard
from ordonum.client.keys import HeldKey
from ordonum.client.transport import decoded
from ordonum.knowledge import specialties
from ordonum.knowledge.anonymity import is_minor, proposed
from ordonum.knowledge.drugs.contents import contents_of
from ordonum.knowledge.drugs.law import conditions_of
from ordonum.knowledge.paperless import replaces_paper
from ordonum.knowledge.rights import may_prescribe, may_secure
from ordonum.knowledge.rules import AT_REGISTRATION
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Professional
from ordonum.model.delegation import Delegated, DelegateRequest, KeyUse
from ordonum.model.identifiers import CommitmentHex
from ordonum.model.judging import prescribing_told
from ordonum.model.number import EpuId
from ordonum.model.prescription import Prescription, split
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.registration import check_scope
from ordonum.model.wish_decisions import check_wishes
from ordonum.wire import native, qr, sheet
from ordonum.wire.qr import SignedQr
from ordonum.wire.sheet_press import Variant


class Printing(Acting):
    """A workstation that prints."""

    def preview(self, prescription: Prescription) -> Steps[bytes]:
        """See Client.preview."""

        def drawn() -> bytes:
            if not self.card.is_test:
                raise UnusableCard("Seule une carte de test dessine un spécimen : une vraie feuille s'enregistre.")
            self._check_right(prescription)
            number = EpuId.draw(secrets.choice)
            return self._draw(prescription, prepare.code(prescription, number, self._code_key()), registered=False)

        return (yield from work(drawn))

    def sheet(self, act_id: UUID, variant: Variant) -> Steps[bytes]:
        """See Client.sheet."""

        def drawn() -> bytes:
            kept, trace = self.outbox.get(act_id), self._trace("print")
            if kept.prescription is None or kept.number is None:
                raise NotKept(f"L'acte {act_id} n'est pas une ordonnance.")
            if kept.refused is not None:
                raise CannotPrint(f"Cette ordonnance n'a pas été enregistrée ({kept.refused}) : refaites-la.")
            code = qr.read(kept.code) if kept.code else prepare.code(kept.prescription, kept.number, self._code_key())
            if kept.cancelled:
                raise CannotPrint("Cette ordonnance est annulée : elle ne s'imprime plus.")
            if kept.replaced_by is not None:
                raise CannotPrint(f"Cette ordonnance est remplacée : imprimez la nouvelle (acte {kept.replaced_by}).")
            printed = self.outbox.printed(act_id)  # counted before anybody holds it
            registered = kept.answer is not None
            copy = printed.prints - (printed.prints_pending if registered else 0)
            made = self._draw(
                kept.prescription,
                code,
                registered=registered,
                copy=copy,
                variant=variant,
                replaces_on=kept.replaces_on,
                stopped=kept.stopped,
            )
            trace.act_id = act_id
            trace.printed(printed.prints)
            trace.flush()
            return made

        return (yield from work(drawn))

    def _check_right(self, prescription: Prescription) -> None:
        """What the service would refuse whatever the lines is told before anything is kept."""
        who = self.card.professional.profession
        try:
            check_scope(prescription.family, prescription.establishment)
        except Refused as refused:
            raise declined(refused) from None
        if prescription.family not in may_prescribe(who):
            raise declined(Refused(Refusal.NOT_ENTITLED, profession=who.label, family=prescription.family.label))
        if not may_secure(who) and any(line.secured for line in prescription.lines):
            raise declined(Refused(Refusal.NOT_ENTITLED_SECURED, profession=who.label))
        try:
            wishes(prescription)
            self._check_law(prescription)
        except Refused as refused:
            raise declined(refused) from None

    def _check_law(self, prescription: Prescription) -> None:
        """What the rules of the day of writing refuse, or ask a reason for, is told before a sheet can leave: the service may
        be out. Raises Refused.
        """
        order, sealed = split(
            prescription,
            act_id=uuid4(),
            prescriber=self.card.professional,
            software=self.software,
            commitment=CommitmentHex("0" * 64),
        )
        drugs = self.drugs()
        prescribing_told(
            order, AT_REGISTRATION, conditions_of(drugs), sealed.birth_date, at="$", contents=contents_of(drugs)
        )

    def _code_key(self) -> HeldKey:
        """The key that signs QR codes: the one in use, or a new one that the card delegates."""
        rpps, now = self.card.professional.rpps, self.now()
        if held := self.keys.current(rpps, KeyUse.QR, now):
            return held
        with self.outbox.alone("qr-key"):  # two programs of one workstation make one key
            return self.keys.current(rpps, KeyUse.QR, now) or self.keys.make(self.card, KeyUse.QR, now)

    def _register_code_key(self) -> Steps[None]:
        """Register the delegation of the QR key, if it is not yet, once the service is known to answer.

        A failure is told by nobody: the sheet stands by its number, and the next prescription tries again.
        """
        held = yield from work(
            lambda: (
                self.keys.current(self.card.professional.rpps, KeyUse.QR, self.now())
                if isinstance(self.card.holder, Professional)
                else None
            )
        )
        if held is None or held.registered:
            return
        try:
            answer = yield from self.road.post("/v1/delegations", native.write(DelegateRequest(held.delegation)))
            given = decoded(answer, Delegated)
        except (Unanswered, ClientError):
            return
        yield from work(lambda: self.keys.registered(held, given))

    def _draw(
        self,
        prescription: Prescription,
        signed: SignedQr,
        *,
        registered: bool,
        copy: int = 1,
        variant: Variant = "a-3a",
        replaces_on: date | None = None,
        stopped: tuple[int, ...] = (),
    ) -> bytes:
        who = self.card.professional
        today = self.now().astimezone(zone_of(prescription.place)).date()
        try:
            return sheet.draw(
                prescription,
                who,
                signed,
                registered=registered,
                specimen=self.card.is_test,
                hand_signature=self.hand_signature,
                specialty_label=specialties.label(who.profession, who.specialty) if who.specialty else None,
                copy=copy,
                printed_on=today if copy > 1 else None,
                variant=variant,
                replaces_on=replaces_on,
                contents=contents_of(self.drugs()),
                stopped=stopped,
            )
        except sheet.Unprintable as error:
            raise CannotPrint(f"{error} Rien n'a été enregistré.") from None


def wishes(prescription: Prescription) -> None:
    """Refuse, before it is sent or printed, what the patient was not asked or could not ask for: the answer on anonymity is
    never assumed. Raises Refused.
    """
    born, day, without_paper = prescription.patient.birth_date, prescription.written_on, prescription.paperless
    check_wishes(
        prescription,
        proposed=proposed(prescription.lines, born, day),
        minor=is_minor(born, day),
        paper_replaced=without_paper is None or replaces_paper(without_paper.channel, day),
        at="$",
    )
