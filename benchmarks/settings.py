"""The product's settings, and the app that holds Viewflow's shipped views for comparison."""

from __future__ import annotations

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS += ["benchmarks.shipped"]
MIDDLEWARE += ["viewflow.middleware.SiteMiddleware"]
ROOT_URLCONF = "benchmarks.urls"
