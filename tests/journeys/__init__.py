"""Journeys in a real browser. A package, so that what it shares ends with its last test (pytest's package scope)."""
