"""The official JavaScript client, driven from Python through the lines of client.cjs."""

import asyncio
import itertools
import json
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.js import nodejs

HERE = Path(__file__).parent


class JsError(Exception):
    """What a command failed with in the JavaScript client; `data` is an error's own, if it had any."""

    def __init__(self, text: str, data: Any) -> None:
        super().__init__(text)
        self.data = data


class JsClient:
    """A node process with any number of named sockets.

    async with JsClient() as js:
        await js.ask("connect", socket="a", url=url, options={"transports": ["websocket"], "auth": {"token": "…"}})
        answer = await js.ask("call", socket="a", event="open", args=[{"account": "demo"}])
    """

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._open: dict[int, asyncio.Future[Any]] = {}

    async def __aenter__(self) -> Self:
        environment = await asyncio.to_thread(nodejs.environment, HERE)
        self._process: Process = await asyncio.create_subprocess_exec(
            nodejs.node(), str(HERE / "client.cjs"), stdin=PIPE, stdout=PIPE, env=environment, limit=16 * 1024 * 1024
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._reading

    async def ask(self, do: str, **fields: Any) -> Any:
        """Do one command of client.cjs and return its value.

        Raises:
            JsError: the command failed.
        """
        assert self._process.stdin is not None
        number = next(self._numbers)
        answer = self._open[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"n": number, "do": do, **fields}).encode() + b"\n")
        return await answer

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = json.loads(line)
            answer = self._open.pop(told["n"])
            if told["ok"]:
                answer.set_result(told["value"])
            else:
                answer.set_exception(JsError(told["error"], told["data"]))
        for answer in self._open.values():
            answer.set_exception(JsError("the node process ended", None))
