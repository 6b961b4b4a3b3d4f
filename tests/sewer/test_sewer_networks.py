"""A network is read whole, with all its faults at once, from every format, and adds up what flows down it."""

from __future__ import annotations

import json

import numpy as np
import pytest

import wbe
from wbe.errors import InputError, UnknownName
from wbe.sewer import Network, read_network

HEAD = "node,downstream,length,population\n"
TOWN = HEAD + "A,J,1200,6000\nB,J,600,4000\nJ,plant,3000,500\nC,plant,400,2500\nplant,,,0\n"


def written(tmp_path, text, name="sewer.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return path


def test_a_town_is_read_and_its_people_add_up(tmp_path):
    network = read_network(written(tmp_path, TOWN))
    assert network.nodes == ["A", "B", "J", "C", "plant"]
    assert network.outfalls == ["plant"]
    assert network.people.to_dict() == {"A": 6000, "B": 4000, "J": 10500, "C": 2500, "plant": 13000}
    assert network.population["J"] == 500
    assert "13,000 inhabitants" in repr(network)


def test_length_becomes_hours_by_the_stated_velocity_and_that_is_said(tmp_path):
    network = read_network(written(tmp_path, TOWN))
    hours = network.links.set_index("upstream")["travel_time"]
    assert hours["A"] == pytest.approx(1200 / 0.6 / 3600)
    assert [n.code for n in network.notes] == ["sewer-assumed-velocity"]
    assert network.notes[0].values == {"count": 4, "speed": 0.6}


def test_slope_and_diameter_give_mannings_velocity(tmp_path):
    text = "node,downstream,length,diameter,slope,population\nA,plant,1000,1.0,0.001,10\nplant,,,,,0\n"
    network = read_network(written(tmp_path, text))
    # Manning, full pipe: v = R^(2/3) S^(1/2) / n with R = 0.25 m, n = 0.013: 0.9654 m/s
    assert float(network.links["travel_time"].iloc[0]) == pytest.approx(1000 / 0.96536 / 3600, rel=1e-4)
    assert network.notes == ()


def test_a_given_travel_time_wins(tmp_path):
    text = "node,downstream,travel_time,length,population\nA,plant,2.5,99999,10\nplant,,,,0\n"
    assert read_network(written(tmp_path, text)).links["travel_time"].tolist() == [2.5]


def test_chinese_headers_and_encoding(tmp_path):
    text = "节点,下游节点,管长(m),人口\n甲井,污水厂,600,3000\n乙井,污水厂,600,2000\n污水厂,,,0\n"
    network = read_network(written(tmp_path, text, encoding="gb18030"))
    assert network.people["污水厂"] == 5000


def test_the_one_plant_that_everything_leads_to_needs_no_row(tmp_path):
    network = read_network(written(tmp_path, HEAD + "A,plant,1,10\nB,plant,1,20\n"))
    assert network.outfalls == ["plant"]
    assert network.notes[0].code == "sewer-outfall-named-only"


def test_a_misspelt_downstream_node_is_named_with_the_nearest(tmp_path):
    with pytest.raises(InputError, match="Did you mean 'plant'") as caught:
        read_network(written(tmp_path, TOWN.replace("C,plant", "C,plnat")))
    assert caught.value.codes == ["sewer-unknown-downstream"]


def test_a_split_hands_on_its_shares_and_refuses_to_guess_them(tmp_path):
    head = "node,downstream,share,population\n"
    text = head + "A,east,0.25,1000\nA,west,0.75,1000\neast,,,0\nwest,,,0\n"
    network = read_network(written(tmp_path, text))
    assert network.people[["east", "west"]].tolist() == [250, 750]
    with pytest.raises(InputError, match="without shares at A"):
        read_network(written(tmp_path, text.replace("0.25", "").replace("0.75", "")))
    with pytest.raises(InputError, match="do not add up to 1 at A"):
        read_network(written(tmp_path, text.replace("0.25", "0.35")))


def test_circles_loose_parts_and_numbers_are_named_in_one_error(tmp_path):
    rows = ["A,B,10,5", "B,C,-1,5", "C,A,10,5", "D,plant,10,-3", "plant,,,0"]
    rows += [f"x{i},y{i},10,5\ny{i},x{i},10,5" for i in range(98)]
    with pytest.raises(InputError) as caught:
        read_network(written(tmp_path, HEAD + "\n".join(rows) + "\n"))
    by_code = {}
    for fault in caught.value.faults:
        by_code.setdefault(fault.code, []).append(fault)
    assert len(by_code["sewer-circle"]) == 99
    assert "A → B" in str(by_code["sewer-circle"][0])
    assert by_code["sewer-no-outfall"][0].values["count"] == 99
    assert by_code["sewer-parts"][0].values["count"] == 100
    assert "B → C" in str(by_code["sewer-link-number"][0])
    assert "D" in str(by_code["sewer-node-number"][0])
    assert all(fault.file == "sewer.csv" for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("node,population\nA,5\n", "sewer-columns"),
        (HEAD, "sewer-empty"),
        (HEAD + ",plant,1,5\nplant,,,0\n", "sewer-nameless"),
        (HEAD + "A,plant,one,5\nplant,,,0\n", "sewer-number"),
        (HEAD + "A,plant,1,5,7\nplant,,,0\n", "sewer-ragged"),
        (HEAD + "A,plant,1,5\nA,plant,1,5\nplant,,,0\n", "sewer-repeated-node"),
        (HEAD + "A,A,1,5\nplant,,,0\n", "sewer-into-itself"),
    ],
)
def test_each_fault_has_its_code(tmp_path, text, code):
    with pytest.raises(InputError, match="needed") as caught:
        read_network(written(tmp_path, text))
    assert code in caught.value.codes


