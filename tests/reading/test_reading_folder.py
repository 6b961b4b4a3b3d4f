"""A folder of county files: one dataset, answers given once, places attached, all faults told together."""

from __future__ import annotations

from pathlib import Path

import pytest

import wbe
from wbe.errors import InputError
from wbe.reading import load_mapping, read_samples, reading_log, sample_data
from wbe.samples import validate

HEAD = "污水厂,采样日期,流量（万m³/d）,服务人口（万人）,{}\n"


def county(folder: Path, name: str, drug: str = "甲基苯丙胺（ng/L）", row: str = "河西,2021-06-24,10.5,34,120") -> Path:
    path = folder / name
    path.write_text(HEAD.format(drug) + row + "\n", encoding="gb18030")
    return path


def test_a_folder_of_county_files_becomes_one_dataset(tmp_path: Path) -> None:
    county(tmp_path, "天元区.csv")
    county(tmp_path, "荷塘区.csv", row="荷塘,2021-06-24,6.1,21,未检出")
    (tmp_path / "README.md").write_text("about")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF")
    ds = read_samples(tmp_path)
    assert validate(ds) == []
    assert sorted(ds["district"].values.tolist()) == ["天元区", "荷塘区"]
    log = reading_log(ds)
    assert [s["file"] for s in log.skipped] == ["scan.pdf"]
    assert log.balance()["cells"].tolist() == [1, 1, 2]


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    county(tmp_path, "天元区.csv", drug="COD（ng/L）")
    county(tmp_path, "荷塘区.csv", row="荷塘,2021-02-30,,21,未检出")
    with pytest.raises(InputError) as caught:
        read_samples(tmp_path)
    assert {f.file for f in caught.value.faults} == {"天元区.csv", "荷塘区.csv"}
    assert len(caught.value.faults) == 3


def test_a_mapping_in_the_folder_answers_and_one_given_wins(tmp_path: Path) -> None:
    county(tmp_path, "天元区.csv", drug="MA（ng/L）")
    (tmp_path / "mapping.toml").write_text('[analytes]\n"MA" = "methamphetamine"\n', encoding="utf-8")
    assert read_samples(tmp_path)["biomarker"].values.tolist() == ["methamphetamine"]
    other = read_samples(tmp_path, {"analytes": {"MA": "mda"}})
    assert other["biomarker"].values.tolist() == ["mda"]


def test_answers_can_be_given_for_one_file(tmp_path: Path) -> None:
    county(tmp_path, "天元区.csv", drug="MA（ng/L）")
    county(tmp_path, "荷塘区.csv", drug="MA（ng/L）")
    answers = {"analytes": {"MA": "methamphetamine"}, "files": {"荷塘*": {"analytes": {"MA": "mda"}}}}
    assert sorted(read_samples(tmp_path, answers)["biomarker"].values.tolist()) == ["mda", "methamphetamine"]


def test_a_misspelt_answer_is_not_silently_ignored() -> None:
    with pytest.raises(InputError, match=r"section \[analites\]"):
        load_mapping({"analites": {}})
    with pytest.raises(InputError, match=r"'N/A' = 'zero'"):
        load_mapping({"tokens": {"N/A": "zero"}})
    with pytest.raises(InputError, match=r"'less_than' = 'loc'"):
        load_mapping({"options": {"less_than": "loc"}})


def test_places_are_attached_and_districts_take_the_units_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "site,district,date,flow (m3/d),population,METH (ng/L)\nP,Tianyuan District,2021-06-24,10500,34000,12\n"
    )
    (tmp_path / "units.csv").write_text(
        "unit,name_en,code,kind,contained_in\n天元区,Tianyuan District,430211,county,\n荷塘区,,,county,\n",
        encoding="utf-8-sig",
    )
    (tmp_path / "catchments.csv").write_text(
        "site,unit,weight,weight_cv\nP,天元区,0.7,0.1\nP,荷塘区,0.3,0.2\n", encoding="gb18030"
    )
    ds = read_samples(tmp_path)
    assert ds["district"].values.tolist() == ["天元区"]
    assert ds["catchment_weight"].sel(catchment="P").values.tolist() == [0.7, 0.3]
    assert ds["catchment_weight_cv"].sel(catchment="P", unit="荷塘区") == 0.2


