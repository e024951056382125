"""Topics and resources in the site administration."""

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts import visitors
from library.models import Resource, Topic


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # no generic at run time
    """Topics, their words and their order; what hangs on one keeps it."""

    list_display = ("name", "slug", "position")
    search_fields = ("name", "description")
    ordering = ("position", "name", "pk")
    readonly_fields = ("slug", "source_text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Topics come with the program's record."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Topic | None = None) -> bool:
        """Addresses of topics are stable: none ends."""
        return False

    def save_model(self, request: HttpRequest, obj: Topic, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        """Save, and show no page with the words of before."""
        super().save_model(request, obj, form, change)
        visitors.forget_pages()


@admin.register(Resource)
class ResourceAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # no generic at run time
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
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Resource]:
        """Show what the reader may see in the portal too."""
        return super().get_queryset(request) & Resource.objects.visible_to(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Resource | None = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Resource | None = None) -> bool:
        """A row that went without its file would leave the file behind."""
        return False
