"""Themes 09–12: Brobygget's theory, the survey of the trained, and Brobygget's effect and worth.

Each theme has a module of its own, whose docstring tells teachers what is planted.
"""

from __future__ import annotations

from .measuring_brobygget import panel_rows, person_rows, study
from .measuring_durations import duration_rows
from .measuring_survey import rows, survey
from .measuring_theory import indicators, statements, theory
from .measuring_value import cashflows, costs, value_map
from .region import Region, stream
from .table import Table


def tables(seed: int, region: Region) -> dict[str, Table]:
    """Make the data sets of the four themes."""
    histories = study(stream(seed, "brobygget_panel"))
    inputs = costs(stream(seed, "brobygget_costs"))
    return {
        **theory(),
        "indicators": indicators(histories),
        "statements": statements(),
        "trainee_survey": rows(survey(stream(seed, "trainee_survey"), seed, region)),
        "brobygget_persons": person_rows(histories),
        "brobygget_panel": panel_rows(histories),
        "brobygget_durations": duration_rows(stream(seed, "brobygget_durations"), histories),
        "brobygget_value_map": value_map(stream(seed, "brobygget_value_map"), histories),
        "brobygget_costs": inputs,
        "investment_cashflows": cashflows(inputs, histories),
    }
