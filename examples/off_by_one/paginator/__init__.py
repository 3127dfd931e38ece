"""A printed contact directory, split into pages."""
