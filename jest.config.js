/** KFC and client-node are ES modules that Pepr requires: swc turns them into CommonJS for Jest. */
const common = {
  testEnvironment: "node",
  setupFiles: ["<rootDir>/test/setup.js"],
  setupFilesAfterEnv: ["<rootDir>/test/patience.js"],
  transform: {
    "^.+\\.(t|j)sx?$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  transformIgnorePatterns: [
    "/node_modules/(?!(kubernetes-fluent-client|@kubernetes/client-node|openid-client|oauth4webapi|jose)/)",
  ],
};

const environment = {
  globalSetup: "<rootDir>/test/environment/global-setup.ts",
  globalTeardown: "<rootDir>/test/environment/global-teardown.ts",
};

module.exports = {
  projects: [
    { ...common, displayName: "unit", testMatch: ["<rootDir>/{lib,capabilities,crds,hack,cli}/**/*.spec.ts"] },
    { ...common, displayName: "datasource", testMatch: ["<rootDir>/test/datasource/**/*.spec.ts"] },
    /** Specs that share one cluster, database and operator, each in a namespace of its own. */
    {
      ...common,
      ...environment,
      displayName: "cluster",
      testMatch: ["<rootDir>/test/{admission,cluster}/**/*.spec.ts"],
    },
    /** Specs that stop, kill and restart what all share: one at a time. */
    { ...common, ...environment, displayName: "disruptive", testMatch: ["<rootDir>/test/disruptive/**/*.spec.ts"] },
    /** Random walks against a model of docs/safety.md; they restart what all share, too. */
    { ...common, ...environment, displayName: "walk", testMatch: ["<rootDir>/test/walk/**/*.spec.ts"] },
  ],
};
