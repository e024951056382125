"""People in the site administration, and how everything is shown there that changes elsewhere."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import profile, rights
from accounts.models import User
from accounts.names import one_line
from accounts.rights import Rights
from accounts.zones import known

RIGHTS = ("is_organiser", "is_staff", "is_superuser", "is_active")


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # no generic at run time
    """Rows to look at; they change on the portal's own pages, where the rules are kept."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is erased here: history, places and the record hang on it."""
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Hold names to one line, as the first lines of mails hold them, and zones to IANA's."""
        asked = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, CharField) and isinstance(asked, forms.CharField):
            asked.validators.append(known if db_field.name == "time_zone" else one_line)
        return asked


class UserForm(forms.ModelForm):  # type: ignore[type-arg] # no generic at run time
    """What may be said of a person by others."""

    def clean(self) -> dict[str, Any]:
        """Leave somebody who may do everything."""
        cleaned: dict[str, Any] = super().clean() or {}
        if set(RIGHTS) <= set(cleaned):
            given = Rights(**{name: cleaned[name] for name in RIGHTS})
            try:
                rights.refuse_to_lock_out(person=self.instance, rights=given)
            except rights.LastAdministrator:
                text = _("Nobody else may do everything. Give somebody else that right first.")
                raise forms.ValidationError(text) from None
        return cleaned


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People with their roles in the program; passwords and second factors are theirs alone."""

    form = UserForm
    list_display = ("name", "email", "is_organiser", "is_staff", "is_active", "joined_at")
    list_filter = ("is_organiser", "is_staff", "is_active", "is_demo")
    search_fields = ("name", "email")
    ordering = ("name", "pk")
    fields = ("name", "email", *RIGHTS, "time_zone", "last_login", "joined_at")
    # The zone is for the person to say; until then, pages and mails say that it is a guess.
    readonly_fields = ("email", "time_zone", "last_login", "joined_at")
    actions = ("take_second_factors",)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Names and rights change by the same changes as everywhere."""
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only who may do everything may let others into the site administration."""
        mine = tuple(super().get_readonly_fields(request, obj))
        return mine if _is_highest(request) else (*mine, *RIGHTS)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Keep the name and give the rights."""
        profile.rename(person=obj, name=obj.name)
        if _is_highest(request):
            given = Rights(**{name: getattr(obj, name) for name in RIGHTS})
            rights.give(person=obj, rights=given, by=_who(request))

    @admin.action(
        description=gettext_lazy("Take away the second factors of people who have lost theirs")
    )
    def take_second_factors(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Let people in who have lost theirs; each is told by mail."""
        for person in people.exclude(pk=_who(request).pk):
            rights.take_second_factors(person=person, by=_who(request))
            self.log_change(request, person, "Second factors taken away.")
            text = _("%s signs in with the password alone until another is set up.")
            self.message_user(request, text % person, messages.SUCCESS)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer actions to who may do everything only."""
        return super().get_actions(request) if _is_highest(request) else {}


def _is_highest(request: HttpRequest) -> bool:
    return _who(request).is_superuser


def _who(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
