"""A hub for one class on one machine, whose people have accounts on that machine.

What differs from class to class stands in ``hub.toml`` beside this file; README.md tells how to set it up.
"""

import tomllib
from pathlib import Path
from urllib.parse import urlsplit

c = get_config()

here = Path(__file__).resolve().parent
settings = tomllib.loads((here / "hub.toml").read_text(encoding="utf-8"))
teacher = settings["teacher"]

# Who may come in: those named, with the password of their account. Nobody administers others' servers.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.open_sessions = False
c.Authenticator.allowed_users = {teacher, *settings["students"]}

# Each server runs as its owner's account: that is what keeps the class directory from the students.
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.default_url = "/lab"


def role_folder(spawner):
    """Give the folder of settings that a person's server reads before all others."""
    return str(here / "roles" / ("teacher" if spawner.user.name == teacher else "student"))


c.Spawner.environment = {
    "JUPYTER_CONFIG_PATH": role_folder,
    "SIRU_CLASS_DIRECTORY": settings["class_directory"],
    "SIRU_EXCHANGE": settings["exchange"],
    # SQLAlchemy's warnings about how nbgrader uses it say nothing to a teacher.
    "PYTHONWARNINGS": "ignore::Warning:nbgrader",
}

# The hub's own files, which hold keys: nobody else reads them.
state = here / "state"
state.mkdir(mode=0o700, exist_ok=True)
c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")

c.JupyterHub.bind_url = settings["address"]
c.JupyterHub.ssl_key = settings["tls_key"]
c.JupyterHub.ssl_cert = settings["tls_cert"]
c.JupyterHub.subdomain_host = settings["subdomain_host"]
if urlsplit(settings["address"]).hostname not in ("127.0.0.1", "localhost", "::1") and not settings["tls_cert"]:
    raise ValueError("hub.toml: an address that others reach needs tls_key and tls_cert; passwords go over it.")
