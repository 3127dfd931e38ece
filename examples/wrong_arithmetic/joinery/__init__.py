"""Quotes for a joiner's workshop."""
