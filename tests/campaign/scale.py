"""How large the campaign is: ORDONUM_CAMPAIGN_SCALE (1 unless said) multiplies what is counted."""

import os


def scaled(n: int) -> int:
    """This many, at the scale asked for; one at least."""
    return max(1, round(n * float(os.environ.get("ORDONUM_CAMPAIGN_SCALE") or 1)))
