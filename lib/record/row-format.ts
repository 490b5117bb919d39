const HOSTNAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const DATE = "\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])";
const TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";

/** The values of `format` that a `rowSchema` may use; any other is refused with the schema. */
export const ROW_FORMATS: Readonly<Record<string, RegExp>> = {
  /** RFC 1123, upper case allowed. */
  hostname: HOSTNAME,
  ipv4: new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`),
  /** One `@`, a domain with a dot; whether mail arrives is another matter. */
  email: /^[^\s@]{1,64}@[^\s@.]{1,63}(?:\.[^\s@.]{1,63})+$/,
  uri: /^[a-z][a-z0-9+.-]*:[^\s]+$/i,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  date: new RegExp(`^${DATE}$`),
  /** RFC 3339, the text form of DATETIME and TIMESTAMP. */
  "date-time": new RegExp(`^${DATE}T${TIME}$`, "i"),
};
