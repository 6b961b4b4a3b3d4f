"""The forward direction: what prescriptions explain of a load, and what they leave."""

import numpy as np
import pytest
import xarray as xr

from wbe.errors import FactorError
from wbe.factors import expected_load, medicine_share, profile

MONTHS = {"month": ["2022-12", "2023-01"]}
MEDICINES = profile("medicines")


def masses(*values):
    return xr.DataArray(list(values), dims="month", coords=MONTHS, attrs={"units": "mg/d/1000 inhabitant"})


def test_the_share_is_the_hand_worked_one():
    # morphine 3 x 0.80 and codeine 12 x 0.07 / 1.0492 give 3.2 of the 8 and 2 that were measured
    found = medicine_share({"morphine": masses(3, 3), "codeine": masses(12, 12)}, masses(8, 2), "morphine")
    assert found["expected"].to_numpy() == pytest.approx([3.2, 3.2], rel=0.01)
    assert found["share"].to_numpy() == pytest.approx([0.4, 1.6], rel=0.01)
    assert found["rest"].to_numpy() == pytest.approx([4.8, -1.2], abs=0.1)
    assert (found["lower"] < found["share"]).all()
    assert (found["share"] < found["upper"]).all()


def test_one_medicine_gives_the_interval_of_the_exact_product():
    sold, load = masses(600, 300), masses(170, 170)
    found = medicine_share({"tramadol": sold}, load, "曲马多", measured_cv=0.2, n_draws=100_000)
    exact = expected_load(sold, MEDICINES.factor("tramadol"), consumption_cv=0.1)
    sd = np.sqrt(exact.log_sd().values ** 2 + np.log1p(0.2**2))
    assert found["upper"].to_numpy() / found["lower"].to_numpy() == pytest.approx(np.exp(2 * 1.96 * sd), rel=0.05)


def test_what_is_left_is_not_called_illicit_and_too_much_says_why():
    found = medicine_share({"tramadol": masses(100, 6000)}, masses(170, 170), "tramadol")
    assert "the rest has other sources, which this does not name" in found.at[0, "statement"]
    assert "more than there is. Not all was taken" in found.at[1, "statement"]


def test_faulty_requests_are_refused_by_name():
    with pytest.raises(FactorError, match="nothing prescribed"):
        medicine_share({}, masses(1, 1), "morphine")
    with pytest.raises(FactorError, match="oxycodone: the profile medicines has no factor of it by morphine"):
        medicine_share({"oxycodone": masses(1, 1)}, masses(1, 1), "morphine")
    with pytest.raises(FactorError, match="measured load of morphine; needed finite loads above 0"):
        medicine_share({"morphine": masses(1, 1)}, masses(1, 0), "morphine")
    moved = masses(1, 1).assign_coords(month=["2022-11", "2022-12"])
    with pytest.raises(FactorError, match="prescribed morphine: its places or months are not those"):
        medicine_share({"morphine": moved}, masses(1, 1), "morphine")
    with pytest.raises(FactorError, match="measured_cv is 0; needed a finite number above 0"):
        medicine_share({"morphine": masses(1, 1)}, masses(1, 1), "morphine", measured_cv=0)


def test_places_without_names_are_counted():
    bare = xr.DataArray([3.0, 3.0], dims="month", attrs={"units": "mg/d/1000 inhabitant"})
    found = medicine_share({"morphine": bare}, (2 * bare).assign_attrs(bare.attrs), "morphine")
    assert found["month"].tolist() == [0, 1]
    assert found["share"].to_numpy() == pytest.approx([0.4, 0.4], rel=0.02)
