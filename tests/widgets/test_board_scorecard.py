"""The board scorecard, driven as a board drives it: choose who scores, score, show the result."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from siru_course import board, data
from siru_course.language import in_language, use_language
from siru_course.widgets.board_scorecard import board_scorecard

IDEAS, CRITERIA, REVIEWERS = ["Buses", "Mentors"], ["need", "team"], ["Ada", "Bo"]
MARKS = {
    "Ada": {"Buses": {"need": 2, "team": 3}, "Mentors": {"need": 4, "team": 5}},
    "Bo": {"Buses": {"need": 1, "team": 2}, "Mentors": {"need": 4, "team": 3}},
}


def score(tool, marks=MARKS):
    for reviewer, ideas in marks.items():
        tool.reviewer.value = reviewer
        for idea, levels in ideas.items():
            tool.idea.value = idea
            for criterion, level in levels.items():
                tool.levels[criterion].value = level


def saved(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def given(path: Path) -> dict[tuple[str, str, str], str]:
    rows = saved(path)
    return {(row["reviewer"], row["idea_id"], row["criterion"]): row["score"] for row in rows if row["score"]}


def controls(box):
    for child in box.children:
        if hasattr(child, "children"):
            yield from controls(child)
        elif type(child).__name__ != "HTML":
            yield child


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def tool():
    return board_scorecard(IDEAS, CRITERIA, REVIEWERS)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "poäng.csv"


class TestControls:
    @pytest.mark.parametrize("code", ["en", "sv"])
    def test_each_control_has_a_label_of_its_own_and_a_tooltip(self, code):
        with in_language(code):
            tools = board_scorecard(), board_scorecard(IDEAS, ["need", "Idea to score", "Reviewer"], REVIEWERS)
        for tool in tools:
            found = list(controls(tool))
            assert all(control.description and control.tooltip for control in found)
            assert max(Counter(control.description for control in found).values()) == 1
            assert re.match(rf'<div role="status" lang="{code}">\S', tool.status.value)
            assert tool.status in tool.children

    def test_nothing_can_be_scored_before_somebody_says_who_scores(self, tool):
        assert "Choose who scores" in tool.message
        assert all(level.disabled for level in tool.levels.values())
        tool.reviewer.value = "Ada"
        assert not any(level.disabled for level in tool.levels.values())

    def test_each_level_is_described_in_words(self, tool):
        words = [text for text, _value in tool.levels["need"].options]
        assert words[0] == "not scored"
        assert words[1] == "1: No need is described."
        assert len(words) == 6
        assert "<p>need</p><ol><li>No need is described.</li>" in tool.result.value

    def test_criteria_may_have_levels_of_their_own_or_none(self):
        tool = board_scorecard(IDEAS, {"joy": ["none", "some", "more", "much", "all"], "fun": list("abcde")}, ["Ada"])
        assert tool.levels["joy"].options[5] == ("5: all", 5)
        assert board_scorecard(IDEAS, ["luck"], ["Ada"]).levels["luck"].options[1][0] == "1: Hardly at all."

    def test_left_out_the_criteria_are_those_of_the_data(self):
        tool = board_scorecard(IDEAS, reviewers=["Ada"])
        assert list(tool.levels) == list(data.load("board_scores")["criterion"].unique())

    def test_next_and_previous_go_round_the_ideas(self, tool):
        tool.next_button.click()
        assert tool.idea.value == "Mentors"
        tool.next_button.click()
        assert tool.idea.value == "Buses"
        tool.before_button.click()
        assert tool.idea.value == "Mentors"

    def test_ideas_of_the_data_come_with_title_and_text(self):
        with in_language("sv"):
            tool = board_scorecard(data.load("board_ideas"), reviewers=["Åsa"])
        first = data.load("board_ideas").iloc[0]
        assert tool.idea.options[0] == (f"{first['idea_id']} {first['title_sv']}", first["idea_id"])
        assert first["pitch_sv"][:40] in tool.pitch.value
        assert "behov" in tool.criterion_names.value

    def test_it_keeps_the_language_it_was_made_in(self):
        with in_language("sv"):
            tool = board_scorecard(IDEAS, None, REVIEWERS)
        use_language("en")
        score(tool, {"Ada": {"Buses": {"need": 3}}})
        tool.show.value = True
        everything = tool.message + text_of(tool.result.value) + tool.text + str(tool.levels["need"].options)
        assert "Noterat" not in tool.message
        assert "Poäng som har kommit in" in everything
        assert not re.search("Score|Reviewer|need|Noted|comes first", everything)
        assert tool.sheet.frame()["criterion"][0] == "need"


class TestIndependence:
    def test_scores_of_others_are_hidden_until_the_result_is_shown(self, tool):
        score(tool)
        page = text_of(tool.result.value.split("What the levels mean")[0]) + tool.text + tool.message
        assert "Ada 4 0" in page
        assert "comes first" not in page
        tool.reviewer.value = "Ada"
        for idea in IDEAS:
            tool.idea.value = idea
            assert [level.options[0][0] for level in tool.levels.values()] == ["scored, hidden"] * 2
            assert not {level.value for level in tool.levels.values()} & {1, 2, 3, 4, 5}
        tool.show.value = True
        assert tool.levels["need"].value == MARKS["Ada"]["Mentors"]["need"]
        assert "Mentors comes first." in tool.result.value
        tool.show.value = False
        assert "comes first" not in tool.result.value + tool.text

    def test_a_reviewer_sees_what_they_have_just_scored(self, tool):
        score(tool, {"Ada": MARKS["Ada"]})
        tool.idea.value = "Buses"
        assert tool.levels["team"].value == MARKS["Ada"]["Buses"]["team"]

    def test_the_status_line_does_not_tell_the_score(self, tool):
        score(tool, {"Ada": {"Buses": {"need": 5}}})
        assert tool.message == "Noted: Ada, Buses, need. Left to score for Ada: 3."

    def test_a_hidden_score_can_be_changed_or_taken_away(self, tool):
        score(tool)
        tool.reviewer.value, tool.idea.value = "Ada", "Buses"
        tool.levels["need"].value = 5
        assert tool.sheet.scores["Ada", "Buses", "need"] == 5
        tool.levels["team"].value = 0
        assert ("Ada", "Buses", "team") not in tool.sheet.scores
        tool.idea.value = "Mentors"
        tool.idea.value = "Buses"
        assert (tool.levels["need"].value, tool.levels["team"].value) == (5, 0)

    def test_changing_who_or_what_changes_no_score(self, tool):
        score(tool)
        before = dict(tool.sheet.scores)
        for reviewer in ("Ada", "Bo", "", "Bo"):
            tool.reviewer.value = reviewer
            for _ in range(3):
                tool.next_button.click()
        assert tool.sheet.scores == before


class TestResult:
    def test_the_result_is_what_the_board_functions_say(self):
        scores = data.load("board_scores")
        tool = board_scorecard(scores["idea_id"].unique(), None, scores["reviewer"].unique())
        tool.sheet.scores = {
            (r.reviewer, r.idea_id, r.criterion): int(r.score) for r in scores.dropna(subset="score").itertuples()
        }
        tool.show.value = True
        found = board.rank_stability(scores)
        assert f"{found.winner} comes first." in tool.result.value
        assert found.verdict in tool.text
        alpha = board.agreement(board.ratings_table(scores), "krippendorff", level="ordinal")
        assert f"ordinal level: {alpha.value:.3f}. {alpha.interpretation}" in tool.text
        assert board.severity(scores).readings["R4"] in tool.text
        adjusted = board.weighted_scores(board.adjust_severity(scores)).winner
        assert f"first place goes to {adjusted}." in tool.text
        assert "missing scores left out: 50 of 420" in tool.text
        assert '<th scope="row">R4</th><td>-1.07</td>' in tool.result.value

    def test_other_weights_give_another_winner_at_once(self):
        tool = board_scorecard(IDEAS, CRITERIA, REVIEWERS)
        marks = {"Buses": {"need": 5, "team": 2}, "Mentors": {"need": 3, "team": 3}}
        score(tool, {"Ada": marks, "Bo": marks})
        tool.show.value = True
        assert "Buses comes first" in tool.text
        tool.weights["team"].value = 3
        assert "Mentors comes first" in tool.text
        assert tool.message == "The weights are changed."
        tool.weights["team"].value = tool.weights["need"].value = 0
        assert "All weights are 0" in tool.text

    def test_with_one_reviewer_there_is_a_ranking_and_no_agreement(self, tool):
        score(tool, {"Ada": MARKS["Ada"]})
        tool.show.value = True
        assert "Mentors comes first." in tool.text
        assert "need scores by at least two reviewers" in tool.text

    def test_before_any_score_it_says_so(self, tool):
        tool.show.value = True
        assert "All scores are missing" in tool.text

    def test_titles_stand_in_the_result(self):
        tool = board_scorecard(["B1; The Last Bit", "B2; A Roof"], ["need"], REVIEWERS)
        score(tool, {"Ada": {"B1": {"need": 5}, "B2": {"need": 1}}})
        tool.show.value = True
        assert "B1 The Last Bit comes first." in tool.text

    def test_what_is_typed_is_shown_as_text(self):
        ideas = pd.DataFrame({"idea": ["<b>x</b>", "y"], "pitch": ["<i>z</i>", ""]})
        tool = board_scorecard(ideas, ["<u>c</u>"], ["<s>A"])
        score(tool, {"<s>A": {"<b>x</b>": {"<u>c</u>": 3}, "y": {"<u>c</u>": 1}}})
        tool.show.value = True
        assert not re.search("<[bius]>", tool.result.value + tool.pitch.value + tool.status.value)
        tool.idea.value = "<b>x</b>"
        assert "&lt;i&gt;z" in tool.pitch.value

    def test_the_page_needs_no_kernel(self, tool):
        score(tool)
        tool.show.value = True
        bundle = tool._repr_mimebundle_()
        assert "Mentors comes first." in bundle["text/html"]
        assert "Mentors comes first." in bundle["text/plain"]
        assert not re.search(r"<script|widget-state|on\w+=", bundle["text/html"])


class TestNames:
    def test_it_begins_with_empty_lists(self, capfd):
        tool = board_scorecard()
        assert "then press this button: Use these names" in tool.message
        tool.use_button.click()
        tool.before_button.click()
        tool.show.value = True
        assert tool.sheet is None
        tool.idea_names.value, tool.reviewer_names.value = "Buses\nMentors", "Ada"
        tool.use_button.click()
        assert list(tool.sheet.ideas) == ["Buses", "Mentors"]
        score(tool, {"Ada": {"Buses": {"effect": 4}}})
        assert len(tool.sheet.scores) == 1
        assert capfd.readouterr().err == ""

    @pytest.mark.parametrize(
        ("arguments", "english", "swedish"),
        [
            ((["Buses", "Buses"], CRITERIA, REVIEWERS), "more than once: Buses", "mer än en gång bland idéerna: Buses"),
            ((IDEAS, ["need", "need"], REVIEWERS), "criteria more than once: need", "kriterierna: need"),
            ((IDEAS, CRITERIA, ["Ada", "Ada "]), "reviewers more than once: Ada", "bedömarna: Ada"),
            ((IDEAS, [], REVIEWERS), "at least one criterion", "minst ett kriterium"),
            ((IDEAS, CRITERIA, []), "then press this button", "tryck sedan"),
        ],
    )
    def test_bad_names_are_told_and_stay_in_the_fields(self, arguments, english, swedish):
        tool = board_scorecard(*arguments)
        assert english in tool.message
        assert tool.idea_names.value.splitlines() == arguments[0]
        with in_language("sv"):
            assert swedish.replace(": need", "") in board_scorecard(*arguments).message

    @pytest.mark.parametrize(
        ("call", "error", "english", "swedish"),
        [
            (lambda: board_scorecard("Buses"), ValueError, "ideas is 'Buses'", "ge en lista"),
            (lambda: board_scorecard(IDEAS, "need"), ValueError, "criteria is 'need'", "ge en lista"),
            (lambda: board_scorecard(IDEAS, reviewers=3), ValueError, "reviewers is 3", "ge en lista"),
            (lambda: board_scorecard(IDEAS, {"joy": ["a"]}), ValueError, "five levels", "fem nivåerna"),
            (lambda: board_scorecard(pd.DataFrame({"x": [1]})), KeyError, "no column 'idea_id'", "kolumn"),
            (lambda: board_scorecard(pd.DataFrame({"idea": []})), ValueError, "ideas is empty", "ideas är tom"),
            (lambda: board_scorecard(IDEAS, save_to="no/where.csv"), ValueError, "where.csv", "mapp"),
        ],
    )
    def test_arguments_that_are_something_else_are_errors_in_both_languages(self, call, error, english, swedish):
        with pytest.raises(error) as told:
            call()
        assert english in str(told.value.args[0])
        with in_language("sv"), pytest.raises(error) as told:
            call()
        assert swedish in str(told.value.args[0])

    def test_names_can_be_added_while_scores_stay(self, tool):
        score(tool)
        tool.idea_names.value = "Tests\nBuses\nMentors"
        tool.reviewer_names.value += "\nCy"
        tool.use_button.click()
        assert list(tool.sheet.ideas) == ["Tests", "Buses", "Mentors"]
        assert len(tool.sheet.scores) == 8
        assert tool.reviewer.value == "Bo"
        score(tool, {"Cy": {"Tests": {"need": 5}}})
        assert len(tool.sheet.scores) == 9

    def test_a_name_with_scores_cannot_go(self, tool):
        score(tool)
        tool.reviewer_names.value = "Ada"
        tool.use_button.click()
        assert "There are scores for Bo" in tool.message
        assert tool.reviewer_names.value == "Ada"
        assert tool.sheet.reviewers == ["Ada", "Bo"]


class TestSaving:
    def test_every_score_is_in_the_file_the_moment_it_is_chosen(self, path):
        tool = board_scorecard(IDEAS, CRITERIA, REVIEWERS, save_to=path)
        assert len(saved(path)) == 8
        assert given(path) == {}
        tool.reviewer.value = "Ada"
        for n, level in enumerate((2, 5), start=1):
            tool.levels[CRITERIA[n - 1]].value = level
            assert given(path)["Ada", "Buses", CRITERIA[n - 1]] == str(level)
            assert len(given(path)) == n
        assert str(path) in tool.message
        tool.levels["need"].value = 0
        assert list(given(path)) == [("Ada", "Buses", "team")]

    def test_the_file_is_what_the_board_functions_take(self, path):
        score(board_scorecard(IDEAS, CRITERIA, REVIEWERS, save_to=path))
        table = pd.read_csv(path)
        assert table.columns[:3].tolist() == ["reviewer", "idea_id", "idea"]
        assert board.weighted_scores(table).scores.to_dict() == {"Mentors": 4, "Buses": 2}

    def test_it_goes_on_from_the_file_with_names_titles_and_weights(self, path):
        first = board_scorecard(["B1; The Last Bit", "B2"], CRITERIA, REVIEWERS, save_to=path)
        score(first, {"Ada": {"B1": {"need": 4}}})
        first.weights["team"].value = 2.5
        again = board_scorecard(save_to=path)
        assert "Scores in it: 1." in again.message
        assert again.sheet.frame().equals(first.sheet.frame())
        assert again.idea_names.value == "B1; The Last Bit\nB2"
        assert again.weights["team"].value == 2.5
        assert list(again.levels) == CRITERIA
        again.reviewer.value = "Bo"
        again.levels["need"].value = 1
        assert len(given(path)) == 2

    def test_names_given_are_added_to_those_in_the_file(self, path):
        score(board_scorecard(IDEAS, CRITERIA, ["Ada"], save_to=path), {"Ada": MARKS["Ada"]})
        again = board_scorecard([*IDEAS, "Tests"], None, ["Bo"], save_to=path)
        assert list(again.sheet.ideas) == [*IDEAS, "Tests"]
        assert again.sheet.reviewers == ["Ada", "Bo"]
        assert list(again.levels) == CRITERIA

    def test_a_file_made_in_one_language_goes_on_in_the_other(self, path):
        with in_language("sv"):
            score(board_scorecard(IDEAS, None, REVIEWERS, save_to=path), {"Ada": {"Buses": {"need": 3}}})
        again = board_scorecard(save_to=path)
        assert again.levels["need"].description == "Score: need"
        assert again.levels["need"].options[1][0] == "1: No need is described."

    def test_scores_that_come_by_another_window_stay(self, path):
        one = board_scorecard(IDEAS, CRITERIA, REVIEWERS, save_to=path)
        other = board_scorecard(save_to=path)
        score(one, {"Ada": MARKS["Ada"]})
        other.reviewer_names.value += "\nCy"
        other.use_button.click()
        score(other, {"Cy": {"Buses": {"need": 5}}})
        score(one, {"Bo": {"Buses": {"need": 1}}})
        assert len(given(path)) == 6
        assert one.sheet.reviewers == ["Ada", "Bo", "Cy"]
        assert "Cy" in [name for name, _value in one.reviewer.options]
        assert one.reviewer.value == "Bo"
        assert one.levels["need"].value == 1

    def test_the_shipped_scores_open_and_keep_why_some_are_missing(self, path):
        scores = data.load("board_scores")
        scores.to_csv(path, index=False)
        tool = board_scorecard(data.load("board_ideas"), save_to=path)
        assert len(tool.sheet.scores) == 370
        score(tool, {"R5": {"B08": {"need": 3}}})
        assert len(given(path)) == 371
        after = pd.read_csv(path).set_index(["reviewer", "idea_id", "criterion"])["missing_reason"].sort_index()
        before = scores.set_index(["reviewer", "idea_id", "criterion"])["missing_reason"].sort_index()
        assert (after.fillna("") == before.fillna("")).all()

    def test_a_score_is_there_when_the_kernel_is_killed(self, path):
        code = (
            "import time\nfrom siru_course.widgets.board_scorecard import board_scorecard\n"
            f"tool = board_scorecard(['Buses'], ['need', 'team'], ['Ada'], save_to={str(path)!r})\n"
            "tool.reviewer.value = 'Ada'\ntool.levels['need'].value = 4\nprint('in', flush=True)\ntime.sleep(60)\n"
        )
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "in\n"
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()
        process.stdout.close()
        assert board_scorecard(save_to=path).sheet.scores == {("Ada", "Buses", "need"): 4}

    def test_what_could_not_be_saved_stays_and_is_saved_with_the_next(self, path, monkeypatch):
        tool = board_scorecard(IDEAS, CRITERIA, REVIEWERS, save_to=path)
        tool.reviewer.value = "Ada"

        def full(_file):
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as disk:
            disk.setattr(os, "fsync", full)
            tool.levels["need"].value = 4
        assert "could not be saved" in tool.message
        assert tool.levels["need"].value == 4
        assert given(path) == {}
        tool.levels["team"].value = 2
        assert given(path) == {("Ada", "Buses", "need"): "4", ("Ada", "Buses", "team"): "2"}

    def test_a_file_that_was_moved_away_is_written_whole_again(self, path):
        tool = board_scorecard(IDEAS, CRITERIA, REVIEWERS, save_to=path)
        score(tool, {"Ada": MARKS["Ada"]})
        path.unlink()
        score(tool, {"Bo": {"Buses": {"need": 1}}})
        assert len(given(path)) == 5

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("name,age\nAda,3\n", "cannot be read as this tool's table"),
            ("reviewer,idea_id,criterion,score\nAda,Buses,need,7\n", "Line 2 of"),
            ("reviewer,idea_id,criterion,score\nAda,Buses,need,4\nAda,Buses,need,3\n", "Line 3 of"),
            ("reviewer,idea_id,criterion,score,weight\nAda,Buses,need,4,-1\n", "Line 2 of"),
            ("reviewer,idea_id,criterion,score\nAda,Trains,need,4\n", "other ideas: Trains"),
        ],
    )
    def test_a_file_that_is_something_else_is_told_and_left_alone(self, path, content, words):
        path.write_text(content, encoding="utf-8")
        tool = board_scorecard(IDEAS, CRITERIA, REVIEWERS, save_to=path)
        assert words in tool.message
        assert tool.idea_names.value == "Buses\nMentors"
        tool.use_button.click()
        assert path.read_text(encoding="utf-8") == content
        with in_language("sv"):
            assert words not in board_scorecard(IDEAS, CRITERIA, REVIEWERS, save_to=path).message

    def test_no_other_files_are_left_behind(self, path):
        score(board_scorecard(IDEAS, CRITERIA, REVIEWERS, save_to=path))
        assert os.listdir(path.parent) == [path.name]
