"""The data of themes 09–12: Brobygget's theory, the survey of the trained, Brobygget's effect and its worth."""

from functools import cache
from math import isclose

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.duration.survfunc import SurvfuncRight

from data.generate import measuring, measuring_brobygget, measuring_theory, measuring_value
from data.generate.region import SECTORS, simulate, stream
from data.generate.training import course_days, facilitators

SEEDS = [2016, 1, 2, 3, 5, 2026]
LEVELS = ["input", "activity", "output", "outcome_short", "outcome_medium", "impact"]
GOOD_ITEMS = ["q1", "q2", "q3", "q4", "q6"]
TRUE_POINTS, TRUE_INCOME = 0.09, 2100
BY_HAND = ["brobygget_theory_nodes", "brobygget_theory_links", "statements", "indicators"]
DRAWN = [
    *("trainee_survey", "brobygget_persons", "brobygget_panel", "brobygget_durations"),
    *("brobygget_value_map", "brobygget_costs", "investment_cashflows"),
]


@cache
def region(seed):
    return simulate(stream(seed, "region"))


@cache
def made(seed):
    return measuring.tables(seed, region(seed))


@pytest.fixture(params=SEEDS)
def seed(request):
    return request.param


@pytest.fixture
def frames(seed):
    return {name: pd.DataFrame(table) for name, table in made(seed).items()}


def test_the_same_seed_makes_the_same_data(seed):
    assert measuring.tables(seed, region(seed)) == made(seed)


@pytest.mark.parametrize("name", DRAWN)
def test_another_seed_makes_other_data(name):
    assert len({str(made(seed)[name]) for seed in SEEDS}) == len(SEEDS)


def test_there_are_eleven_data_sets(seed):
    assert sorted(made(seed)) == sorted(BY_HAND + DRAWN)


def test_cells_are_text_and_whole_numbers(seed):
    for name, table in made(seed).items():
        kinds = {type(value) for row in table for value in row.values()}
        assert kinds <= {str, int}, name
        assert len({tuple(row) for row in table}) == 1, name


def test_texts_are_in_both_languages_and_differ(frames):
    for name, frame in frames.items():
        for swedish in [column for column in frame if column.endswith("_sv")]:
            stem = swedish.removesuffix("_sv")
            english = stem if stem in frame else f"{stem}_en"
            both = frame[[english, swedish]]
            assert ((both[english] == "") == (both[swedish] == "")).all(), (name, stem)
            written = both[both[english].str.len() > 12]
            assert (written[english] != written[swedish]).all(), (name, stem)
            assert not written[english].str.contains(r"\b(?:och|att|inte|som|är)\b").any(), (name, stem)
            assert not written[swedish].str.contains(r"\b(?:the|and|not|is|of)\b").any(), (name, stem)
            assert (both == both.apply(lambda column: column.str.strip())).all().all(), (name, stem)


# Theory of change


def theory(frames, version):
    nodes = frames["brobygget_theory_nodes"].query("version == @version").set_index("node_id")
    links = frames["brobygget_theory_links"].query("version == @version")
    graph = nx.DiGraph(list(zip(links["from"], links["to"], strict=True)))
    graph.add_nodes_from(nodes.index)
    return nodes, links, graph


def faults(frames, version):
    """Find what is wrong with a theory, as a careful reader would."""
    nodes, links, graph = theory(frames, version)
    rank = nodes["level"].map(LEVELS.index)
    climb = {(start, end): rank[end] - rank[start] for start, end in graph.edges}
    return {
        "cycle": [tuple(sorted(cycle)) for cycle in nx.simple_cycles(graph)],
        "orphan": [(node,) for node in nodes.index if graph.degree(node) == 0],
        "leap": [link for link, steps in climb.items() if steps > 1],
        "no_assumption": list(
            links.loc[links["assumption_en"] == "", ["from", "to"]].itertuples(index=False, name=None)
        ),
        "no_indicator": [
            (node,)
            for node in nodes.index
            if nodes["level"][node].startswith(("outcome", "impact")) and not nodes["indicator_id"][node]
        ],
    }


def test_the_good_theory_has_no_fault(frames):
    assert not any(faults(frames, "good").values())


