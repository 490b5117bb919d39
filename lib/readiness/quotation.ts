/**
 * Somebody else's text as one line of at most so many UTF-16 units, for a message of ours. What is cut off ends in `…`;
 * no character is cut in half.
 */
export function quotation(text: string, maximum: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= maximum) return line;
  const start = line.slice(0, Math.max(maximum - 1, 0));
  return `${start.replace(/[\uD800-\uDBFF]$/, "")}…`;
}
