import { describe, expect, it } from "@jest/globals";
import { type FormResource } from "../../../crds";
import { ApiClient } from "../../cluster";
import { sendJson, sendStatus, startServer } from "../../cluster/testing/scripted-server";
import { TemplateCache } from "../../template";
import { contentOf, Revisions } from "./revisions";

describe("contentOf", () => {
  const configMaps: FormResource[] = [{ id: "a", spec: { apiVersion: "v1", kind: "ConfigMap" } }];

  it("keeps resources and their language", () => {
    expect(contentOf({ templateEngine: "mustache", configMaps })).toEqual({ templateEngine: "mustache", configMaps });
  });

  it("leaves the usual language out, so that naming it makes no new revision", () => {
    expect(contentOf({ templateEngine: "gotemplate", configMaps })).toEqual({ configMaps });
  });
});

describe("revisions of a form that we do not know", () => {
  const revision = {
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      ...{ namespace: "shop", name: "web-1", uid: "uid-1", resourceVersion: "7" },
      annotations: { "lynq.sh/form-name": "web" },
    },
  };
  const form = { apiVersion: "operator.lynq.sh/v1", kind: "LynqForm", metadata: { namespace: "shop", name: "web" } };

  /** What is asked for, method and last part of the path, while they are forgotten. */
  async function requestsOfForget(formExists: boolean, items: readonly object[]): Promise<string[]> {
    const server = await startServer(({ method, path }, response) => {
      const isForm = path.includes("/lynqforms/");
      if (isForm && !formExists) sendStatus(response, 404, "NotFound", "there is none");
      else if (isForm) sendJson(response, 200, form);
      else if (method === "DELETE") sendJson(response, 200, revision);
      else sendJson(response, 200, { metadata: { resourceVersion: "9" }, items });
    });
    const client = new ApiClient(server.connection);
    try {
      await new Revisions(client, new TemplateCache(1)).forget("shop", "web");
      return server.requests.map(({ method, path, body }) =>
        [method, path.split("?")[0]?.split("/").at(-1), ...(method === "DELETE" ? [body] : [])].join(" "),
      );
    } finally {
      client.close();
      await server.close();
    }
  }

  it("stay when the API server has the form: our watch may be late", async () => {
    expect(await requestsOfForget(true, [revision])).toEqual(["GET controllerrevisions", "GET web"]);
  });

  it("go when it has not, exactly as they were seen before that was asked", async () => {
    expect(await requestsOfForget(false, [revision])).toEqual([
      "GET controllerrevisions",
      "GET web",
      expect.stringMatching(/^DELETE web-1 .*"preconditions":\{"uid":"uid-1","resourceVersion":"7"\}/),
    ]);
  });

  it("cost one question where there are none", async () => {
    expect(await requestsOfForget(false, [])).toEqual(["GET controllerrevisions"]);
  });
});
