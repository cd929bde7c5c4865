"""Spans to a file: plan, encode, join, mix; and what goes beside it."""
