"""Invoices of a translation office."""
