"""JUnit XML: the cause on its test cases, once it is known.

pytest keeps its XML nodes until session end in a private place (`_pytest.junitxml`, stable since
pytest 6): guarded here, and where it is not as expected the properties of the report time remain.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from xml.etree import ElementTree

import pytest

from ..export import attachments
from ..faults import Guard
from ..observe.redaction import Redactor
from ..report.digest import Outcome
from ..report.facts import told_by
from ..report.plain import safe
from ..report.properties import PREFIX, box, properties_of
from ..session import Session

_FAILING = ("failure", "error")


class Junit:
    """Remembers which test case tells of which failing reports; amends the cases at the end."""

    def __init__(self, config: pytest.Config, session: Session) -> None:
        self.config = config
        self.session = session
        self.guarded = Guard(session.faults)
        self._open: dict[tuple[str, object], Any] = {}  # cases of tests that are not over
        self._told: dict[int, list[Any]] = {}  # id of a case -> the failing reports that it tells

    # The case of a report is found by what pytest's own hook adds: the keys it uses are private.

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> Iterator[None]:
        before = self.guarded(self._count)
        yield
        self.guarded(self._remember, report, before)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collectreport(self, report: Any) -> Iterator[None]:
        before = self.guarded(self._count)
        yield
        if report.failed:
            self.guarded(self._remember, report, before)

    def _count(self) -> int:
        return len(self._cases())

    def _cases(self) -> list[Any]:
        try:
            from _pytest.junitxml import xml_key

            log = self.config.stash.get(xml_key, None)
            cases: list[Any] = log.node_reporters_ordered if log is not None else []
        except (ImportError, AttributeError):
            return []
        return cases

    def _remember(self, report: Any, before: int | None) -> None:
        cases = self._cases()
        if before is not None and len(cases) > before:
            self._open[_key(report)] = cases[-1]
        case = self._open.get(_key(report))
        if case is not None and report.failed and not hasattr(report, "wasxfail"):
            self._told.setdefault(id(case), []).append(report)
        if report.when == "teardown":
            self._open.pop(_key(report), None)

    def finish(self, outcome: Outcome) -> None:
        """Put properties and the box on the failing test cases of the coming file; redact all."""
        settings = self.session.settings
        for reporter in self._cases():
            # A finished reporter has dropped all but the element that it hands out.
            case = reporter.to_xml()
            vars(reporter)["to_xml"] = partial(_same, case)
            if settings.redact_reports:
                _redact(case, self.session.redactor)
            _remove_ours(case)
            if settings.junit:
                told = map(told_by, self._told.get(id(reporter), ()))
                _amend(case, outcome, [one["failure"] for one in told if one])


def make(config: pytest.Config, session: Session) -> Junit:
    """Return the bridge."""
    return Junit(config, session)


def _key(report: Any) -> tuple[str, object]:
    return report.nodeid, getattr(report, "node", None)


def _redact(case: ElementTree.Element, redactor: Redactor) -> None:
    """Take secrets out of a test case: its texts, messages and properties."""
    for name in ("name", "classname"):
        case.set(name, redactor.identifier(case.get(name, "")))
    for node in case.iter():
        if node.text and node.tag != "properties":
            node.text = redactor.text(node.text)
        for name in ("message", "value"):
            held = node.get(name)
            if held:
                node.set(name, redactor.held(held, node.get("name", "") if name == "value" else ""))


def _same(case: ElementTree.Element) -> ElementTree.Element:
    return case


def _remove_ours(case: ElementTree.Element) -> None:
    """Remove the properties of the report time: a case gets all of them now, or none."""
    properties = case.find("properties")
    if properties is None:
        return
    for node in list(properties):
        if node.get("name", "").startswith(PREFIX):
            properties.remove(node)
    if not len(properties):
        case.remove(properties)


def _amend(case: ElementTree.Element, outcome: Outcome, failures: list[str]) -> None:
    """Tell the first failure in properties, each in a box before its own text."""
    if not failures:
        return
    properties = case.find("properties")
    if properties is None:
        properties = ElementTree.Element("properties")
        case.insert(0, properties)
    for name, value in properties_of(outcome, failures[0]):
        ElementTree.SubElement(properties, "property", name=name, value=safe(value))
    for node, failure in zip((one for one in case if one.tag in _FAILING), failures):
        text = "\n".join(map(safe, box(outcome, failure)))
        if text:
            node.text = f"{text}\n\n{node.text or ''}"
    lines = [f"[[ATTACHMENT|{path}]]" for path in attachments(outcome, failures[0])]
    if lines:
        _attach(case, lines)


def _attach(case: ElementTree.Element, lines: list[str]) -> None:
    """Name files in the case's one system-out, ahead of what was captured.

    A line each, as Jenkins has it; GitLab shows the first one, and of a case with two elements
    of this name none.
    """
    output = case.find("system-out")
    if output is None:
        output = ElementTree.SubElement(case, "system-out")
    output.text = "\n".join([*lines, output.text or ""])
