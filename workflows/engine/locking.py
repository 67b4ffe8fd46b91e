"""One lock for everything that moves a case: the row of its Viewflow process.

Viewflow's default is no lock at all, so a double submit runs the next step twice. Its own row lock with NOWAIT sleeps
for seconds between attempts; we wait for the colleague instead, bounded by PostgreSQL's lock_timeout (settings).
"""

from __future__ import annotations

from viewflow.workflow.lock import SelectForUpdateLock

case_lock = SelectForUpdateLock(nowait=False, attempts=1)
