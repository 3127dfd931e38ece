"""The weekly bulletin of a sports club."""
