"""People, organisations, municipalities and activities: what holds for every seed, and what is planted."""

import csv
import datetime
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.generate import dialogue
from data.generate.people import facilitators, tables
from data.generate.region import simulate, stream
from data.generate.table import write

SEEDS = [2016, 1, 2, 3, 5]
SECTORS = {"public": 378, "civil": 252, "private": 180, "academia": 90}
FIXED = {"municipalities", "activities"}
BREAKFAST, MIXED, LAST_BREAKFAST = "A043", "A055", "A074"
COUNTY_WOMEN = 178_183 / 360_825
"""Women's share of Jönköping County's population on 31 December 2018 (SCB)."""


@pytest.fixture(scope="module", params=SEEDS)
def seed(request):
    return request.param


@pytest.fixture(scope="module")
def region(seed):
    return simulate(stream(seed, "region"))


@pytest.fixture(scope="module")
def raw(seed, region):
    """Give each set as the generator makes it."""
    return tables(seed, region)


@pytest.fixture(scope="module")
def made(seed, raw, tmp_path_factory):
    """Give each set as a learner reads it from its file."""
    folder = tmp_path_factory.mktemp(f"people{seed}")
    frames = {}
    for name, table in raw.items():
        write(table, folder / f"{name}.csv")
        codes = {"municipality": str, "code": str}
        frames[name] = pd.read_csv(folder / f"{name}.csv", dtype=codes, keep_default_na=False, na_values=[""])
    return frames


@pytest.fixture(scope="module")
def people(made):
    return made["participants"].set_index("person_id")


@pytest.fixture(scope="module")
def activities(made):
    return made["activities"].set_index("activity_id")


# The same every time, and another world for another seed


def test_the_same_seed_gives_the_same_tables(seed, raw):
    assert raw == tables(seed, simulate(stream(seed, "region")))


def test_another_seed_gives_other_people_and_the_same_county_and_programme(seed, raw):
    other = tables(seed + 1000, simulate(stream(seed + 1000, "region")))
    assert {name for name in raw if raw[name] == other[name]} == FIXED


def test_cells_are_whole_numbers_or_words(raw):
    kinds = {type(cell) for table in raw.values() for row in table for cell in row.values()}
    assert kinds == {int, str}


# Municipalities


def test_the_thirteen_municipalities_add_up_to_the_county(made):
    county = made["municipalities"]
    assert county["code"].is_unique
    assert county["code"].str.startswith("06").all()
    totals = county.filter(like="population_").sum()
    assert totals.tolist() == [336_866, 347_837, 365_010, 370_009]
    # The rounded areas add to two more than the county's published 10,495 km².
    assert county["land_area_km2"].sum() == 10_497
    assert county["latitude"].between(57.1, 58.1).all()
    assert county["longitude"].between(13.5, 15.1).all()


def test_the_region_draws_on_the_same_populations(made, region):
    counted = made["municipalities"].set_index("code")["population_2015"]
    homes = {organisation.municipality for organisation in region.organisations}
    assert all(counted[home.code] == home.population for home in homes)


# Organisations and people


def test_every_organisation_has_a_name_of_its_own_that_suits_its_sector(made, region):
    organisations = made["organisations"].set_index("organisation_id")
    assert organisations["name"].is_unique
    assert organisations[["sector", "municipality"]].apply(tuple, axis=1).to_dict() == {
        organisation.organisation_id: (organisation.sector, organisation.municipality.code)
        for organisation in region.organisations
    }
    assert organisations.groupby("kind")["sector"].nunique().eq(1).all()
    away = organisations[(organisations["sector"] == "academia") & (organisations["municipality"] != "0680")]
    assert set(away["kind"]) <= {"learning_centre"}


def test_nobody_names_an_organisation_after_a_municipality():
    path = Path(__file__).parents[2] / "data" / "generate" / "organisation_names.csv"
    with path.open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    towns = ("Aneby", "Eksjö", "Gislaved", "Gnosjö", "Habo", "Jönköping", "Mullsjö", "Nässjö", "Sävsjö", "Tranås")
    assert not [name for name in names for town in (*towns, "Vaggeryd", "Värnamo", "Vetlanda") if town in name]


