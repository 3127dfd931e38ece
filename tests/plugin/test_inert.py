"""Promise 1: installed and not asked, nothing of ours is on the path of a test."""

from __future__ import annotations

import json
import re

import pytest

from .checks import without_times
from .helpers import Project, Run
from .shop_project import SHOP

LIGHT = {
    "pytest_autopsy",
    "pytest_autopsy.plugin",
    "pytest_autopsy.options",
    "pytest_autopsy.env",
    "pytest_autopsy.hookspecs",
    "pytest_autopsy.loading",
    "pytest_autopsy.settings",
}
SILENT = {"pytest_autopsy.record", "pytest_autopsy.record.current"}
"""What tells decorators and sections in the tests that nothing is to be kept."""
PROBE = """
    import json
    import sys

    import pytest


    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(session):
        manager = session.config.pluginmanager
        ours = {}
        for name, plugin in manager.list_name_plugin():
            module = getattr(plugin, "__name__", None) or type(plugin).__module__
            if plugin is not None and module.startswith("pytest_autopsy"):
                hooks = manager.get_hookcallers(plugin) or []
                ours[name] = sorted(hook.name for hook in hooks)
        tools = {}
        if hasattr(sys, "monitoring"):
            tools = {str(n): sys.monitoring.get_tool(n) for n in range(6)}
        found = {
            "modules": sorted(sys.modules),
            "plugins": ours,
            "trace": sys.gettrace() is not None,
            "profile": sys.getprofile() is not None,
            "tools": tools,
        }
        with open("probe.json", "w") as file:
            json.dump(found, file)
    """


def probed(project: Project, *args: str) -> dict:
    project.write({"conftest.py": PROBE})
    project.run(*args)
    return json.loads((project.path / "probe.json").read_text())


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> dict:
    """What is loaded and registered at the end of a run that asked for nothing."""
    project = Project(tmp_path_factory.mktemp("inert") / "work").write(SHOP)
    return probed(project)


def test_only_the_light_modules_are_loaded(seen):
    assert {name for name in seen["modules"] if name.startswith("pytest_autopsy")} == LIGHT


def test_orjson_is_not_loaded(seen):
    assert "orjson" not in seen["modules"]


def test_no_hook_of_ours_is_on_the_path_of_a_test(seen):
    hooks = {hook for names in seen["plugins"].values() for hook in names}
    assert "pytest_addoption" in hooks  # the probe does see us
    assert hooks <= {
        "pytest_addoption",
        "pytest_addhooks",
        "pytest_configure",
        "pytest_collection_finish",
    }


def test_nothing_traces(seen):
    assert not seen["trace"]
    assert not seen["profile"]
    assert not any(seen["tools"].values())


def test_autopsy_does_register_them(shop):
    """The probe can tell: the same look at a run that asked."""
    seen = probed(shop, "--autopsy")
    hooks = {hook for names in seen["plugins"].values() for hook in names}
    assert "pytest_runtest_call" in hooks
    assert "pytest_autopsy.model" in seen["modules"]


@pytest.mark.parametrize(
    ("option", "ini"),
    [
        ("--no-autopsy", "autopsy = true"),
        ("--no-snapshot", ""),
        ("--no-triage", ""),
        ("-q", "autopsy = false"),
        ("-q", "autopsy_trace_targets = shop"),
        ("--autopsy-dir=elsewhere", ""),
        ("--trace-exclude=shop", ""),
    ],
)
def test_what_asks_for_nothing_loads_nothing(shop, option, ini):
    seen = probed(shop.ini(ini), option)
    loaded = {name for name in seen["modules"] if name.startswith("pytest_autopsy")}
    assert loaded == LIGHT | (SILENT if option == "--no-autopsy" else set())
    assert not (shop.path / ".autopsy").exists()


def test_the_package_alone_loads_nothing(shop):
    shop.write(
        {
            "test_shop.py": """
        import subprocess, sys
        def test_import():
            code = "import sys, pytest_autopsy; print(*[m for m in sys.modules if 'autopsy' in m])"
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
            assert done.stdout.split() == ["pytest_autopsy"], done
        """
        }
    )
    assert shop.plain().code == 0


def body(run: Run) -> str:
    """The output without times, and without the header's line of plugins."""
    return re.sub(r"(?m)^plugins: .*\n", "", without_times(run.out))


@pytest.mark.parametrize(
    "args",
    [(), ("-q",), ("--collect-only",), ("-vv", "-rA", "--setup-show")],
    ids=" ".join,
)
def test_output_is_that_of_plain_pytest(shop, args):
    plain = shop.run("-p", "no:autopsy", *args, plugins=())
    installed = shop.run(*args)
    assert body(plain) == body(installed)
    assert plain.err == installed.err
    assert plain.code == installed.code
    assert plain.reports == installed.reports


def test_output_is_that_of_plain_pytest_among_all_plugins(shop):
    plain = shop.run("-p", "no:autopsy", autoload=True)
    installed = shop.run(autoload=True)
    assert body(plain) == body(installed)
    named = next(line for line in installed.lines if line.startswith("plugins: "))
    assert "autopsy-" in named
    shortened = re.sub(r"autopsy-[^,]+(, )?", "", named).removesuffix(", ").strip()
    others = [line for line in plain.lines if line.startswith("plugins: ")]
    assert [shortened] == others or (shortened == "plugins:" and not others)


def test_junit_is_that_of_plain_pytest(shop):
    texts = []
    for name, plugins in (("plain", ()), ("installed", ("autopsy",))):
        shop.run(f"--junitxml={name}.xml", plugins=plugins)
        text = (shop.path / f"{name}.xml").read_text("utf-8")
        texts.append(re.sub(r'(time|timestamp)="[^"]*"', r"\1", text))
    assert texts[0] == texts[1]


def test_no_file_is_left(shop):
    shop.run()
    assert not (shop.path / ".autopsy").exists()


def test_help_and_markers_name_us(shop):
    shown = shop.run("--help").out
    for option in (
        "--autopsy",
        "--no-autopsy",
        "--trace-target",
        "--trace-exclude",
        "--snapshot",
        "--no-snapshot",
        "--triage",
        "--no-triage",
        "--autopsy-dir",
        "--autopsy-export",
        "--autopsy-cause",
    ):
        assert re.search(rf"^ +{option}\b", shown, re.MULTILINE) or f", {option}" in shown, option
    listed = shop.run("--markers").out
    for marker in ("trace(", "no_trace", "no_snapshot"):
        assert f"@pytest.mark.{marker}" in listed


def test_a_run_goes_on_where_we_cannot_be_loaded(shop):
    plain = shop.plain()
    shop.write({"orjson.py": "raise RuntimeError('broken build')"})
    ours = shop.autopsy("-W", "error")
    assert (plain.outcomes, plain.code) == (ours.outcomes, ours.code)
    assert ours.has_line("pytest-autopsy met 1 fault.*broken build")
