"""A published rule version is never edited and no decision is ever changed: the database refuses, whoever asks."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION engine_rule_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' THEN
        RAISE EXCEPTION 'a published rule version is never changed (%, v%)', OLD.kind, OLD.number;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published_rules_stand BEFORE UPDATE OR DELETE ON engine_ruleversion
    FOR EACH ROW EXECUTE FUNCTION engine_rule_stands();

CREATE FUNCTION engine_decision_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decision is never changed or removed (%)', OLD.id;
END $$;
CREATE TRIGGER decisions_stand BEFORE UPDATE OR DELETE ON engine_decision
    FOR EACH ROW EXECUTE FUNCTION engine_decision_stands();
"""
ALLOW = """
DROP TRIGGER published_rules_stand ON engine_ruleversion;
DROP FUNCTION engine_rule_stands();
DROP TRIGGER decisions_stand ON engine_decision;
DROP FUNCTION engine_decision_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0002_numbering")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
