"""The place of mailings, reminders, texts and notes in the admin's menu."""

from django.utils.translation import gettext_lazy
from wagtail.admin.viewsets.model import ModelViewSetGroup

from registration.viewsets.mailings import MailingViewSet
from registration.viewsets.notes import NoteViewSet
from registration.viewsets.reminders import ReminderViewSet
from registration.viewsets.texts import TextViewSet


class CommunicationGroup(ModelViewSetGroup):
    """What the office writes to guests, and what was said."""

    items = (MailingViewSet, ReminderViewSet, TextViewSet, NoteViewSet)
    menu_label = gettext_lazy("Communication")
    menu_name = "communication"
    menu_icon = "comment"
    menu_order = 140