def test_the_good_theory_climbs_one_level_a_link_and_hangs_together(frames):
    nodes, _, graph = theory(frames, "good")
    rank = nodes["level"].map(LEVELS.index)
    assert {rank[end] - rank[start] for start, end in graph.edges} == {1}
    for node in nodes.index:
        assert rank[node] == 0 or any(rank[before] == 0 for before in nx.ancestors(graph, node)), node
        assert rank[node] == 5 or any(rank[after] == 5 for after in nx.descendants(graph, node)), node
    assert set(nodes["level"]) == set(LEVELS)


def test_the_flawed_theory_has_one_fault_of_each_kind_where_the_teacher_is_told(frames):
    assert faults(frames, "flawed") == {kind: [place] for kind, place in measuring_theory.FLAWED_THEORY.items()}


def test_links_lead_between_steps_that_exist_and_steps_name_cards_that_exist(frames):
    for version in ("good", "flawed"):
        nodes, links, _ = theory(frames, version)
        assert set(links["from"]) | set(links["to"]) <= set(nodes.index)
        assert not links.duplicated(["from", "to"]).any()
        cards = frames["indicators"].query("version == 'good'").set_index("indicator_id")
        named = nodes[nodes["indicator_id"] != ""]
        assert set(named["indicator_id"]) <= set(cards.index)
        assert (cards.loc[named["indicator_id"], "level"].to_numpy() == named["level"].to_numpy()).all()


def test_only_links_to_outputs_are_counted(frames):
    nodes, links, _ = theory(frames, "good")
    counted = links.loc[links["evidence"] == "counted", "to"]
    assert len(counted) >= 3
    assert set(nodes.loc[counted, "level"]) == {"output"}


def test_good_cards_are_complete_and_reach_in_the_direction_that_is_good(frames):
    cards = frames["indicators"].query("version == 'good'")
    assert (cards.drop(columns=["denominator_en", "denominator_sv"]) != "").all().all()
    assert ((cards["denominator_en"] != "") == (cards["unit"] == "percent")).all()
    rises = cards["target"].astype(int) > cards["baseline"].astype(int)
    assert (rises == (cards["direction"] == "up")).all()
    percent = cards.query("unit == 'percent'")
    assert percent[["baseline", "target"]].astype(int).stack().between(0, 100).all()


def test_each_flawed_card_has_its_own_fault(frames):
    cards = frames["indicators"].query("version == 'flawed'").set_index("indicator_id")
    assert list(cards.index) == list(measuring_theory.FLAWED_INDICATORS)
    assert cards.index[(cards["unit"] == "percent") & (cards["denominator_en"] == "")].tolist() == ["K12"]
    assert cards.index[(cards["unit"] == "count") & cards["level"].str.startswith("outcome")].tolist() == ["K13"]
    assert cards.index[cards["target_date"] == ""].tolist() == ["K14"]
    assert cards.index[cards["baseline"] == ""].tolist() == ["K15"]
    assert cards.index[cards["owner_en"] == ""].tolist() == ["K16"]
    falls = cards["target"].astype(int) < pd.to_numeric(cards["baseline"])
    assert cards.index[falls & (cards["direction"] == "up")].tolist() == ["K17"]
    assert cards.index[cards["name_en"].str.contains(" and ")].tolist() == ["K18"]


def test_the_aim_from_eight_years_to_two_is_on_a_card(frames):
    card = frames["indicators"].set_index("indicator_id").loc["K10"]
    assert (card["baseline"], card["target"], card["unit"], card["direction"]) == ("96", "24", "months", "down")


def test_baselines_of_work_come_from_the_panel(frames):
    before = frames["brobygget_panel"].query("treated == 1 and post == 0")["employed"].mean()
    cards = frames["indicators"].set_index("indicator_id")["baseline"]
    assert cards["K08"] == cards["K12"] == pytest.approx(100 * before, abs=0.51)
    assert cards["K17"] == pytest.approx(100 * (1 - before), abs=0.51)


def test_statements_cover_all_levels_in_no_order(frames):
    statements = frames["statements"]
    assert len(statements) == 20
    assert statements["text_sv"].is_unique
    counts = statements["level"].value_counts()
    assert set(counts.index) == set(LEVELS)
    assert counts.min() >= 2
    ranks = statements["level"].map(LEVELS.index)
    assert abs(ranks.corr(pd.Series(range(20)))) < 0.3


