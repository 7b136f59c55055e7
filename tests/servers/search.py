"""Real OpenSearch 2.17 and Elasticsearch 7.10 servers, run from their Maven artifacts (see *.pom.xml)."""

import json
import os
import pathlib
import shutil
import subprocess
import urllib.error
import urllib.request

from . import processes

KINDS = {
    "opensearch": "org.codelibs.opensearch.runner.OpenSearchRunner",
    "elasticsearch": "org.codelibs.elasticsearch.runner.ElasticsearchClusterRunner",
}
# Both runners refuse ports above 9299 and count nodes from 1.
FIRST_PORT, LAST_PORT = 9201, 9299
# Where a chroot's root is shown again; in no folder that is ever removed.
VIEW = "/mnt"
# Nothing a test sends to the loopback interface may go through a proxy of the environment.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SearchServer:
    def __init__(self, kind, port):
        self.kind, self.port, self.url = kind, port, f"http://127.0.0.1:{port}"

    def request(self, method, path, body=None, content_type="application/json"):
        """The answer as parsed JSON; an HTTP error is a RuntimeError with the answer's text."""
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        request = urllib.request.Request(self.url + path, data=body, method=method,
                                         headers={"Content-Type": content_type})
        try:
            with OPENER.open(request, timeout=120) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{self.kind}: {method} {path}: HTTP {error.code}: "
                               f"{error.read().decode(errors='replace')[:1000]}") from None
        return json.loads(text) if text else None


def _jars(kind):
    """The folder of the server's jars, fetched by Maven once and kept over sessions."""
    pom = pathlib.Path(__file__).with_name(f"{kind}.pom.xml")
    base = processes.build_folder() / "servers" / kind
    base.mkdir(parents=True, exist_ok=True)
    with processes.lock("jars", base):
        stamp, wanted = base / "pom.xml", pom.read_bytes()
        if not stamp.exists() or stamp.read_bytes() != wanted:
            shutil.rmtree(base / "lib", ignore_errors=True)
            maven = shutil.which("mvn")
            if maven is None:
                raise RuntimeError("no mvn on this machine: install maven")
            done = subprocess.run([maven, "-q", "-B", "-f", pom, "dependency:copy-dependencies",
                                   f"-DoutputDirectory={base / 'lib'}"], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"mvn cannot fetch {kind}: {done.stdout[-3000:]}{done.stderr[-1000:]}")
            stamp.write_bytes(wanted)
    return base / "lib"


def _start(kind):
    java = shutil.which("java")
    if java is None:
        raise RuntimeError("no java on this machine: install default-jre-headless")
    jars = _jars(kind)
    data = processes.state_folder() / kind
    data.mkdir()
    with processes.lock("search-port"):  # the two servers start side by side and must not choose the same port
        port = processes.free_port(FIRST_PORT, LAST_PORT)
        pid = processes.spawn(kind, [
            *_in_a_mounted_root(data), java, "-Xms512m", "-Xmx1g", "-XX:+UseSerialGC", "-cp", f"{jars}/*", KINDS[kind], "-basePath", data,
            "-numOfNode", 1, "-clusterName", f"tests-{os.environ[processes.OWNER]}-{kind}", "-baseHttpPort", port - 1])
        server = SearchServer(kind, port)
        processes.wait_until(lambda: _ready(server), kind, pid, 180)
    return port


def _in_a_mounted_root(folder):
    """What to put before a Java command that asks for the file system of `folder`.

    Java looks the folder's mount point up in the list of mounts, where the root of a plain chroot is missing; both
    servers then refuse to start. There, the command gets a view of the same root that is a mount, in a mount name
    space of its own.
    """
    point, device = folder.resolve(), os.stat(folder).st_dev
    while point != point.parent and os.stat(point.parent).st_dev == device:
        point = point.parent
    if os.geteuid() != 0 or processes.is_mounted(point):
        return []
    processes.undo_mount(VIEW)
    return ["unshare", "--mount", "--propagation=unchanged", "sh", "-c",
            'mount --rbind / "$0" && exec chroot "$0" "$@"', VIEW]


def _ready(server):
    try:
        return server.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s")["status"] != "red"
    except (OSError, RuntimeError, ValueError):
        return False


def start(kind):
    return SearchServer(kind, processes.once(kind, lambda: _start(kind)))
