"""The mail against a real SMTP server: who gets what, once; what is held; what happens when the server, the network or
the power does not play along. Messages are read by Python's own parser."""

import contextlib
import email
import email.policy
import hashlib
import json
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest

import reports
from servers import processes
from servers.smtp import PASSWORD, USER, Server

MONTH, NOW = reports.SMALL_MONTH, reports.SMALL_NOW
TENANTS = (1, 2, 3)
RECIPIENTS = (
    (1, "boss@one.example", "Führung, \"Nord\"", "to", 1),
    (1, "copy@one.example", None, "cc", 1),
    (1, "gone@one.example", "Gone", "to", 0),
    (1, "hidden@one.example", "审计科", "bcc", 1),
    (2, "ops@two.example", "运行部", "to", 1),
    (3, "Site@Three.Example", "Site", "to", 1),
    (3, "site@three.example", "The same", "cc", 1),
)
EVERYBODY = ["Site@Three.Example", "boss@one.example", "copy@one.example", "hidden@one.example", "ops@two.example"]
ENVIRONMENT = {"POWERREPORT_SMTP_PASSWORD": PASSWORD}


def make_store(path):
    reports.small_store(path, tenants=TENANTS, locale="en", name="One Works Ltd.", contact_name="Zhou Min",
                        contact_email="zhou.min@brand.example")
    with contextlib.closing(sqlite3.connect(path)) as store, store:
        for row in RECIPIENTS:
            store.execute("INSERT INTO recipient (tenant_id, email, name, kind, active) VALUES (?, ?, ?, ?, ?)", row)


@pytest.fixture(scope="session")
def made(program):
    """A store and its reports of the month; copied by each test."""

    def make():
        folder = processes.state_folder() / "mail"
        folder.mkdir()
        make_store(folder / "store.db")
        program("run", "--config", reports.write_settings(folder), "--db", folder / "store.db", "--out", folder / "out",
                "--month", MONTH, "--now", NOW, check=True)
        return str(folder)

    return pathlib.Path(processes.once("mail", make))


class Office:
    """A copy of store and reports, its settings, and the mail of them."""

    def __init__(self, program, made, folder):
        self.program, self.folder, self.out, self.store = program, folder, folder / "out", folder / "store.db"
        shutil.copytree(made / "out", self.out)
        shutil.copy(made / "store.db", self.store)
        self.env = dict(ENVIRONMENT)
        self.said = []
        self.settings(host="127.0.0.1", port=1)

    def settings(self, **mail):
        mail = {"from": "reports@brand.example", "user": USER, "retry_wait_s": 0, **mail}
        self.config = reports.write_settings(self.folder)
        with open(self.config, "a", encoding="utf-8") as file:
            file.write("\n[mail]\n" + "".join(f"{key} = {value}\n" for key, value in mail.items() if value is not None))

    def use(self, server, **mail):
        self.settings(**{"host": "127.0.0.1", "port": server.port, "ca_file": server.ca, **mail})

    def command(self, name, *options):
        return [name, "--config", self.config, "--db", self.store, "--out", self.out, "--month", MONTH, *options]

    def call(self, name, *options, code=0):
        done = self.program(*self.command(name, *options), env=self.env)
        self.said += [done.stdout, done.stderr]
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def mail(self, *options, code=0):
        """The events, and what was said on standard error."""
        done = self.call("mail", "--json", *options, code=code)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.summary = events[-1] if events else None
        return events[:-1], done.stderr

    def states(self, *options, code=0):
        events, _ = self.mail(*options, code=code)
        return {event["recipient"] or event["tenant"]: event["state"] for event in events}

    def change_figures(self, tenant):
        """Later data: the next run makes another revision."""
        with contextlib.closing(sqlite3.connect(self.store)) as store, store:
            store.execute("UPDATE point_15min_electric SET kwh = kwh * 1.5 WHERE point_id IN"
                          " (SELECT point_id FROM point JOIN tenant_project USING (project_id) WHERE tenant_id = ?)", (tenant,))

    def run(self, *options, code=0):
        return self.call("run", "--now", NOW, *options, code=code)

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(self.out / "ledger.db")) as ledger:
            return ledger.execute(sql).fetchall()

    def sent(self):
        return dict(self.rows("SELECT address, state FROM mail"))


