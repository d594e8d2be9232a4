"""Images whose pixels may show a name wait for a person, who blacks it out or gives them up."""

from io import BytesIO

import numpy as np
import pydicom
import pytest
from PIL import Image, ImageDraw, ImageFont

from collimate.access.models import AuditEvent
from collimate.access.policy import Role
from collimate.dicom.text_in_pixels import find_text
from collimate.kit.blobs import BlobMissing, blobs
from collimate.studies.drain import ingest_waiting
from collimate.studies.models import HeldImage, Instance, Study
from tests import dicoms

TEXT = "RUSKIN^JOHN 30.11.1952"
BOX = [8, 10, 180, 20]


def written_on(array: np.ndarray, text: str = TEXT) -> np.ndarray:
    """The array with text drawn into its top left corner at its highest value."""
    mask = Image.new("L", (array.shape[1], array.shape[0]))
    ImageDraw.Draw(mask).text((10, 12), text, fill=255, font=ImageFont.load_default(14))
    drawn = np.asarray(mask) > 128
    return np.where(drawn if array.ndim == 2 else drawn[..., None], array.max(), array).astype(
        array.dtype
    )


def ultrasound(**attributes) -> bytes:
    return dicoms.radiograph(
        array=written_on(dicoms.pattern(96, 200)), Modality="US", BurnedInAnnotation=None,
        **attributes,
    )  # fmt: skip


def waiting(archive) -> list[HeldImage]:
    return [row for row in archive.rows(HeldImage) if row.decision is None]


def test_an_ultrasound_waits_and_nothing_of_it_is_in_any_study(archive, client):
    file = archive.bring(ultrasound())
    assert (file.state, file.code) == ("held", "held")
    assert archive.rows(Study) == archive.rows(Instance) == []
    browser = client(archive.owner)
    page = browser.get(f"/api/projects/{archive.project.id}/held-images").json()
    (item,) = page["items"]
    assert item["reasons"] == ["kind", "text_found"]
    assert any(x <= 60 and y <= 20 and width > 60 for x, y, width, _ in item["found_boxes"])
    text = str(page)
    assert not [name for name in dicoms.PLANTED if name in text]


def test_a_held_frame_is_seen_by_those_who_manage_data_and_every_look_is_noted(
    archive, client, member, session
):
    archive.bring(ultrasound())
    (held,) = waiting(archive)
    address = f"/api/held-images/{held.id}/frames/1"
    shown = client(archive.owner).get(address)
    assert shown.headers["cache-control"] == "no-store"
    assert Image.open(BytesIO(shown.content)).size == (200, 96)
    assert client(member(Role.READER)).get(address).status_code == 403
    assert client(archive.owner).get(address[:-1] + "2").status_code == 404
    seen = session.query(AuditEvent).filter(AuditEvent.action == "held_image_seen").all()
    assert [(event.actor_id, event.object_id) for event in seen] == [
        (archive.owner.id, str(held.id))
    ]


def released(archive, client, boxes, **body) -> dict:
    (held, *_) = waiting(archive)
    answer = client(archive.owner).post(
        f"/api/held-images/{held.id}/release", json={"boxes": boxes, **body}
    )
    assert answer.status_code == 200, answer.text
    ingest_waiting(archive.project.id)
    return answer.json()


