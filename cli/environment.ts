/** Where a command reads and writes, and what surrounds it. */
export interface Environment {
  readonly stdin: AsyncIterable<string | Buffer>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}
