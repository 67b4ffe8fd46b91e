"""A published claim template is never edited, nor are its rows: the database refuses, whoever asks."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION register_template_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published claim template is never changed (%)', OLD.id;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published_templates_stand BEFORE UPDATE OR DELETE ON register_claimtemplate
    FOR EACH ROW EXECUTE FUNCTION register_template_stands();

CREATE FUNCTION register_row_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM register_claimtemplate t WHERE t.published_at IS NOT NULL AND t.id IN (OLD.template_id, NEW.template_id)
    ) THEN
        RAISE EXCEPTION 'the rows of a published claim template are never changed (%)', COALESCE(NEW.id, OLD.id);
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published_items_stand BEFORE INSERT OR UPDATE OR DELETE ON register_claimitem
    FOR EACH ROW EXECUTE FUNCTION register_row_stands();
CREATE TRIGGER published_checks_stand BEFORE INSERT OR UPDATE OR DELETE ON register_checkitem
    FOR EACH ROW EXECUTE FUNCTION register_row_stands();
"""
ALLOW = """
DROP TRIGGER published_checks_stand ON register_checkitem;
DROP TRIGGER published_items_stand ON register_claimitem;
DROP FUNCTION register_row_stands();
DROP TRIGGER published_templates_stand ON register_claimtemplate;
DROP FUNCTION register_template_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0002_drafts_uploads_and_codes")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
