"""The prescribing assistance: what may be said of a prescription for a patient, from dated tables that name what was read."""
