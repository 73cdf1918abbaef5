"""A theory of change: what is wrong with it, how it is drawn and exported, and indicator cards."""

from __future__ import annotations

import html
import itertools
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

from siru_course import charts, data, use_language
from siru_course._theory_of_change import draw as _theory_draw
from siru_course._theory_of_change import layout as _theory_layout
from siru_course._theory_of_change.text import reads_as_output
from siru_course.theory_of_change import Theory, indicator_check

LEVELS = ("input", "activity", "output", "outcome_short", "outcome_medium", "impact")
LANGUAGES = pytest.mark.parametrize("language", ["en", "sv"])


def brobygget(version: str) -> Theory:
    return Theory.from_frames(data.load("brobygget_theory_nodes"), data.load("brobygget_theory_links"), version=version)


def theory(steps: dict[str, str], arrows: str = "", **more: Any) -> Theory:
    """Write a theory briefly: ids with levels, and arrows such as ``"A>B B>C"`` that have all they need."""
    pairs = [arrow.split(">") for arrow in arrows.split()]
    nodes = pd.DataFrame({"node_id": list(steps), "level": list(steps.values()), "label": "x", "indicator": "i"})
    links = pd.DataFrame(pairs, columns=["from", "to"]).assign(because="so", assumption="if")
    return Theory.from_frames(nodes.assign(**more), links)


def found(of: Theory) -> set[tuple[str, str | None, str | None]]:
    return {(row["rule"], row["node"], row["link"]) for row in of.check().to_dict("records")}


@st.composite
def theories(draw: st.DrawFn) -> Theory:
    levels = draw(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=8))
    ids = [f"N{n}" for n in range(len(levels))]
    pairs = draw(st.sets(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=14))
    return theory(dict(zip(ids, levels, strict=True)), " ".join(f"{a}>{b}" for a, b in sorted(pairs)))


def reached(of: Theory, begin: str, forward: bool = True) -> set[str]:
    """Walk along the arrows from a step, without the library that the code uses."""
    step = {}
    for start, end in zip(of.links["from"], of.links["to"], strict=True):
        step.setdefault(start if forward else end, set()).add(end if forward else start)
    seen: set[str] = set()
    waiting = [begin]
    while waiting:
        for node in step.get(waiting.pop(), set()) - seen:
            seen.add(node)
            waiting.append(node)
    return seen


# ------------------------------------------------------------------------------------------------ check

# What the data package says is planted in the flawed version.
PLANTED = {
    ("cycle", "B12, B15", "B15 → B12"),
    ("leap", None, "B05 → B17"),
    ("orphan", "B19", None),
    ("no_assumption", None, "B10 → B13"),
    ("no_indicator", "B14", None),
}


@LANGUAGES
def test_the_sound_theory_has_nothing_wrong_and_the_flawed_one_what_is_planted(language: str) -> None:
    use_language(language)
    assert brobygget("good").check().empty
    flawed = brobygget("flawed")
    assert found(flawed) == PLANTED
    assert len(flawed.check()) == 5


def test_without_findings_the_table_still_has_its_columns() -> None:
    assert list(brobygget("good").check().columns) == ["rule", "severity", "message", "node", "link"]


def test_errors_come_before_what_is_left_to_write() -> None:
    assert brobygget("flawed").check()["severity"].tolist() == ["error"] * 3 + ["warning"] * 2


def test_each_message_names_what_it_is_about() -> None:
    for row in brobygget("flawed").check().to_dict("records"):
        assert (row["link"] or row["node"]) in row["message"]


CHAIN = {"A": "activity", "P": "output", "U": "outcome_short", "M": "outcome_medium", "E": "impact"}


