"""Initiatives, the search for them and ventures: that any seed gives a consistent world that teaches the same."""

import csv
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from data.generate import people
from data.generate.initiatives import tables
from data.generate.region import MUNICIPALITIES, simulate, stream

SEEDS = [2016, 1, 2, 3, 5]
HERE = Path(__file__).parents[2] / "data" / "generate"
SOURCES = ["public_contract", "private_sales", "grants", "membership", "donations"]
FUNDING = ["funding_public", "funding_grant", "funding_sales", "funding_volunteer"]
AS_OF = date(2020, 3, 31)
POPULATION = pd.Series({home.code: home.population for home in MUNICIPALITIES})
JONKOPING = "0680"


def world(seed):
    return simulate(stream(seed, "region"))


@pytest.fixture(scope="module", params=SEEDS)
def seed(request):
    return request.param


@pytest.fixture(scope="module")
def made(seed):
    """Give a seed's tables as frames: empty cells missing, truth values as such."""
    frames = {}
    for name, table in tables(seed, world(seed)).items():
        frame = pd.DataFrame(table).replace("", pd.NA)
        for column in ("on_map", "classroom_case", "is_wise"):
            if column in frame:
                frame[column] = frame[column].map({"true": True, "false": False}).astype(bool)
        for column in ("closed", "closed_year", "self_rated_success"):
            if column in frame:
                frame[column] = frame[column].astype("Int64")
        frames[name] = frame
    return frames


@pytest.fixture(scope="module")
def initiatives(made):
    return made["initiatives"]


@pytest.fixture(scope="module")
def ventures(made):
    """Give the panel with revenue and result."""
    panel = made["ventures"].copy()
    panel["revenue"] = panel[SOURCES].sum(axis=1)
    panel["result"] = panel["revenue"] - panel["costs"]
    return panel


@pytest.fixture(scope="module")
def last(ventures):
    """Give each venture's last year."""
    return ventures.groupby("venture_id").last(skipna=False)


@pytest.fixture(scope="module")
def alive(last):
    return last[last["closed_year"].isna()]


def of(panel, venture):
    return panel[panel["venture_id"] == venture].set_index("year")


# The texts


