"""Whether a stream of differences is above a bound, looked at as often as one likes.

Looks at no clock and no database.
"""

from collections.abc import Iterable

import numpy as np

_BETS = np.array([0.05, 0.1, 0.2, 0.4, 0.7])  # the share at stake; no single one is best for all


def fortune(differences: Iterable[float], null: float = 0.0) -> float:
    """What 1 has become that was bet, each time anew, on the mean being above `null`.

    Where each mean is `null` or below, whatever the past, nobody grows rich: a fortune of 1/a or
    more is ever seen with a probability of at most a (Ville 1939), however often one looks. A
    difference is between -1 and 1; the fortune is the mean of what several shares at stake make
    of it (Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting",
    2023). Raises ValueError for a difference outside of its bounds.
    """
    seen = np.array(list(differences), dtype=np.float64)
    if np.any(np.abs(seen) > 1):
        raise ValueError("a difference of two outcomes is between -1 and 1")
    gains = (seen - null) / (1 + null)
    return float(np.prod(1 + np.outer(_BETS, gains), axis=1).mean())
