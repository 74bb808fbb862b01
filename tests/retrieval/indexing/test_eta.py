"""The time that is left."""

import pytest

from retrieval.indexing.eta import Eta, in_words


def test_the_time_left_follows_the_speed() -> None:
    """Nothing is said at the start; then what is left is reckoned at the speed seen so far."""
    now = [100.0]
    pace = Eta(lambda: now[0])
    assert pace.left(50, 100) is None
    now[0] = 100.5
    assert pace.left(55, 100) is None
    now[0] = 102.0
    assert pace.left(60, 100) == pytest.approx(8.0)
    assert pace.left(100, 100) == 0.0


def test_a_slow_beginning_is_forgotten() -> None:
    """After many reports only the last ones count."""
    now = [0.0]
    pace = Eta(lambda: now[0])
    pace.left(0, 1_000)
    now[0] = 1_000.0
    for done in range(1, 101):
        now[0] += 1.0
        left = pace.left(done, 1_000)
    assert left == pytest.approx(900.0)


def test_what_begins_anew_is_reckoned_anew() -> None:
    """A step that starts at 0 again has a pace of its own."""
    now = [0.0]
    pace = Eta(lambda: now[0])
    pace.left(0, 10)
    now[0] = 10.0
    assert pace.left(9, 10) is not None
    assert pace.left(0, 10) is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (8.4, "8 s"), (59.6, "1 min"), (200, "3 min"), (4_800, "1 h 20 min")],
)
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    """Seconds below a minute, then minutes, then hours."""
    assert in_words(seconds) == said
