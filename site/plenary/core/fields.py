"""Model fields of our own: text encrypted at rest, and short labels in several languages."""

import base64
from typing import Any

from django.core import checks
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import get_language

from plenary.core import crypto
from plenary.core.languages import LANGUAGES


class Ciphertext(str):
    """What stands in the database; opened only when the attribute is read."""

    __slots__ = ()


class _Opening:
    """Descriptor that decrypts on first read, so a list that shows no identity pays for no decryption."""

    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Ciphertext):
            value = self.field.open(value, instance) if value else ""
            instance.__dict__[name] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text encrypted with AES-GCM, bound to (model, field, primary key): the primary key must be known before saving (UUID)."""

    descriptor_class = _Opening

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found: list[checks.CheckMessage] = super().check(**kwargs)
        if not self.model._meta.pk.has_default():
            text = "An encrypted field needs a primary key that is known before saving, like a UUID with a default."
            found.append(checks.Error(text, obj=self, id="plenary.E001"))
        return found

    def place(self, instance: Any) -> str:
        return f"{instance._meta.label_lower}.{self.attname}.{instance.pk}"

    def open(self, sealed: str, instance: Any) -> str:
        return crypto.decrypt(base64.b64decode(sealed), self.place(instance)).decode()

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value is None else Ciphertext(value)

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value in (None, "") or isinstance(value, Ciphertext):
            return value
        sealed = crypto.encrypt(str(value).encode(), self.place(model_instance))
        return Ciphertext(base64.b64encode(sealed).decode())

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value and not isinstance(value, Ciphertext):
            raise ValueError(f"{self.name} would be written in clear: save the instance instead of update()")
        return super().get_db_prep_save(str(value) if value is not None else None, connection)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name in ("isnull",):
            return super().get_lookup(lookup_name)
        raise TypeError(f"{self.name} is encrypted: look it up by its blind index")


class Label(dict):
    """A short text by language. `str()` gives the active language, else English, else any that is there."""

    def get_for(self, language: str | None) -> str:
        for code in (language, (language or "").split("-")[0], "en"):
            if code and self.get(code):
                return str(self[code])
        return next((str(text) for text in self.values() if text), "")

    def language_for(self, language: str | None) -> str:
        """The code of the language in which `get_for` answers, for the `lang` attribute of a fallback."""
        for code in (language, "en"):
            if code and self.get(code):
                return str(code)
        return next((str(code) for code, text in self.items() if text), "")

    def __str__(self) -> str:
        return self.get_for(get_language())


class _LabelAttribute(DeferredAttribute):
    """Makes a Label of whatever is assigned: a record that was just made reads like one from the database."""

    def __set__(self, instance: Any, value: Any) -> None:
        if isinstance(value, dict) and not isinstance(value, Label):
            value = Label(value)
        instance.__dict__[self.field.attname] = value


class LabelField(models.JSONField):
    """A Label: what staff define once and translate in place (category names, questions, mail subjects)."""

    descriptor_class = _LabelAttribute

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return Label(found) if isinstance(found, dict) else found

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return Label(found) if isinstance(found, dict) else found

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        return {"en": value} if isinstance(value, str) else value

    def formfield(self, **kwargs: Any) -> Any:
        from plenary.core.forms import LabelFormField

        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        return models.Field.formfield(self, form_class=LabelFormField, **kwargs)


LABEL_LANGUAGES = [language.code for language in LANGUAGES]