@pytest.mark.parametrize(
    ("steps", "arrows", "expected"),
    [
        (CHAIN, "A>P P>U U>M M>E", set()),
        # Two outcomes that follow on each other, and a theory with one term of outcomes only, are no faults.
        ({"A": "activity", "P": "output", "U": "outcome_short", "V": "outcome_short"}, "A>P P>U U>V", set()),
        ({"A": "activity", "P": "output", "M": "outcome_medium", "E": "impact"}, "A>P P>M M>E", set()),
        ({"A": "activity", "P": "output", "U": "outcome_short", "E": "impact"}, "A>P P>U U>E", set()),
        (CHAIN, "A>P P>U U>M M>E P>M", {("leap", None, "P → M")}),
        ({"A": "activity", "U": "outcome_short"}, "A>U", {("leap", None, "A → U")}),
        ({"A": "activity", "P": "output", "E": "impact"}, "A>P P>E", {("leap", None, "P → E")}),
        (CHAIN | {"Q": "output"}, "A>P P>U U>M M>E A>Q", {("dead_end", "Q", None)}),
        (CHAIN | {"V": "outcome_short"}, "A>P P>U U>M M>E V>M", {("no_source", "V", None)}),
        (CHAIN | {"Q": "output"}, "A>P P>U U>M M>E", {("orphan", "Q", None)}),
        (
            CHAIN | {"I": "input", "J": "input"},
            "A>P P>U U>M M>E I>A A>J",
            {("backward", None, "A → J"), ("dead_end", "J", None)},
        ),
        (CHAIN, "A>P P>U U>M M>E M>P", {("cycle", "M, P, U", "M → P")}),
        (CHAIN, "A>P P>U U>M M>E U>U", {("cycle", "U", "U → U")}),
        (
            CHAIN,
            "A>P P>U U>M M>E P>A E>M",
            {("cycle", "A, P", "P → A"), ("cycle", "E, M", "E → M")},
        ),
    ],
)
def test_each_rule_finds_its_fault_and_nothing_else(
    steps: dict[str, str], arrows: str, expected: set[tuple[str, str | None, str | None]]
) -> None:
    assert found(theory(steps, arrows)) == expected


def test_a_leap_names_the_levels_to_fill_in() -> None:
    message = theory({"A": "activity", "E": "impact"}, "A>E").check()["message"].iloc[0]
    assert "output; outcome, short term; outcome, medium term" in message


def test_a_circle_on_one_level_is_told_once() -> None:
    steps = {"A": "activity", "P": "output"} | dict.fromkeys("UVW", "outcome_short")
    assert [rule for rule, *_ in found(theory(steps, "A>P P>U U>V V>W W>U"))] == ["cycle"]


def test_what_is_not_written_is_told() -> None:
    links = pd.DataFrame({"from": ["A", "P"], "to": ["P", "U"], "because": [None, "so"], "assumption": ["if", " "]})
    steps = {"A": "activity", "P": "output", "U": "outcome_short"}
    nodes = pd.DataFrame({"node_id": list(steps), "level": list(steps.values()), "label": "x", "indicator": None})
    assert found(Theory.from_frames(nodes, links)) == {
        ("no_because", None, "A → P"),
        ("no_assumption", None, "P → U"),
        ("no_indicator", "U", None),
    }


@pytest.mark.parametrize("label", ["900 people took part", "900 deltagare", "Nio av tio deltagare var nöjda"])
def test_an_output_called_an_outcome_is_told(label: str) -> None:
    steps = {"A": "activity", "P": "output", "U": "outcome_short"}
    assert found(theory(steps, "A>P P>U", label=["x", label, label])) == {("output_as_outcome", "U", None)}


@LANGUAGES
def test_words_for_outputs_are_not_found_in_the_courses_outcomes(language: str) -> None:
    key = pd.read_csv(Path(__file__).parents[1] / "exercises" / "keys" / "statements.csv", index_col="statement_id")
    statements = data.load("statements").set_index("statement_id")
    told = statements[f"text_{language}"].map(reads_as_output)
    changes = key["level"].isin(["outcome_short", "outcome_medium", "impact"])
    assert not told[key.index[changes]].any()
    # Attendance, training, satisfaction and meetings held are what people take for effects.
    assert told[["S01", "S06", "S08", "S12"]].all()


@settings(max_examples=50, deadline=None)
@given(theories())
def test_a_circle_is_told_when_there_is_one_and_only_then(of: Theory) -> None:
    around = any(node in reached(of, node) for node in of.nodes["node_id"])
    told = of.check()[lambda frame: frame["rule"] == "cycle"]
    assert bool(len(told)) == around
    arrows = set(zip(of.links["from"], of.links["to"], strict=True))
    for message, link in zip(told["message"], told["link"], strict=True):
        path = message.partition(": ")[2].partition(". ")[0].split(" → ")
        assert path[0] == path[-1]
        assert tuple(link.split(" → ")) in itertools.pairwise(path)
        assert arrows.issuperset(itertools.pairwise(path))


