"""`python -m server`: the web application, and its sub-commands.

python -m server [--lan]              run everything (embedded by default); with --lan for phones, too
python -m server migrate              bring the database up to date
python -m server worker               run jobs in a process of its own
python -m server create-owner EMAIL   make the first owner; the password is read from standard input
python -m server forget-factor EMAIL  let somebody in again who lost authenticator and recovery codes
python -m server bounced              note the mail that came back, whose report is on standard input
python -m server seed-demo            fill in the demo
python -m server write-migrations     write migrations for changed models (development)
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import getpass
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvloop
from aiohttp import web

from config.logs import configure_logs
from config.settings import Settings, SettingsError, load_settings
from server.accounts import service as accounts
from server.app import build_app
from server.booking.holding import open_holding
from server.children import READY_S, MediaChild, SandboxChild
from server.classroom.lifespan import open_news
from server.edge.amounts import use_settlement_currency
from server.edge.connections import Runner
from server.infra import db, schema
from server.infra.clock import now
from server.infra.errors import DomainError
from server.infra.nodes import MEDIA_NODES
from server.infra.processes import open_processes
from server.lan import certificate_file, on_the_network, own_address, tls
from server.notifications import bounces
from server.notifications.acquaintances import introduce
from server.notifications.lifespan import waking
from server.notifications.post import open_post_office
from server.notifications.push.office import open_push
from server.pages.demo import seed_demo
from server.pages.programme import DEMO_LOGINS
from server.pages.taxonomy import plant_skills
from server.payments.gateway.answers import GatewayDown
from server.payments.gateway.current import sandbox_base
from server.payments.lifespan import open_payments
from server.people.gallery import open_gallery
from server.people.privacy import visible
from server.recordings.lifespan import open_depot
from server.worker import Worker, load_jobs

REPORT_BYTES = 4_000_000  # of a mail that came back; what is longer is cut
SHUTDOWN_S = 10.0  # open requests may take so long to end


class Refused(Exception):
    """The command can't be carried out; the message says why and what to do."""


# --- commands


async def serve(settings: Settings, arguments: argparse.Namespace) -> None:
    """Migrate, fill the demo in on the first start, and serve until told to stop."""
    if arguments.lan:
        settings = on_the_network(settings)
    with only_server(settings):
        await schema.migrate(settings)
        async with open_database(settings):
            async with schema.one_at_a_time(settings):
                await prepare(settings)
            await _serve(settings, lan=arguments.lan)


async def _serve(settings: Settings, *, lan: bool) -> None:
    app = build_app(settings)
    runner = Runner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    secure = tls(settings.data_dir, own_address(), now()) if lan else None
    try:
        async with beside(settings, app, certificate_file(settings.data_dir) if lan else None):
            await web.TCPSite(runner, settings.host, settings.port, ssl_context=secure).start()
            greet(settings)
            await told_to_stop()
    finally:
        await runner.cleanup()


async def migrate(settings: Settings, _: argparse.Namespace) -> None:
    await schema.migrate(settings)
    print("The database is up to date.")


async def work(settings: Settings, _: argparse.Namespace) -> None:
    """Run jobs until told to stop."""
    with only_server(settings):
        async with open_database(settings), open_processes(settings) as processes:
            open_holding(settings)
            open_post_office(settings)
            open_push(settings)
            use_settlement_currency(settings.currency)
            introduce(visible)
            async with (
                open_news(processes, None),
                open_depot(settings),
                open_gallery(settings),
                open_payments(settings),
                waking(processes.bus),
                running(Worker().run()),
            ):
                await told_to_stop()


async def create_owner(settings: Settings, arguments: argparse.Namespace) -> None:
    """Make an account that owns the installation, or make an existing one its owner."""
    await schema.migrate(settings)
    async with open_database(settings):
        created = await accounts.make_owner(arguments.email, read_password)
    print(f"{arguments.email} is {'now an owner with a new account' if created else 'now an owner'}.")


async def forget_factor(settings: Settings, arguments: argparse.Namespace) -> None:
    """Turn the second factor of an account off; who asks has proven to the operator who they are."""
    await schema.migrate(settings)
    async with open_database(settings):
        await accounts.forget_second_factor(arguments.email)
    print(f"{arguments.email} logs in by password alone now. All earlier logins have ended.")


