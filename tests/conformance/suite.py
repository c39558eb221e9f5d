"""One run of the suite by tools/txrun.py of the shared folder, and what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODES = "general,snomed,tx.fhir.org"
BASES = {"4.0": "r4", "5.0": "r5"}
LONGEST_S = 900.0


class SuiteFailed(Exception):
    """The runner did not come to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case that was run: `suite/test`, and the runner's reason where it does not pass."""

    suite: str
    name: str
    passed: bool
    reason: str = ""


def find_shared() -> Path | None:
    """Return the shared folder if it holds the suite and the runner, else None."""
    folder = Path(os.environ.get("TERMSERVER_SHARED") or ROOT.parent / "shared").resolve()
    needed = (folder / "tx-ecosystem" / "test-cases.json", folder / "tools" / "txrun.py")
    return folder if all(one.is_file() for one in needed) else None


def run_suite(shared: Path, address: str) -> list[Case]:
    """Return every case of the modes above run against `address`, in the suite's order.

    Raises: SuiteFailed.
    """
    with tempfile.TemporaryDirectory(prefix="txrun-") as folder:
        results = Path(folder) / "results.json"
        command = [sys.executable, str(shared / "tools" / "txrun.py"), "--quiet"]
        command += ["--source", str(shared / "tx-ecosystem"), "--tx", address]
        command += ["--modes", MODES, "--json", str(results)]
        try:
            done = subprocess.run(
                command, check=False, timeout=LONGEST_S, capture_output=True, text=True
            )
        except subprocess.TimeoutExpired as error:
            raise SuiteFailed(f"The suite took more than {LONGEST_S:.0f} s") from error
        if not results.is_file():
            raise SuiteFailed(f"The runner ended with {done.returncode}: {done.stderr[-2000:]}")
        return cases_of(json.loads(results.read_text(encoding="utf-8")))


def cases_of(results: dict[str, object]) -> list[Case]:
    """Return the cases in the runner's JSON; a name that occurs twice passes if both do."""
    found: dict[str, Case] = {}
    tests = results["tests"]
    assert isinstance(tests, list)
    for one in tests:
        passed, reason = one["status"] == "pass", one.get("message") or ""
        earlier = found.get(one["name"])
        if earlier is None or earlier.passed:
            found[one["name"]] = Case(
                suite=one["suite"],
                name=one["name"],
                passed=passed,
                reason="" if passed else " ".join(str(reason).split()),
            )
    return list(found.values())
