"""Private attributes: dropped, unless the project lists them as safe and their value is plain.

Source: PS3.15 E.3.10 (Retain Safe Private Option), PS3.5 7.8.
"""

from typing import Any

from pydicom.datadict import private_dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from collimate.dicom.clean_values import Naming, kept, made
from collimate.dicom.profile import SafePrivate

_PLAIN = frozenset(["US", "SS", "UL", "SL", "FL", "FD", "DS", "IS", "CS", "LO", "SH"])


def kept_private(
    dataset: Dataset, tag: Any, safe: tuple[SafePrivate, ...], naming: Naming
) -> DataElement | None:
    """The element if it is listed, or the creator of listed ones; None for everything else."""
    if not safe or tag.group & 1 == 0:
        return None
    block = tag.element if tag.element <= 0xFF else tag.element >> 8
    creator = _creator(dataset, tag.group, block)
    listed = {(one.group, one.element) for one in safe if one.creator == creator}
    if tag.element <= 0xFF:
        has_listed = any(
            ((tag.group << 16) | (block << 8) | element) in dataset
            for group, element in listed
            if group == tag.group
        )
        return DataElement(tag, "LO", creator) if has_listed else None
    if (tag.group, tag.element & 0xFF) not in listed:
        return None
    return _plain(dataset, tag, creator, naming)


def _creator(dataset: Dataset, group: int, block: int) -> str:
    try:
        value = dataset.get((group, block))
        return "" if value is None else str(value.value).strip("\0 ")
    except MemoryError:
        raise
    except Exception:
        return ""


def _plain(dataset: Dataset, tag: Any, creator: str, naming: Naming) -> DataElement | None:
    """Numbers and short texts that pass the same walls as standard attributes."""
    try:
        element = dataset[tag]
        vr = element.VR if element.VR != "UN" else private_dictionary_VR(tag, creator)
        if vr not in _PLAIN or element.VR == "UN":
            return None
        return made(tag, vr, kept(element, "", naming))
    except MemoryError:
        raise
    except Exception:
        return None