@settings(max_examples=50, deadline=None)
@given(theories())
def test_without_errors_every_activity_leads_to_an_outcome_and_every_outcome_has_a_source(of: Theory) -> None:
    told = set(of.check().loc[lambda frame: frame["severity"] == "error", "rule"])
    level = dict(zip(of.nodes["node_id"], of.nodes["level"], strict=True))
    sound = True
    for node, at in level.items():
        if at in ("input", "activity", "output"):
            sound &= any(LEVELS.index(level[other]) >= 3 for other in reached(of, node))
        if at not in ("input", "activity"):
            sound &= any(LEVELS.index(level[other]) <= 1 for other in reached(of, node, forward=False))
    if not told:
        assert sound


@settings(max_examples=15, deadline=None)
@given(theories(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(of: Theory, random: Any) -> None:
    shuffled = Theory.from_frames(
        of.nodes.sample(frac=1, random_state=random.randrange(1000)),
        of.links.sample(frac=1, random_state=random.randrange(1000)),
    )
    assert found(shuffled) == found(of)


# ------------------------------------------------------------------------------------------------ reading tables


@pytest.mark.parametrize("words", ["en", "sv"])
def test_levels_may_be_written_in_words_of_either_language(words: str) -> None:
    nodes = data.load("brobygget_theory_nodes", labels=words)
    links = data.load("brobygget_theory_links", labels=words)
    assert found(Theory.from_frames(nodes, links, version={"en": "flawed", "sv": "felaktig"}[words])) == PLANTED


def test_the_tables_given_are_left_as_they_were() -> None:
    nodes, links = data.load("brobygget_theory_nodes"), data.load("brobygget_theory_links")
    before = nodes.copy(), links.copy()
    of = Theory.from_frames(nodes, links, version="good")
    of.nodes.loc[0, "label_en"] = "changed"
    pd.testing.assert_frame_equal(nodes, before[0])
    pd.testing.assert_frame_equal(links, before[1])


def test_a_theory_can_begin_without_arrows() -> None:
    alone = theory({"E": "impact"})
    assert found(alone) == {("orphan", "E", None)}
    assert "1 step." in str(alone)
    assert alone.diagram().to_dict()["description"].endswith("Impact: E x.")


def test_it_reads_level_by_level_in_both_languages() -> None:
    of = brobygget("flawed")
    shown = str(of)
    assert shown.index("B03") < shown.index("B11") < shown.index("B12") < shown.index("B18")
    assert "The check finds 3 errors and 2 things to do." in shown
    use_language("sv")
    assert "Kontrollen hittar 3 fel och 2 saker att göra." in str(of)
    assert "Utfall på kort sikt" in of._repr_html_()
    assert "Vägen från utanförskap" in of._repr_html_()


def test_text_missing_in_one_language_is_taken_from_the_other() -> None:
    nodes = pd.DataFrame(
        {"node_id": ["E"], "level": "impact", "label_en": [None], "label_sv": ["Mål"], "indicator": ""}
    )
    assert "Mål" in str(Theory.from_frames(nodes, None))


# ------------------------------------------------------------------------------------------------ the picture


@LANGUAGES
@pytest.mark.parametrize("version", ["good", "flawed"])
def test_the_picture_fits_a_phone_and_boxes_keep_apart(version: str, language: str) -> None:
    use_language(language)
    of = brobygget(version)
    picture = _theory_layout.lay_out(of.nodes, of.links)
    assert picture.width <= charts.WIDTH
    assert {box.node for box in picture.boxes} == set(of.nodes["node_id"])
    for box in picture.boxes:
        assert box.x >= 0
        assert box.x + box.width <= picture.width
        for _x, middle, line, _is_id in box.texts():
            assert _theory_layout.text_width(line) <= box.width
            assert box.y < middle < box.y + box.height
        for other in picture.boxes:
            if other is not box:
                beside = other.x >= box.x + box.width or box.x >= other.x + other.width
                assert beside or other.y >= box.y + box.height or box.y >= other.y + other.height
    levels = dict(zip(of.nodes["node_id"], of.nodes["level"], strict=True))
    tops = {level: min(box.y for box in picture.boxes if levels[box.node] == level) for level in LEVELS}
    assert sorted(tops.values()) == [tops[level] for level in LEVELS]


@settings(max_examples=30, deadline=None)
@given(theories())
def test_every_arrow_begins_and_ends_at_the_edge_of_its_box(of: Theory) -> None:
    picture = _theory_layout.lay_out(of.nodes, of.links)
    boxes = {box.node: box for box in picture.boxes}
    for start, end, (points, _dashed) in zip(of.links["from"], of.links["to"], picture.arrows, strict=True):
        for (x, y), box in ((points[0], boxes[start]), (points[-1], boxes[end])):
            assert box.x < x < box.x + box.width
            assert y in (box.y, box.y + box.height)


def test_lines_break_at_spaces_and_hyphens_and_within_long_words() -> None:
    assert _theory_layout.wrap("Three trial days", 70) == ["Three trial", "days"]
    assert _theory_layout.wrap("prova-på-dagar", 60) == ["prova-på-", "dagar"]
    assert _theory_layout.wrap("Arbetsförmedlingen", 80) == ["Arbetsför-", "medlingen"]
    assert _theory_layout.wrap("visats 3\N{NO-BREAK SPACE}000 gånger", 60)[1].startswith("3\N{NO-BREAK SPACE}000")


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="abcåäö -\N{NO-BREAK SPACE}W", max_size=60), st.integers(40, 300))
def test_no_letter_is_lost_when_lines_break(text: str, width: int) -> None:
    lines = _theory_layout.wrap(text, width)
    kept = re.sub(r"[\s-]", "", text)
    assert re.sub(r"[\s-]", "", "".join(lines)) == kept


