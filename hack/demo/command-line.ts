const plain = /^[\w@%+=:,./-]+$/;

/** A word as a POSIX shell wants it. */
const quoteWord = (word: string): string => (plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** A command as one could type it. */
export const commandLine = (words: readonly string[]): string => words.map(quoteWord).join(" ");
