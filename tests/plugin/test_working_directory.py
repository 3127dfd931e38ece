"""A file that tests name from another working directory: found where it is, said as that."""

from __future__ import annotations

FILES = {
    "all.txt": "1\n",
    "shop.py": "def load(name):\n    return open(name).read()\n",
    "tests/data/rates.txt": "1\n",
    "tests/test_shop.py": """\
        from shop import load

        def test_there(): assert load("data/rates.txt")
        def test_again(): assert load("data/rates.txt")
        def test_nowhere(): assert load("data/nothing.txt")
        def test_gone(tmp_path, monkeypatch):
            monkeypatch.chdir(tmp_path)
            assert load("all.txt")
    """,
}


def test_the_folder_to_run_from_is_named(project) -> None:
    run = project.write(FILES).autopsy("-p", "no:cacheprovider", "-o", "pythonpath=.")
    told = {one["title"]: (one["hint"], len(one["failures"])) for one in run.digest["root_causes"]}
    hint, count = told.pop("wrong working directory: data/rates.txt is at tests/data/rates.txt")
    assert (hint, count) == (
        "run pytest from tests, or name tests/data/rates.txt from __file__", 2
    )  # fmt: skip
    hint, count = told.pop("working directory left: all.txt is where pytest began")
    assert hint.startswith("name all.txt from __file__") and count == 1
    (title,) = told
    assert "nothing.txt" in title and "working directory" not in title
