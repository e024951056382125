"""Settings: one file, ordered by subject; what varies comes from the environment.

docs/operations.md lists every variable that is read here.
"""

import re
import ssl
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from accounts import rates
from ciwo_portal import logs, switches

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where and how it runs ---------------------------------------------------------------------

DEBUG = switches.switch(env, "DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Sessions and links are signed with it: set it to a long random "
        "text and keep it secret. `make run` and `make test` set one by themselves."
    )
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Absolute links (mails, calendars, feeds) are built from this, never from the request.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_HOST = switches.host_of(SITE_URL)
IS_HTTPS = SITE_URL.startswith("https://")
IS_PUBLIC = not switches.is_loopback(SITE_HOST)  # other people reach it, by https or not
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE_HOST, "127.0.0.1", "localhost"])
switches.refuse_hosts(ALLOWED_HOSTS, is_public=IS_PUBLIC)
if IS_PUBLIC:
    switches.refuse_guessable_keys([SECRET_KEY, *SECRET_KEY_FALLBACKS])
    if DEBUG:
        switches.refuse_debug()
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ROOT_URLCONF = "ciwo_portal.urls"
WSGI_APPLICATION = "ciwo_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_NAME = "CIWO Learning Community"
# Demo data says that it is demo: pages carry a banner while this is on.
HAS_DEMO_DATA = switches.switch(env, "HAS_DEMO_DATA", default=False)
# Its people sign in with a password that everybody knows: on this machine only.
ADMITS_DEMO_PEOPLE = HAS_DEMO_DATA and not IS_PUBLIC
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="learning@example.org")

INSTALLED_APPS = [
    "ciwo_portal.apps.PortalConfig",
    "accounts",
    "agencies",
    "library",
    "notifications",
    "jobs",
    "webinars",
    "sessions.apps.SessionsConfig",
    "surveys",
    "records",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_structlog",
    "django_prometheus",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Nothing above these three answers by itself, and what answers early stands below them.
    "ciwo_portal.middleware.HostMiddleware",
    "ciwo_portal.middleware.CharsetMiddleware",
    "ciwo_portal.visitor_cache.VisitorCacheMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # below those whose headers files carry, too
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "ciwo_portal.sitting.ReaderRightsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "ciwo_portal.middleware.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "ciwo_portal.sitting.SittingMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ciwo_portal.middleware.BusyMiddleware",
    "ciwo_portal.middleware.MethodMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["ciwo_portal.templatetags.portal", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ciwo_portal.context.portal",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data --------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres://localhost/ciwo")}
DATABASES["default"]["CONN_MAX_AGE"] = switches.number(env, "CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Compiling a query costs more than it saves on pages, and a page of an SSD is as near as the next.
DATABASE_LIMITS = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "jit": "off",
    "random_page_cost": "1.1",
}
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
# Through a pooler that lends a connection for one transaction only, nothing may be asked of the
# connection itself: the limits are the role's then (docs/operations.md), and no cursor is kept.
HAS_DATABASE_POOLER = switches.switch(env, "HAS_DATABASE_POOLER", default=False)
if HAS_DATABASE_POOLER:
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
else:
    DATABASES["default"]["OPTIONS"]["options"] = " ".join(
        f"-c {name}={limit}" for name, limit in DATABASE_LIMITS.items()
    )
REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "ciwo_portal.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "ciwo",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    },
    # Parts that are the same on every page: the head for visitors, the foot.
    "template_fragments": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # While Redis is away: tries to sign in are counted here, everything else is not kept.
    "limits": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "nowhere": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
# How long a visitor's page may be old, in seconds; 0 keeps none.
VISITOR_CACHE_SECONDS = switches.number(env, "VISITOR_CACHE_SECONDS", default=30)

# --- Work in the background: Postgres holds what is owed, this only says "look now" ---------------

CELERY_BROKER_URL = REDIS_URL
# Over rediss:// Celery alone would take any certificate.
CELERY_BROKER_USE_SSL = REDIS_URL.startswith("rediss:") and {"ssl_cert_reqs": ssl.CERT_REQUIRED}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "max_retries": 1}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
# Long work leaves one process of the worker to mail.
JOBS_AT_ONCE = max(1, switches.number(env, "WORKER_CONCURRENCY", default=2) - 1)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"


def _tick(task: str, every: float | crontab, expires: int = 60) -> dict[str, Any]:
    """Start the task so often (seconds, or a UTC time of day).

    One that waited longer than until the next is dropped: the next asks the same question.
    """
    return {"task": task, "schedule": every, "options": {"expires": expires}}


