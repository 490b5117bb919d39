import { RE2JS, RE2JSException } from "re2js";

/**
 * RFC 9535's `match` (the whole text) and `search` (anywhere in it). RE2 takes time linear in the text, whatever the
 * pattern; a pattern that it cannot read matches nothing, as the RFC says.
 */
export function matchesPattern(how: "match" | "search", text: string, pattern: string): boolean {
  try {
    const compiled = RE2JS.compile(withoutLineEnds(pattern));
    return how === "match" ? compiled.matches(text) : compiled.matcher(text).find();
  } catch (error) {
    if (error instanceof RE2JSException) return false;
    throw error;
  }
}

/** I-Regexp's dot (RFC 9485) leaves out both line ends, RE2's only \n. */
function withoutLineEnds(pattern: string): string {
  let inClass = false;
  return pattern.replace(/\\.|[.[\]]/gsu, token => {
    if (token === "[") inClass = true;
    else if (token === "]") inClass = false;
    return token === "." && !inClass ? "[^\\n\\r]" : token;
  });
}
