"""Attributes: the server's rules are the browser's, whatever the schema and the answers."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collimate.annotations.attributes import Work, is_valid, lacks, said_values
from collimate.projects.attributes import SchemaUnusable, answers_of, checked_attributes

LABELS = {"normal": "class", "viral": "class", "opacity": "box", "lung": "segment"}
NAMES = ("a", "b", "c", "d", "e", "f")
ROOT = Path(__file__).parents[2]
NODE_PATH = ROOT / "tools" / "node_path.py"
RULES = ROOT / "frontend" / "src" / "features" / "reading" / "attributes.ts"
BESIDE = """
import { lacksOf, saidValues } from %s;
import { createInterface } from 'node:readline';
const answer = ({ attributes, work }) => {
  const kept = new Map(work.values.map(([scope, target, said]) => [scope + '/' + target, said]));
  const seen = {
    ...work,
    regions: work.regions.map(([target, label_key]) => ({ target, label_key })),
    valuesOf: ({ scope, target }) => kept.get(scope + '/' + target) ?? {},
  };
  return { lacks: lacksOf(attributes, seen), said: saidValues(attributes, seen) };
};
createInterface({ input: process.stdin }).on('line', (line) =>
  console.log(JSON.stringify(answer(JSON.parse(line)))),
);
"""


def draft(name="A", kind="yes_no", scope="study", **given):
    return {
        "key": None, "name": name, "kind": kind, "scope": scope, "label_keys": [], "choices": [],
        "unit": "", "minimum": None, "maximum": None, "is_required": False, "shown_when": None,
    } | given  # fmt: skip


def choices(*names):
    return [{"key": None, "name": name} for name in names]


@st.composite
def designs(draw):
    """A schema that can be saved, conditions and all."""
    found = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True)):
        scope = draw(st.sampled_from(["study", "series", "image", "region"]))
        labels = {"study": ["normal", "viral"], "region": ["opacity", "lung"]}.get(scope, [])
        one = draft(
            name,
            draw(st.sampled_from(["single", "multi", "number", "text", "yes_no"])),
            scope,
            label_keys=draw(st.lists(st.sampled_from(labels), unique=True)) if labels else [],
            choices=choices("one", "two", "three"),
            minimum=draw(st.sampled_from([None, 0.0, 2.5])),
            maximum=draw(st.sampled_from([None, 3.0, 10.0])),
            is_required=draw(st.booleans()),
        )
        above = [other for other in found if other["scope"] == scope and answers_of(other)]
        if above and draw(st.booleans()):
            other = draw(st.sampled_from(above))
            any_of = draw(st.lists(st.sampled_from(answers_of(other)), min_size=1, unique=True))
            one["shown_when"] = {"attribute": other["key"], "any_of": any_of}
        found.append(checked_attributes([*found, one], LABELS)[-1])
    return found


def values_of(attribute):
    known = answers_of(attribute)
    return {
        "number": st.sampled_from([-1.0, 0.0, 2.5, 3, 7.25, 11]),
        "text": st.sampled_from(["", " \u00a0\n", "seen", "\u2003"]),
        "multi": st.sets(st.sampled_from(known or ("x",))).map(
            lambda keys: [key for key in known if key in keys]
        ),
    }.get(attribute["kind"], st.sampled_from(known or ("x",)))


@st.composite
def cases(draw):
    attributes = draw(designs())
    targets = [("study", ""), ("series", "1.2"), ("image", "1.2.3"), ("region", "mark-1"),
               ("region", "lung")]  # fmt: skip
    values = {}
    for scope, target in targets:
        mine = [one for one in attributes if one["scope"] == scope]
        kept = [one for one in mine if draw(st.integers(0, 3)) > 0]
        values[scope, target] = {one["key"]: draw(values_of(one)) for one in kept}
    return attributes, Work(
        class_keys=draw(st.lists(st.sampled_from(["normal", "viral"]), unique=True)),
        series=["1.2", "1.9"],
        images=["1.2.3"],
        regions=draw(st.sampled_from([[], [("mark-1", "opacity"), ("lung", "lung")]])),
        values=values,
    )


def as_json(attributes, work):
    plain = asdict(work) | {
        "values": [[scope, target, said] for (scope, target), said in work.values.items()]
    }
    return {"attributes": attributes, "work": plain}


@pytest.fixture(scope="module")
def browser():
    """The browser's rules, one case a line in, one answer a line out."""
    folder = subprocess.check_output([sys.executable, NODE_PATH], text=True).strip()
    program = [f"{folder}/node", "--no-warnings", "--experimental-strip-types",
               "--input-type=module", "-e", BESIDE % json.dumps(str(RULES))]  # fmt: skip
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as beside:
        assert beside.stdin
        assert beside.stdout

        def ask(attributes, work):
            beside.stdin.write(json.dumps(as_json(attributes, work)) + "\n")
            return json.loads(beside.stdout.readline())

        yield ask
        beside.stdin.close()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_server_and_browser_find_the_same_lacking_and_the_same_said(browser, case):
    attributes, work = case
    found = browser(attributes, work)
    assert found["lacks"] == [asdict(lack) for lack in lacks(attributes, work)]
    said = {(one["scope"], one["target"]): one["values"] for one in found["said"]}
    assert said == said_values(attributes, work)


