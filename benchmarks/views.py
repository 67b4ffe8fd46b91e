from django.http import HttpRequest, HttpResponse

from benchmarks.beside import one
from workflows.organisation.access import signed_in

READ = """
SELECT c.number, c.title, i.state FROM engine_workitem i JOIN engine_case c ON c.id = i.case_id WHERE i.id = %s"""


@signed_in
def one_statement(request: HttpRequest, item: int) -> HttpResponse:
    """The least that a page behind the sign-in can be: who it is, and one SELECT."""
    return HttpResponse(" ".join(one(READ, item)))
