"""A laboratory's database is read like its files; what goes wrong is one plain error, and a password is never in it."""

import datetime as dt
import json
import logging
import os
import sqlite3
import traceback

import pytest
import xarray as xr

from wbe.errors import InputError
from wbe.reading import read_samples, reading_log
from wbe.reading.samples.database import is_database_url, read_database
from wbe.samples import Flag

SECRET = "correct-horse-battery"
QUERY = """SELECT site, district, day AS "date", flow AS "flow (m3/d)", people AS population,
                  meth AS "methamphetamine (ng/L)", ketamine AS "ketamine (ng/L)" FROM results ORDER BY day"""
ROWS = [
    ("Plant A", "天元区", "2021-06-24", 50000, 300000, "200", "ND"),
    ("Plant B", "荷塘区", "2021-06-25", 40000, 200000, "<0.5", None),
    ("Plant B", "荷塘区", "2021-06-26", 41000, 200000, "150.5", "2.5"),
]


@pytest.fixture
def lab(tmp_path) -> str:
    path = tmp_path / "lab.db"
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("CREATE TABLE results (site, district, day, flow, people, meth, ketamine)")
        connection.executemany("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?)", ROWS)
    connection.close()
    return f"sqlite:///{path}"


def check(ds: xr.Dataset) -> None:
    assert ds["district"].values.tolist() == ["天元区", "荷塘区", "荷塘区"]
    assert ds["flow"].values.tolist() == [50000.0, 40000.0, 41000.0]
    meth, ketamine = ds.sel(biomarker="methamphetamine"), ds.sel(biomarker="ketamine")
    assert meth["flag"].values.tolist() == [Flag.DETECTED, Flag.BELOW_LOD, Flag.DETECTED]
    assert ketamine["flag"].values.tolist() == [Flag.BELOW_LOD, Flag.MISSING, Flag.DETECTED]
    assert meth["concentration"].values[[0, 2]].tolist() == [200.0, 150.5]
    assert str(ds["time"].values[0])[:10] == "2021-06-24"
    log = reading_log(ds)
    assert log.sums()
    assert log.balance()["cells"].iloc[-1] == 6


def test_a_query_gives_the_same_samples_as_a_file(lab, tmp_path):
    ds = read_database(lab, QUERY)
    check(ds)
    header = "site,district,date,flow (m3/d),population,methamphetamine (ng/L),ketamine (ng/L)\n"
    lines = [",".join("" if v is None else str(v) for v in row) for row in ROWS]
    (tmp_path / "same.csv").write_text(header + "\n".join(lines) + "\n", encoding="utf-8")
    of_file = read_samples(tmp_path / "same.csv")
    for name in ("concentration", "flag", "lod", "flow", "population", "time", "site"):
        xr.testing.assert_equal(ds[name].drop_vars(["source_row", "source_file"]),
                                of_file[name].drop_vars(["source_row", "source_file"]))  # fmt: skip


def test_a_table_named_in_the_mapping_needs_no_query(lab):
    mapping = {
        "database": {"table": "results"},
        "columns": {"day": "date", "people": "population", "meth": "methamphetamine"},
        "units": {"concentration": "ng/L", "flow": "m3/d"},
    }
    check(read_database(lab, mapping=mapping))


def test_the_url_may_stand_in_the_environment(lab, monkeypatch):
    monkeypatch.setenv("LAB_DATABASE", lab)
    check(read_database("env:LAB_DATABASE", QUERY))
    with pytest.raises(InputError, match="no environment variable 'NOT_THERE'"):
        read_database("env:NOT_THERE", QUERY)


def test_a_fault_counts_the_rows_of_the_result_from_one(lab):
    odd = QUERY.replace("flow AS", "CASE day WHEN '2021-06-25' THEN 'nine' ELSE flow END AS")
    with pytest.raises(InputError, match=r"file sqlite database lab\.db, row 2, column flow.*'nine'"):
        read_database(lab, odd)


@pytest.mark.parametrize(
    "query", ["DELETE FROM results", "UPDATE results SET flow = 0", "DROP TABLE results", None, ""]
)
def test_only_reading_queries_run(lab, query):
    with pytest.raises(InputError, match="needed a SELECT"):
        read_database(lab, query)
    check(read_database(lab, QUERY))


def test_a_query_that_reads_and_writes_changes_nothing(lab):
    with pytest.raises(InputError, match=r"sqlite database lab\.db"):
        read_database(lab, "WITH x AS (SELECT 1) INSERT INTO results SELECT * FROM results")
    check(read_database(lab, QUERY))


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(InputError, match="no such database"):
        read_database(f"sqlite:///{tmp_path}/none.db", QUERY)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_query_gives_one_plain_error(lab):
    with pytest.raises(InputError, match="no such table: absent") as caught:
        read_database(lab, "SELECT * FROM absent")
    assert len(caught.value.faults) == 1


