"""What git says of the working tree, and what diagnosis makes of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pytest_autopsy.changes import changed_lines, lines_of

DIFF = """\
diff --git a/shop/cart.py b/shop/cart.py
--- a/shop/cart.py
+++ b/shop/cart.py
@@ -3 +3 @@ def f():
-    return 1
+    return 2
@@ -10,2 +10,0 @@ def g():
-    a = 1
-    b = 2
@@ -20,0 +19,2 @@ def h():
+    c = 1
+    d = 2
diff --git a/gone.py b/gone.py
--- a/gone.py
+++ /dev/null
@@ -1,2 +0,0 @@
-x = 1
-y = 2
"""


def test_lines_of_a_diff() -> None:
    assert lines_of(DIFF) == {"shop/cart.py": frozenset({3, 10, 11, 19, 20})}


def test_no_repository(tmp_path: Path) -> None:
    assert changed_lines(str(tmp_path)) == {}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "na\u00efve file.py").write_text("a = 1\nb = 2\n", "utf-8")
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    return tmp_path


def test_a_changed_line_in_a_file_with_any_name(repository: Path) -> None:
    file = repository / "sub" / "na\u00efve file.py"
    file.write_text("a = 1\nb = 3\n", "utf-8")
    assert changed_lines(str(repository)) == {"sub/na\u00efve file.py": frozenset({2})}
    assert changed_lines(str(repository / "sub")) == {"na\u00efve file.py": frozenset({2})}