@pytest.mark.parametrize(
    ("catchments", "message"),
    [
        ("site,unit,weight\nP,天元区,1.2\n", r"catchments.csv, row 2, column weight.*'1.2'"),
        ("site,unit,weight\nP,nowhere,1\n", r"row 2, column unit.*'nowhere'"),
        ("site,unit,weight\nP,天元区,0.5\nP,天元区,0.5\n", r"row 3.*again"),
        ("site,weight\nP,1\n", r"Add unit"),
    ],
)
def test_a_wrong_place_table_is_refused_with_its_row(tmp_path: Path, catchments: str, message: str) -> None:
    county(tmp_path, "天元区.csv")
    (tmp_path / "units.csv").write_text("unit,name_en,code,kind,contained_in\n天元区,,,county,\n", encoding="utf-8")
    (tmp_path / "catchments.csv").write_text(catchments, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_samples(tmp_path)


def test_an_unknown_sample_set_lists_those_that_exist() -> None:
    with pytest.raises(InputError, match=r"one of .*zhuzhou"):
        sample_data("nowhere")
    assert (sample_data("zhuzhou") / "units.csv").is_file()


def test_the_synthetic_city_is_read_whole_and_says_that_it_is_synthetic() -> None:
    ds = wbe.read_samples(wbe.sample_data("zhuzhou"))
    log = reading_log(ds)
    assert ds.attrs["synthetic"] == 1
    assert log.sums()
    assert int(log.balance()["rejected"].iloc[-1]) == 0
    assert set(ds["district"].values.tolist()) <= set(ds["unit"].values.tolist())


def test_a_missing_file_is_one_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file or folder 'x.csv'"):
        read_samples(tmp_path / "x.csv")
    with pytest.raises(InputError, match=r"without a table"):
        read_samples(tmp_path)


def test_plants_of_one_name_in_two_counties_are_two_sites(tmp_path: Path) -> None:
    rows = "一厂,2021-06-24,10.5,34,120\n城东厂,2021-06-24,3,10,60"
    county(tmp_path, "天元区.csv", row=rows)
    county(tmp_path, "荷塘区.csv", row=rows.replace("城东", "城西").replace("120", "80"))
    ds = read_samples(tmp_path)
    assert ds["site"].values.tolist() == ["天元区一厂", "城东厂", "荷塘区一厂", "城西厂"]
    assert ds["sample"].values.tolist()[2] == "荷塘区一厂|2021-06-24"
    assert any("'一厂' in 天元区, 荷塘区" in n for n in reading_log(ds).notes)


def test_a_plant_whose_catchment_is_given_stays_one_site_in_two_districts(tmp_path: Path) -> None:
    for district in ("天元区", "荷塘区"):
        county(tmp_path, f"{district}.csv", row="一厂,2021-06-24,10.5,34,120")
    (tmp_path / "units.csv").write_text("unit,name_en,code,kind,contained_in\n天元区,,,county,\n荷塘区,,,county,\n")
    (tmp_path / "catchments.csv").write_text("site,unit,weight\n一厂,天元区,0.5\n一厂,荷塘区,0.5\n")
    assert read_samples(tmp_path)["site"].values.tolist() == ["一厂", "一厂"]


def test_a_district_as_a_whole_beside_its_plants_is_asked_about(tmp_path: Path) -> None:
    county(tmp_path, "天元区.csv", row="一厂,2021-06-24,10.5,34,120\n二厂,2021-06-24,3,10,60")
    head = HEAD.format("甲基苯丙胺（ng/L）").replace("污水厂", "区县")
    (tmp_path / "株洲市汇总.csv").write_text(head + "天元区,2021-06-24,13.5,44,107\n荷塘区,2021-06-24,6,21,80\n")
    with pytest.raises(InputError, match="天元区 as a whole beside its plants, in 2021-06") as caught:
        read_samples(tmp_path)
    assert len(caught.value.faults) == 1
    ds = read_samples(tmp_path, {"rows": {"天元区": "sample"}})
    assert ds.sizes["sample"] == 4
    (tmp_path / "株洲市汇总.csv").write_text(head + "天元区,2021-05-24,13.5,44,107\n")
    assert read_samples(tmp_path).sizes["sample"] == 3


def test_places_of_a_database_are_settled_like_those_of_files(tmp_path: Path) -> None:
    import sqlite3

    rows = [("天元区", "一厂", 120), ("荷塘区①", "一厂", 80), ("荷塘区", "二厂", 60)]
    with sqlite3.connect(tmp_path / "lab.db") as connection:
        connection.execute('CREATE TABLE results (district, site, day, "flow (m3/d)", population, "METH (ng/L)")')
        values = [(d, s, "2021-06-24", 30000, 200000, c) for d, s, c in rows]
        connection.executemany("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?)", values)
    connection.close()
    query = 'SELECT district, site, day AS date, "flow (m3/d)", population, "METH (ng/L)" FROM results'
    ds = wbe.reading.samples.database.read_database(f"sqlite:///{tmp_path / 'lab.db'}", query=query)
    assert ds["district"].values.tolist() == ["天元区", "荷塘区", "荷塘区"]
    assert ds["site"].values.tolist() == ["天元区一厂", "荷塘区一厂", "二厂"]
