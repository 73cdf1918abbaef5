"""A real PostgreSQL on the loopback address, with a data folder of its own."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pg8000.dbapi

from tests.conftest import missing


def program(name: str) -> str:
    """Find one of PostgreSQL's programs: on the path, or where Debian puts them."""
    beside = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *beside]))
    if found is None:
        missing("no PostgreSQL on this machine")
    assert found is not None
    return found


@dataclass
class Server:
    """A server that can be stopped and started again."""

    folder: Path
    user: dict[str, Any]
    port: int
    password: str = field(default_factory=lambda: secrets.token_hex(12))
    process: subprocess.Popen[bytes] | None = None
    made: int = 0

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        line = [program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        line += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(line, stdout=log, stderr=log, cwd=self.folder, **self.user)
        deadline = time.monotonic() + 60
        while True:
            try:
                self.ask("select 1")
                return
            except (pg8000.dbapi.Error, OSError):
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.1)

    def stop(self) -> None:
        """Stop at once, whoever is connected."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
            self.process = None

    def new(self) -> str:
        """Make a database, and give its address."""
        self.made += 1
        name = f"class{self.made}"
        self.ask(f"create database {name}")
        return f"postgresql+pg8000://siru:{self.password}@127.0.0.1:{self.port}/{name}"

    def ask(self, statement: str) -> list[Any]:
        """Run a statement, and give the rows if there are any."""
        connection = pg8000.dbapi.connect(
            "siru", host="127.0.0.1", port=self.port, password=self.password, database="postgres", timeout=10
        )
        try:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def connections(self) -> int:
        """Count who is connected to the databases that were made here."""
        return int(self.ask("select count(*) from pg_stat_activity where datname like 'class%'")[0][0])


@contextmanager
def postgres() -> Iterator[Server]:
    """Start a server, and end it by its process number."""
    initdb = program("initdb")
    folder = Path(tempfile.mkdtemp(prefix="siru-postgres-"))
    server = Server(folder, _somebody(folder), _free_port())
    try:
        (folder / "password").write_text(server.password)
        line = [initdb, "-D", str(folder / "data"), "-U", "siru", "--auth=scram-sha-256", "--no-sync", "-E", "UTF8"]
        line += ["--locale=C", f"--pwfile={folder / 'password'}"]
        subprocess.run(line, check=True, capture_output=True, cwd=folder, **server.user)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _somebody(folder: Path) -> dict[str, Any]:
    """Choose who runs it: PostgreSQL refuses root."""
    if os.getuid():
        return {}
    known = {entry.pw_name for entry in pwd.getpwall()}
    account = pwd.getpwnam("postgres" if "postgres" in known else "nobody")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
