"""make install and make deb: everything in its place, units, the failure mail, man pages and completion that fit the
program."""

import base64
import contextlib
import email
import gzip
import os
import pty
import re
import shutil
import stat
import subprocess

import pytest

import reports

ROOT = reports.ROOT
INSTALL = ROOT / "tools" / "install"
COMMON = {"config", "db", "out", "now", "json", "quiet", "verbose", "help", "version"}


def run(*command, env=None, **more):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("POWERREPORT_")}
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, encoding="utf-8", check=False,
                          env={**clean, **(env or {})}, **more)


def install(build, dest, prefix, conf, state, *first):
    done = run(INSTALL / "install.sh", *first, build, dest, prefix, conf, state)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture(scope="module")
def installed(build, tmp_path_factory):
    """Installed for good: every place is where its files say."""
    root = tmp_path_factory.mktemp("installed")
    install(build, "", root / "usr", root / "etc", root / "state")
    return root


@pytest.fixture(scope="module")
def packed(build, tmp_path_factory):
    """Installed into a root, as for a package."""
    root = tmp_path_factory.mktemp("root")
    install(build, root, "/usr", "/etc/powerreport", "/var/lib/powerreport")
    return root


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return reports.small_store(tmp_path_factory.mktemp("small") / "store.db")


def run_installed(installed, store, folder, *more):
    return run(installed / "usr/bin/powerreport", "run", "--config", installed / "etc/report.ini", "--db", store,
               "--month", reports.SMALL_MONTH, "--now", reports.SMALL_NOW, *more, cwd=folder)


# --- make install -----------------------------------------------------------------------------------------------------

def test_the_installed_program_makes_a_report_from_its_own_places(installed, small, tmp_path):
    done = run_installed(installed, small, tmp_path, "--tenant", 2)
    assert (done.returncode, done.stderr) == (0, "")
    made = sorted((installed / "state/reports/2018-03/single").glob("2-*/*"))
    assert [path.name for path in made] == list(reports.FILES)
    fonts = run("pdffonts", made[1])
    expected = "NotoSansSC" if (installed / "usr/share/powerreport/fonts/NotoSansSC-Regular.ttf").exists() else "WenQuanYi"
    assert expected in fonts.stdout.replace("-", "").replace(" ", ""), fonts.stdout
    assert list(tmp_path.iterdir()) == []


def test_secrets_have_a_place_that_root_alone_reads(installed):
    assert stat.S_IMODE((installed / "etc/environment").stat().st_mode) == 0o600
    assert stat.S_IMODE((installed / "etc/report.ini").stat().st_mode) == 0o644
    assert not re.search("^[^#]", (installed / "etc/environment").read_text(encoding="utf-8"), re.MULTILINE)


def test_settings_that_are_there_are_kept_and_old_templates_go(installed, build):
    settings, old = installed / "etc/report.ini", installed / "usr/share/powerreport/templates/words/xx.ini"
    environment = installed / "etc/environment"
    before = {path: path.read_text(encoding="utf-8") for path in (settings, environment)}
    for path, text in before.items():
        path.write_text(text + "# mine\n", encoding="utf-8")
    old.write_text("", encoding="utf-8")
    install(build, "", installed / "usr", installed / "etc", installed / "state")
    assert all(path.read_text(encoding="utf-8") == text + "# mine\n" for path, text in before.items())
    assert (installed / "usr/share/powerreport/report.ini").read_text(encoding="utf-8") == before[settings]
    assert not old.exists()


def test_what_was_installed_is_removed_but_for_settings_and_reports(build, tmp_path):
    places = (tmp_path / "dest", "/opt/powerreport", "/etc/powerreport", "/var/lib/powerreport")
    install(build, *places)
    other = tmp_path / "dest/opt/powerreport/bin/other"
    other.write_text("", encoding="utf-8")
    report = tmp_path / "dest/var/lib/powerreport/reports/report.pdf"
    report.parent.mkdir()
    report.write_text("", encoding="utf-8")
    install(build, *places, "--remove")
    left = sorted(str(path.relative_to(tmp_path / "dest")) for path in (tmp_path / "dest").rglob("*") if path.is_file())
    assert left == ["etc/powerreport/environment", "etc/powerreport/report.ini", "opt/powerreport/bin/other",
                    "var/lib/powerreport/reports/report.pdf"]


