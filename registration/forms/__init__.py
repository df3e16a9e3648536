"""Forms that guests fill in. Site and API check with the same ones; what happens then is in actions."""

from registration.forms.identity import AssignmentLetterForm, PortraitForm, TravelDocumentForm
from registration.forms.person import LostLinkForm, PersonForm, ReplyForm
from registration.forms.questions import QuestionsForm
from registration.forms.steps import SignUp

__all__ = [
    "AssignmentLetterForm",
    "LostLinkForm",
    "PersonForm",
    "PortraitForm",
    "QuestionsForm",
    "ReplyForm",
    "SignUp",
    "TravelDocumentForm",
]
