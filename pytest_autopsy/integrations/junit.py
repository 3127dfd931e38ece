"""JUnit XML: the cause on its test cases, once it is known.

pytest keeps its XML nodes until session end in a private place (`_pytest.junitxml`, stable since
pytest 6): guarded here, and where it is not as expected the properties of the report time remain.
"""

from __future__ import annotations

from functools import partial
from xml.etree import ElementTree

import pytest

from ..observe.redaction import Redactor
from ..report.digest import Outcome
from ..report.plain import safe
from ..report.properties import box, properties_of
from ..session import Session


def amend(config: pytest.Config, outcome: Outcome, session: Session) -> None:
    """Put properties and the box on the failing test cases of the coming XML file; redact all."""
    if config.getoption("xmlpath", None) is None:
        return
    try:
        from _pytest.junitxml import xml_key

        log = config.stash.get(xml_key, None)
        reporters = list(log.node_reporters_ordered) if log is not None else []
    except (ImportError, AttributeError):
        return
    for reporter in reporters:
        # A finished reporter has dropped all but the element that it hands out.
        case = reporter.to_xml()
        vars(reporter)["to_xml"] = partial(_same, case)
        if session.settings.redact_reports:
            _redact(case, session.redactor)
        failure = _failure_of(case)
        if failure is not None:
            _amend_case(case, outcome, failure)


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


def _failure_of(case: ElementTree.Element) -> str | None:
    for node in case.iter("property"):
        if node.get("name") == "autopsy.failure":
            return node.get("value")
    return None


def _amend_case(case: ElementTree.Element, outcome: Outcome, failure: str) -> None:
    properties = case.find("properties")
    assert properties is not None
    held = {node.get("name") for node in properties}
    for name, value in properties_of(outcome, failure):
        if name not in held:
            ElementTree.SubElement(properties, "property", name=name, value=safe(value))
    text = "\n".join(map(safe, box(outcome, failure)))
    for node in case:
        if node.tag in ("failure", "error") and text:
            node.text = f"{text}\n\n{node.text or ''}"
            return
