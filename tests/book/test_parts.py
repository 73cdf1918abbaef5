"""The parts of the Sphinx extension that can be tried without building a book."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from siru_course import use_language
from siru_course.book import (
    accessible,
    builder,
    charts,
    exercises,
    formulas,
    glossary,
    minutes,
    notebooks,
    quiz,
    server,
)

CHART = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"values": [{"table": "A", "share": 0.5}, {"table": "B", "share": 1.25}]},
    "mark": "bar",
    "encoding": {"x": {"field": "share", "type": "quantitative"}, "y": {"field": "table", "type": "nominal"}},
}


class TestMinutes:
    def test_words_are_read_at_two_hundred_a_minute_and_rounded_up_to_five(self) -> None:
        assert minutes.estimate("ord " * 2000).read == 10
        assert minutes.estimate("ord " * 2001).read == 15

    def test_code_and_front_matter_are_not_read(self) -> None:
        page = "---\ntitle: " + "x " * 5000 + "\n---\n\n```{code-cell} ipython3\n" + "y " * 5000 + "\n```\n"
        assert minutes.estimate(page) == minutes.Minutes(read=0, do=5, facilitate=0)

    def test_the_run_sheet_is_added_up_and_no_other_table(self) -> None:
        sheet = (
            ":::{list-table} Other\n:header-rows: 1\n\n* - 13.00\n  - 99\n:::\n\n"
            ":::{list-table} Run sheet\n:class: run-sheet\n:header-rows: 1\n\n"
            "* - Time\n  - Minutes\n* - 13.00\n  - 15\n  - Welcome\n* - 13.15\n  - 25\n:::\n"
        )
        assert minutes.estimate(sheet).facilitate == 40


def notebook(*cells: tuple[str, str, dict[str, object]]) -> str:
    """Write an exercise: each cell with its type, its source and what nbgrader says of it."""
    return json.dumps(
        {
            "cells": [
                {"cell_type": kind, "source": source, "metadata": {"nbgrader": grader} if grader else {}}
                for kind, source, grader in cells
            ]
        }
    )


class TestMinutesOfAnExercise:
    SOLUTION: dict[str, object] = {"solution": True, "grade": False}  # noqa: RUF012

    def test_what_learners_do_not_get_takes_no_time(self) -> None:
        long = "ord " * 5000
        withheld = f"{'Skriv. ' * 100}\n\n=== BEGIN MARK SCHEME ===\n{long}\n=== END MARK SCHEME ===\n"
        solved = f"### BEGIN SOLUTION\n{long}\n### END SOLUTION\n"
        assert minutes.estimate_exercise(notebook(("markdown", withheld, {}))) == 5
        bare = minutes.estimate_exercise(notebook(("markdown", "", self.SOLUTION)))
        assert minutes.estimate_exercise(notebook(("markdown", solved, self.SOLUTION))) == bare

    def test_words_cells_and_tasks_add_up(self) -> None:
        read = [("markdown", "word " * 1000, {})]
        cells = [("code", "look()", {})] * 10
        task = [("code", "x = 0", self.SOLUTION)] * 5
        text = [("markdown", "", self.SOLUTION)] * 2
        alone = [minutes.estimate_exercise(notebook(*part)) for part in (read, cells, task, text)]
        assert alone == [5, 15, 40, 40]
        assert minutes.estimate_exercise(notebook(*read, *cells, *task, *text)) == sum(alone)

    @pytest.mark.parametrize("language", ["en", "sv"])
    def test_the_chapter_and_its_twin_find_their_own(self, language: str) -> None:
        page = builder.ROOT / f"book/{language}/meet/dialogue.md"
        assert minutes.exercise_of(page) == builder.ROOT / f"exercises/{language}/05-dialogue/dialogue.ipynb"
        assert 60 <= minutes.stated("exercise", page) <= 180

    def test_a_page_without_an_exercise_says_so(self) -> None:
        page = builder.ROOT / "book/en/teach/index.md"
        with pytest.raises(ValueError, match=r"index\.md has no exercise: there is no exercises/en/\*-index/"):
            minutes.stated("exercise", page)

    def test_minutes_of_an_unknown_kind(self) -> None:
        use_language("sv")
        with pytest.raises(ValueError, match="'sleep'; välj något av read, do, facilitate, exercise"):
            minutes.stated("sleep", builder.ROOT / "book/en/learn.md")


class TestExercises:
    def test_the_list_counts_tasks_and_those_a_person_marks(self) -> None:
        (first, *_rest) = [
            found for found in exercises.listed(builder.ROOT / "exercises/sv") if found.slug == "dialogue"
        ]
        assert (first.title, first.tasks, first.by_hand) == ("Övning 5 · Dialogmöten", 8, 2)

    @pytest.mark.parametrize("language", ["en", "sv"])
    def test_every_exercise_is_in_the_list_with_its_chapter(self, language: str) -> None:
        lines = exercises._lines(builder.ROOT / "book" / language, language)
        books = list((builder.ROOT / "exercises" / language).glob("*/*.ipynb"))
        assert len([line for line in lines if line.startswith("* - ")]) == len(books) + 1
        assert [book.stem for book in books if f"  - `{book.stem}`" not in lines] == []
        assert any("{doc}`" in line and "</meet/dialogue>`" in line for line in lines)


class TestQuiz:
    def test_feedback_may_have_paragraphs(self) -> None:
        options = quiz.parse_options(["- [ ] A", "", "  First.", "", "  Second.", "- [x] B", "", "  Yes."])
        assert options[0].feedback == ("First.", "", "Second.")

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            (["- [x] A", "", "  Yes."], "at least two"),
            (["- [ ] A", "", "  No.", "- [ ] B", "", "  No."], "marked as right"),
            (["- [x] A", "", "  Yes.", "- [ ] B"], "'B' has no feedback"),
            (["Hello", "- [x] A"], "begins with 'Hello'"),
        ],
    )
    def test_a_quiz_that_cannot_teach_is_refused(self, lines: list[str], said: str) -> None:
        with pytest.raises(ValueError, match=said):
            quiz.parse_options(lines)

    def test_the_refusal_is_in_the_language_in_use(self) -> None:
        use_language("sv")
        with pytest.raises(ValueError, match="minst två"):
            quiz.parse_options(["- [x] A", "", "  Ja."])


class TestCharts:
    def test_a_control_anywhere_makes_a_chart_interactive(self) -> None:
        control = {"params": [{"name": "rule", "bind": {"input": "radio", "options": ["a", "b"]}}]}
        assert charts.interactive({"vconcat": [CHART, {**CHART, **control}]})
        assert not charts.interactive(CHART)

    def test_values_that_look_like_a_control_are_data(self) -> None:
        assert not charts.interactive({**CHART, "data": {"values": [{"params": [{"bind": {}}]}]}})

    def test_swedish_charts_have_a_decimal_comma(self) -> None:
        assert ">0.2<" in charts.to_svg(CHART, "en")
        assert ">0,2<" in charts.to_svg(CHART, "sv")


def test_formulas_are_mathml() -> None:
    assert "<mfrac>" in formulas.to_mathml(r"\frac{|x_i - \mu|}{d}", "block")


def test_the_glossary_sorts_as_swedish_does() -> None:
    order = sorted(["öppen fråga", "ändå-effekt", "åtgärd", "zon", "agenda"], key=glossary._alphabetical)
    assert order == ["agenda", "zon", "åtgärd", "ändå-effekt", "öppen fråga"]


def test_repairs_leave_other_html_alone() -> None:
    html = '<table border="1" class="dataframe"><tr><th></th><th>n</th></tr></table>'
    assert accessible.repair(html) == '<table class="dataframe"><tr><td></td><th>n</th></tr></table>'


class TestNotebooks:
    def as_markdown(self, source: str) -> str:
        return notebooks.to_markdown(source, lambda role, text: f"<{role}:{text}>")

    def test_a_quiz_becomes_a_list_with_folded_answers(self) -> None:
        text = self.as_markdown(":::{quiz} Why?\n:name: q\n\n- [ ] A\n\n  No.\n- [x] B\n\n  Yes.\n:::\nAfter.")
        assert text.startswith("**Why?**\n\n- A\n- B\n")
        assert "- Right: *B* Yes." in text
        assert text.endswith("</details>\nAfter.")

    def test_a_list_table_becomes_a_table(self) -> None:
        text = self.as_markdown(
            ":::{list-table} Plan\n:header-rows: 1\n\n* - Time\n  - What\n"
            "* - 13.00\n  - Welcome.\n\n    Say hello.\n:::"
        )
        assert text.splitlines()[2:] == ["| Time | What |", "|---|---|", "| 13.00 | Welcome.<br> Say hello. |"]

    def test_directives_inside_directives(self) -> None:
        text = self.as_markdown("::::{dropdown} For the teacher\n:::{note}\nMind this.\n:::\n::::")
        assert "<summary>For the teacher</summary>" in text
        assert "> Mind this." in text
        assert ":::" not in text

    def test_glued_numbers_stand_in_the_text_and_their_cells_are_gone(self) -> None:
        glued = {
            "data": {"text/plain": "'412'"},
            "metadata": {"scrapbook": {"name": "pairs"}},
            "output_type": "display_data",
        }
        book = {
            "cells": [
                {"cell_type": "code", "metadata": {"tags": ["remove-cell"]}, "source": ["glue()"], "outputs": [glued]},
                {"cell_type": "markdown", "metadata": {}, "source": ["{glue:text}`pairs` pairs met."]},
            ],
            "metadata": {"kernelspec": {"name": "python3"}, "file_format": "mystnb"},
        }
        read = json.loads(notebooks.readable(json.dumps(book)))
        assert ["".join(cell["source"]) for cell in read["cells"]] == ["412 pairs met."]
        assert read["metadata"] == {"kernelspec": {"name": "python3"}}

    def test_a_figure_keeps_its_caption(self) -> None:
        figure = {"name": "fig-bars", "caption": "Bars of b."}
        cell = {
            "cell_type": "code",
            "id": "c1",
            "metadata": {"mystnb": {"figure": figure}},
            "source": [],
            "outputs": [],
        }
        text = json.dumps({"cells": [cell], "metadata": {}})
        read = json.loads(notebooks.readable(text, page="  name: fig-bars\n  caption: Bars of b.\n"))
        assert "".join(read["cells"][1]["source"]) == "*Figure 1. Bars of b.*"

    def test_links_say_what_they_lead_to(self) -> None:
        page = (
            "(a-part)=\n## The part\n\n:::{list-table} Plan\n:name: tab-plan\n:::\n\n"
            "mystnb:\n  figure:\n    name: fig-bars\n    caption: Bars of b.\n"
        )
        say = notebooks._roles({}, {}, page)
        links = [("ref", "a-part"), ("numref", "tab-plan"), ("numref", "fig-bars"), ("doc", "the page <other>")]
        assert [say(*link) for link in links] == ["*The part*", "Table 1", "Figure 1", "the page"]

    def test_minutes_and_methods_stand_in_the_text(self) -> None:
        say = notebooks._roles({}, {}, "", builder.ROOT / "book/en/meet/dialogue.md")
        assert say("minutes", "facilitate") == "180 min"
        assert say("minutes", "exercise").endswith("5 min")
        assert say("method", "M14") == "Think–pair–share"


class TestBuilder:
    @pytest.mark.parametrize("changed", ["data/ballots.csv", "siru_course/dialogue.py", "book/_templates/page.html"])
    def test_the_fingerprint_follows_what_executed_pages_depend_on(self, tmp_path: Path, changed: str) -> None:
        path = tmp_path / changed
        path.parent.mkdir(parents=True)
        path.write_text("before", encoding="utf-8")
        before = builder.fingerprint(tmp_path)
        assert builder.fingerprint(tmp_path) == before
        path.write_text("after", encoding="utf-8")
        assert builder.fingerprint(tmp_path) != before

    def test_what_an_older_fingerprint_left_is_thrown_away(self, tmp_path: Path) -> None:
        (tmp_path / "old" / "cache").mkdir(parents=True)
        (tmp_path / "new").mkdir()
        (tmp_path / "build.log").touch()
        builder._clear_stale(tmp_path, "new")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["build.log", "new"]


class TestServer:
    def test_it_serves_the_folder_on_the_loopback_address(self, tmp_path: Path) -> None:
        from urllib.request import urlopen

        (tmp_path / "index.html").write_text("hello", encoding="utf-8")
        with server.open_server(tmp_path) as running:
            assert running.address.startswith("http://127.0.0.1:")
            with urlopen(running.address) as answer:
                assert answer.read() == b"hello"

    def test_a_port_in_use_is_told_about(self, tmp_path: Path) -> None:
        with server.open_server(tmp_path) as running:
            port = int(running.address.rstrip("/").rsplit(":", 1)[1])
            with pytest.raises(ValueError, match=f"Port {port} is in use"), server.open_server(tmp_path, port):
                pass
