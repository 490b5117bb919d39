import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { readAll, rejection, START_TIMEOUT_MS, TestServer } from "./server";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  // Far more than the sockets on the way can hold.
  await server.database.query("CREATE TABLE big (id INT PRIMARY KEY, filler TEXT)");
  await server.database.query("INSERT INTO big SELECT seq, REPEAT('x', 2000) FROM seq_1_to_40000");
  await server.database.query("CREATE TABLE small (id INT)");
  // Rows that take their time, each large enough to be sent on its own.
  await server.database.query(
    "CREATE VIEW slow AS SELECT id, CONCAT(filler, REPEAT('y', 20000)) AS filler, SLEEP(0.05) AS pause FROM big",
  );
}, START_TIMEOUT_MS);
afterEach(() => server.closeSources());
afterAll(() => server.end());

function signalServer(signal: NodeJS.Signals): void {
  const { pid } = server.mariadb;
  if (pid === undefined) throw new Error("MariaDB does not run.");
  process.kill(pid, signal);
}

/** Reads, does something at the first row, and says what came of it. */
async function readAndAtFirstRow(
  table: string,
  act: () => void,
  options: { signal?: AbortSignal; queryTimeoutSeconds?: number } = {},
): Promise<{ error: unknown; rows: number; rowsAfterRejection: number }> {
  let rows = 0;
  const onRow = (): void => {
    rows += 1;
    if (rows === 1) act();
  };
  const { queryTimeoutSeconds = 60, signal = new AbortController().signal } = options;
  const error = await rejection(
    server.source({ table, queryTimeoutSeconds, connectTimeoutSeconds: 30 }).read(["id", "filler"], onRow, signal),
  );
  const rowsAtRejection = rows;
  await new Promise(resolve => setTimeout(resolve, 200));
  return { error, rows, rowsAfterRejection: rows - rowsAtRejection };
}

async function runningQueries(): Promise<readonly unknown[]> {
  return server.mariadb.query("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = ? AND COMMAND = 'Query'", [
    server.database.user,
  ]);
}

async function untilNoQueryRuns(): Promise<void> {
  while ((await runningQueries()).length > 0) await new Promise(resolve => setTimeout(resolve, 20));
}

describe("a read that is cut off is rejected, and gives no row afterwards", () => {
  it("when the server is killed", async () => {
    const result = await readAndAtFirstRow("big", () => {
      signalServer("SIGKILL");
    });
    await server.mariadb.kill();
    await server.mariadb.start();
    expect(result).toMatchObject({ error: { kind: "interrupted" }, rowsAfterRejection: 0 });
    expect(result.rows).toBeLessThan(40_000);
  });

  it("when the server is shut down in good order", async () => {
    const result = await readAndAtFirstRow("slow", () => {
      signalServer("SIGTERM");
    });
    await server.mariadb.stop();
    await server.mariadb.start();
    expect(result).toMatchObject({ error: { kind: "interrupted" }, rowsAfterRejection: 0 });
    expect(result.rows).toBeLessThan(40_000);
  });

  it.each(["QUERY", "CONNECTION"])("when its %s is killed", async what => {
    const result = await readAndAtFirstRow("slow", () => {
      void runningQueries().then(async ([row]) => {
        if (typeof row === "object" && row !== null && "ID" in row) {
          await server.mariadb.query(`KILL ${what} ${String(row.ID)}`);
        }
      });
    });
    expect(result).toMatchObject({ error: { kind: "interrupted" }, rowsAfterRejection: 0 });
    expect(result.rows).toBeLessThan(40_000);
  });

  it("when it is aborted, and then ends on the server too", async () => {
    const controller = new AbortController();
    const result = await readAndAtFirstRow(
      "slow",
      () => {
        controller.abort();
      },
      { signal: controller.signal },
    );
    expect(result).toMatchObject({ error: { kind: "interrupted" }, rows: 1, rowsAfterRejection: 0 });
    await untilNoQueryRuns();
  });

  it("when its source is closed, even of the rows that have arrived already", async () => {
    const source = server.source({ table: "big" });
    let rows = 0;
    const error = await rejection(
      source.read(
        ["id", "filler"],
        () => {
          rows += 1;
          void source.close();
        },
        new AbortController().signal,
      ),
    );
    expect(error).toMatchObject({ kind: "interrupted" });
    expect(rows).toBe(1);
  });

  it("when the server hangs in the middle of it", async () => {
    try {
      const result = await readAndAtFirstRow(
        "big",
        () => {
          signalServer("SIGSTOP");
        },
        { queryTimeoutSeconds: 1 },
      );
      expect(result).toMatchObject({ error: { kind: "timeout" }, rowsAfterRejection: 0 });
      expect(result.rows).toBeLessThan(40_000);
    } finally {
      signalServer("SIGCONT");
    }
  });

  it("when it takes too long, and then ends on the server too", async () => {
    // Minutes of work in which the server does not ask whether anybody still listens.
    await server.database.query(
      "CREATE VIEW endless AS SELECT COUNT(*) AS v FROM seq_1_to_100000 AS a, seq_1_to_100000 AS b WHERE a.seq * b.seq = 7",
    );
    const source = server.source({ table: "endless", queryTimeoutSeconds: 0.5 });
    expect(await rejection(readAll(source, ["v"]))).toMatchObject({ kind: "timeout" });
    await untilNoQueryRuns();
  });
});