def test_what_siru_printed_is_kept_as_printed(frames):
    own = frames["statements"].query("origin != 'course'").set_index("statement_id")
    swedish = " ".join(own["text_sv"])
    assert "900 personer deltog i aktiviteter" in swedish
    assert "Över 100 individuella möten genomfördes" in swedish
    assert own.loc[own["text_sv"].str.contains("900|20 facil|100 ind"), "level"].tolist() == ["output"] * 3


# Survey


def wide(frames, wave):
    survey = frames["trainee_survey"].query("wave == @wave").set_index("code")
    return survey.assign(**{f"q{item}": pd.to_numeric(survey[f"q{item}"]) for item in range(1, 7)})


def alpha(items):
    items = items.dropna()
    return items.shape[1] / (items.shape[1] - 1) * (1 - items.var().sum() / items.sum(axis=1).var())


def test_the_trained_are_the_facilitators_without_their_names(frames, seed):
    before = wide(frames, "pre")
    assert before["group"].value_counts().to_dict() == {"comparison": 24, "trained": 20}
    traits = ["sector", "municipality", "gender"]
    asked = sorted(before.query("group == 'trained'")[traits].itertuples(index=False, name=None))
    known = sorted(
        (person.organisation.sector, person.organisation.municipality.code, person.gender)
        for person in facilitators(seed, region(seed))
    )
    assert asked == known
    assert "person_id" not in before
    assert not before.index.str.startswith("P0").any()


def test_nobody_who_began_the_training_is_in_the_comparison_group(seed):
    began = {person for course in course_days(seed, region(seed)) for day in course for person in day}
    respondents = measuring.survey(stream(seed, "trainee_survey"), seed, region(seed))
    compared = {respondent.person for respondent in respondents if respondent.group == "comparison"}
    assert len(compared) == 24
    assert not compared & began


def test_a_code_stands_once_a_wave_and_keeps_its_traits(frames):
    survey = frames["trainee_survey"]
    assert not survey.duplicated(["code", "wave"]).any()
    assert survey.groupby("code")[["group", "sector", "municipality", "gender", "age_group"]].nunique().max().max() == 1
    assert set(survey["sector"]) <= {sector.code for sector in SECTORS}


def test_answers_are_one_to_five_and_blank_only_where_no_form_came_but_for_three(frames):
    survey = frames["trainee_survey"]
    answers = survey[[f"q{item}" for item in range(1, 7)]].replace("", np.nan).astype(float)
    assert answers.stack().dropna().between(1, 5).all()
    assert answers[survey["answered"] == 0].isna().all().all()
    assert answers[survey["answered"] == 1].isna().sum().sum() == 3


def test_the_then_test_comes_with_the_second_form(frames):
    assert (wide(frames, "post")["answered"] == wide(frames, "then")["answered"]).all()
    assert wide(frames, "pre")["answered"].eq(1).all()


def scores(frames):
    """Give the mean of the five good items, a column a wave."""
    columns = {wave: wide(frames, wave)[GOOD_ITEMS].mean(axis=1) for wave in ("pre", "post", "then")}
    return pd.DataFrame(columns).assign(group=wide(frames, "pre")["group"])


def test_the_trained_saw_afterwards_that_they_had_known_less(frames):
    trained = scores(frames).query("group == 'trained'").dropna()
    shift = (trained["pre"] - trained["then"]).mean()
    assert shift > 0.3
    assert (trained["post"] - trained["then"]).mean() > 1.9 * (trained["post"] - trained["pre"]).mean() > 0.4


def test_the_comparison_group_shows_neither_shift_nor_much_change(frames):
    others = scores(frames).query("group == 'comparison'").dropna()
    assert abs((others["pre"] - others["then"]).mean()) < 0.15
    assert abs((others["post"] - others["pre"]).mean()) < 0.3


def test_those_with_low_scores_are_more_often_missing_afterwards(frames):
    answers = scores(frames)
    trained = answers.query("group == 'trained'")
    gone = trained["post"].isna()
    assert (gone.sum(), answers["post"].isna().sum()) == (5, 13)
    assert trained.loc[gone, "pre"].mean() < trained.loc[~gone, "pre"].mean() - 0.35
    of_all = trained["post"].mean() - trained["pre"].mean()
    of_the_same = (trained["post"] - trained["pre"]).mean()
    assert of_all > of_the_same + 0.08


