"""One demo person per role; the addresses can never receive mail."""

from dataclasses import dataclass

PASSWORD = "demo-Portal-2026"  # noqa: S105 printed for everybody who tries the portal


@dataclass(frozen=True)
class DemoLogin:
    """Who signs in, and what for."""

    role: str
    email: str
    name: str


LOGINS = (
    DemoLogin("participant", "pat.lee@example.org", "Pat Lee (demo)"),
    DemoLogin("agency staff", "sam.rivera@alder-falls.example.gov", "Sam Rivera (demo)"),
    DemoLogin("colleague", "robin.chen@alder-falls.example.gov", "Robin Chen (demo)"),
    DemoLogin("agency coordinator", "casey.morgan@alder-falls.example.gov", "Casey Morgan (demo)"),
    DemoLogin(
        "another agency's coordinator", "noor.haddad@north-bay.example.gov", "Noor Haddad (demo)"
    ),
    DemoLogin("facilitator", "farah.ito@example.org", "Farah Ito (demo)"),
    DemoLogin("organizer", "olive.grant@example.org", "Olive Grant (demo)"),
    DemoLogin("site administrator", "ada.king@example.org", "Ada King (demo)"),
)