@LANGUAGES
def test_the_chart_is_drawn_and_described_in_order(language: str) -> None:
    use_language(language)
    of = brobygget("flawed")
    spec = of.diagram().to_dict()
    drawing = vl_convert.vegalite_to_svg(spec)
    told = spec["description"]
    assert all(f">{node}<" in drawing for node in of.nodes["node_id"])
    ordered = of.nodes.sort_values("level", key=lambda levels: levels.map(LEVELS.index), kind="stable")
    at = [told.index(f"{node} {label}") for node, label in ordered[["node_id", f"label_{language}"]].to_numpy()]
    assert at == sorted(at)
    assert "B10 → B13" in told
    assert ("Impact: B17" if language == "en" else "Långsiktig effekt: B17") in told


def test_the_picture_stands_as_xml_whatever_a_step_says() -> None:
    of = theory({"E": "impact"}, label='<script>alert("1")</script> & more')
    drawing = ElementTree.fromstring(_theory_draw.svg(of.nodes, of.links))
    assert drawing.get("role") == "img"
    assert 'alert("1")' in drawing.get("aria-label", "")
    assert not drawing.findall(".//{*}script")


# ------------------------------------------------------------------------------------------------ exports

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(lambda t: t.strip())


def read_mermaid(text: str) -> tuple[dict[str, str], list[tuple[str, str, bool]], list[str]]:
    """Read the part of Mermaid's grammar that a theory needs: groups, quoted labels with codes, two kinds of arrow."""
    first, *lines = text.splitlines()
    assert first == "flowchart TB"
    steps, arrows, groups, inside = {}, [], [], False
    for line in lines:
        if group := re.fullmatch(r'  subgraph (\w+)\["([^"]*)"\]', line):
            assert not inside
            groups.append(group[2])
            inside = True
        elif line == "  end":
            inside = False
        elif step := re.fullmatch(r'    (\w+)\["([^"]*)"\]', line):
            assert inside
            assert step[1].lower() not in ("end", "graph", "subgraph", "style", "class", "click", "default")
            steps[step[1]] = re.sub(r"#(\d+);", lambda code: chr(int(code[1])), step[2])
            # Nothing is left that Mermaid or a browser could take for markup.
            assert not re.search(r"[<>`&%\\]|:\S*#\D", step[2])
        else:
            arrow = re.fullmatch(r"  (\w+) (-->|-\.->) (\w+)", line)
            assert arrow, line
            arrows.append((arrow[1], arrow[3], arrow[2] == "-.->"))
    assert not inside
    return steps, arrows, groups


