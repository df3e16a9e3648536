"""What a guest does over HTTP, for tests: choose a category, fill in the steps, open the own page."""

from registration.emails import guest_token

PERSON = {"email": "amina@example.org", "name": "Amina Osman", "nationality": "KE"}


def address(category_or_event, language="en") -> str:
    event = getattr(category_or_event, "event", category_or_event)
    return f"/{language}/register/{event.slug}/"


def begin(client, category, language="en") -> str:
    """Choose a category; the address of the draft."""
    response = client.post(address(category, language), {"category": category.slug})
    assert response.status_code == 302
    return response["Location"].removesuffix("you/")


def finish(client, draft: str, person=PERSON, **consents):
    client.post(draft + "you/", person)
    return client.post(draft + "review/", consents)


def my(registration, rest="") -> str:
    return f"/en/my/{guest_token(registration)}/{rest}"
