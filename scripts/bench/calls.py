"""The requests, signed and written to the byte before anything is measured: three lines an order, a patient each.

Two doctors register, three pharmacies consult, execute and bill; a seed says who, whom and in which order.
"""

import random
import uuid
from datetime import UTC, datetime

from msgspec import Struct

from bench.service import DOCTORS, PHARMACIES, SOFTWARE, Measured
from ordonum.client import (
    Beneficiary,
    BirthDate,
    Card,
    Delivered,
    EpuId,
    Execution,
    Family,
    Given,
    MedicineLine,
    Nir,
    NirKey,
    Patient,
    Prescription,
    Quantity,
    Sex,
    Substance,
    Unit,
    prepare,
)
from ordonum.model.acts import ConsultRequest, Origin
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.wire import native

KINDS = ("register", "consult", "execute", "invoice")
MIX = {"register": 390, "consult": 310, "execute": 240, "invoice": 120}
EXECUTIONS_MAX = 3  # of one prescription in the mix: a box of the six each time
FIRST_NAMES = ("Éloïse", "Marc", "Inès", "Paul", "Anaïs", "Hugo", "Jeanne", "Noé", "Zoé", "Karim")
SURNAMES = ("DURAND", "LEFÈVRE", "MOREAU", "GARCIA", "BENALI", "ROUX", "FOURNIER", "PETIT", "DA SILVA", "CHEVALLIER")


class Person(Struct, frozen=True):
    """A made-up patient with a number of their own."""

    surname: str
    first_name: str
    birth_date: BirthDate
    nir: NirKey


class Known(Struct):
    """A prescription that a call may be about; how often it is executed, and by which act last."""

    number: EpuId
    person: Person
    pharmacy: int
    executions: int = 0
    execution: uuid.UUID | None = None
    registered_by: int = -1  # places in the batch, -1 when recorded before it
    executed_by: int = -1


class Call(Struct, frozen=True):
    """One request. `after`: the place, in its batch, of the call that must have been answered before; -1 for none."""

    kind: str
    raw: bytes
    after: int = -1


def person(chance: random.Random) -> Person:
    """A patient: birth date and NIR that agree, key included."""
    year, month, day = chance.randint(1930, 2005), chance.randint(1, 12), chance.randint(1, 28)
    body = (
        f"{chance.randint(1, 2)}{year % 100:02d}{month:02d}{chance.randint(1, 95):02d}{chance.randint(1, 989_999):06d}"
    )
    if body[5:7] == "20":  # Corsica writes 2A and 2B
        body = f"{body[:5]}21{body[7:]}"
    nir = NirKey(f"{body}{97 - int(body) % 97:02d}")
    birth = BirthDate(f"{year}-{month:02d}-{day:02d}")
    return Person(chance.choice(SURNAMES), chance.choice(FIRST_NAMES), birth, nir)


def prescription(card: Card, who: Person) -> Prescription:
    """Three lines, as many prescriptions have."""
    lines = tuple(
        MedicineLine(
            rank=rank,
            label=f"MÉDICAMENT {rank} 500 mg, comprimé",
            substances=(Substance("substance"),),
            dosage="1 comprimé matin et soir au cours du repas",
            duration_days=30,
            quantity=Quantity(2, Unit.BOXES),
            renewals=2,
        )
        for rank in (1, 2, 3)
    )
    patient = Patient(surname=who.surname, first_name=who.first_name, sex=Sex.UNKNOWN, birth_date=who.birth_date)
    return Prescription(
        patient=patient,
        place=card.place,
        family=Family.HEALTH_PRODUCTS,
        written_on=datetime.now(UTC).date(),
        opposed=False,
        lines=lines,
    )


def execution(who: Person, act_id: uuid.UUID) -> Execution:
    """One box of the first line."""
    return Execution(
        act_id=act_id,
        given=Given.NOW,
        performed_at=datetime.now(UTC),
        lines=(Delivered(line=1, quantity=Quantity(1, Unit.BOXES), product="générique"),),
        beneficiary=Beneficiary(
            identity=Nir(who.nir, "self"),
            surname=who.surname,
            first_name=who.first_name,
            birth_date=who.birth_date,
        ),
    )


