"""How many pairs the café rounds of ``dialogue.rotations`` bring together, against chance and the best known.

Run ``python tests/benchmarks/bench_dialogue.py``. "Search" is the local search without the constructions from
arithmetic. "Most" is what is known to be reachable, or the upper bound where nothing better is known: the ratio
is then the least it can be.

Known to be reachable: affine planes of prime-power order (Colbourn and Dinitz, Handbook of Combinatorial Designs,
2007); Kirkman's schoolgirls (T. P. Kirkman, Query VI, Lady's and Gentleman's Diary, 1850); 32 golfers in 8 groups,
nine weeks and, by Alejandro Aguado in 2004, ten (https://www.metalevel.at/sgp/).
"""

from __future__ import annotations

import time

import numpy as np
from rich.console import Console
from rich.table import Table

from siru_course import dialogue
from siru_course._dialogue import seating as _seating

KIRKMAN = "Kirkman's schoolgirls (1850)"
PLANE = "affine plane: all pairs meet once"

# People, tables, rounds, the most pairs known to be reachable (None: unknown), and why.
INSTANCES: list[tuple[int, int, int, int | None, str]] = [
    (9, 3, 4, 36, PLANE),
    (16, 4, 5, 120, PLANE),
    (25, 5, 6, 300, PLANE),
    (49, 7, 8, 1176, PLANE),
    (15, 5, 7, 105, KIRKMAN),
    (32, 8, 9, 432, "social golfers, 9 weeks"),
    (32, 8, 10, 480, "social golfers, 10 weeks (Aguado 2004)"),
    (60, 12, 4, None, "a café of 60"),
    (48, 10, 3, None, "uneven tables"),
    (47, 10, 3, None, "uneven tables"),
    (45, 7, 5, None, "uneven tables"),
    (40, 6, 4, None, "tables larger than their number"),
    (30, 4, 3, None, "tables larger than their number"),
    (60, 12, 10, None, "many rounds"),
]


def by_chance(people: int, tables: int, rounds: int, draws: int = 200) -> float:
    """Give the mean number of pairs that meet when every round is drawn by lot."""
    rng = np.random.RandomState(0)
    at = np.arange(people) % tables
    seatings = (np.column_stack([at[rng.permutation(people)] for _ in range(rounds)]) for _ in range(draws))
    return float(np.mean([_seating.pairs_met(seating) for seating in seatings]))


def main() -> None:
    """Measure every instance, and print the table."""
    table = Table("people", "tables", "rounds", "by chance", "search", "ours", "most", "ratio", "s", "what")
    for people, tables, rounds, known, what in INSTANCES:
        search = _seating.pairs_met(_seating.rotate(people, tables, rounds, seed=0, construct=False))
        begin = time.perf_counter()
        result = dialogue.meetings(dialogue.rotations(people, tables, rounds, seed=0))
        seconds = time.perf_counter() - begin
        most = result.bound if known is None else known
        table.add_row(
            *map(str, (people, tables, rounds)),
            f"{by_chance(people, tables, rounds):.1f}",
            str(search),
            str(result.pairs_met),
            f"{most}" if known else f"≤ {most}",
            f"{result.pairs_met / most:.3f}",
            f"{seconds:.2f}",
            what,
        )
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
