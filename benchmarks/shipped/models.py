from viewflow import jsonstore
from viewflow.workflow.models import Process


class Review(Process):
    team = jsonstore.BooleanField(default=False)
    section = jsonstore.BooleanField(default=False)
    workshop = jsonstore.BooleanField(default=False)

    class Meta:
        proxy = True