async def note_bounced(settings: Settings, _: argparse.Namespace) -> None:
    """For a mail server that hands reports over to a program, such as Postfix by a pipe."""
    report = bounces.read_report(sys.stdin.buffer.read(REPORT_BYTES))
    async with open_database(settings):
        ours = [bounce.address for bounce in report if await bounces.note(bounce)]
    print("\n".join(f"Mail to {address} came back." for address in ours) or "Not about a mail of ours.")


async def fill_demo(settings: Settings, _: argparse.Namespace) -> None:
    await schema.migrate(settings)
    async with open_database(settings):
        await seed_demo(settings)
    print("The demo is filled in.")


async def write_migrations(settings: Settings, _: argparse.Namespace) -> None:
    written = await schema.write_migrations(settings)
    print("\n".join(map(str, written)) or "Nothing changed.")


Command = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, None]]

COMMANDS: dict[str, Command] = {
    "migrate": migrate,
    "worker": work,
    "create-owner": create_owner,
    "bounced": note_bounced,
    "forget-factor": forget_factor,
    "seed-demo": fill_demo,
    "write-migrations": write_migrations,
}


# --- parts


@contextmanager
def only_server(settings: Settings) -> Iterator[None]:
    """Hold DATA_DIR for this process: the memory bus does not reach a second one.

    Raises Refused."""
    if settings.redis_url:
        yield
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "server.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"A server is already running on {settings.data_dir}. To run several, set "
                "PEERLEARN_REDIS_URL for all of them."
            ) from None
        yield


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[None]:
    load_jobs()  # first: a mistake in one must not leave the database's thread behind, which never ends
    await db.open_database(settings)
    try:
        yield
    finally:
        await db.close_database()


async def prepare(settings: Settings) -> None:
    """On the first start: the skills, and in development the demo."""
    if settings.development and not await accounts.count_accounts():
        await seed_demo(settings)
    else:
        await plant_skills()


@asynccontextmanager
async def beside(
    settings: Settings, app: web.Application, certificate: Path | None
) -> AsyncIterator[None]:
    """Run the worker, and what nobody else runs: a media node, the stand-in for the payment provider."""
    async with contextlib.AsyncExitStack() as stack:
        if settings.stripe.sandbox:
            sandbox = SandboxChild(settings, certificate)
            await stack.enter_async_context(running(sandbox.run()))
            with contextlib.suppress(TimeoutError):  # serve without it; it may come yet
                await asyncio.wait_for(sandbox.ready.wait(), READY_S)
        await stack.enter_async_context(running(Worker().run()))
        if settings.node_as_child:
            child = MediaChild(settings, app[MEDIA_NODES])
            await stack.enter_async_context(running(child.run()))
        yield


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run a task for as long as the block lasts."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def greet(settings: Settings) -> None:
    """The address, and the demo logins where nobody else can reach them."""
    print(f"PeerLearn is running: {settings.base_url}", flush=True)
    if settings.development and settings.loopback:
        print("Demo logins:")
        for login in DEMO_LOGINS:
            print(f"  {login.role:<8} {login.email:<32} {login.password}")
        if settings.stripe.sandbox:
            with contextlib.suppress(GatewayDown):
                print(f"Banks are played at {sandbox_base(settings.data_dir)}/")
        print(f"Mail is kept under {settings.base_url}/dev/mail", flush=True)


def read_password() -> str:
    """From the terminal, unseen, or the first line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass("Password for the new owner: ")
    return sys.stdin.readline().rstrip("\n")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m server", description="The web application.")
    made.add_argument(
        "--lan", action="store_true", help="serve the local network over a self-signed certificate"
    )
    commands = made.add_subparsers(dest="command", metavar="COMMAND")
    for name in COMMANDS:
        command = commands.add_parser(name)
        if name in {"create-owner", "forget-factor"}:
            command.add_argument("email", metavar="EMAIL")
    return made


def main() -> None:
    arguments = parser().parse_args()
    try:
        settings = load_settings()
        configure_logs(json_lines=not settings.development)
        uvloop.run(COMMANDS.get(arguments.command, serve)(settings, arguments))
    except (SettingsError, Refused, DomainError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
