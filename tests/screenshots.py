"""Makes docs/images/*.png from a real run of the examples: `python -m tests.screenshots`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .browser import DESKTOP, PHONE, browser

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"


def run_of_examples(place: Path) -> Path:
    """Run the examples in a copy of their own. Returns the run directory."""
    shutil.copytree(ROOT / "examples", place / "examples")
    command = [sys.executable, "-m", "pytest", "--autopsy", "examples", "-q", "-p", "no:cacheprovider"]  # fmt: skip
    subprocess.run(command, cwd=place, capture_output=True, check=False)
    return (place / ".autopsy" / "latest").resolve()


def main(images: Path = IMAGES) -> None:
    images.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place, browser() as chromium:
        run = run_of_examples(Path(place))
        digest = json.loads((run / "digest.json").read_text())
        cause = next(one for one in digest["root_causes"] if "STANDARD_WEEK" in one["title"])
        culprit = next(one for one in cause["evidence"] if one["role"] == "culprit")
        shown = next(one for one in digest["failures"] if one["nodeid"] == culprit["test"])
        call = f"#{shown['id']}/{culprit['call']}"
        beside = next(
            one["exemplar"] for one in digest["root_causes"] if one["kind"] == "swallowed exception"
        )
        page = f"{run.as_uri()}/report.html"
        for name, size, scheme, address, ready in (
            ("causes-light", DESKTOP, "light", "", ".cause"),
            ("call-dark", DESKTOP, "dark", call, "#call .listing"),
            ("snapshot-light", DESKTOP, "light", f"#{shown['id']}/snapshot", "#snapshot .small"),
            ("beside-light", DESKTOP, "light", f"#{beside}", ".divergence .line.there"),
            ("causes-phone", PHONE, "light", "", ".cause"),
            ("call-phone", PHONE, "dark", call, "#call .listing"),
        ):
            picture(chromium, page + address, images / f"{name}.png", size, scheme, ready)


def picture(
    chromium: Any, address: str, file: Path, size: tuple[int, int], scheme: str, ready: str
) -> None:
    """Write a picture of a page once `ready` is there."""
    width, height = size
    page = chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.on("console", lambda message: print(file.name, message.type, message.text))
    page.on("pageerror", lambda error: print(file.name, "error", error))
    page.goto(address)
    page.wait_for_selector(ready)
    page.locator(ready).first.scroll_into_view_if_needed()
    page.wait_for_timeout(100)
    page.screenshot(path=file)
    page.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
