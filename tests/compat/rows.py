"""The rows of the compatibility table: what, the distributions it needs, what holds, which test.

A row is no more than what its test shows; `python -m tests.compat` runs them and writes the table.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One row; `test` is a file below tests/ and the start of its tests' names."""

    what: str
    needs: tuple[str, ...]
    holds: str
    test: str
    note: str = ""


XDIST = "compat/test_xdist.py::"
ASYNC = "compat/test_async.py::"
KINDS = "compat/test_kinds.py::"
PLUGINS = "compat/test_plugins.py::"
APPS = "compat/test_apps.py::"
COVERAGE = "compat/test_coverage.py::"
OPTIONS = "compat/test_options.py::"
ENDS = "plugin/test_outcomes_ends.py::"

ROWS = (
    Row("pytest-xdist", ("pytest-xdist",),
        "`--dist` load, loadscope, loadfile, loadgroup, worksteal, no; `--tx`, `--maxprocesses`, `-n0`:"
        " the digest is that of the serial run",
        XDIST + "test_the_digest_is_that_of_the_serial_run"),
    Row("pytest-xdist `--dist=each`", ("pytest-xdist",),
        "a failure counts once a worker, as pytest counts it", XDIST + "test_each"),
    Row("pytest-xdist `-x`, `--maxfail`", ("pytest-xdist",),
        "each failure that pytest reports is told", XDIST + "test_x_and_maxfail"),
    Row("pytest-xdist, a worker that crashes", ("pytest-xdist",),
        "its running test is told, what it had finished is diagnosed",
        "plugin/test_outcomes_xdist.py::test_crashed_worker"),
    Row("pytest-asyncio", ("pytest-asyncio",),
        "strict and auto mode, async fixtures; a call names its task", ASYNC + "test_asyncio",
        "1.0 and later need pytest 8.2; 0.23 runs on 8.0"),
    Row("anyio", ("anyio", "trio"), "both backends, task groups", ASYNC + "test_anyio"),
    Row("pytest-trio", ("pytest-trio",), "`trio_mode`, nurseries", ASYNC + "test_trio"),
    Row("unittest", (), "set-up and clean-up of tests, classes and modules", KINDS + "test_unittest"),
    Row("IsolatedAsyncioTestCase", (), "`asyncSetUp` and tests",
        ASYNC + "test_isolated_asyncio_test_case"),
    Row("subTest", (), "each failing one is a failure of its own", KINDS + "test_unittest_subtests",
        "without pytest 9 or pytest-subtests a test ends at its first failing subtest"),
    Row("subtests fixture", (), "each failing one is a failure of its own",
        KINDS + "test_subtests_fixture", "part of pytest since 9.0; before it pytest-subtests"),
    Row("doctest", (), "modules and text files", KINDS + "test_doctest"),
    Row("pytest-bdd", ("pytest-bdd",), "scenarios; steps are calls of the trace", KINDS + "test_bdd"),
    Row("hypothesis", ("hypothesis",),
        "the falsifying example's attempt is the one that is kept, with its arguments; no warning",
        KINDS + "test_hypothesis"),
    Row("pytest-rerunfailures", ("pytest-rerunfailures",),
        "the last attempt is told, with its own trace", PLUGINS + "test_rerunfailures",
        "16.2 and later need pytest 8.1 or later; 16.1 runs on 8.0"),
    Row("pytest-repeat", ("pytest-repeat",), "each repetition is a test", PLUGINS + "test_repeat"),
    Row("pytest-timeout, signal", ("pytest-timeout",), "the test that hangs is told, with open calls",
        PLUGINS + "test_timeout_by_signal"),
    Row("pytest-timeout, thread", ("pytest-timeout",),
        "it ends the process: what was finished is on disk", PLUGINS + "test_timeout_by_thread"),
    Row("pytest-cov", ("pytest-cov",),
        "figures equal to the line and branch, with the C tracer and, from 3.12, sys.monitoring",
        COVERAGE + "test_cov["),
    Row("pytest-cov with pytest-xdist", ("pytest-cov", "pytest-xdist"), "figures equal",
        COVERAGE + "test_cov_and_xdist"),
    Row("pytest-randomly", ("pytest-randomly",), "the same causes in any order",
        PLUGINS + "test_randomly"),
    Row("pytest-mock", ("pytest-mock",), "patches and spies are left alone", PLUGINS + "test_mock"),
    Row("pytest-django", ("pytest-django", "django"),
        "models, views, transactions; counted queries are unchanged", APPS + "test_django"),
    Row("pytest-flask", ("pytest-flask", "flask"), "`client` and `app`", APPS + "test_flask"),
    Row("pytester", (), "inner sessions, in process and not, are runs of their own",
        PLUGINS + "test_pytester"),
    Row("`--lf`, `--ff`", (), "the same tests run", OPTIONS + "test_last_failed"),
    Row("`--sw`", (), "it stops and goes on at the same test", OPTIONS + "test_stepwise"),
    Row("`--pdb`, `breakpoint()`", (), "the debugger stops in the frame; recording ends there",
        OPTIONS + "test_pdb"),
    Row("`-x`, `--maxfail`, `-q` to `-vv`, `--tb`, `-rA`, `-s`, `--no-summary`, `-W error`,"
        " `-p no:terminal`, `no:logging`, `no:capture`, `--import-mode`", (),
        "outcomes, warnings and exit code are those of the plain run", OPTIONS + "test_options"),
    Row("`-p no:cacheprovider`", (), "nothing of ours needs the cache",
        OPTIONS + "test_without_cache"),
    Row("`-p no:autopsy`", (), "nothing of us is there; `--autopsy` is then an unknown option",
        OPTIONS + "test_blocked"),
    Row("`PYTEST_DISABLE_PLUGIN_AUTOLOAD`", (), "`-p autopsy` loads it",
        OPTIONS + "test_autoload_off"),
    Row("`NO_COLOR`", (), "no colours; nothing is told by colour alone", OPTIONS + "test_colours"),
    Row("terminals of 20 to 200 columns", (), "no line of facts is wider than the terminal",
        OPTIONS + "test_width"),
    Row("KeyboardInterrupt, `pytest.exit`", (), "what failed before is explained",
        OPTIONS + "test_stops"),
    Row("internal errors of other plugins", (), "the same exit code and outcomes",
        OPTIONS + "test_internal_errors_of_others"),
)  # fmt: skip
