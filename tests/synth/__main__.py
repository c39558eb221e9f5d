"""`python -m tests.synth --size small|medium|full [--scale X] [--seed N] --out DIR`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.synth.sizes import FRACTIONS, size
from tests.synth.world import SEED, write_world


def main(arguments: list[str] | None = None) -> int:
    """Write the world that the arguments ask for; 2 for a folder that already holds something."""
    parser = argparse.ArgumentParser(prog="python -m tests.synth", description=__doc__)
    parser.add_argument("--size", choices=sorted(FRACTIONS), required=True)
    parser.add_argument("--scale", type=float, default=1.0, help="times the size (default 1)")
    parser.add_argument("--seed", type=int, default=SEED, help=f"default {SEED}")
    parser.add_argument("--out", type=Path, required=True, help="an empty or new folder")
    asked = parser.parse_args(arguments)
    if asked.scale <= 0:
        parser.error(f"--scale must be above 0, not {asked.scale}")
    if asked.out.exists() and any(asked.out.iterdir()):
        print(f"{asked.out} is not empty: name a new folder", file=sys.stderr)
        return 2
    began = time.monotonic()
    facts = write_world(asked.out, size(asked.size, asked.scale), seed=asked.seed, say=print)
    for source, counts in facts["counts"].items():
        print(f"{source}: " + ", ".join(f"{count:,} {kind}" for kind, count in counts.items()))
    print(f"{asked.out}: {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
