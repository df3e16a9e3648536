"""What conditions may ask about a guest besides answers, from records that are already loaded. No queries."""

from __future__ import annotations

from typing import Any

from registration.models import Category, Registration

INVITED = "invitation"  # Registration.source of those who came by an invitation


def sign_up_facts(
    category: Category, nationality: str, *, delegation: bool = False, invited: bool = False
) -> dict[str, Any]:
    """Of somebody who is signing up."""
    return {"category": category.slug, "nationality": nationality, "delegation": delegation, "invited": invited}


def facts_of(registration: Registration) -> dict[str, Any]:
    """Of somebody who is registered; needs the category."""
    return sign_up_facts(
        registration.category,
        str(registration.nationality),
        delegation=registration.delegation_id is not None,
        invited=registration.source == INVITED,
    )
