"""Runs the test suites of published libraries with and without ``--autopsy``, and compares."""