def test_a_fault_names_its_row_and_column(tmp_path):
    with pytest.raises(InputError, match=r"file sewer\.csv, row 3, column length: got 'one'"):
        read_network(written(tmp_path, HEAD + "B,plant,1,5\nA,plant,one,5\nplant,,,0\n"))


def test_a_network_comes_back_from_its_own_geojson(tmp_path):
    text = "node,downstream,travel_time,population,x,y\nA,plant,0.5,6000,113.1,27.8\nplant,,,0,113.2,27.9\n"
    first = read_network(written(tmp_path, text))
    again = read_network(written(tmp_path, json.dumps(first.to_geojson()), "sewer.geojson"))
    assert again.people.to_dict() == first.people.to_dict()
    assert again.links.fillna(-1).to_dict("records") == first.links.fillna(-1).to_dict("records")
    np.testing.assert_array_equal(again.xy[again.index["plant"]], [113.2, 27.9])


@pytest.mark.parametrize("text", ["", "[1]", '{"features": 3}', '{"features": [{"properties": {"a": 1}}]}'])
def test_what_is_no_geojson_is_refused_plainly(tmp_path, text):
    with pytest.raises(InputError, match=r"sewer\.geojson"):
        read_network(written(tmp_path, text, "sewer.geojson"))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_network(tmp_path / "nowhere.csv")


SWMM = """[TITLE]
a small synthetic network
[JUNCTIONS]
;;name elevation maxdepth initdepth surdepth aponded
J1 10.0 2 0 0 0
J2 9.0 2 0 0 0
J3 8.0 2 0 0 0
WW 5.0 4 0 0 0
[OUTFALLS]
PLANT 7.0 FREE NO
BYPASS 6.5 FREE NO
[CONDUITS]
;;name from to length rough inoff outoff
C1 J1 J2 400 0.013 0 0
C2 J2 J3 500 0.013 0 0
C3 J3 PLANT 300 0.013 0 0
C4 J3 BYPASS 100 0.013 0 0
[PUMPS]
P1 WW J2 * ON 0 0
[XSECTIONS]
C1 CIRCULAR 0.5 0 0 0 1
C2 CIRCULAR 0.5 0 0 0 1
C3 CIRCULAR 0.8 0 0 0 1
C4 CIRCULAR 0.3 0 0 0 1
[COORDINATES]
J1 0 0
J2 1 0
J3 2 0
PLANT 3 0
BYPASS 3 1
WW 1 1
"""


