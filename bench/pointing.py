"""The pointing game: how often the strongest place of a heat map lies in the lesion.

    .venv/bin/python bench/pointing.py [--cases 400] [--seed 11] [--steps 30] [--lessons 150]

Radiographs as `collimate demo` draws them, a third as large, each finding as often as the others.
The head is fitted on half of the patients as a round fits it and asked on the other half about the
class each case has: on scattering alone, with an encoder trained on those images without labels,
and with one that was taught their labels first, as a given one may have been. Chance is said
twice: the share of the image that lesions cover, and how often the same maps hit when shuffled
between images, which takes out that lesions and maps both like some places of the picture.
"""

import argparse
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy import ndimage
from torch import nn
from torch.nn import functional

from collimate.demo.lesions import CLASSES
from collimate.demo.radiographs import Case, cohort, draw
from collimate.ml import descriptors, self_supervised
from collimate.ml.augment import random_view
from collimate.ml.device import threads_of
from collimate.ml.encoder import (
    SIDE,
    WIDTHS,
    Encoder,
    Network,
    embed,
    load_encoder,
    save_encoder,
    stage_maps,
)
from collimate.ml.encoder import (
    randomised as other_weights,
)
from collimate.ml.explain import (
    Method,
    grad_cam_plus_plus,
    joined,
    linear_map,
    occlusion,
)
from collimate.ml.features import fit_space
from collimate.ml.heads import Head, fit_head
from collimate.ml.images import content_box, model_image, resize, to_bytes
from collimate.ml.map_check import hits, randomised

SHOWN = 96
SMALLER = 3
BATCH = 64
TOLERANCE = 0.02
"""Of the side of the image, around a lesion, as in the pointing game's paper (15 of 768 pixels)."""
BLOCK = "given"


def seen(case: Case) -> dict[str, Any]:
    """Draw a case; keep what encoders see of it and where its lesion lies in that square."""
    rows, columns = case.site.rows // SMALLER, case.site.columns // SMALLER
    found = draw(replace(case, site=replace(case.site, rows=rows, columns=columns)))
    region = np.zeros((SHOWN, SHOWN), dtype=bool)
    top, left, bottom, right = content_box(rows, columns, size=SHOWN)
    if found.mask is not None:
        small = resize(found.mask.astype(np.float32), bottom - top, right - left) > 0.5
        region[top:bottom, left:right] = small
        region = ndimage.binary_dilation(region, iterations=max(1, round(TOLERANCE * SHOWN)))
    square = model_image(found.pixels, size=descriptors.SIDE)
    return {
        "key": CLASSES.index(case.label_key), "patient": case.patient_number, "region": region,
        "shape": (rows, columns), "square": square,
        "scattering": descriptors.scattering_maps(square[None])[0],
        "bytes": to_bytes(model_image(found.pixels, size=SIDE)),
    }  # fmt: skip


def balanced(count: int, seed: int) -> list[Case]:
    """A cohort in which every patient has one class and the classes are equally frequent."""
    return [
        replace(case, label_key=CLASSES[case.patient_number % len(CLASSES)])
        for case in cohort(count, seed=seed)
    ]


