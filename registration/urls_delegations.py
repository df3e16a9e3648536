"""Addresses of a delegation's workspace; registration.urls takes them in."""

from django.urls import path

from registration.views import delegation_import, delegations, members

urlpatterns = [
    path("delegation/<str:token>/", delegations.Workspace.as_view(), name="delegation"),
    path("delegation/<str:token>/confirm/", delegations.ConfirmView.as_view(), name="delegation_confirm"),
    path("delegation/<str:token>/papers/", delegations.PapersView.as_view(), name="delegation_papers"),
    path("delegation/<str:token>/papers/<uuid:pk>/", delegations.PaperView.as_view(), name="delegation_paper"),
    path("delegation/<str:token>/list.csv", delegations.ListView.as_view(), {"form": "csv"}, name="delegation_csv"),
    path("delegation/<str:token>/list.xlsx", delegations.ListView.as_view(), {"form": "xlsx"}, name="delegation_xlsx"),
    path("delegation/<str:token>/nominate/", members.NominateView.as_view(), name="delegation_nominate"),
    path("delegation/<str:token>/import/", delegation_import.ImportView.as_view(), name="delegation_import"),
    path(
        "delegation/<str:token>/import/table.xlsx",
        delegation_import.SheetTemplateView.as_view(),
        name="delegation_template",
    ),
    path("delegation/<str:token>/<uuid:pk>/", members.MemberView.as_view(), name="delegation_member"),
    path("delegation/<str:token>/<uuid:pk>/reply/", members.MemberReplyView.as_view(), name="delegation_reply"),
    path("delegation/<str:token>/<uuid:pk>/invite/", members.InviteView.as_view(), name="delegation_invite"),
    path("delegation/<str:token>/<uuid:pk>/replace/", members.SubstituteView.as_view(), name="delegation_substitute"),
    path("delegation/<str:token>/<uuid:pk>/remind/", members.RemindView.as_view(), name="delegation_remind"),
    path("delegation/<str:token>/<uuid:pk>/move-up/", members.MoveUpView.as_view(), name="delegation_move_up"),
    path("delegation/<str:token>/reserve/", delegations.ReserveView.as_view(), name="delegation_reserve"),
    path("delegation/<str:token>/<uuid:pk>/withdraw/", members.WithdrawView.as_view(), name="delegation_withdraw"),
]
