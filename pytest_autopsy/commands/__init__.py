"""The commands of `pytest-autopsy`, one module each: `add` registers its parser and sets `run`."""
