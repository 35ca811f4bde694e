"""Enumerations whose members carry the French words that a person reads."""

from enum import Enum
from typing import Self


class Labelled(Enum):
    """An enum member is (value on the wire, French label)."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = object.__new__(cls)
        member._value_ = value
        member.label = label
        return member
