"""Fuzzers: seeded generators, what they are thrown at, and what must hold. Played small in the tests, large in the campaign."""
