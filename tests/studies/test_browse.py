"""Finding studies among many: narrowed by anything, counted under what is chosen, by index."""

import json
from typing import get_args

import pytest
from sqlalchemy import Engine, event, text

from collimate.dicom import quality
from collimate.kit.database import engine
from collimate.studies import browse, distributions
from collimate.studies.browse import QualityRange, StudyFilter
from tests import factories

COUNT = 8_400
MAKE = text(
    """
    WITH made AS (
      INSERT INTO patient (id, created_at, project_id, pseudonym, keyed_hash, is_holdout)
      SELECT gen_random_uuid(), now(), :project, 'P-' || lpad(n::text, 6, '0'), 'h' || n, n % 5 = 0
      FROM generate_series(1, :count) n RETURNING id, pseudonym
    ), numbered AS (SELECT id, substr(pseudonym, 3)::int AS n FROM made)
    INSERT INTO study (id, created_at, project_id, patient_id, study_uid, modality, body_part, site,
      manufacturer, manufacturer_model_name, series_count, instance_count, quality, dicom_json,
      trust)
    SELECT gen_random_uuid(), now(), :project, id, '2.25.' || n,
      (ARRAY['DX', 'CT', 'MR', 'US'])[1 + n % 4], CASE WHEN n % 3 = 0 THEN 'CHEST' END,
      'site ' || n % 7, 'maker ' || n % 3, CASE WHEN n = 77 THEN 'rare' ELSE 'model ' || n % 30 END,
      1, 1, jsonb_build_object('noise', (n % 100) / 100.0), '{}',
      (ARRAY['sound', 'caution', NULL])[1 + n % 3]
    FROM numbered
    """
)


@pytest.fixture(scope="module")
def many(database_server):
    from collimate.kit.database import open_session
    from tests.conftest import empty

    with open_session() as session:
        project = factories.make_project(session)
        session.flush()
        session.execute(MAKE, {"project": project.id, "count": COUNT})
        other = factories.make_project(session)
        factories.make_study(session, project=other, modality="DX")
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("RESET ROLE"))
        connection.execute(text("ANALYZE study"))
        connection.execute(text("ANALYZE patient"))
        connection.execute(text("SET ROLE collimate_app"))
    yield project.id
    empty(database_server)


@pytest.fixture
def session(many):
    from collimate.kit.database import open_session

    with open_session() as opened:
        yield opened


def page(session, project_id, after=None, **chosen):
    return browse.study_page(session, project_id, StudyFilter(**chosen), limit=50, after=after)


def test_every_filter_narrows_and_they_add_up(session, many):
    assert page(session, many)["total"] == COUNT
    assert page(session, many, modality="DX")["total"] == COUNT // 4
    assert page(session, many, modality="DX", site="site 0")["total"] == COUNT // 28
    assert page(session, many, scanner="rare")["total"] == 1
    assert page(session, many, body_part="")["total"] == COUNT - COUNT // 3
    assert page(session, many, trust="caution", holdout=True)["total"] == COUNT // 15
    assert page(session, many, search="p-000123")["total"] == 1
    assert page(session, many, search="2.25.123")["total"] == 1
    assert page(session, many, read_state="open")["total"] == 0


def test_quality_ranges_hold_their_least_value_and_not_their_most(session, many):
    def count(*ranges):
        return page(session, many, quality=ranges)["total"]

    assert count(QualityRange("noise", 0.98, None)) == 2 * COUNT // 100
    assert count(QualityRange("noise", 0.5, 0.51)) == COUNT // 100
    assert count(QualityRange("noise", None, 0.5), QualityRange("noise", 0.5, None)) == 0
    assert count(QualityRange("blur", None, 1.0)) == 0, "not measured is not in any range"
    assert browse.read_range("noise:0.5:") == QualityRange("noise", 0.5, None)
    for bad in ("noise", "noise:a:", "colour:0:1", "noise:1:2:3"):
        with pytest.raises(browse.BadQualityRange):
            browse.read_range(bad)


def test_facets_count_under_what_is_chosen_elsewhere_and_never_lose_their_own_choices(
    session, many
):
    found = browse.facets(session, many, StudyFilter())
    assert found["modality"] == [
        {"value": m, "count": COUNT // 4} for m in ("CT", "DX", "MR", "US")
    ]
    assert {one["value"]: one["count"] for one in found["body_part"]} == {
        "CHEST": COUNT // 3, "": COUNT - COUNT // 3,
    }  # fmt: skip
    assert len(found["scanner"]) == 31
    assert found["read_state"] == [], "nobody reads here yet"
    chosen = browse.facets(session, many, StudyFilter(site="site 0", modality="CT"))
    for name, others in (("site", {"modality": "CT"}), ("modality", {"site": "site 0"})):
        for one in chosen[name]:
            assert one["count"] == page(session, many, **{name: one["value"]}, **others)["total"]
    for one in chosen["trust"]:
        narrowed = {"site": "site 0", "modality": "CT", "trust": one["value"]}
        assert one["count"] == page(session, many, **narrowed)["total"]


def test_the_measures_are_those_that_are_taken():
    kept = set(quality.MEASURES) | {"rows", "columns", "pixel_spacing_mm"}
    assert set(browse.MEASURES) == set(get_args(distributions.Measure)) == kept


def test_quality_is_summed_up_per_group_of_what_is_chosen(session, many):
    found = distributions.distribution(
        session, many, StudyFilter(modality="CT"), measure="noise", by="site"
    )
    assert {one["value"] for one in found["groups"]} == {f"site {number}" for number in range(7)}
    assert sum(one["count"] for one in found["groups"]) == COUNT // 4
    for one in found["groups"]:
        assert one["quantiles"] == sorted(one["quantiles"])
        assert one["quantiles"][2] == pytest.approx(0.49, abs=0.03)
    alone = distributions.distribution(
        session, many, StudyFilter(scanner="rare"), measure="noise", by="scanner"
    )
    assert alone["groups"] == [{"value": "rare", "count": 1, "quantiles": [0.77] * 5}]
    none = distributions.distribution(session, many, StudyFilter(), measure="blur", by="site")
    assert none["groups"] == [], "what was not measured is not drawn"


def test_pages_follow_each_other_without_gaps_and_only_the_first_is_counted(session, many):
    seen, after = [], None
    first = page(session, many, modality="CT", site="site 0")
    assert first["total"] == COUNT // 28
    while True:
        found = page(session, many, after, modality="CT", site="site 0")
        seen += [row["id"] for row in found["items"]]
        after = found["next"]
        if after is None:
            break
        assert page(session, many, after, modality="CT", site="site 0")["total"] is None
    assert len(seen) == len(set(seen)) == COUNT // 28
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    "chosen", [{}, {"modality": "CT"}, {"scanner": "rare"}, {"trust": "sound"}]
)
def test_a_page_reads_by_index_what_it_shows_and_not_the_table(session, many, chosen):
    statements = []
    middle = page(session, many, **chosen)["next"]

    def keep(_connection, _cursor, statement, parameters, _context, _many):
        statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        page(session, many, middle, **chosen) if middle else page(session, many, **chosen)
    finally:
        event.remove(Engine, "before_cursor_execute", keep)
    statement, parameters = statements[-1 if middle else 0]
    raw = session.connection().connection.cursor()
    plan = raw.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters).fetchone()[0]
    told = json.dumps(plan)
    assert '"Relation Name": "study"' in told
    scans = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "study"]
    assert {node["Node Type"] for node in scans} <= {"Index Scan", "Index Only Scan"}, told


def nodes(plan):
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)
