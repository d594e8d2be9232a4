"""Answers prompts by a given network as it was taught: prompt after prompt, each with the mask
before, first at the scale of the prompt, wider while the mask changes at the border of what is
seen, and then again in patches of full size. Source of the course: nnInteractive (Isensee, Rokuss,
Krämer et al. 2025, arXiv:2503.08373) and its inference session.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from threading import Lock
from typing import TypeVar

import numpy as np
import torch

from collimate.ml.memory import available_bytes, free_unused, is_out_of_memory
from collimate.ml.prompts.given.look import Look
from collimate.ml.prompts.given.marks import mark_of
from collimate.ml.prompts.given.recipe import Recipe, Triple
from collimate.ml.prompts.given.unet import Network
from collimate.ml.prompts.given.view import View, grey_of
from collimate.ml.prompts.prompt import Check, Found, Mask, NoMemory, Prompt, Stack

NAME = "nninteractive"
MOST_KNOWN = 48
FIELDS_AT_ONCE = 8
"""So many fields of the finest features are in memory while the network looks; measured: 6.7."""
Value = TypeVar("Value")
NOTHING = Found((0, 0, 0), np.zeros((0, 0, 0), dtype=bool))


@dataclass(frozen=True)
class _Packed:
    """A mask of a whole stack, as the bits of the part that has something."""

    shape: Triple
    part: tuple[slice, ...]
    bits: bytes

    @staticmethod
    def of(mask: Mask) -> "_Packed":
        first, second, third = mask.shape
        sides = [np.flatnonzero(mask.any(axis=axis)) for axis in ((1, 2), (0, 2), (0, 1))]
        part = tuple(slice(one[0], one[-1] + 1) if one.size else slice(0, 0) for one in sides)
        return _Packed((first, second, third), part, np.packbits(mask[part]).tobytes())

    def mask(self) -> Mask:
        whole = np.zeros(self.shape, dtype=bool)
        inside = whole[self.part]
        bits = np.frombuffer(self.bits, dtype=np.uint8)
        inside[...] = np.unpackbits(bits, count=inside.size).reshape(inside.shape)
        return whole


class GivenSegmenter:
    """A network with its recipe, on a device; `patch` is what it is shown there at once.

    The answer depends on the stack and the prompts, in their order, alone. What the same prompts
    gave before is remembered, so that one more prompt costs one step and taking it back none.
    """

    name = NAME

    def __init__(
        self, network: Network, recipe: Recipe, version: str, *, device: torch.device,
        patch: Triple | None = None,
    ) -> None:  # fmt: skip
        self.version = version
        self._network = network.to(device).eval()
        self._recipe, self._device = recipe, device
        self._patch = patch or recipe.patch
        self._known: OrderedDict[Hashable, _Packed] = OrderedDict()
        self._grey: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._turn = Lock()

    def segment(
        self, stack: Stack, prompts: Sequence[Prompt], *, through_frames: bool, check: Check
    ) -> Found:
        """See `Segmenter`. Nothing is found without a positive prompt.

        Raises:
            NoMemory: the device has too little for one patch.
        """
        if not through_frames and prompts:
            frame_index = prompts[-1].frame_index
            prompts = [one for one in prompts if one.frame_index == frame_index]
        if not any(prompt.is_positive for prompt in prompts):
            return NOTHING
        while not self._turn.acquire(timeout=0.1):
            check(0.0)
        try:
            self._require_memory()
            mask = self._answer(stack, tuple(prompts), check)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            free_unused()
            raise NoMemory from error
        finally:
            self._turn.release()
            if self._device.type == "cuda":
                free_unused()  # the ML worker may need it
        if through_frames:
            return Found((0, 0, 0), mask)
        at = prompts[-1].frame_index
        return Found((at, 0, 0), mask[at : at + 1])

    def _require_memory(self) -> None:
        """A GPU says itself when it has too little; a processor's memory is looked at before."""
        if self._device.type == "cuda":
            return
        field = 4 * prod(self._patch) * self._recipe.architecture.features[0]
        available = available_bytes()
        if available is not None and available < FIELDS_AT_ONCE * field:
            raise NoMemory

    def _answer(self, stack: Stack, prompts: tuple[Prompt, ...], check: Check) -> Mask:
        key = (stack.key, self._patch)
        if key not in self._grey:
            _remember(self._grey, key, grey_of(stack, check))
        view = View(stack, self._recipe, self._patch, self._device, self._grey[key])
        marks = [mark_of(prompt, stack.shape, self._recipe) for prompt in prompts]
        shown = next(at for at, prompt in enumerate(prompts) if prompt.is_positive)
        done, mask = shown, np.zeros(stack.shape, dtype=bool)
        for count in range(len(prompts), shown, -1):
            packed = self._known.get((key, prompts[:count]))
            if packed is not None:
                done, mask = count, packed.mask()
                break
        for count in range(done + 1, len(prompts) + 1):
            step = partial(check, (count - 1) / len(prompts))
            mask = Look(view, self._network, marks[:count], step).after(mask)
            _remember(self._known, (key, prompts[:count]), _Packed.of(mask))
        return mask


def _remember(known: OrderedDict[Hashable, Value], key: Hashable, value: Value) -> None:
    known[key] = value
    while len(known) > MOST_KNOWN:
        known.popitem(last=False)
