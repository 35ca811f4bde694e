"""The neighbours that really answer: a test authority and its test cards."""
