"""What the patient asked for and what became of the paper, in the sentences of the sheet and of the screen."""

from datetime import date

from ordonum.model.prescription import Prescription
from ordonum.model.wishes import Anonymity, AnonymityGround, Paperless
from ordonum.texts.french import day

# The usual mention of a minor's contraception on the prescription, and what it asks of whoever bills it.
_GROUNDS = {
    AnonymityGround.IVG: "Interruption volontaire de grossesse sous anonymat",
    AnonymityGround.MINOR_CONTRACEPTION: "Contraception mineure",
}
QUESTIONS = {
    AnonymityGround.IVG: "Interruption volontaire de grossesse : la patiente demande-t-elle l'anonymat ?",
    AnonymityGround.MINOR_CONTRACEPTION: "Contraception d'une mineure : demande-t-elle le secret (anonymat) ?",
}


def anonymity(wish: Anonymity | None) -> str:
    """«Contraception mineure : secret demandé…»; empty where it was not asked for."""
    if wish is None or not wish.requested:
        return ""
    return f"{_GROUNDS[wish.ground]} : secret demandé, facturer sous anonymat, sans numéro du patient."


def answered(wish: Anonymity) -> str:
    """The answer shown back to whoever asked the question: «Anonymat (contraception d'une mineure) : non demandé»."""
    return f"Anonymat ({wish.ground.label}) : {'demandé' if wish.requested else 'non demandé'}"


def paperless(wish: Paperless | None) -> str:
    """Which copy replaces the paper, and from when; empty where the paper is the prescription."""
    if wish is None:
        return ""
    when, copy = day(wish.requested_on), wish.channel.label
    return f"À votre demande du {when}, la copie {copy} remplacera cette feuille une fois acquittée."


def replaces(prescription: Prescription, written_on: date | None) -> str:
    """«Remplace l'ordonnance du 3 novembre 2026», never by its number; empty for one that replaces none."""
    if prescription.replaces is None:
        return ""
    return f"Remplace l'ordonnance du {day(written_on)}" if written_on else "Remplace une ordonnance antérieure"
