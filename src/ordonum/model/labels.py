"""Enumerations whose members carry the French words that a person reads."""

from enum import Enum
from typing import Self


class Labelled(Enum):
    """An enum member is (value on the wire, French label)."""

    label: str
    # A member is one object: hashed as such, in C. Enum hashes its name in Python, which sets of traits and families feel.
    __hash__ = object.__hash__

    def __new__(cls, value: str, label: str = "") -> Self:
        member = object.__new__(cls)
        member._value_ = value
        member.label = label
        return member