def test_an_install_without_the_fetched_fonts_is_whole(build, tmp_path):
    (tmp_path / "build").mkdir()
    shutil.copy(build / "powerreport", tmp_path / "build")
    install(tmp_path / "build", tmp_path / "dest", "/usr", "/etc/powerreport", "/var/lib/powerreport")
    assert not (tmp_path / "dest/usr/share/powerreport/fonts").exists()


@pytest.mark.parametrize("prefix", ["relative/usr", "/usr/with space", "/usr|x"])
def test_a_place_that_files_cannot_name_is_refused(build, tmp_path, prefix):
    done = run(INSTALL / "install.sh", build, tmp_path, prefix, "/etc/powerreport", "/var/lib/powerreport")
    assert done.returncode == 2 and f"'{prefix}': expected" in done.stderr and list(tmp_path.iterdir()) == []


def test_settings_are_read_from_the_working_folder_before_the_installed_ones(build):
    """Where those are is built in: CONFDIR."""
    said = (build / "powerreport").read_bytes()
    confdir = (build / "confdir").read_text(encoding="utf-8").strip()
    assert f"{confdir}/report.ini\0".encode() in said


# --- units ------------------------------------------------------------------------------------------------------------

UNITS = ("powerreport.service", "powerreport.timer", "powerreport-failed@.service")


@pytest.fixture(scope="module")
def units(packed):
    folder = packed / "usr/lib/systemd/system"
    assert sorted(path.name for path in folder.iterdir()) == sorted(UNITS)
    return folder


def test_units_name_the_installed_places(packed, units):
    service = (units / "powerreport.service").read_text(encoding="utf-8")
    assert ("ExecStart=/usr/bin/powerreport run --quiet --config /etc/powerreport/report.ini $POWERREPORT_OPTIONS\n"
            in service)
    for name in UNITS:
        text = (units / name).read_text(encoding="utf-8")
        assert not re.search(r"@[A-Z]+@", text), name
        for command in re.findall(r"^ExecStart=(\S+)", text, re.MULTILINE):
            assert os.access(packed / command.lstrip("/"), os.X_OK), command
    crontab = (packed / "usr/share/doc/powerreport/examples/crontab").read_text(encoding="utf-8")
    (line,) = [line for line in crontab.splitlines() if re.match("[0-9]", line)]
    assert line.split(maxsplit=6)[5:] == [
        "powerreport", "cd /var/lib/powerreport && powerreport run --quiet --config /etc/powerreport/report.ini"]


def test_systemd_takes_the_units(packed, units):
    stubs = ["sysinit", "network-online", "timers", "basic", "shutdown", "multi-user"]
    for name in stubs:  # what the units refer to, since this root has no system in it
        (units / f"{name}.target").write_text(f"[Unit]\nDescription={name}\n", encoding="utf-8")
    instance = units / "powerreport-failed@x.service"
    shutil.copy(units / "powerreport-failed@.service", instance)
    try:
        for unit in ("powerreport.service", "powerreport.timer", "powerreport-failed@x.service"):
            said = run("systemd-analyze", "verify", "--man=no", f"--root={packed}", f"/usr/lib/systemd/system/{unit}")
            assert "powerreport" not in said.stderr, said.stderr
        # What a mistake would look like.
        (units / "powerreport.timer").write_text("[Timer]\nOnCalendar=*-*-99\nOnWeekday=1\n", encoding="utf-8")
        said = run("systemd-analyze", "verify", "--man=no", f"--root={packed}", "/usr/lib/systemd/system/powerreport.timer")
        assert "OnWeekday" in said.stderr and "calendar specification" in said.stderr, said.stderr
    finally:
        shutil.copy(INSTALL / "powerreport.timer", units / "powerreport.timer")
        instance.unlink()
        for name in stubs:
            (units / f"{name}.target").unlink()


