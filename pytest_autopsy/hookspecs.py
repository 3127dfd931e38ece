"""The hooks that other plugins and conftest files may implement.

They exist only where pytest-autopsy is installed: mark implementations with
`@pytest.hookimpl(optionalhook=True)`.
"""

from __future__ import annotations


def pytest_autopsy_redact(name: str, text: str) -> str | None:
    """Return `text` with what must not be written replaced, or None where nothing is.

    Asked for every text that pytest-autopsy is about to keep: values, messages, source, output,
    without what it has found secret itself. `name` is the variable, key or argument that holds
    it, or empty. Every implementation is asked in turn, each with what the one before it left.
    What an implementation raises on, or answers with anything but text or None, is cut whole.
    """
