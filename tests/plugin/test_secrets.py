"""Promise 6 end to end: secrets planted in a project are in no file that a run leaves."""

from __future__ import annotations

import base64
from pathlib import Path
from textwrap import dedent

import pytest

from .helpers import Project, Run

_N = iter(range(100, 999))


def _made(prefix: str = "") -> str:
    """A secret of its own for each place; put together here, so that no scanner minds this file."""
    number = next(_N)
    return f"{prefix}q{number}Zx7Vb{number * 7}kWm"


SECRETS = {
    place: _made()
    for place in (
        "local", "argument", "nested", "attribute", "literal", "assertion", "message", "stdout",
        "log", "argv", "environment", "url", "returned", "header", "late", "node", "encoded",
    )
}  # fmt: skip
SECRETS["node"] = "gh" + "p_" + "Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4zAb7c"
KEY_LINES = [
    f"{number}{'MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9OiJjRxyz0123456789ab'}" for number in range(9)
]
KEY = "\n".join(
    ["-----BEGIN RSA " + "PRIVATE KEY-----", *KEY_LINES, "-----END RSA PRIVATE KEY-----"]
)

CODE = """
    class Account:
        def __init__(self, secret):
            self._api_key = secret
            self.name = "ada"


    def connect(url, password):
        return {"url": url, "user": {"auth_token": password[::1]}}


    def load_secret(where):
        return where[0]


    def fail(message):
        raise ValueError(message)
    """
TESTS = '''
    import base64
    import logging
    import os
    import sys

    import pytest

    from shop import Account, connect, fail, load_secret

    KEY = """{key}"""


    def test_local():
        db_password = "".join(reversed("{local}"[::-1]))
        print("connecting with", db_password)
        assert db_password == len(db_password)


    def test_argument():
        connect("https://h", "{argument}")
        print("sent {argument}")
        fail("refused {argument}")


    def test_nested():
        config = {{"db": [{{"credentials": {{"value": "{nested}"}}}}]}}
        print(config["db"][0]["credentials"]["value"])
        assert config == {{}}


    def test_attribute():
        account = Account("{attribute}")
        assert account.name == "{attribute}"


    def test_literal():
        api_key = "{literal}"
        del api_key
        assert 1 == 2


    def test_assertion():
        given = {{"password": "{assertion}"}}
        assert given["password"] == "other"


    def test_message():
        fail("login failed: password={message}")


    def test_stdout():
        print("Authorization: Bearer {stdout}")
        print("and again: {stdout}")
        raise KeyError("x")


    def test_log():
        logging.getLogger("shop").warning("token=%s", "{log}")
        logging.getLogger("shop").error("sent %s", "{log}")
        fail("x")


    def test_argv():
        fail(f"called with {{sys.argv[-1]}}")


    def test_environment():
        fail("env " + os.environ["SHOP_API_TOKEN"])


    def test_url():
        url = "postgres://shop:{url}@db/shop"
        fail("no route to " + url)


    def test_returned():
        load_secret(["{returned}"])
        fail("got {returned}")


    def test_header():
        headers = [("X-Api-Key", "{header}"), ("Accept", "text/html")]
        fail("bad header {header}")


    def test_a_early():
        fail("seen {late}")


    def test_z_late():
        password = "{late}"
        fail(password)


    @pytest.mark.parametrize("given", ["{node}"])
    def test_node(given):
        fail(given)


    def test_encoded():
        client_secret = "{encoded}"
        fail(base64.b64encode(("user:" + client_secret).encode()).decode())


    def test_key():
        assert KEY == ""


    def test_passes():
        print("password={stdout}")
    '''
TESTS = dedent(TESTS).format(**SECRETS, key=KEY)
HIDDEN = [
    *SECRETS.values(),
    *KEY_LINES,
    base64.b64encode(f"user:{SECRETS['encoded']}".encode()).decode()[8:28],
]


def _left(run: Run) -> dict[str, bytes]:
    """Every file that the run left outside of the project's own."""
    found = {
        p: p.read_bytes()
        for p in run.path.rglob("*")
        if p.is_file() and p.suffix not in (".py", ".ini", ".pyc")
    }
    return {str(Path(p).relative_to(run.path)): raw for p, raw in found.items()}


def _planted(project: Project, *args: str) -> Run:
    project.write({"shop.py": CODE, "test_shop.py": TESTS})
    return project.autopsy(
        "--junitxml=junit.xml", "-o", "junit_logging=all", "--json-report",
        "--json-report-file=report.json", "--html=page.html", "--autopsy-export=out", *args,
        "--shop-password", SECRETS["argv"],
        plugins=("autopsy", "pytest_jsonreport", "metadata", "html", "html_fixtures", "xdist"),
        env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "summary.md"},
    )  # fmt: skip


CONFTEST = """
    def pytest_addoption(parser):
        parser.addoption("--shop-password")
    """


@pytest.fixture(scope="module", params=[(), ("-n2",)], ids=["one-process", "workers"])
def planted(request, tmp_path_factory) -> Run:
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("SHOP_API_TOKEN", SECRETS["environment"])
    project = Project(tmp_path_factory.mktemp("secrets") / "work").write({"conftest.py": CONFTEST})
    try:
        return _planted(project, *request.param)
    finally:
        monkeypatch.undo()


def test_the_project_fails_as_planned(planted: Run) -> None:
    assert planted.counts["failed"] == 19 and planted.counts["passed"] == 1
    assert "fault(s) of its own" not in planted.text
    assert len(list(planted.directory.glob("snapshots/*.json"))) == 19


@pytest.mark.parametrize("place", SECRETS)
def test_no_file_has_a_secret(planted: Run, place: str) -> None:
    secret = SECRETS[place]
    for name, raw in _left(planted).items():
        assert secret.encode() not in raw, f"{place} is in {name}"
        assert secret not in name
    if place != "node":  # pytest says a test's name as it is
        assert secret not in planted.out


def test_no_file_has_a_line_of_the_key(planted: Run) -> None:
    for name, raw in _left(planted).items():
        for secret in HIDDEN:
            assert secret.encode() not in raw, f"{secret} is in {name}"


def test_the_rest_can_be_read(planted: Run) -> None:
    texts = b"\n".join(_left(planted).values())
    for told in (
        b"login failed: password=",
        b"name db_password",
        b"text/html",
        b"no route to",
    ):
        assert told in texts
    assert planted.failure("test_message")["suspects"]


def test_no_hashes_are_left(planted: Run) -> None:
    assert not list(planted.directory.glob(".taint*"))


def test_reasons_and_warnings_are_shown_without_secrets(project) -> None:
    project.write(
        {"test_said.py": """
        import warnings
        import pytest

        @pytest.mark.xfail(reason="DB_PASSWORD=zQ7kfj29xPwq81LmT4va")
        def test_expected():
            assert 0

        @pytest.mark.xfail(reason="DB_PASSWORD=zQ7kfj29xPwq81LmT4va")
        def test_unexpected():
            pass

        def test_skips():
            pytest.skip("DB_PASSWORD=zQ7kfj29xPwq81LmT4va")

        def test_warns():
            warnings.warn("DB_PASSWORD=zQ7kfj29xPwq81LmT4va")
        """}
    )  # fmt: skip
    text = project.autopsy("-rA").text
    assert text.count("DB_PASSWORD=[redacted: assigned secret]") >= 4
    assert "zQ7kfj29xPwq81LmT4va" not in text.replace('"DB_PASSWORD=zQ7kfj29xPwq81LmT4va"', "")
