"use strict";
// See ../README.md.
function refuse(encoding) {
  throw new Error(`the character set ${encoding} is not built in; the connection must use utf8mb4`);
}
module.exports = { getDecoder: refuse, getEncoder: refuse, encode: (_text, encoding) => refuse(encoding) };
