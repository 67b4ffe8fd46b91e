"""Settings, all of them, from the environment. Production refuses unsafe values."""

import os
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from workflows.operations import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# DEMO and TESTING are said by the launcher, never guessed.
DEMO = env.bool("ASSAY_DEMO", default=False)
TESTING = env.bool("ASSAY_TESTING", default=False)
DEBUG = env.bool("DEBUG", default=False)
SAFE_TO_BE_LAX = DEMO or TESTING or DEBUG

SECRET_KEY = env.str("SECRET_KEY", default="demo-only-not-a-secret" if SAFE_TO_BE_LAX else "")
if not SECRET_KEY or (not SAFE_TO_BE_LAX and len(SECRET_KEY) < 50):
    raise ImproperlyConfigured("Set SECRET_KEY to at least 50 random characters.")
if DEBUG and not (DEMO or TESTING) and env.bool("ASSAY_PRODUCTION", default=False):
    raise ImproperlyConfigured("DEBUG must be off in production.")
# Sealed payloads are encrypted under a key that the database never sees (product: evidence).
SEALING_KEY = env.str("SEALING_KEY", default="00" * 32 if SAFE_TO_BE_LAX else "")
# The Ed25519 seed that signs checkpoints, 64 hex digits.
CHECKPOINT_KEY = env.str("CHECKPOINT_KEY", default="11" * 32 if SAFE_TO_BE_LAX else "")
if not SAFE_TO_BE_LAX and (len(SEALING_KEY) != 64 or len(CHECKPOINT_KEY) != 64):
    raise ImproperlyConfigured("Set SEALING_KEY and CHECKPOINT_KEY to 64 hex digits each.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if SAFE_TO_BE_LAX else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "workflows.site",
    "workflows.organisation",
    "workflows.ledger",
    "workflows.notices",
    "workflows.documents",
    "workflows.engine",
    "workflows.reports",
    "workflows.operations",
    "innovation.proposals",
    "innovation.awards",
    "innovation.history",
    "innovation.objections",
    "innovation.reverification",
    "maintenance_audit.hazards",
    "maintenance_audit.register",
    "maintenance_audit.jobs",
    "maintenance_audit.lots",
    "maintenance_audit.inspections",
    "maintenance_audit.findings",
    "maintenance_audit.assessments",
    "maintenance_audit.circles",
    "maintenance_audit.measures",
    "config.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "bootstrap",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "ninja",
    "viewflow",
    "viewflow.workflow",
]
VIEWFLOW = {"AUTOREGISTER": False}

