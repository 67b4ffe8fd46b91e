from innovation.proposals.models.authorship import Authorship
from innovation.proposals.models.counter import Counter
from innovation.proposals.models.draft import Draft
from innovation.proposals.models.forecast_line import ForecastLine
from innovation.proposals.models.problem import Problem
from innovation.proposals.models.proposal import Category, Level, Proposal, WrongStatus

__all__ = [
    "Authorship",
    "Category",
    "Counter",
    "Draft",
    "ForecastLine",
    "Level",
    "Problem",
    "Proposal",
    "WrongStatus",
]
