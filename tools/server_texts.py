"""Write down the fixed sentences of the server that people see, for the catalogues."""

import ast
import json
import re
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "backend" / "collimate"
LISTED = ROOT / "frontend" / "server_texts.json"
# Programs read what DICOMweb answers; commands print in English.
NOT_SHOWN = {"dicomweb", "demo", "cli", "embedded"}
TABLES = {
    "jobs/kinds.py": "TITLE_OF",
    "dicom/rejection.py": "TEXTS",
    "annotations/case.py": "ARM_LABELS",
    "learning/reasons.py": "PLAIN",
    "learning/strategy_words.py": "WORDS",
    "prompts/segmenters.py": "NOTES",
    "tasks/queue.py": "HOLDOUT_REASON",
    "tasks/assign.py": "FIRST_REASON",
    "learning/auto_accept/give_back.py": "GIVEN_BACK_REASON",
}
# Modules whose functions put sentences together.
SAYING = ("learning/warn.py", "learning/reasons.py")
ENUMS = {"ReadState", "Role", "Trust", "FileState", "DeletionReason", "QueryStrategy", "Arm"}
# Where in a call such codes stand.
NOTED = {
    "audit.record": slice(0, 4),
    "audit.Note": slice(0, 4),
    "Note": slice(0, 4),
    "KindRow": slice(2, 3),
}


def modules() -> dict[str, ast.Module]:
    """Every module whose words reach a person's screen, by its path in the package."""
    paths = [path.relative_to(PACKAGE) for path in sorted(PACKAGE.rglob("*.py"))]
    return {
        path.as_posix(): ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
        for path in paths
        if not NOT_SHOWN & set(path.parts)
    }


def problems(trees: dict[str, ast.Module]) -> dict[str, str]:
    """The title of every class of problem by its name."""
    classes = {
        node.name: node
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }

    def is_problem(name: str) -> bool:
        bases = classes[name].bases if name in classes else []
        return name == "Problem" or any(
            isinstance(base, ast.Name) and is_problem(base.id) for base in bases
        )

    titles = {name: ast.get_docstring(node) or "" for name, node in classes.items()}
    return {name: title.splitlines()[0] for name, title in titles.items() if is_problem(name)}


def sentence(node: ast.AST) -> str | None:
    """The sentence an expression is: `{0}`, `{1}` and so on stand for what is filled in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    places = count()
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else f"{{{next(places)}}}"
        for part in node.values
    )


def details(trees: dict[str, ast.Module], names: set[str]) -> Iterator[str]:
    """What is said when a problem is raised."""
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name):
                said = sentence(node.args[0]) if node.func.id in names else None
                if said is not None and has_words(said):
                    yield said


def said(trees: dict[str, ast.Module]) -> Iterator[str]:
    """Sentences that functions put together: what they return or add to a list."""
    for path in SAYING:
        for node in ast.walk(trees[path]):
            values = []
            if isinstance(node, ast.Return) and node.value is not None:
                values = getattr(node.value, "elts", [node.value])
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".append"):
                values = node.args
            for value in values:
                text = sentence(value)
                if text is not None and " " in text and has_words(text):
                    yield text


def has_words(text: str) -> bool:
    """Whether something is left to be translated beside what is filled in."""
    return any(part.isalpha() for part in re.sub(r"\{\d+\}", "", text))


def tabled(trees: dict[str, ast.Module]) -> Iterator[str]:
    """The texts of the tables of words."""
    for path, name in TABLES.items():
        for node in trees[path].body:
            target = getattr(node, "target", None) or getattr(node, "targets", [None])[0]
            if isinstance(target, ast.Name) and target.id == name:
                # A table has values; a single text is one.
                values = getattr(node.value, "values", [node.value])  # type: ignore[attr-defined]
                for value in values:
                    said = ast.literal_eval(value)
                    # Behind a name and a description stands a paper, which has one language.
                    yield from said[:2] if isinstance(said, tuple) else (said,)


def codes(trees: dict[str, ast.Module]) -> Iterator[str]:
    """Codes that the browser shows as words: states, roles, and what the audit trail names."""
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name in ENUMS:
                said = [one.value for one in node.body if isinstance(one, ast.Assign)]
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in NOTED:
                said = node.args[NOTED[ast.unparse(node.func)]]
            else:
                continue
            for one in said:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield one.value.replace("_", " ")


def texts() -> list[str]:
    """All fixed sentences, sorted."""
    trees = modules()
    titles = problems(trees)
    found = [
        *titles.values(),
        *details(trees, set(titles)),
        *tabled(trees),
        *said(trees),
        *codes(trees),
    ]
    return sorted(set(found) - {""})


if __name__ == "__main__":
    LISTED.write_text(json.dumps(texts(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{LISTED.relative_to(ROOT)}: {len(texts())} texts\n")
