"""Secrets and innocents planted in a project that fails: what of them reaches a file of ours?

Written from the promises alone (docs, README), by someone who had not read the filter. `secrets.py`
and `innocent.py` are data, `project.py` makes tests of them, `harness.py` runs these and searches
what they left. `python -m tests.planted` prints the table.
"""