MIDDLEWARE = [
    "workflows.operations.middleware.WatchMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "workflows.site.policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "workflows.organisation.middleware.KnownPersonMiddleware",
    "workflows.organisation.access.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "workflows.site.nul.NulMiddleware",
    "workflows.site.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workflows.site.context_processors.shell",
            ],
            "builtins": ["workflows.site.templatetags.assay"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///assay")}
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("CONN_MAX_AGE", default=600),
    CONN_HEALTH_CHECKS=True,
    # A lock that is not had in this time is a colleague at work: the person gets a 409, not a hanging page.
)
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"].setdefault("options", "-c lock_timeout=10000 -c timezone=UTC")
# Hot statements are parsed and planned once a connection; off behind a pooler that shares connections.
PREPARED_STATEMENTS = env.bool("PREPARED_STATEMENTS", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Tests side by side get databases of their own in Redis, as pytest-django gives them in PostgreSQL.
TEST_WORKER = int(env.str("PYTEST_XDIST_WORKER", default="gw0").removeprefix("gw")) if TESTING else 0
REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")


def _celery_broker(url: str, database: int) -> str:
    """Celery names a unix socket differently from redis-py."""
    if url.startswith("unix://"):
        return "redis+socket://" + url.removeprefix("unix://").split("?")[0] + f"?virtual_host={database}"
    return url


def _cache_location(url: str, database: int) -> str:
    if url.startswith("unix://"):
        return url.split("?")[0] + f"?db={database}"
    return url


CACHES = {
    "default": {
        "BACKEND": "workflows.store.cache.DispensableCache",
        "LOCATION": _cache_location(REDIS_URL, 1 + 2 * TEST_WORKER),
        "KEY_PREFIX": str(DATABASES["default"]["NAME"]),  # two databases beside one Redis keep apart
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("HTTPS", default=not SAFE_TO_BE_LAX)
SECURE_SSL_REDIRECT = env.bool("HTTPS_REDIRECT", default=False)
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=0)
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CELERY_BROKER_URL = _celery_broker(REDIS_URL, 2 + 2 * TEST_WORKER)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
# A killed worker's job comes back after this long; every job is safe to run twice.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "beat": {"task": "workflows.operations.tasks.beat", "schedule": 15.0},
    "deliver-notices": {"task": "workflows.notices.tasks.deliver", "schedule": 5.0},
    "gather-checkpoint": {"task": "workflows.ledger.tasks.gather_checkpoint", "schedule": 180.0},
    "warn-of-missing-years": {"task": "workflows.engine.tasks.warn_of_missing_years", "schedule": 24 * 3600.0},
    "turn-clocks": {"task": "workflows.engine.tasks.turn_clocks", "schedule": 30.0},
    "sweep-documents": {"task": "workflows.documents.tasks.sweep", "schedule": 24 * 3600.0},
    "open-reverifications": {
        "task": "innovation.reverification.tasks.open_reverifications",
        "schedule": 24 * 3600.0,
    },
    "open-award-rounds": {"task": "innovation.awards.tasks.open_rounds", "schedule": 3600.0},
    "open-lots": {"task": "maintenance_audit.lots.tasks.open_lots", "schedule": 3600.0},
    "look-again-at-draws": {"task": "maintenance_audit.lots.tasks.look_again", "schedule": 300.0},
    "work-on-forgotten-imports": {
        "task": "maintenance_audit.jobs.tasks.work_on_forgotten_imports",
        "schedule": 60.0,
    },
    "count-months": {"task": "workflows.reports.tasks.count_months", "schedule": 3600.0},
    "end-replaced-inspections": {
        "task": "maintenance_audit.inspections.tasks.end_replaced_inspections",
        "schedule": 300.0,
    },
    "climb-finding-ladders": {"task": "maintenance_audit.findings.tasks.climb_ladders", "schedule": 900.0},
    "open-missing-findings": {"task": "maintenance_audit.findings.tasks.open_missing_findings", "schedule": 300.0},
    "plan-monthly-checks": {"task": "maintenance_audit.assessments.tasks.plan_checks", "schedule": 3600.0},
    "tell-deadlines-of-checks": {"task": "maintenance_audit.assessments.tasks.tell_deadlines", "schedule": 3600.0},
    "tell-of-audit-reports": {"task": "maintenance_audit.measures.tasks.tell_of_reports", "schedule": 3600.0},
    "sweep-unfiled": {"task": "workflows.documents.tasks.sweep_unfiled", "schedule": 24 * 3600.0},
}
for _order in CELERY_BEAT_SCHEDULE.values():
    # What nobody took in time is ordered again anyway: after a night without a worker there is no queue to work off.
    if (_every := float(str(_order["schedule"]))) < 3600:
        _order["options"] = {"expires": max(60.0, 2 * _every)}
CELERY_BEAT_SCHEDULE_FILENAME = env.str("BEAT_SCHEDULE_FILE", default=str(BASE_DIR / "var" / "beat"))

AUTH_USER_MODEL = "organisation.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "workflows.organisation.backends.EmployeeBackend",
]
# The plant's LDAP directory, an extra (requirements-ldap.txt): see docs/sign-in.md. Empty: there is none.
LDAP_URL = env.str("LDAP_URL", default="")
LDAP_USER_DN = env.str("LDAP_USER_DN", default="")  # uid={number},ou=people,dc=plant; empty: search
LDAP_BASE = env.str("LDAP_BASE", default="")
LDAP_FILTER = env.str("LDAP_FILTER", default="(uid={number})")
LDAP_BIND_DN = env.str("LDAP_BIND_DN", default="")
LDAP_BIND_PASSWORD = env.str("LDAP_BIND_PASSWORD", default="")
LDAP_CA_FILE = env.str("LDAP_CA_FILE", default="")
LDAP_STARTTLS = env.bool("LDAP_STARTTLS", default=LDAP_URL.startswith("ldap:"))
if LDAP_URL:
    AUTHENTICATION_BACKENDS.append("workflows.organisation.signin.directory.PlantDirectory")
    if LDAP_URL.startswith("ldap:") and not LDAP_STARTTLS and not SAFE_TO_BE_LAX:
        raise ImproperlyConfigured("Passwords do not travel in the clear: use ldaps:// or leave LDAP_STARTTLS on.")
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["employee_no", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "employee_no"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "workflows.organisation.signin.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# The plant's own sign-in service: see docs/sign-in.md. Empty: there is none.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
if OIDC_ISSUER and not OIDC_ISSUER.startswith("https://") and not (TESTING or DEBUG):
    # Code, client secret and keys would travel in the clear, and whoever answers in its place could let anybody in.
    raise ImproperlyConfigured("Set OIDC_ISSUER to an https:// address.")
OIDC_NAME = env.str("OIDC_NAME", default="OpenID")
OIDC_NUMBER_CLAIM = env.str("OIDC_NUMBER_CLAIM", default="preferred_username")
OIDC_BRINGS_SECOND_FACTOR = env.bool("OIDC_BRINGS_SECOND_FACTOR", default=False)
SOCIALACCOUNT_ADAPTER = "workflows.organisation.signin.oidc.ServiceAdapter"
_OIDC_APP = {
    "provider_id": "plant",
    "name": OIDC_NAME,
    "client_id": env.str("OIDC_CLIENT_ID", default=""),
    "secret": env.str("OIDC_CLIENT_SECRET", default=""),
    "settings": {"server_url": OIDC_ISSUER},
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [_OIDC_APP] if OIDC_ISSUER else []}}
# Two limits, one per address and number, one per number from anywhere: see workflows/organisation/lockout.py.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], ["username"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
# The door opens when the page says; knocking meanwhile changes nothing, or anybody could keep it shut.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_HANDLER = "workflows.organisation.lockout.LockoutHandler"
AXES_LOCKOUT_CALLABLE = "workflows.organisation.lockout.refuse"
AXES_CLIENT_IP_CALLABLE = "workflows.organisation.lockout.address_of"
AXES_USERNAME_FORM_FIELD = "username"
AXES_ENABLE_ADMIN = False
# What stands in the log of failures as asterisks.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "passkey"]
AXES_SENSITIVE_PARAMETERS += ["old_password", "new_password1", "new_password2"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "workflows.documents.uploads.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

CSRF_FAILURE_VIEW = "workflows.site.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

EMAIL_CONFIG = env.email_url(
    "EMAIL_URL", default=f"filemail:///{BASE_DIR / 'var' / 'mail'}" if SAFE_TO_BE_LAX else "smtp://localhost:25"
)
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default="assay@localhost")
# Where messages for group robots go: nowhere, "direct" to the vendors, or a relay that passes on what comes under
# /wecom/, /dingtalk/ and /feishu/. Only this setting says so, never what people type.
ROBOT_RELAY = env.str("ROBOT_RELAY", default="")
if ROBOT_RELAY not in ("", "direct") and not ROBOT_RELAY.startswith(("http://", "https://")):
    raise ImproperlyConfigured('Set ROBOT_RELAY to an http(s) address, to "direct", or leave it empty.')
# The address that links in mails begin with; the product never guesses it from a request.
SITE_ADDRESS = env.str("SITE_ADDRESS", default="http://localhost:8000")

LOGGING = logs.configuration(
    env.str("LOG_LEVEL", default="WARNING" if TESTING else "INFO"),
    json=env.bool("LOG_JSON", default=not SAFE_TO_BE_LAX),
)
logs.configure()
# The log's lines are structlog's; Celery would put a handler of its own over them.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# Who may read /metrics: whoever brings this token, or asks from one of these networks (10.1.0.0/16). Neither: nobody.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=[])
# Where several web processes put their counts together; a folder of its own, emptied at each start.
if METRICS_DIR := env.str("METRICS_DIR", default=""):
    Path(METRICS_DIR).mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", METRICS_DIR)
