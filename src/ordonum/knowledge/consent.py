"""The two regimes of the patient's word on the prescriber's reading of executions, dated by the day of writing."""

from datetime import date

from msgspec import Struct

from ordonum.model.consent import Consent

# Décret 2023-1222 of 20/12/2023, published on the 21st.
IN_FORCE = date(2023, 12, 22)


class Regime(Struct, frozen=True, kw_only=True):
    """A regime from `since` to `until` (excluded). `read_in` is the document in which its article was really read; None: to
    be validated.
    """

    consent: Consent
    since: date | None
    until: date | None
    article: str
    read_in: str | None


REGIMES: tuple[Regime, ...] = (
    Regime(
        consent=Consent.AGREEMENT,
        since=None,
        until=IN_FORCE,
        article="CSP L.4071-1 et suivants, avant le décret 2023-1222",
        read_in=None,
    ),
    Regime(
        consent=Consent.OPPOSITION,
        since=IN_FORCE,
        until=None,
        article="CSP R.4072-1 et suivants (décret 2023-1222 du 20 décembre 2023)",
        read_in="Légifrance, JORFTEXT000048621373 et LEGIARTI000048629011",
    ),
)


def regime(written_on: date) -> Regime:
    """The regime of a prescription written on that day."""
    return next(each for each in REGIMES if each.until is None or written_on < each.until)
