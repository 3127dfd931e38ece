"""The staff rota of a small library."""
