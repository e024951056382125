"""Surveys in the site administration: to look; they change on the organizers' pages."""

from django.contrib import admin

from accounts.admin import ReadOnlyAdmin
from surveys.models import Invitation, Question, Response, Survey, Wave


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
    """Waves."""

    list_display = ("title", "survey", "opens_at", "closes_at", "fielded_at", "is_demo")
    list_select_related = ("survey",)
    search_fields = ("title",)
    ordering = ("-closes_at", "-pk")
    fields = ("title", "survey", "opens_at", "closes_at", "time_zone", "fielded_at")


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
