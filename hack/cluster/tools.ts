import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The servers of the local control plane, and kubectl. */
export const controlPlaneBinaries = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubectl",
  "kwok",
] as const;

export type ControlPlaneBinary = (typeof controlPlaneBinaries)[number];

/** helm is only had where a release is installed: the control plane does without. */
export const binaryNames = [...controlPlaneBinaries, "helm"] as const;

export type BinaryName = (typeof binaryNames)[number];

/** A Go module below hack/tools, which pins the version of its commands and of everything they are built from. */
export interface Tool {
  readonly folder: string;
  readonly name: "etcd" | "kubernetes" | "kwok" | "helm";
  readonly version: string;
  /** The package that `go build` is given for one of its binaries. */
  readonly packageOf: (binary: BinaryName) => string;
  /** Variables that the linker sets: the release scripts of the projects do the same. */
  readonly variables: readonly string[];
}

const folderOf = (name: Tool["name"]) => join(__dirname, "..", "tools", name);

/** The version that a go.mod requires of a module. @throws Error when it requires none. */
export function requiredVersion(goMod: string, module: string): string {
  const version = goMod
    .split("\n")
    .map(line => line.trim().replace(/^require\s+/, ""))
    .find(line => line.startsWith(`${module} `))
    ?.split(/\s+/)[1];
  if (version === undefined) throw new Error(`go.mod does not require ${module}`);
  return version;
}

const versionOf = (name: Tool["name"], module: string) =>
  requiredVersion(readFileSync(join(folderOf(name), "go.mod"), "utf8"), module);

function etcd(): Tool {
  return {
    folder: folderOf("etcd"),
    name: "etcd",
    version: versionOf("etcd", "go.etcd.io/etcd/server/v3"),
    packageOf: () => ".",
    variables: [],
  };
}

function kubernetes(): Tool {
  const version = versionOf("kubernetes", "k8s.io/kubernetes");
  const [major = "", minor = ""] = version.slice(1).split(".");
  const variable = (name: string, value: string) => `k8s.io/component-base/version.${name}=${value}`;
  return {
    folder: folderOf("kubernetes"),
    name: "kubernetes",
    version,
    packageOf: binary => `k8s.io/kubernetes/cmd/${binary}`,
    variables: [
      variable("gitVersion", version),
      variable("gitMajor", major),
      variable("gitMinor", minor),
      variable("gitTreeState", "clean"),
    ],
  };
}

function kwok(): Tool {
  const version = versionOf("kwok", "sigs.k8s.io/kwok");
  return {
    folder: folderOf("kwok"),
    name: "kwok",
    version,
    packageOf: () => "sigs.k8s.io/kwok/cmd/kwok",
    variables: [`sigs.k8s.io/kwok/pkg/consts.Version=${version.slice(1)}`],
  };
}

function helm(): Tool {
  const version = versionOf("helm", "helm.sh/helm/v4");
  return {
    folder: folderOf("helm"),
    name: "helm",
    version,
    packageOf: () => "helm.sh/helm/v4/cmd/helm",
    variables: [`helm.sh/helm/v4/internal/version.version=${version}`],
  };
}

/** The tool that a binary belongs to. */
export function toolOf(binary: BinaryName): Tool {
  switch (binary) {
    case "etcd":
      return etcd();
    case "kwok":
      return kwok();
    case "helm":
      return helm();
    default:
      return kubernetes();
  }
}
