"""How often the text detector finds text: on sample images, and with text drawn into them.

    python tools/measure_text_detector.py SAMPLES [--places 5]

Prints the rows of the table in `docs/deidentification.md`. Text is a name and a date at the highest
value of the middle frame of images in which nothing was found, at random places (with a seed) where
it stands out of its ground.
"""

import argparse
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
from make_sample_outcomes import look, sample_files
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from collimate.dicom.frames import shown
from collimate.dicom.prepared import PreparedInstance, frame_facts
from collimate.dicom.sandbox import Sandbox
from collimate.dicom.stored import FRAMES_NAME, INSTANCE_NAME
from collimate.dicom.suspicion import Suspicion, text_boxes
from collimate.dicom.text_in_pixels import Box

TEXT = "DOE^JANE 12.03.1957"
SIZES = (12, 16, 24, 36)
"""Height of the font in pixels."""
STANDS_OUT = 80
"""Grey levels of 255 between text and the brightest tenth of its ground."""
SCANNED, OTHER = "CT, MR, PET, NM", "others"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--places", type=int, default=5, help="places tried in each image")
    chosen = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    rng = np.random.default_rng(1)
    with Sandbox() as sandbox:
        files = sample_files(chosen.samples)
        look(files, sandbox, partial(_measure, counts, rng, chosen.places))
    for group in (OTHER, SCANNED):
        found = " · ".join(
            f"{counts[group, f'found {size}']}/{counts[group, f'drawn {size}']}" for size in SIZES
        )
        flagged = f"{counts[group, 'flagged']} of {counts[group, 'images']}"
        print(f"{group}: drawn texts found {found}; images flagged {flagged}")


def _measure(
    counts: Counter[tuple[str, str]], rng: np.random.Generator, places: int,
    path: Path, out: Path, prepared: PreparedInstance,
) -> None:  # fmt: skip
    modality = prepared.series.get("modality")
    is_scanned = modality in ("CT", "MR", "PT", "NM") and not prepared.burned_in_suspected
    group = SCANNED if is_scanned else OTHER
    counts[group, "images"] += 1
    if Suspicion.TEXT_FOUND in prepared.suspicions:
        counts[group, "flagged"] += 1
        print(f"flagged: {path.name}")
        return
    frame, grey = _middle(out, prepared)
    for size in SIZES:
        for _ in range(places):
            written = _written(frame, grey, size, rng)
            if written is None:
                continue
            values, at = written
            facts = frame_facts(prepared.dicom_json, prepared.frame_count // 2)
            boxes = text_boxes(values, shown(values, facts), scanned=is_scanned)
            counts[group, f"drawn {size}"] += 1
            counts[group, f"found {size}"] += any(_covers(box, at) for box in boxes)


def _middle(out: Path, prepared: PreparedInstance) -> tuple[NDArray, NDArray]:
    name = INSTANCE_NAME if prepared.frames_in == "file" else FRAMES_NAME
    facts = frame_facts(prepared.dicom_json, prepared.frame_count // 2)
    start, length = prepared.frame_ranges[prepared.frame_count // 2]
    stored = (out / name).read_bytes()[start : start + length]
    kind = {8: "u1", 16: "<u2", 32: "<u4"}[facts.bits_allocated]
    kind = kind.replace("u", "i") if facts.signed else kind
    shape = (facts.rows, facts.columns) + ((3,) if facts.samples_per_pixel == 3 else ())
    frame = np.frombuffer(stored, kind)[: np.prod(shape)].reshape(shape)
    grey = shown(frame, facts)
    return frame, grey if grey.ndim == 2 else grey.max(axis=2)


def _written(
    frame: NDArray, grey: NDArray, size: int, rng: np.random.Generator
) -> tuple[NDArray, Box] | None:
    """The frame with text somewhere in it; None where it does not fit or does not stand out."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = (round(one) for one in font.getbbox(TEXT))
    wide, high = right - left, bottom - top
    rows, columns = grey.shape
    if wide + 4 > columns or high + 4 > rows:
        return None
    x, y = int(rng.integers(2, columns - wide - 1)), int(rng.integers(2, rows - high - 1))
    mask = Image.new("L", (columns, rows))
    ImageDraw.Draw(mask).text((x - left, y - top), TEXT, fill=255, font=font)
    drawn = np.asarray(mask) > 128
    level = float(grey[frame.reshape(rows, columns, -1).max(axis=2) >= frame.max()].max())
    if level - np.percentile(grey[y : y + high, x : x + wide], 90) < STANDS_OUT:
        return None
    mark = drawn if frame.ndim == 2 else drawn[..., None]
    return np.where(mark, frame.max(), frame).astype(frame.dtype), Box(x, y, wide, high)


def _covers(box: Box, at: Box) -> bool:
    """Whether most of the text's width lies in the box."""
    across = min(box.x + box.width, at.x + at.width) - max(box.x, at.x)
    down = min(box.y + box.height, at.y + at.height) - max(box.y, at.y)
    return across > at.width / 2 and down > at.height / 2


if __name__ == "__main__":
    main()
