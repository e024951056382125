"""Agencies, communities and memberships in the site administration."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import ReadOnlyAdmin
from agencies import profile
from agencies.models import Agency, Community, EmailDomain, Membership


class EmailDomainForm(forms.ModelForm):  # type: ignore[type-arg] # no generic at run time
    """A mail domain, in small letters as addresses are compared."""

    def clean_domain(self) -> str:
        """Return the domain as it is compared."""
        domain: str = self.cleaned_data["domain"]
        return domain.strip().lower()


class EmailDomainInline(admin.TabularInline):  # type: ignore[type-arg] # no generic at run time
    """The mail domains that an agency owns."""

    model = EmailDomain
    form = EmailDomainForm
    extra = 1


@admin.register(Agency)
class AgencyAdmin(ReadOnlyAdmin):
    """The directory: entries come and are corrected here; none goes, the record hangs on it."""

    list_display = ("name", "level", "jurisdiction", "state", "join_policy", "is_demo")
    list_filter = ("level", "state", "join_policy", "is_demo")
    search_fields = ("name", "unit", "jurisdiction", "domains__domain")
    ordering = ("state", "name", "pk")
    exclude = ("note", "internal_note")  # read and kept on pages of their own
    inlines = (EmailDomainInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Agencies are entered here."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: HttpRequest, obj: Agency | None = None) -> bool:
        """What the directory says is corrected here."""
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Agency | None = None
    ) -> tuple[str, ...]:
        """Keep the address, once others link to it."""
        return ("slug",) if obj else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Agency | None = None
    ) -> dict[str, Sequence[str]]:
        """Propose an address for a new one."""
        return {} if obj else {"slug": ("state", "name")}

    def save_model(self, request: HttpRequest, obj: Agency, form: Any, change: bool) -> None:
        """Enter it into the directory."""
        profile.enter(agency=obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Keep its mail domains."""
        kept = formset.save(commit=False)
        profile.own_domains(kept=kept, gone=formset.deleted_objects)


@admin.register(Community)
class CommunityAdmin(ReadOnlyAdmin):
    """Communities with their agencies and facilitators."""

    list_display = ("name", "is_listed", "is_demo")
    search_fields = ("name",)
    ordering = ("name", "pk")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who is where; decisions are made on the organizers' page, where they are told."""

    list_display = ("person", "agency", "role", "status", "asked_at", "decided_by")
    list_filter = ("status", "role")
    search_fields = ("person__name", "person__email", "agency__name")
    list_select_related = ("person", "agency", "decided_by")
    ordering = ("-asked_at", "-pk")
