"""QIDO-RS and metadata: what can be asked and what is said (PS3.18 10.6 and 10.4)."""

import gzip

import pytest
from sqlalchemy import delete, select, text, update

from collimate.kit.database import engine, open_session
from collimate.studies.dicomweb import matching
from collimate.studies.models import (
    Instance,
    MetadataCopy,
    Patient,
    ReceivedFile,
    Series,
)
from tests import dicoms
from tests.studies.dicomweb import address_of, statements


def test_searches_match_as_the_standard_says(owner, archive, web):
    dates = ["20200110", "20200220", "20210330"]
    files = [
        archive.bring(dicoms.radiograph(seed=index, PatientID=f"person {index}", StudyDate=date))
        for index, date in enumerate(dates)
    ]
    archive.bring(dicoms.ct_slice(seed=7))
    found = [archive.image(file) for file in files]
    pseudonym = found[0].patient.pseudonym

    def count(level: str = "studies", **query) -> int:
        answer = owner.get(f"{web}/{level}", params=query)
        assert answer.status_code == 200, answer.text
        return len(answer.json())

    assert count() == 4
    assert count(PatientID=pseudonym) == 1
    assert count(PatientID=pseudonym[:-1] + "?") == 1
    assert count(PatientID="P-*") == 4
    assert count(**{"00100020": pseudonym}) == 1
    assert count(PatientID="%") == 0
    assert count(ModalitiesInStudy="CT") == 1
    assert count("series", Modality="DX") == 3
    assert count("instances", Modality="DX", Rows="96") == 3
    assert count(StudyInstanceUID=f"{found[0].study.study_uid},{found[1].study.study_uid}") == 2
    day = f"{found[0].study.study_date:%Y%m%d}"
    assert count(StudyDate=day) == 1
    assert count(StudyDate=f"{day}-{day}") == 1
    assert count(StudyDate="-19000101") == 0
    assert count(StudyDate=f"{day}-") >= 1
    assert count(StudyDescription="chest") == 0
    assert count(StudyDescription="", includefield="all", fuzzymatching="false") == 4
    for bad in ({"StudyDate": "yesterday"}, {"Nonsense": "1"}, {"SeriesNumber": "1"}):
        assert owner.get(f"{web}/studies", params=bad).status_code == 400


def test_pages_say_that_there_is_more(owner, archive, web):
    for index in range(3):
        archive.bring(dicoms.radiograph(seed=index))
    first = owner.get(f"{web}/studies", params={"limit": 2})
    assert len(first.json()) == 2
    assert "additional results" in first.headers["warning"]
    rest = owner.get(f"{web}/studies", params={"limit": 2, "offset": 2})
    assert len(rest.json()) == 1
    assert "warning" not in rest.headers
    uids = {one["0020000D"]["Value"][0] for one in first.json() + rest.json()}
    assert len(uids) == 3


@pytest.fixture
def found(archive):
    """A CT of two slices and a radiograph; the rows behind the last of them."""
    for index in range(2):
        archive.bring(dicoms.ct_slice(slice_index=index, StudyTime="101530"))
    return archive.image(archive.bring(dicoms.radiograph(seed=7, PatientID="someone else")))


def test_every_level_shows_what_the_standard_asks_for(owner, found, web):
    study = {"00080020", "00080030", "00080050", "00080056", "00080061", "00080090", "00081190",
             "00100010", "00100020", "00100030", "00100040", "0020000D", "00200010", "00201206",
             "00201208"}  # fmt: skip
    series = {"00080060", "00081190", "0020000E", "00200011", "00201209"}
    instance = {"00080016", "00080018", "00081190", "00083002", "00200013", "00280010", "00280011",
                "00280100", "00280008"}  # fmt: skip
    uid = found.study.study_uid
    wanted = {
        "studies": study,
        "series": study | series,
        f"studies/{uid}/series": series,
        "instances": study | series | instance,
        f"studies/{uid}/instances": series | instance,
        f"studies/{uid}/series/{found.series.series_uid}/instances": series | instance,
    }
    for path, tags in wanted.items():
        for one in owner.get(f"{web}/{path}").json():
            assert tags <= set(one), (path, tags - set(one))
            assert list(one) == sorted(one), path
            where = one["00081190"]["Value"][0]
            assert owner.get(f"{where}/metadata").status_code == 200
            assert all(set(element) <= {"vr", "Value"} for element in one.values())


