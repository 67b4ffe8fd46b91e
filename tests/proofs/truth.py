"""What must hold in the database at any moment, whoever was racing or was killed: each a query that finds nothing."""

from __future__ import annotations

from typing import Any

BROKEN: dict[str, str] = {
    "a decision without its ledger entry": """
        SELECT d.id FROM engine_decision d
        LEFT JOIN ledger_chain c ON c.subject = 'case:' || d.case_id
        LEFT JOIN ledger_entry e ON e.chain_id = c.id AND e.seq = d.ledger_seq AND e.digest = d.ledger_digest
        WHERE e.id IS NULL""",
    "a ledger entry without its decision": """
        SELECT e.id FROM ledger_entry e JOIN ledger_chain c ON c.id = e.chain_id
        LEFT JOIN engine_decision d ON 'case:' || d.case_id = c.subject AND d.ledger_seq = e.seq
        WHERE e.event LIKE 'engine.case.%' AND d.id IS NULL""",
    "a chain with a gap": """
        SELECT c.id FROM ledger_chain c JOIN ledger_entry e ON e.chain_id = c.id
        GROUP BY c.id HAVING count(*) <> c.length OR max(e.seq) <> c.length""",
    "a task decided twice": """
        SELECT item_id FROM engine_decision
        WHERE item_id IS NOT NULL AND verb NOT IN ('claim', 'release', 'reseat')
        GROUP BY item_id HAVING count(*) > 1""",
    "a finished task without a decision": """
        SELECT i.id FROM engine_workitem i WHERE i.state = 'done' AND i.origin <> 'carried' AND NOT EXISTS (
            SELECT FROM engine_decision d
            WHERE d.item_id = i.id AND d.actor_id = i.person_id AND d.verb NOT IN ('claim', 'release'))""",
    "an open task in a step that has ended": """
        SELECT i.id FROM engine_workitem i JOIN engine_step s ON s.id = i.step_id
        WHERE i.state = 'open' AND s.closed_at IS NOT NULL""",
    "a step with a verdict that goes on": """
        SELECT s.id FROM engine_step s
        WHERE s.closed_at IS NULL
        AND NOT EXISTS (SELECT FROM engine_workitem i WHERE i.step_id = s.id AND i.state = 'open')""",
    "a case under way that is nowhere, or a closed one that is somewhere": """
        SELECT c.id FROM engine_case c LEFT JOIN engine_step s ON s.case_id = c.id AND s.closed_at IS NULL
        WHERE NOT c.imported
        GROUP BY c.id HAVING count(s.id) <> CASE WHEN c.state = 'closed' THEN 0 ELSE 1 END""",
    "a step and its Viewflow task that disagree": """
        SELECT s.id FROM engine_step s JOIN viewflow_task t ON t.id = s.task_id
        WHERE (s.closed_at IS NULL) <> (t.finished IS NULL)
        OR (s.closed_at IS NULL) <> (t.status IN ('NEW', 'ASSIGNED'))""",
    "a pool's task and its Viewflow task with different owners": """
        SELECT i.id FROM engine_workitem i
        JOIN engine_step s ON s.id = i.step_id JOIN viewflow_task t ON t.id = s.task_id
        WHERE i.state = 'open' AND s.mode = 'one' AND i.origin = 'pool'
        AND (i.person_id IS DISTINCT FROM t.owner_id OR (i.person_id IS NULL) <> (t.status = 'NEW'))""",
    "a live Viewflow task without an open step": """
        SELECT t.id FROM viewflow_task t LEFT JOIN engine_step s ON s.task_id = t.id AND s.closed_at IS NULL
        WHERE t.finished IS NULL AND t.status NOT IN ('DONE', 'CANCELED') AND s.id IS NULL""",
    "a case and its Viewflow process that disagree": """
        SELECT c.id FROM engine_case c JOIN viewflow_process p ON p.id = c.process_id
        WHERE (c.state = 'closed') <> (p.status IN ('DONE', 'CANCELED'))""",
    "a step that ended by a person, of which the author is told nothing": """
        SELECT s.id FROM engine_step s JOIN engine_case c ON c.id = s.case_id
        JOIN LATERAL (SELECT * FROM engine_decision d WHERE d.step_id = s.id ORDER BY d.id DESC LIMIT 1) d ON true
        WHERE s.closed_at IS NOT NULL AND d.actor_id <> c.author_id AND NOT EXISTS (
            SELECT FROM notices_outbox o WHERE o.key = 'decision:' || d.id AND o.recipient_id = c.author_id)""",
    "a step that waits for people who are told nothing": """
        SELECT s.id FROM engine_step s
        WHERE s.outcome <> 'passed_up'
        AND NOT EXISTS (SELECT FROM notices_outbox o WHERE o.key = 'step:' || s.id || ':waiting')""",
    "a message marked as delivered that is in nobody's list, or the other way round": """
        SELECT o.id FROM notices_outbox o LEFT JOIN notices_notice n ON n.occurrence_id = o.id
        WHERE o.channel = 'in_product' AND (o.state = 'sent') <> (n.id IS NOT NULL)""",
    "a clock that rang twice": """
        SELECT step_id FROM engine_decision WHERE verb IN ('remind', 'overdue', 'escalate')
        GROUP BY step_id, verb HAVING count(*) > 1""",
    "a clock that rang without a record, or the other way round": """
        SELECT s.id FROM engine_step s LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE verb = 'overdue') AS late, count(*) FILTER (WHERE verb = 'escalate') AS up
            FROM engine_decision d WHERE d.step_id = s.id) rung ON true
        WHERE (s.late_at IS NULL) <> (rung.late = 0) OR (s.escalated_at IS NULL) <> (rung.up = 0)""",
    "a case without what it is about, or the other way round": """
        SELECT coalesce(c.id, p.case_id) FROM (SELECT * FROM engine_case WHERE kind = 'proposal') c
        FULL JOIN proposals_proposal p ON p.case_id = c.id WHERE c.id IS NULL OR p.case_id IS NULL""",
    "a Viewflow process without its case": """
        SELECT p.id FROM viewflow_process p LEFT JOIN engine_case c ON c.process_id = p.id WHERE c.id IS NULL""",
    "checkpoints with a gap": """
        SELECT number FROM (SELECT number, row_number() OVER (ORDER BY number) AS place FROM ledger_checkpoint) c
        WHERE number <> place""",
    "somebody told twice of one thing": """
        SELECT o.key FROM notices_notice n JOIN notices_outbox o ON o.id = n.occurrence_id
        GROUP BY o.key, n.recipient_id HAVING count(*) > 1""",
}


def broken(cursor: Any) -> dict[str, list[Any]]:
    """What does not hold, with the ids. The cursor's transaction decides which moment is looked at."""
    found = {}
    for name, query in BROKEN.items():
        cursor.execute(query)
        if rows := cursor.fetchmany(10):
            found[name] = [row[0] for row in rows]
    return found
