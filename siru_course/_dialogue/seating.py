"""Who sits with whom: the optimiser behind ``dialogue.mix_tables`` and ``dialogue.rotations``.

Three tools, tried in this order: a construction from arithmetic that gives no repeats at all; a tabu search that
always makes the best swap; simulated annealing among seatings that a rotation of the people carries into each
other, which finds the crowded schedules. All stop after a number of steps, never after a time, so that a seed
gives the same seating on every machine.

References
----------
.. [1] Colbourn, C. J., and Dinitz, J. H. (eds.) (2007). Handbook of Combinatorial Designs, 2nd ed. Chapman &
   Hall/CRC. (Transversal designs; difference methods.)
.. [2] Dotú, I., and Van Hentenryck, P. (2005). Scheduling social golfers locally. CPAIOR 2005, LNCS 3524.
   (Tabu search over swaps within a round.)
"""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

_SEARCHED = 150  # people; above that, annealing takes too long to be of use


def sizes(people: int, tables: int) -> Ints:
    """Give table sizes that differ by at most one, the larger tables first."""
    return people // tables + (np.arange(tables) < people % tables).astype(np.int64)


def pairs(group_sizes: Ints) -> int:
    """Count the pairs inside groups of the given sizes."""
    return int((group_sizes * (group_sizes - 1) // 2).sum())


def bound(round_sizes: list[Ints]) -> int:
    """Give a number of pairs that no seating with these table sizes, one array a round, can exceed.

    A pair meets at most once a round, and there are n(n - 1)/2 pairs. Where a table has more people than another
    round has tables, some of them meet in both rounds. A pair that meets k times loses k - 1 meetings and is
    counted k(k - 1)/2 times, at most R/2 times as often, when each two of the R rounds are compared.

    Examples
    --------
    >>> bound([sizes(60, 12)] * 4), bound([sizes(10, 2)] * 2)
    (480, 32)
    """
    people, rounds = int(round_sizes[0].sum()), len(round_sizes)
    kinds = Counter(tuple(sorted(round_.tolist())) for round_ in round_sizes)
    forced = 0
    for first, second in itertools.combinations_with_replacement(kinds, 2):
        times = math.comb(kinds[first], 2) if first == second else kinds[first] * kinds[second]
        shared = (sum(pairs(sizes(size, len(b))) for size in a) for a, b in ((first, second), (second, first)))
        forced += times * max(shared)
    meetings = sum(pairs(round_) for round_ in round_sizes)
    return min(people * (people - 1) // 2, meetings - math.ceil(2 * forced / rounds))


def meeting_counts(seating: Ints) -> Ints:
    """Count how often each two people sit at the same table; `seating` is people by rounds."""
    counts = np.zeros((len(seating), len(seating)), dtype=np.int64)
    for tables in seating.T:
        counts += tables[:, None] == tables[None, :]
    np.fill_diagonal(counts, 0)
    return counts


def pairs_met(seating: Ints) -> int:
    """Count the different pairs that meet."""
    return int(np.count_nonzero(meeting_counts(seating))) // 2


def rotate(people: int, tables: int, rounds: int, seed: int, construct: bool = True) -> Ints:
    """Seat people so that as many different pairs as possible meet: people by rounds, tables from 0."""
    # RandomState is the generator whose stream no version of NumPy changes (NEP 19).
    rng = np.random.RandomState(seed)
    least = rounds * pairs(sizes(people, tables)) - bound([sizes(people, tables)] * rounds)
    known = construct_rounds(people, tables, rounds if construct else 1)
    start = [rng.permutation(people) % tables for _ in range(rounds - known.shape[1])]
    best = improve(np.column_stack([known, *start]), least, 500, rng, known.shape[1] % rounds)
    best = improve(best, least, 6000, rng)
    for step in range(1, rounds + 1):
        if pairs_met(best) == rounds * pairs(sizes(people, tables)) - least or people > _SEARCHED:
            break
        # People beyond a whole number of orbits never move: two of them at a table would meet every round.
        if rounds % step == 0 and people % step <= tables:
            annealed = _anneal(people, tables, rounds, step, least, rng)
            best = max(best, improve(annealed, least, 2000, rng), key=pairs_met)
    # Neighbours in a list often know each other: the seed decides who takes which place in the pattern.
    return best[rng.permutation(people)]


def mix(groups: Ints, tables: int, seed: int) -> Ints:
    """Seat people once so that few table neighbours share a group; `groups` is people by columns, from 0."""
    rng = np.random.RandomState(seed)
    people = len(groups)
    order = rng.permutation(people)
    order = order[np.lexsort(groups[order].T[::-1])]
    start = np.empty((people, 1), dtype=np.int64)
    # Dealt out like cards, sorted by the first column: each of its categories is spread evenly.
    start[order, 0] = np.arange(people) % tables
    alike = np.zeros((people, people), dtype=np.float32)
    for column in groups.T:
        alike += column[:, None] == column[None, :]
    np.fill_diagonal(alike, 0)
    least = sum(pairs(sizes(int(count), tables)) for column in groups.T for count in np.bincount(column))
    return improve(start, least, 3000, rng, alike=alike)[:, 0]


def improve(
    start: Ints,
    least: int,
    most_steps: int,
    rng: np.random.RandomState,
    kept: int = 0,
    alike: Floats | None = None,
) -> Ints:
    """Lower the cost by tabu search: make the best swap of two people in a round, even one that costs more.

    The cost is the number of meetings that are repeats, or with `alike` (people by people) its sum over table
    neighbours. A swapped pair is not swapped back for some steps, unless that gives the lowest cost so far. The
    first `kept` rounds stay as they are.
    """
    seating = start.copy()
    people, rounds = seating.shape
    counts = meeting_counts(seating)
    current = int((np.maximum(counts - 1, 0) if alike is None else alike * counts).sum()) // 2
    lowest, best = current, seating.copy()
    blocked = np.zeros((rounds, people, people), dtype=np.int32)
    for step in range(1, min(max(150_000_000 // people**2, 30), most_steps) + 1):
        if lowest <= least:
            break
        round_ = kept + int(rng.random_sample() * (rounds - kept))
        at = seating[:, round_]
        together = at[:, None] == at[None, :]
        weights = (counts > together).astype(np.float32) if alike is None else alike
        to_table = weights @ (at[:, None] == np.arange(at.max() + 1)).astype(np.float32)
        gain = to_table[:, at] - to_table[np.arange(people), at][:, None] - weights
        change = gain + gain.T
        change[together] = np.inf
        change[~(together & (weights > 0)).any(axis=1)] = np.inf
        change[(blocked[round_] >= step) & (current + change >= lowest)] = np.inf
        smallest = change.min()
        if smallest == np.inf:
            continue
        ties = np.flatnonzero(change == smallest)
        p, q = divmod(int(ties[int(rng.random_sample() * len(ties))]), people)
        current += int(smallest)
        at[[p, q]] = at[[q, p]]
        counts += at[:, None] == at[None, :]
        counts -= together
        blocked[round_, p, q] = blocked[round_, q, p] = step + 3 + int(rng.random_sample() * 9)
        if current < lowest:
            lowest, best = current, seating.copy()
    return best


def construct_rounds(people: int, tables: int, rounds: int) -> Ints:
    """Seat rounds without any repeat; fewer rounds than asked for where the arithmetic ends.

    Put people in rows as long as there are tables: in round r, row i and column j sit at table j + r * i. Two
    people meet twice only if (i - i') * (r - r') = 0, which the choice of rounds rules out. Where every row is
    full, or one person is missing, the rows have not met inside: each is then seated at tables of its own.
    """
    size = math.ceil(people / tables)
    row, column = np.divmod(np.arange(people), tables)
    if size > tables:
        return column[:, None]
    plus, times = _arithmetic(tables, size, rounds)
    known = plus[column[:, None], times[row, :rounds]]
    left = rounds - known.shape[1]
    if left and tables % size == 0 and people >= size * tables - 1:
        inside = construct_rounds(tables, tables // size, left)
        known = np.column_stack([known, row[:, None] * (tables // size) + inside[column]])
    return known


def _arithmetic(tables: int, size: int, rounds: int) -> tuple[Ints, Ints]:
    """Give a table of addition, and one of multiplication with a column for each round free of repeats."""
    numbers = np.arange(tables)
    free: list[int] = []
    for r in range(tables):
        # Modulo the tables, i * (r - r') = 0 first at i = tables / gcd; rows are closer than that.
        if all(tables // math.gcd(r - other, tables) >= size for other in free):
            free.append(r)
    prime = next((p for p in range(2, tables + 1) if tables % p == 0), tables)
    power = round(math.log(tables, prime)) if tables > 1 else 1
    if len(free) >= rounds or prime**power != tables:
        return (numbers[:, None] + numbers) % tables, numbers[:, None] * np.array(free) % tables
    # Tables are a prime power: numbers are the polynomials of a finite field, written by their coefficients.
    places = prime ** np.arange(power)
    digits = numbers[:, None] // places % prime
    for low in numbers:
        powers = [1]
        while len(powers) < tables - 1:
            value = digits[powers[-1]]
            powers.append(int((np.roll(value, 1) * (places > 1) + value[-1] * digits[low]) % prime @ places))
        if len({0, *powers}) == tables:
            break
    times = np.zeros((tables, tables), dtype=np.int64)
    for i, a in enumerate(powers):
        times[a, powers] = np.roll(powers, -i)
    return (digits[:, None] + digits[None, :]) % prime @ places, times


def _anneal(people: int, tables: int, rounds: int, step: int, least: int, rng: np.random.RandomState) -> Ints:
    """Anneal rounds/step base rounds; each is turned into `step` rounds by moving everyone one place on."""
    person = np.arange(people)
    place = person % step
    turned = np.where(person < people // step * step, person - place + (place + 1) % step, person)
    of, count = _orbits(turned.tolist(), step)
    at: list[list[int]] = [(rng.permutation(people) % tables).tolist() for _ in range(rounds // step)]
    seated = [[[p for p in range(people) if base[p] == t] for t in range(tables)] for base in at]
    for table in (table for base in seated for table in base):
        for i, p in enumerate(table):
            for q in table[:i]:
                count[of[p][q]] += 1
    cost = sum(times - 1 for times in count if times > 1)
    lowest, best = cost, [base[:] for base in at]
    hot, cold, chunks = 0.7, 0.1, 50
    swaps = 24_000 // max(6, math.ceil(people / tables))
    for chunk in range(chunks):
        if lowest * step <= least:
            break
        draws = rng.random_sample((4, swaps))
        limits = -hot * (cold / hot) ** (chunk / chunks) * np.log(1 - draws[3])
        chosen = (draws[:3] * [[len(at)], [people], [people]]).astype(np.int64)
        for base_, p, q, limit in zip(*chosen.tolist(), limits.tolist(), strict=True):
            here = at[base_]
            a, b = here[p], here[q]
            if a == b:
                continue
            with_p = [z for z in seated[base_][a] if z != p]
            with_q = [z for z in seated[base_][b] if z != q]
            gone = [of[p][z] for z in with_p] + [of[q][z] for z in with_q]
            come = [of[p][z] for z in with_q] + [of[q][z] for z in with_p]
            change = 0
            for orbit in gone:
                count[orbit] -= 1
                change -= count[orbit] > 0
            for orbit in come:
                change += count[orbit] > 0
                count[orbit] += 1
            if change > limit:
                for orbit in come:
                    count[orbit] -= 1
                for orbit in gone:
                    count[orbit] += 1
                continue
            seated[base_][a], seated[base_][b] = [*with_p, q], [*with_q, p]
            here[p], here[q] = b, a
            cost += change
            if cost < lowest:
                lowest, best = cost, [base[:] for base in at]
    columns = []
    for base in best:
        column = np.array(base)
        for _ in range(step):
            columns.append(column)
            column = column[turned]
    return np.column_stack(columns)


def _orbits(turned: list[int], step: int) -> tuple[list[list[int]], list[int]]:
    """Give each pair the number of its orbit, the pairs that turning makes of it, and each orbit its first count.

    An orbit of fewer than `step` pairs starts at 1: to meet once in the base round is then to meet again.
    """
    people = range(len(turned))
    of = [[-1] * len(turned) for _ in people]
    count: list[int] = []
    for first in people:
        for second in range(first):
            p, q, length = first, second, 0
            while of[p][q] < 0:
                of[p][q] = of[q][p] = len(count)
                p, q, length = turned[p], turned[q], length + 1
            if length:
                count.append(int(length < step))
    return of, count
