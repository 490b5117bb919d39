import { type Finding, finding } from "./admission/findings";
import { dependencyRules } from "./admission/rules/dependency-rules";
import { type Rule } from "./admission/rules/rule";
import { didYouMean } from "./near-miss";

/** What the graph needs to know of a resource. */
export interface GraphResource {
  readonly id: string;
  readonly dependIds?: readonly string[];
  /** Where the resource stands in the form, for problems: `spec.deployments[0]`. */
  readonly path?: string;
}

/** In which order resources go. Made by {@link buildGraph}. */
export interface DependencyGraph {
  /** Ids by level: a wave depends on earlier waves only. Within a wave, the order of the form. */
  readonly waves: readonly (readonly string[])[];
  /** The level of an id, from 0. Throws RangeError for an id that the form does not have. */
  wave(id: string): number;
  /** The ids that name this one in dependIds, in the order of the form. Throws RangeError for an unknown id. */
  dependents(id: string): readonly string[];
  /** The ids that this one names, without repetition, as written. Throws RangeError for an unknown id. */
  dependencies(id: string): readonly string[];
}

interface Vertex {
  readonly id: string;
  readonly path: string | undefined;
  /** Place in the form's order. */
  readonly position: number;
  readonly dependIds: readonly string[];
  readonly dependencies: Vertex[];
  readonly dependents: string[];
  wave: number;
  state: "new" | "open" | "done";
}

/** A guess costs a comparison with every id; a form with more unknown ids than this has another fault. */
const suggestionLimit = 20;

/**
 * Orders resources by their dependIds. Every problem is reported: ids used twice, unknown ids, self-dependencies and, with its
 * whole path, at least one cycle of each group of resources that wait for each other. Where there are problems, the waves are those
 * without the edges at fault.
 */
export function buildGraph(resources: readonly GraphResource[]): { graph: DependencyGraph; problems: Finding[] } {
  const problems: Finding[] = [];
  const vertices = collectVertices(resources, problems);
  connect(vertices, problems);

  const inCycle = new Set<Vertex>();
  for (const vertex of vertices.values()) {
    visit(vertex, cycle => {
      if (cycle.some(member => inCycle.has(member))) return;
      cycle.forEach(member => inCycle.add(member));
      problems.push(describeCycle(cycle));
    });
  }
  return { graph: toGraph(vertices), problems };
}

function collectVertices(resources: readonly GraphResource[], problems: Finding[]): Map<string, Vertex> {
  const vertices = new Map<string, Vertex>();
  for (const { id, path, dependIds = [] } of resources) {
    const first = vertices.get(id);
    if (first) {
      problems.push(problem(dependencyRules.idTaken, path, ".id", { id, first: first.path ?? "another resource" }));
      continue;
    }
    const position = vertices.size;
    vertices.set(id, { id, path, position, dependIds, dependencies: [], dependents: [], wave: 0, state: "new" });
  }
  return vertices;
}

function connect(vertices: ReadonlyMap<string, Vertex>, problems: Finding[]): void {
  let suggestions = 0;
  for (const vertex of vertices.values()) {
    const seen = new Set<string>();
    vertex.dependIds.forEach((id, index) => {
      if (seen.has(id)) return;
      seen.add(id);
      const dependency = vertices.get(id);
      if (dependency === vertex) {
        problems.push(problem(dependencyRules.self, vertex.path, `.dependIds[${index}]`, { id }));
      } else if (dependency) {
        vertex.dependencies.push(dependency);
        dependency.dependents.push(vertex.id);
      } else {
        const hint = suggestions++ < suggestionLimit ? didYouMean(id, vertices.keys()) : "";
        problems.push(problem(dependencyRules.unknown, vertex.path, `.dependIds[${index}]`, { id, hint }));
      }
    });
  }
}

/** Depth first, with a stack of its own: a form may chain thousands of resources. Sets the wave of all that it reaches. */
function visit(start: Vertex, onCycle: (cycle: Vertex[]) => void): void {
  if (start.state !== "new") return;
  const open: { vertex: Vertex; next: number }[] = [{ vertex: start, next: 0 }];
  start.state = "open";
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const { vertex } = top;
    const dependency = vertex.dependencies[top.next++];
    if (!dependency) {
      vertex.state = "done";
      open.pop();
      const parent = open.at(-1)?.vertex;
      if (parent) parent.wave = Math.max(parent.wave, vertex.wave + 1);
    } else if (dependency.state === "done") {
      vertex.wave = Math.max(vertex.wave, dependency.wave + 1);
    } else if (dependency.state === "new") {
      dependency.state = "open";
      open.push({ vertex: dependency, next: 0 });
    } else {
      onCycle(open.slice(open.findIndex(frame => frame.vertex === dependency)).map(frame => frame.vertex));
    }
  }
}

/** The cycle, told from the member that comes first in the form. */
function describeCycle(cycle: readonly Vertex[]): Finding {
  const first = cycle.reduce((earliest, vertex) => (vertex.position < earliest.position ? vertex : earliest));
  const start = cycle.indexOf(first);
  const ids = [...cycle.slice(start), ...cycle.slice(0, start), first].map(({ id }) => id);
  const index = first.dependIds.findIndex(id => id === ids[1]);
  return problem(dependencyRules.cycle, first.path, `.dependIds[${index}]`, { ids });
}

function toGraph(vertices: ReadonlyMap<string, Vertex>): DependencyGraph {
  const waves: string[][] = [];
  for (const { id, wave } of vertices.values()) {
    for (let level = waves.length; level <= wave; level++) waves.push([]);
    waves[wave]?.push(id);
  }
  const find = (id: string): Vertex => {
    const vertex = vertices.get(id);
    if (!vertex) throw new RangeError(`no resource of the form has the id ${JSON.stringify(id)}`);
    return vertex;
  };
  return {
    waves,
    wave: id => find(id).wave,
    dependents: id => find(id).dependents,
    dependencies: id => find(id).dependencies.map(dependency => dependency.id),
  };
}

function problem<Parameters>(
  broken: Rule<Parameters>,
  path: string | undefined,
  field: string,
  parameters: Parameters,
): Finding {
  return finding(broken, path === undefined ? "spec" : path + field, parameters);
}
