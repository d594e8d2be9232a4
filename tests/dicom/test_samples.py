"""Real files from many makers: every one ends as expected, and DCMTK sees the same pixels."""

import hashlib
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels.processing import apply_color_lut
from tools.make_sample_outcomes import (
    PAGE,
    PICTURES,
    Outcome,
    line_of,
    look,
    page,
    picture_files,
    picture_lines,
    read_picture,
    sample_files,
)

from collimate.dicom import kinds
from collimate.dicom.prepared import PreparedInstance
from collimate.dicom.progressive import HTJ2K_LOSSLESS_RPCL
from collimate.dicom.rejection import Rejected
from tests import dicoms, independent
from tests.conftest import sample_data
from tests.dicom.conftest import Outcome as Prepared

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


@dataclass
class Looked:
    """What became of every sample and every file that comes with pydicom.

    `compressed` holds the frames of those that came compressed, by transfer syntax and file.
    """

    outcomes: list[Outcome]
    leaks: list[str]
    compressed: dict[str, dict[Path, np.ndarray]]


@pytest.fixture(scope="module")
def looked(sandbox) -> Looked:
    found = Looked([], [], {})

    def seen(source: Path, out: Path, prepared: PreparedInstance) -> None:
        found.leaks.extend(_names_left(source, out / "instance.dcm", source.name))
        syntax = prepared.original_transfer_syntax_uid
        if syntax in kinds.ENCAPSULATED:
            frames = Prepared(prepared, out).frames()
            found.compressed.setdefault(syntax, {})[source] = frames

    found.outcomes = look(sample_files(DATA), sandbox, seen)
    return found


@needs_samples
def test_every_sample_ends_as_expected(looked, capsys):
    table = {
        f"{one.folder}/{one.name}": "ok" if one.prepared else one.code
        for one in looked.outcomes
        if not one.folder.startswith("pydicom: ")
    }
    with capsys.disabled():
        print(f"\n{len(table)} sample files: {dict(Counter(table.values()))}")
    assert len(table) > 150
    wrong = {name: end for name, end in table.items() if end != expected_ending(name)}
    assert not wrong


def test_no_file_keeps_a_name(looked):
    assert not looked.leaks


def test_the_page_of_outcomes_says_what_becomes_of_the_files_of_pydicom(looked):
    lines = PAGE.read_text().splitlines()
    mine = [one for one in looked.outcomes if one.folder.startswith("pydicom: ")]
    assert len(mine) > 150
    assert [one.name for one in mine if line_of(one) not in lines] == []


@needs_samples
def test_the_page_of_outcomes_is_whole_and_up_to_date(looked):
    """Otherwise run tools/make_sample_outcomes.py."""
    text = PAGE.read_text()
    assert page(looked.outcomes, picture_lines(text)) == text


@needs_samples
@pytest.mark.parametrize("folder", PICTURES)
def test_labelled_pictures_end_as_the_page_says(sandbox, folder):
    files = picture_files(DATA, folder)
    (line,) = (one for one in picture_lines(PAGE.read_text()) if f" {folder} " in one)
    assert f" {len(files):,} {PICTURES[folder].upper()} " in line
    for path in files[7 :: len(files) // 3]:
        assert read_picture(sandbox, path) in line


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


# what they make of these files is known to be wrong
WRONG = {
    ("HTJ2K_08_RGB.dcm", "OpenJPH"): "lets 256 become 0 where it should stay 255",
    ("J2K_pixelrep_mismatch.dcm", "opj_decompress"): "knows no Pixel Representation",
    ("SC_rgb_rle_16bit.dcm", "gdcmconv"): "mixes up the planes",
}


@pytest.mark.parametrize("syntax", sorted(kinds.ENCAPSULATED - {HTJ2K_LOSSLESS_RPCL}))
def test_every_decoder_there_is_sees_the_same_pixels(looked, tmp_path, syntax):
    """The table of docs/dicom-conformance.md."""
    tools = independent.decoders(syntax)
    if not [tool for tool in tools if tool != independent.OPENJPH]:
        pytest.skip("DCMTK, GDCM and OpenJPEG are not installed: sh tools/install_test_tools.sh")
    files = looked.compressed.get(syntax, {})
    if not files:
        pytest.skip("none of the files that come with pydicom is compressed so: sample images are")
    compared = dict.fromkeys(tools, 0)
    for path, ours in files.items():
        for tool in tools:
            theirs = independent.decode_with(tool, path, tmp_path)
            if theirs is None or (path.name, tool) in WRONG:
                continue
            theirs = _palette_applied(theirs, path)
            assert ours.shape == theirs.shape, (path.name, tool)
            # inverse cosine and colour transforms may round one value differently
            tolerance = 1 if syntax in (dicoms.JPEG_BASELINE, kinds.JPEG_EXTENDED) else 0
            assert np.abs(ours.astype(int) - theirs).max() <= tolerance, (path.name, tool)
            compared[tool] += 1
    assert sum(compared.values()) >= len(files)


def _palette_applied(values: np.ndarray, path: Path) -> np.ndarray:
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    if dataset.PhotometricInterpretation != "PALETTE COLOR":
        return values
    return apply_color_lut(values, dataset) >> 8


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
        for path in sorted(DATA.glob("*/*.dcm"))
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
