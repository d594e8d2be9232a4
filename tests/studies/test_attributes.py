"""Studies are found by any attribute of their images, named by keyword or tag."""

import pytest

from collimate.kit.database import open_session
from collimate.studies import browse
from collimate.studies.attribute_index import MOST_VALUES, searchable
from collimate.studies.attributes import BadAttributeCondition, SearchTooSlow, read_condition
from collimate.studies.browse import StudyFilter
from collimate.studies.models import Series
from tests import dicoms, factories

THIN, THICK = {"SliceThickness": 1.0, "KVP": 120}, {"SliceThickness": 5.0, "KVP": 100}


@pytest.fixture
def found(archive, owner):
    """Ask the list of studies; answers how many match and which modalities they have."""
    for index in range(2):
        archive.send(dicoms.ct_slice(slice_index=index, seed=1, ConvolutionKernel="B30f", **THIN))
    archive.send(dicoms.ct_slice(seed=2, ConvolutionKernel="B70f", **THICK))
    archive.send(dicoms.radiograph(seed=3))
    archive.bring(dicoms.multi_frame(seed=4))

    def ask(*conditions: str) -> list[str]:
        answer = owner.get(
            f"/api/projects/{archive.project.id}/studies", params={"attribute": conditions}
        )
        assert answer.status_code == 200, answer.text
        rows = answer.json()["items"]
        assert answer.json()["total"] == len(rows)
        return sorted(row["modality"] for row in rows)

    return ask


def test_equality_ranges_wildcards_presence_and_absence(found):
    everything = found()
    assert len(everything) == 4
    assert found("KVP=120") == found("KVP=120.0") == found("00180060=120") == ["CT"]
    assert found("(0018,0060)=100..120") == ["CT", "CT"]
    assert found("SliceThickness<=1") == found("SliceThickness<5") == ["CT"]
    assert found("SliceThickness>=1", "KVP=100") == ["CT"]
    assert found("SliceThickness<2", "KVP=100") == [], "of one series both must hold"
    assert found("ConvolutionKernel=B?0f") == ["CT", "CT"]
    assert found("ConvolutionKernel=B7*") == ["CT"]
    assert found("ConvolutionKernel") == ["CT", "CT"]
    assert found("!ConvolutionKernel") == ["CT", "DX"]
    assert found("ConvolutionKernel=100%") == found("ConvolutionKernel=_30f") == []
    assert found("StudyDate=19000101..20991231") == everything
    assert found("StudyDate>20991231") == []


def test_attributes_inside_sequences_are_found_by_their_path(found):
    spacing = "SharedFunctionalGroupsSequence.PixelMeasuresSequence.PixelSpacing"
    assert len(found(f"{spacing}>0")) == 1


def test_conditions_go_together_with_facets_counts_and_charts(found, archive, owner):
    chosen = {"attribute": ["KVP=100..120"], "modality": "CT"}
    base = f"/api/projects/{archive.project.id}/studies"
    assert owner.get(base, params=chosen).json()["total"] == 2
    counted = owner.get(f"{base}/facets", params=chosen).json()
    assert counted["modality"] == [{"value": "CT", "count": 2}]
    drawn = owner.get(f"{base}/quality", params={**chosen, "by": "modality"}).json()
    assert [group["count"] for group in drawn["groups"]] == [2]


@pytest.mark.parametrize(
    "said",
    ["", "KVP=", "Nonsense=1", "KVP; DROP TABLE study", "KVP'=1", "$.a=1", "0018006=1", "!KVP=1",
     "KVP=" + "1" * 200, "a.b.c", "KVP=\0"],
)  # fmt: skip
def test_what_is_no_condition_is_refused_with_an_example(said):
    with pytest.raises(BadAttributeCondition):
        read_condition(said)


def test_a_value_is_only_ever_a_value(found):
    for value in ("' OR 1=1 --", '"] ? (1 == 1)', "$end0", "\\", "%", "'; DROP TABLE x", "{}"):
        assert found(f"ConvolutionKernel={value}") == []
        assert found(f"ConvolutionKernel={value}*") == []
    assert len(found()) == 4


def test_many_values_are_kept_as_their_ends():
    images = [{"00201041": {"vr": "DS", "Value": [float(n)]}} for n in range(3 * MOST_VALUES)]
    kept = searchable(images)
    assert kept["00201041"] == [0.0, 3.0 * MOST_VALUES - 1]
    texts = [{"00080018": {"vr": "UI", "Value": [f"1.2.{n}"]}} for n in range(500)]
    assert searchable(texts) == {"has": ["00080018"]}
    assert searchable([{"7FE00010": {"vr": "OW", "BulkDataURI": "x"}}]) == {"has": ["7FE00010"]}


def test_a_search_that_takes_too_long_is_ended(session, monkeypatch):
    monkeypatch.setattr("collimate.studies.attributes.LIMIT_MS", 1)
    project = factories.make_project(session)
    for _ in range(40):
        study = factories.make_study(session, project=project)
        series = session.query(Series).filter_by(study_id=study.id).one()
        series.attributes = {"has": ["00180060"], "00180060": list(range(20_000))}
    session.commit()
    chosen = StudyFilter(attributes=(read_condition("KVP=999999.."),))
    with open_session() as fresh, pytest.raises(SearchTooSlow):
        browse.study_page(fresh, project.id, chosen, limit=10, after=None)
