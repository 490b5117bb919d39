import { writeFileSync } from "node:fs";

import { pagePath, writtenPage } from "./admission-reference/page";

/** Writes the generated block of docs/admission.md: every rule, its message and how to fix it. */
writtenPage()
  .then(text => {
    writeFileSync(pagePath, text);
    console.log("docs/admission.md");
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