# Employers, housing companies, clubs, associations, schools and projects that do exist in the county or were in SIRU.
REAL = """
    Coompanion; Jönköping University; Science Park; Region Jönköping; Länsstyrelsen; Ryhov; Rosenlund; Dalvik
    Råslätt; Öxnehaga; Österäng; Vätterhem; Junehem; Willhem; Finnvedsbostäder; Eksjöbostäder; Tranåsbostäder; Linden
    Witalabostäder; Sävebo; Gisleboet; Husqvarna; Huskvarna; Fagerhult; Isaberg; Hestra; Thule; Gislaved; Nefab; Elmia
    HV71; J-Södra; IFK; Hallby; Habo; Egnahem; Bankeryd; Waggeryd; Spira
    Vårsol; Erikshjälpen; Hela Människan; Röda Korset; Rädda Barnen; Stadsmissionen; Sensus; ABF; Medborgarskolan
    Studieförbundet; Folkuniversitetet; Frälsningsarmén; Pingst; Kungsporten; Sofia; Kristina; Fountain House; Yalla
    Basta; Vägen ut; Macken; Le Mat; X-Cons; Samhall; Emmaus; Myrorna; Kupan; PMU; Nya Möten; Upptech; Brobygget
"""


def test_no_invented_name_is_that_of_something_real_in_the_region():
    real = [name.strip() for line in REAL.strip().splitlines() for name in line.split(";")]
    folder = Path(__file__).parents[2] / "data" / "generate"
    invented = []
    for file, column in (
        ("organisation_names.csv", "name"),
        ("initiatives_texts.csv", "name_sv"),
        ("ventures_texts.csv", "name"),
    ):
        with (folder / file).open(encoding="utf-8", newline="") as rows:
            invented += [row[column] for row in csv.DictReader(rows)]
    assert len(invented) > 230
    assert [(name, taken) for name in invented for taken in real if taken.lower() in name.lower()] == []


def test_nine_hundred_people_of_whom_sixty_percent_women(people, made):
    assert len(people) == 900
    assert people.index.is_unique
    assert people["gender"].value_counts().to_dict() == {"woman": 540, "man": 360}
    assert people["sector"].value_counts().to_dict() == SECTORS
    homes = made["organisations"].set_index("organisation_id")
    for column in ("sector", "municipality"):
        assert (people["organisation_id"].map(homes[column]) == people[column]).all()


def test_twenty_are_trained_and_they_are_those_who_came_to_four_of_five_days(people, made, activities, seed, region):
    trained = people.index[people["facilitator_trained"]]
    assert set(trained) == {person.person_id for person in facilitators(seed, region)}
    assert len(trained) == 20
    assert people.loc[trained, "organisation_id"].is_unique
    days = made["attendance"].join(activities["series"], on="activity_id").query("series in ['F1', 'F2']")
    came = days.groupby(["series", "person_id"]).size()
    assert len(came) == 26
    assert set(came[came >= 4].index.get_level_values("person_id")) == set(trained)
    assert came[came < 4].max() <= 3
    assert came[came >= 4].groupby("series").size().tolist() == [10, 10]


# Activities and attendance


def test_activities_are_held_on_working_days_in_order(made):
    days = [datetime.date.fromisoformat(day) for day in made["activities"]["date"]]
    assert all(earlier < later for earlier, later in pairwise(days))
    assert all(day.weekday() < 5 and day.month != 7 for day in days)
    assert {day.year for day in days} == {2016, 2017, 2018, 2019}
    assert made["activities"]["title_en"].is_unique
    assert made["activities"]["title_sv"].is_unique


def test_more_than_fifty_cross_sector_activities_however_courses_are_counted(activities):
    counted = activities[activities["cross_sector"] & activities["coompanion"]]
    assert len(activities) == 90
    assert len(counted) == 62
    courses = counted["series"].isin(["F1", "F2"])
    assert (~courses).sum() + counted.loc[courses, "series"].nunique() == 54
    assert activities["cross_sector"].sum() == 66
    assert activities["coompanion"].sum() == 78


def test_cross_sector_means_that_more_than_one_sector_came(made, activities):
    sectors = made["attendance"].groupby("activity_id")["sector"].agg(set)
    assert set(sectors.index) == set(activities.index)
    assert ((sectors.str.len() > 1) == activities["cross_sector"]).all()
    closed = activities.query("open_to in ['public', 'civil', 'private', 'academia']")
    assert all(sectors[name] == {audience} for name, audience in closed["open_to"].items())


