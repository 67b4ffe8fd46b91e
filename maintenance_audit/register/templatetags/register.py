"""What a claim's tolerance says, in words."""

from __future__ import annotations

from django import template

from maintenance_audit.register.content import tolerance_words
from maintenance_audit.register.models import ClaimItem

register = template.Library()


@register.simple_tag
def tolerance(item: ClaimItem) -> str:
    """Of a row of a template, or of a claim, which carries the same three."""
    return tolerance_words(item.tolerance, item.allowed, item.measure)
