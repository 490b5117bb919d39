import { charactersOf, isLetter, isNumber, isPunctuation, isSpace, isUpper, toLower, toUpper } from "./runes";

/** xstrings 1.5: words of identifiers, split where its state machine splits them ("HTTP20xOK" → "http_20x_ok"). */

type WordKind = "invalid" | "number" | "upper" | "alphabet" | "connector" | "punctuation" | "other";

interface Word {
  readonly kind: WordKind;
  readonly characters: readonly string[];
}

/** snakecase with "_", kebabcase with "-". */
export function toDelimitedCase(text: string, connector: string): string {
  if (text === "") return "";
  const words = new WordReader(charactersOf(text));
  let output = "";
  const write = (word: Word): void => {
    output += lowered(word, connector);
  };
  const joins = (kind: WordKind): boolean => kind !== "connector" && kind !== "punctuation";

  let word = words.next();
  while (!words.atEnd()) {
    if (word.kind !== "connector") write(word);
    const previous = word;
    word = words.next();
    if (previous.kind === "number") {
      while (word.kind === "alphabet" || word.kind === "number") {
        write(word);
        word = words.next();
      }
      if (word.kind !== "invalid" && joins(word.kind)) output += connector;
    } else if (previous.kind === "connector") {
      write(previous);
    } else if (previous.kind !== "punctuation") {
      if (word.kind !== "number") {
        if (joins(word.kind)) output += connector;
        continue;
      }
      if (words.atEnd()) continue;
      const number = word;
      word = words.next();
      if (word.kind !== "alphabet") {
        // The number is a part of the word before it: "Bld4Floor" → "bld4_floor".
        write(number);
        if (joins(word.kind)) output += connector;
        continue;
      }
      // Small letters behind the number: it starts a word of its own, "HTTP2xx" → "http_2xx".
      output += connector;
      write(number);
      while (word.kind === "alphabet" || word.kind === "number") {
        write(word);
        word = words.next();
      }
      if (word.kind !== "invalid" && joins(word.kind)) output += connector;
    }
  }
  write(word);
  return output;
}

/** camelcase: upper camel case, connectors at the start stay. */
export function toPascalCase(text: string): string {
  if (text === "") return "";
  const characters = charactersOf(text).map(validCharacter);
  let index = 0;
  let output = "";
  let current = "";
  let wordIsUpper = false;
  while (index < characters.length) {
    current = characters[index++] ?? "";
    if (!isConnector(current)) {
      wordIsUpper = isUpper(current);
      current = toUpper(current);
      break;
    }
    output += current;
  }
  // xstrings writes the last character once more when only connectors, or one character, were there.
  if (index >= characters.length) return output + current;
  while (index < characters.length) {
    const before = current;
    current = characters[index++] ?? "";
    if (isConnector(current) && isConnector(before)) {
      output += before;
      continue;
    }
    if (isConnector(before)) {
      wordIsUpper = isUpper(current);
      current = toUpper(current);
      continue;
    }
    if (wordIsUpper) {
      if (isUpper(current)) current = toLower(current);
      else wordIsUpper = false;
    }
    output += before;
  }
  return output + current;
}

class WordReader {
  private offset = 0;

  constructor(private readonly characters: readonly string[]) {}

  atEnd(): boolean {
    return this.offset >= this.characters.length;
  }

  next(): Word {
    if (this.atEnd()) return { kind: "invalid", characters: [] };
    const start = this.offset;
    const first = this.take(undefined);
    const kind = first === undefined ? "invalid" : this.readRest(first);
    return { kind, characters: this.characters.slice(start, this.offset) };
  }

  private readRest(first: string): WordKind {
    if (isConnector(first)) return this.takeWhile(first, isConnector, "connector");
    if (isPunctuation(first)) return this.takeWhile(first, isPunctuation, "punctuation");
    if (isUpper(first)) return this.readUpper(first);
    if (isAlphabet(first)) return this.takeWhile(first, isSmallLetter, "alphabet");
    if (isNumber(first)) return this.takeWhile(first, isNumber, "number");
    return this.takeWhile(first, isOther, "other");
  }

  private readUpper(first: string): WordKind {
    if (this.atEnd()) return "upper";
    const start = this.offset;
    const second = this.take(first) ?? first;
    if (!isUpper(second)) {
      if (!isAlphabet(second)) this.offset = start;
      else this.takeWhile(second, isSmallLetter, "upper");
      return "upper";
    }
    // "HTTPStatus": the S belongs to the next word.
    let beforeLast = start;
    let previous = second;
    while (!this.atEnd()) {
      const here = this.offset;
      const character = this.take(previous) ?? previous;
      if (!isUpper(character)) {
        this.offset = isAlphabet(character) ? beforeLast : here;
        return "upper";
      }
      beforeLast = here;
      previous = character;
    }
    return "upper";
  }

  private takeWhile(first: string, fits: (character: string) => boolean, kind: WordKind): WordKind {
    let previous = first;
    while (!this.atEnd()) {
      const start = this.offset;
      const character = this.take(previous) ?? previous;
      if (!fits(character)) {
        this.offset = start;
        break;
      }
      previous = character;
    }
    return kind;
  }

  /** The next valid character; invalid ones are skipped, and at the end the previous one is given again. */
  private take(previous: string | undefined): string | undefined {
    while (!this.atEnd()) {
      const character = this.characters[this.offset++];
      if (character !== undefined && validCharacter(character) !== "\ufffd") return character;
    }
    return previous;
  }
}

function lowered(word: Word, connector: string): string {
  if (word.kind !== "upper" && word.kind !== "connector") return word.characters.join("");
  return word.characters
    .map(character => (isConnector(character) ? connector : isUpper(character) ? toLower(character) : character))
    .join("");
}

function isConnector(character: string): boolean {
  return character === "-" || character === "_" || isSpace(character);
}

function isSmallLetter(character: string): boolean {
  return isAlphabet(character) && !isUpper(character);
}

function isOther(character: string): boolean {
  return !isConnector(character) && !isAlphabet(character) && !isNumber(character) && !isPunctuation(character);
}

/** A letter that is no common CJK character. */
function isAlphabet(character: string): boolean {
  if (!isLetter(character)) return false;
  const code = character.codePointAt(0) ?? 0;
  const cjk =
    (code >= 0x4e00 && code <= 0x9fcc) || (code >= 0x3400 && code <= 0x4d85) || (code >= 0x20000 && code <= 0x2b81d);
  return !cjk;
}

function validCharacter(character: string): string {
  return /\p{Surrogate}/u.test(character) ? "\ufffd" : character;
}
