import { writeFileSync } from "node:fs";

import { pagePath, writtenPage } from "./template-reference/page";

/** Writes the generated blocks of docs/templates.md: the differences from Go, and the function reference. */
writtenPage()
  .then(text => {
    writeFileSync(pagePath, text);
    console.log("docs/templates.md");
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
