"""Agreement is reckoned exactly, and says so where there is too little to say."""

from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from maintenance_audit.inspections import figures
from maintenance_audit.inspections.agreement import agreement, chapman
from maintenance_audit.inspections.models import Found, Inspection
from tests.inspections.story import InspectionStory
from workflows.ledger.clock import now

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


CLAIMS = """
INSERT INTO jobs_claim (job_id, key, place, kind, label, measure, said, claimed_at, tolerance, seen, severity,
                        superseded)
SELECT job, 'c' || n, n, 'quantity', '数量', '', '有', now(), 'exact', 'both', 'major', false
FROM unnest(%s::bigint[]) job, generate_series(100, 99 + %s) n
"""
# What the place of a claim leaves over by ten: seven both pass, one both fail, one site alone, one nobody could say.
FOUND = """
INSERT INTO inspections_found (inspection_id, claim_id, verdict, note, severity, nature, received_at)
SELECT i.id, c.id, v.said, '', CASE v.said WHEN 'nonconforming' THEN 'major' ELSE '' END, '', now()
FROM inspections_inspection i JOIN lots_drawnjob d ON d.id = i.drawn_job_id
JOIN lots_lotjob l ON l.id = d.lot_job_id JOIN jobs_claim c ON c.job_id = l.job_id AND c.place >= 100
CROSS JOIN LATERAL (
    SELECT CASE WHEN c.place % 10 = 9 THEN 'cannot'
                WHEN c.place % 10 = 8 OR c.place % 10 = 7 AND i.form = 'site' THEN 'nonconforming'
                ELSE 'conforming' END AS said
) v
"""


@pytest.mark.prove
@pytest.mark.django_db
def test_agreement_over_many_claims_is_one_query(plant, in_full, record_property):
    story = InspectionStory(plant)
    story.to_draw(20)
    story.top_is_sealed()
    rows = Inspection.objects.filter(drawn_job__draw__lot=story.lot_id)
    rows.update(sealed_at=now(), sealed_seq=1, opened_at=now())
    jobs = list(rows.values_list("drawn_job__lot_job__job", flat=True).distinct())
    each = -(-(100_000 if in_full else 1000) // len(jobs) // 10) * 10
    for count in (10, each):
        Found.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM jobs_claim WHERE place >= 100")
            cursor.execute(CLAIMS, [jobs, count])
            cursor.execute(FOUND)
        with CaptureQueriesContext(connection) as asked:
            found = figures.of_workshops([plant.workshop.pk])
        assert len(asked) == 1
        tenth, told = len(jobs) * count // 10, found.all
        counted = (told.both_pass, told.both_fail, told.only_site, told.only_records, told.cannot)
        assert counted == (7 * tenth, tenth, tenth, 0, tenth)
        assert told.agreement == agreement(7 * tenth, tenth, tenth, 0)
        assert sum(one.both_pass for one in found.by_site) == sum(one.both_pass for one in found.by_pair) == 7 * tenth
    record_property("proved", f"{10 * tenth:,} claims, one query")
