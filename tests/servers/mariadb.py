"""A MariaDB server with its own data folder: an administrator, and accounts that may SELECT and nothing else."""

import os
import shutil
import subprocess

from . import processes, tls

ADMIN, ADMIN_PASSWORD = "admin", "admin-secret"
READER, READER_PASSWORD = "reader", "reader-secret"
TLS_READER, TLS_READER_PASSWORD = "tls_reader", "tls-reader-secret"
DIRECTORY_SQL = processes.ROOT / "docs" / "contract" / "directory.sql"


class MariaDB:
    """reader may SELECT everywhere; tls_reader too, but only over TLS; admin may do everything."""

    host = "127.0.0.1"
    admin, admin_password = ADMIN, ADMIN_PASSWORD
    reader, reader_password = READER, READER_PASSWORD
    tls_reader, tls_reader_password = TLS_READER, TLS_READER_PASSWORD

    def __init__(self, port):
        self.port = port

    def client(self, sql, database=None, user=ADMIN, password=ADMIN_PASSWORD, options=()):
        """The command-line client's CompletedProcess; rows come as lines of tab-separated values."""
        command = [_program("mariadb"), "--no-defaults", "--host=127.0.0.1", "--protocol=tcp", f"--port={self.port}",
                   f"--user={user}", "--default-character-set=utf8mb4", "--batch", "--skip-column-names", *options]
        if database:
            command.append(database)
        return subprocess.run(command, input=sql, capture_output=True, text=True, encoding="utf-8", check=False,
                              env=dict(os.environ, MYSQL_PWD=password))

    def run(self, sql, database=None):
        """Runs statements as the administrator; returns the rows as lists of strings."""
        done = self.client(sql, database)
        if done.returncode != 0:
            raise RuntimeError(f"MariaDB: {done.stderr.strip()}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def create(self, database):
        """A new, empty database with the directory's tables."""
        self.run(f"DROP DATABASE IF EXISTS `{database}`; "
                 f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;")
        self.run(DIRECTORY_SQL.read_text(encoding="utf-8"), database)


def _program(name):
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if path is None:
        raise RuntimeError(f"no {name} on this machine: install mariadb-server")
    return path


def _start():
    certs = tls.certificates()
    folder = processes.state_folder() / "mariadb"
    data = folder / "data"
    folder.mkdir()
    user = ["--user=root"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [_program("mariadb-install-db"), "--no-defaults", f"--datadir={data}", "--skip-test-db",
         "--auth-root-authentication-method=normal", *user], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"mariadb-install-db: {done.stdout}{done.stderr}")
    accounts = folder / "accounts.sql"
    accounts.write_text(
        f"CREATE USER '{ADMIN}'@'127.0.0.1' IDENTIFIED BY '{ADMIN_PASSWORD}';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO '{ADMIN}'@'127.0.0.1' WITH GRANT OPTION;\n"
        f"CREATE USER '{READER}'@'127.0.0.1' IDENTIFIED BY '{READER_PASSWORD}';\n"
        f"GRANT SELECT ON *.* TO '{READER}'@'127.0.0.1';\n"
        f"CREATE USER '{TLS_READER}'@'127.0.0.1' IDENTIFIED BY '{TLS_READER_PASSWORD}' REQUIRE SSL;\n"
        f"GRANT SELECT ON *.* TO '{TLS_READER}'@'127.0.0.1';\n", encoding="utf-8")
    port = processes.free_port()
    pid = processes.spawn("mariadb", [
        _program("mariadbd"), "--no-defaults", f"--datadir={data}", "--socket=tests.sock",  # in the data folder
        f"--pid-file={folder / 'pid'}", "--bind-address=127.0.0.1", f"--port={port}", "--skip-name-resolve",
        "--character-set-server=utf8mb4", "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0",
        "--innodb-flush-method=nosync", "--performance-schema=OFF", f"--init-file={accounts}",
        f"--ssl-ca={certs.ca}", f"--ssl-cert={certs.server}", f"--ssl-key={certs.server_key}", *user])
    server = MariaDB(port)
    processes.wait_until(lambda: server.client("SELECT 1").returncode == 0, "mariadb", pid, 60)
    return port


def start():
    return MariaDB(processes.once("mariadb", _start))