def test_everybody_took_part_and_participations_are_two_to_three_times_the_people(made, people):
    attendance = made["attendance"]
    assert not attendance.duplicated(["activity_id", "person_id"]).any()
    times = attendance["person_id"].value_counts()
    assert set(times.index) == set(people.index)
    assert 2 * 900 <= len(attendance) <= 3 * 900
    assert 0.4 <= (times == 1).mean() <= 0.6
    assert times.max() >= 15


def test_attendance_repeats_what_participants_and_activities_say(made, people, activities):
    attendance = made["attendance"]
    for column in ("organisation_id", "sector"):
        assert (attendance["person_id"].map(people[column]) == attendance[column]).all()
    years = attendance["activity_id"].map(activities["date"]).str[:4].astype(int)
    assert (years == attendance["year"]).all()
    assert attendance.groupby("person_id")["activity_id"].min().to_dict() == people["first_activity"].to_dict()


def test_women_take_part_more_often_than_men_and_above_all_in_what_raises_knowledge(made, people, activities):
    woman = made["attendance"]["person_id"].map(people["gender"]) == "woman"
    kind = made["attendance"]["activity_id"].map(activities["kind"])
    assert 0.605 < woman.mean() < 0.68
    assert woman[kind.isin(["knowledge_lunch", "workshop", "seminar"])].mean() > 0.6
    assert woman[kind.isin(["matchmaking", "board"])].mean() < 0.58


def test_people_go_to_what_is_near(made, people, activities):
    at_home = made["attendance"]["person_id"].map(people["municipality"]) == made["attendance"]["activity_id"].map(
        activities["municipality"]
    )
    small = made["attendance"]["activity_id"].map(activities["municipality"]) != "0680"
    share = people["municipality"].value_counts(normalize=True)
    by_chance = made["attendance"]["activity_id"].map(activities["municipality"]).map(share)
    assert at_home[small].mean() > 3 * by_chance[small].mean()
    assert at_home[~small].mean() > 1.5 * by_chance[~small].mean()


def test_the_dialogue_meetings_have_the_people_of_theme_05(made, activities, seed, region):
    meetings = activities.index[activities["kind"] == "dialogue_meeting"]
    expected = pd.DataFrame(dialogue.tables(seed, region)["dialogue_participants"])
    assert len(meetings) == 3
    came = made["attendance"].groupby("activity_id")["person_id"].agg(set)
    for number, meeting in enumerate(meetings, start=1):
        assert came[meeting] == set(expected.loc[expected["meeting"] == number, "person_id"])


# The network


def meet(attendance):
    """Give who met whom: people, and a matrix of zeros and ones."""
    table = pd.crosstab(attendance["person_id"], attendance["activity_id"])
    together = (table.to_numpy() @ table.to_numpy().T > 0).astype(float)
    np.fill_diagonal(together, 0)
    return table.index, together


def betweenness(together, counts):
    """Count shortest paths through each person, from all at once; `counts` says which pairs of people count."""
    size = len(together)
    distance = np.where(np.eye(size) > 0, 0, -1)
    paths, front, step = np.eye(size), np.eye(size), 0
    while front.any():
        step += 1
        front = (front @ together) * (distance < 0)
        distance[front > 0] = step
        paths += front
    share = np.zeros((size, size))
    for step in range(distance.max(), 0, -1):
        onward = np.where(distance == step, (counts + share) / np.where(paths > 0, paths, 1), 0)
        share += np.where(distance == step - 1, paths * (onward @ together), 0)
    np.fill_diagonal(share, 0)
    return share.sum(axis=0)


def reachable(together):
    """Count the separate parts of a network."""
    left, parts = set(range(len(together))), 0
    while left:
        parts += 1
        front = {left.pop()}
        while front:
            front = {other for person in front for other in np.flatnonzero(together[person]) if other in left}
            left -= front
    return parts


@pytest.fixture(scope="module")
def broker(made):
    """Give the only person who comes to a company breakfast and to something else."""
    sectors = made["attendance"].join(made["activities"].set_index("activity_id")["kind"], on="activity_id")
    kinds = sectors.groupby("person_id")["kind"].agg(lambda kinds: (kinds == "breakfast").mean())
    (person,) = kinds[(kinds > 0) & (kinds < 1)].index
    return person


