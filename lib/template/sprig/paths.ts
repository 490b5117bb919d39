import { type Family, fixed } from "./definition";

const base = fixed(["string"], "string", baseOf);
const dir = fixed(["string"], "string", directoryOf);
const clean = fixed(["string"], "string", cleanPath);
const ext = fixed(["string"], "string", extensionOf);
const isAbs = fixed(["string"], "bool", path => path.startsWith("/"));

/** Functions on slash-separated paths; the os… names are the same ones, as on Linux. */
export const paths: Family = {
  base,
  dir,
  clean,
  ext,
  isAbs,
  osBase: base,
  osDir: dir,
  osClean: clean,
  osExt: ext,
  osIsAbs: isAbs,
};

function baseOf(path: string): string {
  if (path === "") return ".";
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end--;
  if (end === 0) return "/";
  return path.slice(path.lastIndexOf("/", end - 1) + 1, end);
}

function directoryOf(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf("/") + 1));
}

function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot);
}

/** The shortest path that means the same, by text alone; "." for an empty one. */
function cleanPath(path: string): string {
  const rooted = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!rooted) kept.push("..");
  }
  return rooted ? `/${kept.join("/")}` : kept.join("/") || ".";
}
