from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Hear of second factors that are set up or removed."""
        import_module("accounts.sign_in")
