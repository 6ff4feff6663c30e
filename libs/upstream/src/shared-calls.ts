import type { SharedCall } from './shared-call.js';
import { asksTheSame } from './shareable.js';
import type { Subset } from './subsets/subset.js';
import type { UpstreamRequest } from './upstream-request.js';

/**
 * The calls of one upstream that are under way and can be joined. Those of one identity are a short list under its key,
 * which costs next to nothing since an identity's key is made once; public ones are found by their target and body.
 */
export class SharedCalls {
  private readonly lists = new Map<string, SharedCall>();
  private count = 0;

  /** @param max  calls that are kept at once, >= 0 */
  constructor(private readonly max = 1_000) {}

  /** How many there are. */
  get size(): number {
    return this.count;
  }

  /** Whether no further call can be kept: it is then made alone. */
  get isFull(): boolean {
    return this.count >= this.max;
  }

  /** @returns the call that asks the same of the same instances, if one is under way */
  find(request: UpstreamRequest, subset: Subset | undefined): SharedCall | undefined {
    let call = this.lists.get(keyOf(request));
    while (call !== undefined && (call.subset !== subset || !asksTheSame(call.request, request))) call = call.olderCall;
    return call;
  }

  add(call: SharedCall): void {
    const key = keyOf(call.request);
    const older = this.lists.get(key);
    call.olderCall = older;
    if (older !== undefined) older.newerCall = call;
    this.lists.set(key, call);
    this.count++;
  }

  /** Takes out one that was added; once. */
  remove(call: SharedCall): void {
    const { olderCall, newerCall } = call;
    if (olderCall !== undefined) olderCall.newerCall = newerCall;
    if (newerCall !== undefined) newerCall.olderCall = olderCall;
    else if (olderCall !== undefined) this.lists.set(keyOf(call.request), olderCall);
    else this.lists.delete(keyOf(call.request));
    call.olderCall = call.newerCall = undefined;
    this.count--;
  }
}

function keyOf({ identityKey, target, body }: UpstreamRequest): string {
  return identityKey || (body === undefined ? target : `${target} ${body.toString('latin1')}`);
}
