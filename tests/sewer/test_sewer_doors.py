"""The doors of the sewer refuse what is no network, and say what to write."""

import pytest

import wbe
from wbe.errors import InputError
from wbe.testing import small_city


@pytest.mark.parametrize("came", [None, "sewer.csv", 3])
@pytest.mark.parametrize("door", [
    lambda came: wbe.sewer.search(came, drug="methamphetamine"),
    lambda came: wbe.sewer.attribute(came, small_city(), drug="methamphetamine"),
])  # fmt: skip
def test_a_path_is_no_network(came, door):
    with pytest.raises(InputError, match="read_network") as caught:
        door(came)
    assert caught.value.codes == ["sewer-not-a-network"]
