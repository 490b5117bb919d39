import { describe, expect, it } from "@jest/globals";
import { fixedText } from "./fixed-text";

describe("a template is the same for every row", () => {
  it.each([
    ["plain", "plain"],
    ['{{ printf "kube-%s" "system" }}', "kube-system"],
    ["{{/* nothing */}}shop", "shop"],
  ])("%s is %s", (source, text) => {
    expect(fixedText(source, "gotemplate")).toBe(text);
  });

  it.each(["{{ .uid }}", "{{ toJson . }}", "{{ now }}", "{{ if", '{{ fail "no" }}'])("%s is not known", source => {
    expect(fixedText(source, "gotemplate")).toBeUndefined();
  });

  it("in Mustache, too", () => {
    expect(fixedText("kube-{{! nothing }}system", "mustache")).toBe("kube-system");
    expect(fixedText("{{uid}}", "mustache")).toBeUndefined();
  });
});
