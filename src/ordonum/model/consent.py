"""What the patient says of the prescriber's reading of what was executed; which regime held when is `knowledge.consent`."""

from ordonum.model.labels import Labelled


class Consent(Labelled):
    """The regime: `opposed` in an order means that the agreement was refused, or that the patient is opposed."""

    AGREEMENT = "agreement", "accord demandé à chaque prescription"
    OPPOSITION = "opposition", "opposition possible à tout moment"
