"""Viewflow's own tables lack the indexes that live work needs; partial ones, over live rows only."""

from django.db import migrations

CREATE = """
CREATE INDEX engine_live_task_by_process ON viewflow_task (process_id)
    WHERE finished IS NULL;
CREATE INDEX engine_live_task_by_owner ON viewflow_task (owner_id, created)
    WHERE finished IS NULL AND owner_id IS NOT NULL;
CREATE INDEX engine_live_task_by_permission ON viewflow_task (owner_permission, created)
    WHERE finished IS NULL AND owner_id IS NULL;
"""
DROP = """
DROP INDEX engine_live_task_by_process;
DROP INDEX engine_live_task_by_owner;
DROP INDEX engine_live_task_by_permission;
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0003_published_rules_stand"), ("viewflow", "0015_task_scheduled")]
    operations = [migrations.RunSQL(CREATE, DROP)]