def test_a_result_without_substances_says_so(lab):
    with pytest.raises(InputError, match="a result without substances"):
        read_database(lab, "SELECT site, flow FROM results")


@pytest.mark.parametrize(
    "url",
    [
        f"nosuchkind://reader:{SECRET}@127.0.0.1/lab",
        f"postgresql://reader:{SECRET}@127.0.0.1:1/lab",
        f"postgresql://reader:{SECRET}@127.0.0.1:notaport/lab",
        f"postgresql+nodriver://reader:{SECRET}@127.0.0.1/lab",
    ],
)
def test_a_password_is_in_no_message_and_no_trace_when_the_connection_fails(url, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(InputError) as caught:
        read_database(url, QUERY)
    assert len(caught.value.faults) == 1
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert SECRET not in told


def test_read_samples_takes_a_database_url_with_a_mapping(lab):
    check(read_samples(lab, mapping={"database": {"query": QUERY}}))
    assert is_database_url(lab)
    assert not is_database_url("data/samples/zhuzhou")


# ---- a real server ---------------------------------------------------------------------------------------------------


@pytest.fixture
def server():
    url = os.environ.get("WBE_TEST_POSTGRES")
    if not url:
        pytest.skip("WBE_TEST_POSTGRES is not set")
    sqlalchemy = pytest.importorskip("sqlalchemy")
    place = sqlalchemy.engine.make_url(url)
    engine = sqlalchemy.create_engine(place, poolclass=sqlalchemy.pool.NullPool)
    with engine.begin() as c:
        c.execute(sqlalchemy.text("DROP SCHEMA IF EXISTS wbe_test CASCADE"))
        c.execute(sqlalchemy.text("CREATE SCHEMA wbe_test"))
        c.execute(sqlalchemy.text(
            "CREATE TABLE wbe_test.results (site text, district text, day timestamp, flow numeric(12, 1), "
            "people bigint, meth text, ketamine text)"
        ))  # fmt: skip
        rows = [
            dict(
                zip(("s", "d", "t", "f", "p", "m", "k"), (*r[:2], dt.datetime.fromisoformat(r[2]), *r[3:]), strict=True)
            )
            for r in ROWS
        ]
        c.execute(sqlalchemy.text("INSERT INTO wbe_test.results VALUES (:s, :d, :t, :f, :p, :m, :k)"), rows)
    # the server of these tests trusts loopback, so any password is taken: it must still never be seen
    yield place.set(password=SECRET).render_as_string(hide_password=False)
    with engine.begin() as c:
        c.execute(sqlalchemy.text("DROP SCHEMA wbe_test CASCADE"))
    engine.dispose()


PG_QUERY = QUERY.replace("FROM results", "FROM wbe_test.results")


@pytest.mark.postgres
def test_postgresql_gives_the_same_samples_and_keeps_no_credentials(server, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    ds = read_database(server, PG_QUERY)
    check(ds)
    everything = json.dumps({**ds.attrs, "coords": [str(ds[c].values.tolist()) for c in ds.coords]}) + caplog.text
    assert SECRET not in everything
    assert "127.0.0.1" not in json.dumps(ds.attrs)
    # the password may come from the environment and the driver be left out of the URL
    monkeypatch.setenv("PGPASSWORD", SECRET)
    plain = server.replace(f":{SECRET}", "").replace("postgresql+psycopg", "postgresql")
    xr.testing.assert_identical(read_database(plain, PG_QUERY), ds)


@pytest.mark.postgres
def test_postgresql_times_with_an_offset_are_asked_about_or_brought_to_local_days(server):
    offset = PG_QUERY.replace("day AS", "day AT TIME ZONE 'UTC' AS")
    assert offset != PG_QUERY
    with pytest.raises(InputError, match="a time with an offset, whose local day is not known"):
        read_database(server, offset)
    answered = read_database(server, offset, mapping={"options": {"time_zone": "+00:00"}})
    assert answered["time"].values.tolist() == read_database(server, PG_QUERY)["time"].values.tolist()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("change", "needle"),
    [
        (lambda url, q: (url, "SELECT * FROM wbe_test.absent"), "does not exist"),
        (lambda url, q: (url, f"SELECT '{SECRET}'::int"), "invalid input syntax"),
        (lambda url, q: (url.rsplit("/", 1)[0] + "/nowhere", q), "nowhere"),
        (lambda url, q: (url, "WITH x AS (DELETE FROM wbe_test.results RETURNING *) SELECT * FROM x"), "read-only"),
    ],
)
def test_postgresql_errors_become_one_plain_error_without_the_password(server, change, needle):
    url, query = change(server, PG_QUERY)
    with pytest.raises(InputError, match=needle) as caught:
        read_database(url, query)
    assert len(caught.value.faults) == 1
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    check(read_database(server, PG_QUERY))