def test_one_item_lowers_alpha_and_turning_it_is_not_enough(frames):
    items = wide(frames, "pre")[[f"q{item}" for item in range(1, 7)]]
    as_asked, turned, without = alpha(items), alpha(items.assign(q5=6 - items["q5"])), alpha(items[GOOD_ITEMS])
    assert as_asked < 0.67
    assert as_asked + 0.08 < turned < without - 0.02
    assert without > 0.8


def test_leaving_out_q5_helps_more_than_leaving_out_any_other(frames):
    items = wide(frames, "pre")[[f"q{item}" for item in range(1, 7)]]
    assert max(items, key=lambda name: alpha(items.drop(columns=name))) == "q5"


def test_most_persons_are_alone_with_their_traits_and_few_with_their_sector(frames):
    before = wide(frames, "pre")
    alike = before.groupby(["sector", "municipality", "gender", "age_group"])["group"].transform("size")
    assert alike.min() == 1
    assert (alike == 1).sum() >= 15
    trained = before.query("group == 'trained'")
    assert trained.groupby(["sector", "gender"]).size().min() < 5


# Panel


def panel(frames):
    return frames["brobygget_panel"]


def did(data, outcome):
    return smf.ols(f"{outcome} ~ treated * post", data).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(data["person_id"])[0]}
    )


def test_the_panel_is_120_and_180_persons_in_twelve_quarters(frames):
    data = panel(frames)
    assert data.groupby("treated")["person_id"].nunique().to_dict() == {0: 180, 1: 120}
    assert data.groupby("person_id")["quarter"].agg(list).map(lambda quarters: quarters == list(range(-6, 6))).all()
    assert (data["post"] == (data["quarter"] >= 0)).all()
    assert data.groupby("person_id")[["treated", "municipality"]].nunique().max().max() == 1
    assert data["person_id"].str.fullmatch(r"X\d{3}").all()


def test_the_order_of_persons_does_not_tell_the_groups_apart(frames):
    persons = frames["brobygget_persons"]
    assert persons["person_id"].tolist() == [f"X{number:03d}" for number in range(1, 301)]
    assert abs(np.corrcoef(persons["treated"], persons.index)[0, 1]) < 0.2


def test_persons_and_panel_say_the_same(frames):
    first = panel(frames).drop_duplicates("person_id").set_index("person_id")
    persons = frames["brobygget_persons"].set_index("person_id")
    assert first[["treated", "municipality"]].equals(persons[["treated", "municipality"]])


def test_difference_in_differences_comes_near_the_truth(frames):
    for outcome, truth, near in (("employed", TRUE_POINTS, 0.0121), ("income", TRUE_INCOME, 301)):
        fit = did(panel(frames), outcome)
        low, high = fit.conf_int().loc["treated:post"]
        assert abs(fit.params["treated:post"] - truth) <= near
        assert 0 < low < truth < high


def test_on_average_over_seeds_the_truth_is_found():
    estimates = [did(pd.DataFrame(made(seed)["brobygget_panel"]), "employed").params["treated:post"] for seed in SEEDS]
    assert np.mean(estimates) == pytest.approx(TRUE_POINTS, abs=0.01)


def test_the_truth_is_in_the_generator_and_not_in_the_choice_of_draws():
    people = measuring_brobygget.persons(stream(7, "persons"))
    rng = stream(7, "draws")
    found = [measuring_brobygget.findings(measuring_brobygget.draw(rng, people)) for _ in range(150)]
    work, income = [float(one.effect) for one in found], [float(one.income_effect) for one in found]
    slopes = [float(one.slope) for one in found]
    for drawn, truth in ((work, TRUE_POINTS), (income, TRUE_INCOME), (slopes, 0)):
        assert abs(np.mean(drawn) - truth) < 3 * np.std(drawn) / np.sqrt(len(drawn))
    assert float(measuring_brobygget.TRUE_EMPLOYMENT) == TRUE_POINTS
    assert measuring_brobygget.TRUE_INCOME == TRUE_INCOME


def test_before_after_overstates(frames):
    data = panel(frames)
    means = data.groupby(["treated", "post"])["employed"].mean()
    before_after = means[1, 1] - means[1, 0]
    effect = before_after - (means[0, 1] - means[0, 0])
    assert before_after > effect + 0.05
    assert before_after > 1.5 * TRUE_POINTS


