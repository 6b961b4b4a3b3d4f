"""Draw the pictures of the README and the Chinese start page from the synthetic Zhuzhou set.

Refuses other data: a picture in the documentation is always of the labelled, synthetic city.
"""

from __future__ import annotations

from pathlib import Path

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


if __name__ == "__main__":
    main()
