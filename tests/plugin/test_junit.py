"""JUnit XML: its schema where we add nothing, the switch, each failure its own box, attachments."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from .checks import needs, without_times
from .helpers import PLUGINS, Project, Run
from .outcome_project import MATRIX
from .shop_project import SHOP

# What junit-10.xsd of the Jenkins xUnit plugin allows: an element's attributes and children.
SCHEMA: dict[str, tuple[set[str], set[str]]] = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {
            "name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname",
            "id", "package", "file", "log", "url",
        },
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "system-out": (set(), set()),
    "system-err": (set(), set()),
}  # fmt: skip
FAMILIES = ("xunit1", "xunit2")


def violations(root: ElementTree.Element) -> list[str]:
    found = []
    for node in root.iter():
        attributes, children = SCHEMA[node.tag]
        found += [f"{node.tag} {name}" for name in node.attrib.keys() - attributes]
        found += [f"{node.tag} > {one.tag}" for one in node if one.tag not in children]
    return found


def written(project: Project, *args: str, family: str = "xunit2", **options) -> ElementTree.Element:
    project.last = project.autopsy(
        "--junitxml=out.xml", "-o", f"junit_family={family}", *args, **options
    )
    return ElementTree.parse(project.path / "out.xml").getroot()


def cases(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [case for case in root.iter("testcase") if case.get("name") == name]


def texts(case: ElementTree.Element) -> list[str]:
    return [node.text or "" for node in case if node.tag in ("failure", "error")]


def told(case: ElementTree.Element) -> dict[str, str]:
    pairs = [(one.get("name", ""), one.get("value", "")) for one in case.iter("property")]
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


def causes(run: Run) -> set[str]:
    return {cause["id"] for cause in run.digest["root_causes"]}


@pytest.fixture(scope="module", params=FAMILIES)
def matrix(request, tmp_path_factory):
    """Every outcome there is, with the switch off: root, and what pytest alone writes."""
    folder = tmp_path_factory.mktemp("junit")
    ours = Project(folder / "ours").write(MATRIX)
    off = written(
        ours, "-o", "autopsy_junit=false", "--autopsy-export=export", family=request.param
    )
    plain = Project(folder / "plain").write(MATRIX)
    plain.plain("--junitxml=out.xml", "-o", f"junit_family={request.param}")
    return request.param, off, plain.path, ours.path


def test_valid_where_we_add_nothing(matrix):
    family, off, _, _ = matrix
    allowed = {"testcase file", "testcase line"} if family == "xunit1" else set()
    assert set(violations(off)) == allowed


def test_switched_off_the_file_is_pytests_own(matrix):
    _, _, plain, ours = matrix

    def shown(path) -> str:
        text = without_times((path / "out.xml").read_text("utf-8")).replace(str(path), "")
        return re.sub(r' (time|timestamp|hostname)="[^"]*"|0x[0-9a-f]+', "", text)

    assert shown(ours) == shown(plain)


def test_properties_are_all_that_the_schema_lacks(shop):
    root = written(shop, "--autopsy-export=export")
    assert set(violations(root)) == {"testcase > properties"}


def test_each_failure_of_a_test_has_its_own_box(project):
    project.write(
        {
            **SHOP,
            "test_shop.py": """
        import pytest
        from shop.cart import line_total

        @pytest.fixture
        def late():
            yield
            {}["late"]

        @pytest.fixture
        def early():
            {}["early"]

        def test_both(late):
            assert line_total("jam", 1)

        def test_late(late):
            pass

        def test_early(early):
            pass
        """,
        }
    )
    root = written(project)
    first, second = cases(root, "test_both")
    assert "TypeError" in texts(first)[0].split("\n\n")[0]
    assert "KeyError" in texts(second)[0].split("\n\n")[0]
    assert told(first)["autopsy.failure"] != told(second)["autopsy.failure"]
    assert told(first)["autopsy.root_cause"] != told(second)["autopsy.root_cause"]
    for name in ("test_late", "test_early"):
        (case,) = cases(root, name)
        assert told(case)["autopsy.root_cause"] in causes(project.last)
        assert texts(case)[0].startswith("autopsy: ")


def collecting(project: Project) -> Project:
    return project.write(
        {**SHOP, "test_broken.py": "import shop.cart\nshop.cart.line_total('jam', 1)\n"}
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_collection_errors(project, family):
    root = written(collecting(project), "--continue-on-collection-errors", family=family)
    (case,) = [c for c in root.iter("testcase") if c.find("error") is not None]
    assert told(case)["autopsy.failure"] == project.last.failure("test_broken.py")["id"]
    assert texts(case)[0].startswith("autopsy: ")


@needs("xdist")
def test_collection_errors_of_workers(project):
    root = written(collecting(project), "-n2", plugins=(*PLUGINS, "xdist"))
    errors = [c for c in root.iter("testcase") if c.find("error") is not None]
    # pytest counts the error of each worker that met it.
    found = [one for one in project.last.digest["failures"] if one["nodeid"] == "test_broken.py"]
    assert errors
    assert {told(case)["autopsy.failure"] for case in errors} <= {one["id"] for one in found}


@pytest.mark.parametrize("args", [("-x",), ("--maxfail=1",), ("-x", "-n2")], ids=" ".join)
def test_a_run_that_stops(shop, args):
    plugins = (*PLUGINS, "xdist") if "-n2" in args else PLUGINS
    if "-n2" in args:
        pytest.importorskip("xdist")
    root = written(shop, *args, plugins=plugins)
    (case,) = cases(root, "test_unknown")
    assert told(case)["autopsy.root_cause"] in causes(shop.last)
    assert texts(case)[0].startswith("autopsy: ")


def test_where_pytest_exits_in_a_test(shop):
    """The case is open then: its teardown is never reported."""
    shop.write({"test_zz.py": "import pytest\ndef test_stop():\n    pytest.exit('enough')\n"})
    (case,) = cases(written(shop), "test_unknown")
    assert told(case)["autopsy.root_cause"] in causes(shop.last)


@needs("pytest_rerunfailures")
def test_retries(project):
    project.write(
        {
            **SHOP,
            "test_shop.py": """
        from shop.cart import line_total
        seen = []

        def test_passes_at_last():
            seen.append(1)
            assert len(seen) == 2 or line_total("jam", 1)

        def test_never_passes():
            assert line_total("jam", 1)
        """,
        }
    )
    root = written(project, "--reruns=2", plugins=(*PLUGINS, "rerunfailures"))
    passed, failed = cases(root, "test_passes_at_last"), cases(root, "test_never_passes")
    *retried, failed = failed  # pytest writes an empty case for each attempt
    assert not any(map(told, [*passed, *retried]))
    assert told(failed)["autopsy.root_cause"] in causes(project.last)
    assert texts(failed)[0].count("autopsy: ") == 1


@needs("xdist")
def test_a_worker_that_crashes(shop):
    shop.write({"test_zz.py": "import os\ndef test_crash():\n    os._exit(3)\n"})
    root = written(shop, "-n2", plugins=(*PLUGINS, "xdist"))
    (crashed,) = [c for c in root.iter("testcase") if "test_crash" in c.get("name", "")]
    assert told(crashed)["autopsy.failure"] == shop.last.failure("test_crash")["id"]
    (case,) = cases(root, "test_unknown")
    assert told(case)["autopsy.root_cause"] in causes(shop.last)


# -- attachments ---------------------------------------------------------------------------------

# As the readers have it: Jenkins' JUnit Attachments plugin (GetTestDataMethodObject.java) takes each
# match and cuts at a `|`; GitLab (lib/gitlab/ci/parsers/test/junit.rb) the first match, of a failure's
# one `system-out`.
JENKINS = re.compile(r"\[\[ATTACHMENT\|.+\]\]")
GITLAB = re.compile(r"\[\[ATTACHMENT\|(?P<path>.+?)\]\]")


def attached(root: ElementTree.Element, name: str) -> list[str]:
    (case,) = cases(root, name)
    outputs = case.findall("system-out")
    assert len(outputs) <= 1
    output = outputs[0].text or "" if outputs else ""
    found = [line.strip()[len("[[ATTACHMENT|") : -2] for line in JENKINS.findall(output)]
    first = GITLAB.search(output)
    assert (first["path"] if first else None) == (found[0] if found else None)
    assert all(
        line.startswith("[[") and line.endswith("]]")
        for line in output.splitlines()
        if "ATTACH" in line
    )
    return found


@pytest.mark.parametrize("logging", ["no", "all"])
def test_attachments_are_files_below_the_checkout(shop, logging):
    shop.write({"conftest.py": "def pytest_runtest_setup():\n    print('said')\n"})
    root = written(shop, "--autopsy-export=out/autopsy", "-o", f"junit_logging={logging}")
    found = attached(root, "test_unknown")
    assert len(found) == 3
    assert all((shop.path / name).is_file() for name in found)
    assert len({name.rpartition("/")[2] for name in found}) == 3  # Jenkins keeps one a name
    assert not attached(root, "test_known")
    (case,) = cases(root, "test_unknown")
    assert ("said" in (case.findtext("system-out") or "")) == (logging == "all")


@pytest.mark.parametrize("name", ["CI_PROJECT_DIR", "WORKSPACE"])
def test_attachments_are_named_from_the_checkout(shop, name):
    env = {name: str(shop.path.parent)}
    found = attached(written(shop, "--autopsy-export=out", env=env), "test_unknown")
    assert found
    assert all(one.startswith(f"{shop.path.name}/out/") for one in found)
    assert all((shop.path.parent / one).is_file() for one in found)


def test_nothing_is_attached_without_an_export(shop):
    assert not attached(written(shop), "test_unknown")


def test_nothing_is_attached_from_outside_the_checkout(shop, tmp_path):
    assert not attached(written(shop, f"--autopsy-export={tmp_path / 'else'}"), "test_unknown")
    assert (tmp_path / "else" / "digest.json").is_file()
