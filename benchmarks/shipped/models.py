from django.db import models
from viewflow import jsonstore
from viewflow.workflow.models import Process


class Review(Process):
    team = jsonstore.BooleanField(default=False)
    section = jsonstore.BooleanField(default=False)
    workshop = jsonstore.BooleanField(default=False)

    class Meta:
        proxy = True


class Kept(models.Model):
    """A process of SpiffWorkflow: its state as the library serialises it."""

    case = models.OneToOneField("engine.Case", models.CASCADE, primary_key=True)
    state = models.TextField()
