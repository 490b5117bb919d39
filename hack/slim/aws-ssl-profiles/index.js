"use strict";
// See ../README.md. An empty list of authorities trusts nobody, so the profile fails closed.
module.exports = { ca: [] };
