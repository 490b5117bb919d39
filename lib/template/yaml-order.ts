const letter = /\p{L}/u;
const digit = /\p{Nd}/u;

/** go-yaml's order of keys: letters after all else, runs of digits by their number (`a2` before `a10`). */
export function compareKeys(left: string, right: string): number {
  const a = Array.from(left);
  const b = Array.from(right);
  for (let index = 0; index < a.length && index < b.length; index++) {
    const x = a[index] ?? "";
    const y = b[index] ?? "";
    if (x === y) continue;
    const xIsLetter = letter.test(x);
    const yIsLetter = letter.test(y);
    if (xIsLetter && yIsLetter) return codePoint(x) - codePoint(y);
    if (xIsLetter || yIsLetter) return yIsLetter ? -1 : 1;
    // Inside a longer number a zero is no leading zero.
    const inNumber = (x === "0" || y === "0") && endsInNumber(a.slice(0, index));
    const [xEnd, xValue] = run(a, index, inNumber);
    const [yEnd, yValue] = run(b, index, inNumber);
    if (xValue !== yValue) return xValue < yValue ? -1 : 1;
    if (xEnd !== yEnd) return xEnd - yEnd;
    return codePoint(x) - codePoint(y);
  }
  return a.length - b.length;
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function endsInNumber(characters: readonly string[]): boolean {
  const nonZero = characters.findLastIndex(character => character !== "0" || !digit.test(character));
  const last = characters[nonZero];
  return last !== undefined && digit.test(last);
}

/** Where the digits from an index end, and their number, an int64 that wraps around. */
function run(characters: readonly string[], start: number, continued: boolean): [number, bigint] {
  let end = start;
  let value = continued ? 1n : 0n;
  for (let character = characters[end]; character !== undefined && digit.test(character); character = characters[end]) {
    value = BigInt.asIntN(64, value * 10n + BigInt(codePoint(character) - 48));
    end++;
  }
  return [end, value];
}
