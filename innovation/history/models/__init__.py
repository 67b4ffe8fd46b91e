"""A plant's earlier awards and problems as its spreadsheets had them. Nobody decided them here."""

from innovation.history.models.past_award import PastAuthor, PastAward
from innovation.history.models.past_problem import PastProblem
from innovation.history.models.upload import Upload

__all__ = ["PastAuthor", "PastAward", "PastProblem", "Upload"]
