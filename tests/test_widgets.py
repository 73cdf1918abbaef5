"""The live tools, driven as a user drives them: fill in, press, read."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from siru_course import data, widgets
from siru_course.language import in_language, use_language
from siru_course.widgets import _cards

NAMES = ["Ada Ek", "Bo Öst", "Cy Å", "Di Al", "Edo Lo", "Fia My", "Gun Ny", "Hal Ro"]
DOTS, SCORES = {"Buses": 1, "Mentors": 2, "Tests": 0}, {"Buses": 0, "Mentors": 5, "Tests": 3}
OPTIONS = list(DOTS)
TOOLS = [
    "agenda_planner",
    "board_scorecard",
    "table_mixer",
    "talk_clock",
    "theory_builder",
    "toolbox",
    "value_explorer",
    "vote",
]


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def fill_in(tool, ranks=(), dots=None, scores=None):
    for control, option in zip(tool.form.places, ranks, strict=False):
        control.value = option
    for option, value in (dots or {}).items():
        tool.form.dots[option].value = value
    for option, value in (scores or {}).items():
        tool.form.scores[option].value = value


def cast(tool, *ballot, **parts):
    fill_in(tool, *ballot, **parts)
    tool.add_button.click()


def controls(box):
    """Give all controls inside a box that a person can reach by the tab key."""
    for child in box.children:
        if hasattr(child, "children"):
            yield from controls(child)
        elif type(child).__name__ != "HTML":
            yield child


def saved(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class TestPackage:
    def test_importing_the_package_loads_no_widget_library(self):
        code = "import sys; from siru_course import widgets; print('ipywidgets' in sys.modules, *dir(widgets))"
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert out.split() == ["False", *sorted(TOOLS)]

    @pytest.mark.parametrize("first", ["", "import siru_course.widgets.vote, siru_course.widgets.table_mixer\n"])
    def test_a_tool_is_a_function_whatever_was_imported_before(self, first):
        code = f"{first}from siru_course import widgets; widgets.vote(['A', 'B']); widgets.table_mixer(['A', 'B'])"
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    def test_a_misspelt_tool_is_an_attribute_error(self):
        with pytest.raises(AttributeError, match="voting"):
            _ = widgets.voting


class TestControls:
    @pytest.fixture(params=["en", "sv"])
    def tools(self, request):
        with in_language(request.param):
            return widgets.table_mixer(NAMES), widgets.vote(OPTIONS)

    def test_each_control_has_a_label_of_its_own_and_a_tooltip(self, tools):
        for tool in tools:
            found = list(controls(tool))
            assert all(control.description and control.tooltip for control in found)
            assert max(Counter(control.description for control in found).values()) == 1

    def test_labels_are_as_wide_as_their_words(self, tools):
        for control in (control for tool in tools for control in controls(tool)):
            if hasattr(control.style, "description_width") and type(control).__name__ != "Checkbox":
                assert control.style.description_width == "initial"

    def test_the_status_line_is_announced(self, tools):
        for tool in tools:
            assert re.match(r'<div role="status" lang="(en|sv)">\S', tool.status.value)
            assert tool.status in tool.children

    def test_a_tool_keeps_the_language_it_was_made_in(self):
        with in_language("sv"):
            swedish = widgets.table_mixer(NAMES)
        before = swedish.message
        use_language("en")
        swedish.again_button.click()
        assert swedish.message == before
        assert "Runda 1" in swedish.result.value
        assert "Round" not in swedish.result.value
        assert "Mix again" not in [control.description for control in controls(swedish)]
        assert widgets.table_mixer(NAMES).message != before


class TestTableMixer:
    def test_everyone_sits_at_one_table_in_each_round(self):
        tool = widgets.table_mixer(size=4, rounds=2)
        tool.names.value = "\n".join(NAMES)
        tool.mix_button.click()
        assert sorted(tool.tables.index) == sorted(NAMES)
        assert [sorted(Counter(tool.tables[round_]).values()) for round_ in (1, 2)] == [[4, 4], [4, 4]]

    def test_the_page_says_who_sits_where(self):
        tool = widgets.table_mixer(NAMES, size=3, rounds=2)
        html = tool.result.value
        assert re.findall(r"<h3>(.*?)</h3>", html) == ["Round 1", "Round 2"]
        for round_, part in zip((1, 2), html.split("<h3>")[1:], strict=True):
            tables = re.findall(r"<h4>Table (\d)</h4><ul>(.*?)</ul>", part)
            shown = {name: int(table) for table, items in tables for name in re.findall("<li>(.*?)</li>", items)}
            assert shown == tool.tables[round_].to_dict()

    def test_pairs_that_met_are_those_that_share_a_table(self):
        tool = widgets.table_mixer(NAMES, size=3, rounds=2)
        met = {
            pair
            for pair in combinations(NAMES, 2)
            if any(tool.tables.loc[pair[0], r] == tool.tables.loc[pair[1], r] for r in (1, 2))
        }
        assert f"Pairs that met: {len(met)} of 28 possible" in text_of(tool.result.value)
        assert re.search(r"At most \d+ could meet", text_of(tool.result.value))

    def test_the_first_round_mixes_what_stands_after_the_semicolon(self):
        sectors = ["public"] * 4 + ["civil"] * 4
        tool = widgets.table_mixer()
        tool.names.value = "\n".join(f"{name}; {sector}" for name, sector in zip(NAMES, sectors, strict=True))
        tool.size.value, tool.rounds.value = 4, 3
        tool.mix_button.click()
        for seed in range(5):
            at = pd.crosstab(tool.tables[1].to_numpy(), sectors)
            assert at.to_numpy().tolist() == [[2, 2], [2, 2]], seed
            tool.again_button.click()
        assert "Ada Ek (public)" in tool.result.value

    def test_mixing_on_sectors_costs_no_meetings(self):
        people = pd.DataFrame({"name": [f"P{i}" for i in range(16)], "sector": ["a", "b", "c", "d"] * 4})
        tool = widgets.table_mixer(people, size=4, rounds=5)
        assert (tool.meetings.pairs_met, tool.meetings.pairs_possible) == (120, 120)

    def test_a_frame_fills_the_list_and_is_left_as_it_was(self):
        people = data.load("dialogue_participants").query("meeting == 1")
        before = people.copy()
        tool = widgets.table_mixer(people, on=["sector", "gender"])
        first = people.iloc[0]
        assert tool.names.value.splitlines()[0] == f"{first.person_id}; {first.sector}; {first.gender}"
        assert len(tool.tables) == len(people)
        pd.testing.assert_frame_equal(people, before)

    def test_a_frame_without_a_name_column_uses_its_index(self):
        assert widgets.table_mixer(pd.DataFrame({"age": [3, 4]}, index=["Ada", "Bo"])).names.value == "Ada\nBo"

    def test_separators_in_cells_do_not_split_a_person(self):
        people = pd.DataFrame({"name": ["Ek; Ada", "Öst\nBo"], "sector": ["public", None]})
        tool = widgets.table_mixer(people)
        assert list(tool.tables.index) == ["Ek Ada", "Öst Bo"]

    def test_cells_pasted_from_a_spreadsheet_are_read(self):
        tool = widgets.table_mixer()
        tool.names.value = "Ada\tpublic\nBo\tcivil\n\n"
        tool.mix()
        assert "Bo (civil)" in tool.result.value

    def test_mix_again_gives_another_seating_and_mix_the_same(self):
        tool = widgets.table_mixer([f"P{i}" for i in range(20)])
        first = tool.tables
        tool.mix_button.click()
        assert tool.tables.equals(first)
        tool.again_button.click()
        assert not tool.tables.equals(first)

    @pytest.mark.parametrize(
        ("text", "english", "swedish"),
        [
            ("", "at least two names", "minst två namn"),
            ("Ada", "at least two names", "minst två namn"),
            ("Ada\nBo\nAda; civil", "Ada", "Ada"),
            ("Ada\n; civil", "; civil", "; civil"),
            ("Ada\nBo\nCy", "sit alone", "ensam"),
        ],
    )
    def test_a_bad_list_is_told_and_kept(self, capfd, text, english, swedish):
        for code, words in (("en", english), ("sv", swedish)):
            with in_language(code):
                tool = widgets.table_mixer(size=2)
            tool.names.value = text
            tool.mix_button.click()
            assert words in tool.message
            assert tool.names.value == text
            assert tool.tables is None
        assert capfd.readouterr().err == ""

    def test_a_bad_list_at_creation_is_told_too(self):
        tool = widgets.table_mixer(["Ada", "Ada", "Bo"])
        assert "On the list more than once: Ada." in tool.message
        assert tool.names.value == "Ada\nAda\nBo"

    def test_a_change_keeps_the_list_and_says_that_the_tables_are_old(self):
        tool = widgets.table_mixer(NAMES)
        html = tool.result.value
        tool.names.value += "\nIda"
        assert "Mix to seat anew" in tool.message
        tool.names.value += "\nIda"
        tool.mix_button.click()
        assert "Ida" in tool.message
        assert "those of the last mix" in tool.message
        assert tool.names.value.endswith("\nIda\nIda")
        assert tool.result.value == html

    def test_names_are_shown_as_text(self):
        tool = widgets.table_mixer(["<script>alert(1)</script>", "Bo & Co"])
        assert "<script>" not in tool.result.value
        assert "Bo &amp; Co" in tool.result.value
        tool.names.value = "<b>x</b>\n<b>x</b>"
        tool.mix()
        assert "<b>" not in tool.status.value

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ({"size": 1}, ValueError),
            ({"rounds": 0}, ValueError),
            ({"size": "5"}, ValueError),
            ({"participants": pd.DataFrame({"name": ["A", None]})}, ValueError),
            ({"participants": pd.DataFrame({"name": ["A", "B"]}), "on": "sector"}, KeyError),
        ],
    )
    def test_what_a_caller_gives_wrong_is_an_error_in_the_language(self, arguments, error):
        with pytest.raises(error) as english:
            widgets.table_mixer(**arguments)
        with in_language("sv"), pytest.raises(error) as swedish:
            widgets.table_mixer(**arguments)
        assert str(english.value) != str(swedish.value)


class TestTableMixerFile:
    @pytest.fixture
    def file(self, tmp_path):
        return tmp_path / "tables.csv"

    def test_each_change_of_the_list_is_on_the_disk_at_once(self, file):
        tool = widgets.table_mixer(save_to=file)
        tool.names.value = "Åsa Ek; civil\nBo Öst; public"
        assert saved(file) == [{"name": "Åsa Ek", "mix_1": "civil"}, {"name": "Bo Öst", "mix_1": "public"}]
        tool.names.value += "\nBo Öst"
        assert [row["name"] for row in saved(file)] == ["Åsa Ek", "Bo Öst", "Bo Öst"]

    def test_a_tool_opened_on_the_file_goes_on_with_list_and_tables(self, file):
        first = widgets.table_mixer(NAMES, size=3, rounds=2, save_to=file)
        again = widgets.table_mixer(save_to=file)
        assert again.names.value == first.names.value
        assert again.tables.to_dict() == first.tables.to_dict()
        assert (again.size.value, again.rounds.value) == (3, 2)
        assert "8 people are read from" in again.message
        assert "Pairs that met" in text_of(again.result.value)
        again.names.value += "\nIda"
        assert saved(file)[-1]["name"] == "Ida"

    def test_a_list_that_cannot_be_seated_is_kept_too(self, file):
        widgets.table_mixer(save_to=file).names.value = "Ada\nAda"
        assert widgets.table_mixer(save_to=file).names.value == "Ada\nAda"

    def test_the_same_tool_in_two_windows_loses_nothing(self, file, tmp_path):
        here, there = widgets.table_mixer(save_to=file), widgets.table_mixer(save_to=file)
        here.names.value = "Ada\nBo"
        there.names.value = "Cy\nDi"
        assert "changed elsewhere" in there.message
        assert [row["name"] for row in saved(file)] == ["Ada", "Bo"]
        assert [row["name"] for row in saved(tmp_path / "tables-2.csv")] == ["Cy", "Di"]

    def test_another_kind_of_file_is_told_and_left_alone(self, file):
        file.write_text("a,b\n1,2\n")
        tool = widgets.table_mixer(save_to=file)
        assert "cannot be read" in tool.message
        tool.names.value = "Ada\nBo"
        assert file.read_text() == "a,b\n1,2\n"


class TestPlaceCards:
    @pytest.fixture
    def tool(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        return widgets.table_mixer(NAMES, size=4, rounds=2)

    def test_the_page_has_a_card_a_person_with_each_table(self, tool, tmp_path):
        tool.save_button.click()
        page = (tmp_path / "place_cards.html").read_text(encoding="utf-8")
        cards = re.findall(r"<h2>(.*?)</h2><ul>(.*?)</ul>", page)
        assert {name: [int(n) for n in re.findall(r"table (\d)", rounds)] for name, rounds in cards} == {
            name: list(row) for name, row in tool.tables.T.items()
        }
        assert '<html lang="en">' in page
        assert "place_cards.html" in tool.message

    def test_the_sheet_opens_with_its_letters_in_a_spreadsheet(self, tool, tmp_path):
        for code, separator, heading in (("en", ",", "Round 1"), ("sv", ";", "Runda 1")):
            with in_language(code):
                made = widgets.table_mixer(NAMES, size=4, rounds=2)
            made.file_name.value = f"kort-{code}.CSV"
            made.save_button.click()
            assert (tmp_path / f"kort-{code}.CSV").read_bytes().startswith(b"\xef\xbb\xbf")
            sheet = pd.read_csv(tmp_path / f"kort-{code}.CSV", sep=separator, index_col=0)
            assert list(sheet.index) == NAMES
            assert sheet[heading].tolist() == made.tables[1].tolist()

    def test_names_on_cards_are_text(self):
        assert "<b>" not in _cards.page(pd.DataFrame({1: [1]}, index=["<b>Ada</b>"]))

    def test_its_own_file_is_written_over_but_no_other(self, tool, tmp_path):
        tool.save_button.click()
        tool.again_button.click()
        tool.save_button.click()
        assert "place_cards.html" in tool.message
        (tmp_path / "mine.csv").write_text("mine")
        tool.file_name.value = "mine.csv"
        tool.save_button.click()
        assert "There is a file" in tool.message
        assert (tmp_path / "mine.csv").read_text() == "mine"

    @pytest.mark.parametrize(
        "name", ["", "cards", "cards.pdf", "no/such/folder/cards.html", "x\0.html", "a" * 300 + ".csv"]
    )
    def test_what_cannot_be_written_is_a_sentence(self, tool, name, capfd):
        tool.file_name.value = name
        tool.save_button.click()
        assert re.search(r"(let it end with|could not be written).*\.$", tool.message, re.DOTALL)
        assert capfd.readouterr().err == ""

    def test_cards_wait_for_tables(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        tool = widgets.table_mixer()
        tool.save_button.click()
        assert "Mix first" in tool.message
        assert list(tmp_path.iterdir()) == []


class TestVote:
    @pytest.fixture
    def tool(self):
        return widgets.vote(OPTIONS)

    def test_options_can_be_written_in_the_tool(self):
        tool = widgets.vote()
        tool.add_button.click()
        assert "First write the options" in tool.message
        tool.option_names.value = " Buses\n\nMentors \n"
        tool.use_button.click()
        assert list(tool.form.dots) == ["Buses", "Mentors"]
        assert [place.description for place in tool.form.places] == ["Place 1", "Place 2"]

    def test_a_ballot_is_counted_by_each_rule_it_answers(self, tool):
        cast(tool, ["Mentors", "Buses", "Tests"], DOTS, SCORES)
        rules = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', tool.result.value)
        assert {rule for rule, winner in rules if winner == "Mentors"} == {
            "Plurality",
            "Borda count",
            "Condorcet&#x27;s rule",
            "Instant run-off",
            "Score voting",
            "Dot-voting",
        }
        assert len(rules) == 6
        assert "same winner: Mentors" in text_of(tool.result.value)

    def test_a_ballot_may_answer_one_part_only(self, tool):
        cast(tool, dots=DOTS)
        assert re.findall(r'<th scope="row">(.*?)</th>', tool.result.value) == ["Dot-voting"]
        cast(tool, ["Tests"])
        assert tool.box.count == 2
        assert "Ballots left out, as they are empty: 1." in tool.text

    def test_the_form_is_empty_for_the_next_voter(self, tool):
        cast(tool, ["Mentors", "Buses"], DOTS, SCORES)
        ranks, dots, scores = tool.form.read()
        assert (set(ranks), set(dots.values()), set(scores.values())) == ({""}, {0}, {None})

    # The well-known election of Tennessee's capital (42, 26, 15 and 17 of 100), where the rules disagree.
    def test_rules_differ_as_in_the_textbook(self):
        near = {
            "Memphis": ["Memphis", "Nashville", "Chattanooga", "Knoxville"],
            "Nashville": ["Nashville", "Chattanooga", "Knoxville", "Memphis"],
            "Chattanooga": ["Chattanooga", "Knoxville", "Nashville", "Memphis"],
            "Knoxville": ["Knoxville", "Chattanooga", "Nashville", "Memphis"],
        }
        ballots = pd.DataFrame(near.values(), columns=list("1234")).assign(n=[42, 26, 15, 17])
        tool = widgets.vote(ballots=ballots)
        winners = dict(re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', tool.result.value))
        assert list(winners.values()) == ["Memphis", "Nashville", "Nashville", "Knoxville"]
        assert "The rules differ. Memphis: Plurality; Nashville: Borda count, Condorcet" in tool.text
        assert tool.box.count == 100

    def test_a_cycle_has_no_winner_and_says_between_whom(self):
        cycle = pd.DataFrame({"1": ["A", "B", "C"], "2": ["B", "C", "A"], "3": ["C", "A", "B"]})
        assert "none; undecided between A, B, C" in widgets.vote(ballots=cycle).text

    @pytest.mark.parametrize(
        ("ballot", "words"),
        [
            ({}, "empty"),
            ({"ranks": ["Buses", "Buses"]}, "twice"),
            ({"ranks": ["", "Buses"]}, "leaves rank 1 empty"),
            ({"dots": {"Buses": 2}}, "2 dots; place 3"),
            ({"dots": {"Buses": 3, "Tests": 1}}, "4 dots; place 3"),
            ({"scores": {"Buses": 4}}, "every option a score"),
        ],
    )
    def test_a_bad_ballot_is_told_and_stays_in_the_form(self, tool, capfd, ballot, words):
        cast(tool, **ballot)
        filled = tool.form.read()
        assert words in tool.message
        assert tool.box.count == 0
        fill_in(tool, **ballot)
        assert tool.form.read() == filled
        with in_language("sv"):
            swedish = widgets.vote(OPTIONS)
        cast(swedish, **ballot)
        assert swedish.message
        assert words not in swedish.message
        assert capfd.readouterr().err == ""

    @pytest.mark.parametrize("options", [[], ["Buses"], ["Buses", "Buses"], ["Buses", ""], ["Buses ", "Buses"]])
    def test_bad_options_are_told(self, options, capfd):
        tool = widgets.vote(options)
        assert re.search("at least two options|more than once: Buses", tool.message)
        with in_language("sv"):
            assert re.search("minst två|mer än en gång: Buses", widgets.vote(options).message)
        assert capfd.readouterr().err == ""

    def test_undo_takes_back_the_last_ballot_only(self, tool):
        cast(tool, ["Buses"])
        cast(tool, ["Tests"])
        tool.undo_button.click()
        assert tool.box.frame["1"].tolist() == ["Buses"]
        assert "Ballots: 1." in tool.message
        tool.undo_button.click()
        tool.undo_button.click()
        assert "no ballot to take back" in tool.message

    def test_options_are_fixed_once_a_ballot_is_in(self, tool):
        tool.option_names.value = "Buses\nMentors"
        tool.use_button.click()
        assert list(tool.form.dots) == ["Buses", "Mentors"]
        cast(tool, ["Buses"])
        tool.option_names.value = "Buses\nMentors\nTests"
        tool.use_button.click()
        assert "fixed" in tool.message
        assert tool.option_names.value == "Buses\nMentors\nTests"
        assert list(tool.form.dots) == ["Buses", "Mentors"]
        assert tool.box.count == 1

    def test_the_result_can_be_hidden_while_people_vote(self, tool):
        cast(tool, ["Buses"])
        tool.show.value = False
        assert "Ballots: 1." in text_of(tool.result.value)
        assert "Buses" not in tool.result.value + tool.text
        tool.show.value = True
        assert "Buses" in tool.result.value

    def test_near_twins_counted_as_one_change_the_winner(self):
        ballots = pd.DataFrame({"dots_A": [2, 1, 0], "dots_B": [1, 1, 0], "dots_C": [0, 1, 3]})
        tool = widgets.vote(ballots)
        assert re.findall(r"<td>(\w)</td>", tool.result.value) == ["C"]
        tool.twin_one.value, tool.twin_two.value = "A", "B"
        assert "A + B" in tool.result.value
        assert "changes the winner by: Dot-voting (C → A + B)" in tool.text
        tool.twin_two.value = ""
        assert "A + B" not in tool.result.value

    def test_a_twin_that_wins_with_its_twin_is_no_other_winner(self):
        tool = widgets.vote(pd.DataFrame({"dots_A": [3, 2], "dots_B": [0, 1], "dots_C": [0, 0]}))
        tool.twin_one.value, tool.twin_two.value = "A", "B"
        assert "Counting A + B as one does not change the winner" in tool.text

    def test_twins_that_cannot_be_merged_are_told_and_ballots_still_come_in(self, tool):
        cast(tool, ["Buses"])
        tool.twin_one.value = tool.twin_two.value = "Buses"
        assert "two different options" in tool.message
        tool.twin_two.value = "Tests"
        assert "is on no ballot" in tool.message
        cast(tool, ["Tests"])
        assert tool.message.startswith("The ballot is added. Ballots: 2.")
        assert "Buses + Tests" in tool.result.value

    def test_ballots_given_are_counted_and_left_as_they_were(self):
        ballots = data.load("ballots")
        before = ballots.copy()
        tool = widgets.vote(ballots)
        assert tool.box.options == list("ABCDEF")
        assert len(re.findall('<th scope="row">', tool.result.value)) == 8
        cast(tool, list("ABCDEF"))
        assert tool.box.count == len(before) + 1
        pd.testing.assert_frame_equal(ballots, before)

    def test_the_form_asks_what_the_ballots_hold(self):
        ranked = widgets.vote(ballots=pd.DataFrame({"1": ["A", "B"], "2": ["B", "A"]}))
        assert (len(ranked.form.places), ranked.form.dots, ranked.form.scores) == (2, {}, {})

    def test_ballots_that_cannot_be_counted_are_told(self):
        tool = widgets.vote(ballots=pd.DataFrame({"dots_A": [1, -1], "dots_B": [0, 1]}))
        assert "dots_A" in tool.message
        assert isinstance(tool._repr_mimebundle_()["text/html"], str)

    def test_what_is_no_ballots_is_an_error(self):
        with pytest.raises(ValueError, match="ballots"):
            widgets.vote(ballots=[1, 2])

    def test_options_are_shown_as_text(self):
        tool = widgets.vote(["<b>x</b>", "y"])
        cast(tool, ["<b>x</b>"], {"<b>x</b>": 3})
        assert "<b>" not in tool.result.value

    @pytest.mark.parametrize(
        "names", [["1", "2"], ["n", "ballot_id"], ["NA", "None"], ["a, b", 'say "hi"'], ["å_ö", "dots_x"]]
    )
    def test_any_name_can_be_an_option_and_survives_the_file(self, names, tmp_path):
        tool = widgets.vote(names, save_to=tmp_path / "votes.csv")
        cast(tool, names, {names[0]: 3}, dict.fromkeys(names, 4))
        again = widgets.vote(save_to=tmp_path / "votes.csv")
        assert again.box.options == names
        assert again.text == tool.text
        assert names[0] in again.text


class TestSaving:
    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "röster.csv"

    def test_a_ballot_is_in_the_file_when_it_is_entered(self, path):
        tool = widgets.vote(OPTIONS, save_to=path)
        for n in range(1, 4):
            cast(tool, ["Mentors", "Buses"], DOTS, SCORES)
            assert len(saved(path)) == n
        assert saved(path)[0] == {
            "1": "Mentors", "2": "Buses", "3": "",
            **{f"dots_{option}": str(value) for option, value in DOTS.items()},
            **{f"score_{option}": str(value) for option, value in SCORES.items()},
        }  # fmt: skip
        assert str(path) in tool.message

    def test_a_ballot_is_there_when_the_kernel_is_killed(self, path, tmp_path):
        code = (
            "import sys, time\nfrom siru_course import widgets\n"
            f"tool = widgets.vote(['Buses', 'Mentors'], save_to={str(path)!r})\n"
            "for option in ['Buses', 'Mentors', 'Buses']:\n"
            "    tool.form.places[0].value = option\n    tool.add_button.click()\n"
            "print('in', flush=True)\ntime.sleep(60)\n"
        )
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "in\n"
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()
        process.stdout.close()
        again = widgets.vote(save_to=path)
        assert again.box.frame["1"].tolist() == ["Buses", "Mentors", "Buses"]
        assert again.box.options == ["Buses", "Mentors"]

    def test_it_continues_from_the_file(self, path):
        first = widgets.vote(OPTIONS, save_to=path)
        cast(first, ["Mentors"], DOTS)
        cast(first, ["Buses"], scores=SCORES)
        second = widgets.vote(OPTIONS, save_to=path)
        assert str(path) in second.message
        assert second.text == first.text
        cast(second, ["Tests"])
        assert [row["1"] for row in saved(path)] == ["Mentors", "Buses", "Tests"]

    def test_undo_takes_the_ballot_out_of_the_file(self, path):
        tool = widgets.vote(OPTIONS, save_to=path)
        cast(tool, ["Mentors"])
        cast(tool, ["Buses"])
        tool.undo_button.click()
        assert [row["1"] for row in saved(path)] == ["Mentors"]
        assert os.listdir(path.parent) == [path.name]

    def test_undo_never_removes_a_ballot_that_came_by_another_window(self, path):
        first = widgets.vote(OPTIONS, save_to=path)
        cast(first, ["Mentors"])
        second = widgets.vote(save_to=path)
        cast(second, ["Buses"])
        first.undo_button.click()
        assert "has changed" in first.message
        assert first.box.count == 1
        assert len(saved(path)) == 2

    def test_a_line_that_was_cut_off_is_told_and_the_next_ballot_is_whole(self, path):
        tool = widgets.vote(OPTIONS, save_to=path)
        cast(tool, ["Mentors"], DOTS, SCORES)
        cast(tool, ["Buses"], DOTS, SCORES)
        path.write_bytes(path.read_bytes()[:-9])
        again = widgets.vote(save_to=path)
        assert "cut off" in again.message
        cast(again, ["Tests"], DOTS, SCORES)
        assert [row["1"] for row in saved(path)] == ["Mentors", "Tests"]

    def test_a_last_line_without_an_end_is_kept(self, path):
        cast(widgets.vote(OPTIONS, save_to=path), ["Mentors"], DOTS, SCORES)
        path.write_bytes(path.read_bytes().rstrip())
        again = widgets.vote(save_to=path)
        cast(again, ["Tests"])
        assert [row["1"] for row in saved(path)] == ["Mentors", "Tests"]

    def test_a_file_that_was_moved_away_is_written_whole_again(self, path):
        tool = widgets.vote(OPTIONS, save_to=path)
        cast(tool, ["Mentors"])
        path.unlink()
        cast(tool, ["Buses"])
        assert [row["1"] for row in saved(path)] == ["Mentors", "Buses"]

    def test_ballots_given_are_saved_and_then_the_file_counts(self, path):
        given = data.load("ballots")
        widgets.vote(given, save_to=path)
        assert len(saved(path)) == len(given)
        again = widgets.vote(given.head(3), save_to=path)
        assert again.box.count == len(given)
        assert "not used" in again.message
        assert again.text == widgets.vote(given).text

    def test_a_file_on_other_options_is_left_alone(self, path):
        cast(widgets.vote(OPTIONS, save_to=path), ["Mentors"])
        before = path.read_bytes()
        tool = widgets.vote(["Red", "Blue"], save_to=path)
        assert "other options: Buses, Mentors, Tests" in tool.message
        tool.use_button.click()
        tool.add_button.click()
        assert path.read_bytes() == before

    def test_options_can_change_while_the_file_has_no_ballots(self, path):
        tool = widgets.vote(["Red", "Blue"], save_to=path)
        tool.option_names.value = "\n".join(OPTIONS)
        tool.use_button.click()
        cast(tool, ["Mentors"])
        assert [row["1"] for row in saved(path)] == ["Mentors"]
        assert "dots_Buses" in saved(path)[0]

    @pytest.mark.parametrize(
        "content", [b"name,age\nAda,3\n", b"\xff\xfe\x00", b"1,dots_A\nA,x\n", b"1,2\nA,B,C\n", b"1,2"]
    )
    def test_a_file_that_is_something_else_is_told_and_left_alone(self, path, content):
        path.write_bytes(content)
        tool = widgets.vote(OPTIONS, save_to=path)
        assert "cannot be read as a file of ballots" in tool.message
        assert path.read_bytes() == content

    def test_a_ballot_that_cannot_be_saved_is_not_counted(self, path, monkeypatch):
        tool = widgets.vote(OPTIONS, save_to=path)
        cast(tool, ["Mentors"])
        before = path.read_bytes()

        def full(_file):
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as disk:
            disk.setattr(os, "fsync", full)
            cast(tool, ["Buses"])
        assert "could not be saved" in tool.message
        assert tool.box.count == 1
        assert path.read_bytes() == before
        assert tool.form.places[0].value == "Buses"
        tool.add_button.click()
        assert [row["1"] for row in saved(path)] == ["Mentors", "Buses"]

    def test_a_folder_that_does_not_exist_is_told_at_once(self, tmp_path):
        with pytest.raises(ValueError, match="nowhere"):
            widgets.vote(OPTIONS, save_to=tmp_path / "nowhere" / "votes.csv")


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Execute a notebook in each language, and give each cell's output."""
    cells = [
        "from siru_course import widgets\nwidgets.table_mixer(['Ada <Ek>', 'Bo', 'Cy', 'Di'], size=2, rounds=3)",
        "from siru_course import data\nwidgets.vote(data.load('ballots'))",
        "widgets.vote()",
    ]
    outputs = {}
    for code in ("en", "sv"):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("SIRU_LANG", code)
            folder = {"metadata": {"path": str(tmp_path_factory.mktemp(code))}}
            NotebookClient(notebook, kernel_name="python3", timeout=120, resources=folder).execute()
        nbformat.validate(notebook)
        outputs[code] = [cell.outputs[0].data for cell in notebook.cells]
    return outputs


