"""What officers do with many registrations at once."""

from registration.bulk_actions.decisions import ApproveMany, AskMany, RejectMany
from registration.bulk_actions.handling import ClearMany, HoldMany, TakeMany
from registration.bulk_actions.invitations import SendMany
from registration.bulk_actions.letters import IssueLetters

ALL = (ApproveMany, AskMany, RejectMany, ClearMany, TakeMany, HoldMany, IssueLetters, SendMany)
__all__ = [
    "ALL",
    "ApproveMany",
    "AskMany",
    "ClearMany",
    "HoldMany",
    "IssueLetters",
    "RejectMany",
    "SendMany",
    "TakeMany",
]
