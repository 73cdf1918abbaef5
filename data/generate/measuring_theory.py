"""Theme 09: Brobygget's theory of change, indicator cards, and statements to sort. Written by hand.

The theory is the course's own reading of Brobygget. That it should cut the road from exclusion to permanent work from
eight years to two is the published aim; the rest of the chain, its assumptions and the numbers on the cards are made
up, and the theory is not SIRU's.

What is planted:

- The good theory climbs one level a link, has an assumption on each, and an indicator for every output, outcome and
  impact. Most of what holds it up is assumed or told: only the links to outputs are counted.
- The flawed theory is the good one with the five faults of `FLAWED_THEORY`, one of each kind.
- Indicator cards K12–K18 are flawed, one fault each: `FLAWED_INDICATORS`.
- Among the 20 statements some are SIRU's own words, shortened. Satisfaction is there as an output, and funding as an
  input.

Two baselines follow the panel of theme 11: the share in paid work before the start, and the share without.
"""

from __future__ import annotations

from collections.abc import Sequence

from .measuring_brobygget import START, History
from .measuring_value import texts
from .table import Row, Table

FLAWED_THEORY = {
    "cycle": ("B12", "B15"),
    "orphan": ("B19",),
    "leap": ("B05", "B17"),
    "no_assumption": ("B10", "B13"),
    "no_indicator": ("B14",),
}
"""Where each fault is: a node, or the two ends of a link."""
FLAWED_INDICATORS = {
    "K12": "a share without a denominator",
    "K13": "an output called an outcome",
    "K14": "not time-bound: no date for the target",
    "K15": "no baseline",
    "K16": "nobody owns it",
    "K17": "the direction of good is turned",
    "K18": "two things in one",
}


def theory() -> dict[str, Table]:
    """Write the nodes and links of both versions."""
    nodes, links = texts("brobygget_theory_nodes"), texts("brobygget_theory_links")
    return {
        "brobygget_theory_nodes": _versions("good", nodes) + _versions("flawed", _flawed_nodes(nodes)),
        "brobygget_theory_links": _versions("good", links) + _versions("flawed", _flawed_links(links)),
    }


def _versions(version: str, rows: Sequence[dict[str, str]]) -> Table:
    return [{"version": version} | row for row in rows]


def _flawed_nodes(nodes: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    (unmeasured,) = FLAWED_THEORY["no_indicator"]
    (orphan,) = FLAWED_THEORY["orphan"]
    return [
        *(node | {"indicator_id": ""} if node["node_id"] == unmeasured else node for node in nodes),
        {
            "node_id": orphan,
            "level": "output",
            "label_en": "A film about Brobygget has been seen 3,000 times",
            "label_sv": "En film om Brobygget har visats 3 000 gånger",
            "indicator_id": "",
        },
    ]


def _flawed_links(links: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    bare = FLAWED_THEORY["no_assumption"]
    first, last = FLAWED_THEORY["cycle"]
    start, end = FLAWED_THEORY["leap"]
    return [
        *(
            link | {"assumption_en": "", "assumption_sv": ""} if (link["from"], link["to"]) == bare else link
            for link in links
        ),
        {
            "from": last,
            "to": first,
            "because_en": "who has a job learns to show what they can do",
            "because_sv": "den som har ett jobb lär sig visa vad den kan",
            "assumption_en": "The job asks for what the person can do",
            "assumption_sv": "Jobbet kräver det som personen kan",
            "evidence": "assumed",
        },
        {
            "from": start,
            "to": end,
            "because_en": "those who try a trade find their way to work at once",
            "because_sv": "den som prövar ett yrke hittar genast vägen till arbete",
            "assumption_en": "Nothing else stands in the way",
            "assumption_sv": "Inget annat står i vägen",
            "evidence": "assumed",
        },
    ]


def indicators(histories: Sequence[History]) -> Table:
    """Write the indicator cards, with the baselines that the panel gives."""
    joined = [history.employed[:START] for history in histories if history.person.treated]
    quarters = START * len(joined)
    share = (200 * sum(map(sum, joined)) + quarters) // (2 * quarters)
    known = {"panel": share, "panel_without": 100 - share}
    return [_card(row, known) for row in texts("indicators")]


def _card(row: dict[str, str], known: dict[str, int]) -> Row:
    return row | {"baseline": known.get(row["baseline"], row["baseline"])}


def statements() -> Table:
    """Write the statements to sort."""
    return list(texts("statements"))
