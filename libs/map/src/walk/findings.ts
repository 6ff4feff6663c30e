import type { DeprecatedUse, MappedCall, Unknown, Uses } from '../model.js';

/** Gathers what a walk finds, each thing once. */
export class Findings {
  private readonly calls = new Map<string, MappedCall>();
  private readonly deprecated = new Map<string, DeprecatedUse>();
  private readonly unknown = new Map<string, Unknown & { readonly isOfClient: boolean }>();

  addCall(call: MappedCall): void {
    this.calls.set(`${call.service} ${call.call} ${call.at}`, call);
  }

  addDeprecated(use: DeprecatedUse): void {
    this.deprecated.set(`${use.service} ${use.call}`, use);
  }

  /** @param isOfClient  whether an upstream's client is at work there for certain */
  addUnknown(unknown: Unknown, isOfClient: boolean): void {
    this.unknown.set(`${unknown.what} ${unknown.at}`, { ...unknown, isOfClient });
  }

  /** @param ofClientsAlone  whether what may have nothing to do with upstreams is left out */
  uses(ofClientsAlone = false): Uses {
    const calls = [...this.calls.values()];
    calls.sort((a, b) => order(a.service, b.service) || order(a.call, b.call) || order(a.at, b.at));
    return {
      calls,
      deprecated: [...this.deprecated.values()],
      unknown: [...this.unknown.values()]
        .filter(({ isOfClient }) => isOfClient || !ofClientsAlone)
        .map(({ what, at }) => ({ what, at })),
    };
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