class Maker:
    """Makes calls for a running service; `seed` decides all that chance decides here."""

    def __init__(self, served: Measured, seed: int) -> None:
        self.chance = random.Random(seed)
        self.port = served.port
        self.doctors = [served.card(name) for name in DOCTORS]
        self.bearers = {name: served.bearer(name) for name in (*DOCTORS, *PHARMACIES)}

    def register(self) -> tuple[bytes, Known]:
        """A registration by one of the doctors, and the prescription that it makes."""
        who, which = person(self.chance), self.chance.randrange(len(self.doctors))
        card = self.doctors[which]
        made = prepare.registration(prescription(card, who), card, SOFTWARE)
        assert made.number is not None
        known = Known(made.number, who, self.chance.randrange(len(PHARMACIES)))
        return self._raw("register", DOCTORS[which], made.body), known

    def consult(self, known: Known) -> bytes:
        """The reading of a prescription at its pharmacy."""
        asked = ConsultRequest(number=known.number, origin=Origin.PAPER)
        return self._raw("consult", PHARMACIES[known.pharmacy], native.write(asked))

    def execute(self, known: Known) -> bytes:
        """An execution at its pharmacy, which an invoice may name then."""
        known.execution = uuid.uuid4()
        known.executions += 1
        made = prepare.execution(known.number, execution(known.person, known.execution))
        return self._raw("execute", PHARMACIES[known.pharmacy], made.body)

    def invoice(self, known: Known) -> bytes:
        """The invoice of what was executed."""
        line = InvoicedLine(line=1, label="générique", quantity=Quantity(1, Unit.BOXES))
        made = Invoice(
            act_id=uuid.uuid4(),
            execution=known.execution,
            number=f"F{self.chance.randrange(10**9)}",
            lot="L1",
            date=datetime.now(UTC).date(),
            lines=(line,),
        )
        return self._raw("invoice", PHARMACIES[known.pharmacy], prepare.invoice(known.number, made).body)

    def registrations(self, count: int) -> tuple[list[Call], list[Known]]:
        """So many registrations, and what they make."""
        made = [self.register() for _ in range(count)]
        return [Call("register", raw) for raw, _ in made], [known for _, known in made]

    def batch(self, kind: str, about: list[Known]) -> list[Call]:
        """One call of this kind on each of these, which exist already."""
        make = {"consult": self.consult, "execute": self.execute, "invoice": self.invoice}[kind]
        return [Call(kind, make(known)) for known in about]

    def mix(self, count: int, known: list[Known]) -> list[Call]:
        """The mix, shuffled; each call on a prescription that exists by then, an invoice on one executed by then."""
        kinds = shares(count)
        self.chance.shuffle(kinds)
        opened = [_fresh_copy(each) for each in known]
        left = [each for each in opened if each.executions < EXECUTIONS_MAX]
        executed = [each for each in opened if each.executions]
        calls: list[Call] = []
        for place, kind in enumerate(kinds):
            about = {"register": [], "consult": opened, "execute": left, "invoice": executed}[kind]
            if not about:
                raw, one = self.register()
                one.registered_by = place
                opened.append(one)
                left.append(one)
                calls.append(Call("register", raw))
                continue
            which = self.chance.randrange(len(about))
            one = about[which]
            if kind == "consult":
                calls.append(Call(kind, self.consult(one), one.registered_by))
            elif kind == "invoice":
                calls.append(Call(kind, self.invoice(one), one.executed_by))
            else:
                calls.append(Call(kind, self.execute(one), one.registered_by))
                one.executed_by = place
                if one.executions == 1:
                    executed.append(one)
                if one.executions == EXECUTIONS_MAX:
                    left[which] = left[-1]
                    left.pop()
        return calls

    def _raw(self, kind: str, who: str, body: bytes) -> bytes:
        head = (
            f"POST /v1/{kind} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {self.bearers[who]}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def shares(count: int) -> list[str]:
    """So many kinds, in the proportions of the mix, not shuffled."""
    whole = sum(MIX.values())
    kinds = [kind for kind, share in MIX.items() for _ in range(round(count * share / whole))]
    return (kinds + ["register"] * count)[:count]


def _fresh_copy(known: Known) -> Known:
    """The same prescription, of which a batch keeps its own places."""
    return Known(known.number, known.person, known.pharmacy, known.executions, known.execution)
