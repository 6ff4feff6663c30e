import { type BootProblem, deprecationSchema } from 'guichet/kernel';
import { checkDeclaration } from './check-declaration.js';
import { checkDeprecation } from './check-deprecation.js';
import { checkGraph } from './check-graph.js';
import { checkMembers } from './check-members.js';
import { checkShape } from './check-shape.js';
import { longestChain, sectionNeeds } from './chains.js';
import { freeze } from './freeze.js';
import { invoker } from './invoke.js';
import { type AnyNode, InputNode, isNode, MaybeNode, needed, SectionNode } from './node.js';
import { declarationOf, type PageDeclaration } from './page.decorator.js';
import type { Dependant, PagePlan, SectionPlan } from './plan.js';

/** What a page's fields and their needs hold, before it is known to be sound. */
export interface PageGraph {
  /** The class's name. */
  readonly page: string;
  readonly declaration: PageDeclaration;
  readonly instance: object;
  /** The sections that are public fields, by name, in declaration order. */
  readonly sections: ReadonlyMap<SectionNode, string>;
  /** The inputs that are fields or are needed. */
  readonly inputs: readonly InputNode[];
  /** All nodes the page's construction made, where it was watched. */
  readonly made: readonly AnyNode[] | undefined;
}

/** What compiling a page gave: a plan, exactly when there is no problem. */
export interface Compiled {
  readonly plan: PagePlan | undefined;
  readonly problems: readonly BootProblem[];
}

/**
 * Compiles a page's graph into arrays and finds everything that is wrong with it. Pure, apart from freezing the fallbacks.
 * @param instance  of a class with `@Page` or `@Command`
 * @param made      all nodes its construction made, where it was watched: shows sections in `#private` fields
 * @throws TypeError  if it is no page
 */
export function compilePage(instance: object, made?: readonly AnyNode[]): Compiled {
  const declaration = declarationOf(instance.constructor);
  if (!declaration) throw new TypeError(`${instance.constructor.name} is no page: it has neither @Page nor @Command`);
  const graph = graphOf(instance, declaration, made);
  const problems = [checkDeclaration, checkShape, checkDeprecation, checkMembers, checkGraph].flatMap(check =>
    check(graph),
  );
  return { plan: problems.length === 0 ? planOf(graph) : undefined, problems };
}

function graphOf(instance: object, declaration: PageDeclaration, made: readonly AnyNode[] | undefined): PageGraph {
  const sections = new Map<SectionNode, string>();
  const inputs = new Set<InputNode>();
  const note = (node: unknown): void => {
    if (node instanceof InputNode) inputs.add(node);
    if (node instanceof SectionNode && Array.isArray(node.needs)) node.needs.filter(isNode).map(needed).forEach(note);
  };
  for (const [name, field] of Object.entries(instance)) {
    note(field);
    if (field instanceof SectionNode && !sections.has(field)) sections.set(field, name);
  }
  made?.forEach(note);
  return { page: instance.constructor.name, declaration, instance, sections, inputs: [...inputs], made };
}

function planOf({ page, declaration, instance, sections, inputs }: PageGraph): PagePlan {
  const nodes = [...sections.keys()];
  const plans: SectionPlan[] = [];
  const dependants = nodes.map((): Dependant[] => []);
  for (const [node, name] of sections) {
    const index = plans.length;
    const needs: SectionPlan[] = [];
    const slots = node.needs.map(need => {
      const target = needed(need)!;
      if (target instanceof InputNode) return inputs.indexOf(target);
      const at = nodes.indexOf(target);
      needs.push(plans[at]!);
      dependants[at]!.push({ index, isTolerant: need instanceof MaybeNode });
      return inputs.length + at;
    });
    plans.push({
      name,
      index,
      slot: inputs.length + index,
      isRequired: node.required,
      isInternal: node.kind === 'internal',
      isOn: true,
      waitsFor: needs.length,
      level: Math.max(-1, ...needs.map(need => need.level)) + 1,
      needs: needs.map(need => need.name),
      dependants: dependants[index]!,
      timeoutMs: node.timeoutMs,
      fallback: node.fallback && { value: freeze(node.fallback.value) },
      invoke: invoker(node.load, slots),
    });
  }
  const { view } = instance as { view?: PagePlan['view'] };
  return {
    name: page,
    declaration,
    deprecation: declaration.deprecated && Object.freeze(deprecationSchema.parse(declaration.deprecated)),
    inputs,
    sections: plans,
    roots: plans.filter(plan => plan.waitsFor === 0).map(plan => plan.index),
    switchedOff: [],
    criticalPath: longestChain(nodes, sectionNeeds).map(node => sections.get(node)!),
    view: view?.bind(instance),
  };
}
