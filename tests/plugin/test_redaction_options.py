"""The options and the hook of redaction, runs that were killed, and secrets of other workers."""

from __future__ import annotations

import pytest

from .helpers import Project, Run


def _left(run: Run) -> dict[str, bytes]:
    """Every file that the run left outside of the project's own."""
    files = [
        p for p in run.path.rglob("*") if p.is_file() and p.suffix not in (".py", ".ini", ".pyc")
    ]
    return {p.relative_to(run.path).as_posix(): p.read_bytes() for p in files}


def test_reports_can_be_left_as_they_are(project: Project) -> None:
    project.write(
        {"test_it.py": "def test_it():\n    password = 'q1Zx7Vb7kWm'\n    assert password == 1\n"}
    )
    project.ini("autopsy_redact_reports = false")
    run = project.autopsy("--junitxml=junit.xml")
    assert "q1Zx7Vb7kWm" in run.out and "q1Zx7Vb7kWm" in (run.path / "junit.xml").read_text()
    ours = {name: raw for name, raw in _left(run).items() if name.startswith(".autopsy")}
    assert ours and all(b"q1Zx7Vb7kWm" not in raw for raw in ours.values())


def test_regexes_of_the_project(project: Project) -> None:
    project.write(
        {"test_it.py": "def test_it():\n    customer = 'CUST-00017'\n    assert customer == 1\n"}
    )
    project.ini("autopsy_redact =", r"    CUST-\d+", r"    INT-[A-Z]{3,9}")
    run = project.autopsy()
    assert "CUST-00017" not in run.text
    assert all(b"CUST-00017" not in raw for raw in _left(run).values())


@pytest.mark.parametrize("regex", ["(a+)+$", "CUST-(", "x*"])
def test_a_wrong_regex_is_one_usage_error(project: Project, regex: str) -> None:
    project.write({"test_it.py": "def test_it():\n    assert 0\n"})
    project.ini("autopsy_redact =", f"    {regex}")
    run = project.autopsy()
    assert run.code == 4 and "Traceback" not in run.text
    (line,) = [line for line in run.err.splitlines() if line.startswith("ERROR")]
    assert "autopsy_redact" in line and regex in line


def test_no_environment(project: Project) -> None:
    project.write({"test_it.py": "def test_it():\n    assert 0\n"}).ini("autopsy_env = false")
    run = project.autopsy()
    (snapshot,) = run.directory.glob("snapshots/*.json")
    assert '"env": {}' in snapshot.read_text()


HOOKS = """
    import pytest

    @pytest.hookimpl(optionalhook=True)
    def pytest_autopsy_redact(name, text):
        {body}
    """


def test_the_hook_of_other_plugins(project: Project) -> None:
    body = 'return text.replace("Lovelace", "<person>") if "Lovelace" in text else None'
    project.write({"conftest.py": HOOKS.format(body=body),
                   "test_it.py": "def test_it():\n    person = 'Ada Lovelace'\n    assert person == 1\n"})  # fmt: skip
    run = project.autopsy()
    assert "Lovelace" not in run.text and "Ada <person>" in run.text
    assert all(b"Lovelace" not in raw for raw in _left(run).values())
    assert "pytest_autopsy_redact" not in "".join(run.traced())


@pytest.mark.parametrize("body", ["1 / 0", "return 7"])
def test_what_a_failing_hook_was_given_is_cut_and_told_once(project: Project, body: str) -> None:
    project.write({"conftest.py": HOOKS.format(body=body),
                   "test_it.py": "def test_it():\n    person = 'Ada Lovelace'\n    assert person == 1\n"})  # fmt: skip
    run = project.autopsy()
    assert run.code == 1
    assert all(b"Lovelace" not in raw for raw in _left(run).values())
    assert run.text.count("fault(s) of its own") == 1
    assert "pytest_autopsy_redact" in (run.directory / "autopsy.log").read_text()
    assert "met 1 fault(s)" in run.text


def test_a_killed_run_is_redacted_when_the_next_one_meets_it(project: Project) -> None:
    project.write({"test_it.py": """
        import os

        def test_first():
            raise ValueError("seen q9Zx7Vb63kWm")

        # A test shows the lines around it.
        #
        #
        #

        def test_second():
            password = "q9Zx7Vb63kWm"
            assert password == ""

        def test_third():
            os._exit(9)
        """})  # fmt: skip
    # Hashes stay beside a black box, which is read later still.
    project.autopsy("-k", "first or second or third", "-o", "autopsy_blackbox=false")
    (killed,) = (project.path / ".autopsy" / "runs").iterdir()
    first = next(killed.glob("snapshots/test_it.py_test_first*.json"))
    assert "q9Zx7Vb63kWm" in first.read_text()  # nobody knew yet
    assert "q9Zx7Vb63kWm" not in next(killed.glob(".taint*")).read_text()
    project.autopsy("-k", "second")
    assert "q9Zx7Vb63kWm" not in first.read_text()
    assert not list(killed.glob(".taint*"))


def test_what_one_worker_learned_is_hidden_in_what_another_wrote(project: Project) -> None:
    project.write({
        "test_a.py": "def test_seen():\n    raise ValueError('seen q9Zx7Vb63kWm')\n",
        "test_b.py": "def test_learned():\n    password = 'q9Zx7Vb63kWm'\n    assert password == 1\n",
    })  # fmt: skip
    run = project.autopsy(
        "-n2", "--dist=loadfile", "--junitxml=junit.xml", plugins=("autopsy", "xdist")
    )
    assert {one["worker"] for one in run.digest["failures"]} == {"gw0", "gw1"}
    for name, raw in _left(run).items():
        assert b"q9Zx7Vb63kWm" not in raw, name
    assert "q9Zx7Vb63kWm" not in run.out
