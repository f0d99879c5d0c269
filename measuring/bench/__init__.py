"""What the house promises of its speed, measured in one run: the figures behind ``flask --app run bench``.

The machines are noisy, so what is promised is a ratio of two things measured in turn, wherever it can be one.
"""

from measuring.bench import bidding, figures, serving, small
from measuring.bench.figures import Figure

FIGURES = (*figures.FIGURES, *small.FIGURES, *serving.FIGURES, *bidding.FIGURES)

__all__ = ["FIGURES", "Figure"]
