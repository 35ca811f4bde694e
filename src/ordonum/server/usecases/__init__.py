"""One file for each thing that a person does, read from top to bottom."""
