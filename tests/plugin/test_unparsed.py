"""Files that do not parse, from end to end: the file that has to be corrected, whoever imports it."""

from __future__ import annotations

FILES = {
    "shop.py": "def f(:\n    pass\n",
    "test_import.py": "import shop\n\ndef test_it(): pass\n",
    "test_inside.py": "def test_late():\n    import shop\n",
    "test_broken.py": "def test_it()\n    pass\n",
    "test_text.py": "def test_text():\n    eval('1 +')\n",
}


def test_the_file_is_named_with_its_line(project) -> None:
    run = project.write(FILES).autopsy("--continue-on-collection-errors")
    told = {
        one["title"]: (one["confidence"], one["suspects"][0]["file"], len(one["failures"]))
        for one in run.digest["root_causes"]
    }
    assert told.pop("shop.py does not parse: invalid syntax") == ("shown", "shop.py", 2)
    assert told.pop("test_broken.py does not parse: expected ':'") == ("shown", "test_broken.py", 1)
    ((title, (_, file, _)),) = told.items()
    assert "does not parse" not in title and file == "test_text.py"
