"""A module that cannot be loaded is one cause, whether files or tests import it."""

from __future__ import annotations

FILES = {
    "shop.py": "LIMIT = int('many')\n",
    "test_early.py": "import shop\n\ndef test_early(): pass\n",
    "test_late.py": "def test_late():\n    import shop\n\ndef test_other(): pass\n",
}


def test_one_cause_for_collection_and_tests(project) -> None:
    run = project.write(FILES).autopsy("--continue-on-collection-errors")
    (cause,) = run.digest["root_causes"]
    assert (cause["suspects"][0]["file"], len(cause["failures"])) == ("shop.py", 2)
    assert cause["title"].startswith("shop.py is behind ValueError: invalid literal")
