"""Leaves out what this machine cannot run, and says why; makes each report of a city once; long files first."""

from __future__ import annotations

import base64
import contextlib
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


# Files of which one test or fixture takes long go first, so that no process ends with one of them while another waits;
# those that wait for the same report do not follow each other.
LONG = (
    "reporting/test_formats.py", "test_typed_face.py", "reporting/test_hostile_names.py", "test_readme.py",
    "estimation/test_estimate_distributed.py", "reporting/test_report_for_leaders.py",
    "estimation/test_estimate_national.py", "runs/test_kills.py", "disclosure/test_disclosure_exports.py",
    "disclosure/test_disclosure_city.py", "reporting/test_page_in_a_browser.py", "trends/test_trend_table.py",
    "people/test_people_page.py", "triangulate/test_association.py", "uncertainty/test_uncertain_scale.py",
)  # fmt: skip

BLANK_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1" viewBox="0 0 2 1"/>'
BLANK_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAGzQ4FwAAAABJRU5ErkJggg=="
)


@contextlib.contextmanager
def pictures_left_out():
    """Draw nothing: for tests that read words and tables, of which no picture holds any (its letters are outlines)."""
    from wbe.reporting.blocks import Illustration

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Illustration, "svg", BLANK_SVG)
        patch.setattr(Illustration, "png", BLANK_PNG)
        yield


@pytest.fixture
def no_pictures():
    """Reports of this test have blank pictures."""
    with pictures_left_out():
        yield


@pytest.fixture(scope="module")
def blank_pictures():
    """A context in which reports have blank pictures, for what a whole file of tests reads."""
    return pictures_left_out


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
                with contextlib.nullcontext() if formats is None else pictures_left_out():
                    made = wbe.report(zhuzhou, month, folder, language, formats=formats, draws=1000, policy=policy)
                told.write_bytes(pickle.dumps(made))
            return pickle.loads(told.read_bytes())

    return report


def _place(path):
    """Where a file of tests stands in the order: the long ones first."""
    short = path.removeprefix("tests/")
    return LONG.index(short) if short in LONG else len(LONG)


def pytest_collection_modifyitems(config, items):
    reasons = {}
    if "nightly" not in config.option.markexpr:
        reasons["nightly"] = "a long study; run it with: make nightly"
    if CHROMIUM is None:
        reasons["browser"] = "needs a headless chromium on the path"
    if not os.environ.get("WBE_TEST_POSTGRES"):
        reasons["postgres"] = "needs WBE_TEST_POSTGRES, the URL of a PostgreSQL server on loopback"
    items.sort(key=lambda item: _place(item.nodeid.partition("::")[0]))
    for item in items:
        for mark, reason in reasons.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))
