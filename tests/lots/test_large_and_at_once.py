"""Two people press at once; lists and draws cost the same number of statements for few and for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maintenance_audit.jobs.models import Job
from maintenance_audit.lots import drawing, independence
from maintenance_audit.lots.models import Draw, DrawnJob, Lot, LotJob
from tests.lots.story import LotStory
from tests.plant import build
from tests.together import at_once
from workflows.engine.errors import Refusal
from workflows.engine.models import WorkItem
from workflows.engine.turn import turn
from workflows.organisation.models import Person


@pytest.mark.django_db(transaction=True)
def test_two_people_press_draw_and_one_draw_is_made():
    story = LotStory(build())
    story.begin()
    story.jobs(8)
    story.open()
    story.freeze()
    story.commit()
    story.reveal()
    second = story.person("程二", "61010", story.plant.workshop, "audit_lead")
    item, case = story.item().pk, story.case.pk

    def press(who):
        def act():
            person = Person.objects.get(pk=who.pk)
            with turn(actor=person, case_id=case, item_id=item) as held:
                form = held.kind.forms[held.step.node]({}, turn_case=held.case, person=person)
                assert form.is_valid()
                form.save(held)

        return act

    came = at_once(press(story.lead), press(second))
    assert sorted(isinstance(one, Refusal) for one in came) == [False, True], came
    assert Draw.objects.count() == 1 and story.node == "inspecting"


@pytest.mark.django_db(transaction=True)
def test_a_job_settled_while_the_lot_is_frozen_is_either_in_and_held_or_out():
    story = LotStory(build())
    story.begin()
    jobs = story.jobs(4)
    story.open()
    item, case = story.item().pk, story.case.pk

    def freeze():
        person = Person.objects.get(pk=story.lead.pk)
        with turn(actor=person, case_id=case, item_id=item) as held:
            form = held.kind.forms[held.step.node]({}, turn_case=held.case, person=person)
            assert form.is_valid()
            form.save(held)

    def settle():
        from django.db import transaction

        from maintenance_audit.jobs.models import SettlementHold
        from workflows.ledger.clock import now

        with transaction.atomic():
            [job] = Job.objects.locked(jobs[0].pk)
            if SettlementHold.objects.standing().filter(job=job).exists():
                return
            Job.objects.filter(pk=job.pk).update(state="settled", settled_at=now())

    at_once(freeze, settle)
    frozen = LotJob.objects.filter(lot=story.lot, job=jobs[0]).exists()
    settled = Job.objects.get(pk=jobs[0].pk).settled_at is not None
    assert frozen != settled and WorkItem.objects.filter(case=case, state="open").exists()


def statements(act):
    with CaptureQueriesContext(connection) as told:
        act()
    return len(told)


@pytest.mark.django_db
def test_pages_cost_the_same_for_many_jobs():
    counts, story = [], LotStory(build())
    story.begin()
    client = story.plant.client(story.lead)
    for size in (12, 120):
        if counts:
            story.make_room()
        story.jobs(size)
        story.open()
        story.freeze()
        story.commit()
        story.reveal()
        story.draw()
        pages = [reverse(name, args=[story.case.number]) for name in ("lot", "draw_record_page", "draw_record")]
        for url in pages:
            client.get(url)
        counts.append([statements(lambda url=url: client.get(url)) for url in pages])
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_the_list_costs_the_same_for_many_lots():
    story = LotStory(build())
    story.begin()
    client, counts = story.plant.client(story.lead), []
    for _n in range(3):
        if story.lot_id:
            story.make_room()
        story.jobs(1)
        story.open()
        client.get(reverse("lots"))
        counts.append(statements(lambda: client.get(reverse("lots"))))
    assert counts[1] == counts[2]


def asked(story, lot, size):
    """Of what the draw asks by itself: independence, and the jobs by rank."""
    jobs = list(LotJob.objects.filter(lot=lot).values_list("job", flat=True))
    people = [one.pk for one in story.inspectors]
    numbers = [f"N{n}" for n in range(size)]
    independent = statements(lambda: independence.barred(lot, jobs, people))
    return independent, statements(lambda: drawing._drawn(lot, "ab", numbers, set()))


FRAME = "lots_lotjob"


class Wide:
    """Queries that bring so many rows of the frame along."""

    def __init__(self, rows):
        self.rows, self.found = rows, []

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if FRAME in sql and sql.startswith("SELECT") and context["cursor"].rowcount >= self.rows:
            self.found.append(sql)
        return result


@pytest.mark.prove
@pytest.mark.django_db
def test_a_draw_over_many_jobs_takes_as_many_statements_as_one_over_few(in_full, record_property):
    """And the frame is read by one query of them, the size of the sample by the rest."""
    counts = []
    story = LotStory(build())
    story.begin()
    for size in (100, 100_000 if in_full else 2_000):
        if counts:
            story.make_room()
        story.jobs(size)
        story.open()
        story.freeze()
        lot = story.lot
        Lot.objects.filter(pk=lot.pk).update(sample=20)
        story.commit()
        story.reveal()
        lot = story.lot
        whole = Wide(size)
        with connection.execute_wrapper(whole):
            counts.append((*asked(story, lot, size), statements(story.draw)))
        assert len(whole.found) == 1 + 1, whole.found  # and the one by which this test reads it
        assert DrawnJob.objects.filter(draw__lot=lot).count() == 20
    # Who is drawn, and with it who is told, is another matter of chance each time.
    assert all(many <= few * 1.1 for few, many in zip(*counts, strict=True)), counts
    record_property("proved", f"{size:,} jobs, read by one query; {counts[1][-1]} statements, {counts[0][-1]} for 100")