def test_names_match_in_any_case_with_empty_components_and_fuzzily(owner, found, web):
    name = found.patient.pseudonym

    def count(**query) -> int:
        return len(owner.get(f"{web}/studies", params=query).json())

    assert owner.get(f"{web}/studies?PatientName={name}%5E").json()[0]["00100020"]["Value"] == [
        name
    ]
    assert owner.get(f"{web}/studies?PatientName={name}%5E%2A").json() != []
    assert count(PatientName=name.lower()) == 1
    assert count(PatientID=name.lower()) == 0
    assert count(PatientName=f"{name[:5].lower()}*") == 1
    assert count(PatientName=f"{name}^Other") == 0
    assert count(PatientName=name[3:7].lower(), fuzzymatching="true") == 1
    assert count(PatientName=f"p {name[2:].lower()}", fuzzymatching="true") == 1
    assert count(PatientName=name[3:7].lower(), fuzzymatching="false") == 0


def test_parts_of_names_are_found_by_index(archive):
    def plan(key: str, text_: str, *, fuzzy: bool = False) -> str:
        wanted = matching.criteria([(key, text_)], matching.STUDY_KEYS, fuzzy=fuzzy)
        query = (
            select(Patient.id)
            .where(*wanted)
            .compile(dialect=engine().dialect, compile_kwargs={"literal_binds": True})
        )
        with open_session() as session:
            session.execute(text("SET LOCAL enable_seqscan = off"))
            said = "EXPLAIN " + str(query).replace("%%", "%").replace(":", "\\:")
            return "\n".join(session.scalars(text(said)))

    for key in ("PatientID", "PatientName"):
        for wanted in ("*1A2B*", "*1A2B", "*P-1?2B*"):
            assert "ix_patient_pseudonym_grams" in plan(key, wanted), (key, wanted)
    assert "ix_patient_plain_pseudonym_grams" in plan("PatientName", "p1a2b", fuzzy=True)


def test_parts_in_the_middle_are_found(owner, found, web):
    name = found.patient.pseudonym

    def count(**query) -> int:
        return len(owner.get(f"{web}/studies", params=query).json())

    for wanted in (f"*{name[3:7]}*", f"*{name[4:]}", f"?{name[1:4]}*{name[6:]}", f"*{name[:2]}*"):
        assert count(PatientID=wanted) >= 1
        assert count(PatientName=wanted.lower()) >= 1
    assert count(PatientID=f"*{name[3:7].lower()}x*") == 0
    assert count(PatientID=f"*{name[4:]}?") == 0
    assert count(PatientName=f"p{name[2:5].lower()}", fuzzymatching="true") == 1


def test_times_numbers_and_removed_attributes_match(owner, found, web):
    def count(level: str = "studies", **query) -> int:
        answer = owner.get(f"{web}/{level}", params=query)
        assert answer.status_code == 200, answer.text
        return len(answer.json())

    ct = {"ModalitiesInStudy": "CT"}
    assert count(**ct, StudyTime="101530") == count(**ct, StudyTime="10") == 1
    assert count(**ct, StudyTime="1015-1016") == count(**ct, StudyTime="-1015") == 1
    assert count(**ct, StudyTime="101531-") == count(**ct, StudyTime="11") == 0
    assert count("instances", **ct, InstanceNumber="2") == 1
    assert count("instances", SOPClassUID=found.instance.sop_class_uid) == 1
    key = "RequestAttributesSequence.ScheduledProcedureStepID"
    assert count("series", **{key: ""}) == 2
    assert count("series", **{"00400275.00400009": "SPS1"}) == 0
    assert count(AccessionNumber="47110815") == count(ReferringPhysicianName="Br*") == 0
    assert count("series", PerformedProcedureStepStartDate="20200101") == 0
    for bad in ({"StudyTime": "noon"}, {"StudyInstanceUID": ",".join(["1.2"] * 1001)}):
        assert owner.get(f"{web}/studies", params=bad).status_code == 400


