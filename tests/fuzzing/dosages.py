"""The reader of dosages as what is fuzzed: right sentences made wrong, words of the language in any order, noise, long texts."""

from random import Random

from dosage_sentences import REFUSED, UNDERSTOOD
from dosage_town import KEPT, SHOWN, TOWN
from fuzzing.mutators import mutate_text
from fuzzing.playing import Target, must
from ordonum.texts.dosage import read, say

_SAMPLES = [*(text for text, _ in (*UNDERSTOOD, *TOWN, *SHOWN)), *REFUSED, *KEPT]
_WORDS = [
    *sorted({word for text in _SAMPLES for word in text.split()}),
    "½", "１", "٣", "²", "Ⅷ", "1/2", "0,5", "-", ",", ";", "(", ")", "puis", "et", "un", "trente", "et un", "demi",
    "µg", "\u00a0", "m²",
]  # fmt: skip


def _made(chance: Random) -> str:
    kind = chance.random()
    if kind < 0.45:
        return mutate_text(chance, _SAMPLES)
    if kind < 0.65:
        return _swapped(chance)
    if kind < 0.9:
        return chance.choice(["", " ", " ", ", "]).join(chance.choice(_WORDS) for _ in range(chance.randint(1, 12)))
    if kind < 0.97:
        return chance.randbytes(chance.randint(0, 60)).decode(
            chance.choice(["latin-1", "utf-8", "utf-16-le"]), "replace"
        )
    return (chance.choice(_SAMPLES) + chance.choice(["", " ", " puis ", ";"])) * chance.randint(2, 40)


def _swapped(chance: Random) -> str:
    """A sentence with a word of another in the place of one of its own: most like what a doctor could mean."""
    words = chance.choice(_SAMPLES).split() or [""]
    words[chance.randrange(len(words))] = chance.choice(_WORDS)
    if chance.random() < 0.3:
        words += chance.choice(_SAMPLES).split()
    return " ".join(words)


def _tried(text: str) -> bool:
    """Read without exception; understood, it is shown, and what is said of it is read back the same, in figures and in words."""
    reading = read(text)
    must(reading.understood == (reading.dosage is not None) == bool(reading.shown), "understood, yet not shown")
    if reading.dosage is None:
        must(bool(reading.left or reading.why), "neither understood nor told why")
        return False
    must(not reading.left and not reading.why, "half understood")
    for in_words in (False, True):
        said = say(reading.dosage, in_words=in_words)
        must(read(said).dosage == reading.dosage, f"said {said!r}, read as another dosage")
    return True


DOSAGE = Target("texts of dosage", _made, _tried)
