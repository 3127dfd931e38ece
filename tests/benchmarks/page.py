"""The budgets of report.html: `python -m tests.benchmarks.page`.

Made of a synthetic run: one failing test with a trace of 100,000 calls and others beside it, 50 MB
of traces in all. Sizes are bytes of files; times are the browser's own, from the start of the
navigation, the median of a few openings. What the page costs a run is measured as the time that it takes to
make it against the time that it takes to read the same files and compress them.
"""

from __future__ import annotations

import sys
import tempfile
import zlib
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from pytest_autopsy.plainjson import dumps, loads
from pytest_autopsy.report.page import SCRIPTS, asset, page
from pytest_autopsy.report.page_parts import Evidence

from ..browser import DESKTOP, browser, why_not

CALLS = 100_000
TRACES = 50_000_000
OPENINGS = 5
GOALS = {"assets kB": 300, "first paint ms": 1000, "frame ms while scrolling": 50}


def trace_lines(test: str, calls: int) -> bytes:
    """A trace of `calls` calls: loops in loops, values as an order system has them."""
    lines: list[dict[str, Any]] = [
        {"event": "test", "test": test, "calls_seen": calls, "calls_kept": calls}
    ]
    for call in range(1, calls + 1):
        depth = 0 if call == 1 else 1 + call % 7
        parent = None if call == 1 else 1 if depth == 1 else call - 1
        order = {"__type__": "Order", "attrs": {"number": call, "lines": [{"sku": f"s-{call * 7919 % 9973}", "qty": call % 9}], "note": None}}  # fmt: skip
        name = f"step_{call % 40}"
        lines.append(
            {"event": "call", "call_id": call, "parent_id": parent, "depth": depth, "func": name,
             "module": "shop.orders", "file": "shop/orders.py", "line": 10 + call % 40,
             "args": {"order": f"Order(number={call}, lines=[...])", "rate": f"{call * 0.37:.2f}"},
             "qualname": f"Shop.{name}", "phase": "call", "t_ns": call * 1000, "thread": "main",
             "values": {"order": order, "rate": call * 0.37}}
        )  # fmt: skip
        if call == 1 or call == calls:
            lines.append(
                {"event": "exception", "call_id": call, "depth": depth, "func": name,
                 "exc_type": "ValueError", "exc_value": f"bad order {call}", "exc_line": 12,
                 "raised_here": call != 1, "duration_ns": 10}
            )  # fmt: skip
        else:
            lines.append(
                {"event": "return", "call_id": call, "depth": depth, "func": name,
                 "return_value": f"{call * 1.19:.2f}", "value": call * 1.19, "line": 14, "duration_ns": 10}
            )  # fmt: skip
    return b"".join(dumps(line, newline=True) for line in lines)


