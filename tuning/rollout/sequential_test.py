"""A sequential test: is the mean of a stream of differences above a bound, at any time?"""

from collections.abc import Iterable

import numpy as np

_BETS = np.array([0.05, 0.1, 0.2, 0.4, 0.7])  # shares of the fortune at stake; none is best for all


def fortune(differences: Iterable[float], null: float = 0.0) -> float:
    """Return what 1 has become if bet, each time anew, on the mean being above `null`.

    If each mean is `null` or below, whatever the past, a fortune of 1/a or more occurs with
    probability at most a (Ville 1939), however often one looks. Differences are between -1 and 1;
    the result is the mean over several shares at stake (Waudby-Smith and Ramdas, "Estimating means
    of bounded random variables by betting", 2023). Raises ValueError for a difference out of
    bounds.
    """
    seen = np.array(list(differences), dtype=np.float64)
    if np.any(np.abs(seen) > 1):
        raise ValueError("a difference of two outcomes is between -1 and 1")
    gains = (seen - null) / (1 + null)
    return float(np.prod(1 + np.outer(_BETS, gains), axis=1).mean())
