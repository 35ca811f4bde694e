"""A credential becomes an actor: assertion, certificate chain, revocation, token."""
