"""A specimen of the sheet, drawn without registering anything: what a prescription will look like."""

import secrets

from ordonum.client import prepare
from ordonum.client.card import Card
from ordonum.client.errors import CannotPrint, UnusableCard
from ordonum.model.number import EpuId
from ordonum.model.prescription import Prescription
from ordonum.wire import sheet


def preview(prescription: Prescription, card: Card) -> bytes:
    """The sheet (PDF), pending, of a number that is kept nowhere: reading its code finds nothing.

    Raises UnusableCard for a real card: a sheet that it signs must be kept, then registered, before anybody holds it.
    Raises CannotPrint.
    """
    if not card.is_test:
        raise UnusableCard("Seule une carte de test dessine un spécimen : une vraie feuille s'enregistre.")
    signed = prepare.code(prescription, EpuId.draw(secrets.choice), card)
    try:
        return sheet.draw(prescription, card.professional, signed, registered=False, specimen=True)
    except sheet.Unprintable as error:
        raise CannotPrint(f"{error} Rien n'a été enregistré.") from None
