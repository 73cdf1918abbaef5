"""The files for Kubernetes have the form that their charts publish; no cluster is needed to see that."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
import yaml

from tests.conftest import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
DOCUMENTS: dict[str, dict[str, Any]] = {
    path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))
}

# The top-level values that each chart knows, and those within them that we set. Helm refuses others where the chart
# publishes a schema (jupyterhub), and ignores them in silence where it does not.
KNOWN: dict[str, dict[str, set[str]]] = {
    "jupyterhub.yaml": {
        "hub": {"config", "services", "extraConfig", "db", "networkPolicy", "resources", "loadRoles", "extraFiles"},
        "proxy": {"https", "service", "secretToken", "chp", "traefik", "secretSync"},
        "singleuser": {
            "image",
            "defaultUrl",
            "extraEnv",
            "cpu",
            "memory",
            "storage",
            "networkPolicy",
            "extraFiles",
            "startTimeout",
        },
        "cull": {"enabled", "timeout", "every", "users", "maxAge", "concurrency", "adminUsers", "removeNamedServers"},
        "scheduling": {"userScheduler", "podPriority", "userPlaceholder", "corePods", "userPods"},
        "prePuller": {"hook", "continuous", "extraImages", "pause"},
        "ingress": {"enabled", "hosts", "annotations", "tls", "pathSuffix"},
    },
    "ngshare.yaml": {
        "image": {"repository", "tag", "pullPolicy", "imagePullSecrets"},
        "deployment": {"replicaCount", "strategy", "port", "fsGroup", "resources", "initContainers"},
        "ngshare": {"admins", "hub_api_url", "hub_base_url", "hub_api_token", "debug", "upgrade_db", "env", "args"},
        "pvc": {"storage", "annotations", "selector", "storageClassName", "accessModes"},
    },
    "dask-operator.yaml": {
        "image": {"name", "tag", "pullPolicy"},
        "rbac": {"create", "cluster"},
        "kopfArgs": set(),
        "resources": {"requests", "limits"},
    },
}
REQUIRED = {
    "jupyterhub.yaml": ["hub.config.JupyterHub.authenticator_class", "proxy.https.hosts", "singleuser.image.tag"],
    "ngshare.yaml": ["ngshare.admins", "ngshare.hub_api_url", "image.tag", "pvc.storage"],
    "dask-operator.yaml": ["image.tag", "rbac.create"],
    "grading.yaml": ["spec.worker.replicas", "spec.worker.spec.containers", "spec.scheduler.service.ports"],
    "network.yaml": ["spec.podSelector.matchLabels", "spec.ingress", "spec.egress"],
}
SECRET = re.compile(r"secret|token|password|cookie|private_?key", re.IGNORECASE)
# Named like secrets, and none: where a login gives its token, and whether a pod gets one.
NO_SECRET = {"token_url", "automountServiceAccountToken"}


def at(document: Any, path: str) -> Any:
    for key in path.split("."):
        document = document[key]
    return document


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, str(key)))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, str(number)))
    else:
        yield path, value


def test_every_file_is_checked() -> None:
    assert set(DOCUMENTS) == set(REQUIRED)


@pytest.mark.parametrize("name", KNOWN)
def test_a_chart_knows_all_values(name: str) -> None:
    known = KNOWN[name]
    assert set(DOCUMENTS[name]) <= set(known)
    unknown = {
        f"{key}.{inner}"
        for key, value in DOCUMENTS[name].items()
        if isinstance(value, dict)
        for inner in set(value) - known[key]
    }
    assert unknown == set()


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, paths in REQUIRED.items() for path in paths])
def test_what_is_required_is_there(name: str, path: str) -> None:
    assert at(DOCUMENTS[name], path) not in (None, "", [], {})


@pytest.mark.parametrize("name", REQUIRED)
def test_no_secret_is_committed(name: str) -> None:
    found = [path for path, value in leaves(DOCUMENTS[name]) if SECRET.search(path[-1]) and path[-1] not in NO_SECRET]
    assert found == []
    # Long runs of letters and digits are keys, whatever they are called; variables of the environment are not.
    assert re.findall(r"\b(?![A-Z_]+\b)[0-9A-Za-z_-]{32,}\b", (FOLDER / name).read_text(encoding="utf-8")) == []


def test_git_ignores_the_folder_of_secrets() -> None:
    assert "secrets/" in (FOLDER / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_image_of_students_holds_neither_solutions_nor_secrets() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", (FOLDER / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    assert sources == {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "LICENSE-CONTENT",
        "requirements/cluster.txt",
        "siru_course",
        "data",
        "deploy/jupyterhub/roles",
        "deploy/kubernetes/nbgrader_config.py",
    }
    assert all((ROOT / source).exists() for source in sources)


def images() -> Iterator[tuple[str, str]]:
    for name, document in DOCUMENTS.items():
        for path, value in leaves(document):
            if path[-1] == "image":
                yield f"{name}: {value}", str(value).rpartition("/")[2].partition(":")[2]
            elif path[-2:] == ("image", "tag"):
                yield f"{name}: {'.'.join(path)}", value


@pytest.mark.parametrize(("where", "tag"), list(images()))
def test_images_are_pinned(where: str, tag: object) -> None:
    assert isinstance(tag, str), f"{where} is a number: quote it"
    assert re.fullmatch(r"v?\d+(\.\d+){1,2}([.-]\w+)*", tag), where


def test_who_logs_in_is_named_and_nobody_gets_in_without_a_password() -> None:
    config = DOCUMENTS["jupyterhub.yaml"]["hub"]["config"]
    assert config["JupyterHub"]["authenticator_class"] not in ("dummy", "null", "shared-password")
    assert "teacher" in config["Authenticator"]["allowed_users"]
    assert not any("allow_all" in settings for settings in config.values())
    assert DOCUMENTS["jupyterhub.yaml"]["proxy"]["https"]["enabled"] is True


def test_the_configuration_inside_the_values_is_python() -> None:
    for name, code in DOCUMENTS["jupyterhub.yaml"]["hub"]["extraConfig"].items():
        compile(code, name, "exec")


@pytest.mark.parametrize("person", ["teacher", "ada"])
def test_each_role_has_its_folder_of_settings(person: str) -> None:
    configured = SimpleNamespace(KubeSpawner=SimpleNamespace(environment={}))
    exec(DOCUMENTS["jupyterhub.yaml"]["hub"]["extraConfig"]["roles"], {"c": configured})
    folder = configured.KubeSpawner.environment["JUPYTER_CONFIG_PATH"](
        SimpleNamespace(user=SimpleNamespace(name=person))
    )
    assert folder == "/etc/siru/" + {"teacher": "teacher", "ada": "student"}[person]
    assert (ROOT / "deploy" / "jupyterhub" / "roles" / folder.rpartition("/")[2]).is_dir()


def test_only_the_teacher_s_server_reaches_the_grading_cluster() -> None:
    policy = DOCUMENTS["network.yaml"]["spec"]
    cluster = DOCUMENTS["grading.yaml"]["metadata"]["name"]
    assert policy["podSelector"]["matchLabels"] == {"dask.org/cluster-name": cluster}
    servers = [
        one["podSelector"]["matchLabels"]
        for rule in policy["ingress"]
        for one in rule["from"]
        if one["podSelector"]["matchLabels"].get("component") == "singleuser-server"
    ]
    assert [labels["hub.jupyter.org/username"] for labels in servers] == ["teacher"]


@pytest.mark.parametrize("part", ["worker", "scheduler"])
def test_grading_pods_have_no_rights(part: str) -> None:
    pod = DOCUMENTS["grading.yaml"]["spec"][part]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert "volumes" not in pod
    for container in pod["containers"]:
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]


def test_the_image_holds_what_grading_on_a_cluster_needs() -> None:
    image = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    locked = re.findall(r"--requirement (\S+)", image)
    assert locked == ["requirements/cluster.txt"]
    packages = re.findall(r"^([\w-]+)==", (ROOT / locked[0]).read_text(encoding="utf-8"), re.MULTILINE)
    assert {"distributed", "pg8000", "nbgrader"} <= set(packages)
    assert "bubblewrap" in image


@pytest.mark.parametrize("part", ["worker", "scheduler"])
def test_the_locked_dask_has_the_command(part: str) -> None:
    (container,) = DOCUMENTS["grading.yaml"]["spec"][part]["spec"]["containers"]
    assert container["args"][:2] == ["dask", part]
    assert part in {entry.name for entry in entry_points(group="dask_cli")}


def test_the_address_in_the_readme_is_the_scheduler_s() -> None:
    cluster = DOCUMENTS["grading.yaml"]
    (port,) = [one["port"] for one in at(cluster, "spec.scheduler.service.ports") if one["name"] == "tcp-comm"]
    # The operator names the service after the cluster.
    address = f"tcp://{cluster['metadata']['name']}-scheduler:{port}"
    readme = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"--scheduler (\S+?)`?\s", readme)) == {address}
    # The teacher's server may go there, and the cluster lets it in.
    (way,) = at(DOCUMENTS["jupyterhub.yaml"], "singleuser.networkPolicy.egress")
    assert port in [one["port"] for one in way["ports"]]
    assert way["to"][0]["podSelector"]["matchLabels"]["dask.org/cluster-name"] == cluster["metadata"]["name"]
    assert port in [
        one["port"] for rule in at(DOCUMENTS["network.yaml"], "spec.ingress") for one in rule.get("ports", [])
    ]


def test_servers_reach_the_exchange_past_the_pod_that_holds_the_certificate() -> None:
    called: list[str] = []
    exchange = SimpleNamespace(configureExchange=lambda c, address: called.append(address))
    code = (FOLDER / "nbgrader_config.py").read_text(encoding="utf-8")
    with patch.dict(sys.modules, ngshare_exchange=exchange):
        exec(code, {"get_config": SimpleNamespace})
    # With a certificate of its own the chart names the proxy so; proxy-public is then the pod in front of it.
    assert at(DOCUMENTS["jupyterhub.yaml"], "proxy.https.type") == "letsencrypt"
    (service,) = at(DOCUMENTS["jupyterhub.yaml"], "hub.services")
    assert called == [f"http://proxy-http:8000/services/{service}"]


def test_both_images_hold_the_same_jupyterhub() -> None:
    files = [(FOLDER / name).read_text(encoding="utf-8") for name in ("Dockerfile", "ngshare.Dockerfile")]
    assert len({tuple(re.findall(r"jupyterhub==[\d.]+", text)) for text in files}) == 1


def test_grading_and_servers_run_the_same_image() -> None:
    image = DOCUMENTS["jupyterhub.yaml"]["singleuser"]["image"]
    used = {value for path, value in leaves(DOCUMENTS["grading.yaml"]) if path[-1] == "image"}
    assert used == {f"{image['name']}:{image['tag']}"}