@LANGUAGES
def test_mermaid_holds_the_whole_theory(language: str) -> None:
    use_language(language)
    of = brobygget("flawed")
    steps, arrows, groups = read_mermaid(of.to_mermaid())
    assert steps == dict(zip(of.nodes["node_id"], of.nodes[f"label_{language}"], strict=True))
    assert [(a, b) for a, b, _dashed in arrows] == list(zip(of.links["from"], of.links["to"], strict=True))
    assert [(a, b) for a, b, dashed in arrows if dashed] == [("B10", "B13")]
    assert groups[0] == {"en": "Input", "sv": "Resurs"}[language]


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=4, unique_by=lambda text: " ".join(text.split())))
def test_any_words_and_ids_survive_mermaid(texts: list[str]) -> None:
    ids = [" ".join(text.split()) for text in texts]
    nodes = pd.DataFrame({"node_id": ids, "level": "activity", "label": texts, "indicator": ""})
    links = pd.DataFrame({"from": ids[:1], "to": ids[1:2], "because": "", "assumption": ""})
    steps, arrows, _groups = read_mermaid(Theory.from_frames(nodes, links).to_mermaid())
    assert list(steps.values()) == ids
    first, second, *_more = steps
    assert arrows == [(first, second, True)]


def read_dot(text: str) -> tuple[dict[str, str], list[tuple[str, str, dict[str, str]]], list[str]]:
    """Read the part of DOT's grammar that a theory needs, token by token."""
    tokens = re.findall(r'"(?:[^"\\]|\\.)*"|->|[\[\]{}=;,]|[\w.]+|\S', text)
    unquoted = [re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), t[1:-1]) if t[0] == '"' else t for t in tokens]
    steps: dict[str, str] = {}
    arrows: list[tuple[str, str, dict[str, str]]] = []
    groups: list[str] = []
    at, depth = 0, 0
    while at < len(tokens):
        if tokens[at] in ("{", "}"):
            depth += 1 if tokens[at] == "{" else -1
            at += 1
            continue
        end = at
        while tokens[end] not in (";", "{"):
            end += 1
        words, values = tokens[at:end], unquoted[at:end]
        settings_: dict[str, str] = {}
        if "[" in words:
            body = values[words.index("[") + 1 : -1]
            assert words[-1] == "]"
            settings_ = {body[n]: body[n + 2] for n in range(0, len(body), 4)}
        if "->" in words:
            arrows.append((values[0], values[2], settings_))
        elif words[0].startswith('"'):
            steps[values[0]] = settings_["label"]
        elif words[:2] == ["label", "="]:
            groups.append(values[2])
        at = end + (tokens[end] == ";")
    assert depth == 0
    return steps, arrows, groups


@LANGUAGES
def test_dot_holds_the_whole_theory(language: str) -> None:
    use_language(language)
    of = brobygget("flawed")
    steps, arrows, groups = read_dot(of.to_dot())
    labels = dict(zip(of.nodes["node_id"], of.nodes[f"label_{language}"], strict=True))
    assert steps.keys() == labels.keys()
    assert re.sub(r"\s|-", "", steps["B01"]) == re.sub(r"\s|-", "", labels["B01"])
    assert [(a, b) for a, b, _rest in arrows] == list(zip(of.links["from"], of.links["to"], strict=True))
    assert [(a, b) for a, b, rest in arrows if rest["style"] == "dashed"] == [("B10", "B13")]
    assert of.links[f"because_{language}"].iloc[0] in arrows[0][2]["tooltip"]
    assert of.links[f"assumption_{language}"].iloc[0] in arrows[0][2]["tooltip"]
    assert len(groups) == 6


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=4, unique_by=lambda text: " ".join(text.split())))
def test_any_words_and_ids_survive_dot(texts: list[str]) -> None:
    ids = [" ".join(text.split()) for text in texts]
    nodes = pd.DataFrame({"node_id": ids, "level": "activity", "label": texts, "indicator": ""})
    links = pd.DataFrame({"from": ids[:1], "to": ids[1:2], "because": texts[0], "assumption": texts[1]})
    steps, arrows, _groups = read_dot(Theory.from_frames(nodes, links).to_dot())
    assert list(steps) == ids
    assert arrows[0][:2] == (ids[0], ids[1])
    assert texts[1].strip() in arrows[0][2]["tooltip"]


