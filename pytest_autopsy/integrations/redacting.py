"""Redaction where pytest is: the hook of other plugins, and the reports that pytest hands on."""

from __future__ import annotations

from typing import Any

import pytest

from ..faults import described
from ..observe.redaction import Redactor

_SCALARS = (int, float, bool, type(None))
_PLACES = (
    "nodeid", "outcome", "path", "root", "type", "when", "filename", "pathname", "keywords", "testId",
    "resultsTableRow",
)  # fmt: skip
_SAID = ("wasxfail", "message")  # why a failure was expected, and what a warning says


class AskPlugins:
    """Asks every implementation of `pytest_autopsy_redact` in turn; a failing one is told once."""

    def __init__(self, config: pytest.Config, faults: list[str]) -> None:
        self.plugins = config.pluginmanager
        self.hook = config.hook.pytest_autopsy_redact
        self.faults = faults
        self._callers: list[Any] = []
        self._count = -1
        self._told: set[str] = set()

    def __call__(self, name: str, text: str) -> str | None:
        """Return the text as the plugins leave it, None where there are none."""
        implementations = self.hook.get_hookimpls()
        if len(implementations) != self._count:  # a conftest file may bring one later
            self._count = len(implementations)
            self._callers = self._each([one.plugin for one in implementations])
        if not self._callers:
            return None
        for plugin, caller in self._callers:
            try:
                answers = caller(name=name, text=text)
            except Exception as error:
                self._tell(plugin, described(caller, error))
                raise
            text = answers[0] if answers else text
            if type(text) is not str:
                self._tell(plugin, f"it returned {type(text).__name__}, not text or None")
                raise TypeError("pytest_autopsy_redact returns text or None")
        return text

    def _each(self, plugins: list[Any]) -> list[tuple[Any, Any]]:
        name = "pytest_autopsy_redact"
        return [
            (one, self.plugins.subset_hook_caller(name, [p for p in plugins if p is not one]))
            for one in reversed(plugins)
        ]

    def _tell(self, plugin: Any, what: str) -> None:
        name = self.plugins.get_name(plugin) or type(plugin).__name__
        if name not in self._told:
            self._told.add(name)
            self.faults.append(
                f"pytest_autopsy_redact of {name} failed, what it was given is cut: {what}"
            )


def redact_report(report: Any, redactor: Redactor) -> None:
    """Take secrets out of what a report shows: failure, reason, warning, output, properties."""
    held = vars(report)
    for name in _SAID:
        if type(held.get(name)) is str:
            held[name] = redactor.text(held[name])
    longrepr = held.get("longrepr")
    if isinstance(longrepr, (str, tuple)) or type(longrepr).__module__.startswith("_pytest."):
        held["longrepr"] = _without(longrepr, redactor)
    elif longrepr is not None:
        text = str(longrepr)
        shown = redactor.text(text)
        if shown != text:
            held["longrepr"] = shown
    for name in ("sections", "user_properties"):
        pairs = held.get(name)
        if isinstance(pairs, list):
            pairs[:] = [_pair(pair, redactor) for pair in pairs]


def redacted_json(data: Any, redactor: Redactor, key: str = "") -> Any:
    """Return another plugin's JSON without secrets; `key` is what holds it.

    What tests are found by is no text to ask other plugins about.
    """
    if isinstance(data, dict):
        return {name: redacted_json(held, redactor, str(name)) for name, held in data.items()}
    if isinstance(data, (list, tuple)):
        return [redacted_json(held, redactor, key) for held in data]
    if not isinstance(data, str):
        return data
    return redactor.held(data, key) if key not in _PLACES else redactor.identifier(data)


def _pair(pair: Any, redactor: Redactor) -> Any:
    if not isinstance(pair, tuple) or len(pair) != 2:
        return pair
    name, value = pair
    holder = name if type(name) is str and not name.startswith("Captured") else ""
    return (name, redactor.held(value, holder)) if type(value) is str else pair


def _lines(shown: Any, redactor: Redactor) -> Any:
    """Lines, with their ends (as a native traceback has them: one may hold several) or without."""
    whole = "".join(shown)
    if "\n" not in whole:
        return redactor.block(shown)
    text = redactor.text(whole)
    return shown if text == whole else [text]


def _without(shown: Any, redactor: Redactor) -> Any:
    """A part of a failure's representation without secrets: objects of pytest's own in place."""
    if type(shown) is str:
        return redactor.text(shown)
    if isinstance(shown, (list, tuple)):
        lines: Any
        if shown and all(type(line) is str for line in shown):
            lines = _lines(shown, redactor)
        else:
            lines = [_without(part, redactor) for part in shown]
        return type(shown)(lines) if type(shown) in (list, tuple) else shown
    if isinstance(shown, _SCALARS) or not type(shown).__module__.startswith("_pytest."):
        return shown
    for name, held in list(vars(shown).items()):
        if name != "style":
            vars(shown)[name] = _without(held, redactor)
    return shown