describe("a server that hangs before a read is noticed", () => {
  it.each(["a new connection", "a kept one"])("by %s", async which => {
    // A thread of the server may still answer one statement after the signal: then it is the query that hangs.
    const source = server.source({ table: "small", connectTimeoutSeconds: 2, queryTimeoutSeconds: 2 });
    if (which === "a kept one") await readAll(source, ["id"]);
    signalServer("SIGSTOP");
    try {
      expect(await rejection(readAll(source, ["id"]))).toMatchObject({ kind: "timeout" });
    } finally {
      signalServer("SIGCONT");
    }
    expect(await readAll(server.source({ table: "small" }), ["id"])).toEqual([]);
  });

  it("and a read can be aborted meanwhile", async () => {
    const controller = new AbortController();
    signalServer("SIGSTOP");
    try {
      const reading = rejection(readAll(server.source({ table: "small" }), ["id"], controller.signal));
      controller.abort();
      expect(await reading).toMatchObject({ kind: "interrupted" });
    } finally {
      signalServer("SIGCONT");
    }
  });

  it("by a source whose connections all wait for it", async () => {
    const controller = new AbortController();
    const source = server.source({ table: "slow", queryTimeoutSeconds: 30 });
    const readings = Array.from({ length: 4 }, () => rejection(readAll(source, ["id"], controller.signal)));
    controller.abort();
    for (const error of await Promise.all(readings)) expect(error).toMatchObject({ kind: "interrupted" });
  });
});

it("a source reads again as soon as its server is back", async () => {
  const source = server.source({ table: "small", connectTimeoutSeconds: 30 });
  await readAll(source, ["id"]);
  await server.mariadb.stop();
  expect(await rejection(readAll(source, ["id"]))).toMatchObject({
    kind: "unreachable",
    message: expect.stringMatching(/ECONNREFUSED.*Check host and port/s),
  });
  await server.mariadb.start();
  expect(await readAll(source, ["id"])).toEqual([]);
});

describe("what listens there and is no database server", () => {
  const listeners: Server[] = [];
  afterAll(() => {
    for (const listener of listeners) listener.close();
  });

  async function listen(answer: (socket: Socket) => void): Promise<number> {
    const listener = createServer(socket => {
      socket.on("error", () => undefined);
      answer(socket);
    });
    listeners.push(listener);
    await new Promise<void>(resolve => listener.listen(0, "127.0.0.1", resolve));
    return (listener.address() as AddressInfo).port;
  }

  it.each([
    ["says nothing", "timeout", (): void => undefined],
    ["hangs up", "unreachable", (socket: Socket): unknown => socket.destroy()],
    ["says good-bye", "unreachable", (socket: Socket): unknown => socket.end()],
    ["speaks HTTP", "unreachable", (socket: Socket): unknown => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["speaks noise", "unreachable", (socket: Socket): unknown => socket.end(Buffer.alloc(70_000, 0xfe))],
  ])("is refused when it %s", async (_what, kind, answer) => {
    const port = await listen(answer);
    const source = server.source({ port, table: "small", connectTimeoutSeconds: kind === "timeout" ? 1 : 10 });
    expect(await rejection(readAll(source, ["id"]))).toMatchObject({ name: "DataSourceError", kind });
  });
});
