"""Diagnoses -> buckets of failures that share a cause. Does not know how a diagnosis is made."""
