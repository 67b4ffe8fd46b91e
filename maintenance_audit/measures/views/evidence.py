"""Taking evidence away, and the list of what was taken."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maintenance_audit.measures import evidence
from maintenance_audit.measures.models import Taken
from workflows.engine.models import Case
from workflows.ledger import checkpoints
from workflows.ledger.package import Package
from workflows.organisation.access import KnownRequest, holding
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.models import Person, Role, Unit
from workflows.reports.cockpit.counting import months_between, present_month
from workflows.reports.cockpit.look import Look
from workflows.reports.months import month_of

TAKERS = (Role.OBSERVER, Role.AUDIT_LEAD, Role.UNION_REPRESENTATIVE)
PAGE = 50


class NumberForm(PlainForm):
    number = forms.CharField(
        label=gettext_lazy("Number of a lot or a case"),
        max_length=40,
        help_text=gettext_lazy("As it stands at the head of its page, for example PC-2609-0001 or WT-2609-0001."),
    )

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        self.person = person
        super().__init__(*args, **options)

    def clean_number(self) -> Case:
        seen = Case.objects.visible_to(self.person).select_related("unit", "author")
        found = seen.filter(number=self.cleaned_data["number"].strip().upper()).first()
        if found is None:
            raise forms.ValidationError(_("It does not exist, or you may not see it."))
        return found


class MonthForm(PlainForm):
    unit = forms.ModelChoiceField(label=gettext_lazy("Unit, and below"), queryset=Unit.objects.none(), empty_label=None)
    month = forms.ChoiceField(label=gettext_lazy("Month"))

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        places = [place.pk for place in Look.of(person, {}).places.choices]
        unit: Any = self.fields["unit"]
        unit.queryset = Unit.objects.filter(pk__in=places).order_by("path")
        last = present_month()
        months = months_between(last.replace(year=last.year - 3), last)[::-1]
        self.fields["month"].choices = [(f"{m:%Y-%m}", f"{m:%Y-%m}") for m in months]  # type: ignore[attr-defined]


@holding(*TAKERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_page(request: KnownRequest) -> HttpResponse:
    person = request.user
    of_month = request.POST.get("what") == "month"
    numbers = NumberForm(request.POST if request.method == "POST" and not of_month else None, person=person)
    months = MonthForm(request.POST if request.method == "POST" and of_month else None, person=person)
    asked = months if of_month else numbers
    if request.method == "POST" and asked.is_valid():
        return _file(*_taken(person, asked))
    context = {
        "numbers": numbers,
        "months": months,
        "taken": Taken.objects.visible_to(person).select_related("case", "unit", "taken_by")[:PAGE],
        "fingerprint": checkpoints.fingerprint(),
    }
    return render(request, "measures/evidence.html", context, status=422 if asked.is_bound else 200)


def _taken(person: Person, form: NumberForm | MonthForm) -> tuple[str, Package]:
    given = form.cleaned_data
    if isinstance(form, NumberForm):
        return given["number"].number, evidence.of_case(person, given["number"])
    month = month_of(given["month"])
    if month is None:
        raise Http404("no such month")
    return f"{given['unit'].code}-{month:%Y-%m}", evidence.of_month(person, given["unit"], month)


def _file(name: str, found: Package) -> HttpResponse:
    safe = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "-" for letter in name)
    head = {"Content-Disposition": f'attachment; filename="evidence-{safe}.zip"', "X-Package-Digest": found.digest}
    return HttpResponse(found.content, content_type="application/zip", headers=head)
