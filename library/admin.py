"""Topics and resources in the site administration."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin import ReadOnlyAdmin
from library import keeping
from library.models import Resource, Topic


@admin.register(Topic)
class TopicAdmin(ReadOnlyAdmin):
    """Topics, their words and their order; they come with the record, and addresses are stable."""

    list_display = ("name", "slug", "position")
    search_fields = ("name", "description")
    ordering = ("position", "name", "pk")
    fields = ("slug", "name", "description", "position", "source_text")
    readonly_fields = ("slug", "source_text")

    def has_change_permission(self, request: HttpRequest, obj: Topic | None = None) -> bool:
        """Words and order change here."""
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def save_model(self, request: HttpRequest, obj: Topic, form: Any, change: bool) -> None:
        """Keep the words and the order."""
        keeping.describe(topic=obj)


@admin.register(Resource)
class ResourceAdmin(ReadOnlyAdmin):
    """What is kept: to read; files are looked into on the organizers' page, and erased there."""

    list_display = ("title", "kind", "visibility", "community", "added_by", "added_at")
    list_filter = ("kind", "visibility", "is_demo")
    search_fields = ("title", "file_name")
    list_select_related = ("community", "added_by")
    ordering = ("-added_at", "-pk")
    fields = (
        *("title", "kind", "link", "file_name", "file_size", "visibility", "community", "topics"),
        *("added_by", "added_at", "is_demo"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Resource]:
        """Show what the reader may see in the portal too."""
        return super().get_queryset(request) & Resource.objects.visible_to(request.user)
