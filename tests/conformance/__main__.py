"""Run the suite at both releases against a real server and compare with the baseline.

Exit codes: 0 as before or better (or no suite here), 1 a case stopped passing or
fails for no content that is named, 3 it did not run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from termserver.errors import TerminologyError
from tests.conformance import baseline
from tests.conformance.baseline import Results
from tests.conformance.content import no_longer_failing, read_missing_content, unexplained
from tests.conformance.home import prepared_home
from tests.conformance.page import write_page
from tests.conformance.server import ServerFailed, running_server
from tests.conformance.suite import BASES, Case, SuiteFailed, find_shared, run_suite


def main() -> int:
    """Return the exit code."""
    options = _options()
    shared = find_shared()
    if shared is None:
        _say("No conformance suite here (TERMSERVER_SHARED names the folder): nothing compared.")
        return 0
    begun = time.monotonic()
    try:
        results = _results(shared, options.workers)
    except (TerminologyError, ServerFailed, SuiteFailed) as error:
        _say(str(error))
        return 3
    for release, cases in results.items():
        _say(f"/{BASES[release]}: {sum(one.passed for one in cases)} of {len(cases)} pass")
    _say(f"{time.monotonic() - begun:.0f} s")
    if options.failing:
        _list_failing(results)
    if options.update:
        baseline.write_baseline(results)
        write_page(results)
        return 0
    return _verdict(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="server processes (default 2)")
    parser.add_argument("--failing", action="store_true", help="print each case that fails")
    parser.add_argument(
        "--update",
        action="store_true",
        help="write tests/conformance/baseline.json and docs/conformance.md",
    )
    return parser.parse_args()


def _results(shared: Path, workers: int) -> Results:
    results: dict[str, list[Case]] = {}
    with tempfile.TemporaryDirectory(prefix="termserver-log-") as logs:
        log = Path(logs) / "server.log"
        with (
            prepared_home(shared, _say) as home,
            running_server(home, log, workers=workers) as address,
        ):
            for release, base in BASES.items():
                results[release] = run_suite(shared, f"{address}/{base}")
    return results


def _list_failing(results: Results) -> None:
    for release, cases in results.items():
        for one in cases:
            if not one.passed:
                _say(f"FAIL /{BASES[release]} {one.name}: {one.reason[:400]}")


def _verdict(results: Results) -> int:
    known = baseline.read_baseline()
    stopped = baseline.stopped_passing(results, known)
    for release, one in stopped:
        _say(f"STOPPED PASSING /{BASES[release]} {one.name}: {one.reason[:400]}")
    for name in baseline.not_run(results, known):
        _say(f"In the baseline, not in this suite: {name}")
    missing = read_missing_content()
    for name in no_longer_failing(results, missing):
        _say(f"In content.json, and passes: {name}")
    strange = unexplained(results, missing)
    for release, one in strange:
        _say(f"FAILS WITH NO CONTENT NAMED /{BASES[release]} {one.name}: {one.reason[:400]}")
    better = baseline.new_passing(results, known)
    if better:
        _say(f"{better} cases pass that the baseline does not have: run with --update.")
    return 1 if stopped or strange else 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
