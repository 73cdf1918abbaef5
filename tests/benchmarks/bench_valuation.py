"""How long ``ValueMap.simulate`` takes for a million draws of twenty rows, and how much memory, against a plain loop.

Run ``python tests/benchmarks/bench_valuation.py``. The loop draws each cell by itself and works out the ratio with
pandas, once a draw; it makes a thousand draws, and its time is scaled. "Peak" is what Python and NumPy allocated at
most while it ran (tracemalloc); the line below the table is the whole process (its resident set at most).
"""

from __future__ import annotations

import random
import resource
import time
import tracemalloc
from collections.abc import Callable

import pandas as pd
from rich.console import Console
from rich.table import Table

from siru_course.valuation import ValueMap, brobygget

DRAWS, LOOPED, ROWS, SPREAD = 1_000_000, 1000, 20, 0.2
SHARES = ["deadweight", "displacement", "attribution", "drop_off"]


def twenty_rows() -> ValueMap:
    """Give Brobygget's map with its first rows once more, so that there are twenty."""
    valued = brobygget()
    outcomes = pd.concat([valued.outcomes, valued.outcomes.head(ROWS - len(valued.outcomes))], ignore_index=True)
    return ValueMap(outcomes, valued.inputs, valued.rate)


def loop(valued: ValueMap, draws: int) -> pd.Series[float]:
    """Simulate as one would write it down: cell by cell and draw by draw."""
    rng, put_in, ratios = random.Random(0), valued.inputs["value"].sum(), []
    for _ in range(draws):
        table = valued.outcomes.copy()
        for column in ["quantity", "proxy", *SHARES]:
            drawn = []
            for value in table[column].astype(float):
                half = SPREAD * abs(value)
                half = min(half, 1 - value) if column in SHARES else half
                drawn.append(rng.triangular(value - half, value + half, value))
            table[column] = drawn
        worth = table["quantity"] * table["proxy"]
        for column in SHARES[:3]:
            worth = worth * (1 - table[column])
        total = 0.0
        for year in range(1, int((table["starts"] + table["duration_years"]).max())):
            since = year - table["starts"]
            counts = (since >= 0) & (since < table["duration_years"])
            total += (worth * (1 - table["drop_off"]) ** since.clip(lower=0))[counts].sum() / (1 + valued.rate) ** year
        ratios.append(total / put_in)
    return pd.Series(ratios)


def seconds(call: Callable[[], object]) -> float:
    """Time a call."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def peak(call: Callable[[], object]) -> float:
    """Give the megabytes that a call allocated at most."""
    tracemalloc.start()
    call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def main() -> None:
    """Measure both, and print the table."""
    valued = twenty_rows()
    table = Table("draws", "how", "s", "s a million", "ratio", "peak, MB", "mean", "sd")
    ours = {draws: seconds(lambda draws=draws: valued.simulate(draws)) for draws in (DRAWS // 10, DRAWS)}  # type: ignore[misc]
    looped = seconds(lambda: loop(valued, LOOPED))
    for draws, took in ours.items():
        drawn = valued.simulate(draws)
        most = peak(lambda draws=draws: valued.simulate(draws))  # type: ignore[misc]
        figures = (took, took * DRAWS / draws, looped * DRAWS / LOOPED / (took * DRAWS / draws), most)
        shown = (f"{figure:,.1f}" for figure in figures)
        table.add_row(f"{draws:,}", "simulate", *shown, f"{drawn.mean:.3f}", f"{drawn.sd:.3f}")
    ratios, most = loop(valued, LOOPED), peak(lambda: loop(valued, LOOPED // 10))
    figures = (looped, looped * DRAWS / LOOPED, 1.0, most)
    shown = (f"{figure:,.1f}" for figure in figures)
    table.add_row(f"{LOOPED:,}", "plain loop", *shown, f"{ratios.mean():.3f}", f"{ratios.std():.3f}")
    console = Console(width=110)
    console.print(table)
    # Linux counts it in kilobytes.
    console.print(f"The whole process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:,.0f} MB at most.")


if __name__ == "__main__":
    main()
