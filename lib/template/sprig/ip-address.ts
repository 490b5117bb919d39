/** True for an IPv6 address, with or without a zone (`fe80::1%eth0`), as Go's netip.ParseAddr reads it. */
export function isIpv6(text: string): boolean {
  return ipv6Bytes(text) !== undefined;
}

/** The 16 bytes of an IPv6 address without its zone, or undefined. */
export function ipv6Bytes(text: string): number[] | undefined {
  const percent = text.indexOf("%");
  if (percent === text.length - 1) return undefined;
  const address = percent < 0 ? text : text.slice(0, percent);
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(half => (half === "" ? [] : groupBytes(half)));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const given = head.length + (tail?.length ?? 0);
  if (halves.length === 1) return given === 16 && !isIpv4Only(address) ? head : undefined;
  if (given > 14 || halves[0]?.includes(".") === true) return undefined;
  return [...head, ...Array.from({ length: 16 - given }, () => 0), ...(tail ?? [])];
}

/** The 4 bytes of a dotted IPv4 address without leading zeros, or undefined. */
export function ipv4Bytes(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every(part => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.map(Number);
}

function groupBytes(text: string): number[] | undefined {
  const groups = text.split(":");
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const dotted = index === groups.length - 1 && group.includes(".") ? ipv4Bytes(group) : undefined;
    if (dotted !== undefined) bytes.push(...dotted);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group)) bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return bytes;
}

function isIpv4Only(address: string): boolean {
  return !address.includes(":");
}
