"""Weather stations that report by radio."""
