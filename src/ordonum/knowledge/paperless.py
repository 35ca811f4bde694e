"""What may replace the paper, at the patient's express request, and since when: dated data.

Décret 2023-1222 (in force on 22 December 2023): the paper is always handed over, «sauf si le patient exprime le souhait de
la recevoir exclusivement au moyen de la messagerie sécurisée» (read in a summary of the decree; the article's number was
not found). That the filing in the DMP may replace it is the user's wording: no text was found, so it is «à valider».
"""

from datetime import date

from ordonum.model.wishes import CopyChannel

SINCE: dict[CopyChannel, date] = {
    CopyChannel.PATIENT_MAIL: date(2023, 12, 22),
    CopyChannel.DMP: date(2023, 12, 22),
}
TO_VALIDATE = frozenset({CopyChannel.DMP})


def replaces_paper(channel: CopyChannel, on: date) -> bool:
    """Whether a copy by this channel could replace the paper on that day."""
    return SINCE[channel] <= on