A_NUMBER = draft("Size", "number", minimum=1.0, maximum=9.0)
UNUSABLE = {
    "two of one name": [draft("A"), draft("a")],
    "a single choice without choices": [draft(kind="single", choices=choices("one"))],
    "the same choice twice": [draft(kind="multi", choices=choices("one", "One"))],
    "a range upside down": [A_NUMBER | {"minimum": 10.0}],
    "a series attribute of a label": [draft(scope="series", label_keys=["opacity"])],
    "a study attribute of a mark": [draft(label_keys=["opacity"])],
    "a region attribute of a class": [draft(scope="region", label_keys=["viral"])],
    "a label that is not there": [draft(scope="region", label_keys=["other"])],
    "a condition on one below": [
        draft("A", shown_when={"attribute": "b", "any_of": ["yes"]}), draft("B"),
    ],
    "a condition on another scope": [
        draft("A", scope="image"), draft("B", shown_when={"attribute": "a", "any_of": ["yes"]}),
    ],
    "a condition on an answer there is not": [
        draft("A"), draft("B", shown_when={"attribute": "a", "any_of": ["maybe"]}),
    ],
    "a condition on a number": [
        A_NUMBER, draft("B", shown_when={"attribute": "size", "any_of": ["1"]}),
    ],
}  # fmt: skip


@pytest.mark.parametrize("why", UNUSABLE, ids=lambda why: why.replace(" ", "_"))
def test_an_attribute_that_cannot_be_asked_or_answered_is_refused(why):
    with pytest.raises(SchemaUnusable):
        checked_attributes(UNUSABLE[why], LABELS)


def attribute(**given):
    return checked_attributes([draft(**given)], LABELS)[0]


@pytest.mark.parametrize(
    ("asked", "value", "holds"),
    [
        (attribute(), "yes", True),
        (attribute(), "maybe", False),
        (attribute(kind="number", maximum=3.0), 400, True),
        (attribute(kind="number"), True, False),
        (attribute(kind="number"), float("inf"), False),
        (attribute(kind="text"), "x" * 4001, False),
        (attribute(kind="multi", choices=choices("b", "a")), ["b", "a"], True),
        (attribute(kind="multi", choices=choices("b", "a")), ["a", "b"], False),
        (attribute(kind="multi", choices=choices("b", "a")), ["a", "a"], False),
    ],
)
def test_a_draft_may_hold_any_value_of_its_kind_and_no_other(asked, value, holds):
    assert is_valid(asked, value) is holds