def test_asked_fields_are_added_and_unknown_ones_warned_of(owner, found, web):
    uid, series_uid = found.study.study_uid, found.series.series_uid
    series = f"{web}/studies/{uid}/series"
    (plain,) = owner.get(series).json()
    assert "00080070" not in plain
    (more,) = owner.get(series, params={"includefield": "Manufacturer,00081090"}).json()
    assert set(more) - set(plain) <= {"00080070", "00081090"}
    instances = f"{series}/{series_uid}/instances"
    (all_of_it,) = owner.get(instances, params={"includefield": "all"}).json()
    (stored,) = owner.get(
        address := f"{instances}/{found.instance.sop_instance_uid}/metadata"
    ).json()
    assert set(stored) - {"7FE00010"} <= set(all_of_it), address
    (some,) = owner.get(f"{instances}?includefield=00280004&includefield=BitsStored").json()
    assert {"00280004", "00280101"} <= set(some)
    (study,) = owner.get(f"{web}/studies?includefield=all&StudyInstanceUID={uid}").json()
    assert "00280010" not in study
    odd = owner.get(f"{web}/studies", params={"includefield": "00091001"})
    assert "not supported" in odd.headers["warning"]


def test_the_total_is_said_where_it_is_known(owner, found, web):
    assert owner.get(f"{web}/studies").headers["x-total-count"] == "2"
    assert "x-total-count" not in owner.get(f"{web}/studies?limit=1").headers
    assert owner.get(f"{web}/studies?limit=1&offset=1").headers["x-total-count"] == "2"
    assert owner.get(f"{web}/studies?offset=9").json() == []
    assert owner.get(f"{web}/studies?limit=0").json() == []


def test_a_search_is_one_statement_once_the_asker_is_known(owner, found, web):
    owner.get(f"{web}/studies")
    for path in (
        "studies",
        "studies?limit=9",
        "studies?PatientID=P-*",
        "series",
        "instances?Modality=CT",
    ):
        with statements() as asked:
            assert owner.get(f"{web}/{path}").json()
        assert len(asked) == 1, asked


