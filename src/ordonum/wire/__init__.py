"""Bytes to model and back. One file per format; no input or output."""
