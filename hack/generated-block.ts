/** A Markdown page with the content between `<!-- NAME: … -->` and the next `<!-- end -->` made anew. */
export const replaceBlock = (page: string, name: string, content: string): string =>
  page.replace(new RegExp(`(<!-- ${name}: [^\\n]*-->\\n).*?(<!-- end -->)`, "s"), (_, start: string, end: string) =>
    [start, "", content, "", end].join("\n").replace("\n\n\n", "\n\n"),
  );

/** Markdown without what formatting changes: tables are aligned on the page, and spaces and rules say nothing. */
export const plainMarkdown = (markdown: string): string =>
  markdown
    .replace(/-{3,}/g, "---")
    .replace(/[ \\]+/g, "")
    .replace(/\n+/g, "\n");
