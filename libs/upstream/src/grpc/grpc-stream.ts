import { Observable, type Subscriber } from 'rxjs';
import { Attempt } from '../attempt.js';
import type { Step } from '../layer.js';
import type { UpstreamRequest } from '../upstream-request.js';
import type { GrpcReaders } from './grpc-reader.js';

/** A stream that has not been asked for yet: each subscription is a call of its own through the upstream's stack. */
export class GrpcStream<T> extends Observable<T> {
  constructor(request: UpstreamRequest, readers: GrpcReaders, step: Step) {
    super((subscriber: Subscriber<T>) => {
      const reader = readers.each(message => subscriber.next(message as T));
      // Not safe: what goes to one subscriber can be neither shared nor asked for twice at once.
      const handle = step.start(new Attempt({ ...request, isSafe: false, reader }), {
        succeed: () => subscriber.complete(),
        fail: error => subscriber.error(error),
      });
      return () => handle.cancel();
    });
  }
}
