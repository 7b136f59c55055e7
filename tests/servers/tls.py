"""Certificates made for this session, and stunnel as the TLS terminator before a server that has none."""

import pathlib
import shutil
import socket
import ssl
import subprocess

from . import processes

OPENSSL = "openssl"


def _openssl(*arguments):
    done = subprocess.run([OPENSSL, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.strip()}")


def _authority(folder, name):
    _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "7",
             "-subj", f"/CN=powerreport tests {name}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem",
             "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")


def _certificate(folder, authority, name, alternative, days="7"):
    extensions = folder / f"{name}.ext"
    extensions.write_text(f"subjectAltName={alternative}\nbasicConstraints=CA:FALSE\n"
                          "extendedKeyUsage=serverAuth\n", encoding="utf-8")
    _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-subj", f"/CN={alternative.split(':')[1].split(',')[0]}", "-keyout", folder / f"{name}.key",
             "-out", folder / f"{name}.csr")
    _openssl("x509", "-req", "-in", folder / f"{name}.csr", "-CA", folder / f"{authority}.pem",
             "-CAkey", folder / f"{authority}.key", "-CAcreateserial", "-days", days, "-extfile", extensions,
             "-out", folder / f"{name}.pem")


class Certificates:
    """ca signs server (localhost, 127.0.0.1) and elsewhere (another host's name); other_ca signs nothing here."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.folder = folder
        self.ca, self.other_ca = folder / "ca.pem", folder / "other-ca.pem"
        self.server, self.server_key = folder / "server.pem", folder / "server.key"
        self.elsewhere, self.elsewhere_key = folder / "elsewhere.pem", folder / "elsewhere.key"

    def server_context(self, certificate=None, key=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate or self.server, key or self.server_key)
        return context


def certificates():
    def make():
        folder = processes.state_folder() / "certificates"
        folder.mkdir()
        _authority(folder, "ca")
        _authority(folder, "other-ca")
        _certificate(folder, "ca", "server", "DNS:localhost,IP:127.0.0.1")
        _certificate(folder, "ca", "elsewhere", "DNS:elsewhere.example")
        return str(folder)

    return Certificates(processes.once("certificates", make))


def terminator(target_port, certificate="server"):
    """The port of a TLS terminator before 127.0.0.1:target_port, showing the named certificate; one a pair."""
    name = f"stunnel-{certificate}-{target_port}"
    certs = certificates()

    def make():
        program = shutil.which("stunnel4") or shutil.which("stunnel") or "/usr/bin/stunnel4"
        port = processes.free_port()
        settings = processes.state_folder() / f"{name}.conf"
        settings.write_text(
            "foreground = yes\npid =\nsyslog = no\ndebug = notice\n"
            f"[front]\naccept = 127.0.0.1:{port}\nconnect = 127.0.0.1:{target_port}\n"
            f"cert = {certs.folder / certificate}.pem\nkey = {certs.folder / certificate}.key\n"
            "TIMEOUTclose = 0\n", encoding="utf-8")
        pid = processes.spawn(name, [program, settings])
        processes.wait_until(lambda: listens(port), name, pid, 20)
        return port

    return processes.once(name, make)


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