def synthetic(run: Path, calls: int = CALLS, total: int = TRACES) -> dict[str, Any]:
    """Write a run with so many bytes of traces; returns its digest."""
    (run / "traces").mkdir(parents=True)
    failures: list[dict[str, Any]] = []
    written = 0
    while written < total:
        number = len(failures)
        nodeid = f"tests/test_shop.py::test_order[{number}]"
        lines = trace_lines(nodeid, calls if number == 0 else calls // 20)
        (run / "traces" / f"t{number}.jsonl").write_bytes(lines)
        written += len(lines)
        failures.append(
            {"id": f"f-{number:010x}", "nodeid": nodeid, "phase": "call", "outcome": "failed", "root_cause": "c1-00000001",
             "exception": {"type": "ValueError", "message": f"bad order {number}"}, "why_no_cause": None,
             "suspects": [], "diagnosis": None, "snapshot": None, "trace": f".autopsy/runs/x/traces/t{number}.jsonl",
             "rerun": ["pytest", nodeid]}
        )  # fmt: skip
    cause = {
        "id": "c1-00000001", "title": "step_3 returns what no test expects", "confidence": "likely", "status": None,
        "first_seen": None, "runs_seen": None, "exemplar": failures[0]["id"], "failures": [one["id"] for one in failures],
        "suspects": [], "evidence": [], "hint": "", "rerun": ["pytest", "--autopsy"], "downstream_of": None,
    }  # fmt: skip
    run_facts = {"id": "x", "started_utc": "2026-11-20T10:15:02Z", "python": "3.12.1", "pytest": "9.2.0", "argv": ["pytest"],
                 "mode": "all", "engine": "sys.monitoring", "engine_reason": "-", "workers": 0, "complete": True,
                 "stopped_by": None, "commit": None, "dirty": None}  # fmt: skip
    totals = dict.fromkeys(("tests", "passed", "failed", "errors", "skipped", "xfailed", "xpassed", "retried"), 0)  # fmt: skip
    totals["tests"] = totals["failed"] = len(failures)
    cost = {"slowdown_s": 0.0, "calls_seen": calls, "calls_kept": calls, "dropped": 0}
    return {"run": run_facts, "totals": totals, "root_causes": [cause], "failures": failures, "cost": cost}  # fmt: skip


def made(run: Path, digest: dict[str, Any]) -> tuple[bytes, float, float]:
    """Make the page; returns it, the seconds that took, and those of reading and compressing."""
    evidence = Evidence(run, {}, str, tuple)
    began = perf_counter()
    text = page(digest, evidence)
    took = perf_counter() - began
    began = perf_counter()
    for file in sorted((run / "traces").iterdir()):
        raw = file.read_bytes()
        for line in raw.splitlines():
            loads(line)
        zlib.compress(raw, 6)
    return text, took, perf_counter() - began


def opened(chromium: Any, address: str) -> dict[str, float]:
    """Open the page, a trace of 100,000 calls, scroll and search; milliseconds of each."""
    tab = chromium.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    tab.goto(address, wait_until="load")
    tab.wait_for_selector(".cause")
    found = {
        "first paint ms": tab.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        ),
        "loaded ms": tab.evaluate(
            "performance.timing.loadEventEnd - performance.timing.fetchStart"
        ),
    }
    began = perf_counter()
    tab.evaluate("location.hash = '#f-0000000000/99000'")
    tab.wait_for_selector("#call .values", timeout=60_000)
    found["a call of 100,000 ms"] = (perf_counter() - began) * 1000
    tab.click("#unfold")
    found["frame ms while scrolling"] = tab.evaluate(SCROLL)
    began = perf_counter()
    tab.fill("#search", "number=98765,")
    tab.press("#search", "Enter")
    tab.wait_for_selector("#matches:text-is('1 of 1')")
    found["search ms"] = (perf_counter() - began) * 1000
    found["rows in the document"] = tab.evaluate("document.querySelectorAll('.row').length")
    tab.close()
    return found


SCROLL = """async () => {
  const tree = document.querySelector('#tree');
  const times = [];
  let last = performance.now();
  for (let step = 0; step < 60; step += 1) {
    tree.scrollTop += step % 2 ? 400 : 30000;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)];
}"""


def main() -> int:
    if why_not():
        print(why_not())
        return 2
    assets = sum(len(asset(name).encode()) for name in (*SCRIPTS, "page.css", "page.html"))
    measured = {"assets kB": assets / 1000}
    with tempfile.TemporaryDirectory() as place:
        run = Path(place) / "run"
        digest = synthetic(run)
        text, took, floor = made(run, digest)
        (run / "report.html").write_bytes(text)
        traces = sum(file.stat().st_size for file in (run / "traces").iterdir())
        print(f"{traces / 1e6:.1f} MB of traces in {len(digest['failures'])} failures")
        measured["page MB"] = len(text) / 1e6
        measured["page / traces"] = len(text) / traces
        measured["made in s"] = took
        measured["made / read and compressed"] = took / floor
        with browser() as chromium:
            runs = [opened(chromium, (run / "report.html").as_uri()) for _ in range(OPENINGS)]
        measured.update({name: median(one[name] for one in runs) for name in runs[0]})
    missed = 0
    for name, value in measured.items():
        goal = GOALS.get(name)
        over = goal is not None and value > goal
        missed += over
        print(f"{name:30} {value:10.2f}" + (f"   at most {goal}{': MISSED' if over else ''}" if goal else ""))  # fmt: skip
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
