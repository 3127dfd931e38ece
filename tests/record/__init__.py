"""The recorder: from events to a Trace and a Footprint, without pytest's hooks."""
