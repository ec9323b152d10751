"""Plots: well-formed SVG without styles or scripts, told apart without colour, with their numbers as a table."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dutyroom.adapters.planfolder import load
from dutyroom.adapters.plots import Plot, all_plots, differences, distribution, gantt, lost_time
from dutyroom.adapters.plots.drawing import WIDTH, fitted, label, wide
from dutyroom.core.sampled import Change, Comparison, Difference, Effect, Sample
from dutyroom.core.words import Words
from dutyroom.interpreters.drill import default_chances, read_script, run_many
from dutyroom.wording.sampling import deadline

FOLDER = Path(__file__).parents[2] / "plans/sanitation-project"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def sample() -> Sample:
    rules = load(FOLDER).in_force()
    assert rules is not None
    script, findings = read_script(
        (FOLDER / "drills/wage-dispute.yaml").read_text(encoding="utf-8"), rules.plan, rules.roster
    )
    assert script is not None, findings
    return run_many(script, rules, default_chances(), 7, 12)


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    helps, none = Difference(-0.8, -1.2, -0.4, 100), Difference(0.1, -0.3, 0.5, 100)
    roles = {"duty_officer": Words("<值班员>", "Duty & officer"), "lead": Words("组长", "Leader")}
    effects = (
        Effect(Change("deputy", "duty_officer", "lead"), helps, helps, helps),
        Effect(Change("sooner"), none, none, none),
    )
    return Comparison(100, 7, 9.5, 60_000, effects, roles)


@pytest.fixture(scope="module", params=["zh", "en"])
def plots(request: pytest.FixtureRequest, sample: Sample, comparison: Comparison) -> dict[str, Plot]:
    return all_plots(sample, comparison, request.param)


def test_every_plot_is_there(plots: dict[str, Plot]) -> None:
    assert set(plots) == {"distribution", "gantt", "lost-time", "differences"}


def test_they_are_svg_that_a_strict_page_shows(plots: dict[str, Plot]) -> None:
    for plot in plots.values():
        root = ElementTree.fromstring(plot.svg)
        assert root.tag == f"{SVG}svg"
        assert root.find(f"{SVG}title") is not None
        for element in root.iter():
            assert element.tag not in (f"{SVG}style", f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject")
            assert not {name for name in element.attrib if name == "style" or name.startswith("on")}
        assert "http" not in plot.svg.replace("http://www.w3.org/2000/svg", "")
        used, made = (
            set(re.findall(r"url\(#([\w-]+)\)", plot.svg)),
            set(re.findall(r'id="([\w-]+)"', plot.svg)),
        )
        assert used <= made


def test_nothing_is_drawn_outside(plots: dict[str, Plot]) -> None:
    for name, plot in plots.items():
        root = ElementTree.fromstring(plot.svg)
        for element in root.iter(f"{SVG}text"):
            if "transform" in element.attrib:
                continue
            x, length = (
                float(element.attrib["x"]),
                wide(element.text or "", int(element.get("font-size", 13))),
            )
            left = (
                x - {"start": 0.0, "middle": length / 2, "end": length}[element.get("text-anchor", "start")]
            )
            assert left >= -6, (name, element.text)
            assert left + length <= WIDTH + 40, (name, element.text)


def test_their_numbers_stand_in_the_table(sample: Sample, comparison: Comparison) -> None:
    assert len(distribution(sample, "en").table.rows) == len(sample.milestones)
    assert len(gantt(sample, "en").table.rows) == sum(bool(bar.dues) for bar in sample.gantt)
    lost = lost_time(sample, "en").table
    assert [row[0] for row in lost.rows] == [deadline(sample, one, "en") for one in sample.tallies]
    table = differences(comparison, "en").table
    assert table.rows[0][1] == "-0.80 (-1.20 to -0.40)"
    assert table.rows[1][1] == "no difference shown"
    for plot in all_plots(sample, comparison, "zh").values():
        assert all(len(row) == len(plot.table.head) for row in plot.table.rows)


def test_a_difference_is_told_by_its_shape_and_not_only_its_colour(comparison: Comparison) -> None:
    svg = differences(comparison, "en").svg
    assert svg.count("m-4-4h8v8h-8z") == 2, "one in the legend, one for the change that helps"
    assert svg.count("<circle") == 2, "one in the legend, one for the change that shows nothing"


def test_each_kind_of_clock_has_its_own_pattern(sample: Sample) -> None:
    svg = lost_time(sample, "en").svg
    for kind in {one.kind.value for one in sample.slowest(12)}:
        assert svg.count(f"url(#lost-{kind})") >= 2


def test_text_of_the_plan_is_escaped(comparison: Comparison) -> None:
    assert "&lt;值班员&gt;" in differences(comparison, "zh").svg
    assert "Duty &amp; officer" in differences(comparison, "en").svg


def test_long_words_are_wrapped_and_then_cut() -> None:
    assert fitted("short", 100) == "short"
    assert wide(fitted("很长的一句话" * 20, 100)) <= 100
    assert fitted("很长的一句话" * 20, 100).endswith("…")
    two = label(300, 20, "one two three four five six seven eight nine ten", 150)
    assert two.count("<text") == 2
    assert label(300, 20, "one", 150).count("<text") == 1