def test_the_service_is_exposed_as_little_as_systemd_can_judge(packed):
    """2.0 of 10 or less, where 10 is a service without any protection."""
    said = run("systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=20", f"--root={packed}",
               "/usr/lib/systemd/system/powerreport.service")
    assert said.returncode == 0, said.stdout + said.stderr
    assert re.search(r"Overall exposure level for powerreport.service: [01]\.", said.stdout), said.stdout[-200:]


def test_the_timer_calls_every_morning_while_a_month_settles(units):
    timer = (units / "powerreport.timer").read_text(encoding="utf-8")
    (calendar,) = re.findall("^OnCalendar=(.*)$", timer, re.MULTILINE)
    said = run("systemd-analyze", "calendar", "--iterations=12", "--base-time=2026-10-31 12:00 UTC", calendar,
               env={"TZ": "UTC", "LC_ALL": "C"})
    days = re.findall(r"\d{4}-\d\d-\d\d 05:15:00", said.stdout)
    assert days[0] == "2026-11-01 05:15:00" and days[9] == "2026-11-10 05:15:00" and days[10] == "2026-12-01 05:15:00"
    assert "\nPersistent=yes\n" in timer
    hours = int(re.search(r"^settle_hours = (\d+)$", (ROOT / "report.ini").read_text(encoding="utf-8"), re.MULTILINE)[1])
    assert hours / 24 <= 7, "the last mornings are to try again what failed on the first one after settling"


def test_a_run_that_is_stopped_has_its_30_seconds(units):
    service = dict(re.findall(r"^(\w+)=(.*)$", (units / "powerreport.service").read_text(encoding="utf-8"), re.MULTILINE))
    (grace_ms,) = re.findall(r"#define STOP_AFTER_MS INT64_C\((\d+)\)",
                             (ROOT / "src/batch/schedule.c").read_text(encoding="utf-8"))
    assert int(service["TimeoutStopSec"]) * 1000 > int(grace_ms)
    assert (service["KillMode"], service["KillSignal"]) == ("mixed", "SIGTERM")
    assert service["OOMPolicy"] == "continue"  # a worker that the memory keeper kills costs its tenant alone


# --- the failure mail -------------------------------------------------------------------------------------------------

def fake_tools(folder, log):
    folder.mkdir()
    (folder / "sendmail").write_text(f"#!/bin/sh\ncat >{folder}/mail\necho \"$@\" >{folder}/arguments\n", encoding="utf-8")
    (folder / "journalctl").write_text(f"#!/bin/sh\necho \"$@\" >{folder}/asked\ncat {log}\n", encoding="utf-8")
    (folder / "systemctl").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    for path in folder.iterdir():
        path.chmod(0o755)
    return folder


def mail_of(installed, fake, **env):
    done = run(installed / "usr/libexec/powerreport/failure-mail", "powerreport.service", installed / "etc/report.ini",
               env={"PATH": f"{fake}:/usr/bin:/bin", **env})
    assert (done.returncode, done.stderr) == (0, "")
    return email.message_from_bytes((fake / "mail").read_bytes())


def test_a_run_that_failed_is_mailed_with_its_summary_and_its_log(installed, small, tmp_path):
    store = shutil.copy(small, tmp_path / "store.db")
    reports.change_store(store, "DELETE FROM point_15min_electric WHERE point_id = 101",
                         ("UPDATE tenant SET name = ? WHERE tenant_id = 1", (".\n客户\r\nBcc: other@example.com",)))
    failed = run_installed(installed, store, tmp_path, "--quiet", "--force")
    assert failed.returncode == 1 and failed.stdout == "" and "no data" in failed.stderr
    (tmp_path / "log").write_text(failed.stderr, encoding="utf-8")
    fake = fake_tools(tmp_path / "bin", tmp_path / "log")
    mail = mail_of(installed, fake, POWERREPORT_MAILTO="ops@example.com\r\nBcc: other@example.com",
                   MONITOR_SERVICE_RESULT="exit-code", MONITOR_EXIT_STATUS="1", MONITOR_INVOCATION_ID="4af1")
    assert (fake / "arguments").read_text(encoding="utf-8") == "-t\n"
    assert mail["To"] == "ops@example.comBcc: other@example.com" and mail["Bcc"] is None
    assert mail["Subject"] == f"powerreport failed on {os.uname().nodename} (powerreport.service)"
    body = base64.b64decode(mail.get_payload()).decode("utf-8")
    assert body.startswith(f"powerreport.service on {os.uname().nodename} has failed: exit-code 1.\n")
    summary = (installed / "state/reports/2018-03/summary.txt").read_text(encoding="utf-8")
    assert "no data" in summary and summary in body
    assert failed.stderr in body
    assert "_SYSTEMD_INVOCATION_ID=4af1" in (fake / "asked").read_text(encoding="utf-8")  # that run's log alone


