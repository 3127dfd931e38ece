"""From the events of a test to a Trace and a Footprint."""
