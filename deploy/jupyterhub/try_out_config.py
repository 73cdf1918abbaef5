"""The same hub to try out on your own machine: no accounts, no passwords, nobody kept from anybody's files.

Whoever reaches it gets in under any of the names in ``hub.toml``, and every server runs as you. It listens on this
machine only. Never let a class use it.
"""

from pathlib import Path
from urllib.parse import urlsplit

c = get_config()

here = Path(__file__).resolve().parent
load_subconfig(str(here / "jupyterhub_config.py"))

people, exchange = here / "try-out" / "people", here / "try-out" / "exchange"
people.mkdir(parents=True, exist_ok=True)
exchange.mkdir(exist_ok=True)
exchange.chmod(0o777)  # nbgrader refuses an exchange that not everybody can write to

c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "simple"
c.Spawner.args = ["--allow-root"]  # in a container one is often root
c.SimpleLocalProcessSpawner.home_dir_template = str(people / "{username}")
c.Spawner.environment["SIRU_EXCHANGE"] = str(exchange)

c.JupyterHub.bind_url = f"http://127.0.0.1:{urlsplit(c.JupyterHub.bind_url).port or 8000}"
c.JupyterHub.ssl_key = c.JupyterHub.ssl_cert = c.JupyterHub.subdomain_host = ""