class Game:
    """One feature space with its trained head, and the maps of the cases that are asked about."""

    def __init__(self, cases: list[dict[str, Any]], encoder: Encoder | None, occluded: int) -> None:
        self.cases, self.encoder, self.occluded = cases, encoder, occluded
        self.maps = {"scattering": np.stack([case["scattering"] for case in cases])}
        if encoder is not None:
            self.maps[BLOCK] = stage_maps(encoder, np.stack([case["bytes"] for case in cases]))
        self.labels = np.array([case["key"] for case in cases])
        people = np.array([case["patient"] for case in cases])
        own = is_taught(people)
        learned = {name: pooled(name, maps[own]) for name, maps in self.maps.items()}
        self.space = fit_space(learned)
        self.head = fit_head(
            self.space.transform(learned), self.labels[own], class_count=len(CLASSES), seed=0,
            patients=people[own].astype(str),
        )  # fmt: skip
        rest = {name: pooled(name, maps[~own]) for name, maps in self.maps.items()}
        said = (self.space.transform(rest) @ self.head.coef.T + self.head.intercept).argmax(axis=1)
        right = said == self.labels[~own]
        self.recall = [right[self.labels[~own] == key].mean() for key in range(len(CLASSES))]
        self.asked = [n for n in np.flatnonzero(~own) if cases[n]["region"].any()]

    def maps_of(self, method: Method, head: Head, encoder: Encoder | None) -> np.ndarray:
        """A map for every case that is asked about, for the class it has."""
        anew = None
        if encoder is not self.encoder and encoder is not None and method != Method.OCCLUSION:
            anew = stage_maps(encoder, np.stack([case["bytes"] for case in self.cases]))
        asked = self.asked[: self.occluded] if method == Method.OCCLUSION else self.asked
        found = []
        for n in asked:
            if method == Method.OCCLUSION:
                parts = [self._occluded(n, head, encoder)]
            else:
                way = linear_map if method == Method.HIRESCAM else grad_cam_plus_plus
                seen_by = {
                    name: maps[n]
                    for name, maps in self.maps.items()
                    if name == BLOCK or not method.needs_network
                }
                if anew is not None:
                    seen_by[BLOCK] = anew[n]
                parts = [
                    way(maps, self.space, head, int(self.labels[n]), block=name)
                    for name, maps in seen_by.items()
                ]
            shown = np.full((SHOWN, SHOWN), -np.inf)
            top, left, bottom, right = content_box(*self.cases[n]["shape"], size=SHOWN)
            whole = joined(parts, rows=SHOWN, columns=SHOWN)
            shown[top:bottom, left:right] = whole[top:bottom, left:right]
            found.append(shown)
        return np.stack(found)

    def _occluded(self, n: int, head: Head, encoder: Encoder | None) -> np.ndarray:
        case = self.cases[n]

        def logit(squares: dict[str, np.ndarray]) -> np.ndarray:
            blocks = {"scattering": descriptors.scattering(squares["scattering"])}
            if encoder is not None:
                blocks[BLOCK] = embed(encoder, squares[BLOCK])
            return self.space.transform(blocks) @ head.coef[int(self.labels[n])]

        squares = {"scattering": case["square"]}
        if encoder is not None:
            squares[BLOCK] = case["bytes"]
        rows, columns = case["shape"]
        return occlusion(squares, logit, rows=rows, columns=columns)

    def report(self, name: str, draws: int) -> None:
        """Print a line of the table per method: trained, then all weights drawn anew."""
        for method in Method:
            if method.needs_network and self.encoder is None:
                continue
            asked = self.asked[: self.occluded] if method == Method.OCCLUSION else self.asked
            regions = np.stack([self.cases[n]["region"] for n in asked])
            maps = self.maps_of(method, self.head, self.encoder)
            own, shuffled, area = hits(maps, regions)
            rng = np.random.default_rng(0)
            anew = []
            for seed in range(draws if method != Method.OCCLUSION else 1):
                weights = self.encoder and other_weights(self.encoder, seed=seed)
                anew.append(
                    hits(self.maps_of(method, randomised(self.head, rng), weights), regions)[:2]
                )
            drawn, drawn_shuffled = np.mean(anew, axis=0)
            above = np.array([own_hits - by_chance for own_hits, by_chance in anew])
            error = above.std(ddof=1) / np.sqrt(len(above)) if len(above) > 1 else np.nan
            print(
                f"| {name} | {method} | {len(asked)} | {own:.3f} | {area:.3f} | {shuffled:.3f} | "
                f"{own / area:.1f}, {own / max(shuffled, 1e-9):.1f} | {drawn:.3f} | "
                f"{drawn_shuffled:.3f} | {above.mean():+.3f} ± {error:.3f} |",
                flush=True,
            )
            if method == Method.HIRESCAM:
                keys = self.labels[asked]
                places = maps.reshape(len(maps), -1).argmax(axis=1)
                inside = regions.reshape(len(maps), -1)[np.arange(len(maps)), places]
                by = [
                    f"{CLASSES[key]} {inside[keys == key].mean():.2f} of "
                    f"{regions[keys == key].mean():.3f} (recall {self.recall[key]:.2f})"
                    for key in np.unique(keys)
                ]
                print("<!-- " + "; ".join(by) + " -->")