def test_levels_differ_and_trends_before_the_start_do_not(frames):
    before = panel(frames).query("post == 0")
    shares = before.groupby(["quarter", "treated"])["employed"].mean().unstack()
    gaps = shares[1] - shares[0]
    assert gaps.max() < -0.04
    assert gaps.mean() == pytest.approx(-0.12, abs=0.031)
    assert abs(np.polyfit(gaps.index, gaps, 1)[0]) < 0.005
    fit = smf.ols("employed ~ treated * quarter", before).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(before["person_id"])[0]}
    )
    assert fit.pvalues["treated:quarter"] > 0.2


def test_both_groups_were_chosen_when_things_were_worst(frames):
    shares = panel(frames).groupby(["quarter", "treated"])["employed"].mean().unstack()
    assert shares.loc[-3].mean() < shares.loc[[-6, -5]].mean().mean() - 0.05
    assert shares.loc[-3].mean() < shares.loc[-1].mean() - 0.03


def test_the_worst_off_of_the_comparison_group_rise_without_any_help(frames):
    others = panel(frames).query("treated == 0").pivot(index="person_id", columns="quarter", values="income")
    change = others.loc[:, 0:].mean(axis=1) - others[-3]
    worst, best = others[-3].nsmallest(60).index, others[-3].nlargest(60).index
    assert change[worst].mean() > 1500
    assert change[worst].mean() > change[best].mean() + 1000


def test_the_effect_grows_after_the_start():
    gaps = []
    for seed in SEEDS:
        shares = (
            pd.DataFrame(made(seed)["brobygget_panel"]).groupby(["quarter", "treated"])["employed"].mean().unstack()
        )
        gap = shares[1] - shares[0]
        gaps.append(gap.loc[[3, 4, 5]].mean() - gap.loc[[0, 1]].mean())
    assert np.mean(gaps) > 0.04


def test_quarters_of_one_person_are_alike_so_clustering_widens_the_interval(frames):
    data = panel(frames)
    plain = smf.ols("employed ~ treated * post", data).fit()
    assert did(data, "employed").bse["treated:post"] > 1.05 * plain.bse["treated:post"]


def test_amounts_are_whole_hundreds_that_a_person_could_have(frames):
    income = panel(frames)["income"]
    assert (income % 100 == 0).all()
    assert income.between(7_000, 32_000).all()
    means = panel(frames).groupby("employed")["income"].mean()
    assert 10_000 < means[1] - means[0] < 16_000


def test_age_and_gender_are_balanced_and_time_without_a_permanent_job_is_not(frames):
    persons = frames["brobygget_persons"].assign(woman=lambda frame: (frame["gender"] == "woman").astype(int))
    groups = persons.groupby("treated")
    spread = np.sqrt(groups[["woman", "age", "months_outside"]].var().mean())
    difference = (groups[["woman", "age", "months_outside"]].mean().diff().loc[1] / spread).abs()
    assert difference["woman"] < 0.1
    assert difference["age"] < 0.1
    assert difference["months_outside"] > 0.3


def test_persons_live_in_the_county_and_most_in_its_largest_municipality(frames):
    homes = frames["brobygget_persons"]["municipality"].value_counts(normalize=True)
    assert homes.index[0] == "0680"
    assert len(homes) >= 10


# Durations


def survival(frames):
    rows = frames["brobygget_durations"]
    return SurvfuncRight(rows["months"], rows["event"])


def test_durations_are_of_the_participants(frames):
    persons = frames["brobygget_persons"].query("treated == 1")["person_id"].tolist()
    assert frames["brobygget_durations"]["person_id"].tolist() == persons


def test_eight_years_cannot_be_seen_and_neither_can_the_median(frames):
    rows = frames["brobygget_durations"]
    assert rows["months"].between(1, 36).all()
    assert survival(frames).surv_prob.min() > 0.5
    assert rows.query("event == 1")["months"].max() > 24


def test_the_mean_of_those_who_got_a_job_is_tempting(frames):
    rows = frames["brobygget_durations"]
    assert 40 <= rows["event"].sum() <= 54
    assert rows.query("event == 1")["months"].mean() <= 20


