"""Surveys in the site administration: to look, and to correct a wave's words."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from surveys.models import Invitation, Question, Response, Survey, Wave


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # no generic at run time
    """Rows to look at; they change on the portal's own pages, where the rules are kept."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is erased here."""
        return False


@admin.register(Survey)
class SurveyAdmin(ReadOnlyAdmin):
    """Instruments, brought in by import_survey."""

    list_display = ("title", "version", "key", "frozen_at", "is_demo")
    search_fields = ("title", "key")
    ordering = ("title", "version", "pk")


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    """Questions of all instruments."""

    list_display = ("key", "label", "type", "survey", "is_required", "default_sharing")
    list_filter = ("survey", "type", "default_sharing")
    list_select_related = ("survey",)
    search_fields = ("key", "label")
    ordering = ("survey", "section__position", "position", "pk")


@admin.register(Wave)
class WaveAdmin(ReadOnlyAdmin):
    """Waves; their title may be corrected, the rest happens on the organizers' pages."""

    list_display = ("title", "survey", "opens_at", "closes_at", "fielded_at", "is_demo")
    list_select_related = ("survey",)
    search_fields = ("title",)
    ordering = ("-closes_at", "-pk")
    fields = ("title", "survey", "opens_at", "closes_at", "time_zone", "fielded_at")
    readonly_fields = ("survey", "opens_at", "closes_at", "time_zone", "fielded_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the title changes."""
        return admin.ModelAdmin.has_change_permission(self, request, obj)


@admin.register(Response)
class ResponseAdmin(ReadOnlyAdmin):
    """Who has answered; what they answered is on the portal's own pages only."""

    list_display = ("agency", "wave", "state", "opened_at", "submitted_at", "submitted_by")
    list_filter = ("wave", "state")
    list_select_related = ("agency", "wave", "submitted_by")
    search_fields = ("agency__name",)
    ordering = ("-pk",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was asked, and when."""

    list_display = ("person", "response", "invited_at")
    list_select_related = ("person", "response__agency", "response__wave")
    search_fields = ("person__name", "person__email", "response__agency__name")
    ordering = ("-invited_at", "-pk")
