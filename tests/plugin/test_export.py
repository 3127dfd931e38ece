"""--autopsy-export: what CI's upload steps take, and nothing of anybody else's touched."""

from __future__ import annotations

import json
import os
import stat
from importlib.resources import files

import jsonschema
import pytest

from pytest_autopsy import export as exporting
from pytest_autopsy import load_run
from pytest_autopsy.store import file_name

from .checks import needs
from .helpers import PLUGINS


@pytest.fixture
def umask():
    before = os.umask(0o077)
    yield
    os.umask(before)


def everything(folder):
    return sorted(folder.rglob("*"))


def test_no_hidden_names_links_or_owner_only_modes(shop, umask):
    run = shop.autopsy("--autopsy-export=out/report")
    found = [shop.path / "out", *everything(shop.path / "out")]
    assert len(found) > 8
    for one in found:
        mode = stat.S_IMODE(one.lstat().st_mode)
        assert not one.name.startswith(".")
        assert not one.is_symlink()
        assert mode == (0o755 if one.is_dir() else 0o644), one
    assert run.code == 1


def test_names_that_every_disk_and_upload_takes(project):
    project.write(
        {
            "test_it.py": """
        import pytest

        @pytest.mark.parametrize("v", ['a:b', 'a<b>|*?"', 'con', 'a\\\\b', '\\r', 'A', 'a', 'x' * 10_000], ids=repr)
        def test_it(v):
            assert v == 1
        """
        }
    )
    project.autopsy("--autopsy-export=out")
    names = [
        one.relative_to(project.path / "out").as_posix() for one in everything(project.path / "out")
    ]
    assert not [name for name in names if set(name) & set('":<>|*?\r\n\\')]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name.rpartition("/")[2]) < 130 for name in names)


def test_the_digest_there_names_the_files_there(shop):
    shop.autopsy("--autopsy-export=out")
    digest = load_run(shop.path / "out")
    (failure,) = digest["failures"]
    for key in ("diagnosis", "snapshot", "trace"):
        assert (shop.path / "out" / failure[key]).is_file()
    told = json.loads((shop.path / "out" / "export.json").read_bytes())
    schema = json.loads(files("pytest_autopsy").joinpath("schemas/export.json").read_bytes())
    jsonschema.validate(told, schema)
    there = {
        one.relative_to(shop.path / "out").as_posix()
        for one in everything(shop.path / "out")
        if one.is_file()
    }
    assert set(told["files"]) == there - {"export.json"}


def test_an_export_replaces_the_last_and_leaves_others_alone(shop):
    (shop.path / "out").mkdir()
    mine = shop.path / "out" / "digest.txt"
    mine.write_text("mine")
    shop.autopsy("--autopsy-export=out")
    assert list((shop.path / "out" / "traces").iterdir())
    shop.autopsy("--autopsy-export=out", "-k", "test_known")
    assert not list((shop.path / "out" / "traces").iterdir())
    assert not load_run(shop.path / "out")["failures"]
    assert mine.read_text() == "mine"


def test_a_manifest_that_lies_reaches_nothing_outside(shop):
    (shop.path / "out").mkdir()
    told = {
        "schema": exporting.SCHEMA,
        "files": ["../test_shop.py", str(shop.path / "pytest.ini"), 7],
    }
    (shop.path / "out" / "export.json").write_text(json.dumps(told))
    shop.autopsy("--autopsy-export=out")
    assert (shop.path / "test_shop.py").exists()
    assert (shop.path / "pytest.ini").exists()


@pytest.mark.parametrize("limit", ["MAX_BYTES = 12_000", "MAX_FILES = 3"])
def test_what_does_not_fit_is_named(shop, limit):
    shop.write({"conftest.py": f"import pytest_autopsy.export\npytest_autopsy.export.{limit}\n"})
    shop.autopsy("--autopsy-export=out")
    told = json.loads((shop.path / "out" / "export.json").read_bytes())
    assert told["left_out"]
    assert "digest.json" in told["files"]
    assert told["bytes"] <= told["max_bytes"]
    assert len(told["files"]) <= told["max_files"]
    assert not any((shop.path / "out" / name).exists() for name in told["left_out"])


def test_exemplars_come_first(project):
    project.write(
        {
            "test_it.py": """
        import pytest

        def low(v):
            return {}[v]

        @pytest.mark.parametrize("v", range(6))
        def test_it(v):
            assert low(v)
        """
        }
    )
    run = project.autopsy("--autopsy-export=out")
    told = json.loads((project.path / "out" / "export.json").read_bytes())
    (cause,) = run.digest["root_causes"]
    exemplar = next(one for one in run.digest["failures"] if one["id"] == cause["exemplar"])
    first = next(name for name in told["files"] if name.startswith("diagnoses/"))
    assert exemplar["diagnosis"].endswith(first)


@needs("xdist")
def test_of_workers(shop):
    shop.autopsy("--autopsy-export=out", "-n2", plugins=(*PLUGINS, "xdist"))
    (failure,) = load_run(shop.path / "out")["failures"]
    assert (shop.path / "out" / failure["trace"]).is_file()
    assert not (shop.path / "out" / "workers").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "not an empty name"),
        (".report", "upload steps leave out hidden names"),
        ("test_shop.py", "is a file"),
        ("test_shop.py/below", "is a file"),
    ],
)
def test_a_wrong_directory_is_named(shop, given, said):
    run = shop.autopsy(f"--autopsy-export={given}")
    assert run.code == 4
    assert "--autopsy-export" in run.text
    assert said in run.text
    assert "takes a directory for files to upload" in run.text


def test_a_directory_that_cannot_be_written_is_told(shop):
    """A file where a folder of the export should be."""
    (shop.path / "out").mkdir()
    (shop.path / "out" / "diagnoses").write_text("in the way")
    run = shop.autopsy("--autopsy-export=out", "--junitxml=out.xml")
    assert run.code == 1
    assert "--autopsy-export" in run.text
    assert "could not be written" in run.text
    assert run.digest["failures"]
    assert "ATTACHMENT" not in (shop.path / "out.xml").read_text()


def test_without_autopsy_there_is_no_export(shop):
    shop.run("--autopsy-export=out")
    assert not (shop.path / "out").exists()


def test_a_readable_name_keeps_the_tests_own():
    assert file_name("tests/test_a.py::test_it[../../etc]").startswith(
        "test_a.py_test_it_.._.._etc"
    )
