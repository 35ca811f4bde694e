"""The time zone of a place, by its postal code: legal days are counted where the professional works."""

from zoneinfo import ZoneInfo

from ordonum.model.actors import Place

# Overseas departments and territories by the first digits of their postal codes; longer prefixes first.
_BY_PREFIX = (
    ("97133", "America/St_Barthelemy"),
    ("97150", "America/Marigot"),
    ("971", "America/Guadeloupe"),
    ("972", "America/Martinique"),
    ("973", "America/Cayenne"),
    ("974", "Indian/Reunion"),
    ("975", "America/Miquelon"),
    ("976", "Indian/Mayotte"),
    ("986", "Pacific/Wallis"),
    ("987", "Pacific/Tahiti"),
    ("988", "Pacific/Noumea"),
)
PARIS = ZoneInfo("Europe/Paris")


def zone_of(place: Place) -> ZoneInfo:
    """The place's time zone; metropolitan France unless its postal code says otherwise."""
    for prefix, name in _BY_PREFIX:
        if place.postal_code.startswith(prefix):
            return ZoneInfo(name)
    return PARIS
