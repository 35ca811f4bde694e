"""Structure → text → structure, over all that the model holds: what is said is read back as it was. More in the campaign."""

from hypothesis import given, settings

from dosages import dosages
from ordonum.model.dosage import Dosage
from ordonum.texts.dosage import read, say


@settings(max_examples=25)
@given(dosages())
def test_what_is_said_is_read_back_in_figures_and_in_words(dosage: Dosage) -> None:
    for in_words in (False, True):
        said = say(dosage, in_words=in_words)
        assert read(said).dosage == dosage, said
