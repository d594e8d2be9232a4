"""Forgetting what learning keeps of images in its work folder; all of it is made again."""

from collimate.kit.settings import settings


def forget_copies() -> int:
    """Remove fitted feature spaces, blocks of embeddings and the pictures of encoder trainings;
    answers how many files.

    Whoever has blocks or pictures mapped goes on with them; the next one makes its own.
    """
    work = settings().home_path / "work"
    kept = ("spaces/*.safetensors", "vectors/*/ids", "vectors/*/vectors", "encoders/*/images*.npy")
    files = [file for pattern in kept for file in work.glob(pattern)]
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)
