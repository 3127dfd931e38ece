"""A small project of tests that fail, each with one planted value in its place.

No value stands in the project's own source, except in the tests of the place `source`: the others
take theirs from a module outside of the root, which is never traced.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .innocent import TOLD
from .item import Item

FILE_SIZE = 9  # of many failures alike in a file only the first ones keep their records
_VAULT = """
import json, pathlib

_VALUES = json.loads((pathlib.Path(__file__).parent / "values.json").read_text("utf-8"))

def get(name):
    found = _VALUES[name]
    if isinstance(found, dict) and list(found) == ["bytes"]:
        return found["bytes"].encode()
    return found
"""
_CONFTEST = """
OPTIONS = {options!r}

def pytest_addoption(parser):
    for name in OPTIONS:
        parser.addoption(name, dest="opt" + name.replace("-", "_").lower())
"""
_HEAD = """
import logging
import os
import sys

import pytest
import vault


class Broken(Exception):
    pass


class Plain:
    def __repr__(self):
        return f"Plain({vars(self)})"
"""


def option(item: Item) -> str:
    return item.name if item.name.startswith("-") else f"--{item.id}"


def variable(item: Item) -> str:
    return f"NOTE_{item.slug.upper()}" if item.name == "note" else item.name


def text_of(item: Item) -> str:
    """What is printed, logged or raised: the value after its telling name, if it has one."""
    value = item.value
    if isinstance(value, dict) and list(value) == ["bytes"]:
        value = repr(value["bytes"].encode())
    return f"{item.name}{value}" if item.kind == "name" else str(value)


_LINES: dict[str, Any] = {
    "locals": lambda item, name: [f"{name} = vault.get({item.id!r})", "raise Broken('stop')"],
    "url": lambda item, name: [f"{name} = vault.get({item.id!r})", f"raise Broken('stop at ' + {name})"],
    "arguments": lambda item, name: [f"used_{item.slug}({name}=vault.get({item.id!r}))"],
    "nested": lambda item, name: [
        f"payload = {{'request': [{{{name!r}: vault.get({item.id!r}), 'page': 2}}]}}",
        "raise Broken('stop')",
    ],
    "attributes": lambda item, name: [
        "client = Plain()", f"client.{name} = vault.get({item.id!r})", "raise Broken('stop')",
    ],
    "source": lambda item, name: [f"{name} = {item.value!r}", "raise Broken('stop')"],
    "assertion": lambda item, name: [
        f"{name} = vault.get({item.id!r})", f"assert {name} == 'what was expected'",
    ],
    "exception": lambda item, name: [f"raise Broken(vault.get('{item.id}.text'))"],
    "stdout": lambda item, name: [f"print(vault.get('{item.id}.text'))", "raise Broken('stop')"],
    "log": lambda item, name: [
        f"logging.getLogger('app').error('said: %s', vault.get('{item.id}.text'))", "raise Broken('stop')",
    ],
    "argv": lambda item, name: [
        f"found = [i for i, part in enumerate(sys.argv) if part.startswith({option(item)!r})]",
        "place = found[0] if found else 0  # a worker's command is another",
        "command = sys.argv[place : place + 2]", "raise Broken('stop')",
    ],
    "environment": lambda item, name: [
        f"settings = {{{variable(item)!r}: os.environ[{variable(item)!r}]}}", "environ = os.environ",
        "raise Broken('stop')",
    ],
}  # fmt: skip


def tests_of(item: Item) -> str:
    """The source of the item's test, and of the test that says whose secret it is."""
    name = "note" if item.kind == "twice" else item.name or "note"
    tell = [f"password = vault.get('{item.id}.told')"]
    body = _LINES[item.place](item, name)
    parts = []
    if item.place == "arguments":
        parts += [f"def used_{item.slug}({name}):", "    raise Broken('refused')", "", ""]
    own = [
        f"def test_{item.slug}():",
        *(f"    {line}" for line in (tell if item.told == "same" else []) + body),
    ]
    other = [f"def test_told_{item.slug}():", f"    {tell[0]}", "    raise Broken('told')"]
    order = {"before": [*other, "", "", *own], "after": [*own, "", "", *other]}.get(item.told, own)
    return "\n".join([*parts, *order, "", "", ""])


class Planted:
    """The project on disk, with what its runs need."""

    def __init__(self, path: Path, items: list[Item]) -> None:
        self.items = items
        self.root, self.aside = path / "work", path / "aside"
        self.root.mkdir(parents=True)
        self.aside.mkdir()
        self._write()

    def _write(self) -> None:
        (self.root / "pytest.ini").write_text("[pytest]\n")
        options = [option(item) for item in self._at("argv")]
        (self.root / "conftest.py").write_text(_CONFTEST.format(options=options))
        (self.aside / "vault.py").write_text(_VAULT)
        (self.aside / "values.json").write_text(json.dumps(self._values()), "utf-8")
        for place in dict.fromkeys(item.place for item in self.items):
            items = self._at(place)
            for start in range(0, len(items), FILE_SIZE):
                body = "\n".join(tests_of(item) for item in items[start : start + FILE_SIZE])
                file = self.root / f"test_{place}_{start}.py"
                file.write_text(f"{_HEAD}\n\n{body}", "utf-8")

    def _at(self, place: str) -> list[Item]:
        return [item for item in self.items if item.place == place]

    def _values(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for item in self.items:
            found[item.id] = item.value
            found[f"{item.id}.text"] = text_of(item)
            known = TOLD.get(item.value, item.value) if item.told and not item.secrets else None
            found[f"{item.id}.told"] = item.secrets[0] if item.secrets else known
        return found

    @property
    def arguments(self) -> list[str]:
        """Half of the options with `=`, half as two words."""
        found: list[str] = []
        for number, item in enumerate(self._at("argv")):
            if number % 2:
                found += [option(item), str(item.value)]
            else:
                found.append(f"{option(item)}={item.value}")
        return found

    @property
    def environment(self) -> dict[str, str]:
        return {variable(item): str(item.value) for item in self._at("environment")}
