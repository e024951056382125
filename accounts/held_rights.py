"""Rights over others, which count for a reader only once a second factor was used."""

from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute


class _CountedRight(DeferredAttribute):
    """Read as False while the person's rights wait for a second factor."""

    field: "Right"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        granted = super().__get__(instance, cls)
        return granted if instance is None else granted and not instance.is_held_back

    def __set__(self, instance: models.Model, granted: bool) -> None:
        instance.__dict__[self.field.attname] = granted


class Right(models.BooleanField):  # type: ignore[type-arg] # no generic at run time
    """A right that a person was granted; it reads as False while `is_held_back` is set.

    The database, queries and `save()` know the right as it was granted: holding it back for one
    request never takes it away.
    """

    descriptor_class = _CountedRight

    def pre_save(self, model_instance: models.Model, add: bool) -> bool:
        """Return the right as granted, which is what is saved."""
        return self.value_from_object(model_instance)

    def value_from_object(self, obj: models.Model) -> bool:
        """Return the right as granted."""
        return bool(obj.__dict__[self.attname])

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Be a plain BooleanField to migrations: the column is one."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BooleanField", args, kwargs
