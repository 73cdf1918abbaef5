"""The case data: what the files hold, how they are described, and that they can be made again from a seed."""

import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.generate.keys import ONLY_IN_KEY
from siru_course import data
from siru_course.language import in_language

ROOT = Path(__file__).parents[1]
SETS = ["dialogue_participants", "dialogue_ideas", "ballots"]
SEEDS = [2016, 1, 2, 3, 5, 8, 13]
OPTIONS = list("ABCDEF")
RANKS = list("123456")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give the folder with the data that a seed makes, as somebody would make them: with the command."""
    folders = {}

    def make(seed):
        if seed not in folders:
            folders[seed] = tmp_path_factory.mktemp(f"seed{seed}")
            command = [sys.executable, "-m", "data.generate", "--seed", str(seed), "--out", str(folders[seed])]
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        return folders[seed]

    return make


@pytest.fixture(params=SEEDS)
def seeded(request, made):
    """Give each seed's data sets as frames, one seed at a time."""
    return {name: pd.read_csv(made(request.param) / f"{name}.csv", dtype={"municipality": str}) for name in SETS}


# The generator


@pytest.mark.parametrize("name", [item["name"] for item in data.package()["resources"]])
def test_the_shipped_files_are_what_the_generator_makes(made, name):
    assert (made(2016) / f"{name}.csv").read_bytes() == (ROOT / "data" / f"{name}.csv").read_bytes()


def test_every_set_is_used_in_a_theme_that_has_a_name_in_both_languages():
    themes = {theme["name"]: theme for theme in data.package()["themes"]}
    assert len(themes) == 15
    assert all(theme["title"] and theme["title_sv"] for theme in themes.values())
    assert all({*item["themes"]} and {*item["themes"]} <= {*themes} for item in data.package()["resources"])


@pytest.mark.parametrize("name", ONLY_IN_KEY)
def test_the_keys_are_what_the_generator_makes_and_learners_do_not_get_them(made, name):
    key = ROOT / "exercises" / "keys" / f"{name}.csv"
    assert (made(2016) / "keys" / f"{name}.csv").read_bytes() == key.read_bytes()
    identifier, hidden = ONLY_IN_KEY[name]
    learners, answers = data.load(name), pd.read_csv(key)
    assert answers[identifier].tolist() == learners[identifier].tolist()
    assert answers[hidden].notna().all(axis=None)
    assert not {*hidden} & {*learners.columns}


def test_the_twelve_classroom_cases_have_no_stage_and_the_others_have():
    initiatives = data.load("initiatives")
    assert initiatives["classroom_case"].sum() == 12
    assert (initiatives["stage"].isna() == initiatives["classroom_case"]).all()


@pytest.mark.parametrize("name", ONLY_IN_KEY)
def test_the_keys_do_not_depend_on_the_seed(made, name):
    # A class can have data of its own; tests that were written from the keys hold for it too.
    assert len({(made(seed) / "keys" / f"{name}.csv").read_bytes() for seed in SEEDS}) == 1


