"""Draw the pictures of the README and the Chinese start page from the synthetic Zhuzhou set.

Refuses other data: a picture in the documentation is always of the labelled, synthetic city.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import wbe

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"


def main() -> None:
    """Write one trend plot for each language."""
    samples = wbe.read_samples(wbe.sample_data("zhuzhou"))
    estimate = wbe.estimate(samples)
    IMAGES.mkdir(parents=True, exist_ok=True)
    for language, name in (("en", "trend.png"), ("zh", "trend-zh.png")):
        figure = wbe.plot.trends(estimate, drug="methamphetamine", language=language)
        # without a date or a version inside, the same picture is the same bytes
        figure.savefig(IMAGES / name, dpi=130, metadata={"Software": None})
        print(IMAGES / name)
    beside_counts(estimate)


def beside_counts(estimate: wbe.Estimate) -> None:
    """Write the loads beside emergency calls that were drawn from them."""
    loads = estimate.series("normalised_load")
    loads = loads[(loads["drug"] == "methamphetamine") & (loads["status"] == "estimate")]
    calls = np.random.default_rng(1).poisson(12 * (loads["median"] / loads["median"].median()) ** 0.8)
    table = loads[["district", "month"]].assign(**{"emergency calls": calls})
    held = wbe.triangulate.counts(table, synthetic=True)
    found = wbe.triangulate.associate(estimate, held, indicator="emergency calls", drug="methamphetamine")
    figure = wbe.plot.triangulation(estimate, held, found, language="en")
    figure.savefig(IMAGES / "triangulation.png", dpi=110, metadata={"Software": None})
    print(IMAGES / "triangulation.png")


if __name__ == "__main__":
    main()