def test_the_broker_is_quiet(made, people, broker):
    attendance = made["attendance"]
    assert attendance.query("person_id == @broker")["activity_id"].tolist() == [BREAKFAST, MIXED, LAST_BREAKFAST]
    assert people.loc[broker, "sector"] == "private"
    names, together = meet(attendance)
    contacts = pd.Series(together.sum(axis=1), names)
    assert (contacts > contacts[broker]).sum() >= 100
    assert contacts[broker] < contacts.max() / 3


@pytest.mark.parametrize("since", [2016, 2018])
@pytest.mark.parametrize("between_sectors", [False, True])
def test_the_broker_has_by_far_the_highest_betweenness(made, people, broker, since, between_sectors):
    names, together = meet(made["attendance"].query("year >= @since"))
    sector = people.loc[names, "sector"].to_numpy(object)
    counts = (sector[:, None] != sector[None, :]).astype(float) if between_sectors else np.ones(together.shape)
    through = pd.Series(betweenness(together, counts), names)
    assert through.idxmax() == broker
    assert through[broker] > 1.2 * through.drop(broker).max()


def test_betweenness_as_computed_here_agrees_with_a_case_that_can_be_counted():
    # A line of five: the middle lies on the four pairs across it, each in both directions.
    line = np.eye(5, k=1) + np.eye(5, k=-1)
    assert betweenness(line, np.ones((5, 5))).tolist() == [0, 6, 8, 6, 0]


def test_two_separate_networks_become_one(made):
    _, before = meet(made["attendance"].query("year <= 2017"))
    _, after = meet(made["attendance"].query("year >= 2018"))
    assert reachable(before) == 2
    assert reachable(after) == 1


def test_without_the_broker_the_circle_falls_off(made, broker):
    _, whole = meet(made["attendance"])
    names, rest = meet(made["attendance"].query("person_id != @broker"))
    assert reachable(whole) == 1
    assert reachable(rest) == 2
    assert len(names) == 899


def test_the_ei_index_by_sector_rises_from_below_to_above_zero(made, people):
    def index(attendance):
        names, together = meet(attendance)
        sector = people.loc[names, "sector"].to_numpy(object)
        outside = together[sector[:, None] != sector[None, :]].sum()
        return (2 * outside - together.sum()) / together.sum()

    before = index(made["attendance"].query("year <= 2017"))
    after = index(made["attendance"].query("year >= 2018"))
    assert before < -0.15
    assert after > 0.15


# Individual meetings


def test_more_than_a_hundred_individual_meetings_most_with_women(made, people):
    meetings = made["individual_meetings"]
    gender = meetings["person_id"].map(people["gender"])
    assert gender.value_counts().to_dict() == {"woman": 78, "man": 40}
    assert 45 <= meetings["person_id"].nunique() <= 80
    assert meetings["date"].is_monotonic_increasing
    assert not meetings.duplicated(["person_id", "date"]).any()
    days = [datetime.date.fromisoformat(day) for day in meetings["date"]]
    assert all(day.weekday() < 5 and day.month != 7 for day in days)
    assert datetime.date(2016, 8, 1) <= min(days)
    assert max(days) <= datetime.date(2020, 3, 31)


# Invitations


def wilson(successes, number):
    """Give the 95 % Wilson interval."""
    z = 1.959964
    centre = (successes + z * z / 2) / (number + z * z)
    half = z * (successes * (number - successes) / number + z * z / 4) ** 0.5 / (number + z * z)
    return centre - half, centre + half


def test_sixty_are_invited_to_each_conversation_and_those_who_came_are_in_the_attendance(made, people, activities):
    invitations = made["invitations"]
    conversations = activities.index[activities["kind"] == "conversation"]
    assert invitations["conversation_id"].value_counts().to_dict() == dict.fromkeys(conversations, 60)
    came = invitations[invitations["came"]].groupby("conversation_id")["person_id"].agg(set)
    attended = made["attendance"].groupby("activity_id")["person_id"].agg(set)
    assert all(came[name] == attended[name] for name in conversations)
    known = invitations.dropna(subset="person_id")
    assert not known.duplicated(["conversation_id", "person_id"]).any()
    for column in ("gender", "sector", "municipality"):
        assert (known["person_id"].map(people[column]) == known[column]).all()


def test_those_without_a_number_never_came_and_are_mostly_men_or_from_business(made):
    unknown = made["invitations"][made["invitations"]["person_id"].isna()]
    assert 50 <= len(unknown) <= 100
    assert not unknown["came"].any()
    assert ((unknown["gender"] == "man") | (unknown["sector"] == "private")).mean() > 0.6


