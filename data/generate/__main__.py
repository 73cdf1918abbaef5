"""Write the synthetic data sets: ``python -m data.generate [--seed 2016] [--out data]``."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import dialogue, initiatives, markets, measuring, methods, people
from .region import simulate, stream
from .table import Table, write

SEED = 2016

# One module a group of data sets; each draws from the same region, with random streams of its own.
GROUPS = (dialogue, methods, people, initiatives, markets, measuring)


def tables(seed: int) -> dict[str, Table]:
    """Make every synthetic data set from `seed`: file name without ending → table."""
    region = simulate(stream(seed, "region"))
    made: dict[str, Table] = {}
    for group in GROUPS:
        made |= group.tables(seed, region)
    return made


def main() -> None:
    """Read the command line and write one CSV file a data set."""
    parser = argparse.ArgumentParser(prog="python -m data.generate", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help=f"default {SEED}: the data the course ships")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1], help="folder to write to")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, table in tables(options.seed).items():
        write(table, options.out / f"{name}.csv")
        print(f"{name}.csv: {len(table)} rows")


if __name__ == "__main__":
    main()