# ------------------------------------------------------------------------------------------------ indicator cards


@LANGUAGES
def test_each_flawed_card_has_its_one_fault_and_the_others_none(language: str) -> None:
    use_language(language)
    told = indicator_check(data.load("indicators"))
    # What the data package says is planted.
    assert dict(zip(told["indicator"], told["rule"], strict=True)) == {
        "K12": "no_denominator",
        "K13": "output_as_outcome",
        "K14": "no_date",
        "K15": "no_baseline",
        "K16": "no_owner",
        "K17": "direction",
        "K18": "two_in_one",
    }
    assert len(told) == 7


CARD = {
    "indicator_id": "K1",
    "level": "outcome_medium",
    "name": "In paid work after a year",
    "definition": "In work during the fifth quarter.",
    "numerator": "participants in work",
    "denominator": "participants who started",
    "unit": "percent",
    "source": "the panel",
    "frequency": "yearly",
    "baseline": 19,
    "target": 40,
    "target_date": "2026-12-31",
    "disaggregation": "gender",
    "owner": "the evaluator",
    "direction": "up",
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"unit": "count", "denominator": ""}, []),
        ({"direction": "down", "baseline": 81, "target": 60}, []),
        ({"direction": "mindre är bättre", "baseline": 81, "target": 60}, []),
        ({"level": "output", "name": "900 people took part"}, []),
        ({"name": None}, [("no_name", "specific")]),
        ({"definition": ""}, [("no_definition", "specific")]),
        ({"numerator": ""}, [("no_numerator", "measurable")]),
        ({"source": " "}, [("no_source", "measurable")]),
        ({"frequency": None}, [("no_frequency", "measurable")]),
        ({"unit": None}, [("no_unit", "measurable")]),
        ({"owner": None}, [("no_owner", "assignable")]),
        ({"disaggregation": None}, [("no_disaggregation", "specific")]),
        ({"denominator": None}, [("no_denominator", "measurable")]),
        ({"baseline": None}, [("no_baseline", "measurable")]),
        ({"target": None}, [("no_target", "measurable")]),
        ({"target_date": None}, [("no_date", "time-related")]),
        ({"target_date": "soon"}, [("no_date", "time-related")]),
        ({"target_date": "2026-02-30"}, [("no_date", "time-related")]),
        ({"direction": None}, [("no_direction", "specific")]),
        ({"target": 10}, [("direction", "realistic")]),
        ({"target": 19}, [("no_change", "realistic")]),
        ({"target": 140}, [("out_of_range", "realistic")]),
        ({"name": "Arbete och trygghet"}, [("two_in_one", "specific")]),
        ({"name": "Personer vi nått", "definition": "Namn på närvarolistan."}, [("output_as_outcome", "specific")]),
    ],
)
def test_one_change_to_a_sound_card_gives_one_finding(change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    told = indicator_check(pd.DataFrame([CARD | change]))
    assert list(zip(told["rule"], told["criterion"], strict=True)) == expected
    assert told["message"].str.contains("K1").all()


def test_a_date_may_be_a_date() -> None:
    cards = pd.DataFrame([CARD]).assign(target_date=pd.to_datetime(["2026-12-31"]))
    assert indicator_check(cards).empty


# ------------------------------------------------------------------------------------------------ bad input

NODES = pd.DataFrame({"node_id": ["A", "P"], "level": ["activity", "output"], "label": ["a", "p"], "indicator": ""})
LINKS = pd.DataFrame({"from": ["A"], "to": ["P"], "because": ["b"], "assumption": ["c"]})
ALL_NODES, ALL_LINKS = "brobygget_theory_nodes", "brobygget_theory_links"

BAD: list[Any] = [
    pytest.param(lambda: Theory.from_frames([1], LINKS), ValueError, "nodes is [1]", "nodes är [1]", id="no frame"),
    pytest.param(lambda: Theory.from_frames(NODES[:0], LINKS), ValueError, "nodes is empty", "nodes är", id="empty"),
    pytest.param(
        lambda: Theory.from_frames(NODES.drop(columns="level"), LINKS),
        KeyError,
        "nodes has no column 'level'",
        "nodes har ingen kolumn 'level'",
        id="no level",
    ),
    pytest.param(
        lambda: Theory.from_frames(NODES.drop(columns="label"), LINKS),
        KeyError,
        "no column 'label'",
        "ingen",
        id="label",
    ),
    pytest.param(
        lambda: Theory.from_frames(NODES, LINKS.drop(columns="assumption")),
        KeyError,
        "links has no column 'assumption'",
        "links har ingen kolumn 'assumption'",
        id="no assumption",
    ),
    pytest.param(
        lambda: Theory.from_frames(NODES.assign(level="goal"), LINKS),
        ValueError,
        "level is 'goal'; choose one of input",
        "level är 'goal'; välj något av input",
        id="unknown level",
    ),
    pytest.param(
        lambda: Theory.from_frames(NODES.assign(label=["a", None]), LINKS),
        ValueError,
        "The step P has no label",
        "Steget P saknar text",
        id="empty label",
    ),
    pytest.param(
        lambda: Theory.from_frames(NODES.assign(node_id=["A", None]), LINKS),
        ValueError,
        "Row 1: node_id is empty",
        "Rad 1: node_id är tom",
        id="no id",
    ),
    pytest.param(
        lambda: Theory.from_frames(NODES.assign(node_id="A"), LINKS),
        ValueError,
        "A stands more than once; keep it once",
        "A står mer än en gång; behåll",
        id="step twice",
    ),
    pytest.param(
        lambda: Theory.from_frames(NODES, pd.concat([LINKS, LINKS])),
        ValueError,
        "A → P stands more than once",
        "A → P står mer än en gång",
        id="arrow twice",
    ),
    pytest.param(
        lambda: Theory.from_frames(NODES, LINKS.assign(to="X")),
        ValueError,
        "The arrow A → X names X, which is not among the steps: A, P",
        "Pilen A → X nämner X, som inte finns bland stegen: A, P",
        id="unknown step",
    ),
    pytest.param(lambda: Theory.from_frames(NODES, "A>P"), ValueError, "links is 'A>P'", "links är 'A>P'", id="links"),
    pytest.param(
        lambda: Theory.from_frames(data.load(ALL_NODES), data.load(ALL_LINKS)),
        ValueError,
        "several versions. Choose one: version='good'",
        "flera versioner. Välj en: version='good'",
        id="both versions",
    ),
    pytest.param(
        lambda: Theory.from_frames(data.load(ALL_NODES), data.load(ALL_LINKS), version="best"),
        ValueError,
        "version is 'best'; choose one of good, flawed",
        "version är 'best'; välj ett av good, flawed",
        id="unknown version",
    ),
    pytest.param(lambda: indicator_check("K01"), ValueError, "frame is 'K01'", "frame är 'K01'", id="cards"),
    pytest.param(
        lambda: indicator_check(pd.DataFrame([CARD]).drop(columns="owner")),
        KeyError,
        "no column 'owner'",
        "ingen kolumn 'owner'",
        id="no owner column",
    ),
    pytest.param(
        lambda: indicator_check(pd.DataFrame([CARD, CARD])),
        ValueError,
        "K1 stands more",
        "K1 står mer",
        id="card twice",
    ),
    pytest.param(
        lambda: indicator_check(pd.DataFrame([CARD | {"indicator_id": None}])),
        ValueError,
        "indicator_id is empty; give",
        "indicator_id är tom; ge",
        id="card without id",
    ),
    pytest.param(
        lambda: indicator_check(pd.DataFrame([CARD | {"direction": "left"}])),
        ValueError,
        "direction is 'left'; choose one of up, down",
        "direction är 'left'; välj något av up, down",
        id="unknown direction",
    ),
    pytest.param(
        lambda: indicator_check(pd.DataFrame([CARD | {"target": "many"}])),
        ValueError,
        "target is 'many'; give a number",
        "target är 'many'; ange ett tal",
        id="target in words",
    ),
]


def test_the_page_shows_text_and_no_markup_of_its_own() -> None:
    of = theory({"E": "impact"}, label="<b>x</b>")
    assert html.escape("<b>x</b>") in of._repr_html_()
