"""Hiking trails and how they are described."""
