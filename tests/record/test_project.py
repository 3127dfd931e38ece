"""The project's own files: by version control, editable and own installs; never the rest."""

import email
import json
import os
import sys
import sysconfig

import pytest

import pytest_autopsy
from pytest_autopsy.record.project import Project, repository_root


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "repo"
    (root / ".git").mkdir(parents=True)
    return root


def put(path, text="x = 1\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return os.path.realpath(path)


def install(site, name, direct_url=None, files=()):
    """What pip leaves in site-packages of a distribution."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    if direct_url is not None:
        (info / "direct_url.json").write_text(json.dumps(direct_url))
    for file in files:
        if file.endswith(".py"):
            put(site / file)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A site-packages of its own, first on sys.path."""
    folder = tmp_path / "env" / "lib" / "site-packages"
    folder.mkdir(parents=True)
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_the_root_is_where_version_control_is(root):
    inner = root / "packages" / "one"
    inner.mkdir(parents=True)
    assert repository_root(inner) == root
    assert Project(inner).owns(put(root / "packages" / "two" / "mod.py"))


@pytest.mark.parametrize("folder", [".hg", ".svn", ".jj"])
def test_other_version_control(tmp_path, folder):
    (tmp_path / folder).mkdir()
    (tmp_path / "a").mkdir()
    assert repository_root(tmp_path / "a") == tmp_path


def test_a_worktree_has_a_file_instead(tmp_path):
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    (tmp_path / "a").mkdir()
    assert repository_root(tmp_path / "a") == tmp_path


@pytest.mark.parametrize(
    "place",
    [
        "mod.py",
        "src/mod.py",
        "lib/pkg/mod.py",
        "environment/mod.py",
        "builder/lib/mod.py",
        "venvs.py",
        "build/mod.py",
    ],
)
def test_own_files(root, place):
    assert Project(root).owns(put(root / place))


@pytest.mark.parametrize(
    "place",
    [
        "lib/python3.12/site-packages/mod.py",
        "dist-packages/mod.py",
        "node_modules/thing/mod.py",
        "build/lib/mod.py",
        "build/lib.linux-x86_64-3.12/mod.py",
        ".tox/py/mod.py",
        ".nox/mod.py",
        ".eggs/mod.py",
        "__pypackages__/3.12/lib/mod.py",
        "src/__pycache__/mod.py",
    ],
)
def test_files_that_are_not_its_own(root, place):
    path = put(root / place)
    project = Project(root)
    assert not project.owns(path)
    assert path not in list(project.files())


@pytest.mark.parametrize("marker", ["pyvenv.cfg", "conda-meta/history"])
@pytest.mark.parametrize("place", ["venv", "tools/my env"])
def test_virtual_environments(root, marker, place):
    put(root / place / marker)
    path = put(root / place / "lib" / "mod.py")
    own = put(root / "mod.py")
    project = Project(root)
    assert not project.owns(path)
    assert [file for file in project.files() if file.startswith(project.root)] == [own]


def test_the_standard_library_and_site_packages(root):
    project = Project(root)
    assert not project.owns(os.path.realpath(email.__file__))
    assert not project.owns(os.path.realpath(json.__file__))
    assert not project.owns(os.path.realpath(pytest.__file__))
    assert not project.owns(os.path.realpath(sysconfig.get_path("stdlib")) + "/argparse.py")


def test_never_our_own_package(root):
    path = os.path.realpath(pytest_autopsy.__file__)
    assert not Project(root).owns(path)
    assert not Project(os.path.dirname(os.path.dirname(path)) and root).owns(path)


def test_outside_the_root(root, tmp_path):
    assert not Project(root).owns(put(tmp_path / "elsewhere" / "mod.py"))
    assert not Project(root).owns(put(tmp_path / "repository" / "mod.py"))  # a longer name


def test_an_editable_install_elsewhere(root, site, tmp_path):
    other = tmp_path / "my other"
    path = put(other / "src" / "thing" / "mod.py")
    url = other.as_uri()
    assert not Project(root).owns(path)
    install(site, "thing", {"url": url, "dir_info": {"editable": True}})
    project = Project(root)
    assert project.owns(path)
    assert path in list(project.files())


@pytest.mark.parametrize(
    "direct_url",
    [
        {"url": "{}", "dir_info": {}},
        {"url": "{}", "dir_info": {"editable": False}},
        {"url": "https://example.org/x.whl", "archive_info": {}},
    ],
)
def test_an_install_that_is_not_editable(root, site, tmp_path, direct_url):
    other = tmp_path / "other"
    path = put(other / "mod.py")
    install(site, "thing", {**direct_url, "url": direct_url["url"].replace("{}", other.as_uri())})
    assert not Project(root).owns(path)


def test_a_broken_direct_url_is_passed_over(root, site):
    install(site, "thing")
    (site / "thing-1.0.dist-info" / "direct_url.json").write_text('{"editable": true, nonsense')
    assert Project(root).folders[0] == os.path.realpath(root)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", '[build-system]\nrequires = []\n\n[project]\nname = "My.Thing"\n'),
        ("pyproject.toml", "[tool.poetry]\nversion = '1'\nname = 'my-thing'\n"),
        ("setup.cfg", "[metadata]\nname = my_thing\n"),
        ("PKG-INFO", "Metadata-Version: 2.1\nName: my-thing\n"),
    ],
)
def test_the_projects_own_distribution_where_it_is_installed(root, site, file, text):
    put(root / file, text)
    install(
        site, "my_thing", None, ["my_thing/__init__.py", "my_thing/core.py", "my_thing_extra.py"]
    )
    install(site, "foreign", None, ["foreign/__init__.py"])
    project = Project(root)
    assert project.owns(os.path.realpath(site / "my_thing" / "core.py"))
    assert project.owns(os.path.realpath(site / "my_thing_extra.py"))
    assert not project.owns(os.path.realpath(site / "foreign" / "__init__.py"))
    assert project.shown(os.path.realpath(site / "my_thing" / "core.py")) == "my_thing/core.py"


def test_a_name_in_another_table_is_not_the_projects(root, site):
    put(root / "pyproject.toml", '[[tool.thing.list]]\nname = "foreign"\n')
    install(site, "foreign", None, ["foreign/__init__.py"])
    assert not Project(root).owns(os.path.realpath(site / "foreign" / "__init__.py"))


def test_paths_as_they_are_shown(root):
    inner = root / "inner"
    path = put(root / "inner" / "src" / "mod.py")
    outside = put(root / "shared" / "mod.py")
    assert Project(inner).shown(path) == "src/mod.py"
    assert Project(inner).shown(outside) == "../shared/mod.py"
    assert Project(root).shown(path) == "inner/src/mod.py"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_root_that_is_reached_by_a_link(root, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(root)
    path = put(root / "mod.py")
    assert Project(link).owns(path)
    assert Project(link).shown(path) == "mod.py"
