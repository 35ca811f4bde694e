"""The drug base: specialities, presentations, composition, conditions, prices; and the questions one asks it."""
