"""The pointing game: how often the strongest place of a heat map lies in the lesion.

    .venv/bin/python bench/pointing.py [--cases 600] [--seed 7] [--heads 20]

Radiographs as `collimate demo` draws them; the head is fitted on half of the patients as a round
fits it, on scattering alone and on scattering with an encoder trained on those images (--steps),
and asked on the other half about the class each case has. Chance is said twice: the share of the
image that lesions cover, and how often the same maps hit when shuffled between images, which takes
out that lesions and maps both like the middle of the picture.
"""

import argparse
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy import ndimage

from collimate.demo.lesions import CLASSES
from collimate.demo.radiographs import Case, cohort, draw
from collimate.ml import descriptors, self_supervised
from collimate.ml.encoder import SIDE, Encoder, Network, load_encoder, stage_maps
from collimate.ml.explain import descriptor_evidence, encoder_evidence, joined
from collimate.ml.features import fit_space
from collimate.ml.heads import Head, fit_head
from collimate.ml.images import content_box, model_image, resize, to_bytes
from collimate.ml.map_check import hits, randomised

SHOWN = 96
TOLERANCE = 0.02
"""Of the side of the image, around a lesion, as in the pointing game's paper (15 of 768 pixels)."""


def seen(case: Case) -> dict[str, Any]:
    """Draw a case; keep what encoders see of it and where its lesion lies in that square."""
    found = draw(case)
    region = np.zeros((SHOWN, SHOWN), dtype=bool)
    if found.mask is not None:
        top, left, bottom, right = content_box(*found.mask.shape, size=SHOWN)
        small = resize(found.mask.astype(np.float32), bottom - top, right - left) > 0.5
        region[top:bottom, left:right] = small
        region = ndimage.binary_dilation(region, iterations=max(1, round(TOLERANCE * SHOWN)))
    small = model_image(found.pixels, size=descriptors.SIDE)
    return {
        "key": CLASSES.index(case.label_key), "patient": case.patient_number, "region": region,
        "scattering": descriptors.scattering(small[None])[0],
        "bytes": to_bytes(model_image(found.pixels, size=SIDE)),
    }  # fmt: skip


class Game:
    """One feature space with its trained head, and the maps of the cases that are asked about."""

    def __init__(self, cases: list[dict[str, Any]], encoder: Encoder | None) -> None:
        self.cases = cases
        self.blocks = {"scattering": np.stack([case["scattering"] for case in cases])}
        if encoder is not None:
            self.maps = stage_maps(encoder, np.stack([case["bytes"] for case in cases]))
            self.blocks["simclr"] = self.maps.mean(axis=(2, 3))
        self.labels = np.array([case["key"] for case in cases])
        people = np.array([case["patient"] for case in cases])
        own = people % 2 == 0
        learned = {name: values[own] for name, values in self.blocks.items()}
        self.space = fit_space(learned)
        self.head = fit_head(
            self.space.transform(learned), self.labels[own], class_count=len(CLASSES), seed=0,
            patients=people[own].astype(str),
        )  # fmt: skip
        self.asked = [n for n in np.flatnonzero(~own) if cases[n]["region"].any()]

    def maps_of(self, head: Head, maps: np.ndarray | None = None) -> np.ndarray:
        """A map for every case that is asked about, for the class it has."""
        found = []
        for n in self.asked:
            index = int(self.labels[n])
            parts = [
                descriptor_evidence(
                    self.blocks["scattering"][n], self.space, head, index, block="scattering"
                )
            ]
            if "simclr" in self.blocks:
                deep = (self.maps if maps is None else maps)[n]
                parts.append(encoder_evidence(deep, self.space, head, index, block="simclr"))
            found.append(joined(parts, rows=SHOWN, columns=SHOWN))
        return np.stack(found)

    def report(self, name: str, heads: int) -> None:
        """Print hit rates of the trained head, of random heads, and of no head at all."""
        regions = np.stack([self.cases[n]["region"] for n in self.asked])
        own, shuffled, area = hits(self.maps_of(self.head), regions)
        print(f"{name}: {len(self.asked)} lesions, covering {area:.3f} of the image")
        print(f"  trained head         {own:.3f}, shuffled {shuffled:.3f}: {own / shuffled:.1f} x")
        rng = np.random.default_rng(0)
        drawn = [hits(self.maps_of(randomised(self.head, rng)), regions) for _ in range(heads)]
        own, shuffled, _ = np.mean(drawn, axis=0)
        print(f"  random heads         {own:.3f}, shuffled {shuffled:.3f}: {own / shuffled:.1f} x")
        turned = hits(self.maps_of(replace(self.head, coef=-self.head.coef)), regions)
        print(f"  the head, negated    {turned[0]:.3f}, shuffled {turned[1]:.3f}")
        if "simclr" in self.blocks:
            torch.manual_seed(1)
            network = Encoder(Network().eval(), "", {})
            other = stage_maps(network, np.stack([case["bytes"] for case in self.cases]))
            own, shuffled, _ = hits(self.maps_of(self.head, other), regions)
            print(f"  random encoder       {own:.3f}, shuffled {shuffled:.3f}")


def main() -> None:
    """Run it and print."""
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--cases", type=int, default=600)
    said.add_argument("--seed", type=int, default=7)
    said.add_argument("--heads", type=int, default=20)
    said.add_argument("--steps", type=int, default=150)
    asked = said.parse_args()
    with ProcessPoolExecutor(2) as workers:
        cases = list(workers.map(seen, cohort(asked.cases, seed=asked.seed), chunksize=8))
    Game(cases, None).report("scattering", asked.heads)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "encoder.safetensors"
        images = np.stack([case["bytes"] for case in cases if case["patient"] % 2 == 0])
        self_supervised.train(images, out=out, seed=0, steps=asked.steps)
        Game(cases, load_encoder(out)).report("scattering and encoder", asked.heads)


if __name__ == "__main__":
    main()
