"""The picture: how near each method came, evaluation by evaluation."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from steepest.errors import InputError

COLORS = ("#2b6cb0", "#c05621", "#2f855a", "#6b46c1", "#9aa5b1")
NEAREST = 1e-6
"""What is nearer is drawn there."""


def draw(found: Mapping[str, Sequence[Sequence[float]]], path: Path) -> None:
    """Write an SVG: the median over functions, and the middle half of them shaded.

    Args:
        found: The smallest distance after each evaluation, by method and function.
        path: Of the picture.

    Raises:
        InputError: Matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise InputError("the picture needs Matplotlib: pip install 'steepest[plots]'") from error
    matplotlib.use("svg")
    import numpy as np
    from matplotlib import pyplot

    with pyplot.rc_context({"svg.hashsalt": "steepest", "svg.fonttype": "none", "font.size": 9}):
        figure, axes = pyplot.subplots(figsize=(6.4, 3.8))
        for (name, runs), color in zip(found.items(), COLORS, strict=True):
            low, middle, high = np.percentile(np.maximum(runs, NEAREST), (25, 50, 75), axis=0)
            steps = np.arange(1, len(middle) + 1)
            axes.plot(steps, middle, color=color, label=name)
            axes.fill_between(steps, low, high, color=color, alpha=0.12, linewidth=0)
        axes.set(yscale="log", xlabel="evaluations", ylabel="distance to the target")
        axes.legend(frameon=False)
        figure.tight_layout()
        figure.savefig(path, format="svg", metadata={"Date": None})
        pyplot.close(figure)
