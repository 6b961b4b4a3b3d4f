"""Tests and doctests read English sentences, whatever the locale of the machine."""

import os

os.environ["WBE_LANGUAGE"] = "en"