@pytest.mark.parametrize("syntax", [dicoms.EXPLICIT, dicoms.RLE, dicoms.JPEG_2000])
def test_blacked_out_boxes_are_black_in_the_stored_object(archive, client, syntax):
    file = archive.bring(ultrasound(syntax=syntax))
    preview = waiting(archive)[0].preview_sha256
    released(archive, client, [BOX])
    image = archive.image(archive.file(file.id)).instance
    with blobs().local(image.file_sha256) as path:
        stored = pydicom.dcmread(path)
    before, after = written_on(dicoms.pattern(96, 200)), stored.pixel_array
    x, y, width, height = BOX
    assert (after[y : y + height, x : x + width] == before.min()).all()
    outside = np.ones_like(before, dtype=bool)
    outside[y : y + height, x : x + width] = False
    assert np.array_equal(after[outside], before[outside])
    assert stored.BurnedInAnnotation == "NO"
    codes = [item.CodeValue for item in stored.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113101", "113107", "113108"]
    assert find_text(np.clip(after / 16, 0, 255).astype(np.uint8)) == []
    with pytest.raises(BlobMissing):
        blobs().read(preview)


def test_every_frame_is_blacked_out_and_served_so(archive, client):
    stack = np.stack([written_on(dicoms.colours(64, 220, seed=index)) for index in range(3)])
    archive.bring(dicoms.multi_frame(array=stack, Modality="US", PhotometricInterpretation="RGB"))
    released(archive, client, [[0, 0, 220, 40]])
    (image,) = archive.rows(Instance)
    assert image.frame_count == 3
    for offset, length in image.frame_ranges:
        raw = blobs().read(image.frames_sha256, offset, length)
        frame = np.frombuffer(raw, np.uint8).reshape(64, 220, 3)
        assert frame[:40].max() == 0
        assert frame[40:].max() > 0


def test_the_record_says_who_blacked_out_what_and_when(archive, client, session):
    archive.bring(ultrasound())
    released(archive, client, [BOX, [0, 60, 20, 10]])
    browser = client(archive.owner)
    page = browser.get(
        f"/api/projects/{archive.project.id}/held-images", params={"decided": True}
    ).json()
    (item,) = page["items"]
    assert item["decision"] == "released"
    assert item["boxes"] == [BOX, [0, 60, 20, 10]]
    assert item["decided_by_name"] == archive.owner.name
    assert item["study_id"] == str(archive.rows(Study)[0].id)
    assert item["file_name"] == ""
    noted = session.query(AuditEvent).filter(AuditEvent.action == "held_image_released").one()
    assert noted.detail["boxes"] == item["boxes"]
    again = browser.post(f"/api/held-images/{item['id']}/release", json={"boxes": []})
    assert again.status_code == 409


def test_a_series_is_released_at_once_where_its_images_have_one_size(archive, client):
    for number in (1, 2):
        archive.bring(ultrasound(SOPInstanceUID=f"{dicoms.ROOT}.7.{number}"))
    archive.bring(ultrasound(SOPInstanceUID=f"{dicoms.ROOT}.7.3", SeriesInstanceUID="1.2.3"))
    assert released(archive, client, [BOX], whole_series=True) == {"released_count": 2}
    assert len(waiting(archive)) == 1
    assert len(archive.rows(Instance)) == 2


def test_a_held_image_that_is_deleted_leaves_nothing_but_the_record(archive, client):
    file = archive.bring(ultrasound())
    preview = waiting(archive)[0].preview_sha256
    assert client(archive.owner).delete(f"/api/files/{file.id}").status_code == 204
    assert waiting(archive) == []
    (row,) = archive.rows(HeldImage)
    assert (row.decision, row.decided_by) == ("deleted", archive.owner.id)
    for sha256 in (preview, file.sha256):
        with pytest.raises(BlobMissing):
            blobs().read(sha256)


@pytest.mark.parametrize("box", [[0, 0, 0, 5], [190, 0, 11, 5], [0, 0, 5, 97], [0, 0, 5]])
def test_a_box_outside_the_image_is_refused(archive, client, box):
    archive.bring(ultrasound())
    (held,) = waiting(archive)
    answer = client(archive.owner).post(
        f"/api/held-images/{held.id}/release", json={"boxes": [box]}
    )
    assert answer.status_code == 422
    assert len(waiting(archive)) == 1


def test_what_is_stated_clean_is_held_only_for_text_that_is_found(archive):
    plain = dicoms.radiograph(array=dicoms.pattern(96, 200))
    assert archive.bring(plain).state == "accepted"
    written = dicoms.radiograph(seed=1, array=written_on(dicoms.pattern(96, 200)))
    assert archive.bring(written).state == "held"
    (held,) = waiting(archive)
    assert held.reasons == ["text_found"]


def test_text_on_a_ct_slice_is_found_and_vessels_are_not_text(archive):
    assert archive.bring(dicoms.ct_slice()).state == "accepted"
    written = written_on(dicoms.pattern(128, 256, signed=True))
    assert archive.bring(dicoms.ct_slice(seed=3, array=written)).state == "held"


def test_a_project_may_vouch_for_its_pixels(archive, client):
    browser = client(archive.owner)
    address = f"/api/projects/{archive.project.id}/deidentification"
    browser.patch(address, json={"hold_suspected": False})
    assert archive.bring(ultrasound()).state == "accepted"
    assert archive.rows(Instance)[0].burned_in_suspected
