"""What a file from outside may cost at most: one table for code, tests and documentation."""

from dataclasses import dataclass, fields

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True)
class Limits:
    """Upper bounds; byte counts unless the name says otherwise."""

    file_bytes: int = 1 * GIB
    header_bytes: int = 128 * MIB
    inflated_bytes: int = 512 * MIB
    inflate_free_bytes: int = 64 * MIB
    inflate_ratio: int = 100
    elements: int = 1_000_000
    nesting_depth: int = 32
    rows: int = 32_768
    columns: int = 32_768
    frames: int = 20_000
    frame_bytes: int = 512 * MIB
    decoded_bytes: int = 2 * GIB
    decoded_free_bytes: int = 64 * MIB
    decoded_ratio: int = 2_000
    uid_characters: int = 64
    cpu_s: int = 20
    cpu_s_per_mib: float = 2.0
    cpu_s_most: int = 300
    wall_factor: float = 4.0
    memory_bytes: int = 4 * GIB
    written_bytes: int = 3 * GIB
    open_files: int = 64
    reply_bytes: int = 64 * MIB
    progressive_frame_bytes: int = 4 * MIB
    text_frames: int = 9
    thumbnail_pixels: int = 256
    rendered_pixels: int = 4_096
    zip_bytes: int = 8 * GIB
    zip_entries: int = 50_000
    zip_directory_bytes: int = 32 * MIB
    zip_total_bytes: int = 64 * GIB
    zip_ratio: int = 200
    zip_ratio_free_bytes: int = 64 * MIB
    peer_memory_bytes: int = 2 * GIB
    peer_message_bytes: int = 1 * MIB
    peer_studies: int = 20_000
    peer_images: int = 100_000

    def cpu_budget_s(self, source_bytes: int) -> int:
        """Seconds of processor time for a source of that size."""
        wanted = self.cpu_s + self.cpu_s_per_mib * source_bytes / MIB
        return max(1, min(int(wanted), max(self.cpu_s, self.cpu_s_most)))


LIMITS = Limits()

MEANING: dict[str, str] = {
    "file_bytes": "one file as it came",
    "header_bytes": "everything in front of Pixel Data",
    "inflated_bytes": "a deflated file once inflated",
    "inflate_free_bytes": "may be inflated to whatever the ratio",
    "inflate_ratio": "times its size that a deflated file may grow to",
    "elements": "elements of a data set, or fragments of Pixel Data",
    "nesting_depth": "sequences inside sequences",
    "rows": "of an image",
    "columns": "of an image",
    "frames": "of an image",
    "frame_bytes": "one decoded frame",
    "decoded_bytes": "all decoded frames",
    "decoded_free_bytes": "may be decoded to whatever the ratio",
    "decoded_ratio": "times its size that Pixel Data may grow to, unless released (RLE: 64)",
    "uid_characters": "a unique identifier",
    "cpu_s": "processor time for any file",
    "cpu_s_per_mib": "processor time more for each MiB of the file",
    "cpu_s_most": "processor time at most",
    "wall_factor": "times its processor time that a file may take by the clock",
    "memory_bytes": "address space of the process that reads a file",
    "written_bytes": "one file it writes",
    "open_files": "it has open at once",
    "reply_bytes": "its answer",
    "progressive_frame_bytes": "frames from this size on are also kept as HTJ2K",
    "text_frames": "searched for text: the first, the middle, the last and between",
    "thumbnail_pixels": "longer side of a thumbnail",
    "rendered_pixels": "longer side of a rendered picture",
    "zip_bytes": "a zip archive as it came",
    "zip_entries": "entries of a zip archive",
    "zip_directory_bytes": "its directory",
    "zip_total_bytes": "all its entries unpacked",
    "zip_ratio": "times its size that an entry may grow to",
    "zip_ratio_free_bytes": "may be unpacked to whatever the ratio",
    "peer_memory_bytes": "address space of the process that asks a PACS",
    "peer_message_bytes": "one answer of a PACS, besides the object it carries",
    "peer_studies": "answers to one search, however few of them are taken",
    "peer_images": "images that a PACS lists of one study",
}


def in_markdown(limits: Limits = LIMITS) -> str:
    """The table of `docs/limits.md`."""
    lines = ["| limit | value | of what |", "|---|---|---|"]
    for field in fields(limits):
        lines.append(f"| `{field.name}` | {_shown(limits, field.name)} | {MEANING[field.name]} |")
    return "\n".join(lines) + "\n"


def _shown(limits: Limits, name: str) -> str:
    value = getattr(limits, name)
    if name.endswith("_bytes"):
        size, unit = next(
            (s, u) for s, u in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")) if value >= s
        )
        return f"{value / size:g} {unit}"
    number = f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return number + (" s" if name.startswith("cpu_s") else "")
