"""The data section: a page a data set in each language, and files that hold what the course holds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from siru_course import data
from siru_course._data_export import export
from siru_course.book import datapages

NAMES = [item["name"] for item in data.package()["resources"]]


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    trees = {code: tmp_path_factory.mktemp(code) for code in ("en", "sv")}
    for code, tree in trees.items():
        datapages.write(tree, code)
    return trees


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("code", ["en", "sv"])
def test_the_page_names_every_column_and_says_whether_the_data_are_real(
    trees: dict[str, Path], code: str, name: str
) -> None:
    text = (trees[code] / "data/sets" / f"{name}.md").read_text(encoding="utf-8")
    for field in data.resource(name)["schema"]["fields"]:
        assert f"`{field['name']}`" in text
        assert (field["description"] if code == "en" else field["description_sv"]) in text
    kinds = {"en": ("real", "synthetic"), "sv": ("verklig", "syntetisk")}[code]
    assert f":** {kinds[data.resource(name)['synthetic']]}\n" in text


def test_the_catalogue_links_to_every_page(trees: dict[str, Path]) -> None:
    text = (trees["sv"] / "data/index.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"</data/sets/{name}>" not in text] == []


@pytest.mark.parametrize("code", ["en", "sv"])
def test_what_is_planted_stands_on_the_teachers_page_and_on_no_other(trees: dict[str, Path], code: str) -> None:
    key = "teaches" if code == "en" else "teaches_sv"
    planted = {item["name"]: item[key] for item in data.package()["resources"] if key in item}
    assert len(planted) > 25
    page = (trees[code] / "data/planted.md").read_text(encoding="utf-8")
    assert [name for name, teaches in planted.items() if teaches not in page] == []
    sets = "".join(path.read_text(encoding="utf-8") for path in (trees[code] / "data/sets").glob("*.md"))
    assert [name for name, teaches in planted.items() if teaches in sets] == []


def test_a_theme_without_a_chapter_is_named_and_does_not_lead_to_its_module(tmp_path: Path) -> None:
    for folder in ("package", "handouts"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "networks.md").write_text("# networks\n", encoding="utf-8")
    datapages.write(tmp_path, "sv")
    page = (tmp_path / "data/sets/attendance.md").read_text(encoding="utf-8")
    assert "Samverkan som nätverk" in page
    assert "/networks>" not in page
    (tmp_path / "meet").mkdir()
    (tmp_path / "meet/networks.md").write_text("# Nätverken\n", encoding="utf-8")
    datapages.write(tmp_path, "sv")
    assert "{doc}`Nätverken </meet/networks>`" in (tmp_path / "data/sets/attendance.md").read_text(encoding="utf-8")


def test_writing_again_changes_nothing(trees: dict[str, Path]) -> None:
    before = {path: path.stat().st_mtime_ns for path in trees["en"].rglob("*") if path.is_file()}
    datapages.write(trees["en"], "en")
    assert {path: path.stat().st_mtime_ns for path in trees["en"].rglob("*") if path.is_file()} == before


def test_a_page_of_a_data_set_that_is_gone_goes_too(trees: dict[str, Path]) -> None:
    stale = trees["sv"] / "data/sets/gone.md"
    stale.write_text("# Gone", encoding="utf-8")
    datapages.write(trees["sv"], "sv")
    assert not stale.exists()


@pytest.mark.parametrize("name", NAMES)
def test_every_format_holds_the_same_data(name: str, tmp_path: Path) -> None:
    original = pd.read_csv(data.folder() / data.resource(name)["path"], dtype=str)
    swedish = pd.read_csv(export(name, tmp_path, "excel-sv"), sep=";", dtype=str, encoding="utf-8-sig")
    workbook = pd.read_excel(export(name, tmp_path, "xlsx"), dtype=str)
    types = {field["name"]: field["type"] for field in data.resource(name)["schema"]["fields"]}
    for column in (column for column, kind in types.items() if kind == "boolean"):
        workbook[column] = workbook[column].str.lower()  # a workbook knows truth by itself: TRUE, SANT
    numbers = [column for column, kind in types.items() if kind == "number"]
    assert swedish.drop(columns=numbers).equals(original.drop(columns=numbers))
    assert workbook.drop(columns=numbers).equals(original.drop(columns=numbers))
    for column in numbers:
        assert swedish[column].str.replace(",", ".").astype(float).equals(original[column].astype(float))


def test_a_format_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="choose one of csv, excel-sv, xlsx"):
        export("ballots", tmp_path, "pdf")
