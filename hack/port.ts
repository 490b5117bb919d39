import { createServer } from "node:net";

import { errorMessage } from "./errors";

/** A TCP port of the loopback interface that the system says is free now; it may be taken before it is used. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("the system gave no free port"));
      });
    });
  });

/** Whether nothing listens on this port of the loopback interface. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen(port, "127.0.0.1", () => {
      server.close(() => {
        resolve(true);
      });
    });
  });

const taken = /address already in use|failed to listen|EADDRINUSE|bind on TCP\/IP port/i;

/** Whether an error of a server's start says that its port was taken between the choice and the start. */
const saysTaken = (error: unknown): boolean => taken.test(errorMessage(error));

/** Runs `start` up to three times, for servers whose free port was taken by someone else in the meantime. */
export async function withFreshPorts<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 3 || !saysTaken(error)) throw error;
    }
  }
}