def test_men_and_business_are_missing_which_one_conversation_cannot_show(made):
    invitations = made["invitations"]
    assert (invitations["gender"] == "woman").mean() == 0.5
    came = invitations[invitations["came"]]
    low, high = wilson((came["gender"] == "woman").sum(), len(came))
    assert low > COUNTY_WOMEN
    second = came[came["conversation_id"] == "A042"]
    low, high = wilson((second["gender"] == "woman").sum(), len(second))
    assert low < COUNTY_WOMEN < high
    low, high = wilson((came["sector"] == "private").sum(), len(came))
    assert high < (invitations["sector"] == "private").mean()


def test_how_people_were_invited_explains_most_of_who_is_missing(made):
    invitations = made["invitations"]
    by_channel = invitations.groupby("channel")["came"].mean()
    assert by_channel["call"] > by_channel["email"] + 0.1 > by_channel["list"] + 0.3
    private = invitations["sector"] == "private"
    assert (invitations[private]["channel"] == "list").mean() > 0.6
    assert (invitations[~private]["channel"] == "list").mean() < 0.35

    def gap(rows):
        business = rows["sector"] == "private"
        return rows[~business]["came"].mean() - rows[business]["came"].mean()

    assert gap(invitations) > 0.3
    assert gap(invitations[invitations["channel"] != "list"]) < 0.2


def test_answers_and_coming_are_not_the_same(made):
    told = Counter(zip(made["invitations"]["answer"], made["invitations"]["came"], strict=True))
    assert told["yes", False] >= 15
    assert told["none", True] >= 2
    assert told["no", True] == 0


# Talk


def gini(values):
    """Compute the mean absolute difference over twice the mean."""
    values = np.asarray(values, dtype=float)
    return np.abs(values[:, None] - values[None, :]).mean() / (2 * values.mean())


@pytest.fixture(scope="module")
def talk(made):
    """Give the turns of the conversation without and with a clock, and who came to each."""
    came = made["invitations"][made["invitations"]["came"]]
    return [
        (made["talk_turns"].query("conversation_id == @name"), came.query("conversation_id == @name"))
        for name in ("A042", "A062")
    ]


def test_turns_are_in_order_by_people_who_came_and_never_twice_in_a_row(talk, people):
    for turns, came in talk:
        assert turns["turn"].tolist() == list(range(1, len(turns) + 1))
        assert set(turns["person_id"]) <= set(came["person_id"])
        assert (turns["person_id"] != turns["person_id"].shift()).all()
        assert (turns["seconds"] >= 5).all()
        for column in ("gender", "sector"):
            assert (turns["person_id"].map(people[column]) == turns[column]).all()
        order = ["objective", "reflective", "interpretive", "decisional"]
        assert turns["phase"].drop_duplicates().tolist() == order
        assert 45 * 60 <= turns["seconds"].sum() <= 60 * 60


def test_a_few_speak_most_without_the_clock_and_the_silent_are_in_no_row(talk):
    turns, came = talk[0]
    seconds = turns.groupby("person_id")["seconds"].sum()
    assert 0.45 <= gini(seconds) <= 0.55
    everybody = seconds.reindex(came["person_id"], fill_value=0)
    assert (everybody == 0).sum() == 5
    assert gini(everybody) > gini(seconds) + 0.05
    assert seconds.nlargest(3).sum() > 0.4 * seconds.sum()


def test_with_the_clock_everybody_speaks_early_and_more_equally(talk):
    turns, came = talk[1]
    seconds = turns.groupby("person_id")["seconds"].sum()
    assert set(seconds.index) == set(came["person_id"])
    assert 0.15 <= gini(seconds) <= 0.27
    assert turns["seconds"].max() <= 60 < talk[0][0]["seconds"].max()
    ended = turns["seconds"].cumsum()
    assert ended[~turns.duplicated("person_id")].max() <= 20 * 60


def test_men_and_the_learned_take_more_than_their_share_until_there_is_a_clock(talk):
    def over(turns, came, column, values):
        return (
            turns[turns[column].isin(values)]["seconds"].sum() / turns["seconds"].sum()
            - came[column].isin(values).mean()
        )

    without, with_clock = talk
    assert over(*without, "gender", ["man"]) > 0.12
    assert abs(over(*with_clock, "gender", ["man"])) < 0.09
    assert over(*without, "sector", ["public", "academia"]) > 0.06