def test_a_failure_before_the_first_tenant_is_mailed_without_an_old_summary(installed, tmp_path):
    (tmp_path / "log").write_text("powerreport: cannot open store 'no.db': no such file\n", encoding="utf-8")
    fake = fake_tools(tmp_path / "bin", tmp_path / "log")
    (fake / "systemctl").write_text("#!/bin/sh\ndate -d 'now + 1 hour' '+%a %Y-%m-%d %H:%M:%S %Z'\n", encoding="utf-8")
    body = base64.b64decode(mail_of(installed, fake).get_payload()).decode("utf-8")
    assert "--- the log\npowerreport: cannot open store" in body and "summary.txt" not in body


def test_where_no_mail_can_be_sent_the_log_says_so(installed, tmp_path):
    done = run(installed / "usr/libexec/powerreport/failure-mail", "powerreport.service", installed / "etc/report.ini",
               env={"POWERREPORT_SENDMAIL": str(tmp_path / "none")})
    assert done.returncode == 1
    assert done.stderr == f"failure-mail: no {tmp_path}/none here: nobody is told that powerreport.service failed\n"


# --- man pages --------------------------------------------------------------------------------------------------------

def man_page(name):
    return (ROOT / "docs" / "man" / name).read_text(encoding="utf-8")


def commands(program):
    said = program("--help", check=True).stdout
    return re.findall(r"^  ([a-z]+) ", said.partition("Commands:")[2].partition("Options")[0], re.MULTILINE)


def options(program, command):
    """Those that a command's help names beside those of all commands: {'month', 'o'}."""
    said = program(command, "--help", check=True).stdout
    own, _, common = said.partition("\nOptions of all commands:")
    assert set(re.findall(r"--([a-z]+)", common)) == COMMON
    return {long or short for long, short in re.findall(r"(?<![\w-])(?:--([a-z][a-z-]*)|-([a-z])\b)", own)}


def sections(page):
    """Of the page's commands: {'run': {'month', …}}; None holds the options of all."""
    found, name = {}, ""
    for line in page.splitlines():
        if line.startswith((".Ss ", ".Sh ")):
            name = line.split()[1] if line.startswith(".Ss ") else {".Sh OPTIONS OF ALL COMMANDS": None}.get(line, "")
            found.setdefault(name, set())
        elif line.startswith(".It Fl"):
            found[name] |= {option.lstrip("-") for option in re.findall(r"Fl (-?[a-z][a-z-]*)", line)}
    del found[""]
    return found


def test_man_pages_are_sound():
    pages = sorted((ROOT / "docs" / "man").iterdir())
    assert [page.name for page in pages] == ["powerreport.1", "powerreport.ini.5"]
    for page in pages:
        said = run("mandoc", "-T", "lint", "-W", "warning", page)
        assert (said.returncode, said.stdout) == (0, ""), said.stdout + said.stderr


def test_the_man_page_has_the_commands_and_options_of_the_program_and_no_others(program):
    page = sections(man_page("powerreport.1"))
    assert page.pop(None) == COMMON
    assert set(page) == set(commands(program))
    for command, told in page.items():
        assert told - COMMON == options(program, command) - COMMON, command


