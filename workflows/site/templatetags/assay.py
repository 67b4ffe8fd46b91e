"""Tags that every page has: icons, chips, money, dates."""

from django import template

register = template.Library()
