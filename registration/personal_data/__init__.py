"""The personal fields of registration, declared by subject as its records are."""

from registration.personal_data import (
    communication,
    delegations,
    identity,
    invitations,
    payments,
    people,
    privacy,
    vetting,
)

RECORDS = (
    *people.RECORDS,
    *identity.RECORDS,
    *delegations.RECORDS,
    *communication.RECORDS,
    *invitations.RECORDS,
    *payments.RECORDS,
    *vetting.RECORDS,
    *privacy.RECORDS,
)
