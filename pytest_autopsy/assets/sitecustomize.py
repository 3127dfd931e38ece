"""Records the Python program that starts with this folder on PYTHONPATH, as trace_config.json says.

Python imports a module of this name before any program. This one begins to record, takes its
folder out of sys.path, and hands over to the sitecustomize that would have been found without it.
PYTEST_DONT_REWRITE
"""


def _begin(folder: str) -> None:
    import importlib.util
    import json
    import os
    import sys

    name = "pytest_autopsy"
    if name not in sys.modules:
        with open(os.path.join(folder, "trace_config.json"), encoding="utf-8") as stream:
            place = json.load(stream).get("autopsy", {}).get("package")
        if place is not None:  # this interpreter may not have it installed
            spec = importlib.util.spec_from_file_location(
                name, place, submodule_search_locations=[os.path.dirname(place)]
            )
            assert spec is not None and spec.loader is not None
            sys.modules[name] = module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
    from pytest_autopsy.child import activate

    activate(folder)


def _hand_over(folder: str) -> None:
    import importlib.machinery
    import importlib.util
    import os
    import sys

    ours = os.path.realpath(folder)
    sys.path[:] = [path for path in sys.path if not path or os.path.realpath(path) != ours]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize")
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


def _main() -> None:
    import os

    folder = os.path.dirname(os.path.abspath(__file__))
    try:
        _begin(folder)
    except Exception:  # the program goes on without us
        pass
    _hand_over(folder)


_main()
