"""From an exception to a Snapshot."""
