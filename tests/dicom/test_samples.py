"""Real files from many makers: every one ends as expected, and DCMTK sees the same pixels."""

import hashlib
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pydicom
import pytest

from collimate.dicom.rejection import Rejected
from tests.conftest import sample_data

DATA = sample_data()
needs_samples = pytest.mark.skipif(
    DATA is None, reason="no sample images: set COLLIMATE_SAMPLE_DATA to their folder"
)

# files that cannot be read as images, and why
REFUSED = {
    "charset/chrJapMulti.dcm": "no_pixel_data",
    "charset/chrJapMultiExplicitIR6.dcm": "no_pixel_data",
    "charset/chrKoreanMulti.dcm": "no_pixel_data",
    "charset/chrSQEncoding.dcm": "no_pixel_data",
    "charset/chrSQEncoding1.dcm": "no_pixel_data",
    "compressed/CTImage.dcm_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm": (
        "unsupported_transfer_syntax"
    ),
    "compressed/CTImage.dcm_JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm": (
        "unsupported_transfer_syntax"
    ),
    "odd/ExplVR_BigEndNoMeta.dcm": "derived_object",
    "odd/ExplVR_LitEndNoMeta.dcm": "derived_object",
    "odd/JPEG2000-embedded-sequence-delimiter.dcm": "undecodable",
    "odd/MR_truncated.dcm": "truncated",
    "odd/UN_sequence.dcm": "no_pixel_data",
    "odd/badVR.dcm": "derived_object",
    "odd/meta_missing_tsyntax.dcm": "malformed",
    "odd/nested_priv_SQ.dcm": "bad_dimensions",
    "odd/no-pixel-data.dcm": "derived_object",
    "odd/no_meta.dcm": "not_dicom",
    "odd/no_meta_group_length.dcm": "no_pixel_data",
    "odd/rtplan_truncated.dcm": "truncated",
}
REFUSED_FOLDERS = {"sr-ann": "derived_object"}
OBJECTS = re.compile(r"seg/(?!0[123]|ct_image|sm_image).*|rtstruct/rt.*")


def expected_ending(name: str) -> str:
    if OBJECTS.fullmatch(name):
        return "derived_object"
    return REFUSED.get(name, REFUSED_FOLDERS.get(name.split("/", maxsplit=1)[0], "ok"))


def sample_files() -> list[Path]:
    return sorted(DATA.glob("*/*.dcm")) if DATA is not None else []


@needs_samples
def test_every_sample_ends_as_expected(prepare_file, capsys):
    table: dict[str, str] = {}
    leaks: list[str] = []
    for path in sample_files():
        name = path.relative_to(DATA).as_posix()
        try:
            outcome = prepare_file(path)
        except Rejected as rejected:
            table[name] = str(rejected.code)
        else:
            table[name] = "ok"
            leaks += _names_left(path, outcome.out / "instance.dcm", name)
            shutil.rmtree(outcome.out)
    with capsys.disabled():
        print(f"\n{len(table)} sample files: {dict(Counter(table.values()))}")
    assert len(table) > 150
    wrong = {name: end for name, end in table.items() if end != expected_ending(name)}
    assert not wrong
    assert not leaks


def _names_left(source: Path, stored: Path, name: str) -> list[str]:
    """Identifying texts of the source that are still in the header that is stored."""
    dataset = pydicom.dcmread(source, force=True, stop_before_pixels=True)
    kept = pydicom.dcmread(stored, stop_before_pixels=True).to_json()
    keywords = ("PatientName", "PatientID", "AccessionNumber", "InstitutionName", "StudyID")
    texts = [str(dataset.get(keyword) or "") for keyword in keywords]
    uids = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")
    texts += [str(dataset.get(keyword) or "") for keyword in uids]
    return [name for text in texts if len(text) > 5 and text in kept]


@needs_samples
def test_a_truncated_volume_slice_is_recognised_wherever_it_is_cut(prepare, tmp_path):
    whole = sorted((DATA / "ct-chest-volume").glob("*.dcm"))[0].read_bytes()
    for share in (0.3, 0.6, 0.99):
        with pytest.raises(Rejected) as caught:
            prepare(whole[: int(len(whole) * share)])
        assert caught.value.code == "truncated"


