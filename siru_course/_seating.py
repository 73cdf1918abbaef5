"""Who sits with whom: the optimiser behind ``dialogue.mix_tables`` and ``dialogue.rotations``.

Three tools, tried in this order: a construction from arithmetic that gives no repeats at all, a tabu search that
always makes the best swap, and simulated annealing among seatings with a rotational symmetry, which finds the
crowded schedules. All stop after a fixed number of steps, never after a time, so that a seed gives the same
seating on every machine.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def random_state(seed: int) -> np.random.RandomState:
    """Give a stream of random numbers that no later version of NumPy will change (its policy, NEP 19)."""
    return np.random.RandomState(seed)


def sizes(people: int, tables: int) -> Ints:
    """Give table sizes that differ by at most one, the larger tables first."""
    return people // tables + (np.arange(tables) < people % tables).astype(np.int64)


def pairs(group_sizes: Ints) -> int:
    """Count the pairs inside groups of the given sizes."""
    return int((group_sizes * (group_sizes - 1) // 2).sum())


def bound(round_sizes: list[Ints]) -> int:
    """Give a number of pairs that no seating with these table sizes, one array a round, can exceed.

    A pair meets once a round at most, and there are n(n - 1)/2 pairs. Where a table has more people than there
    were tables the round before, some of them must have met: with y such repeats summed over all pairs of
    rounds, at least 2y/R meetings are lost, as a pair that meets k times is counted k(k - 1)/2 times in y and
    loses k - 1 meetings.
    """
    people, rounds = int(round_sizes[0].sum()), len(round_sizes)
    forced = sum(
        max(sum(pairs(sizes(int(size), len(b))) for size in a) for a, b in ((first, second), (second, first)))
        for i, first in enumerate(round_sizes)
        for second in round_sizes[:i]
    )
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


def rotate(people: int, tables: int, rounds: int, seed: int) -> Ints:
    """Seat people so that as many different pairs as possible meet: people by rounds, tables from 0."""
    rng = random_state(seed)
    most = bound([sizes(people, tables)] * rounds)
    best = _constructed(people, tables, rounds)
    missing = rounds - best.shape[1]
    best = np.column_stack([best, *(rng.permutation(people) % tables for _ in range(missing))])
    best = _tabu(best, most, rng)
    for step in range(1, rounds + 1):
        if pairs_met(best) >= most:
            break
        # People beyond a whole number of orbits stay put; two of them at a table would meet in every round.
        if rounds % step == 0 and (step == 1 or people % step <= tables <= people // 2):
            annealed = _anneal(people, tables, rounds, step, most, rng)
            best = max(best, _tabu(annealed, most, rng), key=pairs_met)
    # Neighbours in the list often know each other: the seed decides who takes which place in the pattern.
    return best[rng.permutation(people)]


def mix(groups: Ints, tables: int, seed: int) -> Ints:
    """Seat people once so that few table neighbours share a group; `groups` is people by columns, from 0."""
    rng = random_state(seed)
    people = len(groups)
    order = rng.permutation(people)
    order = order[np.lexsort(groups[order].T[::-1])]
    seated = np.empty(people, dtype=np.int64)
    # Dealt out like cards in the order of the first column: its every category is spread evenly.
    seated[order] = np.arange(people) % tables
    alike = sum(column[:, None] == column[None, :] for column in groups.T).astype(np.float64)
    np.fill_diagonal(alike, 0)
    least = sum(pairs(sizes(int(count), tables)) for column in groups.T for count in np.bincount(column))

    def cost(at: Ints) -> int:
        return int(alike[at[:, None] == at[None, :]].sum()) // 2

    current = lowest = cost(seated)
    best, blocked = seated.copy(), np.zeros((people, people), dtype=np.int64)
    for step in range(1, _steps(people, 3000) + 1):
        if lowest <= least:
            break
        change = _swaps(alike, seated)
        change[(blocked > step) & (current + change >= lowest)] = np.inf
        found = _lowest(change, rng)
        if found is None:
            continue
        p, q = found
        current += int(change[p, q])
        seated[[p, q]] = seated[[q, p]]
        blocked[p, q] = blocked[q, p] = step + 3 + int(rng.random_sample() * 9)
        if current < lowest:
            lowest, best = current, seated.copy()
    return best


def _steps(people: int, most: int) -> int:
    return int(min(max(40_000_000 // people**2, 150), most))


def _swaps(weights: Floats, at: Ints) -> Floats:
    """Give what each swap of two people adds to the sum of weights inside tables; inf at the same table."""
    to_table = weights @ (at[:, None] == np.arange(at.max() + 1)).astype(np.float64)
    gain = to_table[:, at] - to_table[np.arange(len(at)), at][:, None] - weights
    change: Floats = gain + gain.T
    change[at[:, None] == at[None, :]] = np.inf
    return change


def _lowest(change: Floats, rng: np.random.RandomState) -> tuple[int, int] | None:
    smallest = change.min()
    if smallest == np.inf:
        return None
    ties = np.flatnonzero(change == smallest)
    p, q = divmod(int(ties[int(rng.random_sample() * len(ties))]), len(change))
    return p, q


def _tabu(start: Ints, most: int, rng: np.random.RandomState) -> Ints:
    """Swap two people in one round at a time: the best swap, even a worse seating, and none undone at once."""
    seating = start.copy()
    people, rounds = seating.shape
    counts = meeting_counts(seating)
    current = highest = pairs_met(seating)
    best, blocked = seating.copy(), np.zeros((rounds, people, people), dtype=np.int32)
    for step in range(1, _steps(people, 12_000) + 1):
        if highest >= most:
            break
        round_ = int(rng.random_sample() * rounds)
        at = seating[:, round_]
        together = at[:, None] == at[None, :]
        repeats = (together & (counts > 1)).any(axis=1)
        if not repeats.any():
            continue
        np.fill_diagonal(together, False)
        change = _swaps((counts > together).astype(np.float64), at)
        change[~repeats] = np.inf
        change[(blocked[round_] > step) & (current - change <= highest)] = np.inf
        found = _lowest(change, rng)
        if found is None:
            continue
        p, q = found
        current -= int(change[p, q])
        at[[p, q]] = at[[q, p]]
        after = at[:, None] == at[None, :]
        np.fill_diagonal(after, False)
        counts += after
        counts -= together
        blocked[round_, p, q] = blocked[round_, q, p] = step + 3 + int(rng.random_sample() * 9)
        if current > highest:
            highest, best = current, seating.copy()
    return best


def _constructed(people: int, tables: int, rounds: int) -> Ints:
    """Seat as many rounds as arithmetic gives without any repeat; may be fewer rounds than asked for.

    Put people in rows as long as there are tables. The person in row i and column j sits at table j + r * i in
    round r. Two people meet twice only if (i - i') * (r - r') = 0, which never happens in a field (a transversal
    design), nor among whole numbers modulo the tables while the products stay small. When every row is full, or
    one person short, the rows have not met inside, and each is seated in the same way at tables of its own.
    """
    size = math.ceil(people / tables)
    if size > tables:
        return np.zeros((people, min(rounds, 1)), dtype=np.int64) + (np.arange(people) % tables)[:, None]
    plus, times = _arithmetic(tables, size, rounds)
    row, column = np.divmod(np.arange(people), tables)
    known = np.array([plus[column, times[row, r]] for r in range(min(rounds, len(times[0])))]).T
    left = rounds - known.shape[1]
    if left and tables % size == 0 and people >= size * tables - 1:
        inside = _constructed(tables, tables // size, left)
        known = np.column_stack([known, row[:, None] * (tables // size) + inside[column]])
    return known


def _arithmetic(tables: int, size: int, rounds: int) -> tuple[Ints, Ints]:
    """Give the tables of addition and of multiplication (rows by rounds) that keep rounds free of repeats."""
    numbers = np.arange(tables)
    prime = next((p for p in range(2, tables + 1) if tables % p == 0), 2)
    power = round(math.log(tables, prime))
    if prime**power != tables or (size - 1) * (rounds - 1) < tables:
        free = min(tables, (tables - 1) // max(size - 1, 1) + 1)
        return (numbers[:, None] + numbers) % tables, numbers[:, None] * numbers[:free] % tables
    digits = numbers[:, None] // prime ** np.arange(power) % prime
    weights = prime ** np.arange(power)
    plus = ((digits[:, None] + digits[None, :]) % prime) @ weights
    for low in range(tables):
        # The powers of x modulo x**power - low: when all differ, they are the field's numbers except 0.
        powers, rule = [1], low // prime ** np.arange(power) % prime
        while len(powers) < tables - 1:
            value = digits[powers[-1]]
            shifted = np.concatenate([[0], value[:-1]])
            powers.append(int((shifted + value[-1] * rule) % prime @ weights))
        if len(set(powers)) == tables - 1 and 0 not in powers:
            break
    times = np.zeros((tables, tables), dtype=np.int64)
    for i, a in enumerate(powers):
        for j, b in enumerate(powers):
            times[a, b] = powers[(i + j) % (tables - 1)]
    return plus, times


def _orbits(people: int, step: int) -> tuple[Ints, Ints]:
    """Number the classes of pairs that a rotation by `step` people carries into each other.

    Also gives the start of the count per class: 1 for a pair that a rotation brings back to itself too early, so
    that a single meeting is already a repeat.
    """
    person = np.arange(people)
    orbit, place = person // step, person % step
    fixed = person >= people // step * step
    first, second = np.minimum.outer(person, person), np.maximum.outer(person, person)
    turned = (place[second] - place[first]) % step
    same = (orbit[first] == orbit[second]) & ~fixed[second]
    turned = np.where(same, np.minimum(turned, (step - turned) % step), turned)
    early = np.where(same & (2 * turned == step), True, fixed[first])
    key = np.where(
        fixed[second], orbit[first] * people + second, people**2 + (orbit[first] * people + orbit[second]) * step
    )
    key = np.where(fixed[first], -1, np.where(fixed[second], key, key + turned))
    __, numbered = np.unique(key, return_inverse=True)
    numbered = numbered.reshape(people, people)
    counts = np.zeros(int(numbered.max()) + 1, dtype=np.int64)
    counts[numbered[early]] = 1
    return numbered.astype(np.int64), counts


def _anneal(
    people: int, tables: int, rounds: int, step: int, most: int, rng: np.random.RandomState, swaps: int = 200_000
) -> Ints:
    """Anneal rounds/step base rounds, each of which is rotated to give `step` rounds."""
    classes, start = _orbits(people, step)
    of: list[list[int]] = classes.tolist()
    count: list[int] = start.tolist()
    bases = rounds // step
    at: list[list[int]] = [(rng.permutation(people) % tables).tolist() for _ in range(bases)]
    members = [[[p for p in range(people) if base[p] == t] for t in range(tables)] for base in at]
    for base in members:
        for table in base:
            for i, p in enumerate(table):
                for q in table[:i]:
                    count[of[p][q]] += 1
    cost = sum(times - 1 for times in count if times > 1)
    enough = (rounds * pairs(sizes(people, tables)) - most) // step
    lowest, best = cost, [base[:] for base in at]
    hot, cold, chunk = 0.6, 0.15, 4000
    for done in range(0, swaps, chunk):
        if lowest <= enough:
            break
        heat = hot * (cold / hot) ** (done / swaps)
        draws = rng.random_sample((4, chunk))
        limits = (-heat * np.log(1 - draws[3])).tolist()
        chosen = (draws[:3] * [[bases], [people], [people]]).astype(np.int64).tolist()
        for base_, p, q, limit in zip(*chosen, limits, strict=True):
            table = at[base_]
            a, b = table[p], table[q]
            if a == b:
                continue
            mine, theirs = members[base_][a], members[base_][b]
            mates_p, mates_q = [z for z in mine if z != p], [z for z in theirs if z != q]
            gone = [of[p][z] for z in mates_p] + [of[q][z] for z in mates_q]
            come = [of[p][z] for z in mates_q] + [of[q][z] for z in mates_p]
            change = 0
            for c in gone:
                count[c] -= 1
                change -= count[c] > 0
            for c in come:
                change += count[c] > 0
                count[c] += 1
            if change <= limit:
                members[base_][a], members[base_][b] = [*mates_p, q], [*mates_q, p]
                table[p], table[q] = b, a
                cost += change
                if cost < lowest:
                    lowest, best = cost, [base[:] for base in at]
            else:
                for c in come:
                    count[c] -= 1
                for c in gone:
                    count[c] += 1
    person = np.arange(people)
    orbit, place = np.divmod(person, step)
    moving = person < people // step * step
    turns = [np.where(moving, orbit * step + (place - turn) % step, person) for turn in range(step)]
    return np.column_stack([np.array(base)[turn] for base in best for turn in turns])
