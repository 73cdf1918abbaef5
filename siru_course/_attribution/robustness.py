"""What a study can find, and what could explain its result away: power and E-values."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._arguments import above, whole
from .._inference import between
from .._results import Result, Table
from ..language import gettext as _
from ..language import number


def minimum_detectable_effect(
    n_treated: int, n_control: int, sd: float, power: float = 0.8, alpha: float = 0.05
) -> float:
    """Compute the smallest true effect that a comparison of two groups would find often enough.

    Parameters
    ----------
    n_treated, n_control
        How many there are in each group, 2 or more.
    sd
        The standard deviation of the outcome within a group.
    power
        How often an effect of this size should be found: above `alpha` and below 1.
    alpha
        The level of the two-sided t-test.

    Returns
    -------
    float
        The effect, in the unit of `sd`; with ``sd=1`` it is Cohen's d. Smaller effects may exist and be missed:
        that none is found does not show that there is none.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Notes
    -----
    statsmodels' power of a two-sided t-test for independent groups, solved for the effect. People in clusters
    count for less: divide the numbers by the design effect first.

    References
    ----------
    Cohen J. (1992) A power primer, Psychological Bulletin 112:155-159, doi:10.1037/0033-2909.112.1.155

    Examples
    --------
    >>> round(minimum_detectable_effect(64, 64, sd=1), 2)
    0.5
    """
    from scipy.optimize import brentq
    from statsmodels.stats.power import TTestIndPower

    n_treated, n_control = whole("n_treated", n_treated, 2), whole("n_control", n_control, 2)
    sd = above("sd", sd)
    alpha, power = between("alpha", alpha), between("power", power)
    if power <= alpha:
        message = _(
            "power is {power}; give a share above alpha, {alpha}: "
            "that often the test finds an effect where there is none."
        )
        raise ValueError(message.format(power=power, alpha=alpha))

    def short_of(effect: float) -> float:
        ratio = n_control / n_treated
        found = TTestIndPower().power(effect, n_treated, alpha, ratio=ratio)
        if math.isnan(found):
            # SciPy gives NaN for a lower tail too small to compute; the upper tail is all there is.
            found = TTestIndPower().power(effect, n_treated, alpha / 2, ratio=ratio, alternative="larger")
        return float(found) - power

    most = 1.0
    while short_of(most) < 0:
        most *= 2
    return float(brentq(short_of, 0, most, xtol=1e-12)) * sd


@dataclass(frozen=True, eq=False)
class EValue(Result):
    """How strong an unmeasured confounder would have to be to explain a risk ratio away.

    Attributes
    ----------
    point
        The E-value of the risk ratio.
    limit
        The E-value of the limit of the interval nearest 1; None if no limit was given.
    risk_ratio
        The risk ratio that was given.

    Examples
    --------
    >>> print(e_value(3.9, limit=1.8))
    E-value
    Risk ratio           3.90
    E-value              7.26
    E-value, limit       3.00
    To explain it all away, a confounder must be tied to both the intervention and the outcome by risk
    ratios of at least 7.26.
    Whether there is such a confounder, the number does not say.
    """

    point: float
    limit: float | None
    risk_ratio: float

    def tables(self) -> list[Table]:
        """Give the E-values."""
        rows = [[_("Risk ratio"), number(self.risk_ratio)], [_("E-value"), number(self.point)]]
        if self.limit is not None:
            rows.append([_("E-value, limit"), number(self.limit)])
        return [(_("E-value"), ["", ""], rows)]

    def notes(self) -> list[str]:
        """Say how to read the E-value."""
        found = [
            _(
                "To explain it all away, a confounder must be tied to both the intervention and the outcome "
                "by risk ratios of at least {value}."
            ).format(value=number(self.point))
        ]
        if self.limit == 1:
            found.append(_("The interval holds 1: no confounder is needed for no effect to fit the data."))
        found.append(_("Whether there is such a confounder, the number does not say."))
        return found


def e_value(risk_ratio: float, limit: float | None = None) -> EValue:
    """Compute how strong an unmeasured confounder would have to be to explain a risk ratio away.

    Parameters
    ----------
    risk_ratio
        The estimate, above 0. A protective ratio, below 1, is inverted first.
    limit
        The limit of its interval that is nearest 1. If the interval holds 1, the E-value of the limit is 1.

    Returns
    -------
    EValue
        The E-value of the estimate and of the limit.

    Raises
    ------
    ValueError
        If a ratio is not above 0, or `limit` is farther from 1 than `risk_ratio`.

    Notes
    -----
    ``RR + √(RR (RR − 1))`` for a risk ratio RR above 1.

    References
    ----------
    VanderWeele T. J., Ding P. (2017) Sensitivity analysis in observational research: introducing the E-value,
    Annals of Internal Medicine 167:268-274, doi:10.7326/M16-2607

    Examples
    --------
    >>> round(e_value(3.9).point, 2)
    7.26
    >>> e_value(0.8, limit=1.1).limit
    1.0
    """
    risk_ratio = above("risk_ratio", risk_ratio)
    near = None
    if limit is not None:
        near = above("limit", limit)
        if (risk_ratio < 1 and near < risk_ratio) or (risk_ratio > 1 and near > risk_ratio):
            message = _("limit is {limit}, farther from 1 than risk_ratio, {ratio}; give the limit nearest 1.")
            raise ValueError(message.format(limit=near, ratio=risk_ratio))
        if risk_ratio < 1:
            near = 1 / near
        near = _e_value(max(near, 1.0) if risk_ratio != 1 else 1.0)
    return EValue(_e_value(risk_ratio if risk_ratio >= 1 else 1 / risk_ratio), near, risk_ratio)


def _e_value(ratio: float) -> float:
    return ratio + math.sqrt(ratio * (ratio - 1))
