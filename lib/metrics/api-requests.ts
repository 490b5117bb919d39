import { Counter, Histogram, type Registry } from "prom-client";
import { scrapedNumber } from "./series";

/** One exchange with the API server, as the client tells it. */
interface ApiRequest {
  readonly verb: string;
  /** HTTP status, or what broke the connection. */
  readonly code: number | string;
  readonly durationMs: number;
}

/** Requests under way and waiting for a place, and how many may run at once now. */
interface ApiLoad {
  readonly running: number;
  readonly waiting: number;
  readonly limit: number;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What the API server is asked, how it answers, and how hard it is pushed. */
export class ApiRequestMetrics {
  private readonly total: Counter<"verb" | "code">;
  private readonly duration: Histogram<"verb">;
  private load: () => ApiLoad = () => ({ running: 0, waiting: 0, limit: 0 });

  constructor(registry: Registry) {
    const registers = [registry];
    this.total = new Counter({
      name: "lynq_api_requests_total",
      help: "Requests to the API server by verb and status code, each retry counted; without a status, the code is what broke the connection.",
      labelNames: ["verb", "code"],
      registers,
    });
    this.duration = new Histogram({
      name: "lynq_api_request_duration_seconds",
      help: "Seconds until the API server had answered; of a watch, until it was open.",
      labelNames: ["verb"],
      buckets: SECONDS,
      registers,
    });
    scrapedNumber(
      registry,
      { name: "lynq_api_requests_running", help: "Requests to the API server that are under way." },
      () => this.load().running,
    );
    scrapedNumber(
      registry,
      { name: "lynq_api_requests_waiting", help: "Requests to the API server that wait for a place." },
      () => this.load().waiting,
    );
    scrapedNumber(
      registry,
      {
        name: "lynq_api_requests_limit",
        help: "Requests to the API server that may run at once now; it falls while the server says that it is overloaded.",
      },
      () => this.load().limit,
    );
  }

  readonly observe = ({ verb, code, durationMs }: ApiRequest): void => {
    this.total.inc({ verb, code: String(code) });
    this.duration.observe({ verb }, durationMs / 1000);
  };

  /** Whose load is told. */
  follow(load: () => ApiLoad): void {
    this.load = load;
  }
}
