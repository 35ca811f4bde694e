"""Dated data and the questions one asks of it: who may do what, legal rules, time zones. Pure once loaded."""
