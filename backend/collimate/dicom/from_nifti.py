"""Write a NIfTI volume as a DICOM series of single-frame images. Runs inside the sandbox child.

No voxel is interpolated and none is moved in space: axes are only reordered and flipped, so that
images lie as radiologists look at them, and their positions follow.
Source: https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h; PS3.3 C.7.6.2 (image plane).
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.valuerep import DSfloat

from collimate.dicom import kinds
from collimate.dicom.limits import LIMITS, Limits
from collimate.dicom.new_object import Facts, add_pixel_module, new_dataset, new_uid, write_object
from collimate.dicom.plane import Plane, lay_out
from collimate.dicom.rejection import Rejected, RejectionCode

_GZIP = b"\x1f\x8b"
_PIECE = 1 << 20
_SOP_CLASSES = {"MR": kinds.MR_IMAGE, "CT": kinds.CT_IMAGE}
# nifti1.h: xyzt_units; unknown units are millimetres and seconds by common use
_MM = {1: 1000.0, 2: 1.0, 3: 0.001}
_MS = {8: 1000.0, 16: 1.0, 24: 0.001}
_RGB = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])


@dataclass(frozen=True)
class _Volume:
    """`voxels` (i, j, k, t) as stored; real value = stored × slope + intercept.

    `affine` leads from voxel indices to LPS mm; None where the file knows no orientation.
    """

    voxels: NDArray[Any]
    affine: NDArray[Any] | None
    spacing_mm: tuple[float, float, float]
    slope: float
    intercept: float
    repetition_ms: float | None
    space: int


def nifti_to_dicom(source: Path, out: Path, facts: Facts, limits: Limits = LIMITS) -> int:
    """Write one file a slice and time point into the folder `out`; answers how many.

    NIfTI-1 and NIfTI-2 in one file, plain or gzipped, up to four dimensions.

    Raises:
        Rejected: `bad_volume`, `sheared_volume`, `truncated`, `too_large`, `inflate_bomb`,
            `bad_dimensions` or `unsupported_pixel_format`.
    """
    if source.stat().st_size > limits.file_bytes:
        raise Rejected(RejectionCode.too_large)
    volume = _read(_inflated(source, out, limits), limits)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    plane = lay_out(volume.affine, volume.spacing_mm, volume.voxels.shape[:3])
    pixels = _Stored.choose(volume)
    template = _template(volume, plane, pixels, facts)
    count = 0
    for time_index in range(volume.voxels.shape[3]):
        stack = plane.reorder(volume.voxels[:, :, :, time_index])
        for slice_index, image in enumerate(stack):
            count += 1
            _place(template, volume, plane, (time_index, slice_index, count))
            key = (facts.study_key, facts.series_key, digest, str(time_index), str(slice_index))
            template.SOPInstanceUID = new_uid("instance", *key)
            write_object(template, pixels.stored(image), out / f"{count:06d}.dcm")
    return count


def _inflated(source: Path, out: Path, limits: Limits) -> Path:
    """The file itself, or an inflated copy made under a cap; the copy goes with its folder."""
    with source.open("rb") as file:
        if file.read(2) != _GZIP:
            return source
    target, total = out / "volume", 0
    most = max(limits.decoded_free_bytes, source.stat().st_size * limits.decoded_ratio)
    try:
        with gzip.open(source) as packed, target.open("wb") as plain:
            while piece := packed.read(_PIECE):
                total += len(piece)
                if total > min(most, limits.decoded_bytes + limits.header_bytes):
                    raise Rejected(RejectionCode.inflate_bomb)
                plain.write(piece)
    except EOFError:
        raise Rejected(RejectionCode.truncated) from None
    except (zlib.error, gzip.BadGzipFile):
        raise Rejected(RejectionCode.bad_volume) from None
    return target


def _read(path: Path, limits: Limits) -> _Volume:
    header = _header(path)
    shape = _shape(header, limits)
    dtype = header.get_data_dtype()
    is_colour = dtype == _RGB
    if not is_colour and dtype.kind not in "uif":
        raise Rejected(RejectionCode.unsupported_pixel_format)
    count = int(np.prod(shape, dtype=np.int64))
    if count * max(dtype.itemsize, 2) > limits.decoded_bytes:
        raise Rejected(RejectionCode.too_large)
    offset = float(header["vox_offset"])
    if not offset.is_integer() or offset < header.sizeof_hdr:
        raise Rejected(RejectionCode.bad_volume)
    if int(offset) + count * dtype.itemsize > path.stat().st_size:
        raise Rejected(RejectionCode.truncated)
    voxels = np.memmap(path, dtype, mode="r", offset=int(offset), shape=shape, order="F")
    slope, intercept = _scaling(header, is_colour=is_colour)
    millimetres = _MM.get(int(header["xyzt_units"]) & 0x07, 1.0)
    affine, space = _affine(header, millimetres)
    spacing = [_spacing_mm(float(one), millimetres) for one in header["pixdim"][1:4]]
    return _Volume(
        voxels=voxels,
        affine=affine,
        spacing_mm=(spacing[0], spacing[1], spacing[2]),
        slope=slope,
        intercept=intercept,
        repetition_ms=_repetition_ms(header) if shape[3] > 1 else None,
        space=space,
    )


def _header(path: Path) -> Any:
    with path.open("rb") as file:
        start = file.read(8)
        file.seek(0)
        sizes = (int.from_bytes(start[:4], order) for order in ("little", "big"))
        kind = {348: nib.Nifti1Header, 540: nib.Nifti2Header}
        for size in sizes:
            if size in kind:
                try:
                    return kind[size].from_fileobj(file, check=True)
                except (HeaderDataError, ValueError, TypeError, OSError):
                    break
    raise Rejected(RejectionCode.bad_volume)


def _shape(header: Any, limits: Limits) -> tuple[int, int, int, int]:
    """(i, j, k, t); trailing dimensions of one are dropped, missing ones are one."""
    if bytes(header["magic"].item())[:3] not in (b"n+1", b"n+2"):
        raise Rejected(RejectionCode.bad_volume)  # the voxels lie in another file
    rank = int(header["dim"][0])
    if not 1 <= rank <= 7:
        raise Rejected(RejectionCode.bad_volume)
    dims = [int(one) for one in header["dim"][1 : rank + 1]]
    if any(one < 1 for one in dims):
        raise Rejected(RejectionCode.bad_dimensions)
    if any(one != 1 for one in dims[4:]):
        raise Rejected(RejectionCode.unsupported_pixel_format)
    shape = (*dims, 1, 1, 1, 1)[:4]
    most = min(limits.rows, limits.columns)
    if max(shape[:3]) > most or shape[3] * max(shape[:3]) > limits.frames:
        raise Rejected(RejectionCode.bad_dimensions)
    return (shape[0], shape[1], shape[2], shape[3])


def _scaling(header: Any, *, is_colour: bool) -> tuple[float, float]:
    """A slope of zero means that there is no scaling; so do values that are no numbers."""
    slope, intercept = float(header["scl_slope"]), float(header["scl_inter"])
    if is_colour or slope == 0 or not np.isfinite((slope, intercept)).all():
        return 1.0, 0.0
    return slope, intercept


def _affine(header: Any, millimetres: float) -> tuple[NDArray[Any] | None, int]:
    """Voxel index to LPS mm, and the code of the space: the sform where it is set, else the qform.

    Raises:
        Rejected: `bad_volume` where it is set but leads nowhere.
    """
    for affine, code in ((header.get_sform(coded=False), int(header["sform_code"])),
                         (_qform(header), int(header["qform_code"]))):  # fmt: skip
        if code <= 0:
            continue
        if affine is None or not np.isfinite(affine).all():
            raise Rejected(RejectionCode.bad_volume)
        lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine.astype(float)
        lps[:3] *= millimetres
        if min(np.linalg.norm(lps[:3, :3], axis=0)) < 1e-6:
            raise Rejected(RejectionCode.bad_volume)
        return lps, code
    return None, 0


def _spacing_mm(stated: float, millimetres: float) -> float:
    """A spacing that is missing or no number is taken for one millimetre."""
    spacing = abs(stated) * millimetres
    return spacing if 0 < spacing < 1e6 else 1.0


def _qform(header: Any) -> NDArray[Any] | None:
    try:
        return np.asarray(header.get_qform(coded=False))
    except (HeaderDataError, ValueError):
        return None


def _repetition_ms(header: Any) -> float | None:
    repetition = float(header["pixdim"][4]) * _MS.get(int(header["xyzt_units"]) & 0x38, 1000.0)
    return repetition if np.isfinite(repetition) and 0 < repetition < 1e9 else None


@dataclass(frozen=True)
class _Stored:
    """How voxels become pixels: kept as they are, or counted in steps of `slope`."""

    dtype: np.dtype[Any]
    slope: float
    intercept: float
    low: float
    high: float
    is_counted: bool

    @classmethod
    def choose(cls, volume: _Volume) -> "_Stored":
        """Integers that fit 16 bits stay exact; all else is rounded to 65,536 steps.

        Raises:
            Rejected: `bad_volume` where no voxel has a finite value.
        """
        kind = volume.voxels.dtype
        if kind == _RGB:
            return cls(np.dtype("u1"), 1.0, 0.0, 0, 255, False)
        low, high, is_whole = _extent(volume.voxels)
        for name in ("u1", "u2", "i2"):
            wanted = np.dtype(name)
            fits = np.iinfo(wanted).min <= low and high <= np.iinfo(wanted).max
            if is_whole and fits and wanted.itemsize >= min(kind.itemsize, 2):
                return cls(wanted, volume.slope, volume.intercept, low, high, False)
        step = (high - low) / 65_535 or 1.0
        slope, intercept = volume.slope * step, volume.slope * low + volume.intercept
        return cls(np.dtype("u2"), slope, intercept, low, high, True)

    def stored(self, image: NDArray[Any]) -> NDArray[Any]:
        """The pixels of one image, (row, column) or (row, column, RGB)."""
        if image.dtype == _RGB:
            return np.stack([image["R"], image["G"], image["B"]], axis=-1)
        if not self.is_counted:
            return image.astype(self.dtype)
        finite = np.nan_to_num(image.astype(float), nan=self.low, posinf=self.high, neginf=self.low)
        steps = np.rint((finite - self.low) / ((self.high - self.low) / 65_535 or 1.0))
        return np.clip(steps, 0, 65_535).astype(self.dtype)


def _extent(voxels: NDArray[Any]) -> tuple[float, float, bool]:
    """Lowest and highest finite value, and whether all are finite whole numbers."""
    lows, highs, is_whole = [], [], True
    for image in _planes(voxels):
        finite = image[np.isfinite(image)] if image.dtype.kind == "f" else image
        if image.dtype.kind == "f":
            is_whole = is_whole and finite.size == image.size and bool((finite % 1 == 0).all())
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    if not lows:
        raise Rejected(RejectionCode.bad_volume)
    return min(lows), max(highs), is_whole


def _planes(voxels: NDArray[Any]) -> Iterator[NDArray[Any]]:
    for time_index in range(voxels.shape[3]):
        for index in range(voxels.shape[2]):
            yield voxels[:, :, index, time_index]


def _template(volume: _Volume, plane: Plane, pixels: _Stored, facts: Facts) -> Dataset:
    """Everything but what differs from image to image."""
    dataset = new_dataset(facts)
    first = pixels.stored(plane.reorder(volume.voxels[:, :, :, 0])[0])
    is_grey = first.ndim == 2
    add_pixel_module(dataset, first)
    known = _SOP_CLASSES.get(facts.modality) if is_grey and plane.is_in_space else None
    dataset.SOPClassUID = known or kinds.SECONDARY_CAPTURE
    dataset.ImageType = ["DERIVED", "PRIMARY" if known else "SECONDARY"]
    if known is None:
        dataset.ConversionType = "WSD"
    else:
        _add_unknown(dataset, facts.modality)
    dataset.LossyImageCompression = "00"
    dataset.PixelSpacing = [_number(one) for one in plane.pixel_spacing_mm]
    if plane.is_in_space:
        dataset.SliceThickness = _number(plane.slice_spacing_mm)
        dataset.SpacingBetweenSlices = _number(plane.slice_spacing_mm)
        dataset.FrameOfReferenceUID = new_uid("frame", facts.study_key, str(volume.space))
        dataset.PositionReferenceIndicator = ""
        dataset.ImageOrientationPatient = [_number(one) for one in plane.orientation]
    if is_grey:
        dataset.RescaleSlope, dataset.RescaleIntercept = (
            _number(pixels.slope), _number(pixels.intercept),
        )  # fmt: skip
        dataset.RescaleType = "HU" if facts.modality == "CT" else "US"
        _add_window(dataset, volume)
    if volume.repetition_ms is not None:
        dataset.RepetitionTime = _number(volume.repetition_ms)
    return dataset


# what the modules of CT and MR images ask for and a volume does not say (PS3.3 C.8.2.1, C.8.3.1)
_UNKNOWN = {
    "CT": ("KVP", "AcquisitionNumber", "PatientPosition"),
    "MR": ("ScanOptions", "MRAcquisitionType", "EchoTime", "EchoTrainLength", "RepetitionTime",
           "PatientPosition"),
}  # fmt: skip


def _add_unknown(dataset: Dataset, modality: str) -> None:
    for keyword in _UNKNOWN.get(modality, ()):
        setattr(dataset, keyword, None)
    if modality == "CT":
        dataset.ImageType = [*dataset.ImageType, "AXIAL"]
    if modality == "MR":
        dataset.ImageType = [*dataset.ImageType, "OTHER"]
        # "research mode": the defined term for a sequence that has no other
        dataset.ScanningSequence, dataset.SequenceVariant = "RM", "NONE"


def _add_window(dataset: Dataset, volume: _Volume) -> None:
    """From the middle of the volume, leaving out the extremes."""
    middle = volume.voxels[:, :, volume.voxels.shape[2] // 2, 0].astype(float)
    values = middle[np.isfinite(middle)] * volume.slope + volume.intercept
    low, high = np.percentile(values, (0.5, 99.5)) if values.size else (0.0, 1.0)
    dataset.WindowCenter = _number((low + high) / 2)
    dataset.WindowWidth = _number(max(high - low, 1e-6))
    if high - low < 1:
        # PS3.3 C.11.2.1.2: the linear function knows no narrower window than 1
        dataset.VOILUTFunction = "LINEAR_EXACT"


def _place(dataset: Dataset, volume: _Volume, plane: Plane, indices: tuple[int, int, int]) -> None:
    time_index, slice_index, number = indices
    dataset.InstanceNumber = number
    if plane.is_in_space:
        position = plane.position(slice_index)
        dataset.ImagePositionPatient = [_number(one) for one in position]
        along = np.dot(position, plane.normal)
        dataset.SliceLocation = _number(float(along))
    if volume.voxels.shape[3] > 1:
        dataset.TemporalPositionIdentifier = time_index + 1
        dataset.NumberOfTemporalPositions = volume.voxels.shape[3]
        dataset.AcquisitionNumber = time_index + 1


def _number(value: float) -> DSfloat:
    """A decimal string of at most 16 characters (PS3.5 table 6.2-1)."""
    return DSfloat(float(value) + 0.0, auto_format=True)
