"""Nobody guesses a number: when unknown ones come too often, those without an authentic QR code are answered slowly."""

from datetime import timedelta

WINDOW = timedelta(minutes=10)
MISSES_MAX = 20  # distinct unknown numbers, by one professional (an employee, a structure), in the window
MISSES_HERE_MAX = 100  # and in one place
LIMITS = (MISSES_MAX, MISSES_HERE_MAX)
TURN_SECONDS = 15  # one answer in so many seconds, beyond


def slowed(misses: int, misses_here: int) -> bool:
    """Whether a number without an authentic QR code, existing or not, waits for its turn."""
    return misses >= MISSES_MAX or misses_here >= MISSES_HERE_MAX


def one_too_many(misses: int, misses_here: int) -> bool:
    """Whether a miss just counted is beyond what is answered at once: several came at the same moment."""
    return misses > MISSES_MAX or misses_here > MISSES_HERE_MAX
