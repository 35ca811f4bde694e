"""French sentences of documents: a line, a quantity, a date as a human reads them. Pure."""
