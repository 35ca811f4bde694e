"""The patient's word on the prescriber's reading, as it is asked on the screen and printed on the sheet."""

from ordonum.model.consent import Consent
from ordonum.model.lines import Family
from ordonum.texts.french import PRODUCTS

ONLY_THE_PRESCRIBERS_WORD = (
    "Une exécution à laquelle aucun numéro n'est rattaché ne suit que l'opposition notée à la prescription"
)


def question(consent: Consent, family: Family) -> str:
    """What the prescriber asks before signing; «oui» is `opposed` under the second regime, its contrary under the first."""
    if consent is Consent.AGREEMENT:
        return f"Le patient accepte-t-il que vous consultiez ce qui sera {_done(family)} de cette ordonnance ?"
    return (
        f"Le patient s'oppose-t-il à ce que vous consultiez ce qui sera {_done(family)} de cette ordonnance ? "
        "Il peut aussi s'y opposer plus tard, à tout moment, auprès de sa caisse."
    )


def printed(consent: Consent, family: Family, *, opposed: bool) -> str:
    """The line of the sheet."""
    done = _done(family)
    if consent is Consent.AGREEMENT:
        if opposed:
            return f"Accord refusé : le prescripteur ne consultera pas ce qui sera {done}."
        return f"Avec l'accord du patient, le prescripteur pourra consulter ce qui sera {done}."
    if opposed:
        return f"Opposition : le prescripteur ne consultera pas ce qui sera {done}."
    return f"Le prescripteur pourra consulter ce qui sera {done} ; vous pouvez refuser, ici ou auprès de votre caisse."


def _done(family: Family) -> str:
    return "délivré" if family in PRODUCTS else "fait"
