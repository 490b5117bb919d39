import { toByteString, toValidText } from "./bytes";
import { type Family, fixed } from "./definition";
import { isDigit, isLetter, isLower, isSpace, isTitle, isUpper, toLower, toTitle, toUpper } from "./runes";
import { toDelimitedCase, toPascalCase } from "./word-case";

const PLAIN_ASCII = /^[\0-\x7f]*$/;

/** Functions that change the case of letters, one character at a time, as Go does. */
export const letterCase: Family = {
  upper: fixed(["string"], "string", upper),
  lower: fixed(["string"], "string", lower),
  title: fixed(["string"], "string", title),
  untitle: fixed(["string"], "string", untitle),
  swapcase: fixed(["string"], "string", swapCase),
  initials: fixed(["string"], "string", initials),
  camelcase: fixed(["string"], "string", text => toPascalCase(text)),
  snakecase: fixed(["string"], "string", text => toDelimitedCase(text, "_")),
  kebabcase: fixed(["string"], "string", text => toDelimitedCase(text, "-")),
};

function upper(text: string): string {
  return PLAIN_ASCII.test(text) ? text.toUpperCase() : mapCharacters(text, toUpper);
}

function lower(text: string): string {
  return PLAIN_ASCII.test(text) ? text.toLowerCase() : mapCharacters(text, toLower);
}

function mapCharacters(text: string, map: (character: string) => string): string {
  let mapped = "";
  for (const character of toValidText(text)) mapped += map(character);
  return mapped;
}

/** strings.Title: a letter after a separator becomes its title form; the rest stays. */
function title(text: string): string {
  let previous = " ";
  return mapCharacters(text, character => {
    const mapped = separatesWords(previous) ? toTitle(character) : character;
    previous = character;
    return mapped;
  });
}

function separatesWords(character: string): boolean {
  if (character <= "\x7f") return !/\w/.test(character);
  return !isLetter(character) && !isDigit(character) && isSpace(character);
}

function untitle(text: string): string {
  let atStart = true;
  return mapCharacters(text, character => {
    if (isSpace(character)) {
      atStart = true;
      return character;
    }
    const mapped = atStart ? toLower(character) : character;
    atStart = false;
    return mapped;
  });
}

function swapCase(text: string): string {
  let afterSpace = true;
  return mapCharacters(text, character => {
    if (isUpper(character) || isTitle(character)) {
      afterSpace = false;
      return toLower(character);
    }
    if (isLower(character)) {
      const mapped = afterSpace ? toTitle(character) : toUpper(character);
      afterSpace = false;
      return mapped;
    }
    afterSpace = isSpace(character);
    return character;
  });
}

/** goutils.Initials takes each byte for a character, so letters beyond ASCII come out as Latin-1, as in Go. */
function initials(text: string): string {
  let atStart = true;
  let letters = "";
  for (const byte of toByteString(text)) {
    if (isSpace(byte)) atStart = true;
    else if (atStart) {
      letters += byte;
      atStart = false;
    }
  }
  return letters;
}
