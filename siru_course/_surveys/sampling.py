"""How many to ask, and how sure a share is: ``sample_size``, ``design_effect`` and ``wilson_interval``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from .. import _arguments
from .._arguments import share, whole
from .._inference import between, span
from .._results import Result, Table
from ..language import gettext as _
from ..language import number


@dataclass(frozen=True, eq=False)
class ShareInterval(Result):
    """A share with its interval; can be taken apart as ``low, high``.

    Attributes
    ----------
    share
        The share in the sample.
    low, high
        The limits of the interval.
    successes, n
        How many of how many.
    confidence
        The level of the interval.

    Examples
    --------
    >>> low, high = wilson_interval(15, 148)
    >>> print(wilson_interval(15, 148))
    15 of 148
    Share                     0.101
    Interval (95 %)  0.062 to 0.160
    The interval covers what chance does in a random sample. It does not cover who was left out or did not answer.
    """

    share: float
    low: float
    high: float
    successes: int
    n: int
    confidence: float

    def __iter__(self) -> Iterator[float]:
        return iter((self.low, self.high))

    def tables(self) -> list[Table]:
        """Give the share and its interval."""
        level = number(100 * self.confidence, 0 if float(100 * self.confidence).is_integer() else 1)
        caption = _("{successes} of {n}").format(successes=number(self.successes, 0), n=number(self.n, 0))
        rows = [
            [_("Share"), number(self.share, 3)],
            [_("Interval ({level} %)").format(level=level), span(self.low, self.high, 3)],
        ]
        return [(caption, ["", ""], rows)]

    def notes(self) -> list[str]:
        """Say what the interval covers and what it does not."""
        return [
            _(
                "The interval covers what chance does in a random sample. "
                "It does not cover who was left out or did not answer."
            )
        ]


def wilson_interval(successes: int, n: int, confidence: float = 0.95) -> ShareInterval:
    """Compute Wilson's interval for a share; it keeps within 0 and 1 and works for small numbers.

    Parameters
    ----------
    successes
        How many said yes.
    n
        How many answered, 1 or more.
    confidence
        The level of the interval, between 0 and 1.

    Returns
    -------
    ShareInterval
        ``low, high = wilson_interval(15, 148)`` works, and so does ``.low``.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    Newcombe R. (1998) Two-sided confidence intervals for the single proportion: comparison of seven methods,
    Statistics in Medicine 17:857-872

    Examples
    --------
    >>> low, high = wilson_interval(0, 20)
    >>> round(low, 3), round(high, 3)
    (0.0, 0.161)
    """
    from statsmodels.stats.proportion import proportion_confint

    n = whole("n", n, 1)
    successes = whole("successes", successes, 0, n)
    level = between("confidence", confidence)
    low, high = proportion_confint(successes, n, alpha=1 - level, method="wilson")
    # Rounding must not leave a share of 1 outside its own interval.
    share_ = successes / n
    return ShareInterval(share_, min(float(low), share_), max(float(high), share_), successes, n, level)


def sample_size(population: int, margin: float = 0.05, confidence: float = 0.95) -> int:
    """Compute how many answers a random sample needs, from a population of a known size.

    Parameters
    ----------
    population
        How many there are to ask about.
    margin
        How far off, up or down, the share in the sample may be: 0.05 is five percentage points.
    confidence
        How often the share should be within the margin.

    Returns
    -------
    int
        The number of answers, not of invitations: divide by the response rate you expect to get those.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Notes
    -----
    Krejcie and Morgan's formula, ``X² N P (1 − P) / (d² (N − 1) + X² P (1 − P))``, for the share that needs most
    answers, P = 0.5. X² is the quantile of the chi-squared distribution with one degree of freedom. So that their
    table holds, X² is rounded to three decimals (3.841) and the result to the nearest whole number.

    References
    ----------
    Krejcie R., Morgan D. (1970) Determining sample size for research activities, Educational and Psychological
    Measurement 30:607-610, doi:10.1177/001316447003000308

    Examples
    --------
    >>> sample_size(900), sample_size(100)
    (269, 80)
    """
    from scipy.stats import chi2

    population = whole("population", population, 1)
    margin = between("margin", margin)
    spread = round(float(chi2.ppf(between("confidence", confidence), 1)), 3) * 0.25
    # Halves go up, not to the even number.
    return math.floor(spread * population / (margin**2 * (population - 1) + spread) + 0.5)


def design_effect(cluster_size: float, icc: float) -> float:
    """Compute how much a sample of whole groups, such as associations, widens the variance.

    Parameters
    ----------
    cluster_size
        How many answer in each group, on average; 1 or more.
    icc
        The intraclass correlation: how alike people of one group are, from 0 to 1.

    Returns
    -------
    float
        1 + (`cluster_size` − 1) × `icc`. Multiply the sample size by it.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    Kish L. (1965) Survey Sampling, Wiley

    Examples
    --------
    >>> design_effect(cluster_size=21, icc=0.05)
    2.0
    """
    return 1 + (_arguments.real("cluster_size", cluster_size, 1) - 1) * share("icc", icc)
