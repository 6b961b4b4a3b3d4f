"""Leaves out what this machine cannot run, and says why; makes each report of the sample city once for all tests."""

from __future__ import annotations

import functools
import os
import pickle
import shutil

import hypothesis
import pytest

# The same examples in every run of a version, so that a change is judged by its own faults; the nightly run draws anew.
hypothesis.settings.register_profile("steady", derandomize=True)
hypothesis.settings.register_profile("searching", derandomize=False, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def zhuzhou():
    """The samples of the synthetic city; no test may change them."""
    import wbe

    return wbe.read_samples(wbe.sample_data("zhuzhou"))


@pytest.fixture(scope="session")
def zhuzhou_report(zhuzhou, tmp_path_factory):
    """Files of the report of a month and an edition of the synthetic city, each made once by the process that asks."""
    import filelock

    import wbe

    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "zhuzhou-reports"
    shared.mkdir(exist_ok=True)

    @functools.cache
    def report(month="2021-06", policy="internal"):
        folder, told = shared / f"{policy}-{month}", shared / f"{policy}-{month}.pickle"
        with filelock.FileLock(f"{folder}.lock"):
            if not told.exists():
                # one report in every format, for all the tests that read a format back
                formats = None if (month, policy) == ("2021-06", "internal") else "html,xlsx"
                language = "zh+en" if month == "2021-06" else "en"
                made = wbe.report(zhuzhou, month, folder, language, formats=formats, draws=1000, policy=policy)
                told.write_bytes(pickle.dumps(made))
            return pickle.loads(told.read_bytes())

    return report


def pytest_collection_modifyitems(config, items):
    reasons = {}
    if "nightly" not in config.option.markexpr:
        reasons["nightly"] = "a long study; run it with: make nightly"
    if CHROMIUM is None:
        reasons["browser"] = "needs a headless chromium on the path"
    if not os.environ.get("WBE_TEST_POSTGRES"):
        reasons["postgres"] = "needs WBE_TEST_POSTGRES, the URL of a PostgreSQL server on loopback"
    for item in items:
        for mark, reason in reasons.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))
