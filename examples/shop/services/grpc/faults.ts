import { Metadata, type MethodDefinition, type ServerUnaryCall, type ServiceDefinition } from '@grpc/grpc-js';
import { FaultBook } from '../http/fault-book.js';
import { Refusal } from '../http/refusal.js';

type Call = ServerUnaryCall<object, object>;

/** Stands for an answer of bytes that are no message. */
const MALFORMED = {};
/** The end of a field that never comes. */
const NO_MESSAGE = Buffer.from([0xff, 0xff]);

/** What goes wrong on purpose with the calls of a gRPC service, for tests. */
export class GrpcFaults {
  readonly book = new FaultBook();

  /** @returns the service, able to answer with bytes that are no message */
  breakable<T extends ServiceDefinition>(service: T): T {
    const broken = Object.entries(service as ServiceDefinition).map(
      ([name, method]): [string, MethodDefinition<unknown, object>] => [
        name,
        {
          ...method,
          responseSerialize: value => (value === MALFORMED ? NO_MESSAGE : method.responseSerialize(value)),
        },
      ],
    );
    return Object.fromEntries(broken) as unknown as T;
  }

  /**
   * Lets a call suffer.
   * @param answer  gives what the service itself would
   * @param reset   resets the caller's connection
   * @returns what to answer; undefined when nobody is there any more
   * @throws Refusal  for an injected status, or the service's own
   */
  async strike(call: Call, answer: () => object, reset: () => void): Promise<object | undefined> {
    const headers = call.metadata.getMap();
    this.book.note({ method: 'GRPC', url: call.getPath(), headers, body: call.request });
    const fault = this.book.next(headers['x-fault']);
    if (!fault.reset) call.once('cancelled', () => this.book.abandoned());
    if (fault.delayMs && !(await staysFor(fault.delayMs, call))) return undefined;
    if (fault.reset) {
      reset();
      return undefined;
    }
    if (fault.status) throw new Refusal(fault.status, 'injected-fault', 'This status was asked for by a test.');
    if (fault.malformed) return MALFORMED;
    const message = answer();
    if (fault.dripMs) {
      call.sendMetadata(new Metadata());
      if (!(await staysFor(fault.dripMs * JSON.stringify(message).length, call))) return undefined;
    }
    return message;
  }
}

/** @returns whether the caller is still there after the delay; at once when it leaves */
function staysFor(delayMs: number, call: Call): Promise<boolean> {
  return new Promise(resolve => {
    const left = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      call.off('cancelled', left);
      resolve(true);
    }, delayMs);
    call.once('cancelled', left);
  });
}