def ini_keys(text, section, key):
    """{'store': {'kind': 'embedded', …}} by two patterns."""
    found, name = {}, None
    for line in text.splitlines():
        if match := re.match(section, line):
            name = match[1]
            found[name] = {}
        elif name and (match := re.match(key, line)):
            found[name][match[1]] = match[2].strip()
    return found


def test_the_man_page_of_the_settings_has_the_keys_and_defaults_of_report_ini_and_no_others():
    told = ini_keys(man_page("powerreport.ini.5"), r"\.Ss \[(.*)\]$", r"\.It Cm (\w+) No =(.*)")
    assert told == ini_keys((ROOT / "report.ini").read_text(encoding="utf-8"), r"\[(.*)\]$", r"(\w+) =(.*)")


def test_the_man_page_names_every_secret_of_the_environment():
    page = man_page("powerreport.1")
    read = set()
    for path in (ROOT / "src").rglob("*.c"):
        read |= set(re.findall(r'"(POWERREPORT_[A-Z_]+)"', path.read_text(encoding="utf-8")))
    assert read == set(re.findall(r"^\.It Ev (POWERREPORT_\w+)", page, re.MULTILINE))
    template = (INSTALL / "environment").read_text(encoding="utf-8")
    failed = (INSTALL / "powerreport-failed@.service").read_text(encoding="utf-8")
    for name in read:
        assert f"#{name}=\n" in template and name in failed.partition("UnsetEnvironment=")[2].splitlines()[0]


# --- completion --------------------------------------------------------------------------------------------------------

