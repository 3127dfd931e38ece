"""The page in a real browser: what a reader does with it, on a phone, by keyboard, under attack."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_autopsy.plainjson import dumps, loads
from pytest_autopsy.report.page import page as made
from pytest_autopsy.report.page_parts import Evidence

from ..benchmarks.page import synthetic
from ..browser import DESKTOP, PHONE, browser, why_not
from ..screenshots import run_of_examples

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")
HACK = "<!--<script </script x></script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>{{script}}\u202ejavascript:hacked"
KEPT = {"schema", "id", "root_cause", "exemplar", "failures", "trace", "snapshot", "diagnosis", "failure", "event", "phase",
        "confidence", "role", "outcome", "file", "run", "relation"}  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_of_examples(tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="module")
def digest(run: Path) -> dict[str, Any]:
    return json.loads((run / "digest.json").read_bytes())


class Reader:
    """A tab, and what went wrong in it."""

    def __init__(self, chromium: Any, file: Path, size: tuple[int, int], **options: Any) -> None:
        self.address = f"{file.as_uri()}"
        self.troubles: list[str] = []
        self.asked: list[str] = []
        self.context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, **options
        )
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(10_000)
        self.tab.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.tab.on("dialog", lambda dialog: self.troubles.append("a dialog"))
        self.tab.on("console", lambda one: self.troubles.append(one.text) if one.type == "error" else None)  # fmt: skip
        self.tab.on("request", lambda request: self.asked.append(request.url))

    def open(self, address: str = "", ready: str = ".cause:visible, #name:visible") -> Reader:
        self.tab.goto("about:blank")
        self.tab.goto(f"{self.address}{'#' if address else ''}{address}")
        self.tab.wait_for_selector(ready)
        return self

    def text(self, selector: str) -> str:
        return self.tab.inner_text(selector)

    def selected(self) -> str:
        return self.tab.inner_text(".row[aria-selected=true] .name")


@pytest.fixture
def read(chromium: Any) -> Iterator[Any]:
    with contextlib.ExitStack() as stack:

        def opened(file: Path, size: tuple[int, int] = DESKTOP, **options: Any) -> Reader:
            reader = Reader(chromium, file, size, **options)
            stack.callback(reader.context.close)
            return reader

        yield opened


@pytest.fixture
def reader(run: Path, read: Any) -> Iterator[Reader]:
    """The page of the examples, which must give no error and ask for nothing but itself."""
    opened = read(run / "report.html")
    yield opened
    assert opened.troubles == []
    assert {url.partition("#")[0] for url in opened.asked} <= {opened.address, "about:blank"}


def culprit(digest: dict[str, Any], kind: str) -> tuple[str, dict[str, Any]]:
    """The failure whose trace shows the culprit of the first cause of this kind, and the fact."""
    cause = next(one for one in digest["root_causes"] if one["kind"] == kind)
    fact = next(one for one in cause["evidence"] if one["role"] == "culprit")
    return next(one["id"] for one in digest["failures"] if one["nodeid"] == fact["test"]), fact


# -- reading --------------------------------------------------------------------------------


def test_causes_come_first_and_lead_to_the_call_that_shows_them(reader, digest):
    failure, fact = culprit(digest, "shared state changed")
    reader.open()
    count = len(digest["failures"])
    assert reader.text("h1").startswith(f"{count} failures, ")
    assert reader.tab.locator(".cause").count() == len(digest["root_causes"])
    reader.tab.click(f"a.call[href='#{failure}/{fact['call']}']")
    reader.tab.wait_for_selector("#call .listing")
    assert fact["function"] in reader.text("#call h2")
    assert "STANDARD_WEEK" in reader.text("#call")
    assert reader.tab.locator("#call .before mark").count() == 1
    assert reader.tab.locator("#call .line[data-heat]").count() > 0
    assert reader.selected() == fact["function"]
    reader.tab.go_back()
    assert reader.tab.is_visible(".cause >> nth=0") and reader.tab.is_hidden("#failure")


def test_a_deep_link_opens_its_call_and_an_unknown_one_says_so(reader, digest):
    failure, fact = culprit(digest, "shared state changed")
    reader.open(f"{failure}/{fact['call']}", "#call .listing")
    assert f"call {fact['call']}" in reader.text("#call .title")
    reader.open(f"{failure}/99999", ".row")
    assert "no call 99999" in reader.text("#matches")
    reader.open("f-unknown")
    assert reader.tab.is_visible("#overview")


def test_every_panel_of_every_failure_opens(reader, digest):
    for failure in digest["failures"]:
        reader.open(failure["id"], "#why .rerun")
        assert failure["nodeid"].rsplit("::", 1)[1] in reader.text("#name")
        for tab, ready in (("snapshot", "#snapshot .small"), ("source", "#source .line"), ("call", "#call .note, #call h2")):  # fmt: skip
            reader.tab.click(f"#tab-{tab}")
            reader.tab.wait_for_selector(ready)


def test_the_tree_is_driven_by_keys(reader, digest):
    failure, fact = culprit(digest, "shared state changed")
    reader.open(failure, ".row")
    keys = reader.tab.locator("#tree")
    keys.focus()
    keys.press("ArrowDown")
    assert reader.tab.get_attribute("#tree", "aria-activedescendant") == "row-0"
    assert reader.selected() == "test_cover_is_for_one_week_only"
    before = reader.tab.get_attribute("#rows", "style")
    keys.press("ArrowLeft")
    assert reader.tab.get_attribute(".row", "aria-expanded") == "false"
    assert reader.tab.locator(".row").count() == 1
    keys.press("ArrowRight")
    assert reader.tab.get_attribute("#rows", "style") == before
    keys.press("c")
    assert reader.selected() == fact["function"]
    keys.press("ArrowLeft")
    assert reader.selected() == "plan_week"
    keys.press("End")
    keys.press("e")
    assert reader.selected() == "test_cover_is_for_one_week_only"
    keys.press("Enter")
    assert reader.tab.evaluate("document.activeElement.id") == "call"
    keys.focus()
    keys.press("n")
    reader.tab.wait_for_selector(f"#name:not(:has-text('{'test_cover_is_for_one_week_only'}'))")


def test_search_goes_through_what_it_finds(reader, digest):
    failure, _ = culprit(digest, "shared state changed")
    reader.open(failure, ".row")
    reader.tab.keyboard.press("Tab")
    reader.tab.fill("#search", "PERSON='EVA'")
    reader.tab.wait_for_selector("#matches:has-text('found')")
    count = int(reader.text("#matches").split()[0])
    assert count > 2
    reader.tab.press("#search", "Enter")
    first = reader.tab.get_attribute(".row[aria-selected=true]", "id")
    reader.tab.press("#search", "Enter")
    assert reader.text("#matches") == f"2 of {count}"
    reader.tab.press("#search", "Shift+Enter")
    assert reader.tab.get_attribute(".row[aria-selected=true]", "id") == first
    assert reader.tab.locator(".row.hit").count() > 0


def test_a_failure_is_found_by_its_message(reader):
    reader.open()
    reader.tab.fill("#find-text", "NoneType")
    assert reader.text("#find-count") == "2 failures"
    reader.tab.click("#found a >> nth=0")
    reader.tab.wait_for_selector("#why .message")
    assert "NoneType" in reader.text("#why .message")


def test_values_unfold(reader, digest):
    failure, fact = culprit(digest, "shared state changed")
    reader.open(f"{failure}/{fact['call']}", "#call .result details")
    reader.tab.click("#call .result summary >> nth=0")
    assert "'Wed'" in reader.text("#call .result .inside >> nth=0")


def test_the_source_shades_what_is_suspected_and_marks_what_ran(reader, digest):
    failure, fact = culprit(digest, "shared state changed")
    reader.open(f"{failure}/source/{fact['line']}/{fact['file']}", "#source .line")
    line = reader.tab.locator(f"#source .line[data-line='{fact['line']}']")
    assert "at" in line.get_attribute("class").split()
    assert line.locator(".gutter").inner_text().startswith("•")
    assert line.locator(".score").count() == 1
    hottest = reader.tab.locator("#source .line[data-heat='4']")
    assert hottest.count() >= 1
    reader.tab.select_option("#source select", index=1)
    assert reader.tab.locator("#source .line").count() > 0


def test_a_passing_test_stands_beside_the_failing_one(reader, run, digest):
    cause = next(one for one in digest["root_causes"] if one["kind"] == "swallowed exception")
    reader.open(cause["exemplar"], "#why .divergence")
    entry = next(one for one in digest["failures"] if one["id"] == cause["exemplar"])
    found = json.loads((run / "diagnoses" / Path(entry["diagnosis"]).name).read_bytes())["divergence"]  # fmt: skip
    shown = reader.text(".divergence")
    assert found["fact"] in shown
    assert found["test"].rpartition("::")[2] in shown
    rows = reader.tab.locator(".divergence tbody tr:has(.function)")
    assert rows.count() == len(found["rows"])
    apart = [row for row in found["rows"] if row["failing"] != row["passing"]]
    assert reader.tab.locator(".divergence tr.apart").count() == len(apart)
    (first, *_) = found["lines"]
    for number in (*first["failing"], *first["passing"]):
        line = reader.tab.locator(f".divergence .line[data-line='{number}']").first
        assert line.locator(".score").inner_text().startswith("only ")
    reader.tab.click(".divergence td a.place >> nth=0")
    reader.tab.wait_for_selector("#source .line.at")


def test_the_command_is_copied_as_it_is_shown(run, read, digest):
    reader = read(run / "report.html", permissions=["clipboard-read", "clipboard-write"]).open()
    reader.tab.click(".cause .copy >> nth=0")
    reader.tab.wait_for_selector(".copy:has-text('Copied')")
    copied = reader.tab.evaluate("navigator.clipboard.readText()")
    assert copied == " ".join(digest["root_causes"][0]["rerun"])


# -- everybody ------------------------------------------------------------------------------


def test_without_a_script_the_causes_are_there(run, read, digest):
    reader = read(run / "report.html", java_script_enabled=False).open()
    for cause in digest["root_causes"]:
        assert cause["title"] in reader.text(f"#{cause['id']}")
        assert cause["suspects"][0]["function"] in reader.text(f"#{cause['id']}")
    assert "need JavaScript" in reader.text("#overview")
    assert reader.tab.is_hidden("#find")


@pytest.mark.parametrize("address", ["", "{}", "{}/calls", "{}/8", "{}/source", "{}/snapshot"])
def test_a_phone_scrolls_one_way_only(run, read, digest, address):
    failure, _ = culprit(digest, "shared state changed")
    reader = read(run / "report.html", PHONE).open(address.format(failure))
    reader.tab.wait_for_selector(
        ".cause:visible, #failure :is(.rerun, .row, #call h2, .line, #snapshot .small):visible"
    )
    assert reader.tab.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    small = reader.tab.evaluate(
        "[...document.querySelectorAll('button, #tabs button, .row')].filter((one) => one.offsetParent"
        " && one.getBoundingClientRect().height < 22).map((one) => one.outerHTML)"
    )
    assert small == []


def test_on_a_phone_a_tap_reads_a_call(run, read, digest):
    failure, fact = culprit(digest, "shared state changed")
    reader = read(run / "report.html", PHONE).open(f"{failure}/calls", ".row")
    assert reader.tab.is_hidden("#why")
    reader.tab.click(f"#row-{fact['call'] - 1} .name")
    reader.tab.wait_for_selector("#call h2")
    assert reader.text("#call h2") == fact["function"]
    assert reader.tab.is_hidden("#calls")


def test_axe_finds_nothing(run, read, digest):
    axe = pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT
    failure, fact = culprit(digest, "shared state changed")
    for size in (DESKTOP, PHONE):
        for address in ("", f"{failure}/why", f"{failure}/calls", f"{failure}/{fact['call']}", f"{failure}/source", f"{failure}/snapshot"):  # fmt: skip
            reader = read(run / "report.html", size).open(address)
            reader.tab.wait_for_timeout(100)
            reader.tab.evaluate(axe)  # a script element would be refused
            found = reader.tab.evaluate("axe.run(document)")
            assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]] == []  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_to_read(run, read, digest, scheme):
    failure, fact = culprit(digest, "shared state changed")
    for size in (DESKTOP, PHONE):
        for address in ("", f"{failure}/why", f"{failure}/{fact['call']}", f"{failure}/source", f"{failure}/snapshot"):  # fmt: skip
            reader = read(run / "report.html", size, color_scheme=scheme).open(address)
            reader.tab.wait_for_timeout(50)
            assert reader.tab.evaluate(CONTRAST) == []


def test_every_control_has_a_name_and_focus_is_seen(reader, digest):
    failure, _ = culprit(digest, "shared state changed")
    reader.open(failure, "#why .rerun")
    assert reader.tab.evaluate("document.activeElement.id") == "name"
    stops = []
    for _ in range(40):
        reader.tab.keyboard.press("Tab")
        stop = reader.tab.evaluate(
            "(() => { const one = document.activeElement; return [one.id, one.tagName,"
            " one.getAttribute('aria-label') || one.textContent.trim() || one.getAttribute('aria-labelledby'),"
            " getComputedStyle(one).outlineStyle] })()"
        )
        if stop[1] == "BODY":
            break
        stops.append(stop)
    assert all(name for _, _, name, _ in stops)
    assert all(outline != "none" for _, _, _, outline in stops)
    ids = [one[0] for one in stops if one[0]]
    assert ids.index("tab-why") < ids.index("search") < ids.index("tree") < ids.index("why")


def test_printing_shows_everything_of_the_summary(reader):
    reader.open()
    reader.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    reader.tab.emulate_media(media="print")
    assert reader.tab.locator("#overview details:not([open])").count() == 0
    assert reader.tab.is_hidden("#find") and reader.tab.is_hidden(".copy >> nth=0")


# -- under attack ---------------------------------------------------------------------------


def attacked(value: Any, name: str = "") -> Any:
    """The same data with a hostile text in every name and value that a test can choose."""
    if isinstance(value, dict):
        named = name in ("args", "values", "locals", "attrs", "changed", "details")
        return {(f"{key}{HACK}" if named else key): attacked(one, key) for key, one in value.items()}  # fmt: skip
    if isinstance(value, list):
        return [attacked(one, name) for one in value]
    return f"{value}{HACK}" if isinstance(value, str) and name not in KEPT else value


def test_hostile_text_in_every_field_of_a_run_never_runs(run, tmp_path, read, digest):
    for file in run.rglob("*.json*"):
        lines = file.read_bytes().splitlines() if file.suffix == ".jsonl" else [file.read_bytes()]
        target = tmp_path / file.relative_to(run)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(b"\n".join(dumps(attacked(loads(line))) for line in lines))
    hostile = loads((tmp_path / "digest.json").read_bytes())
    (tmp_path / "source.py").write_text(f"# {HACK}\ndef f(): '{HACK}'\n")
    evidence = Evidence(tmp_path, {}, lambda file: str(tmp_path / "source.py"), tuple)
    (tmp_path / "report.html").write_bytes(made(hostile, evidence, [HACK]))
    reader = read(tmp_path / "report.html").open()
    for failure in hostile["failures"][:4]:
        reader.open(failure["id"], "#why .rerun")
        for tab, ready in (("snapshot", "#snapshot .small"), ("source", "#source .line"), ("call", "#call .note, #call h2")):  # fmt: skip
            reader.tab.click(f"#tab-{tab}")
            reader.tab.wait_for_selector(ready)
        reader.tab.press("#tree", "c")
        reader.tab.press("#tree", "c")
        reader.tab.wait_for_selector("#call h2")
        for details in reader.tab.locator("#call details, #snapshot details").all():
            details.evaluate("(one) => { one.open = true; }")
        assert reader.tab.evaluate("window.hacked") is None
        assert reader.tab.locator("img, iframe, object, link, a[href^=javascript]").count() == 0
        assert reader.tab.locator("script:not([type])").count() == 1
    assert "window.hacked=1" in reader.text("#name")
    assert reader.troubles == []
    assert {url.partition("#")[0] for url in reader.asked} <= {reader.address, "about:blank"}


def test_a_hostile_project_is_shown_as_it_is(tmp_path, read):
    name = "test_<img src=x onerror=hacked=1>.py"
    (tmp_path / name).write_text(
        "import pytest\nHACK = '</script><script>window.hacked=1</script>'\n"
        "@pytest.mark.parametrize('it', [HACK, '<!--<script>', '\\u202e\\x1b[31m'])\n"
        "def test_it(it):\n    held = {it: [it]}  # <script>hacked=1</script>\n    raise ValueError(it)\n"
    )
    command = [sys.executable, "-m", "pytest", "--autopsy", "-q", "-p", "no:cacheprovider"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    reader = read(tmp_path / ".autopsy" / "latest" / "report.html").open()
    for failure in json.loads((tmp_path / ".autopsy/latest/digest.json").read_text())["failures"]:
        reader.open(f"{failure['id']}/snapshot", "#snapshot .small")
        reader.tab.click("#tab-source")
        reader.tab.wait_for_selector("#source .line")
        assert "<script>hacked=1</script>" in reader.text("#source")
        assert reader.tab.evaluate("window.hacked") is None
    assert reader.troubles == []


def test_the_policy_stops_a_script_that_got_in(reader):
    reader.open()
    attempts = """() => new Promise((done) => setTimeout(() => {  // what the driver itself evaluates is allowed more
      const told = [];
      for (const attempt of [
        () => { document.body.innerHTML += '<b>x</b>'; },
        () => { const one = document.createElement('script'); one.textContent = 'window.hacked = 1'; document.body.append(one); },
        () => { window.eval('window.hacked = 1'); },
        () => { const one = document.createElement('p'); one.setAttribute('onclick', 'window.hacked = 1'); document.body.append(one); one.click(); },
      ]) {
        try { attempt(); told.push('went through'); } catch (error) { told.push(error.name); }
      }
      done(told);
    }))"""
    told = reader.tab.evaluate(attempts)
    assert told[:3] == ["TypeError", "TypeError", "EvalError"], told
    assert reader.tab.evaluate("window.hacked") is None
    reader.troubles.clear()  # what the browser says of what it refused


# -- size and damage ------------------------------------------------------------------------


def test_only_rows_in_sight_are_in_the_document(tmp_path, read):
    digest = synthetic(tmp_path / "run", calls=20_000, total=1)
    evidence = Evidence(tmp_path / "run", {}, str, tuple)
    (tmp_path / "run" / "report.html").write_bytes(made(digest, evidence))
    reader = read(tmp_path / "run" / "report.html").open("f-0000000000/15000", "#call .values")
    assert reader.tab.locator(".row").count() < 100
    assert reader.text(".row[aria-selected=true] .id") == "15000"
    reader.tab.click("#unfold")
    reader.tab.press("#tree", "End")
    assert reader.text(".row[aria-selected=true] .id") == "20000"
    assert reader.tab.locator(".row").count() < 100
    reader.tab.press("#tree", "Home")
    assert reader.text(".row[aria-selected=true] .id") == "1"
    assert reader.troubles == []


def test_what_is_left_out_is_named_with_its_place(run, tmp_path, read, digest):
    evidence = Evidence(run, {}, str, tuple)
    for budget, said in ((0, "see digest.json"), (9000, "not on this page: traces/")):
        (tmp_path / "report.html").write_bytes(made(digest, evidence, budget=budget))
        reader = read(tmp_path / "report.html").open()
        found = []
        for failure in digest["failures"]:
            reader.open(failure["id"], "#omitted .note")
            found.append(reader.text("#omitted"))
        assert any(said in text for text in found), found
        assert reader.troubles == []


def test_a_part_that_cannot_be_unpacked_says_where_the_same_lies(run, tmp_path, read, digest):
    text = (run / "report.html").read_text("utf-8")
    start = text.index('id="part-0">') + len('id="part-0">')
    broken = text[: start + 40] + text[start + 60 :]
    (tmp_path / "report.html").write_text(broken, "utf-8")
    index = json.loads(text.split('id="index">')[1].split("</script>")[0])
    failure = next(one["id"] for one in index["failures"] if one["part"] == 0)
    reader = read(tmp_path / "report.html").open(failure, "#omitted .note")
    assert "could not unpack" in reader.text("#omitted") and "traces/" in reader.text("#omitted")


CONTRAST = """() => {
  const channel = (c) => { const s = c / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; };
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return { rgb: n.slice(0, 3), alpha: n[3] ?? 1 }; };
  const light = (rgb) => 0.2126 * channel(rgb[0]) + 0.7152 * channel(rgb[1]) + 0.0722 * channel(rgb[2]);
  const back = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const found = parse(getComputedStyle(at).backgroundColor);
      if (found.alpha === 1) return found.rgb;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.checkVisibility() || one.closest('meter, script, select, #previous:not([href]), #next:not([href])')) continue;
    const fore = light(parse(getComputedStyle(one).color).rgb), behind = light(back(one));
    const ratio = (Math.max(fore, behind) + 0.05) / (Math.min(fore, behind) + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${one.className} ${walker.currentNode.data.slice(0, 30)}`);
  }
  return poor;
}"""
