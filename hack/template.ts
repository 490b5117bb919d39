import { Answerer } from "./template/answer";

const usage = `npm run -s template -- --ndjson < cases.ndjson

Renders templates: each line of input is one JSON object
  {"template": "{{ .uid }}-app", "data": {"uid": "acme"}}
with, if wanted, "missingkey": "strict" (default), "error", "zero", "invalid" or "default",
and "dialect": "gotemplate" (default) or "mustache". Each line of output answers one of input:
  {"output": "acme-app"}   or   {"error": "...", "line": 1, "column": 4}`;

/** Writes to standard output, at the speed of its reader. */
function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, error => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Answers what has come before it waits for more, so that a program may ask line by line. */
async function answerLines(): Promise<void> {
  const answerer = new Answerer();
  const answersTo = (lines: readonly string[]) =>
    lines.filter(line => line.trim() !== "").map(line => `${JSON.stringify(answerer.answer(line))}\n`);
  let rest = "";
  // Not node:readline, which takes U+2028 in a text for the end of a line.
  for await (const chunk of process.stdin.setEncoding("utf8")) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    await write(answersTo(lines).join(""));
  }
  await write(answersTo([rest]).join(""));
}

if (process.argv[2] === "--ndjson") {
  answerLines().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
} else {
  console.error(usage);
  process.exitCode = 2;
}
