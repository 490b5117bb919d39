import { request } from "node:https";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * One GET over a connection of its own.
 *
 * @param authority PEM text of the authority that must have signed the server's certificate.
 * @throws Error when there is no answer within 5 s.
 */
export const httpsGet = (url: string, authority: string, token?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const call = request(url, { ca: authority, agent: false, timeout: 5_000, headers }, response => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
      });
      response.once("end", () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
      response.once("error", reject);
    });
    call.once("timeout", () => {
      call.destroy(new Error("no answer within 5 s"));
    });
    call.once("error", reject);
    call.end();
  });
