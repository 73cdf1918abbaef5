"""The Kaplan-Meier estimate: what is behind ``scaling.survival``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .._arguments import column as check_column
from .._arguments import frame as check_frame
from .._arguments import is_number, numbers, real, short
from ..language import gettext as _


def survival(frame: pd.DataFrame, duration: str, event: str, confidence: float = 0.95) -> pd.DataFrame:
    """Estimate what share survives how long, using also those that are not at their end yet.

    Parameters
    ----------
    frame
        One row a venture.
    duration
        The column with how long each was followed, from 0 up.
    event
        The column that says how that ended: True or 1 if it closed then, False or 0 if it was alive when last seen
        (censored).
    confidence
        How often an interval made in this way is to hold the true share.

    Returns
    -------
    pandas.DataFrame
        One row for time 0 and one for each duration, in order: ``time``; ``at_risk``, how many were followed until
        then; ``events`` and ``censored``, how many closed and how many left otherwise at that time; ``survival``,
        the share that lives longer; ``std_error``; ``ci_low`` and ``ci_high``. The interval is missing while
        survival is 1 or 0, where the formula gives none.

    Raises
    ------
    ValueError
        If the frame is empty, a value is missing, a duration is not a number from 0 up, an event is not true or
        false, or the confidence is not between 0 and 1.
    KeyError
        If a column is missing.

    Notes
    -----
    The Kaplan-Meier estimate [1]_: at each time survival is multiplied by 1 - events / at_risk. Who is censored
    counts as at risk until then, also at that very time. The standard error is Greenwood's; the interval is built
    on log(-log(survival)), so that it stays between 0 and 1 [2]_.

    References
    ----------
    .. [1] Kaplan, E. L., and Meier, P. (1958). Nonparametric estimation from incomplete observations. Journal of
       the American Statistical Association 53(282):457-481. doi:10.1080/01621459.1958.10501452
    .. [2] Kalbfleisch, J. D., and Prentice, R. L. (2002). The Statistical Analysis of Failure Time Data, 2nd ed.
       Wiley.

    Examples
    --------
    >>> ventures = pd.DataFrame({"years": [2, 3, 3, 5], "closed": [True, True, False, False]})
    >>> survival(ventures, "years", "closed")[["time", "at_risk", "events", "censored", "survival"]]
       time  at_risk  events  censored  survival
    0   0.0        4       0         0      1.00
    1   2.0        4       1         0      0.75
    2   3.0        3       1         1      0.50
    3   5.0        1       0         1      0.50
    """
    from scipy.stats import norm

    check_frame("frame", frame)
    times = complete(duration, numbers(duration, check_column("frame", frame, duration), least=0))
    closed = _events(event, complete(event, check_column("frame", frame, event)))
    level = real("confidence", confidence)
    if not 0 < level < 1:
        raise ValueError(
            _("confidence is {value}; give a share between 0 and 1, such as 0.95.").format(value=short(confidence))
        )
    moments = np.unique(np.append(0.0, times))
    table = pd.DataFrame({"time": moments})
    table["at_risk"] = [int((times >= moment).sum()) for moment in moments]
    table["events"] = [int(((times == moment) & closed).sum()) for moment in moments]
    table["censored"] = [int(((times == moment) & ~closed).sum()) for moment in moments]
    table["survival"] = (1 - table["events"] / table["at_risk"]).cumprod()
    alive = table["survival"]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = (table["events"] / (table["at_risk"] * (table["at_risk"] - table["events"]))).cumsum()
        table["std_error"] = alive * np.sqrt(variance)
        # Of log(-log(survival)): its standard error times the normal quantile.
        margin = norm.ppf((1 + level) / 2) * np.sqrt(variance) / np.abs(np.log(alive))
        between = (alive > 0) & (alive < 1)
        table["ci_low"] = (alive ** np.exp(margin)).where(between)
        table["ci_high"] = (alive ** np.exp(-margin)).where(between)
    return table


def complete(column: str, values: pd.Series[Any]) -> pd.Series[Any]:
    """Give the column back after checking that no value is missing."""
    for row in values.index[values.isna()]:
        raise ValueError(
            _("{column} is missing in row {row}; fill it in or leave the row out.").format(column=column, row=row)
        )
    return values


def _events(column: str, values: pd.Series[Any]) -> pd.Series[Any]:
    for row, value in values.items():
        if not isinstance(value, (bool, np.bool_)) and not (is_number(value) and value in (0, 1)):
            raise ValueError(
                _("Row {row}: {column} is {value}; give True or 1 if it ended then, False or 0 if not.").format(
                    row=row, column=column, value=short(value)
                )
            )
    return values.astype(bool)
