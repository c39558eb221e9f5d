"""A world loaded into a home by the ordinary loaders, with the time and memory that it took."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT = "bench-loads.json"
_LOAD = """
import json, resource, sys, time
from pathlib import Path
from loaders.run import load
begun = time.monotonic()
(report,) = load(Path(sys.argv[1]), [sys.argv[2]])
whole = time.monotonic() - begun
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
cpu = sum(one.ru_utime + one.ru_stime for one in used)
peak = max(one.ru_maxrss for one in used) / 1024
print(json.dumps({"pack": report.pack, "seconds": whole, "cpu": cpu, "peak_mb": peak}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One pack: seconds on the clock and of all processors, MB of the largest process and on disk.

    Both processes of a load have their own peak; the greater one counts.
    """

    pack: str
    seconds: float
    cpu: float
    peak_mb: float
    size_mb: float


def load_world(world: Path, home: Path) -> list[Loaded]:
    """Load what is not loaded yet; return what each load took, those of earlier runs too.

    Raises: RuntimeError with the last line of a load that fails.
    """
    kept = home / KEPT
    if kept.exists():
        return [Loaded(**one) for one in json.loads(kept.read_text())]
    folders = json.loads((world / "world.json").read_text())["folders"]
    done = [_load(home, world / folder) for folder in folders.values()]
    kept.write_text(json.dumps([asdict(one) for one in done]))
    return done


def _load(home: Path, source: Path) -> Loaded:
    command = [sys.executable, "-c", _LOAD, str(home), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{source} is not loaded: {done.stderr.splitlines()[-1:]}")
    one = json.loads(done.stdout.splitlines()[-1])
    folder = home / "packs" / one["pack"]
    size = sum(it.stat().st_size for it in folder.rglob("*") if it.is_file())
    found = Loaded(**one, size_mb=size / 1e6)
    print(f"loaded {found.pack}: {found.seconds:.0f} s, {found.cpu:.0f} s CPU", flush=True)
    return found
