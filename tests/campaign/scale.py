"""The size of the campaign: ORDONUM_CAMPAIGN_SCALE (1 by default) multiplies every count."""

import os


def scaled(n: int) -> int:
    """That many at scale 1; fewer or more as the environment asks, one at least."""
    return max(1, round(n * float(os.environ.get("ORDONUM_CAMPAIGN_SCALE", "1"))))
