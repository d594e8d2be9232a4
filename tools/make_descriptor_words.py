"""Write `dicom/descriptor_words.txt`: the words that cleaned descriptions may consist of.

    python tools/make_descriptor_words.py

The words are those of anatomy, views, positions and acquisition in the context groups of PS3.16
that pydicom (MIT) carries. Words that are common family names are left out by hand.
"""

import re
from pathlib import Path

import pydicom
from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr._concepts_dict import concepts

TARGET = Path(__file__).parents[1] / "backend" / "collimate" / "dicom" / "descriptor_words.txt"
# anatomy; laterality; views and positions; modality; contrast
CONTEXT_GROUPS = (
    2, 4, 5, 6, 11, 12, 20, 21, 23, 26, 29, 244, 3010, 3014, 3015, 4009, 4010, 4011, 4013, 4014,
    4015, 4016, 4020, 4028, 4030, 4031, 4032, 4033, 4040, 6004, 6006, 6014, 6020, 6022,
)  # fmt: skip
FAMILY_NAMES = """
    bond brown day field frog green harper his key king long major mark may rose short state swan
    wall west white wolf wood year young
"""


def main() -> None:
    words: set[str] = set()
    for group in CONTEXT_GROUPS:
        for scheme, keywords in cid_concepts.get(group, {}).items():
            for keyword in keywords:
                for meaning, _groups in concepts[scheme][keyword].values():
                    words.update(re.findall(r"[a-z]{3,}", meaning.lower()))
    kept = sorted((words & common_words()) - set(FAMILY_NAMES.split()))
    TARGET.write_text(
        f"# made by tools/make_descriptor_words.py from pydicom {pydicom.__version__} (MIT)\n"
        + "\n".join(kept) + "\n",
        encoding="utf-8",
    )  # fmt: skip
    print(len(kept), "words")


def common_words() -> set[str]:
    """Words that SNOMED CT writes small somewhere: the names of people it does not."""
    meanings = (
        meaning for versions in concepts["SCT"].values() for meaning, _groups in versions.values()
    )
    return {word for meaning in meanings for word in re.findall(r"\b[a-z]{3,}\b", meaning)}


if __name__ == "__main__":
    main()