def complete(program, folder, *words):
    """What bash offers for the last word."""
    script = (f'. "{INSTALL}/powerreport.bash"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _powerreport; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    said = run("bash", "-c", script, "bash", program.path, *words, cwd=folder)
    assert (said.returncode, said.stderr) == (0, "")
    return set(said.stdout.split())


def test_bash_offers_every_command_and_every_option_and_nothing_else(program, tmp_path):
    assert complete(program, tmp_path, "") == set(commands(program)) | {"--help", "--version"}
    for command in commands(program):
        expected = {f"--{name}" if len(name) > 1 else f"-{name}" for name in options(program, command) | COMMON}
        assert complete(program, tmp_path, command, "-") == expected, command
    assert complete(program, tmp_path, "run", "--mon") == {"--month"}


def test_bash_offers_values(program, tmp_path):
    assert complete(program, tmp_path, "run", "--edition", "pl") == {"platform"}
    assert complete(program, tmp_path, "run", "--edition", "=", "pl") == {"platform"}
    assert complete(program, tmp_path, "run", "--edition", "=") == {"single", "management", "platform"}
    assert complete(program, tmp_path, "run", "--format", "pdf,xl") == {"pdf,xlsx"}
    assert complete(program, tmp_path, "run", "--jobs", "") == set()
    assert complete(program, tmp_path, "plot", "--point", "--") == set()
    (tmp_path / "meters").mkdir()
    (tmp_path / "store.db").write_text("", encoding="utf-8")
    assert complete(program, tmp_path, "import", "me") == {"meters"}
    assert complete(program, tmp_path, "run", "--db", "st") == {"store.db"}
    assert complete(program, tmp_path, "run", "--out", "") == {"meters"}
    (year, month) = map(int, run("date", "+%Y-%m").stdout.split("-"))
    months = {f"{year - (back >= month)}-{(month - back - 1) % 12 + 1:02d}" for back in range(1, 13)}
    assert complete(program, tmp_path, "run", "--month", "") == months


def test_the_values_that_bash_offers_are_the_programs(program, tmp_path):
    """One that it does not know would be refused with the list of those that it does."""
    said = program("run", "--format", "x").stderr
    assert complete(program, tmp_path, "run", "--format", "") == set(re.findall(r"[a-z]+", said.partition("expected ")[2])) - {
        "or"}
    said = program("run", "--edition", "x").stderr
    assert complete(program, tmp_path, "run", "--edition", "") == set(
        re.findall(r"[a-z]+", said.partition("expected ")[2])) - {"or"}
    told = re.search(r"--metric NAME +([a-z].*?);", program("plot", "--help").stdout, re.DOTALL)[1]
    assert complete(program, tmp_path, "plot", "--metric", "") == set(re.findall(r"[a-z_]+", told)) - {"or"}


def test_a_person_at_a_bash_gets_the_rest_of_a_word(program, tmp_path):
    """Typed on a terminal, with the tab key."""
    (tmp_path / "a store.db").write_text("", encoding="utf-8")
    leader, follower = pty.openpty()
    environment = {"PATH": f"{program.path.parent}:/usr/bin:/bin", "PS1": "ready> ", "TERM": "dumb", "HOME": str(tmp_path),
                   "HISTFILE": ""}
    with subprocess.Popen(["bash", "--norc", "--noprofile", "-i"], cwd=tmp_path, env=environment, stdin=follower,
                          stdout=follower, stderr=follower, start_new_session=True) as shell:
        os.close(follower)
        typed = [f". {INSTALL}/powerreport.bash\n", "powerreport() { printf '<%s>' \"$@\" >>said; }\n",
                 "powerreport exp\t--ten\t3\n", "powerreport run --edition pl\t--db a\t--format json,xl\t\n", "exit\n"]
        os.write(leader, "".join(typed).encode())
        with contextlib.suppress(OSError):  # a terminal whose shell has gone
            while os.read(leader, 4096):
                pass
        assert shell.wait(timeout=60) == 0
    os.close(leader)
    said = (tmp_path / "said").read_text(encoding="utf-8")
    assert said == "<explain><--tenant><3><run><--edition><platform><--db><a store.db><--format><json,xlsx>"


# --- the Debian package -----------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def packages(build, tmp_path_factory):
    """Made twice, without compression, which takes most of the time."""
    folder = tmp_path_factory.mktemp("deb")
    for name in ("one", "two"):
        done = run(INSTALL / "make-deb", build, folder / name, "-Znone", env={"SOURCE_DATE_EPOCH": "1792800000"})
        assert done.returncode == 0, done.stderr
    return sorted(folder.glob("*/*.deb"))


def test_the_package_is_the_same_twice_and_knows_its_libraries(packages):
    one, two = packages
    assert one.read_bytes() == two.read_bytes()
    depends = run("dpkg-deb", "-f", one, "Depends").stdout
    for library in ("libhpdf", "libcairo2", "libcurl4", "libjansson4", "libxlsxwriter", "libinih1", "libmariadb3",
                    "libsqlite3-0", "libharfbuzz", "librsvg2-2", "libicu", "tzdata", "adduser", "ca-certificates"):
        assert library in depends, depends
    version = run("dpkg-deb", "-f", one, "Version").stdout.strip()
    assert f"{version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert run("dpkg-deb", "-I", one, "conffiles").stdout == (
        "/etc/powerreport/environment\n/etc/powerreport/report.ini\n")


def test_the_packages_files_are_roots_and_whole(packages, tmp_path):
    listed = [line.split() for line in run("dpkg-deb", "-c", packages[0]).stdout.splitlines()]
    assert listed and all(line[1] == "root/root" for line in listed)
    assert {line[0] for line in listed if line[5] == "./etc/powerreport/environment"} == {"-rw-------"}
    assert all(line[0][5] == "-" and line[0][8] == "-" for line in listed), "nobody else may write"
    assert all(line[3] == "2026-10-24" for line in listed), listed[0]  # 1792800000 s
    assert not any(line[5].startswith(("./var", "./usr/lib/", "./usr/local")) for line in listed)
    assert run("dpkg-deb", "-x", packages[0], tmp_path).returncode == 0
    run("dpkg-deb", "-e", packages[0], tmp_path / "DEBIAN")
    assert run("md5sum", "--quiet", "-c", "DEBIAN/md5sums", cwd=tmp_path).returncode == 0
    assert run(tmp_path / "usr/bin/powerreport", "--version").stdout.startswith("powerreport ")
    settings = (tmp_path / "etc/powerreport/report.ini").read_text(encoding="utf-8")
    for place in ("/var/lib/powerreport/reports", "/usr/share/powerreport/templates", "/usr/share/powerreport/charts"):
        assert place in settings, place
    assert "build/" not in settings
    with gzip.open(tmp_path / "usr/share/man/man1/powerreport.1.gz", "rt", encoding="utf-8") as page:
        assert ".Dt POWERREPORT 1" in page.read()


