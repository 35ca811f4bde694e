"""The search of medicines."""
