"""`weihub chat HANDLE --as PERSON` and `weihub chat HANDLE --operator LOGIN`."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from bot.model.basics import Lang
from channels.client import Client
from channels.rest_client import Lost, Refused, Staff, ask_any
from config.chat import BuyerChat
from config.chat_desk import DeskChat
from config.cli_common import CommandFault, Commands, first_of, settings_of
from config.keys import buyer_tokens
from config.passwords import password_of
from config.places import own_url
from config.sources import Loaded
from config.terminal import Lines, Screen, language

TOKEN_S = 3_600


def add(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add this command."""
    chat = commands.add_parser(
        "chat",
        parents=[shared],
        help="chat with an account in the terminal, as a buyer or at its desk",
        description="Chat with an account. Lines may be piped in: each is sent, its answer awaited, and the end of input ends the chat.",
    )
    chat.add_argument("account", metavar="HANDLE", help="the account, such as demo")
    who = chat.add_mutually_exclusive_group(required=True)
    who.add_argument("--as", dest="person", metavar="PERSON", help="a buyer's id; the token is signed with this data directory's secret")
    who.add_argument("--operator", metavar="LOGIN", help="staff of the account: see the queue, take a conversation, answer")
    chat.add_argument("--name", help="how the buyer is called (default: the id)")
    chat.add_argument("--password-file", metavar="FILE", type=Path, help="the operator's password (default: that of the demo, else it is asked for)")
    chat.add_argument("--url", help="the hub (default: where this data directory's settings put it)")
    chat.add_argument("--lang", choices=["zh", "en"], help="language of notes and errors (default: that of the locale)")
    chat.add_argument("--wait", metavar="SECONDS", type=float, default=3.0, help="how long to wait for the answer to a piped line (default: 3)")
    chat.set_defaults(run=_chat)


def _chat(args: argparse.Namespace) -> int:
    loaded = settings_of(args)
    lang: Lang = args.lang or language(os.environ)
    url: str = args.url or own_url(loaded.settings)
    try:
        asyncio.run(_as_buyer(args, loaded, url, lang) if args.person is not None else _as_operator(args, loaded, url, lang))
    except* (Refused, Lost) as faults:
        raise CommandFault(str(first_of(faults))) from None
    return 0


async def _as_buyer(args: argparse.Namespace, loaded: Loaded, url: str, lang: Lang) -> None:
    tokens = buyer_tokens(loaded.settings)

    async def token() -> str:
        return tokens.mint(args.person, args.name or args.person, TOKEN_S)

    await ask_any([url], await token(), "PUT", f"/accounts/{args.account}/follow", {"source": "terminal"})
    device = Client([url], token, lang=lang)
    chat = BuyerChat(device, Screen(), account=args.account, person=args.person, lang=lang, wait_s=args.wait)
    async with device:
        await chat.run(aiter(_lines()), piped=not sys.stdin.isatty())


async def _as_operator(args: argparse.Namespace, loaded: Loaded, url: str, lang: Lang) -> None:
    staff = Staff([url], args.operator, password_of(args.operator, file=args.password_file, data=loaded.data))
    await staff.token()
    device = Client([url], staff.token, lang=lang)
    chat = DeskChat(device, Screen(), account=args.account, person=staff.person, login=args.operator, lang=lang)
    async with device:
        await chat.run(aiter(_lines()), piped=not sys.stdin.isatty())


def _lines() -> Lines:
    return Lines(sys.stdin.fileno())