def test_the_ending_tells_why_a_duration_is_censored(frames):
    rows = frames["brobygget_durations"]
    assert ((rows["ending"] == "permanent_job") == (rows["event"] == 1)).all()
    to_the_end = rows.query("ending == 'follow_up_ended'")
    assert (to_the_end["months"] == 37 - to_the_end["start_month"]).all()
    lost = rows.query("ending == 'contact_lost'")
    assert (lost["months"] < 36).all()
    assert len(lost) >= 3


def test_who_has_a_permanent_job_is_in_work_in_the_panel_from_then_on(frames):
    work = panel(frames).pivot(index="person_id", columns="quarter", values="employed")
    found = frames["brobygget_durations"].query("event == 1")
    quarters = (found["start_month"] - 1 + found["months"]) // 3
    within = 0
    for person, quarter in zip(found["person_id"], quarters, strict=True):
        if quarter <= 5:
            within += 1
            assert work.loc[person, quarter:].eq(1).all(), person
    assert within >= 10


# Value


def value(frames, version="good"):
    """Compute present values a row, straight from the formula of the SROI guide."""
    rows = frames["brobygget_value_map"].query("version == @version").set_index("row_id")
    shares = rows[["deadweight", "displacement", "attribution", "drop_off"]].astype(float)
    kept = (1 - shares[["deadweight", "displacement", "attribution"]]).prod(axis=1)
    total = {}
    for row in rows.index:
        first = rows["quantity"][row] * rows["proxy"][row] * kept[row]
        years = range(rows["duration_years"][row])
        left = 1 - shares["drop_off"][row]
        total[row] = sum(first * left**year / 1.035 ** (year + rows["starts"][row]) for year in years)
    return pd.Series(total, dtype=float)


def ratio(frames, version="good"):
    return value(frames, version).sum() / frames["brobygget_costs"]["value"].sum()


def test_shares_are_written_with_two_decimals_and_lie_between_none_and_all(frames):
    shares = frames["brobygget_value_map"][["deadweight", "displacement", "attribution", "drop_off"]]
    assert shares.stack().str.fullmatch(r"[01]\.\d\d").all()
    assert shares.astype(float).stack().between(0, 1).all()


def test_every_proxy_says_that_it_is_made_up(frames):
    rows = frames["brobygget_value_map"]
    assert rows["basis"].str.startswith("Made up for the course: ").all()
    assert rows["basis_sv"].str.startswith("Påhittat för kursen: ").all()


def test_the_ratio_is_positive_but_modest_and_hangs_on_one_row(frames):
    worth = value(frames)
    costs = frames["brobygget_costs"]["value"].sum()
    assert len(worth) == 14
    assert 1.6 < ratio(frames) < 2.3
    assert worth.idxmax() == "V02"
    assert worth["V02"] > worth.sum() / 3
    assert worth["V02"] > 1.5 * worth.drop("V02").max()
    assert 0.9 < (worth.sum() - worth["V02"]) / costs < 1.35


def test_one_outcome_is_negative(frames):
    worth = value(frames)
    assert worth.index[worth < 0].tolist() == ["V05"]


def test_work_and_deadweight_come_from_the_panel(frames):
    rows = frames["brobygget_value_map"].query("version == 'good'").set_index("row_id")
    means = panel(frames).groupby(["treated", "post"])["employed"].mean()
    rise, anyway = means[1, 1] - means[1, 0], means[0, 1] - means[0, 0]
    assert rows.loc["V01", "quantity"] == pytest.approx(120 * rise, abs=0.51)
    assert float(rows.loc["V01", "deadweight"]) == pytest.approx(anyway / rise, abs=0.0051)
    kept = rows.loc["V01", "quantity"] * (1 - float(rows.loc["V01", "deadweight"]))
    assert kept == pytest.approx(120 * (rise - anyway), abs=0.5)
    last = panel(frames).query("treated == 1 and quarter == 5")["employed"]
    assert rows.loc["V05", "quantity"] == (1 - last).sum()


