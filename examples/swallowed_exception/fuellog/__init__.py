"""Reports on what a car has been filled up with."""
