"""What every test may ask for: the shared folder of real sources, and one set of habits."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "tests" / "bench"

# Cases are slow on a busy machine, which is no fault of the code; CI repeats the same cases.
settings.register_profile("house", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("house"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real sources and the public suite; skip the test where there is none.

    It is named by TERMSERVER_SHARED, otherwise `../shared` beside the checkout. Read only.
    """
    folder = Path(os.environ.get("TERMSERVER_SHARED") or ROOT.parent / "shared").resolve()
    if not folder.is_dir():
        pytest.skip(f"no shared folder at {folder} (TERMSERVER_SHARED names another)")
    return folder


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave tests/bench out unless the command line names it."""
    if collection_path != BENCH:
        return None
    named = any(
        (Path.cwd() / argument.split("::")[0]).is_relative_to(BENCH) for argument in config.args
    )
    return None if named else True


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all of tests/bench, so that no timing is run for lack of its mark."""
    for item in items:
        if item.path.is_relative_to(BENCH):
            item.add_marker(pytest.mark.bench)
