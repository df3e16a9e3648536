"""The JSON API: one OpenAPI description over the routers of the apps, and problems as RFC 9457 says.

Content (pages, images, documents) is Wagtail's API v2, in `content.py`.
"""

from django.views.decorators.http import require_safe

from checkin.api import router as checkin
from plenary.api.frame import PlenaryAPI
from plenary.api.problems import router as problems
from plenary.core.api import FastRenderer, StrictParser
from plenary.events.api import router as events
from registration.api import router as registration

DESCRIPTION = """\
Events, registration and check-in of one Plenary. Pages, images and documents are at `/api/v2/`.

- Errors are `application/problem+json` (RFC 9457). Compare `code`; show `detail` and `errors`.
- Texts for people come in the language of `?lang=` or, without it, of `Accept-Language`.
- Lists answer `{"items": [...], "next": cursor}`; give `next` back as `cursor` until it is null.
- Times are RFC 3339 in UTC; an event's own zone stands in `time_zone`.
- Names that staff translate come in all their languages: `{"en": "…", "ar": "…"}`.
"""

api = PlenaryAPI(
    title="Plenary",
    version="1",
    description=DESCRIPTION,
    openapi_url="/openapi.json",
    docs_url=None,
    docs_decorator=require_safe,
    urls_namespace="api-v1",
    parser=StrictParser(),
    renderer=FastRenderer(),
    servers=[{"url": "/"}],
    openapi_extra={
        "info": {
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
            "contact": {"name": "The organiser of this Plenary", "url": "/"},
        },
        "tags": [
            {"name": "events", "description": "Events and their programme, as far as they are public."},
            {"name": "registration", "description": "Categories, sign-up and what became of it."},
            {"name": "check-in", "description": "Doors: enrolment of devices, scans, what a door needs offline."},
            {"name": "problems", "description": "The catalogue of errors."},
        ],
    },
)
api.add_router("/events", events, tags=["events"])
api.add_router("", registration, tags=["registration"])
api.add_router("/checkin", checkin, tags=["check-in"])
api.add_router("/problems", problems, tags=["problems"])
