"""One prompt's turn: the mask after it, from the mask before; see `segmenter.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from collimate.ml.device import half_precision_to_look
from collimate.ml.prompts.given.marks import Mark
from collimate.ml.prompts.given.recipe import Triple
from collimate.ml.prompts.given.unet import Network
from collimate.ml.prompts.given.view import Box, Step, View, opened
from collimate.ml.prompts.prompt import Mask

MOST_ZOOM, ZOOM_STEP = 4.0, 1.5
CHANGED, CHANGED_MOST = 100 / 192**2, 1500 / 192**2
"""How much of a side of what is seen may change, where the mask there changed by a fifth, and
where it did not; nnInteractive counts voxels of its patch of 192."""
CHANGED_SHARE = 0.2
OPENING = 5
MARGIN_OF = 8
"""One part in so many of a patch, at each of its sides, is left to the next patch."""


@dataclass(frozen=True)
class Look:
    """The network before a view, with the marks so far; `step` may raise to give up."""

    view: View
    network: Network
    marks: Sequence[Mark]
    step: Step

    def after(self, before: Mask) -> Mask:
        """The mask (frame, row, column) of the whole stack after the last mark."""
        newest = self.marks[-1]
        zoom = min(MOST_ZOOM, newest.zoom)
        while True:
            box = Box.around(newest.centre, self.view.patch, zoom)
            seen, old = self._seen(box, before)
            if zoom >= MOST_ZOOM or not changes_at_border(seen, old):
                break
            zoom = min(MOST_ZOOM, zoom * ZOOM_STEP)
        after = before.copy()
        if zoom == 1:
            _put(after, seen, box)
            return after
        return self._refined(after, seen, box)

    def _seen(self, box: Box, before: Mask) -> tuple[Tensor, Tensor]:
        """What the network finds in a box, as a patch of 0 and 1, and what was found before."""
        shown, old = self.view.shown(box, self.marks, before, self.step)
        with torch.inference_mode(), half_precision_to_look(self.view.device):
            odds = self.network(shown[None], self.step)[0]
        return (odds[1] > odds[0]).float(), old

    def _refined(self, before: Mask, seen: Tensor, box: Box) -> Mask:
        """Look again, patch by patch, where the coarse look differs from the mask before.

        The patches see the coarse mask, and what those before them made of it; only what was
        looked at again is taken over.
        """
        coarse = functional.interpolate(seen[None, None], box.size, mode="trilinear")[0, 0]
        context = before.copy()
        _put(context, coarse, box)
        part = box.inside((before.shape[0], before.shape[1], before.shape[2]))
        differs = torch.from_numpy((context[part] != before[part]).astype(np.float32))
        differs = opened(differs.to(self.view.device), OPENING)
        patch = self.view.patch
        low = (part[0].start, part[1].start, part[2].start)
        boxes = covering(differs.cpu().numpy() > 0, low, patch)
        boxes = boxes or [Box.around(self.marks[-1].centre, patch, 1.0)]
        for one in boxes:
            _put(context, self._seen(one, context)[0], one)
        after = before.copy()
        for one in boxes:
            place = one.inside((before.shape[0], before.shape[1], before.shape[2]))
            after[place] = context[place]
        return after


def _put(mask: Mask, seen: Tensor, box: Box) -> None:
    """Write what was seen in a box, as large as the box, where it lies in the stack."""
    shape = (mask.shape[0], mask.shape[1], mask.shape[2])
    mask[box.inside(shape)] = seen[box.within(shape)].cpu().numpy() >= 0.5


def changes_at_border(seen: Tensor, old: Tensor) -> bool:
    """Whether a mask of a patch goes on beyond it: it changed much on one of the six sides."""
    for axis in range(3):
        for at in (0, seen.shape[axis] - 1):
            new, was = seen.select(axis, at), old.select(axis, at)
            changed = float((new != was).float().mean())
            few, many = sorted((float(new.sum()), float(was.sum())))
            if changed > CHANGED_MOST:
                return True
            if changed > CHANGED and many > (1 + CHANGED_SHARE) * max(few, 1e-5):
                return True
    return False


def covering(wanted: Mask, low: Triple, patch: Triple) -> list[Box]:
    """Patches whose inner parts cover a mask that begins at `low`, the fullest first."""
    places = [np.flatnonzero(wanted.any(axis=axis)) for axis in ((1, 2), (0, 2), (0, 1))]
    if not all(one.size for one in places):
        return []
    inner = [side - 2 * (side // MARGIN_OF) for side in patch]
    begins = []
    for one, side in zip(places, inner, strict=True):
        extent = int(one[-1] - one[0]) + 1
        count = -(-extent // side)
        first = int(one[0]) - (count * side - extent) // 2
        begins.append([first + at * side for at in range(count)])
    found = []
    for corner in product(*begins):
        part = tuple(
            slice(max(0, at), max(0, at + side)) for at, side in zip(corner, inner, strict=True)
        )
        held = int(wanted[part].sum())
        if held:
            start = [
                first + at - side // MARGIN_OF
                for first, at, side in zip(low, corner, patch, strict=True)
            ]
            found.append((-held, Box((start[0], start[1], start[2]), patch)))
    return [box for _, box in sorted(found, key=lambda pair: (pair[0], pair[1].low))]
