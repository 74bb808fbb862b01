"""The split of squad2's articles into training, calibration and test, shared by all benchmarks."""

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
"""Titles of the articles that fit the confidence; no model was trained on them."""

TEST = frozenset({"Islamism"})
"""Titles of the articles for the reported figures; nothing was fitted to them."""