def test_metadata_is_packed_once_and_sent_as_it_lies(owner, found, web):
    address = f"{web}/studies/{found.study.study_uid}"
    for path in (f"{address}/metadata", f"{address}/series/{found.series.series_uid}/metadata"):
        first = owner.get(path)
        assert first.headers["content-encoding"] == "gzip"
        with statements() as asked:
            again = owner.get(path)
        assert len(asked) == 1
        plain = owner.get(path, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert first.json() == again.json() == plain.json()
        assert plain.headers["etag"] != first.headers["etag"]
        same = owner.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (same.status_code, same.content) == (304, b"")


def test_metadata_never_outlives_what_it_says(owner, archive, web):
    first = archive.image(archive.bring(dicoms.ct_slice(slice_index=0)))
    address = f"{web}/studies/{first.study.study_uid}"
    series = f"{address}/series/{first.series.series_uid}/metadata"
    assert len(owner.get(series).json()) == len(owner.get(f"{address}/metadata").json()) == 1
    archive.bring(dicoms.ct_slice(slice_index=1))
    assert len(owner.get(series).json()) == len(owner.get(f"{address}/metadata").json()) == 2
    with open_session() as session:
        row = session.get_one(Instance, first.instance.id)
        row.dicom_json = {**row.dicom_json, "00200013": {"vr": "IS", "Value": [77]}}
    numbers = [one["00200013"]["Value"][0] for one in owner.get(series).json()]
    assert 77 in numbers
    with open_session() as session:
        session.execute(update(ReceivedFile).values(instance_id=None))
        session.execute(delete(Instance).where(Instance.id == first.instance.id))
        assert session.query(MetadataCopy).count() == 0


def test_a_copy_made_of_an_older_state_is_never_served(owner, archive, web):
    found = archive.image(archive.bring(dicoms.ct_slice(slice_index=0)))
    with open_session() as session:
        copy = session.get_one(MetadataCopy, found.series.id)
        copy.sha256, copy.packed = "0" * 64, gzip.compress(b"[]")
        copy.revision = found.study.revision - 1
    address = address_of(archive, found.instance).split("/instances/")[0]
    assert len(owner.get(f"{address}/metadata").json()) == 1


def test_the_newest_page_is_read_from_an_index_however_many_studies_there_are(archive):
    with open_session() as session:
        # a few rows are soon sorted; whether the index can serve the order is the question
        session.execute(text("SET LOCAL enable_seqscan = off"))
        session.execute(text("SET LOCAL enable_sort = off"))
        plan = "\n".join(
            session.scalars(
                text(
                    "EXPLAIN SELECT id FROM study WHERE project_id = :project "
                    "AND deleted_at IS NULL ORDER BY study_date DESC NULLS LAST, id DESC LIMIT 51"
                ),
                {"project": archive.project.id},
            )
        )
    assert "ix_study_newest_first" in plan
    assert "Sort" not in plan


def test_keys_are_written_in_any_mix_of_keywords_and_tags(owner, found, web):
    def search(level: str, key: str, value: str):
        return owner.get(f"{web}/{level}", params={key: value})

    for first in ("RequestAttributesSequence", "00400275"):
        for second in ("ScheduledProcedureStepID", "00400009"):
            assert search("series", f"{first}.{second}", "SPS1").json() == []
            assert len(search("series", f"{first}.{second}", "*").json()) == 2
    assert len(search("series", "0020000e", found.series.series_uid).json()) == 1
    for key, value in (
        ("Modality", "CT,DX"), ("Modality", "CT\\DX"), ("SeriesInstanceUID", "*"),
        ("SeriesNumber", "*"), ("StudyDate", "*"), ("StudyTime", "*"),
    ):  # fmt: skip
        assert len(search("series", key, value).json()) == 2, (key, value)
    assert search("series", "00400275.00400009.00080060", "CT").status_code == 400
    assert search("studies", "ModalitiesInStudy.Modality", "CT").status_code == 400


def test_dates_of_a_procedure_step_are_ranges(owner, archive, found, web):
    date = "20200215"
    with open_session() as session:
        row = session.get_one(Series, found.series.id)
        row.dicom_json = {**row.dicom_json, "00400244": {"vr": "DA", "Value": [date]}}

    def count(text: str) -> int:
        query = {"PerformedProcedureStepStartDate": text}
        answer = owner.get(f"{web}/series", params=query)
        assert answer.status_code == 200, answer.text
        return len(answer.json())

    assert (
        count(date) == count("20200101-20200301") == count("20200215-") == count("-20200215") == 1
    )
    assert count("20200216-") == count("20200214") == 0
    assert count("") == 2


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1", "limit=ten", "limit=", "offset=-1", "offset=1.5", "offset=99999999999",
        "fuzzymatching=perhaps", "fuzzymatching=", "StudyDate=-", "StudyDate=2020-01-01",
        "StudyDate=20201301", "StudyTime=-", "StudyTime=25", "StudyTime=1015.5",
        "PatientName=a%00b", "Unknown=1", "0010,0020=x",
    ],
)  # fmt: skip
def test_what_is_no_search_is_refused_in_words(owner, web, query):
    answer = owner.get(f"{web}/studies?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_an_answer_that_is_known_is_not_sent_again(owner, archive, found, web):
    first = owner.get(f"{web}/series?limit=1")
    same = owner.get(f"{web}/series?limit=1", headers={"if-none-match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    other = owner.get(f"{web}/series", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


def test_long_answers_are_packed(owner, found, web, monkeypatch):
    plain = owner.get(f"{web}/instances")
    assert "content-encoding" not in plain.headers
    monkeypatch.setattr("collimate.studies.dicomweb.query._PACKED_BYTES", 100)
    packed = owner.get(f"{web}/instances")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == plain.json()
    assert packed.headers["etag"] != plain.headers["etag"]
    asked = owner.get(f"{web}/instances", headers={"accept-encoding": "identity"})
    assert asked.content == plain.content
    spaces = owner.get(f"{web}/studies", params={"PatientID": f"{found.patient.pseudonym} "})
    assert len(spaces.json()) == 1
