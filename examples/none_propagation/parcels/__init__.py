"""Posting the orders of a web shop."""