def is_taught(people: np.ndarray) -> np.ndarray:
    """Of every class half of the patients."""
    return np.asarray((people // len(CLASSES)) % 2 == 0)


def pooled(name: str, maps: np.ndarray) -> np.ndarray:
    """Features of maps: means over the cells of the block's grid."""
    grid = descriptors.GRID if name == "scattering" else 1
    within = maps.shape[-1] // grid
    cells = maps.reshape(len(maps), -1, grid, within, grid, within).mean(axis=(3, 5))
    return cells.reshape(len(maps), -1)


def taught(images: np.ndarray, labels: np.ndarray, *, steps: int, out: Path) -> Encoder:
    """An encoder that learned the labels of these images, end to end."""
    torch.manual_seed(0)
    network, classes = Network(), nn.Linear(WIDTHS[-1], len(CLASSES))
    parameters = [*network.parameters(), *classes.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.02)
    rng = np.random.default_rng(0)
    network.train()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * min(1.0, (step + 1) / 20) * (1 - step / steps)
        rows = rng.choice(len(images), min(BATCH, len(images)), replace=False)
        draw_of = torch.Generator().manual_seed(step)
        views = random_view(torch.from_numpy(images[rows]), draw_of)
        said = classes(network(views).mean(dim=(2, 3)))
        loss = functional.cross_entropy(said, torch.from_numpy(labels[rows]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    save_encoder(network.eval(), out, recipe={"steps": steps})
    return load_encoder(out)


def main() -> None:
    """Run it and print."""
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--cases", type=int, default=400)
    said.add_argument("--seed", type=int, default=11)
    said.add_argument("--draws", type=int, default=5)
    said.add_argument("--steps", type=int, default=30)
    said.add_argument("--lessons", type=int, default=150)
    said.add_argument("--occluded", type=int, default=16)
    said.add_argument("--workers", type=int, default=1)
    asked = said.parse_args()
    started = time.monotonic()

    def tell(what: str) -> None:
        print(f"<!-- {what}: {time.process_time():.0f} CPU-s, {time.monotonic() - started:.0f} s "
              "-->", flush=True)  # fmt: skip

    if asked.workers > 1:
        with ProcessPoolExecutor(asked.workers) as workers:
            cases = list(workers.map(seen, balanced(asked.cases, asked.seed), chunksize=8))
    else:
        cases = [seen(case) for case in balanced(asked.cases, asked.seed)]
    tell("drawn")
    own = is_taught(np.array([case["patient"] for case in cases]))
    images = np.stack([case["bytes"] for case, is_own in zip(cases, own, strict=True) if is_own])
    labels = np.array([case["key"] for case in cases])[own]
    print(
        "| features | method | lesions | trained | area | shuffled | × both | random | shuffled "
        "| random above its chance, standard error over draws |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    with threads_of(1), tempfile.TemporaryDirectory() as folder:
        Game(cases, None, asked.occluded).report("scattering", asked.draws)
        tell("scattering")
        out = Path(folder) / "encoder.safetensors"
        self_supervised.train(images, out=out, seed=0, steps=asked.steps)
        tell("trained without labels")
        Game(cases, load_encoder(out), asked.occluded).report("and SimCLR", asked.draws)
        tell("SimCLR")
        given = taught(images, labels, steps=asked.lessons, out=out)
        tell("taught")
        Game(cases, given, asked.occluded).report("and a taught encoder", asked.draws)
        tell("all")


if __name__ == "__main__":
    main()
