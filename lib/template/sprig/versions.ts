import { type Family, fixed } from "./definition";
import { Version } from "./version";
import { VersionRange } from "./version-range";

/** Semantic versions, with the ranges of Masterminds/semver. */
export const versions: Family = {
  semver: fixed(["string"], "*semver.Version", Version.parse.bind(Version)),
  semverCompare: fixed(["string", "string"], "bool", (range, version) =>
    VersionRange.parse(range).includes(Version.parse(version)),
  ),
};
