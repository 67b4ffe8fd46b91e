"""Agreement is reckoned exactly, and says so where there is too little to say."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_audit.inspections.agreement import agreement, chapman

counts = st.integers(0, 400)


def test_the_example_of_the_definition():
    told = agreement(both_pass=60, both_fail=9, only_site=3, only_records=8)
    assert told.raw == Fraction(8625, 10000)
    assert round(float(told.kappa), 4) == 0.5397
    assert round(float(told.ac1), 4) == 0.8045
    assert told.found == 20
    assert told.estimate == Fraction(224, 10)
    assert not told.too_few
    assert not told.retraining  # κ is low because faults are few; AC1 is not


def test_both_low_ask_for_retraining():
    told = agreement(20, 10, 8, 8)
    assert told.kappa < Fraction(3, 4) and told.ac1 < Fraction(3, 4)
    assert told.retraining


@pytest.mark.parametrize("few", [(0, 0, 0, 0), (29, 0, 0, 0), (10, 9, 5, 5)])
def test_fewer_than_thirty_pairs_say_nothing(few):
    told = agreement(*few)
    assert told.too_few and not told.retraining


def test_two_who_found_nothing_have_no_kappa():
    told = agreement(500, 0, 0, 0)
    assert told.kappa is None and told.ac1 == 1 and told.too_few


def test_two_who_pass_nothing_have_no_kappa_either():
    assert agreement(0, 40, 0, 0).kappa is None


def test_thirty_pairs_are_enough():
    assert not agreement(20, 5, 2, 3).too_few


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(ValueError):
        agreement(-1, 0, 0, 0)
    with pytest.raises(ValueError):
        chapman(3, 4, 5)


@given(counts, counts, counts, counts)
def test_it_is_what_going_through_the_pairs_gives(both_pass, both_fail, only_site, only_records):
    pairs = (
        [(False, False)] * both_pass
        + [(True, True)] * both_fail
        + [(True, False)] * only_site
        + [(False, True)] * only_records
    )
    told = agreement(both_pass, both_fail, only_site, only_records)
    assert told.pairs == len(pairs)
    assert told.found == sum(site or records for site, records in pairs)
    if not pairs:
        assert told.raw is told.kappa is told.ac1 is None
        return
    raw = sum(site == records for site, records in pairs) / len(pairs)
    site_rate = sum(site for site, _ in pairs) / len(pairs)
    records_rate = sum(records for _, records in pairs) / len(pairs)
    own = site_rate * records_rate + (1 - site_rate) * (1 - records_rate)
    mean = (site_rate + records_rate) / 2
    common = mean * (1 - mean) + (1 - mean) * mean
    assert float(told.raw) == pytest.approx(raw)
    if told.kappa is not None:
        assert float(told.kappa) == pytest.approx((raw - own) / (1 - own), abs=1e-9)
    assert float(told.ac1) == pytest.approx((raw - common) / (1 - common), abs=1e-9)


@given(counts, counts, counts, counts)
def test_whichever_form_comes_first(both_pass, both_fail, only_site, only_records):
    one = agreement(both_pass, both_fail, only_site, only_records)
    other = agreement(both_pass, both_fail, only_records, only_site)
    assert (one.kappa, one.ac1, one.estimate) == (other.kappa, other.ac1, other.estimate)


@given(counts, counts, counts, counts)
def test_bounds(both_pass, both_fail, only_site, only_records):
    told = agreement(both_pass, both_fail, only_site, only_records)
    assert told.estimate >= told.found
    for share in (told.kappa, told.ac1):
        assert share is None or -1 <= share <= 1
