"""ordonum: an open implementation of the French «Ordonnance numérique», service, client and sandbox.

The map is docs/architecture.md; the words are docs/glossaire.md.
"""

__version__ = "0.1.0"