DCMTK = {
    "compressed/CTImage.dcm_JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57.dcm": "dcmdjpeg",
    "compressed/CTImage.dcm_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm": "dcmdjpeg",
    "compressed/CTImage.dcm_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm": "dcmdjpeg",
    "compressed/CTImage.dcm_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm": "dcmdjpeg",
    "compressed/CTImage.dcm_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm": "dcmdjpls",
    "compressed/MR_small_jpeg_ls_lossless.dcm": "dcmdjpls",
    "compressed/CTImage.dcm_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm": "dcmdrle",
    "compressed/MR_small_RLE.dcm": "dcmdrle",
    "compressed/TestPattern_JPEG-Lossless_RGB.dcm": "dcmdjpeg",
}


@needs_samples
@pytest.mark.parametrize("name", DCMTK)
def test_dcmtk_decodes_the_same_pixels(prepare_file, tmp_path, name):
    tool = shutil.which(DCMTK[name])
    if tool is None:
        pytest.skip(f"{DCMTK[name]} is not installed")
    decoded = tmp_path / "decoded.dcm"
    subprocess.run([tool, DATA / name, decoded], check=True, capture_output=True)
    theirs = pydicom.dcmread(decoded).pixel_array
    ours = prepare_file(DATA / name).frame()
    assert ours.shape == theirs.shape
    # two inverse cosine transforms may round one value differently
    tolerance = 1 if "Process1T" in name or "Process2_4" in name else 0
    assert np.abs(ours.astype(int) - theirs.astype(int)).max() <= tolerance


@needs_samples
@pytest.mark.skipif(shutil.which("dcmdump") is None, reason="dcmdump is not installed")
@pytest.mark.parametrize(
    "name",
    [
        "cr-dx/RG1_J2KI.dcm",
        "odd/MR_small_implicit.dcm",
        "odd/MR_small_bigendian.dcm",
        "enhanced-multiframe/emri_small_big_endian.dcm",
        "ultrasound/OBXXXX1A_rle_2frame.dcm",
        "odd/mlut_18.dcm",
    ],
)
def test_dcmtk_reads_what_is_stored(prepare_file, name):
    outcome = prepare_file(DATA / name)
    dumped = subprocess.run(
        ["dcmdump", "-q", "+P", "0008,0018", "+P", "0020,000d", outcome.out / "instance.dcm"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert dumped.stderr == ""
    assert outcome.prepared.sop_instance_uid in dumped.stdout
    assert outcome.prepared.study_uid in dumped.stdout


@needs_samples
def test_one_image_in_many_syntaxes_is_one_image(prepare_file):
    lossless = ("LittleEndianExplicit", "LittleEndianImplicit", "BigEndian", "Deflated")
    lossless += ("JPEG2000LosslessOnly", "JPEGLSLossless", "JPEGProcess14T", "SV1", "RLE")
    paths = [
        path
        for path in sample_files()
        if path.name.startswith("CTImage") and any(word in path.name for word in lossless)
    ]
    digests = {hashlib.sha256(prepare_file(path).frame_bytes()).hexdigest() for path in paths}
    assert len(paths) == 9
    assert len(digests) == 1


@needs_samples
@pytest.mark.parametrize(
    "name", ["odd/color-px.dcm", "odd/color-pl.dcm", "compressed/TestPattern_RGB.dcm"]
)
def test_pydicom_reads_the_same_colours(prepare_file, name):
    theirs = pydicom.dcmread(DATA / name).pixel_array
    assert np.array_equal(prepare_file(DATA / name).frame(), theirs)


@needs_samples
def test_big_endian_words_and_bytes_are_put_right(prepare_file):
    for name in ("odd/ExplVR_BigEnd.dcm", "odd/MR_small_bigendian.dcm"):
        theirs = pydicom.dcmread(DATA / name).pixel_array
        assert np.array_equal(prepare_file(DATA / name).frame(), theirs)
    swapped = DATA / "enhanced-multiframe/emri_small_big_endian.dcm"
    straight = DATA / "enhanced-multiframe/emri_small.dcm"
    assert np.array_equal(prepare_file(swapped).frames(), prepare_file(straight).frames())
