"""Agencies, communities and memberships in the site administration."""

from django.contrib import admin
from django.http import HttpRequest

from agencies.models import Agency, Community, EmailDomain, Membership


class EmailDomainInline(admin.TabularInline):  # type: ignore[type-arg] # no generic at run time
    """The mail domains that an agency owns."""

    model = EmailDomain
    extra = 1


@admin.register(Agency)
class AgencyAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # no generic at run time
    """Agencies with their mail domains."""

    list_display = ("name", "level", "jurisdiction", "state", "join_policy", "is_demo")
    list_filter = ("level", "state", "join_policy", "is_demo")
    search_fields = ("name", "unit", "jurisdiction", "domains__domain")
    ordering = ("state", "name", "pk")
    prepopulated_fields = {"slug": ("state", "name")}
    inlines = (EmailDomainInline,)


@admin.register(Community)
class CommunityAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # no generic at run time
    """Communities with their agencies and facilitators."""

    list_display = ("name", "is_listed", "is_demo")
    search_fields = ("name",)
    ordering = ("name", "pk")
    autocomplete_fields = ("agencies", "facilitators")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # no generic at run time
    """Who is where: to read; decisions are made on the organizers' page, where they are told."""

    list_display = ("person", "agency", "role", "status", "asked_at", "decided_by")
    list_filter = ("status", "role")
    search_fields = ("person__name", "person__email", "agency__name")
    list_select_related = ("person", "agency", "decided_by")
    ordering = ("-asked_at", "-pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """Nothing is decided here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """Memberships end; they are not erased."""
        return False
