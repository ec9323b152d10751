"""The benchmarks themselves, at small sizes: counts and sizes are held here, times never."""

import pytest

from benchmarks import first_page, siren

pytestmark = pytest.mark.slow


def test_a_small_siren_loses_doubles_and_refuses_nothing() -> None:
    found = siren.run(small=True)
    assert found["reports"] == 500
    assert {name: found[name] for name in ("lost_reports", "lost", "doubled", "strangers", "refused")} == {
        "lost_reports": 0, "lost": 0, "doubled": 0, "strangers": 0, "refused": 0,
    }  # fmt: skip


def test_pages_keep_their_sizes_whatever_is_on_record() -> None:
    found = first_page.run(small=True)
    for sizes in (found["at_100"], found["at_many"]):
        assert all(page["status"] == 200 and page["outside"] == 0 for page in sizes.values())
        assert sizes["report"]["bytes"] <= 14_000
        assert sizes["report"]["bytes_with_parts"] <= 30_000
        assert sizes["report"]["requests"] <= 4
        assert sizes["duty"]["bytes_with_parts"] <= 60_000
        assert sizes["board"]["bytes_with_parts"] <= 100_000
    for page in ("board", "duty"):
        few, many = found["at_100"][page]["bytes"], found["at_many"][page]["bytes"]
        assert abs(many - few) <= 0.1 * few