def test_the_package_needs_a_font_where_it_holds_none(build, tmp_path):
    (tmp_path / "build").mkdir()
    shutil.copy(build / "powerreport", tmp_path / "build")
    done = run(INSTALL / "make-deb", tmp_path / "build", tmp_path, "-Znone")
    assert done.returncode == 0 and "the package needs fonts-wqy-microhei" in done.stderr
    (package,) = tmp_path.glob("*.deb")
    assert "fonts-wqy-microhei" in run("dpkg-deb", "-f", package, "Depends").stdout
    assert "OFL" not in run("sh", "-c", f"dpkg-deb --fsys-tarfile {package} | tar -xO ./usr/share/doc/powerreport/copyright"
                            ).stdout


@pytest.fixture
def dpkg(packages, tmp_path):
    """dpkg over a root of its own: conffiles, upgrades and removals as on a machine, without maintainers' scripts."""
    state = tmp_path / "root/var/lib/dpkg"
    (state / "info").mkdir(parents=True)
    (state / "updates").mkdir()
    (state / "status").touch()

    def call(*arguments, package=None):
        if package:
            arguments = (*arguments, package)
        return run("dpkg", "--force-depends", "--force-script-chrootless", "--force-not-root", "--force-confold",
                   f"--root={tmp_path / 'root'}", *arguments, env={"DPKG_FRONTEND_LOCKED": "1"})

    def without_scripts(version):
        folder = tmp_path / f"unpacked-{version}"
        run("dpkg-deb", "-R", packages[0], folder)
        for script in ("postinst", "prerm", "postrm"):
            (folder / "DEBIAN" / script).unlink()
        control = (folder / "DEBIAN/control").read_text(encoding="utf-8")
        (folder / "DEBIAN/control").write_text(
            re.sub("(?m)^Version: .*", f"Version: {version}", re.sub("(?m)^Pre-Depends: .*\n", "", control)), encoding="utf-8")
        settings = folder / "etc/powerreport/report.ini"
        settings.write_text(settings.read_text(encoding="utf-8") + f"# of {version}\n", encoding="utf-8")
        made = tmp_path / f"{version}.deb"
        done = run("dpkg-deb", "-Znone", "--root-owner-group", "--build", folder, made)
        assert done.returncode == 0, done.stderr
        return made

    return tmp_path / "root", call, without_scripts


def test_an_upgrade_keeps_settings_that_were_changed_and_a_purge_removes_them(dpkg):
    root, call, version = dpkg
    done = call("--install", package=version("1.0"))
    assert done.returncode == 0, done.stderr
    settings, environment = root / "etc/powerreport/report.ini", root / "etc/powerreport/environment"
    assert settings.read_text(encoding="utf-8").endswith("# of 1.0\n")
    done = call("--install", package=version("1.1"))
    assert done.returncode == 0 and settings.read_text(encoding="utf-8").endswith("# of 1.1\n"), done.stderr
    mine = settings.read_text(encoding="utf-8") + "# mine\n"
    settings.write_text(mine, encoding="utf-8")
    done = call("--install", package=version("1.2"))
    assert done.returncode == 0 and settings.read_text(encoding="utf-8") == mine, done.stderr
    assert stat.S_IMODE(environment.stat().st_mode) == 0o600
    report = root / "var/lib/powerreport/reports/report.pdf"
    report.parent.mkdir(parents=True)
    report.write_text("", encoding="utf-8")
    assert call("--remove", "powerreport").returncode == 0 and settings.exists()
    assert not (root / "usr/bin/powerreport").exists()
    assert call("--purge", "powerreport").returncode == 0
    assert not settings.exists() and not environment.exists() and report.exists()
