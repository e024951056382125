"""People in the site administration."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # no generic at run time
    """People with their roles in the program; passwords are theirs alone."""

    list_display = ("name", "email", "is_organiser", "is_staff", "is_active", "joined_at")
    list_filter = ("is_organiser", "is_staff", "is_active", "is_demo")
    search_fields = ("name", "email")
    ordering = ("name", "pk")
    fields = (
        "name",
        "email",
        "is_organiser",
        "is_staff",
        "is_superuser",
        "is_active",
        "time_zone",
        "last_login",
        "joined_at",
    )
    readonly_fields = ("email", "last_login", "joined_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up themselves, so that the address is proved."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Closing an account keeps what others rely on; removing data has its own way."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only who may do everything may let others into the site administration."""
        mine = tuple(super().get_readonly_fields(request, obj))
        is_highest = request.user.is_authenticated and request.user.is_superuser
        return mine if is_highest else (*mine, "is_staff", "is_superuser", "is_organiser")
