"""report.html of inner runs: that it is there, whole, and as redacted as the rest."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode

from .helpers import PLUGINS, Run

SECRET = "k7Qp2vXw9LmZ4tRb"
PROJECT = {
    "shop.py": f'''
        api_token = "{SECRET}"

        def load(price, password):
            if price < 0:
                return 0
            raise ValueError(f"no {{password}}")
        ''',
    "test_shop.py": f'''
        from shop import load

        def test_load():
            load(3, password="{SECRET}")
        ''',
}


def everything(run: Run) -> str:
    """The page with all of its parts unpacked."""
    text = (run.directory / "report.html").read_text("utf-8")
    parts = re.findall(r'<script type="text/plain" id="part-\d+">([^<]*)</script>', text)
    return text + "".join(zlib.decompress(b64decode(part)).decode() for part in parts)


def test_the_page_holds_what_the_run_left_and_no_secret(project):
    run = project.write(PROJECT).autopsy()
    text = everything(run)
    assert SECRET not in text
    assert "def load(price, password):" in text
    index = json.loads(text.split('id="index">')[1].split("</script>")[0])
    (failure,) = index["failures"]
    assert failure["nodeid"] == "test_shop.py::test_load" and "trace" in failure
    assert set(index["sources"]) == {"shop.py", "test_shop.py"}
    assert '"ran":{"shop.py":[3,4,6],"test_shop.py":[3,4]}' in text
    assert run.has_line(r"^evidence +\.autopsy/runs/.*/digest\.md, report\.html$")


def test_workers_make_the_same_page(project):
    run = project.write(PROJECT).autopsy("-n2", plugins=(*PLUGINS, "xdist"))
    assert run.digest["run"]["workers"] == 2
    text = everything(run)
    assert '"ran":{"shop.py":[3,4,6],"test_shop.py":[3,4]}' in text
    assert SECRET not in text


def test_a_run_without_failures_has_no_page(project):
    run = project.write({"test_ok.py": "def test_ok(): pass\n"}).autopsy()
    assert (run.directory / "digest.json").exists()
    assert not (run.directory / "report.html").exists()


def test_without_triage_the_failures_are_there(project):
    run = project.write(PROJECT).run("--snapshot")
    text = everything(run)
    assert "triage is off" in text and "test_load" in text
    assert SECRET not in text
