"""The language of dosage: French text → structure (`read`), structure → one French sentence (`say`)."""

from ordonum.texts.dosage.reading import Reading, read
from ordonum.texts.dosage.saying import say

__all__ = ["Reading", "read", "say"]
