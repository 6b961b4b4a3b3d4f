"""Leaves out what this machine cannot run, and says why."""

from __future__ import annotations

import os
import shutil

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


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