NIGHT = 12 * 3600  # seconds: what is done in the night of all the zones may wait so long
CELERY_BEAT_SCHEDULE = {
    "drain": _tick("notifications.tasks.drain", 15.0),
    "jobs": _tick("jobs.tasks.run_waiting", 15.0),
    "digests": _tick("notifications.tasks.queue_digests", 60.0),
    "webinar-reminders": _tick("webinars.tasks.queue_reminders", 60.0),
    "webinar-publishing": _tick("webinars.tasks.publish_due", 60.0),
    "seat-offers": _tick("webinars.tasks.settle_offers", 60.0),
    "webinar-leavers": _tick("webinars.tasks.release_leavers", 60.0),
    "session-reminders": _tick("sessions.tasks.queue_reminders", 60.0),
    "session-newcomers": _tick("sessions.tasks.invite_newcomers", 60.0),
    "session-leavers": _tick("sessions.tasks.release_leavers", 60.0),
    "survey-reminders": _tick("surveys.tasks.queue_reminders", 60.0),
    "undecided-requests": _tick("ciwo_portal.tasks.chase_requests", 3600.0, 3600),
    "expired-files": _tick("jobs.tasks.forget", crontab(minute=40), 3600),
    "attendance-times": _tick(
        "records.tasks.forget_attendance_times", crontab(hour=8, minute=20), NIGHT
    ),
    "second-factors": _tick(
        "accounts.tasks.seal_second_factors", crontab(hour=8, minute=40), NIGHT
    ),
    "published-totals": _tick("surveys.tasks.audit_published", 3600.0, 3600),
    "clean-up": _tick("ciwo_portal.tasks.clean_up", crontab(hour=8, minute=40), NIGHT),
}
# For so long after a webinar it is known when people joined and left; then only for how long.
ATTENDANCE_TIMES_DAYS = switches.number(env, "ATTENDANCE_TIMES_DAYS", default=180)
# What ciwo_portal.cleanup forgets, after how many days.
OUTBOX_DAYS = switches.number(env, "OUTBOX_DAYS", default=400)
DELIVERY_REPORT_DAYS = switches.number(env, "DELIVERY_REPORT_DAYS", default=90)
UNVERIFIED_ACCOUNT_DAYS = switches.number(env, "UNVERIFIED_ACCOUNT_DAYS", default=30)
DOWNLOAD_LOG_DAYS = switches.number(env, "DOWNLOAD_LOG_DAYS", default=730)

# For so long a person finds what the worker has made, such as a large table.
EXPORT_HOURS = env.int("EXPORT_HOURS", default=24)

# --- Mail --------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="smtp://127.0.0.1:1025"))
EMAIL_TIMEOUT = 15
# Off, what is owed is kept and nothing goes out: how a restored system starts.
SENDS_MAIL = switches.switch(env, "SENDS_MAIL", default=True)
# The provider behind EMAIL_URL, where it reports what became of messages to /mail/reports/.
MAIL_PROVIDER = env.str("MAIL_PROVIDER", default="")
ANYMAIL = {
    "WEBHOOK_SECRET": env.str("MAIL_REPORTS_LOGIN", default=""),  # name:password
    "MAILGUN_WEBHOOK_SIGNING_KEY": env.str("MAILGUN_SIGNING_KEY", default=""),
}
switches.refuse_reports(MAIL_PROVIDER, *ANYMAIL.values())
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <learning@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MESSAGE_ID_DOMAIN = env.str("MESSAGE_ID_DOMAIN", default="ciwo.example.org")

# --- Accounts ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.sign_in.SignIn"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "ciwo_portal.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "ciwo_portal.person_forms.SignupForm"
ACCOUNT_FORMS = {
    "login": "ciwo_portal.forms.LoginForm",
    "request_login_code": "ciwo_portal.forms.RequestLoginCodeForm",
}
MFA_FORMS = {
    "add_webauthn": "accounts.passkey_forms.AddForm",
    "login_webauthn": "accounts.passkey_forms.LoginForm",
    "reauthenticate_webauthn": "accounts.passkey_forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True  # the way in while a stranger tries passwords
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # seconds, as long as its mail is of use
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # tell people what was changed in their account
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = rates.RATES
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_ADAPTER = "accounts.sealing.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # one step more or less, for slow typing and clocks apart (RFC 6238, 5.2)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
SESSION_ENGINE = "ciwo_portal.session_store"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: nobody stays signed in longer
SESSION_IDLE = 60 * 60  # seconds without a request that end a sitting
SESSION_IDLE_MANAGING = 30 * 60  # the same for organisers and administrators

# --- Headers and cookies -----------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "media-src": [SELF],  # recordings and their captions
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
# Other hosts of the domain are bound by these, for a year and without a way back: only when asked.
SECURE_HSTS_INCLUDE_SUBDOMAINS = switches.switch(env, "HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = switches.switch(env, "HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # they ask for these two
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^livez$", r"^readyz$", r"^metrics$"]
IS_BEHIND_PROXY = switches.switch(env, "BEHIND_PROXY", default=False)
if IS_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # else all people share the proxy's own limit of tries
_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_PREFIX}sessionid"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
DEVICE_COOKIE_NAME = f"{_PREFIX}device"  # accounts.devices
CSRF_COOKIE_NAME = f"{_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ciwo_portal.views.errors.csrf_failure"

# --- Files -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / ".run" / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.path("MEDIA_ROOT", default=BASE_DIR / ".run" / "media")  # never served as it is
# Where nginx keeps MEDIA_ROOT as an `internal` location; without it we send files ourselves.
PROTECTED_FILES_PREFIX = env.str("PROTECTED_FILES_PREFIX", default="")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.str(
            "STATIC_STORAGE",
            default="whitenoise.storage.CompressedManifestStaticFilesStorage",
        )
    },
}
# Where ClamAV's daemon listens: a path, or host:port. Without one, no file is scanned.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")
if CLAMD_ADDRESS and not re.fullmatch(r"/.+|[^/]+:\d{1,5}", CLAMD_ADDRESS):
    raise ImproperlyConfigured(
        "CLAMD_ADDRESS is the path of clamd's socket, such as /run/clamav/clamd.ctl, or host:3310."
    )
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Bytes without files: a text that is far too long meets its field's error, which keeps it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# --- Language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- Watching ----------------------------------------------------------------------------------

LOGGING = logs.LOGGING

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
# Bearer token for /metrics; without one it is read on this machine, and nowhere if public.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if IS_PUBLIC:
    switches.refuse_short_tokens(metrics=METRICS_TOKEN, reports=ANYMAIL["WEBHOOK_SECRET"])
SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    import sentry_sdk

    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False, traces_sample_rate=0.0)
