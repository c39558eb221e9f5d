"""Files of codes for bulk validation: half of them below the top that they are asked against."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from tests.bench.world import SEED, World


def write_codes(world: World, folder: Path, rows: int) -> tuple[str, list[Path]]:
    """Return the code of a top with at least 1,000 below it, and a Parquet and a CSV file.

    The codes are drawn from 20,000 distinct ones, as records repeat their codes.
    """
    top = max(world.large, key=lambda one: len(world.snomed.hierarchy.descendants(one)) % 100_000)
    below = list(world.snomed.hierarchy.descendants(top))
    picked = [*world.random.choices(below, k=10_000), *world.random.choices(world.active, k=10_000)]
    codes = pl.Series("code", [world.code(one) for one in picked])
    drawn = np.random.default_rng(SEED).integers(0, len(codes), rows)
    frame = pl.DataFrame({"patient": np.arange(rows), "code": codes.gather(drawn)})
    parquet, csv = folder / "codes.parquet", folder / "codes.csv"
    frame.write_parquet(parquet)
    frame.write_csv(csv)
    return world.code(top), [parquet, csv]