def test_the_flawed_map_has_each_fault_and_a_higher_ratio(frames):
    versions = frames["brobygget_value_map"].set_index(["version", "row_id"])
    good, flawed = versions.loc["good"], versions.loc["flawed"]
    assert ratio(frames, "flawed") > ratio(frames) + 0.25
    changed = [row for row in good.index if row not in flawed.index or not good.loc[row].equals(flawed.loc[row])]
    added = [row for row in flawed.index if row not in good.index]
    assert sorted(changed + added) == sorted(measuring_value.FLAWS)
    assert "V05" not in flawed.index
    assert (flawed["proxy"] > 0).all()
    reduced = good.loc["V03", "quantity"] * (1 - float(good.loc["V03", "drop_off"]))
    assert flawed.loc["V03", "quantity"] == int(reduced + 1e-9)
    assert flawed.loc["V03", "drop_off"] == good.loc["V03", "drop_off"]
    parts = good.loc["V10", ["deadweight", "displacement", "attribution"]].astype(float)
    assert isclose(float(flawed.loc["V10", "deadweight"]), parts.sum(), abs_tol=1e-9)
    assert flawed.loc["V10", ["displacement", "attribution"]].tolist() == ["0.00", "0.00"]
    assert isclose(float(flawed.loc["V12", "attribution"]), 1 - float(good.loc["V12", "attribution"]))
    assert flawed.loc["V13", "deadweight"] == "0.00"
    assert flawed.loc["V15", ["deadweight", "attribution"]].tolist() == ["0.00", "0.00"]
    twice = ["quantity", "proxy", "deadweight", "displacement", "attribution", "drop_off", "duration_years"]
    assert flawed.loc["V16", twice].tolist() == good.loc["V10", twice].tolist()


def test_volunteers_have_a_value_and_participants_time_has_none(frames):
    costs = frames["brobygget_costs"]
    assert (costs["value"] == costs["quantity"] * costs["price"]).all()
    mentors = costs[costs["stakeholder"] == "Mentors"]
    assert (mentors["value"] > 300_000).all()
    assert len(mentors) == 1
    participants = costs.query("actor == 'participant'")
    assert (participants["quantity"] > 0).all()
    assert participants["value"].tolist() == [0]
    assert costs["value"].gt(0).sum() == len(costs) - 1


# Cash flows


def flows(frames):
    rows = frames["investment_cashflows"]
    worth = 1.035 ** -rows["year"].astype(float)
    cashable = rows["saving"].where(rows["cashable"] == "true", 0)
    return rows.assign(paid=rows["cost"] * worth, all=rows["saving"] * worth, cash=cashable * worth)


def test_there_is_one_row_a_year_actor_and_item(frames):
    rows = frames["investment_cashflows"]
    assert not rows.duplicated(["year", "actor", "item"]).any()
    assert sorted(set(rows["year"])) == list(range(9))
    assert rows.groupby(["actor", "item"]).size().eq(9).all()
    assert set(rows["actor"]) == {"municipality", "region", "state", "social_insurance", "participant"}


def test_costs_are_those_of_the_costs_table(frames):
    paid = frames["investment_cashflows"].groupby("actor")["cost"].sum()
    costs = frames["brobygget_costs"].groupby("actor")["value"].sum()
    for actor in ("municipality", "region", "state"):
        assert paid[actor] == costs[actor]
    assert paid[["social_insurance", "participant"]].sum() == 0


def test_savings_follow_the_number_in_work_thanks_to_brobygget(frames):
    fit = did(panel(frames), "employed").params["treated:post"]
    income = frames["investment_cashflows"].query("item == 'net_income' and year == 2")["saving"].item()
    assert income / 46_000 == pytest.approx(120 * fit, abs=0.51)


def test_who_pays_most_is_not_who_gains_most(frames):
    sums = flows(frames).groupby("actor")[["paid", "all", "cash"]].sum()
    assert sums["paid"].idxmax() == "municipality"
    public = sums.drop("participant")
    assert public["all"].idxmax() == "state"
    assert sums.loc["municipality", "cash"] < sums.loc["municipality", "paid"] - 100_000
    assert sums.loc["state", "cash"] > 5 * sums.loc["state", "paid"]
    assert public["cash"].sum() > public["paid"].sum()


def test_a_budget_cannot_take_out_all_that_is_saved(frames):
    rows = frames["investment_cashflows"]
    average = rows.query("cashable == 'false'").groupby("actor")["saving"].sum()
    assert set(average.index) == {"municipality", "region", "state"}
    assert (average > 0).all()
    assert rows.query("actor == 'region' and cashable == 'true'")["saving"].sum() == 0
