from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"  # the package, imports, URL namespace and template folder
    label = "practice_sessions"  # tables, migrations, permissions, admin, "app.Model" strings
    verbose_name = "community sessions"
