/** KFC and client-node are ES modules that Pepr requires: swc turns them into CommonJS for Jest. */
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/{lib,capabilities,crds,hack,test,cli}/**/*.spec.ts"],
  setupFiles: ["<rootDir>/test/setup.js"],
  transform: {
    "^.+\\.(t|j)sx?$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  transformIgnorePatterns: ["/node_modules/(?!(kubernetes-fluent-client|@kubernetes/client-node|openid-client|oauth4webapi|jose)/)"],
};
