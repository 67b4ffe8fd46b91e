"""A month's round, its candidates, its panel with its sealed marks, and what is paid out."""

from innovation.awards.models.candidate import Candidate, CandidateQuerySet, Out
from innovation.awards.models.panel import Recusal, Seat, Sheet
from innovation.awards.models.payment import Payment, Share
from innovation.awards.models.round import AwardRound
from innovation.awards.models.round_file import RoundFile

__all__ = [
    "AwardRound",
    "Candidate",
    "CandidateQuerySet",
    "Out",
    "Payment",
    "Recusal",
    "RoundFile",
    "Seat",
    "Share",
    "Sheet",
]
