"""squad2's articles split to train, to calibrate and to test, for all. Reads no data."""

TRAIN = frozenset(
    {
        "Computational_complexity_theory",
        "European_Union_law",
        "French_and_Indian_War",
        "Scottish_Parliament",
    }
)
"""Titles of the articles whose questions train a model."""

CALIBRATION = frozenset({"Normans"})
"""Titles of the articles on which confidence is fitted: no model has seen them."""

TEST = frozenset({"Islamism"})
"""Titles of the articles on which the bars are reported: nothing was fitted to them."""
