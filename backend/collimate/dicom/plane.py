"""How a volume is cut into images: which axis is the stack, and what lies up and left.

Axes are reordered and flipped, never resampled. Points are LPS mm (PS3.3 C.7.6.2.1.1).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collimate.dicom.rejection import Rejected, RejectionCode

# two axes of an image may miss a right angle by this cosine; PS3.3 C.7.6.2.1.1 asks for one
_SQUARE = 1e-4
_THICK = 1.2
# For an image plane across x, y or z: along its rows, down its columns, through the stack.
# (axis, sign) in LPS: axial seen from the feet, coronal from the front, sagittal from the left.
_VIEWS = {
    0: ((1, 1), (2, -1), (0, 1)),
    1: ((0, 1), (2, -1), (1, 1)),
    2: ((0, 1), (1, 1), (2, 1)),
}


@dataclass(frozen=True)
class Plane:
    """`axes` are the voxel axes along (column index, row index, slice index), `flips` say which
    run backwards; `matrix` (4 × 4) leads from those indices to LPS mm."""

    axes: tuple[int, int, int]
    flips: tuple[bool, bool, bool]
    matrix: NDArray[Any]
    is_in_space: bool

    def reorder(self, volume: NDArray[Any]) -> NDArray[Any]:
        """(i, j, k) to (slice, row, column)."""
        column, row, through = self.axes
        stack = volume.transpose(through, row, column)
        steps = tuple(slice(None, None, -1 if flip else None) for flip in reversed(self.flips))
        return stack[steps]

    @property
    def pixel_spacing_mm(self) -> tuple[float, float]:
        """(between rows, between columns)."""
        lengths = np.linalg.norm(self.matrix[:3, :3], axis=0)
        return float(lengths[1]), float(lengths[0])

    @property
    def orientation(self) -> list[float]:
        """Direction cosines of a row, then of a column."""
        columns = self.matrix[:3, :2] / np.linalg.norm(self.matrix[:3, :2], axis=0)
        return [float(one) for one in columns.T.ravel()]

    @property
    def normal(self) -> NDArray[Any]:
        """Unit vector out of the image plane."""
        cosines = self.orientation
        return np.cross(cosines[:3], cosines[3:])

    @property
    def slice_spacing_mm(self) -> float:
        """Between neighbouring images, along the normal."""
        return float(abs(np.dot(self.matrix[:3, 2], self.normal)))

    def position(self, slice_index: int) -> list[float]:
        """The centre of the first voxel of an image, LPS mm."""
        return [float(one) for one in self.matrix[:3, 3] + slice_index * self.matrix[:3, 2]]


def lay_out(
    affine: NDArray[Any] | None,
    spacing_mm: tuple[float, float, float],
    shape: tuple[int, ...],
) -> Plane:
    """Choose the plane: across the axis with clearly the largest spacing, else axial.

    Without an affine the stored order stays, and nothing is said about space.

    Raises:
        Rejected: `sheared_volume` where no image plane with right angles exists.
    """
    if affine is None:
        matrix = np.diag([*spacing_mm, 1.0])
        return Plane((0, 1, 2), (False, False, False), matrix, is_in_space=False)
    nearest = _nearest_axes(affine)
    across = _across(np.linalg.norm(affine[:3, :3], axis=0), nearest)
    axes, flips = [], []
    for world, sign in _VIEWS[across]:
        voxel = nearest.index(world)
        axes.append(voxel)
        flips.append(bool(affine[world, voxel] * sign < 0))
    matrix = np.eye(4)
    matrix[:3, 3] = affine[:3, 3]
    for column, (voxel, flip) in enumerate(zip(axes, flips, strict=True)):
        step = affine[:3, voxel]
        matrix[:3, column] = -step if flip else step
        if flip:
            matrix[:3, 3] += step * (shape[voxel] - 1)
    plane = Plane(
        (axes[0], axes[1], axes[2]), (flips[0], flips[1], flips[2]), matrix, is_in_space=True
    )
    _check(plane)
    return plane


def _nearest_axes(affine: NDArray[Any]) -> list[int]:
    """For each voxel axis the world axis it runs along, each world axis once."""
    cosines = np.abs(affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0))
    nearest = [-1, -1, -1]
    for _ in range(3):
        world, voxel = np.unravel_index(int(np.argmax(cosines)), (3, 3))
        nearest[int(voxel)] = int(world)
        cosines[world, :] = cosines[:, voxel] = -1.0
    return nearest


def _across(spacing: NDArray[Any], nearest: list[int]) -> int:
    thickest = int(np.argmax(spacing))
    others = np.delete(spacing, thickest).max()
    return nearest[thickest] if spacing[thickest] >= _THICK * others else 2


def _check(plane: Plane) -> None:
    cosines = plane.orientation
    if abs(np.dot(cosines[:3], cosines[3:])) > _SQUARE or plane.slice_spacing_mm < 1e-6:
        raise Rejected(RejectionCode.sheared_volume)
