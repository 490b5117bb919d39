import { main } from "./lynq";

/** Runs `lynq` as this process. */
export async function runProcess(args: readonly string[]): Promise<void> {
  // A reader that has seen enough, such as head, is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  const { stdin, stdout, stderr, env } = process;
  process.exitCode = await main(args, { stdin, stdout, stderr, env });
}
