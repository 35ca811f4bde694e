"""What a writing act is answered with: one receipt; two for a replacement, of the new registration and of the end of the old."""

from ordonum.model.acts import Receipt, ReplaceReceipt

Answered = Receipt | ReplaceReceipt


def kind_of(operation: str) -> type[Receipt] | type[ReplaceReceipt]:
    """What the answer to an act of this operation is."""
    return ReplaceReceipt if operation == "replace" else Receipt


def own(answered: Answered) -> Receipt:
    """The receipt of the act that was kept: of a replacement, that of the new registration."""
    return answered.registration if isinstance(answered, ReplaceReceipt) else answered


def end(answered: Answered) -> Receipt | None:
    """The receipt of the end of the old prescription, if it was a replacement."""
    return answered.replacement if isinstance(answered, ReplaceReceipt) else None


def proof(answered: Answered) -> Receipt:
    """The receipt that proves the act to a restored service: of a replacement, that of the act itself."""
    return end(answered) or own(answered)