@pytest.mark.parametrize("name", SETS)
def test_another_seed_makes_other_data(made, name):
    assert len({(made(seed) / f"{name}.csv").read_bytes() for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_seed_makes_data_that_fit_their_description(made, seed, folder):
    for path in made(seed).glob("*.csv"):
        shutil.copy(path, folder)
    assert found(folder) == []


@pytest.mark.parametrize("name", SETS)
def test_files_are_utf8_with_line_feeds_only(name):
    content = (ROOT / "data" / f"{name}.csv").read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert not content.startswith(b"\xef\xbb\xbf")
    content.decode("utf-8")


# Participants


def sectors_per_table(sectors):
    """Count the sectors at each of the tables of at most five that a line of people fills."""
    tables = np.array_split(np.array(sectors), -(-len(sectors) // 5))
    return np.mean([len(set(table)) for table in tables])


def neighbours(homes):
    """Count the people who stand next after a colleague."""
    return int((homes[1:] == homes[:-1]).sum())


def test_the_meetings_have_48_45_and_41_people(seeded):
    assert seeded["dialogue_participants"]["meeting"].value_counts().to_dict() == {1: 48, 2: 45, 3: 41}


def test_about_sixty_percent_are_women(seeded):
    share = (seeded["dialogue_participants"]["gender"] == "woman").mean()
    assert 0.58 <= share <= 0.62


def test_sectors_are_unequal(seeded):
    shares = seeded["dialogue_participants"]["sector"].value_counts(normalize=True)
    assert shares.index.tolist() == ["public", "civil", "private", "academia"]
    assert shares.tolist() == pytest.approx([0.42, 0.28, 0.20, 0.10], abs=0.015)


def test_about_half_of_the_second_meeting_came_to_the_first(seeded):
    people = seeded["dialogue_participants"].groupby("meeting")["person_id"].agg(set)
    assert 0.45 <= len(people[1] & people[2]) / 45 <= 0.55


def test_a_person_keeps_gender_and_organisation_and_an_organisation_its_place(seeded):
    people = seeded["dialogue_participants"]
    assert people.groupby("person_id")[["gender", "organisation_id"]].nunique().max().tolist() == [1, 1]
    assert people.groupby("organisation_id")[["sector", "municipality"]].nunique().max().tolist() == [1, 1]


def test_jonkoping_is_the_largest_home_but_not_the_only_one(seeded):
    shares = seeded["dialogue_participants"]["municipality"].value_counts(normalize=True)
    assert shares.index[0] == "0680"
    assert 0.3 < shares.iloc[0] < 0.9
    assert len(shares) >= 4


def test_colleagues_arrive_together(seeded):
    first = seeded["dialogue_participants"].query("meeting == 1")
    homes = first["organisation_id"].to_numpy()
    rng = np.random.default_rng(0)
    by_chance = np.mean([neighbours(rng.permutation(homes)) for _ in range(200)])
    assert neighbours(homes) > 3 * by_chance
    assert len(homes) / len(set(homes)) > 1.8


@pytest.mark.parametrize("meeting", [1, 2, 3])
def test_tables_filled_as_people_arrive_hold_few_sectors(seeded, meeting):
    sectors = seeded["dialogue_participants"].query("meeting == @meeting")["sector"].tolist()
    rng = np.random.default_rng(0)
    by_chance = np.mean([sectors_per_table(rng.permutation(sectors)) for _ in range(200)])
    # Dealing people out sector by sector is the best that can be done.
    dealt = sorted(sectors)
    tables = -(-len(dealt) // 5)
    mixed = np.mean([len(set(dealt[table::tables])) for table in range(tables)])
    assert sectors_per_table(sectors) < by_chance - 0.4
    assert mixed > by_chance + 0.4


# Notes


@pytest.fixture(scope="module")
def ideas():
    return data.load("dialogue_ideas")


def test_there_are_eighty_notes_on_the_three_challenges(ideas):
    assert ideas["challenge"].value_counts().to_dict() == {"labour_market": 38, "housing": 28, "other": 14}


def test_every_theme_has_several_notes_and_every_theme_in_the_description_is_used(ideas):
    counts = ideas["theme"].value_counts()
    words = data.categories(data.column("dialogue_ideas", "theme"), "en")
    assert set(counts.index) == set(words)
    assert 8 <= len(counts) <= 10
    assert counts.min() >= 5


@pytest.mark.parametrize("column", ["text_en", "text_sv"])
def test_notes_are_short_and_said_once(ideas, column):
    words = ideas[column].str.split().str.len()
    assert words.between(4, 22).all()
    assert ideas[column].is_unique
    assert (ideas[column] == ideas[column].str.strip()).all()


def test_no_note_is_left_untranslated(ideas):
    assert (ideas["text_en"] != ideas["text_sv"]).all()
    assert not ideas["text_en"].str.contains(r"\b(?:och|att|inte|som|är)\b").any()
    assert not ideas["text_sv"].str.contains(r"\b(?:the|and|not|is|of)\b").any()


def test_notes_do_not_begin_alike(ideas):
    beginnings = ideas["text_sv"].str.split().str[:3].str.join(" ")
    assert beginnings.is_unique


def test_brobygget_is_on_no_note(ideas):
    assert not ideas[["text_en", "text_sv"]].stack().str.contains("brobygget|bridge", case=False).any()


def test_twins_share_challenge_and_theme_and_come_later(ideas):
    twins = ideas.dropna(subset="twin_of").merge(ideas, left_on="twin_of", right_on="idea_id")
    assert len(twins) >= 6
    assert (twins["challenge_x"] == twins["challenge_y"]).all()
    assert (twins["theme_x"] == twins["theme_y"]).all()
    assert (twins["idea_id_x"] > twins["idea_id_y"]).all()


def test_twins_come_from_different_tables(seeded):
    ideas = seeded["dialogue_ideas"]
    twins = ideas.dropna(subset="twin_of").merge(ideas, left_on="twin_of", right_on="idea_id")
    same_place = (twins["meeting_x"] == twins["meeting_y"]) & (twins["table_x"] == twins["table_y"])
    assert not same_place.any()


def test_each_table_wrote_about_as_many_notes(seeded):
    counts = seeded["dialogue_ideas"].groupby(["meeting", "table"]).size()
    assert counts[1].index.tolist() == list(range(1, 11))
    assert counts[2].index.tolist() == list(range(1, 10))
    assert counts[1].max() - counts[1].min() <= 1
    assert counts[2].max() - counts[2].min() <= 1


# Ballots. The rules are written here anew, from their definitions.


def rankings(ballots):
    return ["".join(row) for row in ballots[RANKS].to_numpy()]


def totals(ballots, kind):
    return Counter({option: int(ballots[f"{kind}_{option}"].sum()) for option in OPTIONS})


def plurality(ranked):
    return Counter(ranking[0] for ranking in ranked)


def borda(ranked):
    return Counter({option: sum(len(ranking) - 1 - ranking.index(option) for ranking in ranked) for option in OPTIONS})


def margin(ranked, one, other):
    return sum(1 if ranking.index(one) < ranking.index(other) else -1 for ranking in ranked)


def condorcet(ranked):
    return [one for one in OPTIONS if all(margin(ranked, one, other) > 0 for other in OPTIONS if other != one)]


def instant_runoff(ranked):
    """Return the winner; a tie for who drops out fails the test that asks."""
    while True:
        tops = Counter({option: 0 for option in set("".join(ranked))})
        tops.update(ranking[0] for ranking in ranked)
        leader, votes = tops.most_common(1)[0]
        if 2 * votes > len(ranked):
            return leader
        (last, fewest), (_, next_fewest) = tops.most_common()[:-3:-1]
        assert fewest < next_fewest, "two options tie for dropping out"
        ranked = [ranking.replace(last, "") for ranking in ranked]


def lead(scores):
    """Return the winner and how far ahead of the second it is."""
    (first, most), (_, second) = scores.most_common(2)
    return first, most - second


def winners(ballots):
    ranked = rankings(ballots)
    return {
        "plurality": lead(plurality(ranked))[0],
        "borda": lead(borda(ranked))[0],
        "condorcet": condorcet(ranked)[0],
        "instant_runoff": instant_runoff(ranked),
    } | {kind: lead(totals(ballots, kind))[0] for kind in ("approval", "score", "dots", "quadratic")}


def test_one_ballot_for_each_participant_of_meeting_2_and_no_order_that_tells(seeded):
    ballots, people = seeded["ballots"], seeded["dialogue_participants"].query("meeting == 2")
    assert Counter(ballots["sector"]) == Counter(people["sector"])
    assert ballots["sector"].tolist() != people["sector"].tolist()
    assert (ballots["sector"] == ballots["sector"].shift()).sum() < 30


def test_every_ballot_ranks_every_option_once(seeded):
    assert {"".join(sorted(ranking)) for ranking in rankings(seeded["ballots"])} == {"ABCDEF"}


def test_scores_follow_ranks_and_approvals_follow_scores(seeded):
    for ballot in seeded["ballots"].to_dict("records"):
        scores = [ballot[f"score_{ballot[rank]}"] for rank in RANKS]
        assert scores == sorted(scores, reverse=True), ballot["ballot_id"]
        approved = [ballot[f"score_{option}"] for option in OPTIONS if ballot[f"approval_{option}"]]
        refused = [ballot[f"score_{option}"] for option in OPTIONS if not ballot[f"approval_{option}"]]
        assert approved, ballot["ballot_id"]
        assert min(approved) > max(refused, default=-1), ballot["ballot_id"]


def test_dots_are_three_and_credits_at_most_nine(seeded):
    ballots = seeded["ballots"]
    assert (ballots.filter(regex="^dots_").sum(axis=1) == 3).all()
    spent = (ballots.filter(regex="^quadratic_") ** 2).sum(axis=1)
    assert spent.max() <= 9
    assert spent.min() > 0


def test_the_rules_elect_three_different_options(seeded):
    found = winners(seeded["ballots"])
    assert found == {
        "plurality": "C",
        "dots": "C",
        "borda": "A",
        "instant_runoff": "A",
        "condorcet": "D",
        "approval": "D",
        "score": "D",
        "quadratic": "D",
    }


def test_no_rule_is_decided_by_a_hair(seeded):
    ballots = seeded["ballots"]
    ranked = rankings(ballots)
    assert lead(plurality(ranked))[1] >= 2
    assert lead(borda(ranked))[1] >= 3
    assert min(margin(ranked, "D", other) for other in "ABCEF") >= 3
    assert all(lead(totals(ballots, kind))[1] >= 3 for kind in ("approval", "score", "dots", "quadratic"))


def test_the_near_twins_split_dots_and_first_places_and_win_both_as_one(seeded):
    ballots = seeded["ballots"]
    for scores in (totals(ballots, "dots"), plurality(rankings(ballots))):
        assert scores["A"] < scores["C"]
        assert scores["B"] < scores["C"]
        scores["A+B"] = scores.pop("A") + scores.pop("B")
        assert lead(scores)[0] == "A+B"
        assert lead(scores)[1] >= 2


def test_the_plurality_winner_divides_and_the_broad_option_gathers(seeded):
    ballots = seeded["ballots"]
    last_or_next = {option: int((ballots[["5", "6"]] == option).sum().sum()) for option in "CD"}
    assert last_or_next["C"] > 2 * last_or_next["D"]
    assert ballots["score_C"].std() > 1.3 * ballots["score_D"].std()


def test_the_option_with_the_most_first_places_does_not_have_the_fewest_last_places(seeded):
    lasts = {option: int((seeded["ballots"]["6"] == option).sum()) for option in OPTIONS}
    assert lasts["C"] > 2 * min(lasts.values())


def test_the_options_are_notes_from_meeting_2_in_the_same_words(ideas):
    options = data.resource("ballots")["options"]
    assert sorted(options) == OPTIONS
    notes = ideas.set_index("idea_id")
    for option in options.values():
        note = notes.loc[option["idea_id"]]
        assert (note["meeting"], note["challenge"]) == (2, "labour_market")
        assert note["text_en"].startswith(option["title"])
        assert note["text_sv"].startswith(option["title_sv"])
    assert notes.loc[options["B"]["idea_id"], "twin_of"] == options["A"]["idea_id"]


@pytest.mark.parametrize(("code", "key"), [("en", "title"), ("sv", "title_sv")])
def test_rank_columns_are_labelled_with_the_options_titles(code, key):
    titles = {letter: option[key] for letter, option in data.resource("ballots")["options"].items()}
    assert all(data.categories(data.column("ballots", rank), code) == titles for rank in RANKS)


# Loading and describing


def test_a_loaded_frame_is_your_own():
    first = data.load("ballots")
    first["1"] = "Z"
    first["mine"] = 1
    assert "mine" not in data.load("ballots")
    assert "Z" not in set(data.load("ballots")["1"])


def test_codes_keep_their_leading_zero_and_empty_cells_are_missing():
    assert set(data.load("dialogue_participants")["municipality"].str.len()) == {4}
    twins = data.load("dialogue_ideas")["twin_of"]
    assert twins.notna().sum() == 8
    assert "" not in set(twins.dropna())


@pytest.mark.parametrize(
    ("labels", "sectors", "town"),
    [
        ("en", {"public sector", "business", "civil society", "academia"}, "Jönköping"),
        ("sv", {"offentlig sektor", "näringsliv", "civilsamhälle", "akademi"}, "Jönköping"),
    ],
)
def test_labels_replace_codes_and_nothing_else(labels, sectors, town):
    coded, worded = (data.load("dialogue_participants", labels=choice) for choice in (None, labels))
    assert set(worded["sector"]) == sectors
    assert (worded["municipality"] == town).sum() == (coded["municipality"] == "0680").sum()
    assert worded.notna().all(axis=None)
    untouched = ["meeting", "person_id", "organisation_id"]
    pd.testing.assert_frame_equal(coded[untouched], worded[untouched])


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["no data set", "'sirup'", "ballots"]), ("sv", ["ingen datamängd", "'sirup'", "ballots"])],
)
@pytest.mark.parametrize("call", [data.load, data.dictionary, data.resource])
def test_an_unknown_name_is_answered_with_the_names_there_are(language, words, call):
    with in_language(language), pytest.raises(ValueError, match="sirup") as error:
        call("sirup")
    assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize(("language", "words"), [("en", "choose one of en, sv"), ("sv", "välj något av en, sv")])
def test_an_unknown_language_of_labels_is_answered_with_those_there_are(language, words):
    with in_language(language), pytest.raises(ValueError, match="'fi'") as error:
        data.load("ballots", labels="fi")
    assert words in str(error.value)


@pytest.mark.parametrize(("language", "words"), [("en", "has no column"), ("sv", "har ingen kolumn")])
def test_an_unknown_column_is_answered_with_those_there_are(language, words):
    with in_language(language), pytest.raises(KeyError, match="dots_Z") as error:
        data.column("ballots", "dots_Z")
    assert words in str(error.value)
    assert "dots_A" in str(error.value)


@pytest.mark.parametrize(("language", "title"), [("en", "Ballots of meeting 2"), ("sv", "Valsedlar från möte 2")])
def test_the_catalogue_is_complete_in_both_languages(language, title):
    with in_language(language):
        catalogue = data.catalogue().set_index("name").loc[SETS]
    assert catalogue["rows"].tolist() == [134, 80, 45]
    assert catalogue["synthetic"].all()
    assert set(catalogue["licence"]) == {"CC-BY-4.0"}
    assert catalogue[["title", "source"]].apply(lambda words: words.str.len() > 5).all(axis=None)
    assert title in set(catalogue["title"])


@pytest.mark.parametrize("name", SETS)
def test_the_dictionary_explains_every_column_in_both_languages(name):
    meanings = {}
    for language in ("en", "sv"):
        with in_language(language):
            dictionary = data.dictionary(name)
        assert dictionary["name"].tolist() == data.load(name).columns.tolist()
        assert (dictionary["meaning"].str.len() > 10).all()
        meanings[language] = dictionary["meaning"]
    assert (meanings["en"] != meanings["sv"]).all()


def test_the_dictionary_shows_units_and_what_is_allowed():
    with in_language("sv"):
        dictionary = data.dictionary("ballots").set_index("name")
    assert dictionary.loc["score_C", ["unit", "allowed"]].tolist() == ["poäng", "0–5"]
    assert "C = En dörr till alla myndigheter" in dictionary.loc["1", "allowed"]


def strings(entry, keys):
    """Yield every value of `keys` anywhere in the data package."""
    if isinstance(entry, dict):
        yield from (value for key, value in entry.items() if key in keys)
        for value in entry.values():
            yield from strings(value, keys)
    elif isinstance(entry, list):
        for value in entry:
            yield from strings(value, keys)


def test_the_data_package_keeps_to_the_standard():
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert all(isinstance(text, str) for text in strings(package, {"title", "description", "label", "unit"}))
    for item in package["resources"]:
        assert item["profile"] == "tabular-data-resource"
        assert item["encoding"] == "utf-8"
        assert item["licenses"]
        assert item["sources"]
        names = [field["name"] for field in item["schema"]["fields"]]
        assert set(item["schema"]["primaryKey"]) <= set(names)
        for field in item["schema"]["fields"]:
            labels = [category["label"] for category in field.get("categories", [])]
            assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("name", SETS)
def test_what_is_synthetic_says_so_in_both_languages(name):
    item = data.resource(name)
    assert item["synthetic"] is True
    assert "Synthetic" in item["description"]
    assert "Syntetiska" in item["description_sv"]
    assert item["consistent_with"]
    assert item["consistent_with_sv"]


# The check that compares files and description


def test_the_shipped_data_are_as_described():
    assert [str(problem) for problem in data.check()] == []


@pytest.fixture
def folder(tmp_path):
    """Give a copy of the data to spoil."""
    for source in [*(ROOT / "data").glob("*.csv"), ROOT / "data" / "datapackage.json"]:
        shutil.copy(source, tmp_path)
    return tmp_path


def spoil_cell(folder, name, row, column, value):
    """Write `value` into a cell; rows are counted as a spreadsheet counts them."""
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[row - 1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def spoil_text(path, old, new):
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def found(folder, language="en"):
    with in_language(language):
        return [str(problem) for problem in data.check_folder(folder)]


CELLS = {
    "empty": ("ballots", "sector", "", "empty", "tom"),
    "type": ("ballots", "dots_A", "two", "'two' is not of the type integer", "'two' är inte av typen integer"),
    "category": ("ballots", "sector", "church", "'church' is not allowed", "'church' är inte tillåtet"),
    "minimum": ("ballots", "dots_A", "-1", "less than the least allowed, 0", "mindre än det minsta tillåtna, 0"),
    "maximum": ("ballots", "score_A", "9", "more than the most allowed, 5", "mer än det högsta tillåtna, 5"),
    "pattern": ("dialogue_participants", "person_id", "Anna", "'Anna' does not have", "'Anna' har inte"),
    "unique": ("ballots", "ballot_id", "V001", "'V001' stands in row 2 already", "'V001' står redan på rad 2"),
    "foreign key": ("dialogue_ideas", "twin_of", "I999", "'I999' is not found", "'I999' finns inte"),
}


@pytest.mark.parametrize(("name", "column", "value", "en", "sv"), CELLS.values(), ids=CELLS)
def test_a_spoilt_cell_is_found_where_it_is_in_both_languages(folder, name, column, value, en, sv):
    spoil_cell(folder, name, 7, column, value)
    (english,), (swedish,) = found(folder, "en"), found(folder, "sv")
    assert english.startswith(f"{name}.csv, row 7, column {column}: ")
    assert swedish.startswith(f"{name}.csv, rad 7, kolumn {column}: ")
    assert en in english
    assert sv in swedish


def test_a_person_twice_at_a_meeting_is_found(folder):
    path = folder / "dialogue_participants.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[4]]), encoding="utf-8")
    (problem,) = found(folder)
    assert "row 136, column meeting, person_id" in problem
    assert "row 5 already" in problem


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("gender\n", "sex\n", ["column sex: The column is in the file but not", "column gender: The column is desc"]),
        ("meeting,person_id", "person_id,meeting", ["row 1: The columns stand in another order"]),
        ("gender\n", "gender,gender\n", ["column gender: The column stands more than once"]),
    ],
    ids=["other name", "other order", "twice"],
)
def test_a_heading_that_is_not_as_described_is_found(folder, old, new, expected):
    spoil_text(folder / "dialogue_participants.csv", old, new)
    problems = found(folder)
    assert all(any(words in problem for problem in problems) for words in expected)


def test_a_row_with_a_cell_too_many_is_found(folder):
    spoil_text(folder / "ballots.csv", "V003,", "V003,,")
    assert "ballots.csv, row 4: The row has 33 cells; the heading has 32." in found(folder)


def test_a_missing_file_an_extra_file_and_another_encoding_are_found(folder):
    (folder / "ballots.csv").unlink()
    (folder / "notes_of_mine.csv").write_text("a\n1\n", encoding="utf-8")
    ideas = folder / "dialogue_ideas.csv"
    ideas.write_bytes(ideas.read_text(encoding="utf-8").encode("latin-1"))
    assert {
        "ballots.csv: The file is missing.",
        "dialogue_ideas.csv: The file is not UTF-8 text; save it again as CSV UTF-8.",
        "notes_of_mine.csv: The file is not described in datapackage.json.",
    } == set(found(folder))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"description_sv": "Personens kön."', '"description_sv": " "', "gender has no description_sv."),
        ('"label_sv": "näringsliv"', '"label_se": "näringsliv"', "sector, private has no label_sv."),
        ('"unit_sv": "prickar"', '"unit_se": "prickar"', "dots_A has no unit_sv."),
        ('"method_sv"', '"method_se"', "dialogue_participants has no method_sv."),
        ('"synthetic": true,', "", "dialogue_participants has no synthetic."),
        ('"type": "integer"', '"type": "whole"', "'whole' is not allowed; choose one of string, integer"),
        ('"resources": [', '"resources": [,', "datapackage.json, row"),
    ],
)
def test_a_gap_in_the_description_is_found(folder, old, new, expected):
    spoil_text(folder / "datapackage.json", old, new)
    (problem,) = found(folder)
    assert problem.startswith("datapackage.json")
    assert expected in problem


def test_the_data_package_is_valid_by_the_standard_s_own_tool():
    from frictionless import Package

    report = Package(str(ROOT / "data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "message"])


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("participants.csv", ",woman,", ",man,", "539 rows (gender = woman); there must be 540"),
        ("municipalities.csv", ",6393,", ",6394,", "adds up to 336867; it must be 336866"),
        ("individual_meetings.csv", None, None, "There are 1 rows; there must be ≥ 101"),
    ],
)
def test_a_total_that_differs_from_what_is_published_is_found(tmp_path, file, before, after, said):
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("generate"))
    path = tmp_path / "data" / file
    text = path.read_text(encoding="utf-8")
    changed = text.replace(before, after, 1) if before else "\n".join(text.splitlines()[:2]) + "\n"
    path.write_text(changed, encoding="utf-8")
    found = [str(problem) for problem in data.check_folder(tmp_path / "data")]
    assert any(said in problem for problem in found), found
