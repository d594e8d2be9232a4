"""Nearly the same picture in another study is found, through the index and only in the project."""

from sqlalchemy import text

from collimate.access.policy import Role
from collimate.dicom.near_duplicates import bands
from collimate.kit.database import open_session
from collimate.studies.models import Instance, Series, Study
from tests import dicoms


def alike(client, user, study) -> list[dict]:
    return client(user).get(f"/api/studies/{study.id}/lookalikes").json()["items"]


def test_a_picture_sent_under_another_name_is_found(archive, make_archive, client, member):
    array = dicoms.pattern(96, 80, seed=3)
    first = archive.bring(dicoms.radiograph(array=array, seed=1, PatientID="one"))
    second = archive.bring(dicoms.radiograph(array=array + 9, seed=2, PatientID="two"))
    archive.bring(dicoms.radiograph(seed=40, PatientID="three"))
    stranger = make_archive()
    stranger.bring(dicoms.radiograph(array=array, seed=1, PatientID="one"))
    study, twin = archive.image(first).study, archive.image(second).study
    (found,) = alike(client, archive.owner, study)
    assert found["study_id"] == str(twin.id)
    assert found["distance_bits"] <= 7
    assert found["is_same_patient"] is False
    reader = client(member(Role.READER))
    assert reader.get(f"/api/studies/{study.id}/lookalikes").status_code == 403


def test_the_index_answers_the_search(archive):
    file = archive.bring(dicoms.radiograph())
    with open_session() as session:
        instance = session.get_one(Instance, file.instance_id)
        assert instance.picture_bands == bands(instance.picture_hash)
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = session.scalars(
            text("EXPLAIN SELECT 1 FROM instance WHERE picture_bands && ARRAY[1, 70000]")
        ).all()
    assert "ix_instance_picture_bands" in " ".join(plan)


def test_series_and_study_sum_up_their_images(archive):
    for index in range(3):
        archive.send(dicoms.ct_slice(slice_index=index))
    archive.bring(dicoms.ct_slice(slice_index=3))
    (series,) = archive.rows(Series)
    (study,) = archive.rows(Study)
    noises = sorted(instance.quality["noise"] for instance in archive.rows(Instance))
    assert series.quality == study.quality
    assert noises[0] <= study.quality["noise"] <= noises[-1]
    assert (study.quality["rows"], study.quality["pixel_spacing_mm"]) == (64.0, 0.8)
