"use strict";
// See ../README.md.
function refuse(encoding) {
  throw new Error(`the character set ${encoding} is not built in; the connection must use utf8mb4`);
}
/**
 * mysql2 calls the server's `utf8` (utf8mb3) CESU-8 and meets it in the handshake. The two differ from UTF-8 only in characters that utf8mb3 cannot
 * hold.
 */
const utf8mb3 = { write: bytes => bytes.toString("utf8"), end: () => undefined };
module.exports = {
  getDecoder: encoding => (encoding === "cesu8" ? utf8mb3 : refuse(encoding)),
  getEncoder: refuse,
  encode: (_text, encoding) => refuse(encoding),
};