class TestWithoutKernel:
    def test_the_live_tool_comes_first(self, executed):
        for bundle in executed["en"]:
            assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"]

    @pytest.mark.parametrize(("code", "where"), [("en", "in the notebook"), ("sv", "i anteckningsboken")])
    def test_the_page_says_where_the_live_tool_is(self, executed, code, where):
        for bundle in executed[code]:
            assert where in bundle["text/html"]
            assert where in bundle["text/plain"]

    def test_the_page_shows_the_result(self, executed):
        mixer, vote, _empty = executed["en"]
        assert "Pairs that met: 6 of 6" in mixer["text/html"]
        assert "Ada &lt;Ek&gt;" in mixer["text/html"]
        assert "Pairs that met: 6 of 6" in mixer["text/plain"]
        assert '<th scope="row">Borda count</th>' in vote["text/html"]
        assert "Borda count | " in vote["text/plain"]

    def test_the_page_needs_no_script_and_no_state(self, executed):
        for bundle in (bundle for outputs in executed.values() for bundle in outputs):
            assert not re.search(r"<script|widget-state|on\w+=", bundle["text/html"])
            assert 'role="status"' not in bundle["text/html"]
            assert "VBox(" not in bundle["text/plain"]

    def test_the_page_is_in_its_language(self, executed):
        english, swedish = (json.dumps(executed[code], ensure_ascii=False) for code in ("en", "sv"))
        assert "Runda 1" in swedish
        assert "Round 1" in english
        assert not re.search("Round|Ballots|Winner|Table", swedish)

    def test_it_shows_how_things_are_now(self):
        tool = widgets.vote(OPTIONS)
        assert "Mentors" not in tool._repr_mimebundle_()["text/html"]
        cast(tool, ["Mentors"])
        assert "Mentors" in tool._repr_mimebundle_()["text/html"]
