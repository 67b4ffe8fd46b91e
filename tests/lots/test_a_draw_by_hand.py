"""The draw's arithmetic: the product page's worked examples, and the program that stands alone."""

import json
import subprocess
import sys
from hashlib import sha256
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from maintenance_audit.lots import redraw
from maintenance_audit.lots.sizes import Strata, most_a_person, section_size, workshop_size

JOBS = [f"WX-2603-{number:03}" for number in range(1, 21)]
NONCES = ["00112233445566778899aabbccddeeff", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "deadbeefdeadbeefdeadbeefdeadbeef"]
LEAD = "c0ffee00c0ffee00c0ffee00c0ffee00"
STAFF = [str(number) for number in range(10001, 10007)]
FRAME = "663e05628f7025aa228f4d62e52316db179f7cfa03a6d3ad402af8fde5e16c9b"
SEED = "e4897ad0f5aed29ab2cbbbf0e0ed24ff54d838667a28df66d2d4cc5ed67205d0"


def test_a_commitment():
    said = "aef6c037ab68b1be97d449655f70d6027a3930335f7051c3811b8926ca0e8595"
    assert redraw.commitment("LOT-2603-A", 1, "workshop", NONCES[0]) == said


def test_the_worked_example():
    assert redraw.frame_digest(reversed(JOBS)) == FRAME
    assert redraw.seed_of(FRAME, NONCES) == SEED
    assert [number[-3:] for number in redraw.draw_jobs(SEED, JOBS, 5)] == ["012", "013", "002", "006", "004"]
    iseed = redraw.inspector_seed(SEED, LEAD)
    assert redraw.draw_inspectors(iseed, ["WX-2603-012"], STAFF) == {
        "WX-2603-012": {"site": "10002", "records": "10006"}
    }


def test_a_withdrawn_job_is_skipped_and_changes_nothing_else():
    drawn = redraw.draw_jobs(SEED, JOBS, 4, {"WX-2603-013"})
    assert [number[-3:] for number in drawn] == ["012", "002", "006", "004"]


def test_numbers_are_sorted_by_code_point():
    assert redraw.frame_digest(["é", "z", "Z", "𐀀", "\uffff"]) == sha256("Z\nz\né\n\uffff\n𐀀\n".encode()).hexdigest()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 999).map(str), min_size=1, max_size=30, unique=True),
    st.integers(3, 12),
    st.randoms(use_true_random=False),
)
def test_two_different_people_none_barred_none_overloaded(numbers, people, chance):
    staff = [str(50000 + one) for one in range(people)]
    barred = {number: chance.sample(staff, chance.randint(0, people - 3)) for number in numbers}
    drawn = redraw.draw_inspectors("ab", numbers, staff, barred)
    forms = [who for pair in drawn.values() for who in pair.values() if who]
    assert max(map(forms.count, staff)) <= ceil(2 * len(numbers) / people) + 1 == most_a_person(len(numbers), people)
    for number, pair in drawn.items():
        seated = [who for who in pair.values() if who]
        assert len(set(seated)) == len(seated) and not set(seated) & set(barred[number])


def test_one_person_alone_checks_one_form():
    assert redraw.draw_inspectors("ab", ["1"], ["7"]) == {"1": {"site": "7", "records": None}}
    assert redraw.draw_inspectors("ab", ["1"], []) == {"1": {"site": None, "records": None}}


def record_of_one_tier():
    iseed = redraw.inspector_seed(SEED, LEAD)
    drawn = redraw.draw_jobs(SEED, JOBS, 5)
    who = redraw.draw_inspectors(iseed, drawn, STAFF)
    nonces = zip([*redraw.PARTIES, "lead"], [*NONCES, LEAD], strict=True)
    return {
        "lot": "PC-2604-0001", "frame_digest": FRAME, "eligible_digests": {"1": redraw.frame_digest(STAFF)},
        "jobs": [{"number": number, "withdrawn": False} for number in JOBS],
        "nonces": [
            {"round": 1, "tier": 1, "party": party, "nonce": nonce,
             "commitment": redraw.commitment("PC-2604-0001", 1, party, nonce)}
            for party, nonce in nonces
        ],
        "draws": [{
            "tier": 1, "round": 1, "seed": SEED, "size": 5, "from": [{"size": 5}], "never_drawn": [],
            "staff": STAFF, "staff_digest": redraw.frame_digest(STAFF), "barred": {}, "borrowed": {},
            "jobs": [{"number": number, "why": "drawn", "inspectors": who[number]} for number in drawn],
        }],
    }  # fmt: skip


def test_the_program_repeats_a_record_alone(tmp_path):
    file = tmp_path / "record.json"
    file.write_text(json.dumps(record_of_one_tier()))
    run = subprocess.run(
        [sys.executable, "-I", redraw.__file__, str(file)], capture_output=True, text=True, cwd=tmp_path
    )
    assert run.returncode == 0 and "WX-2603-012" in run.stdout, run.stdout + run.stderr


def test_the_program_names_what_does_not_hold(tmp_path):
    record = record_of_one_tier()
    record["jobs"].append({"number": "WX-2603-021", "withdrawn": False})
    assert redraw.problems(record)[0] == "the frame's digest"
    record = record_of_one_tier()
    record["draws"][0]["jobs"].pop()
    assert redraw.problems(record) == ["tier 1: the jobs"]
    record = record_of_one_tier()
    record["draws"][0]["jobs"][0]["inspectors"] = {"site": "10001", "records": "10006"}
    assert redraw.problems(record) == ["tier 1: who checks WX-2603-012"]
    record = record_of_one_tier()
    record["nonces"][2]["nonce"] = "0" * 32
    assert redraw.problems(record)[:2] == ["the nonce of union, round 1, tier 1", "tier 1: the seed"]


def test_sizes_of_the_section_and_the_workshop():
    assert section_size(20, passed=15, not_passed=5) == Strata(passed=2, not_passed=2)
    assert section_size(21, passed=15, not_passed=6) == Strata(passed=2, not_passed=3)  # 4.2 rounds up; the odd one
    assert section_size(50, passed=50, not_passed=0) == Strata(passed=10, not_passed=0)  # filled from the other
    assert section_size(50, passed=1, not_passed=49) == Strata(passed=1, not_passed=9)
    assert section_size(2, passed=1, not_passed=1) == Strata(passed=1, not_passed=1)  # stops at what there is
    assert section_size(1, passed=0, not_passed=1).size == 1
    assert workshop_size(5, there=5) == 2 and workshop_size(11, there=12) == 3 and workshop_size(1, there=1) == 1