@pytest.fixture
def office(program, made, tmp_path):
    return Office(program, made, tmp_path)


@pytest.fixture
def server():
    with Server() as running:
        yield running


def change(path, sql):
    """How many rows."""
    with contextlib.closing(sqlite3.connect(path)) as ledger, ledger:
        return ledger.execute(sql).rowcount


def reading(data):
    return email.message_from_bytes(data, policy=email.policy.default)


# --- what is sent -----------------------------------------------------------------------------------------------------

def test_everybody_gets_one_message_with_the_published_file_and_nobody_a_second_one(office, server):
    office.use(server)
    assert set(office.states().values()) == {"sent"}
    assert server.addresses() == EVERYBODY
    assert all(server.logins)
    assert office.states() == {address: "sent before" for address in EVERYBODY}
    assert server.addresses() == EVERYBODY
    assert office.summary["sent before"] == 5
    message, = server.to("ops@two.example")
    assert not message.defects
    attached, = message.iter_attachments()
    published = reports.folder_of(office.out, 2, MONTH) / "report.pdf"
    assert attached.get_content() == published.read_bytes()
    assert attached.get_content_type() == "application/pdf" and attached.get_filename().endswith(".pdf")
    assert set(office.sent().values()) == {"sent"}
    reply, = {row[0][:8] for row in office.rows("SELECT reply FROM mail")}
    assert reply == "250 OK: "


