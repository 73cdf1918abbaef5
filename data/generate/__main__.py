"""Write the synthetic data sets and the keys to them: ``python -m data.generate [--seed 2016] [--out data]``."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import dialogue, initiatives, markets, measuring, methods, people
from .keys import split
from .region import simulate, stream
from .table import Table, write

SEED = 2016
DATA = Path(__file__).parents[1]

# One module a group of data sets; each draws from the same region, with random streams of its own.
GROUPS = (dialogue, methods, people, initiatives, markets, measuring)


def tables(seed: int) -> dict[str, Table]:
    """Make every synthetic data set from `seed`, with its answers: file name without ending → table."""
    region = simulate(stream(seed, "region"))
    made: dict[str, Table] = {}
    for group in GROUPS:
        made |= group.tables(seed, region)
    return made


def main() -> None:
    """Read the command line and write one CSV file a data set."""
    parser = argparse.ArgumentParser(prog="python -m data.generate", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help=f"default {SEED}: the data the course ships")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to")
    parser.add_argument("--keys", type=Path, help="folder for the keys; exercises/keys, or keys/ in another --out")
    options = parser.parse_args()
    course = DATA.parent / "exercises" / "keys"
    keys_folder = options.keys or (course if options.out.resolve() == DATA.resolve() else options.out / "keys")
    shipped, keys = split(tables(options.seed))
    for folder, made in ((options.out, shipped), (keys_folder, keys)):
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in made.items():
            write(table, folder / f"{name}.csv")
            print(f"{folder.name}/{name}.csv: {len(table)} rows")


if __name__ == "__main__":
    main()
