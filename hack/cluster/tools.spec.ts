import { describe, expect, it } from "@jest/globals";

import { binaryNames, requiredVersion, toolOf } from "./tools";

describe("requiredVersion", () => {
  it.each([
    ["a require line", "module x\n\nrequire k8s.io/kubernetes v1.36.3\n"],
    ["a require block", "module x\n\nrequire (\n\tk8s.io/kubernetes v1.36.3\n\tother v1.0.0\n)\n"],
  ])("finds the version in %s", (_, goMod) => {
    expect(requiredVersion(goMod, "k8s.io/kubernetes")).toBe("v1.36.3");
  });

  it("does not take a module whose name only starts alike", () => {
    const goMod = "require k8s.io/kubernetes-extra v9.9.9\n";
    expect(() => requiredVersion(goMod, "k8s.io/kubernetes")).toThrow("go.mod does not require k8s.io/kubernetes");
  });
});

describe("toolOf", () => {
  it("takes the version of every binary from the go.mod that pins it", () => {
    const versions = binaryNames.map(name => `${toolOf(name).name} ${toolOf(name).version}`);
    expect(versions).toEqual([
      expect.stringMatching(/^etcd v3\./),
      ...Array.from({ length: 4 }, () => expect.stringMatching(/^kubernetes v1\./)),
      expect.stringMatching(/^kwok v0\./),
      expect.stringMatching(/^helm v4\./),
    ]);
  });

  it("tells the API server its version, without which it reports v0.0.0", () => {
    const { variables, version } = toolOf("kube-apiserver");
    expect(variables).toContain(`k8s.io/component-base/version.gitVersion=${version}`);
  });
});