def texts(file):
    with (HERE / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_every_initiative_and_venture_is_told_in_both_languages():
    rows = texts("initiatives_texts.csv")
    assert [row["initiative_id"] for row in rows] == [f"N{number:02d}" for number in range(1, 46)]
    for part in ("name", "need", "what", "novelty", "teacher_note"):
        english, swedish = ([row[f"{part}_{code}"] for row in rows] for code in ("en", "sv"))
        assert all(a and b and a != b for a, b in zip(english, swedish, strict=True))
        if part != "name":
            assert all(text.endswith((".", "?")) for text in english + swedish)
    offers = texts("ventures_texts.csv")
    assert [row["venture_id"] for row in offers] == [f"S{number:02d}" for number in range(1, 33)]
    assert all(row["offer_en"] and row["offer_sv"] and row["offer_en"] != row["offer_sv"] for row in offers)


def test_no_text_is_told_twice():
    rows = texts("initiatives_texts.csv")
    for column in (f"{part}_{code}" for part in ("name", "need", "what", "novelty") for code in ("en", "sv")):
        assert len({row[column] for row in rows}) == 45, column
    names = [row["name"] for row in texts("ventures_texts.csv")]
    assert len(set(names)) == 32


def test_the_style_of_the_course_is_kept():
    words = re.compile(r"\b(just|simply|easy|easily|e\.g\.|i\.e\.|etc)\b", re.IGNORECASE)
    for row in texts("initiatives_texts.csv"):
        assert not [text for name, text in row.items() if name.endswith("_en") and words.search(text)]


def test_a_need_and_a_novelty_are_one_sentence_and_what_is_done_at_most_two():
    for row in texts("initiatives_texts.csv"):
        for part, most in (("need", 1), ("novelty", 1), ("what", 2)):
            for code in ("en", "sv"):
                assert len(re.findall(r"[.!?](?=\s|$)", row[f"{part}_{code}"])) <= most, (row["initiative_id"], part)


def test_a_venture_is_called_what_its_initiative_is():
    names = {row["initiative_id"]: row["name_sv"] for row in texts("initiatives_texts.csv")}
    linked = [row for row in texts("ventures_texts.csv") if row["initiative_id"]]
    assert len(linked) >= 10
    assert all(names[row["initiative_id"]] == row["name"] for row in linked)


# The same seed, the same world


def test_the_same_seed_gives_the_same_tables(seed):
    assert tables(seed, world(seed)) == tables(seed, world(seed))


def test_another_seed_gives_other_tables():
    for name in ("initiatives", "search_effort", "ventures"):
        assert len({json.dumps(tables(seed, world(seed))[name]) for seed in SEEDS}) == len(SEEDS)


def test_sizes(made):
    assert len(made["initiatives"]) == 45
    assert len(made["search_effort"]) == 13
    assert made["ventures"]["venture_id"].nunique() == 32


# Initiatives: invariants


def test_a_leader_is_an_organisation_of_the_right_sector_and_place(seed, initiatives):
    organisations = pd.DataFrame(people.organisations(seed, world(seed))).set_index("organisation_id")
    leaders = organisations.loc[initiatives["organisation_id"]]
    assert leaders["sector"].tolist() == initiatives["sector"].tolist()
    assert leaders["municipality"].tolist() == initiatives["municipality"].tolist()
    assert initiatives["organisation_id"].is_unique


def test_a_leader_could_have_had_the_idea(seed, initiatives):
    names = {row["organisation_id"]: row["name"] for row in people.organisations(seed, world(seed))}
    fitting = {row["initiative_id"]: tuple(row["leaders"].split(";")) for row in texts("initiatives_texts.csv")}
    misfits = [
        row.initiative_id
        for row in initiatives.itertuples()
        if not names[row.organisation_id].startswith(fitting[row.initiative_id])
    ]
    assert len(misfits) <= 1


def test_funding_adds_up_to_a_hundred(initiatives):
    assert (initiatives[FUNDING].sum(axis=1) == 100).all()
    assert (initiatives[FUNDING] >= 0).all(axis=None)


def test_only_what_was_tried_is_rated(initiatives):
    tried = ~initiatives["stage"].isin(["prompt", "proposal"])
    assert (initiatives["self_rated_success"].notna() == tried).all()
    assert initiatives["self_rated_success"].dropna().between(1, 5).all()


def test_a_record_is_checked_after_the_start_and_while_it_was_true(initiatives):
    checked = initiatives["last_checked"].map(date.fromisoformat)
    assert checked.between(date(2016, 8, 1), AS_OF).all()
    assert (checked.map(lambda day: day.year) > initiatives["started"]).all()
    closed = initiatives[initiatives["closed"].notna()]
    years = closed["last_checked"].str[:4].astype(int)
    assert ((years < closed["closed"]) == closed["on_map"]).all()
    assert (closed["closed"] > closed["started"]).all()


def test_evidence_grows_with_the_stages_at_most(initiatives):
    by_stage = initiatives.groupby("stage")["evidence_level"]
    assert by_stage.max()["prompt"] == 0
    assert by_stage.max()["proposal"] <= 1
    assert by_stage.mean()["systemic_change"] > by_stage.mean()["prototype"]


# Initiatives: what is planted


def test_twelve_cases_show_all_stages_sectors_and_three_good_deeds(initiatives):
    cases = initiatives[initiatives["classroom_case"]]
    assert len(cases) == 12
    assert cases["stage"].nunique() == 6
    assert cases["sector"].nunique() == 4
    assert (cases["is_social_innovation"] == "no").sum() == 3
    # A prompt has put no solution forward, so no more than prompts may be in doubt.
    assert (cases.loc[cases["is_social_innovation"] == "arguable", "stage"] == "prompt").all()


def test_every_sector_leads_social_innovation_and_not_every_good_deed_is_one(initiatives):
    judged = pd.crosstab(initiatives["sector"], initiatives["is_social_innovation"])
    assert (judged.loc[["public", "private", "civil"], ["yes", "no"]] > 0).all(axis=None)
    assert judged.loc["academia", "yes"] > 0
    assert judged["yes"].sum() > judged["no"].sum() >= 8
    assert judged["arguable"].sum() >= 5


def test_nine_to_eleven_have_closed_and_one_or_two_of_them_haunt_the_map(initiatives):
    closed = initiatives["closed"].notna()
    assert 9 <= closed.sum() <= 11
    assert 1 <= (closed & initiatives["on_map"]).sum() <= 2


def test_the_map_flatters(initiatives):
    rating = initiatives["self_rated_success"].astype("Float64")
    living = initiatives["closed"].isna()
    assert rating[initiatives["on_map"]].mean() > rating.mean() + 0.25
    assert rating[living].mean() > rating.mean() + 0.15
    assert rating[~living].mean() < rating[living].mean() - 0.7


def test_those_that_closed_had_leant_on_grants(initiatives):
    closed = initiatives["closed"].notna()
    grants = initiatives["funding_grant"]
    assert grants[closed].mean() > grants[~closed].mean() + 20


def test_most_evidence_is_thin_also_behind_what_scales(initiatives):
    assert (initiatives["evidence_level"] <= 2).mean() >= 0.8
    assert initiatives["evidence_level"].max() < 5
    assert initiatives.loc[initiatives["stage"] == "scaling", "evidence_level"].min() <= 1


def test_some_records_on_the_map_are_stale(initiatives):
    checked = initiatives.loc[initiatives["on_map"], "last_checked"].map(date.fromisoformat)
    stale = (checked < AS_OF - timedelta(days=730)).sum()
    assert 5 <= stale <= 10
    assert stale < len(checked) / 2


def per_inhabitant(counts):
    """Give a count a municipality per 10,000 inhabitants; none is none."""
    return 10_000 * counts.reindex(POPULATION.index, fill_value=0) / POPULATION


def against_the_rest(counts):
    """Give Jönköping's rate per inhabitant over that of all other municipalities together."""
    counts = counts.reindex(POPULATION.index, fill_value=0)
    others = counts.drop(JONKOPING).sum() / POPULATION.drop(JONKOPING).sum()
    return counts[JONKOPING] / POPULATION[JONKOPING] / others


def test_jonkoping_has_the_most_dots_but_not_per_inhabitant(initiatives):
    dots = initiatives.loc[initiatives["on_map"], "municipality"].value_counts()
    assert dots.idxmax() == JONKOPING
    assert dots[JONKOPING] > 2 * dots.drop(JONKOPING).max()
    assert per_inhabitant(dots).rank(ascending=False)[JONKOPING] > 2


def test_the_map_shows_where_people_looked(made):
    initiatives = made["initiatives"]
    visits = made["search_effort"].set_index("municipality")["visits"]
    there = initiatives["municipality"].value_counts()
    dots = initiatives.loc[initiatives["on_map"], "municipality"].value_counts()
    assert visits.idxmax() == JONKOPING
    assert visits[JONKOPING] > visits.sum() / 2
    assert 0.85 < against_the_rest(there) < 1.15
    assert against_the_rest(dots) > 1.4
    assert against_the_rest(visits) > 2


def test_some_municipalities_have_initiatives_but_no_dot(initiatives):
    dots = initiatives.groupby("municipality")["on_map"].sum()
    assert (dots == 0).sum() >= 2


# Ventures: invariants


def test_the_panel_has_every_year_of_every_life(ventures):
    for _, life in ventures.groupby("venture_id"):
        end = life["closed_year"].iloc[0]
        end = 2023 if pd.isna(end) else end
        assert life["year"].tolist() == list(range(life["started"].iloc[0], end + 1))
    fixed = [
        "name",
        "initiative_id",
        "municipality",
        "legal_form",
        "is_wise",
        "started",
        "closed_year",
        "unit",
        "price",
    ]
    assert (ventures.groupby("venture_id")[fixed].nunique(dropna=False) == 1).all(axis=None)
    assert ventures["year"].between(2014, 2023).all()


def test_sales_are_units_at_the_price(ventures):
    assert (ventures["public_contract"] + ventures["private_sales"] == ventures["price"] * ventures["units_sold"]).all()
    assert (ventures["public_contract"] % ventures["price"] == 0).all()


def test_costs_are_fixed_and_variable_and_a_unit_earns_something(ventures):
    variable = ventures["unit_cost"] * ventures["units_sold"]
    assert (ventures["costs"] == ventures["fixed_costs"] + variable).all()
    assert (ventures["price"] > ventures["unit_cost"]).all()
    # The least that a real venture pays in rent and wages; a lower figure would mean that the accounts were bent.
    assert ventures["fixed_costs"].min() >= 100_000


def test_cash_follows_from_the_accounts_and_is_never_negative(ventures):
    before = ventures.groupby("venture_id")["cash"].shift()
    later = before.notna()
    assert (ventures["cash"] == before + ventures["result"])[later].all()
    assert (ventures["cash"] >= 0).all()


def test_members_belong_to_associations(ventures):
    memberless = ventures["legal_form"].isin(["limited_company", "svb_company", "foundation"])
    assert (ventures.loc[memberless, "membership"] == 0).all()
    assert (ventures.loc[~memberless, "membership"] > 0).all()


def test_a_closed_venture_has_a_reason_and_only_a_closed_one(ventures):
    assert (ventures["closed_reason"].notna() == ventures["closed_year"].notna()).all()


def test_the_target_group_is_part_of_the_staff(ventures):
    assert (ventures["staff_target_group"] <= ventures["staff"]).all()
    wise = ventures[ventures["is_wise"] & (ventures["venture_id"] != "S20")]
    assert (wise["staff_target_group"] >= 1).all()
    assert wise["staff_target_group"].sum() > 0.35 * wise["staff"].sum()


def test_ventures_agree_with_the_initiatives_they_grew_out_of(initiatives, ventures, last):
    origins = initiatives.set_index("initiative_id")
    linked = last[last["initiative_id"].notna()]
    for venture, row in linked.iterrows():
        origin = origins.loc[row["initiative_id"]]
        assert row["municipality"] == origin["municipality"]
        assert row["need"] == origin["need"]
        assert row["started"] > origin["started"]
        until_mapping = row["closed_year"] if not pd.isna(row["closed_year"]) and row["closed_year"] <= 2020 else None
        assert until_mapping == (None if pd.isna(origin["closed"]) else origin["closed"])
        years = of(ventures, venture)
        if 2019 in years.index and row["started"] < 2019:
            assert years.loc[2019, "stage"] == origin["stage"]


# Ventures: what is planted


def kaplan_meier(last, horizon):
    """Estimate the share that lives `horizon` years, with statsmodels."""
    closed = last["closed_year"].notna()
    durations = last["closed_year"].fillna(2023).astype(int) - last["started"]
    fitted = SurvfuncRight(durations.to_numpy(), closed.to_numpy().astype(int))
    return fitted.surv_prob[fitted.surv_times <= horizon].min()


def test_survival_is_lower_than_the_share_that_lives(last):
    lives = last["closed_year"].isna().mean()
    assert 8 <= last["closed_year"].notna().sum() <= 10
    assert last["closed_year"].value_counts().max() <= 3
    assert 0.85 <= kaplan_meier(last, 3) <= 0.96
    assert kaplan_meier(last, 9) <= lives - 0.10
    assert kaplan_meier(last, 9) >= 0.4


def test_most_are_censored_and_many_early(last):
    alive = last[last["closed_year"].isna()]
    assert len(alive) > len(last) / 2
    assert (2023 - alive["started"] < 6).sum() >= 5


def runway(rows):
    """Give the months that the cash lasts at the year's loss; missing where nothing is lost."""
    return (12 * rows["cash"] / -rows["result"]).where(rows["result"] < 0)


def test_one_living_venture_has_less_than_four_months_left(alive):
    months = runway(alive)
    assert 2 < months["S15"] < 4
    assert months.drop("S15").min() > 9
    assert months.isna().any()


def test_those_that_ran_out_of_money_had_been_warned(ventures, last):
    ran_out = last.index[last["closed_reason"] == "money"]
    assert len(ran_out) >= 3
    for venture in ran_out:
        years = of(ventures, venture)
        assert runway(years).iloc[-2] < 12
        assert years["cash"].iloc[-1] < 0.05 * years["costs"].iloc[-1]
    assert last["closed_reason"].nunique() >= 2


def herfindahl(rows):
    return (rows[SOURCES].div(rows["revenue"], axis=0) ** 2).sum(axis=1)


def test_one_has_all_its_eggs_in_one_basket(ventures, alive):
    concentration = herfindahl(alive)
    assert concentration["S24"] > 0.93
    assert concentration.drop("S24").max() < 0.9
    assert concentration.min() < 0.4
    assert (herfindahl(of(ventures, "S24")) > 0.85).all()


def test_one_drifts_from_its_mission_and_earns_on_it(ventures):
    years = of(ventures, "S20")
    first, end = years.iloc[0], years.iloc[-1]
    assert first["private_sales"] < 0.45 * first["revenue"]
    assert end["private_sales"] > 0.8 * end["revenue"]
    assert first["staff_target_group"] >= 0.5 * first["staff"]
    assert end["staff_target_group"] <= 0.15 * end["staff"]
    assert end["people_reached"] < first["people_reached"] / 2
    assert end["revenue"] > 1.3 * first["revenue"]
    assert end["result"] > 0.03 * end["revenue"]
    assert years["is_wise"].all()


def test_one_grows_without_reaching_more_people(ventures):
    years = of(ventures, "S21")
    assert years["revenue"].iloc[-1] > 2 * years["revenue"].iloc[0]
    assert years["people_reached"].max() <= 1.1 * years["people_reached"].min()
    assert years["staff"].iloc[-1] > years["staff"].iloc[0]


def test_one_scales_out_without_growing(ventures):
    years = of(ventures, "S07")
    assert years["places"].iloc[0] == 1
    assert years["places"].iloc[-1] >= 8
    assert years["places"].is_monotonic_increasing
    assert years["staff"].nunique() == 1
    assert years["revenue"].max() < 1.3 * years["revenue"].min()
    assert years["people_reached"].iloc[-1] > 4 * years["people_reached"].iloc[0]


def test_stages_are_no_staircase(ventures):
    stages = of(ventures, "S22")["stage"].tolist()
    first_lasting = stages.index("sustaining")
    assert "prototype" in stages[first_lasting:]


def test_the_texts_tell_how_far_it_had_spread_when_the_mapping_ended(ventures):
    told = {"S02": 5, "S03": 3, "S06": 3, "S07": 5, "S12": 4}
    assert {venture: of(ventures, venture).loc[2019, "places"] for venture in told} == told


def test_wise_is_not_a_legal_form(last):
    wise = last[last["is_wise"]]
    assert wise["legal_form"].nunique() == 4
    assert 0.55 <= (wise["legal_form"] == "economic_association").mean() <= 0.7
    associations = last[last["legal_form"] == "economic_association"]
    assert 0 < (~associations["is_wise"]).sum() < len(associations)
    assert not last.loc["S06", "is_wise"]
    assert last.loc["S06", "staff_target_group"] > 0


def test_people_who_meet_bought_less_in_2020(ventures):
    meeting = ventures[ventures["unit"].isin(["meal", "visit", "night"]) & ventures["year"].isin([2019, 2020])]
    sold = meeting.pivot(index="venture_id", columns="year", values="units_sold").dropna()
    assert (sold[2020] < sold[2019]).all()
