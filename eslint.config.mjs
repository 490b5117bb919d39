import tseslint from "typescript-eslint";

/** Rooms of docs/architecture.md: what a folder may not import. Pure rooms know neither I/O nor Pepr. */
const nodeIo = ["fs", "net", "http", "https", "tls", "dns", "child_process", "worker_threads", "os", "process"].flatMap(
  name => [name, `node:${name}`, `${name}/*`, `node:${name}/*`],
);
const frameworks = ["pepr", "kubernetes-fluent-client", "@kubernetes/client-node", "mysql2", "mysql2/*"];
const ioRooms = ["**/datasource/**", "**/cluster/**", "**/controllers/**", "**/capabilities/**", "**/hack/**"];

const forbid = (files, group, message) => ({
  files,
  ignores: ["**/*.spec.ts"],
  rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] },
});

export default tseslint.config(
  { ignores: ["dist/**", "node_modules/**", "coverage/**", ".cache/**", "crds/generated/**", "**/*.mjs", "**/*.js"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  forbid(
    ["lib/template/**/*.ts"],
    [
      ...nodeIo,
      ...frameworks,
      "../record/**",
      "../blueprint/**",
      "../plan/**",
      "../readiness/**",
      "../status/**",
      "../metadata*",
      ...ioRooms,
    ],
    "lib/template is pure and imports nothing of ours.",
  ),
  forbid(
    ["lib/{record,blueprint,plan,readiness,status}/**/*.ts", "lib/metadata.ts"],
    [...nodeIo, ...frameworks, ...ioRooms],
    "Pure rooms import neither I/O rooms, nor pepr, nor Node's I/O modules (docs/architecture.md).",
  ),
  forbid(
    ["lib/{datasource,cluster}/**/*.ts"],
    ["pepr", "**/controllers/**", "**/capabilities/**", "**/hack/**"],
    "I/O rooms are joined with the pure rooms in lib/controllers only.",
  ),
  forbid(
    ["lib/metrics/**/*.ts"],
    [...nodeIo, ...frameworks, ...ioRooms],
    "lib/metrics counts what controllers tell it, and knows nothing of where that comes from.",
  ),
  forbid(
    ["lib/controllers/**/*.ts"],
    ["pepr", "**/capabilities/**", "**/hack/**"],
    "Controllers know nothing of Pepr.",
  ),
  {
    files: ["hack/**/*.ts", "cli/**/*.ts"],
    rules: { "no-console": "off" },
  },
);
