"""Appending is one function; changing is refused.

TRUNCATE is let through only in a database whose name begins with `test_`, because that is how Django's tests clean
up. A session setting would have been the other way, but any session, and any injected SQL, can say SET; a production
database's name cannot be changed from inside a session that uses it. A system check (ledger.E001) refuses to start a
production on such a name.
"""

from django.db import migrations

APPEND = """
CREATE FUNCTION ledger_append(
    p_subject text, p_event text, p_at timestamptz, p_salt text, p_body text, p_sealed bytea, p_commitment text
) RETURNS TABLE (seq integer, digest text) LANGUAGE plpgsql AS $$
DECLARE
    v_chain ledger_chain%ROWTYPE;
    v_payload text := coalesce(p_commitment, encode(sha256(convert_to(p_salt || '|' || p_body, 'UTF8')), 'hex'));
    v_entry bigint;
BEGIN
    LOOP
        -- The sequence number is taken inside this lock; a number taken outside breaks under concurrency.
        SELECT * INTO v_chain FROM ledger_chain WHERE subject = p_subject FOR NO KEY UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO ledger_chain (subject, length, head) VALUES (p_subject, 0, repeat('0', 64))
        ON CONFLICT (subject) DO NOTHING;
    END LOOP;
    seq := v_chain.length + 1;
    digest := encode(sha256(convert_to(concat_ws('|',
        p_subject, seq, p_event,
        to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        v_payload, v_chain.head
    ), 'UTF8')), 'hex');
    INSERT INTO ledger_entry (chain_id, seq, event, at, payload_digest, prev, digest)
    VALUES (v_chain.id, seq, p_event, p_at, v_payload, v_chain.head, digest) RETURNING id INTO v_entry;
    INSERT INTO ledger_payload (entry_id, salt, body, sealed) VALUES (v_entry, p_salt, p_body, p_sealed);
    UPDATE ledger_chain SET length = ledger_append.seq, head = ledger_append.digest WHERE id = v_chain.id;
    RETURN NEXT;
END $$;
"""

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% of % refused: the ledger is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def guard(table: str, verbs: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_is_append_only BEFORE {verbs} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
        f"DROP TRIGGER {table}_is_append_only ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(
            APPEND, "DROP FUNCTION ledger_append(text, text, timestamptz, text, text, bytea, text)"
        ),
        migrations.RunSQL(REFUSE, "DROP FUNCTION ledger_refuse()"),
        guard("ledger_entry", "UPDATE OR DELETE OR TRUNCATE"),
        guard("ledger_payload", "UPDATE OR DELETE OR TRUNCATE"),
        guard("ledger_checkpoint", "UPDATE OR DELETE OR TRUNCATE"),
        guard("ledger_head", "UPDATE OR DELETE OR TRUNCATE"),
        guard("ledger_chain", "DELETE OR TRUNCATE"),
    ]