def test_the_headers_name_who_may_be_named(office, server):
    office.use(server, from_name="Power & Co", attach="pdf, xlsx")
    office.mail("--tenant", 1, "--now", "2018-04-04T08:30:00Z")
    assert server.addresses() == ["boss@one.example", "copy@one.example", "hidden@one.example"]
    for address in server.addresses():
        message, = server.to(address)
        assert [one.addr_spec for one in message["To"].addresses] == ["boss@one.example"]
        assert message["To"].addresses[0].display_name == 'Führung, "Nord"'
        assert [one.addr_spec for one in message["Cc"].addresses] == ["copy@one.example"]
        assert "hidden" not in str(message.items())
        assert message["From"].addresses[0].display_name == "Power & Co"
        assert message["From"].addresses[0].addr_spec == "reports@brand.example"
        assert message["Reply-To"].addresses[0].addr_spec == "zhou.min@brand.example"
        assert message["Date"].datetime.isoformat() == "2018-04-04T16:30:00+08:00"
        assert message["Auto-Submitted"] == "auto-generated" and "X-Unsent" not in message
        kinds = [part.get_content_type() for part in message.iter_attachments()]
        assert kinds == ["application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]
    assert len({message["Message-ID"] for one in server.accepted for message in [one.message]}) == 3
    lines = {line for one in server.accepted for line in one.bytes.split(b"\r\n")}
    assert [line for line in lines if len(line) > 78] == [b"Content-Type: " + kinds[1].encode() + b";"]
    assert all(one.bytes.count(b"\n") == one.bytes.count(b"\r\n") for one in server.accepted)


def test_words_and_figures_are_those_of_the_report_in_the_customers_language(office, server):
    office.use(server)
    office.mail()
    english, = server.to("boss@one.example")
    chinese, = server.to("ops@two.example")
    assert "One Works Ltd." in english["Subject"] and "March 2018" in english["Subject"]
    assert "2018年3月" in chinese["Subject"]
    for tenant, message in ((1, english), (2, chinese)):
        letter = reports.read_json(reports.folder_of(office.out, tenant, MONTH))["letter"]
        assert letter["figures"] and letter["findings"]
        text = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        assert f'lang="{message["Content-Language"]}"' in html
        for said in (*[figure["value"] for figure in letter["figures"]],
                     *[finding["lead"] + finding["text"] for finding in letter["findings"]]):
            assert said in text
            assert said.split("。")[0].split("&")[0] in re.sub(r"<[^>]*>", "", html).replace("&#39;", "'").replace("&quot;", '"')
        assert not re.search(r"<(img|script|link|iframe)|https?://|url\(", html)
    assert "运行部，您好" in chinese.get_body(("plain",)).get_content()
    assert "Zhou Min" in english.get_body(("plain",)).get_content()


def test_a_dry_run_says_who_would_get_it_and_sends_nothing(office, server):
    office.use(server)
    before = hashlib.sha256((office.out / "ledger.db").read_bytes()).hexdigest()
    assert set(office.states("--dry-run").values()) == {"would be sent"}
    assert not server.handler.seen
    assert hashlib.sha256((office.out / "ledger.db").read_bytes()).hexdigest() == before


def test_a_report_without_recipients_is_told_and_counted(office, server):
    office.use(server)
    reports.change_store(office.store, "DELETE FROM recipient WHERE tenant_id = 2")
    events, said = office.mail()
    assert [event["tenant"] for event in events if event["state"] == "no recipient"] == [2]
    assert office.summary["no recipient"] == 1 and office.summary["sent"] == 4
    assert "tenant 2" in said and "no recipient" in said


def test_reports_of_shards_are_sent_and_released_and_the_mail_has_one_ledger(office, server):
    office.use(server)
    shutil.rmtree(office.out)
    for shard in (0, 1):
        office.run("--shard", f"{shard}/2", "--format", "pdf,json")
    assert not (office.out / "ledger.db").exists()
    held, = [path for path in office.out.glob("ledger-*-of-2.db") if change(
        path, "UPDATE revision SET state = 'held', reason = 'for a test' WHERE tenant_id = 3")]
    assert office.states()[3] == "held" and len(server.accepted) == 4
    office.call("release", "--tenant", 3, "--by", "Shen")
    with contextlib.closing(sqlite3.connect(held)) as ledger:
        assert ledger.execute("SELECT released_by FROM revision WHERE tenant_id = 3").fetchall() == [("Shen",)]
    assert office.states()["Site@Three.Example"] == "sent" and server.addresses() == EVERYBODY
    assert len(office.rows("SELECT * FROM mail")) == 5


def test_two_spellings_of_an_address_are_one_in_the_headers_too(office, server):
    office.use(server, per_minute=600)
    began = time.monotonic()
    office.mail()
    assert time.monotonic() - began > 0.4  # five messages, a tenth of a second apart
    message, = server.to("Site@Three.Example")
    assert [one.addr_spec for one in message["To"].addresses] == ["Site@Three.Example"] and "Cc" not in message


# --- held -------------------------------------------------------------------------------------------------------------

def test_a_later_revision_is_held_until_it_is_released_and_the_next_one_again(office, server):
    office.use(server)
    office.mail()
    office.change_figures(2)
    office.run("--tenant", 2)
    states = office.states()
    assert states[2] == "held" and server.addresses() == EVERYBODY
    events, _ = office.mail("--dry-run", "--tenant", 2)
    assert "revision 2 is held until it is released" in events[0]["reason"]
    said = office.call("release", "--tenant", 2, "--by", "Shen\r\nYiming").stdout
    assert "revision 2 released by Shen Yiming" in said.replace("  ", " ")
    assert office.rows("SELECT released_by, state FROM revision WHERE tenant_id = 2 AND revision = 2") == [
        ("Shen Yiming", "done")]
    assert office.states("--tenant", 2) == {"ops@two.example": "sent"}
    assert server.addresses() == sorted([*EVERYBODY, "ops@two.example"])
    second = server.to("ops@two.example")[1]
    assert "第2版" in second["Subject"] and "取代" in second.get_body(("plain",)).get_content()
    office.run("--tenant", 2)
    assert office.rows("SELECT state FROM tenant WHERE tenant_id = 2") == [("done",)]
    office.run("--tenant", 2, "--force")
    assert office.rows("SELECT state, released_by FROM revision WHERE tenant_id = 2 AND revision = 2") == [
        ("done", "Shen Yiming")]
    office.change_figures(2)
    office.run("--tenant", 2)
    assert office.states("--tenant", 2) == {2: "held"}
    assert len(server.to("ops@two.example")) == 2


def test_a_report_below_the_gate_is_held_and_its_first_revision_can_be_released(office, server):
    office.use(server)
    with contextlib.closing(sqlite3.connect(office.store)) as store, store:
        store.execute("DELETE FROM point_15min_electric WHERE point_id IN (SELECT point_id FROM point JOIN tenant_project"
                      " USING (project_id) WHERE tenant_id = 3) AND time > ?", (1_521_500_000_000,))
    shutil.rmtree(office.out)
    office.run()
    events, _ = office.mail()
    held, = [event for event in events if event["state"] == "held"]
    assert held["tenant"] == 3 and "below the gate" in held["reason"] and office.summary["held"] == 1
    event = json.loads(office.call("release", "--json", "--tenant", 3, "--revision", 1).stdout)
    assert event["revision"] == 1 and "below the gate" in event["held"] and event["by"]
    assert office.states("--tenant", 3) == {"Site@Three.Example": "sent"}


@pytest.mark.parametrize("options, said", [
    (("--tenant", 1), "revision 1 is not held: it is done"),
    (("--tenant", 99), "no ledger in"),
    (("--tenant", 1, "--revision", 7), "revision 7 is not its newest one; that is 1"),
    (("--tenant", 1, "--edition", "management"), "its report is of the edition 'single'"),
    ((), "one --tenant and --month are expected"),
])
def test_what_is_not_held_cannot_be_released(office, options, said):
    assert said in office.call("release", *options, code=2).stderr


def test_what_was_sent_is_not_known_after_the_ledger_was_lost(office, server):
    office.use(server)
    office.mail()
    (office.out / "ledger.db").unlink()
    office.run()
    events, _ = office.mail()
    assert {event["state"] for event in events} == {"held"} and "ledger was lost" in events[0]["reason"]
    assert server.addresses() == EVERYBODY
    office.call("release", "--tenant", 2)
    assert office.states("--tenant", 2) == {"ops@two.example": "sent"}


@pytest.mark.parametrize("how", ["shards", "copy"])
def test_what_was_sent_is_not_known_where_another_ledger_alone_says_that_it_was(office, server, how):
    office.use(server)
    if how == "shards":
        shutil.rmtree(office.out)
        for shard in (0, 1):
            office.run("--shard", f"{shard}/2", "--format", "pdf,json")
    office.mail()
    assert server.addresses() == EVERYBODY
    (office.out / "ledger.db").rename(office.folder / "lost.db" if how == "shards" else office.out / "ledger-old.db")
    if how == "copy":
        office.run()
    events, _ = office.mail()
    assert {event["state"] for event in events} == {"held"} and "ledger was lost" in events[0]["reason"]
    assert server.addresses() == EVERYBODY
    office.call("release", "--tenant", 2)
    assert office.states("--tenant", 2) == {"ops@two.example": "sent"}
    assert office.states("--tenant", 2) == {"ops@two.example": "sent before"}


# --- trouble ----------------------------------------------------------------------------------------------------------

def test_a_bad_address_costs_itself_alone(office, server):
    office.use(server)
    reports.change_store(office.store, "INSERT INTO recipient VALUES (2, 'no address', NULL, 'to', 1)")
    server.answer("RCPT", "boss@one.example", "550 5.1.1 no such user here")
    states = office.states(code=1)
    assert states["boss@one.example"] == "failed" and states["no address"] == "failed"
    assert [address for address, state in states.items() if state == "sent"] == [
        "copy@one.example", "hidden@one.example", "ops@two.example", "Site@Three.Example"]
    reply, = office.rows("SELECT reply FROM mail WHERE address = 'boss@one.example'")
    assert reply == ("550 5.1.1 no such user here",)
    reports.change_store(office.store, "DELETE FROM recipient WHERE email = 'no address'")
    assert office.states()["boss@one.example"] == "sent"
    assert server.addresses() == EVERYBODY


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_what_the_server_does_not_take_for_now_is_tried_again(office, server, stage):
    office.use(server, attempts=3)
    server.answer(stage, "*", "451 4.3.0 come back later", "452 4.2.2 not yet")
    assert set(office.states().values()) == {"sent"}
    assert server.addresses() == EVERYBODY


def test_what_the_server_never_takes_fails_after_the_attempts(office, server):
    office.use(server, attempts=2)
    server.answer("RCPT", "ops@two.example", *["450 4.2.0 greylisted"] * 9)
    events, _ = office.mail(code=1)
    failed, = [event for event in events if event["state"] == "failed"]
    assert failed["recipient"] == "ops@two.example" and failed["reason"] == "450 4.2.0 greylisted"
    assert server.handler.seen.count(("RCPT", "ops@two.example")) == 2
    assert len(server.accepted) == 4


@pytest.mark.parametrize("answer", ["drop", "take and drop"])
def test_a_connection_that_ends_behind_the_message_is_unknown_and_not_sent_again(office, server, answer):
    office.use(server)
    server.answer("DATA", "ops@two.example", answer)
    events, said = office.mail(code=1)
    unknown, = [event for event in events if event["state"] == "unknown"]
    assert unknown["recipient"] == "ops@two.example" and unknown["sending"]
    assert f"sending {unknown['sending']}" in said
    arrived = len(server.to("ops@two.example"))
    assert arrived == (answer == "take and drop")
    assert office.summary["sent"] == 4
    for _ in range(2):
        assert office.states(code=1)["ops@two.example"] == "unknown"
    assert len(server.to("ops@two.example")) == arrived
    sending = unknown["sending"]
    assert "there is no sending 999" in office.call("mail", "--resend", 999, code=2).stderr
    assert office.states("--resend", sending) == {"ops@two.example": "sent"}
    assert "was sent; expected one that is unknown or failed" in office.call("mail", "--resend", sending, code=2).stderr
    assert len(server.to("ops@two.example")) == arrived + 1
    assert office.states()["ops@two.example"] == "sent before"
    assert len({message["Message-ID"] for message in server.to("ops@two.example")}) == 1


def test_a_server_that_takes_messages_and_never_answers_is_left_alone(office, server):
    office.use(server)
    server.answer("DATA", "*", *["drop"] * 9)
    states = office.states(code=1)
    assert list(states.values()).count("unknown") == 3 and list(states.values()).count("not sent") >= 0
    assert len(server.handler.seen) == 9  # three messages of MAIL, RCPT, DATA


def test_a_server_that_goes_away_leaves_the_rest_unsent(office, server):
    office.use(server, attempts=1)
    server.answer("MAIL", "*", None, "421 4.3.2 closing")
    events, said = office.mail(code=1)
    assert [event["state"] for event in events if event["tenant"] == 1] == ["sent", "not sent", "not sent"]
    assert office.summary["not reached"] == 2 and "421 4.3.2 closing; 2 reports were not reached" in said
    assert set(office.states().values()) == {"sent", "sent before"}
    assert server.addresses() == EVERYBODY


def test_a_server_that_cannot_be_reached_is_no_mail_at_all(office):
    port = processes.free_port()
    office.settings(host="127.0.0.1", port=port)
    began = time.monotonic()
    said = office.call("mail", code=2).stderr
    assert f"cannot send mail by 127.0.0.1:{port}" in said and time.monotonic() - began < 20
    assert office.sent() == {}


@pytest.mark.parametrize("mail, env, said", [
    ({"ca_file": "other"}, {}, "cannot trust the server"),
    ({"host": "localhost", "certificate": "elsewhere"}, {}, "cannot trust the server"),
    ({}, {"POWERREPORT_SMTP_PASSWORD": "wrong-" + PASSWORD}, "535"),
    ({"starttls": False}, {}, "offers no STARTTLS"),
    ({"from": None}, {}, "[mail] from is empty"),
    ({"host": None}, {}, "[mail] host is empty"),
    ({"host": "mail.example", "security": "none"}, {}, "is not this machine"),
    ({}, {"POWERREPORT_SMTP_PASSWORD": ""}, "has a user and no password"),
    ({"ca_file": "/nowhere/ca.pem"}, {}, "cannot read '/nowhere/ca.pem'"),
])
def test_a_server_or_settings_that_are_not_right_send_nothing(office, mail, env, said):
    mail = dict(mail)
    with Server(starttls=mail.pop("starttls", True), certificate=mail.pop("certificate", "server")) as server:
        if mail.get("ca_file") == "other":
            mail["ca_file"] = server.ca.parent / "other-ca.pem"
        office.use(server, **mail)
        office.env.update(env)
        assert said in office.call("mail", code=2).stderr
        assert not server.accepted and office.sent() == {}
    assert PASSWORD not in "".join(office.said)


def test_tls_from_the_beginning_and_none_on_this_machine(office):
    with Server(starttls=False, implicit=True) as server:
        office.use(server, security="tls")
        assert set(office.states("--tenant", 1).values()) == {"sent"}
    with Server(starttls=False, login=False) as server:
        office.use(server, security="none", user=None)
        assert set(office.states("--tenant", 2).values()) == {"sent"}


def test_the_password_comes_from_a_file_of_its_owner_alone(office, server):
    secret = office.folder / "password"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    secret.chmod(0o644)
    office.env = {}
    office.use(server, password_file="password")
    assert "0600" in office.call("mail", code=2).stderr
    secret.chmod(0o600)
    assert set(office.states().values()) == {"sent"}
    office.settings(password=PASSWORD)
    assert "POWERREPORT_SMTP_PASSWORD" in office.call("mail", code=2).stderr
    everything = "".join(office.said) + "".join(
        path.read_bytes().decode("latin-1") for path in [office.out / "ledger.db"])
    assert PASSWORD not in everything


def test_a_file_that_was_changed_by_hand_is_not_sent(office, server):
    office.use(server)
    pdf = reports.folder_of(office.out, 2, MONTH) / "report.pdf"
    whole = pdf.read_bytes()
    pdf.write_bytes(whole + b"%")
    events, _ = office.mail(code=1)
    failed, = [event for event in events if event["state"] == "failed"]
    assert failed["tenant"] == 2 and "is not the file that was published" in failed["reason"]
    assert len(server.accepted) == 4
    office.run("--tenant", 2)
    assert pdf.read_bytes() == whole
    assert office.states()["ops@two.example"] == "sent"


def test_two_mails_at_once_are_refused_and_a_run_beside_it_is_not(office, server):
    office.use(server)
    server.handler.delay = 0.5
    with subprocess.Popen([str(part) for part in [office.program.path, *office.command("mail")]], cwd=reports.ROOT,
                          env={"PATH": "/usr/bin", **ENVIRONMENT}, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as first:
        while not server.handler.seen:
            time.sleep(0.01)
        assert "another mail run is at work there: process" in office.call("mail", code=2).stderr
        office.run("--tenant", 1)
        first.communicate()
        assert first.returncode == 0
    assert server.addresses() == EVERYBODY


def test_a_signal_lets_the_message_end_and_the_next_call_goes_on(office, server):
    office.use(server)
    server.handler.delay = 0.5
    with subprocess.Popen([str(part) for part in [office.program.path, *office.command("mail")]], cwd=reports.ROOT,
                          env={"PATH": "/usr/bin", **ENVIRONMENT}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as first:
        while not [stage for stage, _ in server.handler.seen if stage == "DATA"]:
            time.sleep(0.01)
        first.send_signal(signal.SIGTERM)
        _, said = first.communicate()
        assert first.returncode == 1 and "ended by signal 15" in said
    assert len(server.accepted) == 1 and list(office.sent().values()) == ["sent"]
    server.handler.delay = 0
    office.mail()
    assert server.addresses() == EVERYBODY


def test_killed_at_random_moments_nobody_gets_it_twice(office, server):
    count = 30
    with contextlib.closing(sqlite3.connect(office.store)) as store, store:
        store.executemany("INSERT INTO recipient VALUES (?, ?, NULL, 'to', 1)",
                          [(number % 3 + 1, f"many{number:02}@two.example") for number in range(count)])
    office.use(server)
    server.handler.delay = 0.02
    chance = random.Random(20180401)
    began = time.monotonic()
    office.mail("--dry-run")
    start = time.monotonic() - began
    for _ in range(20):
        with subprocess.Popen([str(part) for part in [office.program.path, *office.command("mail", "--quiet")]],
                              cwd=reports.ROOT, env={"PATH": "/usr/bin", **ENVIRONMENT}, stderr=subprocess.PIPE) as one:
            time.sleep(chance.uniform(0.3, 1.3) * start)
            one.kill()
    server.handler.delay = 0
    done = office.program(*office.command("mail", "--json"), env=office.env)
    unknown = [address for address, state in office.sent().items() if state == "unknown"]
    assert done.returncode == (1 if unknown else 0), done.stderr
    addresses = server.addresses()
    assert len(addresses) == len(set(addresses))
    assert set(office.sent()) == {*EVERYBODY, *(f"many{number:02}@two.example" for number in range(count))}
    assert set(office.sent()) - set(addresses) <= set(unknown)
    assert set(office.sent().values()) <= {"sent", "unknown"}


# --- drafts -----------------------------------------------------------------------------------------------------------

def test_drafts_are_a_file_each_and_open_for_editing(office):
    office.settings(**{"from": None}, user=None)
    drafts = office.folder / "drafts"
    events, _ = office.mail("--draft", drafts, "--now", NOW)
    assert {event["state"] for event in events} == {"drafted"}
    assert sorted(event["file"] for event in events) == sorted(str(path) for path in drafts.iterdir())
    for event in events:
        message = reading(pathlib.Path(event["file"]).read_bytes())
        assert message["X-Unsent"] == "1" and "From" not in message and not message.defects
        assert [one.addr_spec for one in message["To"].addresses] == [event["recipient"]] and "Cc" not in message
        assert len(list(message.iter_attachments())) == 1
    first = {path.name: path.read_bytes() for path in drafts.iterdir()}
    office.mail("--draft", drafts, "--now", NOW)
    assert {path.name: path.read_bytes() for path in drafts.iterdir()} == first
    assert office.rows("SELECT count(*) FROM sqlite_master WHERE name = 'mail'") == [(1,)] and office.sent() == {}


NASTY = [
    "A\r\nBcc: evil@evil.example\r\n\r\nbody",
    "=?utf-8?q?=0D=0ABcc:_evil@evil.example?=",
    "客户" * 60,
    "ab‮txt.exe⁦⁩",
    '<script>alert(1)</script>"&\'',
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("name", NASTY, ids=["line-breaks", "encoded-word", "long", "bidi", "script", "path", "formula"])
def test_names_harm_no_header_and_no_file(program, tmp_path, name):
    folder = tmp_path / "nasty"
    folder.mkdir()
    store = reports.small_store(folder / "store.db", tenants=(1,), name=name, contact_name=name[:64],
                                contact_email="zhou.min@brand.example")
    with contextlib.closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("INSERT INTO recipient VALUES (1, 'a/b@x.example', ?, 'to', 1)", (name[:64],))
    config = reports.write_settings(folder)
    program("run", "--config", config, "--db", store, "--out", folder / "out", "--month", MONTH, "--now", NOW, check=True)
    program("mail", "--config", config, "--db", store, "--out", folder / "out", "--month", MONTH, "--draft",
            folder / "drafts", check=True)
    draft, = (folder / "drafts").iterdir()
    assert len(draft.name.encode()) < 255 and not set("\r\n‮⁦") & set(draft.name)
    data = draft.read_bytes()
    message = reading(data)
    assert not message.defects
    assert [key for key in message.keys()] == ["Date", "Reply-To", "To", "Subject", "Message-ID", "MIME-Version",
                                                "Content-Language", "X-Unsent", "Content-Type"]
    clean = re.sub("[‮⁦⁩]", "", name).replace("\r\n", "  ").strip()
    assert message["To"].addresses[0].addr_spec == "a/b@x.example"
    shown = message["To"].addresses[0].display_name
    # Python leaves a space between two encoded words of a name; RFC 2047, 6.2 has none.
    assert "".join(shown.split()) == "".join(re.sub("[‮⁦⁩]", "", name[:64]).split())
    assert " ".join(message["Subject"].split()).startswith(" ".join(clean.split())[:100])
    attachment, = message.iter_attachments()
    assert not set("/\\\r\n‮⁦") & set(attachment.get_filename())
    html = message.get_body(("html",)).get_content()
    assert "<script" not in html
    assert all(len(line) <= 78 for line in data.split(b"\r\n"))
