"""Addresses of sign-up and of the guest's own page; every one of them has a language before it."""

from django.urls import path

from registration import urls_delegations, urls_letters
from registration.views import changes, contacts, identity, own_data, own_page, payment, requested, second_form, sign_up
from registration.views import waiting as waiting_views

app_name = "registration"
urlpatterns = [
    path("register/confirm/<str:token>/", own_page.confirm, name="confirm"),
    path("register/<slug:event>/", sign_up.CategoryView.as_view(), name="sign_up"),
    path("register/<slug:event>/lost-link/", sign_up.lost_link, name="lost_link"),
    path("register/<slug:event>/<uuid:draft>/<slug:step>/", sign_up.StepView.as_view(), name="step"),
    path("my/<str:token>/", own_page.my, name="my"),
    path("my/<str:token>/data/", own_data.own_data, name="own_data"),
    path("my/<str:token>/data/everything.json", own_data.as_file, name="own_data_file"),
    path("my/<str:token>/data/everything.zip", own_data.as_archive, name="own_data_archive"),
    path("my/<str:token>/data/consents/<int:consent>/withdraw/", own_data.end_consent, name="end_consent"),
    path("my/<str:token>/data/erasure/", own_data.ask_to_be_forgotten, name="ask_to_be_forgotten"),
    path("erasure/<int:number>/<slug:digest>/", own_data.certificate, name="certificate"),
    path("my/<str:token>/change/", own_page.ChangeView.as_view(), name="change"),
    path("my/<str:token>/requested/", requested.RequestedView.as_view(), name="requested"),
    path("my/<str:token>/second-form/", second_form.overview, name="second_form"),
    path("my/<str:token>/second-form/<slug:part>/", second_form.PartView.as_view(), name="second_form_part"),
    path("my/<str:token>/ask/<str:key>/", changes.AskView.as_view(), name="ask_change"),
    path("my/<str:token>/take-back/<str:key>/", changes.take_back, name="take_back_change"),
    path("my/<str:token>/reply/", own_page.ReplyView.as_view(), name="reply"),
    path("my/<str:token>/identity/", identity.DocumentView.as_view(), name="identity"),
    path("my/<str:token>/portrait/", identity.PortraitView.as_view(), name="portrait"),
    path("my/<str:token>/portrait/picture.jpg", identity.portrait_picture, name="portrait_picture"),
    path("my/<str:token>/assignment-letter/", identity.LetterView.as_view(), name="assignment_letter"),
    path("my/<str:token>/withdraw/", own_page.withdraw, name="withdraw"),
    path("my/<str:token>/offer/", waiting_views.offer, name="offer"),
    path("my/<str:token>/payment/", payment.PaymentView.as_view(), name="payment"),
    path("my/<str:token>/payment/<uuid:document>/", payment.document, name="payment_document"),
    path("verify/document/<str:token>/", payment.verify, name="verify_document"),
    path("my/<str:token>/problems/", contacts.issues, name="issues"),
    path("my/<str:token>/problems/<uuid:issue_id>/", contacts.issue, name="issue"),
    path("my/<str:token>/texts/", contacts.texts, name="texts"),
    path("my/<str:token>/texts/stop/", contacts.no_texts, name="no_texts"),
    path("my/<str:token>/calendar.ics", own_page.calendar, name="calendar"),
    *urls_delegations.urlpatterns,
    *urls_letters.urlpatterns,
]
