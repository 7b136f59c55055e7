"""A real SMTP server (aiosmtpd) with STARTTLS and login, that can be told to be difficult."""

import email
import email.policy
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from . import processes, tls

USER, PASSWORD = "reports", "s3cret-Passw0rd-of-the-mail"


class Accepted:
    """A message that the server has said yes to."""

    def __init__(self, envelope):
        self.sender, self.recipients = envelope.mail_from, list(envelope.rcpt_tos)
        self.bytes = envelope.original_content
        self.message = email.message_from_bytes(self.bytes, policy=email.policy.default)


class Handler:
    """Says what `answers` has for a stage and an address: a list, one a message; "drop" ends the connection."""

    def __init__(self):
        self.accepted, self.answers, self.seen = [], {}, []
        self.delay = 0
        self.lock = threading.Lock()

    def answer(self, stage, address):
        with self.lock:
            self.seen.append((stage, address))
            waiting = self.answers.get((stage, address)) or self.answers.get((stage, "*"))
            return waiting.pop(0) if waiting else None

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = self.answer("MAIL", "*")
        if answer:
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answer("RCPT", address)
        if answer == "drop":
            server.transport.abort()
            return "250 OK"
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = self.answer("DATA", envelope.rcpt_tos[0])
        if self.delay:
            time.sleep(self.delay)
        if answer and answer not in ("drop", "take and drop"):
            return answer
        if answer != "drop":
            with self.lock:
                self.accepted.append(Accepted(envelope))
        if answer:
            server.transport.abort()
        return f"250 OK: queued as {len(self.accepted)}"


class Server(Controller):
    """On a port of this machine; with STARTTLS (or TLS from the beginning) and login unless told otherwise."""

    def __init__(self, *, starttls=True, implicit=False, login=True, certificate="server"):
        certificates = tls.certificates()
        context = certificates.server_context(certificates.folder / f"{certificate}.pem",
                                              certificates.folder / f"{certificate}.key")
        self.tls_context, self.starttls, self.login = context, starttls, login
        self.ca = certificates.ca
        self.logins = []
        super().__init__(Handler(), hostname="127.0.0.1", port=processes.free_port(),
                         ssl_context=context if implicit else None)

    def authenticate(self, server, session, envelope, mechanism, data):
        assert isinstance(data, LoginPassword)
        good = data.login == USER.encode() and data.password == PASSWORD.encode()
        self.logins.append(good)
        return AuthResult(success=good, handled=False)

    def factory(self):
        more = {}
        if self.login:
            more = {"authenticator": self.authenticate, "auth_required": True,
                    "auth_require_tls": self.starttls and self.ssl_context is None}
        return SMTP(self.handler, hostname="mail.example", timeout=60, enable_SMTPUTF8=False,
                    tls_context=self.tls_context if self.starttls else None, require_starttls=self.starttls, **more)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def accepted(self):
        return self.handler.accepted

    def to(self, address):
        """The messages that were accepted for an address."""
        return [one.message for one in self.accepted if one.recipients == [address]]

    def addresses(self):
        return sorted(address for one in self.accepted for address in one.recipients)

    def answer(self, stage, address, *answers):
        self.handler.answers[(stage, address)] = list(answers)
