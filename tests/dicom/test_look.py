"""Where the pixels are searched for text, and what happens where memory ends meanwhile."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from collimate.dicom import patient, private
from collimate.dicom.look import spread
from tests import dicoms
from tests.studies.test_held import written_on


@given(st.integers(1, 20_000), st.integers(3, 12))
def test_the_first_the_middle_and_the_last_frame_are_in_every_sample(count, most):
    chosen = spread(count, most)
    assert {0, count // 2, count - 1} <= set(chosen)
    assert chosen == sorted(set(chosen))
    assert chosen[-1] < count
    assert len(chosen) == min(count, most)


@pytest.mark.parametrize("syntax", [dicoms.EXPLICIT, dicoms.RLE])
@pytest.mark.parametrize("written", [0, 10, 19])
def test_text_on_one_frame_of_a_cine_is_found(prepare, written, syntax):
    stack = np.stack([dicoms.colours(64, 220, seed=index) for index in range(20)])
    stack[written] = written_on(stack[written])
    cine = dicoms.multi_frame(
        array=stack, syntax=syntax, Modality="US", PhotometricInterpretation="RGB",
        BurnedInAnnotation="NO",
    )  # fmt: skip
    prepared = prepare(cine).prepared
    assert prepared.suspicions == ["text_found"]
    assert all(y < 20 and height < 40 for _, y, _, height in prepared.text_boxes)


def test_a_cine_without_text_is_not_suspected(prepare):
    stack = np.stack([dicoms.colours(64, 220, seed=index) for index in range(20)])
    cine = dicoms.multi_frame(
        array=stack, Modality="US", PhotometricInterpretation="RGB", BurnedInAnnotation="NO"
    )
    assert prepare(cine).prepared.suspicions == []


class Exhausted(Dataset):
    """A data set that finds no memory for its values."""

    def get(self, *_arguments):
        raise MemoryError


@pytest.mark.parametrize(
    "read",
    [
        lambda dataset: patient.text(dataset, "PatientID"),
        patient._stated_methods,
        lambda dataset: private._creator(dataset, 0x0043, 0x10),
    ],
)
def test_want_of_memory_is_never_taken_for_an_empty_value(read):
    with pytest.raises(MemoryError):
        read(Exhausted())
