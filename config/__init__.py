"""The site: settings, the map of URLs, Celery, and the servers of the demo and the tests."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
