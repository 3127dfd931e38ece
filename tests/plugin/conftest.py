"""Fixtures that make small projects to run pytest in."""

from __future__ import annotations

import pytest

from pytest_autopsy.options import read_settings
from pytest_autopsy.settings import Settings

from .helpers import Project, Run
from .shop_project import MARKED, SHOP


@pytest.fixture
def project(tmp_path) -> Project:
    """An empty project."""
    return Project(tmp_path / "work")


@pytest.fixture
def shop(project: Project) -> Project:
    """A project with one bug, one test that passes and one that fails because of it."""
    return project.write(SHOP)


@pytest.fixture(scope="module")
def shop_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One `pytest --autopsy` of the shop, for tests that only read what it left."""
    return Project(tmp_path_factory.mktemp("shop") / "work").write(SHOP).autopsy()


@pytest.fixture
def settings(pytester, monkeypatch):
    """Read the settings of a command line and an ini, in this process, without configuring."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def read(*args: str, ini: str = "", toml: str = "", native: str = "") -> Settings:
        if ini:
            pytester.makeini(f"[pytest]\n{ini}\n")
        if toml:
            pytester.makepyprojecttoml(f"[tool.pytest.ini_options]\n{toml}\n")
        if native:
            pytester.makepyprojecttoml(f"[tool.pytest]\n{native}\n")
        return read_settings(pytester.parseconfig(*args))

    return read


@pytest.fixture
def marked(shop):
    """The shop with a marker on the first of two failing tests."""

    def mark(text: str, *ini: str):
        shop.write({"test_shop.py": MARKED.replace("{mark}", text)})
        return shop.ini("addopts = --strict-markers", *ini)

    return mark