def test_swmm_input_is_read_with_its_pump_and_split_named(tmp_path):
    network = read_network(written(tmp_path, SWMM, "town.inp"))
    links = network.links.set_index(["upstream", "downstream"])
    assert set(links.index) == {("J1", "J2"), ("J2", "J3"), ("J3", "PLANT"), ("J3", "BYPASS"), ("WW", "J2")}
    assert links.loc[("J3", "PLANT"), "share"] == 0.5
    assert sorted(network.outfalls) == ["BYPASS", "PLANT"]
    codes = {note.code: note for note in network.notes}
    assert codes["sewer-pumps"].values["names"] == ("P1",)
    assert codes["sewer-splits-equal"].values["nodes"] == ("J3",)
    # slope 1 m in 400 m, 0.5 m pipe: v = (0.125)^(2/3) sqrt(0.0025) / 0.013 = 0.9615 m/s
    assert links.loc[("J1", "J2"), "travel_time"] == pytest.approx(400 / 0.96154 / 3600, rel=1e-4)


def test_text_that_is_no_swmm_input_is_refused(tmp_path):
    with pytest.raises(InputError, match="SWMM"):
        read_network(written(tmp_path, "hello", "town.inp"))


def test_a_shapefile_of_lines_is_read(tmp_path):
    pyogrio = pytest.importorskip("pyogrio")
    shapely = pytest.importorskip("shapely")
    line = shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)]))
    fields = {"node": np.array(["A", "B"], object), "downstream": np.array(["plant", "plant"], object),
              "length": np.array([600.0, 1200.0]), "population": np.array([10.0, 20.0])}  # fmt: skip
    pyogrio.raw.write(
        tmp_path / "sewer.shp", np.array([line, line], object), list(fields.values()), list(fields),
        geometry_type="LineString", crs="EPSG:4326",
    )  # fmt: skip
    assert read_network(tmp_path / "sewer.shp").people["plant"] == 30


def test_shares_of_a_plant_come_from_the_same_graph(tmp_path):
    network = read_network(written(tmp_path, TOWN))
    shares = network.shares({"A": "天元区", "B": "天元区", "J": "天元区", "C": "荷塘区"}, "plant")
    assert shares.to_dict() == {"天元区": 10500 / 13000, "荷塘区": 2500 / 13000}


def test_loss_on_the_way_grows_with_the_hours():
    network = Network(np.array(["A", "J", "plant"]), np.array([1.0, 0, 0]), np.array([0, 1]), np.array([1, 2]),
                      np.array([1.0, 2.0]), np.ones(2))  # fmt: skip
    np.testing.assert_allclose(network.arriving(2, 0.1), [np.exp(-0.3), np.exp(-0.2), 1.0])
    np.testing.assert_allclose(network.arriving(1, 0.1), [np.exp(-0.1), 1.0, 0.0])
    np.testing.assert_allclose(network.hours_above(), [0.0, 1.0, 3.0], atol=1e-6)


def test_the_order_of_rows_changes_no_sum(tmp_path):
    lines = TOWN.splitlines()
    turned = "\n".join([lines[0], *reversed(lines[1:])]) + "\n"
    one, two = read_network(written(tmp_path, TOWN)), read_network(written(tmp_path, turned, "b.csv"))
    assert one.people.sort_index().to_dict() == two.people.sort_index().to_dict()


def test_an_unknown_node_is_a_wrong_name_like_any_other(tmp_path):
    network = read_network(written(tmp_path, TOWN))
    with pytest.raises(UnknownName, match="Did you mean 'plant'"):
        network.number("plnt")


def test_the_room_is_reached_from_the_front_door():
    assert wbe.sewer.read_network is read_network
